from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archiver.judge._tokens import key_of, placed, tokens_of
from archiver.judge.features import (
    are_same,
    containment,
    cosine,
    features_of,
    packed,
    title_cosine,
    unpacked,
    visible_containment,
)
from archiver.model.inquiry import PageText
from tests.unit.judge.looks import OTHER, STORY, text

LONG = " ".join(f"{STORY} Chapter {n} of the log tells of ship number {n * 7}." for n in range(300))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("The tower, struck.", "the  TOWER\nstruck"),
        ("“It’s” – over…", '"It\'s" - over'),
        ("har\u00adbour\u200b", "harbour"),
        ("5 %", "5%"),
        ("ﬁne Cafe\u0301", "fine CAFÉ"),
        ("塔は、安全だ。", "塔は安全だ"),
    ],
)
def test_form_makes_no_other_words(one, other):
    assert key_of(one) == key_of(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("up 1.5 %", "up 15 %"),
        ("-3 million", "3 million"),
        ("$5", "€5"),
        ("It fell.", "It fell?"),
        ("the rapist", "therapist"),
        ("मंत्री की बात", "मंत्री कि बात"),
        ("10²", "102"),
        ("1½", "11⁄2"),
        ("x < y", "x > y"),
        ("12-13", "1213"),
    ],
)
def test_what_is_said_makes_other_words(one, other):
    assert key_of(one) != key_of(other)


@given(st.text(max_size=300))
def test_words_are_found_at_their_places_in_any_text(words):
    found = placed(words)

    assert len(found.words) == len(found.starts) == len(found.ends)
    assert all(
        start < end <= len(found.text) for start, end in zip(found.starts, found.ends, strict=True)
    )
    assert tokens_of(words) == tokens_of(words.casefold()) or "ß" in words or not words.isascii()


def test_a_page_is_like_itself_and_unlike_another():
    page, other = features_of(text()), features_of(text(OTHER))

    assert are_same(page, page)
    assert (cosine(page, page), containment(page, page)) == (1.0, 1.0)
    assert not are_same(page, other)
    assert (cosine(page, other) or 0) < 0.1
    assert containment(page, other) == 0.0


def test_words_that_every_text_has_do_not_make_pages_alike():
    one = features_of(text("The keeper of the tower is not in the house and was not at the gate."))
    other = features_of(text("The price of the boots is not in the list and was not at the top."))

    assert (cosine(one, other) or 0) < 0.2


def test_an_edit_does_not_show_in_the_measures():
    edited = features_of(text(LONG.replace("twelve", "thirty", 1)))

    assert (cosine(features_of(text(LONG)), edited) or 0) > 0.99
    assert (containment(features_of(text(LONG)), edited) or 0) > 0.97


def test_half_of_a_long_text_is_measured_as_half():
    half = LONG[: len(LONG) // 2]
    other = " ".join(f"word{n}" for n in range(9000))

    share = containment(features_of(text(LONG)), features_of(text(f"{half} {other}")))

    assert share == pytest.approx(0.5, abs=0.08)


@pytest.mark.parametrize("changes", [{"rendered": True}, {"extractor": "trafilatura 3"}])
def test_pages_that_were_read_otherwise_are_never_compared(changes):
    one, other = features_of(text()), features_of(replace(text(), **changes))

    assert not one.is_comparable_with(other)
    assert not are_same(one, other)
    assert (cosine(one, other), containment(one, other), title_cosine(one, other)) == (None,) * 3


def test_all_that_is_visible_is_compared_where_one_side_has_no_main_text():
    one, other = features_of(text()), features_of(replace(text(), main=None))

    assert are_same(one, other)
    assert cosine(one, other) == 1.0


def test_an_old_text_is_found_in_all_that_is_visible_when_the_extractor_flips():
    flipped = features_of(PageText("The tower", f"Menu\n{LONG}", "Menu", "en"))

    assert containment(features_of(text(LONG)), flipped) == 0.0
    assert (visible_containment(features_of(text(LONG)), flipped) or 0) > 0.98


def test_titles_are_compared_by_their_words():
    page = features_of(text())

    assert title_cosine(page, features_of(replace(text(), title="TOWER: the"))) == 1.0
    assert title_cosine(page, features_of(replace(text(), title="Boots"))) == 0.0
    assert title_cosine(page, features_of(replace(text(), title=None))) is None


# --- kept ---------------------------------------------------------------------------------------


def test_features_are_small_and_come_back_as_they_were():
    features = features_of(text(LONG, rendered=True))
    kept = packed(features)

    assert unpacked(kept) == features
    assert len(kept) < 13_000
    assert isinstance(json.loads(kept), dict)


@pytest.mark.parametrize(
    "damage",
    [
        "",
        "{}",
        "[]",
        "null",
        '{"version": 99}',
        '{"version": 1}',
        packed(features_of(text()))[:-40],
    ],
)
def test_another_version_and_damage_are_no_features(damage):
    assert unpacked(damage) is None


def test_features_are_the_same_in_every_process():
    program = (
        "from tests.unit.judge.looks import text\n"
        "from archiver.judge.features import features_of, packed\n"
        "print(packed(features_of(text())), end='')"
    )

    others = {
        subprocess.run(
            [sys.executable, "-c", program],
            check=True,
            capture_output=True,
            text=True,
            env={"PYTHONHASHSEED": seed},
        ).stdout
        for seed in ("1", "2")
    }

    assert others == {packed(features_of(text()))}


@given(st.text(max_size=200), st.text(max_size=200))
def test_any_two_texts_have_measures_between_nought_and_one(one, other):
    a, b = (features_of(PageText(None, words, None, None)) for words in (one, other))

    assert unpacked(packed(a)) == a
    assert 0 <= (cosine(a, b) or 0) <= 1
    assert 0 <= (containment(a, b) or 0) <= 1
