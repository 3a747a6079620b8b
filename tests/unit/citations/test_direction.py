from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archiver.citations.direction import reading_order, runs_from_right, strength


def read(shown: str, *, from_right: bool = True) -> str:
    return "".join(text for _, text in reading_order(shown, from_right=from_right))


@pytest.mark.parametrize(
    ("shown", "written"),
    [
        ("גבא", "אבג"),
        ("2020 ראוניב 8", "8 בינואר 2020"),
        ("10:30 העשב", "בשעה 10:30"),
        ("Twitter-ב", "ב-Twitter"),
        (".(ובא) א", "א (אבו)."),
        ("«בא» א", "א «אב»"),
        ("/https://he.example/a?b=1 ואר", "ראו https://he.example/a?b=1/"),
        ("ב Jeffrey Lewis (@Arms) 8 — א", "א — Jeffrey Lewis (@Arms) 8 ב"),
        ("٢٠٢٠ ماع", "عام ٢٠٢٠"),
    ],
)
def test_a_line_read_from_the_right_keeps_numbers_and_names(shown, written):
    assert read(shown) == written


def test_a_line_read_from_the_left_keeps_all_but_what_runs_from_the_right():
    assert read("See (גב 12 א) there", from_right=False) == "See (א 12 בג) there"


@given(st.text(alphabet="abאבג12 .:()«»@-/", max_size=60), st.booleans())
def test_every_character_is_read_once(shown, from_right):
    order = reading_order(shown, from_right=from_right)

    assert sorted(n for n, _ in order) == list(range(len(shown)))


def test_addresses_do_not_tell_how_a_line_is_read():
    assert strength("ראו https://he.example/a/long/address") == 3
    assert not runs_from_right("Tür ß 8")
