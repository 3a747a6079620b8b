from __future__ import annotations

import math
import random
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archiver.judge.rate import RECENT, Print, Rate, estimate, rate_of
from archiver.model.signals import Signal
from tests.build import NOW, days
from tests.unit.judge.looks import look, served


def prints(intervals: list[float], changes: list[bool]) -> list[Print]:
    """Return looks with those days between them; a change gives another fingerprint."""
    at, version = NOW, 0
    made = [(at, "0")]
    for interval, changed in zip(intervals, changes, strict=True):
        at += days(interval)
        version += changed
        made.append((at, str(version)))
    return made


@given(st.floats(0.1, 90), st.lists(st.booleans(), min_size=1, max_size=40))
def test_with_equal_intervals_the_rate_is_that_of_cho_and_garcia_molina(interval, changes):
    n, changed = len(changes), sum(changes)

    rate = estimate(prints([interval] * n, changes))

    expected = -math.log((n - changed + 0.5) / (n + 0.5)) / interval
    assert (rate.compared, rate.changed) == (n, changed)
    assert rate.per_day == pytest.approx(expected, rel=1e-6, abs=1e-12)


@given(st.lists(st.tuples(st.floats(0.1, 90), st.booleans()), min_size=1, max_size=40))
def test_a_rate_is_finite_and_zero_only_without_a_change(looks):
    intervals, changes = [list(column) for column in zip(*looks, strict=True)]

    rate = estimate(prints(intervals, changes))

    assert math.isfinite(rate.per_day)
    assert (rate.per_day > 0) == any(changes)


@pytest.mark.parametrize("true_rate", [0.02, 0.1, 0.5])
def test_irregular_looks_give_the_rate_behind_them(true_rate):
    rng = random.Random(7)
    found = []
    for _ in range(400):
        intervals = [rng.choice((1.0, 3.0, 7.0, 20.0)) for _ in range(20)]
        changes = [rng.random() < 1 - math.exp(-true_rate * days_) for days_ in intervals]
        found.append(estimate(prints(intervals, changes)).per_day)

    assert sum(found) / len(found) == pytest.approx(true_rate, rel=0.15)


def test_what_differs_within_minutes_is_noise_and_no_change():
    minutes = 5 / 1440

    noisy = estimate(prints([minutes, 1, 7], [True, True, True]))
    quiet = estimate(prints([minutes, 1, 7], [False, True, True]))

    assert (noisy.noisy, quiet.noisy) == (True, False)
    assert (noisy.compared, noisy.changed) == (2, 2)


def test_one_look_tells_no_rate():
    assert estimate([(NOW, "a")]) == Rate(1, 0, 0, 0.0)
    assert estimate([]) == Rate(0, 0, 0, 0.0)


def test_only_looks_that_showed_the_source_count():
    looks = [served(0), look(3, Signal.WALL), served(5, words="Other"), look(9, Signal.NOT_FOUND)]

    rate = rate_of(looks)

    assert (rate.shown, rate.compared, rate.changed) == (2, 1, 1)


def test_a_page_read_another_way_did_not_change():
    rate = rate_of([served(0), served(5), served(9, rendered=True), served(20, rendered=True)])

    assert (rate.compared, rate.changed) == (1, 0)


def test_old_looks_do_not_hide_that_a_page_calmed_down():
    restless = [served(day, words=f"Version {day}") for day in range(30)]
    calm = [served(100 + 10 * step) for step in range(RECENT)]

    rate = rate_of([*restless, *calm])

    assert (rate.compared, rate.changed) == (RECENT - 1, 0)


# --- what a look is worth -------------------------------------------------------------------------


def worthwhile(per_day: float, noisy: bool = False) -> timedelta | None:
    return Rate(9, 8, 4, per_day, noisy).worthwhile(days(2))


def test_the_worthwhile_interval_solves_the_equation_of_the_optimum():
    interval = worthwhile(0.1)

    assert interval is not None
    expected = 0.1 * (interval / days(1))
    assert 1 - (1 + expected) * math.exp(-expected) == pytest.approx(0.2, rel=1e-6)


def test_looks_at_what_changes_faster_than_it_can_be_followed_are_worth_nothing():
    assert worthwhile(0.5) is None
    assert worthwhile(24.0) is None


def test_looks_that_find_noise_are_worth_nothing():
    assert worthwhile(0.1, noisy=True) is None


def test_looks_at_what_never_changed_are_not_urgent():
    assert worthwhile(0.0) == timedelta.max
    assert worthwhile(1e-300) == timedelta.max


@given(st.floats(0, 0.2), st.floats(0, 0.2))
def test_of_two_slow_pages_the_faster_one_is_looked_at_sooner(one, other):
    slow, fast = (worthwhile(per_day) for per_day in sorted((one, other)))

    assert slow is not None
    assert fast is not None
    assert fast <= slow


@given(st.floats(0, 1e9))
def test_no_rate_makes_the_interval_fall_below_three_times_the_price(per_day):
    interval = worthwhile(per_day)

    assert interval is None or interval > 3 * days(2)
