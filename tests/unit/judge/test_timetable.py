from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archiver.judge.rate import Rate
from archiver.judge.timetable import Past, Timetable, next_due
from archiver.model.inquiry import Reading
from archiver.model.signals import Signal
from archiver.model.source import Source
from archiver.model.verdict import Verdict, VerdictKind
from tests.build import NOW, page, page_text, post, reading, ref, verdict

V = VerdictKind
MINUTES, HOURS, DAYS = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
LONG_AGO = NOW - 900 * DAYS
POST = reading(post=post())
PAGE = reading(post=None, page=page_text())
STILL = Timetable(jitter=0)
SEEN = verdict(since=LONG_AGO)


def news(age: timedelta) -> Reading:
    return reading(post=None, page=replace(page_text(), is_news=True, published_at=NOW - age))


def wait(
    age: timedelta,
    added: timedelta | None = None,
    judged: Verdict = SEEN,
    read: Reading = POST,
    table: Timetable = STILL,
    **more: object,
) -> timedelta:
    """Return the interval of a post of that age; it was added when it was posted, or later."""
    source = Source("s1", ref(), NOW - (age if added is None else added), posted_at=NOW - age)
    return next_due(source, judged, read, NOW, table, **more) - NOW  # type: ignore[arg-type]


def wait_of_page(
    added: timedelta,
    judged: Verdict = SEEN,
    read: Reading = PAGE,
    table: Timetable = STILL,
    name: str = "p1",
    **more: object,
) -> timedelta:
    source = Source(name, page(), added_at=NOW - added)
    return next_due(source, judged, read, NOW, table, **more) - NOW  # type: ignore[arg-type]


# --- posts ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("age", "interval"),
    [
        (timedelta(0), 15 * MINUTES),
        (20 * MINUTES, 15 * MINUTES),
        (1 * HOURS, 30 * MINUTES),
        (10 * DAYS, 5 * DAYS),
        (60 * DAYS, 30 * DAYS),
        (6 * 365 * DAYS, 30 * DAYS),
    ],
)
def test_the_interval_of_a_post_is_half_its_age_between_a_floor_and_a_cap(age, interval):
    assert wait(age) == interval


def test_a_source_of_unknown_age_is_as_old_as_our_knowledge_of_it():
    source = Source("s1", ref(), added_at=NOW - 4 * HOURS)

    assert next_due(source, SEEN, POST, NOW, STILL) == NOW + 2 * HOURS


def test_a_source_is_no_younger_than_our_knowledge_of_it():
    assert wait(-5 * DAYS, added=10 * DAYS) == 5 * DAYS


@pytest.mark.parametrize(
    ("added", "interval"),
    [(timedelta(0), 1 * DAYS), (1 * DAYS, 6 * DAYS), (2 * DAYS, 5 * DAYS), (7 * DAYS, 30 * DAYS)],
)
def test_a_post_that_was_old_when_it_was_added_is_looked_at_soon_after(added, interval):
    assert wait(6 * 365 * DAYS, added) == interval


def test_a_post_is_looked_at_once_just_after_its_last_chance_of_an_edit():
    editable = reading(post=post(editable_until=NOW + 20 * MINUTES))
    final = reading(post=post(editable_until=NOW - 1 * MINUTES))

    assert wait(2 * HOURS, read=editable) == 21 * MINUTES
    assert wait(2 * HOURS, read=final) == 1 * HOURS


# --- news and other pages -------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("age", "interval"),
    [
        (timedelta(0), 1 * HOURS),
        (1 * HOURS, 5 * HOURS),
        (6 * HOURS, 18 * HOURS),
        (1 * DAYS, 1 * DAYS),
        (2 * DAYS, 5 * DAYS),
        (7 * DAYS, 23 * DAYS),
        (30 * DAYS, 30 * DAYS),
        (400 * DAYS, 30 * DAYS),
    ],
)
def test_news_is_looked_at_at_ages_of_its_own_and_then_monthly(age, interval):
    assert wait_of_page(age, read=news(age)) == interval


def test_old_news_is_looked_at_soon_after_it_was_added():
    assert wait_of_page(1 * HOURS, read=news(900 * DAYS)) == 23 * HOURS
    assert wait_of_page(3 * DAYS, read=news(900 * DAYS)) == 4 * DAYS


def test_news_that_dates_itself_into_the_future_is_as_old_as_our_knowledge_of_it():
    assert wait_of_page(40 * DAYS, read=news(-300 * DAYS)) == 30 * DAYS


