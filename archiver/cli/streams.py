"""Standard output and error, whose failures say that they are theirs."""

from __future__ import annotations

import errno
import os
import sys
from contextlib import suppress
from io import TextIOWrapper
from typing import TextIO

from typing_extensions import override


class UnwrittenError(OSError):
    """What we said could not be written to ``stream``, which ``filename`` names."""

    def __init__(self, error: OSError, stream: Stream) -> None:
        super().__init__(error.errno, error.strerror, stream.called)
        self.stream = stream

    @property
    def is_unread(self) -> bool:
        """Tell whether that is because its reader, of a pipe or a connection, has gone."""
        return self.errno in {errno.EPIPE, errno.ECONNRESET}


class Stream(TextIOWrapper):
    """A standard stream, in the place of the interpreter's, that raises errors of its own.

    A reader that has gone would else look like any pipe or connection that broke, and libraries
    have answers of their own: Rich leaves with 1, our code of news. Source: rich 15.0,
    ``Console.on_broken_pipe``; 2026-11-29.

    One that ``may_go_unread`` says nothing more when its reader has gone, and raises nothing: what
    a command does, and the code that it leaves with, are not a matter of who listens.
    """

    def __init__(self, stream: TextIOWrapper, called: str, *, may_go_unread: bool = False) -> None:
        # Documents say that they are UTF-8; a terminal has an encoding of its own.
        encoding = stream.encoding if stream.isatty() else "utf-8"
        by_line, at_once = stream.line_buffering, stream.write_through
        super().__init__(
            stream.detach(), encoding, "backslashreplace",
            line_buffering=by_line, write_through=at_once,
        )  # fmt: skip
        self.called = called
        self.unread: UnwrittenError | None = None
        self._may_go_unread = may_go_unread

    @override
    def write(self, text: str, /) -> int:
        try:
            return super().write(text)
        except OSError as error:
            self._fail(error)
            return len(text)

    @override
    def flush(self) -> None:
        try:
            super().flush()
        except OSError as error:
            self._fail(error)

    def _fail(self, error: OSError) -> None:
        unwritten = UnwrittenError(error, self)
        if not (self._may_go_unread and unwritten.is_unread):
            raise unwritten from error
        self.unread = unwritten
        send_nowhere(self)


def end_unread() -> None:
    """End here when who read standard output has gone: for what is done for its reader alone.

    Raises:
        UnwrittenError: the reader has gone.
    """
    if isinstance(sys.stdout, Stream) and sys.stdout.unread is not None:
        raise sys.stdout.unread


def send_nowhere(stream: TextIO) -> None:
    """Send nowhere what a stream still holds: the interpreter would try it again at its end.

    Source: https://docs.python.org/3.11/library/signal.html#note-on-sigpipe, 2026-11-29.
    """
    nowhere = os.open(os.devnull, os.O_WRONLY)
    with suppress(OSError, ValueError):  # one that is closed, or no file
        os.dup2(nowhere, stream.fileno())
    os.close(nowhere)
