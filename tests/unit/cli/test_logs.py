"""Log records: one line each, without secrets, driving no terminal."""

from __future__ import annotations

import io
import json
import logging
import sys
import warnings
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import TextIO

import pytest
import structlog

from archiver.cli.logs import set_up
from archiver.platforms._page import page_text
from archiver.settings import LogSettings

SECRET = "AAAAx-very-secret"


@pytest.fixture(autouse=True)
def _logging_as_before() -> Iterator[None]:
    root = logging.getLogger()
    before = root.handlers[:], root.level
    library = logging.getLogger("trafilatura")
    loudness = library.level
    yield
    library.setLevel(loudness)
    structlog.reset_defaults()
    structlog.contextvars.clear_contextvars()
    logging.captureWarnings(capture=False)
    root.handlers[:], level = before
    root.setLevel(level)


def logged(form: str = "json", level: str = "info") -> io.StringIO:
    out = io.StringIO()
    set_up(LogSettings.model_validate({"format": form, "level": level}), [SECRET], out)
    return out


def test_a_record_is_one_json_line_with_its_context():
    out = logged()

    structlog.contextvars.bind_contextvars(worker="host/1")
    structlog.get_logger("archiver").info("looked", title="a\nb\x1b[2J\u202e\x9b1m", n=3)

    assert out.getvalue().count("\n") == 1
    record = json.loads(out.getvalue())
    assert (record["event"], record["worker"], record["n"]) == ("looked", "host/1", 3)
    assert record["title"] == "a\nb [2J 1m"


def test_a_line_for_people_holds_no_control_character_of_what_was_captured():
    out = logged("text")

    structlog.get_logger().info("looked", title="\x1b]0;owned\x07\x1b[31m")

    assert "\x1b" not in out.getvalue()
    assert "\x07" not in out.getvalue()


def test_secrets_are_never_written_not_even_in_a_trace():
    out = logged()

    error = ValueError(f"Bearer {SECRET} refused")
    structlog.get_logger().warning(
        f"at http://me:{SECRET}@proxy:1", error=str(error), exc_info=error
    )
    structlog.get_logger().warning("at postgresql://me:hunter2@db/x")

    assert SECRET not in out.getvalue()
    assert "hunter2" not in out.getvalue()
    assert "ValueError" in json.loads(out.getvalue().splitlines()[0])["exception"]


def test_what_libraries_log_and_warn_of_is_written_the_same_way():
    out = logged()

    logging.getLogger("apscheduler").error("run time was %s", "missed")
    logging.getLogger("apscheduler").info("chatter")
    with warnings.catch_warnings():
        warnings.simplefilter("always")
        warnings.warn("old ways", DeprecationWarning, stacklevel=1)

    records = [json.loads(line) for line in out.getvalue().splitlines()]
    assert [one["logger"] for one in records] == ["apscheduler", "py.warnings"]
    assert records[0]["event"] == "run time was missed"
    assert records[0]["level"] == "error"


@pytest.mark.parametrize("body", [b"gone", b"<body></body>", b"<p>" * 3000])
def test_a_page_without_a_main_text_writes_no_line(body):
    out = logged()

    assert page_text(body, "https://news.example/one", "text/html").main is None

    assert out.getvalue() == ""


def test_what_is_below_the_level_is_not_written():
    out = logged(level="warning")

    structlog.get_logger().info("chatter")

    assert out.getvalue() == ""


class Lost:
    """A meter that holds how many lines were lost."""

    def __init__(self) -> None:
        self.lines = 0.0

    def count(self, name: str, by: float = 1, **_: str) -> None:
        assert name == "log_lines_lost_total"
        self.lines += by

    def took(self, name: str, seconds: float, **labels: str) -> None:
        """Nobody reads it."""

    def stands(self, name: str, value: float, **labels: str) -> None:
        """Nobody reads it."""


def full() -> TextIO:
    return Path("/dev/full").open("w", buffering=1)


def closed() -> TextIO:
    out = io.StringIO()
    out.close()
    return out


@pytest.mark.parametrize("stream", [full, closed])
def test_a_line_that_cannot_be_written_is_counted_and_fails_nobody(stream):
    out, lost = stream(), Lost()
    set_up(LogSettings(format="json"), to=out, meter=lost)

    structlog.get_logger().info("looked")
    logging.getLogger("apscheduler").error("missed")

    assert lost.lines == 2
    with suppress(OSError):
        out.close()


def test_a_program_whose_standard_error_is_closed_goes_without_a_log(monkeypatch):
    monkeypatch.setattr(sys, "stderr", None)
    lost = Lost()
    set_up(LogSettings(), meter=lost)

    structlog.get_logger().info("looked")

    assert lost.lines == 1