@pytest.mark.parametrize(
    ("added", "interval"),
    [
        (timedelta(0), 1 * DAYS),
        (1 * DAYS, 6 * DAYS),
        (7 * DAYS, 23 * DAYS),
        (30 * DAYS, 15 * DAYS),
        (100 * DAYS, 50 * DAYS),
        (800 * DAYS, 90 * DAYS),
    ],
)
def test_another_page_is_looked_at_by_the_time_since_it_was_added(added, interval):
    assert wait_of_page(added) == interval


def test_a_page_that_was_just_looked_at_by_hand_is_not_looked_at_again_at_once():
    assert wait_of_page(7 * DAYS - 5 * MINUTES) == 23 * DAYS + 5 * MINUTES


def test_a_page_is_looked_at_again_minutes_after_its_first_look_to_learn_its_noise():
    assert wait_of_page(timedelta(0), verdict(since=NOW)) == 5 * MINUTES
    assert wait_of_page(5 * MINUTES, verdict(since=NOW - 5 * MINUTES)) == 1 * DAYS - 5 * MINUTES


def test_what_was_seen_before_decides_whether_a_page_is_seen_for_the_first_time():
    came_back = verdict(since=NOW)
    first = Past(PAGE, Rate(shown=1, compared=0, changed=0, per_day=0))
    second = Past(PAGE, Rate(shown=2, compared=0, changed=0, per_day=0))

    assert wait_of_page(10 * DAYS, came_back, past=first) == 5 * MINUTES
    assert wait_of_page(10 * DAYS, came_back, past=second) == 20 * DAYS


def test_a_post_has_no_noise_to_learn():
    assert wait(400 * DAYS, judged=verdict(since=NOW)) == 30 * DAYS


def test_news_that_does_not_answer_is_still_news():
    broken = verdict(V.UNREACHABLE, since=NOW - 30 * DAYS)
    past = Past(shown=news(2 * DAYS))

    assert wait_of_page(2 * DAYS, broken, reading(Signal.UNREACHABLE), past=past) == 5 * DAYS
    assert wait_of_page(2 * DAYS, broken, reading(Signal.UNREACHABLE)) == 5 * DAYS
    assert wait_of_page(40 * DAYS, broken, reading(Signal.UNREACHABLE), past=past) == 30 * DAYS
    assert wait_of_page(40 * DAYS, broken, reading(Signal.UNREACHABLE)) == 20 * DAYS


# --- rates of change ------------------------------------------------------------------------------


def rated(per_day: float, compared: int = 9, noisy: bool = False) -> Past:
    return Past(PAGE, Rate(9, compared, 1, per_day, noisy))


def test_a_page_that_changes_is_looked_at_more_often_but_at_most_daily():
    assert 5 * DAYS < wait_of_page(300 * DAYS, past=rated(1 / 7)) < 10 * DAYS
    eager = replace(STILL, look_price=timedelta(minutes=10))
    assert wait_of_page(300 * DAYS, table=eager, past=rated(24.0)) == 1 * DAYS


def test_a_page_that_changes_faster_than_it_can_be_followed_is_looked_at_as_usual():
    assert wait_of_page(300 * DAYS, past=rated(20.0)) == 90 * DAYS


def test_a_page_whose_looks_differ_within_minutes_is_looked_at_as_usual():
    assert wait_of_page(300 * DAYS, past=rated(1 / 7, noisy=True)) == 90 * DAYS


def test_a_page_that_never_changed_is_left_alone_for_longer_but_not_beyond_the_cap():
    assert wait_of_page(60 * DAYS, past=rated(0)) == 37.5 * DAYS
    assert wait_of_page(300 * DAYS, past=rated(0)) == 90 * DAYS
    assert wait_of_page(60 * DAYS, table=replace(STILL, stretch=2), past=rated(0)) == 60 * DAYS


def test_a_young_page_is_not_left_alone_because_it_did_not_change_yet():
    assert wait_of_page(7 * DAYS, past=rated(0)) == 23 * DAYS


def test_a_rate_counts_only_after_enough_looks():
    assert wait_of_page(300 * DAYS, past=rated(1 / 7, compared=3)) == 90 * DAYS


def test_the_rate_of_change_is_no_matter_of_posts():
    assert wait(100 * DAYS, past=Past(POST, Rate(9, 8, 8, 0.2))) == 30 * DAYS


# --- failures -------------------------------------------------------------------------------------

FAILURES = [
    (timedelta(0), 15 * MINUTES),
    (15 * MINUTES, 105 * MINUTES),
    (2 * HOURS, 22 * HOURS),
    (1 * DAYS, 3 * DAYS),
    (4 * DAYS, 4 * DAYS),
    (8 * DAYS, 4 * DAYS),
    (16 * DAYS, 30 * DAYS),
    (3 * DAYS, 1 * DAYS),
    (2 * HOURS - 1 * MINUTES, 15 * MINUTES),
]


