"""Standard output and error, whose failures say that they are theirs."""

from __future__ import annotations

import errno
import os
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
    """

    def __init__(self, stream: TextIOWrapper, called: str) -> None:
        # Documents say that they are UTF-8; a terminal has an encoding of its own.
        encoding = stream.encoding if stream.isatty() else "utf-8"
        by_line, at_once = stream.line_buffering, stream.write_through
        super().__init__(
            stream.detach(), encoding, "backslashreplace",
            line_buffering=by_line, write_through=at_once,
        )  # fmt: skip
        self.called = called

    @override
    def write(self, text: str, /) -> int:
        try:
            return super().write(text)
        except OSError as error:
            raise UnwrittenError(error, self) from error

    @override
    def flush(self) -> None:
        try:
            super().flush()
        except OSError as error:
            raise UnwrittenError(error, self) from error


def send_nowhere(stream: TextIO) -> None:
    """Send nowhere what a stream still holds: the interpreter would try it again at its end.

    Source: https://docs.python.org/3.11/library/signal.html#note-on-sigpipe, 2026-11-29.
    """
    nowhere = os.open(os.devnull, os.O_WRONLY)
    with suppress(OSError, ValueError):  # one that is closed, or no file
        os.dup2(nowhere, stream.fileno())
    os.close(nowhere)
