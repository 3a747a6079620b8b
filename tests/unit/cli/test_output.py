"""Captured words drive neither a terminal nor a spreadsheet nor a browser."""

from __future__ import annotations

import io
import json
import sys
from datetime import timedelta

import pytest
from rich.cells import cell_len

from archiver.cli.app import run
from archiver.cli.durations import duration
from archiver.cli.output import hang, json_line, json_pieces, plain, table
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


def test_a_duration_is_ten_years_at_most():
    assert duration("3650d") == timedelta(days=3650)
    with pytest.raises(InputError, match="too long"):
        duration("999999w")


def test_json_drives_no_terminal_and_stays_the_same_document():
    document = {"title\u202e": "a\x9b31m \x7f\x1b[2J \u2066عين\u2069 \\\x85 é"}

    written = ["".join(json_pieces(document)), json_line(document)]

    for text in written:
        assert plain(text.replace("\n", "")) == text.replace("\n", "")
        assert "عين" in text
        assert json.loads(text) == document


def test_an_error_drives_no_terminal(capsys):
    assert run(["\x1b]0;owned\x07\u202e"]) == 2
    said = capsys.readouterr().err

    assert "owned" in said
    assert plain(said.rstrip("\n")) == said.rstrip("\n")


def test_a_table_without_rows_prints_nothing(capsys):
    table(["one", "two"], [])

    assert capsys.readouterr().out == ""


def test_a_line_behind_its_head_is_one_line_without_a_terminal(capsys):
    hang("GONE", [("deleted \x1b[31m", "red"), ("by its\nauthor " * 40, "")], 12)

    out = capsys.readouterr().out
    assert out.startswith("GONE        deleted  [31mby its author")
    assert out.count("\n") == 1


@pytest.mark.parametrize("words", ["word " * 60, "x" * 300, "他们数了十二道门" * 30, "עין " * 60])
def test_a_line_wraps_beside_its_head_on_a_terminal(monkeypatch, words):
    terminal = io.StringIO()
    monkeypatch.setattr(terminal, "isatty", lambda: True)
    monkeypatch.setattr(sys, "stdout", terminal)
    monkeypatch.setenv("COLUMNS", "80")
    monkeypatch.setenv("TERM", "dumb")

    hang("CHANGED", [(words, "red"), ("\x1b[2J", "")], 12)

    first, *others = terminal.getvalue().splitlines()
    assert first.startswith("CHANGED     ")
    assert others
    assert all(line.startswith(" " * 12) for line in others)
    assert all(cell_len(line) <= 80 for line in (first, *others))
    assert "\x1b[2J" not in terminal.getvalue()


def test_a_half_of_a_pair_is_escaped_in_json():
    text = "".join(json_pieces({"words": "a\ud83d \U0001f30a", "n": [1, None]}))

    text.encode()
    assert json.loads(text) == {"words": "a\ud83d \U0001f30a", "n": [1, None]}
