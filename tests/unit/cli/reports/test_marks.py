"""Changed words are marked in place, in any script, and nothing is lost on the way."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archiver.cli.reports.marks import Piece, changed, pieces_of, pieces_of_diff


@pytest.mark.parametrize(
    ("before", "after", "pairs"),
    [
        ("12 gates", "21 gates", [("12", "21")]),
        ("at 02:40, forty minutes", "at 02:15, fifteen minutes", [("02:40", "02:15"), ("forty", "fifteen")]),
        ("It is safe.", "It is not safe.", [("", "not")]),
        ("“Safe”, he said", "“Safe”, she said", [("he", "she")]),
        ("他们数了十二道门", "他们数了十一道门", [("二", "一")]),
        ("same words", "same words", []),
        ("three open gates", "two shut gates", [("three open", "two shut")]),
    ],
)  # fmt: skip
def test_changed_words_are_found(before, after, pairs):
    assert [(one.old, one.new) for one in changed(pieces_of(before, after))] == pairs


def test_a_sentence_that_was_added_or_taken_out_is_one_piece():
    assert pieces_of(None, "New.") == (Piece("", "New."),)
    assert pieces_of("Old.", None) == (Piece("Old.", ""),)


@given(st.text(), st.text())
def test_the_pieces_are_both_texts_again(before, after):
    pieces = pieces_of(before, after)

    assert "".join(one.new for one in pieces) == after
    assert "".join(one.old for one in pieces).split() == before.split()


def test_very_long_texts_are_aligned_by_their_ends():
    before = " ".join(f"a{n}" for n in range(5000))
    after = before.replace(" a2500 ", " changed ")

    assert [(one.old, one.new) for one in changed(pieces_of(before, after))] == [
        ("a2500", "changed")
    ]


def test_a_word_diff_is_read_back():
    pieces = pieces_of_diff("… we counted [-12-]{+21+} gates and [-not-] one {+more+}")

    assert [(one.old, one.new) for one in changed(pieces)] == [
        ("12", "21"),
        ("not", ""),
        ("", "more"),
    ]


def test_a_change_told_as_one_is_parted_and_stops_are_no_news_beside_words():
    pieces = pieces_of_diff(
        "at [-02:40, forty-]{+02:15, fifteen+} after the [-warning-]{+warning.+}"
    )

    assert [(one.old, one.new) for one in changed(pieces)] == [
        ("02:40", "02:15"),
        ("forty", "fifteen"),
    ]


def test_a_change_of_stops_alone_is_told():
    assert [(one.old, one.new) for one in changed(pieces_of("Safe.", "Safe?"))] == [(".", "?")]


@given(st.text(alphabet="[]-{}+ ab", max_size=60))
def test_no_diff_makes_reading_it_fail(diff):
    assert isinstance(pieces_of_diff(diff), tuple)
