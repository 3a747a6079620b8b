from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archiver.judge.timetable import Timetable, next_due
from archiver.model.inquiry import Reading
from archiver.model.signals import Signal
from archiver.model.source import Source
from archiver.model.verdict import Verdict, VerdictKind
from tests.build import NOW, post, reading, ref, verdict

V = VerdictKind
MINUTES, HOURS, DAYS = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
SERVED = reading(post=post())


def wait(
    age: timedelta,
    added: timedelta = 400 * DAYS,
    judged: Verdict | None = None,
    read: Reading = SERVED,
    table: Timetable | None = None,
) -> timedelta:
    source = Source("s1", ref(), added_at=NOW - added, posted_at=NOW - age)
    return next_due(source, judged or verdict(), read, NOW, table) - NOW


@pytest.mark.parametrize(
    ("age", "interval"),
    [
        (timedelta(0), 15 * MINUTES),
        (20 * MINUTES, 15 * MINUTES),
        (1 * HOURS, 30 * MINUTES),
        (10 * DAYS, 5 * DAYS),
        (60 * DAYS, 30 * DAYS),
        (6 * 365 * DAYS, 30 * DAYS),
        (-5 * DAYS, 15 * MINUTES),
    ],
)
def test_the_interval_is_half_the_age_between_a_floor_and_a_cap(age, interval):
    assert wait(age) == interval


def test_a_source_of_unknown_age_is_as_old_as_our_knowledge_of_it():
    source = Source("s1", ref(), added_at=NOW - 4 * HOURS)

    assert next_due(source, verdict(), SERVED, NOW) == NOW + 2 * HOURS


@pytest.mark.parametrize(
    ("added", "interval"),
    [(timedelta(0), 1 * DAYS), (1 * DAYS, 6 * DAYS), (2 * DAYS, 5 * DAYS), (7 * DAYS, 30 * DAYS)],
)
def test_an_old_source_is_looked_at_soon_after_it_was_added(added, interval):
    assert wait(6 * 365 * DAYS, added) == interval


def test_a_post_is_looked_at_once_just_after_its_last_chance_of_an_edit():
    editable = reading(post=post(editable_until=NOW + 20 * MINUTES))
    final = reading(post=post(editable_until=NOW - 1 * MINUTES))

    assert wait(2 * HOURS, read=editable) == 21 * MINUTES
    assert wait(2 * HOURS, read=final) == 1 * HOURS


@pytest.mark.parametrize(
    ("cause", "interval"),
    [
        ("not_found", 3 * DAYS),
        ("no_host", 3 * DAYS),
        ("absent_unexplained", 3 * DAYS),
        ("gone", 1 * DAYS),
        ("deleted", 1 * DAYS),
        ("suspended", 1 * DAYS),
    ],
)
def test_a_suspicion_is_followed_up_as_soon_as_it_can_count(cause, interval):
    assert (
        wait(400 * DAYS, judged=verdict(V.SUSPECT, cause=cause), read=reading(Signal.NOT_FOUND))
        == interval
    )


def test_a_suspicion_does_not_slow_a_young_source_down():
    assert wait(1 * HOURS, judged=verdict(V.SUSPECT, cause="not_found")) == 30 * MINUTES


@pytest.mark.parametrize(
    ("failures", "interval"), [(1, 15 * MINUTES), (2, 2 * HOURS), (3, 1 * DAYS), (9, 1 * DAYS)]
)
def test_a_failure_is_tried_again_sooner_than_usual(failures, interval):
    judged = verdict(V.UNREACHABLE, rests_on=tuple("abcdefghi")[:failures])

    assert wait(400 * DAYS, judged=judged, read=reading(Signal.UNREACHABLE)) == interval


@pytest.mark.parametrize(
    ("walls", "interval"),
    [(1, 1 * HOURS), (2, 2 * HOURS), (5, 16 * HOURS), (9, 7 * DAYS), (300, 7 * DAYS)],
)
def test_a_wall_is_left_alone_for_longer_and_longer(walls, interval):
    judged = verdict(V.UNKNOWN, rests_on=tuple(map(str, range(walls))))

    assert wait(400 * DAYS, judged=judged, read=reading(Signal.WALL)) == interval


def test_a_wall_is_never_asked_again_within_the_hour():
    judged = verdict(V.UNKNOWN, rests_on=("a",))

    assert wait(20 * MINUTES, judged=judged, read=reading(Signal.RATE_LIMITED)) == 1 * HOURS


def test_our_own_network_is_tried_again_soon():
    assert wait(400 * DAYS, read=reading(Signal.OFFLINE)) == 15 * MINUTES


@pytest.mark.parametrize("kind", [V.GONE, V.RESTRICTED])
def test_what_is_gone_or_hidden_is_still_looked_at(kind):
    assert wait(400 * DAYS, judged=verdict(kind, cause="deleted")) == 30 * DAYS


def test_every_limit_can_be_set():
    table = Timetable(share=1.0, floor=1 * HOURS, cap=2 * DAYS, after_adding=())

    assert wait(30 * MINUTES, table=table) == 1 * HOURS
    assert wait(30 * HOURS, table=table) == 30 * HOURS
    assert wait(400 * DAYS, table=table) == 2 * DAYS


@given(
    st.timedeltas(min_value=-DAYS, max_value=4000 * DAYS),
    st.timedeltas(min_value=timedelta(0), max_value=4000 * DAYS),
    st.sampled_from(list(V)),
    st.sampled_from(list(Signal)),
    st.integers(1, 40),
)
def test_the_next_look_is_never_sooner_than_the_floor_nor_later_than_the_cap(
    age, added, kind, signal, looks
):
    judged = verdict(kind, cause=signal.value, rests_on=tuple(map(str, range(looks))))

    interval = wait(age, added, judged, reading(signal))

    assert 15 * MINUTES <= interval <= 30 * DAYS
