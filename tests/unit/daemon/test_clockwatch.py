"""A clock that was set, a machine that slept."""

from __future__ import annotations

from datetime import timedelta

import pytest

from archiver.daemon.clockwatch import ClockWatch, Jump
from archiver.model.worker import IncidentKind
from tests.fakes import FrozenClock

TICK = timedelta(seconds=5)
DAY = timedelta(days=1)
BACK, FORWARD, SLEPT = IncidentKind.CLOCK_BACK, IncidentKind.CLOCK_FORWARD, IncidentKind.SLEPT


@pytest.mark.parametrize(
    ("passed", "set_by", "seen"),
    [
        (TICK, timedelta(0), []),
        (TICK, -timedelta(seconds=2), []),
        (TICK, -timedelta(seconds=3), [(BACK, timedelta(seconds=3))]),
        (TICK, -DAY, [(BACK, DAY)]),
        (TICK, timedelta(minutes=59), []),
        (TICK, DAY, [(FORWARD, DAY)]),
        (8 * 3600 * timedelta(seconds=1), timedelta(0), [(SLEPT, timedelta(hours=8))]),
        (DAY, -DAY, [(SLEPT, DAY), (BACK, DAY)]),
    ],
)
def test_a_jump_is_what_the_time_that_passed_does_not_explain(
    passed: timedelta, set_by: timedelta, seen: list[tuple[IncidentKind, timedelta]]
) -> None:
    clock = FrozenClock()
    watch = ClockWatch(clock, TICK)
    since = clock.now()

    clock.advance(passed)
    clock.set_by(set_by)

    assert watch.look() == [Jump(kind, by, since + set_by) for kind, by in seen]
    assert watch.look() == []
    assert watch.offset == set_by
