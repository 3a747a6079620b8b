"""Trouble of our own: how often a job is tried, and how long between."""

from __future__ import annotations

from datetime import timedelta

import pytest

from archiver.errors import CaptureError, ClaimError, CrashError, LaunchError, StoreError, TurnError
from archiver.flow.retries import Course, Retries

RETRIES = Retries(tries=3, first=timedelta(seconds=30), cap=timedelta(hours=6))


@pytest.mark.parametrize(
    ("failed", "longest_s"), [(1, 30), (2, 60), (3, 120), (10, 15360), (11, 21600), (10**6, 21600)]
)
def test_the_longest_pause_doubles_up_to_the_cap(failed: int, longest_s: float) -> None:
    assert RETRIES.pause(failed, 1) == timedelta(seconds=longest_s)


def test_a_pause_is_drawn_from_nothing_to_the_longest() -> None:
    assert RETRIES.pause(2, 0) == timedelta(0)
    assert RETRIES.pause(2, 0.25) == timedelta(seconds=15)


def test_a_job_that_this_machine_could_not_do_is_not_there_again_at_once() -> None:
    assert RETRIES.respite(0) == timedelta(seconds=15)
    assert RETRIES.respite(1) == timedelta(seconds=30)


@pytest.mark.parametrize(
    ("error", "failed", "course"),
    [
        (ClaimError("taken"), 1, Course.LEAVE),
        (TurnError("busy", 15), 1, Course.GIVE_BACK),
        (TurnError("busy", 15), 99, Course.GIVE_BACK),
        (StoreError("refused"), 1, Course.RETRY),
        (LaunchError("no browser"), 99, Course.GIVE_BACK),
        (CrashError("it broke down"), 2, Course.RETRY),
        (CrashError("it broke down"), 3, Course.GIVE_UP),
        (CaptureError("it broke down"), 3, Course.GIVE_UP),
        (OSError("no room"), 3, Course.GIVE_UP),
        (KeyError("our bug"), 2, Course.RETRY),
        (KeyError("our bug"), 3, Course.GIVE_UP),
    ],
)
def test_the_error_and_its_count_decide(error: Exception, failed: int, course: Course) -> None:
    assert RETRIES.course(error, failed) is course
