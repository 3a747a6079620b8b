"""Browsers that keep failing to start are left alone for a time."""

from __future__ import annotations

from collections import Counter
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


def page(number: int) -> str:
    return f"https://site{number}.example/a"


def breaking(clock: FrozenClock) -> Launches:
    launches = Launches(clock)
    for number in range(MOST_FAILURES):
        launches.crashed(page(number), "it broke down")
    return launches


def test_browsers_that_break_down_at_five_pages_pause_it() -> None:
    launches = breaking(FrozenClock())

    assert (launches.are_failing, launches.may_try) == (True, False)
    assert launches.reason == "it broke down"


def test_one_page_that_breaks_every_browser_pauses_nothing() -> None:
    launches = Launches(FrozenClock())

    for _ in range(3 * MOST_FAILURES):
        launches.crashed(page(1), "it broke down")

    assert (launches.are_failing, launches.may_try) == (False, True)


def test_a_page_between_pages_that_break_browsers_pauses_nothing() -> None:
    launches = Launches(FrozenClock())

    for number in range(3 * MOST_FAILURES):
        launches.crashed(page(number), "it broke down")
        launches.worked()

    assert not launches.are_failing


def test_a_site_that_breaks_every_browser_does_not_make_the_pause_longer() -> None:
    clock = FrozenClock()
    launches = breaking(clock)
    clock.advance(FIRST_PAUSE)

    launches.crashed("https://site1.example/another", "it broke down")
    may_go_on = launches.may_try
    launches.crashed(page(MOST_FAILURES), "it broke down")

    assert (may_go_on, launches.may_try) == (True, False)


def test_a_site_that_breaks_every_browser_leaves_others_a_few_tries_after_each_pause() -> None:
    clock = FrozenClock()
    launches = breaking(clock)
    clock.advance(FIRST_PAUSE)

    may_others = []
    for number in range(MOST_FAILURES):
        may_others.append(launches.may_try)
        launches.crashed(f"https://site1.example/{number}", "it broke down")
    may_go_on = launches.may_try
    clock.advance(2 * FIRST_PAUSE)

    assert (may_others, may_go_on) == ([True] * MOST_FAILURES, False)
    assert launches.may_try


def test_browsers_that_break_down_at_every_page_are_tried_less_and_less() -> None:
    clock = FrozenClock()
    launches = breaking(clock)
    tries = Counter[int]()

    for second in range(4 * 60 * 60):
        if launches.may_try:
            tries[second // 3600] += 1
            launches.crashed(page(second % MOST_FAILURES), "it broke down")
        clock.advance(timedelta(seconds=1))

    assert tries[0] <= 5 * MOST_FAILURES
    assert tries[3] == 2 * MOST_FAILURES  # after each of its longest pauses


def test_a_browser_that_works_after_many_that_broke_down_ends_it() -> None:
    clock = FrozenClock()
    launches = breaking(clock)
    clock.advance(FIRST_PAUSE)
    for _ in range(MOST_FAILURES - 1):
        launches.crashed(page(1), "it broke down")

    launches.worked()
    for number in range(MOST_FAILURES):
        launches.crashed(page(number), "it broke down")
    clock.advance(FIRST_PAUSE)
    launches.crashed(page(1), "it broke down")

    assert launches.may_try
