"""How log records look: lines for people on a terminal, JSON lines elsewhere."""

from __future__ import annotations

import logging
import sys
from collections.abc import Sequence
from typing import TextIO

import structlog
from structlog.typing import EventDict, Processor, WrappedLogger
from typing_extensions import override

from archiver.cli.output import plain
from archiver.settings import LogSettings, without_passwords

HIDDEN = "***"


def set_up(settings: LogSettings, secrets: Sequence[str] = (), to: TextIO | None = None) -> None:
    """Send log records to standard error, in the form and from the level that is set.

    What libraries log is written the same way. ``secrets`` are never written, and what was captured
    drives no terminal: control characters are taken out.
    """
    out = to or sys.stderr
    as_text = settings.format == "text" or (settings.format == "auto" and out.isatty())
    renderer: Processor = (
        structlog.dev.ConsoleRenderer(colors=out.isatty())
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
        logger_factory=structlog.PrintLoggerFactory(out),
    )
    root = logging.getLogger()
    root.handlers = [one for one in root.handlers if not isinstance(one, _Passing)]
    root.addHandler(_Passing())
    root.setLevel(logging.WARNING)
    logging.captureWarnings(capture=True)


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
