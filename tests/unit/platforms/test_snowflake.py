from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archiver.platforms._snowflake import day_of, first_id, last_id, posted_at


@pytest.mark.parametrize(
    ("status_id", "at"),
    [
        ("1214956636730744833", datetime(2020, 1, 8, 17, 6, 49, 656000, tzinfo=UTC)),
        ("1214387633146564608", datetime(2020, 1, 7, 3, 25, 48, 630000, tzinfo=UTC)),
    ],
)
def test_the_time_of_a_status_is_in_its_id(status_id, at):
    assert posted_at(status_id) == at


@pytest.mark.parametrize("status_id", ["20", "29700000000", "40000000000"])
def test_a_sequential_id_holds_no_time(status_id):
    assert posted_at(status_id) is None
    assert day_of(status_id) is None


@pytest.mark.parametrize("text", ["", "12a", "-5", "١٢١٤٩٥٦٦٣٦٧٣٠٧٤٤٨٣٣", "9" * 19, "1" * 40])
def test_what_is_no_status_id_has_no_time(text):
    assert posted_at(text) is None


@pytest.mark.parametrize(
    ("day", "first", "last"),
    [
        (date(2020, 1, 8), 1214698227102646272, 1215060614968246271),
        (date(2020, 1, 11), 1215785390699446272, 1216147778565046271),
    ],
)
def test_a_day_is_one_interval_of_ids(day, first, last):
    assert (first_id(day), last_id(day)) == (first, last)


def test_a_day_before_the_scheme_has_no_interval():
    assert first_id(date(2010, 11, 3)) is None
    assert last_id(date(2010, 11, 3)) is None


@given(st.dates(date(2010, 11, 5), date(2070, 1, 1)))
def test_the_bounds_of_a_day_lie_in_it_and_touch_the_next(day):
    first, last = first_id(day) or 0, last_id(day) or 0

    assert day_of(str(first)) == day_of(str(last)) == day
    assert day_of(str(first - 1)) != day
    assert day_of(str(last + 1)) != day
