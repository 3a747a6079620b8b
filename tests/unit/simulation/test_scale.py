"""An archive of a given size on paper: loads, lateness, and what gives way first."""

from __future__ import annotations

from dataclasses import replace

import pytest

from archiver.simulation.arrivals import Intervals, Mix
from archiver.simulation.curves import DAY, MINUTE
from archiver.simulation.scale import ServiceTimes, Setting, scaled
from archiver.simulation.web import Kind
from tests.measure import scaling

TIMES = ServiceTimes(
    look_s=0.03,
    held_s=1.0,
    capture_s=5.0,
    claim_s=0.002,
    commit_s=0.001,
    capture_commit_s=0.003,
    look_bytes=30_000,
    capture_bytes=2_000_000,
    look_rows=3,
    capture_rows=40,
)
ALIKE = Mix(platforms=())
"""No domain is large enough to be full."""


@pytest.fixture(scope="module")
def intervals() -> Intervals:
    return Intervals()


def test_the_same_seed_gives_the_same_figures(intervals):
    setting = Setting(2000, 1)

    assert scaled(setting, TIMES, intervals, 3) == scaled(setting, TIMES, intervals, 3)
    assert scaled(setting, TIMES, intervals, 3) != scaled(setting, TIMES, intervals, 4)


def test_sources_wait_as_long_as_the_timetable_has_it(intervals):
    assert intervals.after(Kind.POSTS, 10 * DAY) == pytest.approx(5 * DAY, rel=0.1)
    assert intervals.after(Kind.NEWS, 400 * DAY) == pytest.approx(30 * DAY, rel=0.1)
    assert intervals.after(Kind.PAGES, 3000 * DAY) == 90 * DAY


def test_every_source_has_one_domain():
    mix = Mix()

    assert sum(mix.sizes(100_000)) == pytest.approx(100_000, rel=0.02)


def test_ten_times_the_workers_have_a_tenth_of_the_load(intervals):
    few = scaled(Setting(5000, 1), TIMES, intervals, 1)
    many = scaled(Setting(5000, 10), TIMES, intervals, 1)

    assert few.hands == pytest.approx(10 * many.hands)
    assert few.browsers == pytest.approx(10 * many.browsers)
    assert few.database == many.database


def test_browsers_that_are_asked_for_more_than_they_can_do_give_way_first(intervals):
    slow = replace(TIMES, capture_s=7200.0)

    found = scaled(Setting(20_000, 1, mix=ALIKE), slow, intervals, 1)

    assert found.browsers > 1
    assert found.unbegun > 0
    assert found.bottleneck == "browsers"


def test_a_database_that_drowns_holds_up_plain_looks(intervals):
    drowned = replace(TIMES, commit_s=240.0)

    found = scaled(Setting(20_000, 1, mix=ALIKE), drowned, intervals, 1)

    assert found.database > 1
    assert found.bottleneck == "database"
    assert found.late_p95 is not None
    assert found.late_p95 > 60 * MINUTE
    assert found.unbegun > 0


def test_a_database_that_waits_for_a_long_capture_commits_looks_meanwhile(intervals):
    slow = replace(TIMES, capture_s=7200.0)

    found = scaled(Setting(20_000, 1, browsers=100, hands=20, mix=ALIKE), slow, intervals, 1)

    assert found.database < 1
    assert found.late_p50 is not None
    assert found.late_p50 < MINUTE


def test_one_domain_that_holds_everything_is_full_whatever_the_workers(intervals):
    found = scaled(Setting(150_000, 100, days=1, mix=Mix(platforms=(1.0,))), TIMES, intervals, 1)

    assert found.saturated > 0.9
    assert found.bottleneck == "domains"


def test_what_can_keep_up_is_hardly_late(intervals):
    found = scaled(Setting(20_000, 1, mix=ALIKE), TIMES, intervals, 1)

    assert found.late_p95 is not None
    assert found.late_p95 < 10 * MINUTE


def test_a_thinned_archive_has_the_same_loads(intervals):
    whole = scaled(Setting(60_000, 2), TIMES, intervals, 1)
    thinned = scaled(Setting(60_000, 2, thin=4), TIMES, intervals, 1)

    assert thinned.looks_a_day == pytest.approx(whole.looks_a_day, rel=0.1)
    assert thinned.hands == pytest.approx(whole.hands, rel=0.1)
    assert thinned.database == pytest.approx(whole.database, rel=0.1)


def test_the_tables_in_the_document_are_made_of_the_times_beside_it():
    assert f"digest `{scaling.digest(scaling.SEED)}`" in scaling.PAGE.read_text(encoding="utf-8")
