"""Captured words drive neither a terminal nor a spreadsheet nor a browser."""

from __future__ import annotations

from datetime import timedelta

import pytest

from archiver.cli.durations import duration
from archiver.cli.output import plain, table
from archiver.errors import InputError


@pytest.mark.parametrize(
    ("captured", "shown"),
    [
        ("plain words", "plain words"),
        ("red \x1b[31mtext", "red  [31mtext"),
        ("a\nb\tc\r\0d", "a b c  d"),
        ("moc.elpmaxe\u202egro.knab", "moc.elpmaxegro.knab"),
        ("عين الأسد", "عين الأسد"),
        ("🌊", "🌊"),
        ("\x9b31m", " 31m"),
    ],
)
def test_captured_text_is_shown_without_control_characters(captured, shown):
    assert plain(captured) == shown


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("90s", timedelta(seconds=90)),
        ("15m", timedelta(minutes=15)),
        (" 1H ", timedelta(hours=1)),
        ("2d", timedelta(days=2)),
        ("1w", timedelta(weeks=1)),
    ],
)
def test_durations_read_as_people_type_them(text, expected):
    assert duration(text) == expected


@pytest.mark.parametrize("text", ["", "1", "h", "-1h", "1.5h", "1y", "1h30m", "9999999s"])
def test_anything_else_is_no_duration(text):
    with pytest.raises(InputError, match="15m"):
        duration(text)


def test_a_table_without_rows_prints_nothing(capsys):
    table(["one", "two"], [])

    assert capsys.readouterr().out == ""
