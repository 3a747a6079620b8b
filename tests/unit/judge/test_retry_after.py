from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archiver.judge.retry_after import retry_after_of
from archiver.model.inquiry import Ask
from tests.build import NOW, kept_answer

AT = NOW.replace(microsecond=0)
MINUTE = timedelta(minutes=1)


def wish(value: str, *others: tuple[str, str], status: int | None = 429, **more: object):
    headers = (("retry-AFTER", value), *others)
    return retry_after_of([kept_answer(AT, status=status, headers=headers, **more)], AT)


def test_seconds_are_a_time_to_be_left_alone():
    assert wish("120") == 2 * MINUTE
    assert wish(" 0 ") == timedelta(0)


@pytest.mark.parametrize(
    "date",
    [
        "Sun, 22 Nov 2026 12:30:00 GMT",
        "Sunday, 22-Nov-26 12:30:00 GMT",
        "Sun Nov 22 12:30:00 2026",
    ],
)
def test_a_date_is_read_in_each_of_its_forms(date):
    assert wish(date) == 30 * MINUTE


def test_a_date_is_read_by_the_clock_of_the_server_that_gave_it():
    slow = ("Date", "Sun, 22 Nov 2026 11:30:00 GMT")

    assert wish("Sun, 22 Nov 2026 11:40:00 GMT", slow) == 10 * MINUTE


def test_a_date_that_has_passed_is_no_time_at_all():
    assert wish("Sun, 22 Nov 2020 12:30:00 GMT") == timedelta(0)


@pytest.mark.parametrize(
    "value", ["", "soon", "-5", "1.5", "١٢٠", "9" * 5000, "Sun, 99 Nov 2026 12:30:00 GMT", "x" * 99]
)
def test_what_is_no_time_is_no_wish(value):
    assert wish(value) is None


def test_the_longest_wish_counts_and_counts_from_its_own_answer():
    soon = kept_answer(AT, status=503, headers=(("Retry-After", "10"),))
    later = kept_answer(AT + MINUTE, status=429, headers=(("Retry-After", "60"),))

    assert retry_after_of([soon, later], AT) == 2 * MINUTE


@pytest.mark.parametrize("status", [200, 301, None])
def test_only_a_refusal_or_a_failure_is_obeyed(status):
    assert wish("120", status=status) is None


@pytest.mark.parametrize(("ask", "is_heard"), [
    (Ask.HTTP, True), (Ask.RENDER, True), (Ask.SIBLING, True), (Ask.CONTROL, False), (Ask.DNS, False),
    (Ask.REGISTRY, False),
])  # fmt: skip
def test_only_the_host_of_the_source_is_heard(ask, is_heard):
    assert (wish("120", ask=ask) is not None) is is_heard


def test_no_answer_is_no_wish():
    assert retry_after_of([], AT) is None


@given(st.text(max_size=80), st.text(max_size=80))
def test_no_header_is_too_odd(value, date):
    found = wish(value, ("Date", date))

    assert found is None or found >= timedelta(0)
