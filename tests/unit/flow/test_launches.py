"""Browsers that keep failing to start are left alone for a time."""

from __future__ import annotations

from datetime import timedelta

from archiver.flow.launches import FIRST_PAUSE, LONGEST_PAUSE, MOST_FAILURES, Launches
from tests.fakes import FrozenClock


def failing(clock: FrozenClock, *, apart: timedelta = timedelta(seconds=1)) -> Launches:
    launches = Launches(clock)
    for _ in range(MOST_FAILURES):
        clock.advance(apart)
        launches.failed("no such file")
    return launches


def test_five_failures_in_five_minutes_pause_it() -> None:
    launches = failing(FrozenClock())

    assert (launches.are_failing, launches.may_try) == (True, False)
    assert launches.reason == "no such file"


def test_failures_far_apart_are_accidents() -> None:
    launches = failing(FrozenClock(), apart=timedelta(minutes=2))

    assert (launches.are_failing, launches.may_try) == (False, True)


def test_after_the_pause_one_is_tried_and_the_pause_doubles_when_it_fails() -> None:
    clock = FrozenClock()
    launches = failing(clock)

    clock.advance(FIRST_PAUSE)
    was_open = launches.may_try
    launches.failed("no such file")
    clock.advance(FIRST_PAUSE)

    assert was_open
    assert not launches.may_try
    clock.advance(FIRST_PAUSE)
    assert launches.may_try


def test_failures_beside_the_one_that_was_tried_count_once() -> None:
    clock = FrozenClock()
    launches = failing(clock)

    clock.advance(FIRST_PAUSE)
    for _ in range(10):
        launches.failed("no such file")
    clock.advance(2 * FIRST_PAUSE)

    assert launches.may_try


def test_the_pause_has_an_end() -> None:
    clock = FrozenClock()
    launches = failing(clock)

    for _ in range(20):
        clock.advance(LONGEST_PAUSE)
        launches.failed("no such file")
    clock.advance(LONGEST_PAUSE)

    assert launches.may_try


def test_one_that_starts_ends_it() -> None:
    launches = failing(FrozenClock())

    launches.worked()

    assert (launches.are_failing, launches.may_try, launches.reason) == (False, True, None)