@pytest.mark.parametrize("cause", ["not_found", "soft_404", "absent_unexplained", None])
@pytest.mark.parametrize(("failing", "interval"), FAILURES)
def test_a_suspicion_is_looked_at_at_times_after_the_first_failure(cause, failing, interval):
    judged = verdict(V.SUSPECT, cause=cause, since=NOW - failing)

    assert wait(400 * DAYS, judged=judged, read=reading(Signal.NOT_FOUND)) == interval


@pytest.mark.parametrize(("failing", "interval"), FAILURES)
def test_a_failure_is_tried_again_at_the_same_times(failing, interval):
    judged = verdict(V.UNREACHABLE, cause="unreachable", since=NOW - failing)

    assert wait(400 * DAYS, judged=judged, read=reading(Signal.UNREACHABLE)) == interval


def test_failures_count_from_the_first_look_that_did_not_show_it():
    judged = verdict(V.SUSPECT, cause="not_found", since=NOW, first_gone=NOW - 1 * DAYS)

    assert wait(400 * DAYS, judged=judged, read=reading(Signal.NOT_FOUND)) == 3 * DAYS


@pytest.mark.parametrize(
    ("cause", "failing", "interval"),
    [
        ("deleted", timedelta(0), 1 * HOURS),
        ("account_gone", timedelta(0), 1 * HOURS),
        ("suspended", timedelta(0), 1 * HOURS),
        ("removed", timedelta(0), 1 * HOURS),
        ("removed", 1 * HOURS, 1 * HOURS),
        ("removed", 2 * HOURS, 22 * HOURS),
        ("gone", timedelta(0), 1 * DAYS),
        ("no_host", timedelta(0), 1 * DAYS),
        ("parked", timedelta(0), 1 * DAYS),
        ("parked", 1 * DAYS, 3 * DAYS),
        ("removed", 16 * DAYS, 30 * DAYS),
    ],
)
def test_a_statement_is_asked_for_again_as_soon_as_it_can_count(cause, failing, interval):
    judged = verdict(V.SUSPECT, cause=cause, since=NOW - failing)

    assert wait(400 * DAYS, judged=judged, read=reading(Signal(cause))) == interval


def test_no_source_is_asked_sooner_or_later_for_a_confirmation_than_another():
    judged = verdict(V.SUSPECT, cause="deleted", since=NOW)
    sources = [Source(f"s{n}", ref(), LONG_AGO) for n in range(20)]

    due = {next_due(one, judged, reading(Signal.DELETED), NOW) for one in sources}

    assert due == {NOW + 1 * HOURS}


def test_a_suspicion_does_not_slow_a_young_source_down():
    judged = verdict(V.SUSPECT, cause="not_found", since=NOW - 16 * MINUTES)

    assert wait(1 * HOURS, judged=judged) == 30 * MINUTES


@pytest.mark.parametrize(
    ("stood", "interval"),
    [
        (timedelta(0), 1 * HOURS),
        (1 * HOURS, 2 * HOURS),
        (3 * HOURS, 4 * HOURS),
        (15 * HOURS, 16 * HOURS),
        (10 * DAYS, 7 * DAYS),
        (3000 * DAYS, 7 * DAYS),
    ],
)
def test_a_wall_is_left_alone_for_longer_and_longer(stood, interval):
    judged = verdict(V.UNKNOWN, since=NOW - stood)

    assert wait(400 * DAYS, judged=judged, read=reading(Signal.WALL)) == interval


def test_a_wall_is_never_asked_again_within_the_hour():
    judged = verdict(V.UNKNOWN, since=NOW)

    assert wait(20 * MINUTES, judged=judged, read=reading(Signal.RATE_LIMITED)) == 1 * HOURS


def test_our_own_network_is_tried_again_soon():
    assert wait(400 * DAYS, read=reading(Signal.OFFLINE)) == 15 * MINUTES


@pytest.mark.parametrize("kind", [V.GONE, V.RESTRICTED])
def test_what_is_gone_or_hidden_is_still_looked_at(kind):
    judged = verdict(kind, cause="deleted", since=LONG_AGO)

    assert wait(4000 * DAYS, judged=judged, read=reading(Signal.DELETED)) == 30 * DAYS
    assert wait_of_page(4000 * DAYS, judged, reading(Signal.NOT_FOUND)) == 90 * DAYS


def test_a_host_that_says_when_to_come_back_is_left_alone_until_then_or_for_a_week():
    judged = verdict(V.UNREACHABLE, since=NOW)
    down = reading(Signal.SERVER_ERROR)

    assert wait(400 * DAYS, judged=judged, read=down, retry_after=5 * HOURS) == 5 * HOURS
    assert wait(400 * DAYS, judged=judged, read=down, retry_after=1 * MINUTES) == 15 * MINUTES
    assert wait(400 * DAYS, judged=judged, read=down, retry_after=999 * DAYS) == 7 * DAYS


