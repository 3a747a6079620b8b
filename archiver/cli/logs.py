"""How log records look: lines for people on a terminal, JSON lines elsewhere."""

from __future__ import annotations

import logging
import sys
from collections.abc import Sequence
from threading import Lock
from typing import TextIO

import structlog
from structlog.typing import EventDict, Processor, WrappedLogger
from typing_extensions import override

from archiver.cli.output import plain
from archiver.ports import Meter, Silent
from archiver.settings import LogSettings, without_passwords

HIDDEN = "***"
CLOSED = "standard error is closed"
QUIET = ("trafilatura",)
"""Libraries that log what a page is like as an error of theirs: that it has no text, say.

What takes main texts out (2.x, read on 2026-11-29) answers None then, and that is what we go by.
"""


def set_up(
    settings: LogSettings,
    secrets: Sequence[str] = (),
    to: TextIO | None = None,
    meter: Meter | None = None,
) -> None:
    """Send log records to standard error, in the form and from the level that is set.

    What libraries log is written the same way. ``secrets`` are never written, and what was captured
    drives no terminal: control characters are taken out. ``meter`` counts what cannot be written.
    """
    out = to or sys.stderr
    lines = _Lines(out, meter or Silent())
    as_text = settings.format == "text" or (settings.format == "auto" and lines.isatty())
    renderer: Processor = (
        structlog.dev.ConsoleRenderer(colors=lines.isatty())
        if as_text
        else structlog.processors.JSONRenderer(default=str)
    )
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            _Cleaner(secrets),
            renderer,
        ],
        wrapper_class=structlog.make_filtering_bound_logger(
            logging.getLevelName(settings.level.upper())
        ),
        logger_factory=lambda *_: lines,
    )
    root = logging.getLogger()
    root.handlers = [one for one in root.handlers if not isinstance(one, _Passing)]
    root.addHandler(_Passing())
    root.setLevel(logging.WARNING)
    for library in QUIET:
        logging.getLogger(library).setLevel(logging.CRITICAL)
    logging.captureWarnings(capture=True)


class _Lines:
    """Writes each record as a line. One that cannot be written is counted: the work goes on.

    A full disk or a reader that has gone would else fail whatever it is that tells of itself.
    ``out`` is None where standard error is closed.
    """

    def __init__(self, out: TextIO | None, meter: Meter) -> None:
        self._out = out
        self._meter = meter
        self._lock = Lock()

    def isatty(self) -> bool:
        """Tell whether a person reads along."""
        return self._out is not None and self._out.isatty()

    def msg(self, message: str) -> None:
        """Write one line."""
        try:
            self._write(f"{message}\n")
        except (OSError, ValueError):
            self._meter.count("log_lines_lost_total")

    def _write(self, line: str) -> None:
        if self._out is None:
            raise ValueError(CLOSED)
        with self._lock:
            self._out.write(line)
            self._out.flush()

    log = debug = info = warn = warning = error = exception = critical = fatal = msg


class _Cleaner:
    """Takes secrets and control characters out of every text of a record.

    A trace keeps its lines; JSON writes them as one.
    """

    def __init__(self, secrets: Sequence[str]) -> None:
        self._secrets = [secret for secret in secrets if secret]

    def __call__(self, _: WrappedLogger, __: str, event: EventDict) -> EventDict:
        return {name: self._clean(value) for name, value in event.items()}

    def _clean(self, value: object) -> object:
        if not isinstance(value, str):
            return value
        for secret in self._secrets:
            value = value.replace(secret, HIDDEN)
        shown = without_passwords(value, HIDDEN)
        return "\n".join(plain(line) for line in shown.split("\n"))


class _Passing(logging.Handler):
    """Passes on what libraries log by the standard library's way."""

    @override
    def emit(self, record: logging.LogRecord) -> None:
        structlog.get_logger(record.name).log(
            record.levelno, record.getMessage(), logger=record.name, exc_info=record.exc_info
        )
