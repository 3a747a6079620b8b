"""The CSV holds what is known, and nothing in it is run by a spreadsheet."""

from __future__ import annotations

import csv
import io

import pytest

from archiver.cli.reports.sheet import COLUMNS, cell, sheet
from archiver.model.verdict import FindingKind
from tests.unit.cli.reports.built import HOSTILE, audited, every_kind, report, with_words


@pytest.mark.parametrize(
    "start",
    ["=", "+", "-", "@", "＝", "＋", "－", "＠", " =", "\t=", "\r\n=", "\u00a0=", "\ufeff=", '"=', "'=", "' \"="],
    ids=repr,
)  # fmt: skip
def test_a_cell_is_never_a_formula(start):
    assert cell(f"{start}1+1").startswith("'")


@pytest.mark.parametrize("text", ["a\tb", "a\r\n=1", "a\x0b=1", "a\u2028=1", "a\x00b"], ids=repr)
def test_a_cell_is_one_line(text):
    assert cell(text).isprintable()


@pytest.mark.parametrize("sign", ["=", " =", '"=', "@", "＋"])
def test_no_formula_begins_behind_a_semicolon(sign):
    assert f";{sign}" not in cell(f"the gates;{sign}cmd|' /C calc'!A0;")
    assert cell("the gates; the keeper") == "the gates; the keeper"


def test_a_number_below_zero_stays_one():
    assert cell(-3) == "-3"


def test_ordinary_words_stay_as_they_are():
    assert cell("We counted 12 gates, “not” 21.") == "We counted 12 gates, “not” 21."


def test_a_row_a_citation_with_both_sides():
    rows = list(csv.DictReader(io.StringIO(sheet(every_kind()), newline="")))

    assert tuple(rows[0]) == COLUMNS
    assert [row["finding"] for row in rows] == [kind.value for kind in FindingKind]
    assert {row["warc_sha256"] for row in rows} == {"1a" * 32}
    assert rows[1]["headline"] == "the quoted words changed: 12 → 21"
    assert rows[1]["last_seen"].startswith("2026-11-18T")


def test_a_deletion_of_all_citations_is_a_row():
    (row,) = csv.DictReader(io.StringIO(sheet(report(lost=3))))

    assert (row["finding"], row["reason"]) == ("lost", "an older version cited 3 more")


@pytest.mark.parametrize("words", HOSTILE, ids=range(len(HOSTILE)))
def test_hostile_words_stay_in_their_cell(words):
    text = sheet(report(with_words(audited(FindingKind.CHANGED), words)))

    rows = list(csv.reader(io.StringIO(text, newline="")))
    text.encode()
    assert [len(row) for row in rows] == [len(COLUMNS)] * 2
    assert not any(value.startswith(("=", "+", "-", "@")) for value in rows[1])