def test_every_limit_can_be_set():
    table = Timetable(
        share=1.0, floor=1 * HOURS, cap=2 * DAYS, after_adding=(), pages=(3 * DAYS,), jitter=0
    )

    assert wait(30 * MINUTES, table=table) == 1 * HOURS
    assert wait(30 * HOURS, table=table) == 30 * HOURS
    assert wait(400 * DAYS, table=table) == 2 * DAYS
    assert wait_of_page(1 * DAYS, table=table) == 2 * DAYS


# --- what holds of every look ---------------------------------------------------------------------

SOURCE_NAMES = st.text(min_size=1, max_size=12)
AGES = st.timedeltas(min_value=-DAYS, max_value=4000 * DAYS)
TIMES = st.timedeltas(min_value=timedelta(0), max_value=4000 * DAYS)


@given(SOURCE_NAMES, AGES, TIMES, TIMES, st.sampled_from(list(V)), st.sampled_from(list(Signal)))
def test_the_next_look_at_a_post_is_never_sooner_than_the_floor_nor_later_than_the_cap(
    name, age, added, since, kind, signal
):
    source = Source(name, ref(), NOW - added, posted_at=NOW - age)
    judged = verdict(kind, cause=signal.value, since=NOW - since)

    interval = next_due(source, judged, reading(signal), NOW) - NOW

    assert 15 * MINUTES <= interval <= 30 * DAYS


@given(
    SOURCE_NAMES, AGES, TIMES, TIMES, st.tuples(st.sampled_from(V), st.sampled_from(Signal)),
    st.booleans(), st.none() | st.floats(0, 100),
)  # fmt: skip
def test_the_next_look_at_a_page_is_never_sooner_than_its_noise_look_nor_later_than_the_cap(
    name, age, added, since, said, is_news, per_day
):
    kind, signal = said
    source = Source(name, page(), NOW - added)
    judged = verdict(kind, cause=signal.value, since=NOW - since)
    read = replace(news(age) if is_news else PAGE, signal=signal)
    past = None if per_day is None else rated(per_day)

    interval = next_due(source, judged, read, NOW, past=past) - NOW

    is_first = kind in (V.PRESENT, V.MOVED) and past is None and not since
    assert (5 if is_first else 15) * MINUTES <= interval <= 90 * DAYS


@given(SOURCE_NAMES, TIMES, TIMES)
def test_an_older_post_is_never_looked_at_sooner(name, age, older):
    """Past the looks that follow its adding."""
    first, second = sorted((age, older))
    sources = [Source(name, ref(), NOW - aged, posted_at=NOW - aged) for aged in (first, second)]

    waits = [next_due(source, SEEN, POST, NOW) - NOW for source in sources]

    assert waits[0] <= waits[1]


@given(SOURCE_NAMES, TIMES, st.booleans())
def test_jitter_moves_a_look_by_a_fifth_of_the_interval_at_most_and_always_alike(
    name, added, is_post
):
    if is_post:
        source, read = Source(name, ref(), NOW - added), POST
    else:
        source, read = Source(name, page(), NOW - added), PAGE

    first = next_due(source, SEEN, read, NOW)
    again = next_due(source, SEEN, read, NOW)
    without = next_due(source, SEEN, read, NOW, STILL)

    assert first == again
    if is_post or added > 40 * DAYS:
        assert abs(first - without) <= 0.2 * (without - NOW) + timedelta(microseconds=2)


@given(SOURCE_NAMES, TIMES)
def test_a_ladder_of_ages_is_climbed_rung_by_rung_however_jittered(name, added):
    """Following each look to the next meets every rung once."""
    source = Source(name, page(), NOW)
    at, ages = NOW, []
    while (at := next_due(source, SEEN, PAGE, at)) - NOW < 37 * DAYS:
        ages.append((at - NOW) / DAYS)

    assert [min((1, 7, 30), key=lambda rung: abs(rung - age)) for age in ages[:3]] == [1, 7, 30]


@given(
    TIMES,
    TIMES,
    st.sampled_from(list(V)),
    st.sampled_from(list(Signal)),
    st.timedeltas(min_value=timedelta(0), max_value=7 * DAYS),
)
def test_a_wish_to_be_left_alone_is_never_undercut(age, since, kind, signal, wish):
    judged = verdict(kind, cause=signal.value, since=NOW - since)

    assert wait(age, judged=judged, read=reading(signal), retry_after=wish) >= wish
