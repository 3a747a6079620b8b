"""Seeded counts: the same seed gives the same web, so nothing here can come out otherwise."""

from __future__ import annotations

import math
from dataclasses import replace
from random import Random
from xml.etree import ElementTree

import pytest

from archiver.judge.timetable import Timetable
from archiver.model.signals import Signal
from archiver.simulation.curves import DAY, HOUR, MINUTE, YEAR
from archiver.simulation.figures import figures_of, in_words, quantile
from archiver.simulation.fixed import reckon
from archiver.simulation.follow import follow
from archiver.simulation.found import Event, Tally, What
from archiver.simulation.plot import as_svg, as_text
from archiver.simulation.run import AS_MANY, Simulated, simulate
from archiver.simulation.spells import Spell, Spells
from archiver.simulation.web import CALM, START, USUAL, Kind, Life, Web, make_web


@pytest.fixture(scope="module")
def calm_posts() -> Simulated:
    return simulate([Kind.POSTS], 4000, 1.0, seed=1, troubles=CALM)


def one_life(
    kind: Kind = Kind.PAGES,
    absences: tuple[Spell, ...] = (),
    blinks: tuple[Spell, ...] = (),
    host: tuple[Spell, ...] = (),
    edits: tuple[float, ...] = (),
    span: float = YEAR,
) -> Web:
    """Return a web of one source that is added at the very start."""
    drawn = make_web(kind, 1, 1.0, Random(0), CALM).lives[0]
    source = replace(drawn.source, added_at=START)
    life = Life(
        source, kind, 0.0, Spells(absences), Spells(blinks), Spells(host), drawn.shown, edits
    )
    return Web(((life,),), Spells(), span)


def followed(web: Web) -> Tally:
    return follow(web, Timetable(jitter=0))


# --- the published table --------------------------------------------------------------------------


def test_the_timetable_of_posts_finds_removals_as_it_is_said_to(calm_posts):
    """Hours by age when it happened; the last ones depend on what is assumed past three months."""
    figures = calm_posts.figures(What.REMOVED)[0]

    hours = [(band.median or 0) / HOUR for band in figures.bands]
    expected = (0.15, 0.9, 12.6, 70, 316)
    assert 28 <= figures.looks_per_year <= 36
    assert 20 <= (figures.delays.median or 0) / HOUR <= 42
    for found, said in zip(hours, expected, strict=True):
        assert found == pytest.approx(said, rel=0.3)


@pytest.mark.parametrize(
    ("schedule", "looks", "expected"),
    [("daily", 365, (24, 19, 13, 12, 12)), ("weekly", 53, (168, 163, 105, 99, 83))],
)
def test_fixed_intervals_find_removals_as_they_are_said_to(calm_posts, schedule, looks, expected):
    figures = next(f for f in calm_posts.figures(What.REMOVED) if f.schedule == schedule)

    hours = [(band.median or 0) / HOUR for band in figures.bands]
    assert figures.looks_per_year == pytest.approx(looks, abs=1)
    assert hours == pytest.approx(expected, rel=0.25)


def test_brackets_of_posts_are_no_wider_than_a_third_of_the_age_in_the_median(calm_posts):
    figures = calm_posts.figures(What.REMOVED)[0]

    assert figures.bracket_of_age is not None
    assert figures.bracket_of_age < 0.34


def test_without_trouble_every_removal_is_found_and_nothing_else(calm_posts):
    ours = calm_posts.timetable

    assert ours.wrongly.total() == 0
    assert ours.recall == 1


@pytest.mark.parametrize(("kind", "what"), [(Kind.POSTS, What.REMOVED), (Kind.NEWS, What.EDITED)])
def test_the_timetable_finds_what_happens_to_the_young_sooner_for_as_many_looks(kind, what):
    figures = simulate([kind], 1500, 1.0, seed=3).figures(what)

    fixed = next(one for one in figures if one.schedule == AS_MANY)
    assert (figures[0].delays.median or math.inf) < 0.6 * (fixed.delays.median or 0)
    assert figures[0].looks_per_year == pytest.approx(fixed.looks_per_year, abs=1)


def test_gone_is_right_under_flapping_walls_and_outages():
    ours = simulate(list(Kind), 2400, 1.0, seed=5).timetable

    assert ours.rightly.total() > 250
    assert ours.precision >= 0.995
    assert ours.precision_of_one_look < ours.precision


def test_the_same_seed_gives_the_same_result_and_another_another():
    first = simulate(list(Kind), 90, 1.0, seed=8)

    assert simulate(list(Kind), 90, 1.0, seed=8) == first
    assert simulate(list(Kind), 90, 1.0, seed=9) != first


# --- single fates ---------------------------------------------------------------------------------


def test_a_page_that_is_lost_is_seen_at_its_next_look_and_gone_by_the_third_that_counts():
    lost = Spell(3 * DAY, math.inf, Signal.NOT_FOUND)

    tally = followed(one_life(absences=(lost,)))

    [event] = tally.events
    assert event.delay == pytest.approx(4 * DAY)
    assert event.bracket == pytest.approx(6 * DAY)
    assert event.confirmed_at == pytest.approx(15 * DAY)
    assert tally.rightly == {"absent_three_times, not_found": 1}


def test_a_removal_that_is_undone_before_a_look_is_missed():
    lost = Spell(2 * DAY, 3 * DAY, Signal.NOT_FOUND)

    [event] = followed(one_life(absences=(lost,))).events

    assert (event.seen_at, event.confirmed_at) == (None, None)


def test_a_wall_hides_a_removal_until_it_falls():
    lost = Spell(3 * DAY, math.inf, Signal.GONE)
    wall = Spell(2 * DAY, 20 * DAY, Signal.WALL)

    [event] = followed(one_life(absences=(lost,), host=(wall,))).events

    assert event.seen_at is not None
    assert 20 * DAY <= event.seen_at <= 28 * DAY
    assert event.last_seen_at == pytest.approx(DAY)


def test_an_outage_of_days_makes_nobody_gone():
    outage = Spell(6 * DAY, 13 * DAY, Signal.NOT_FOUND)

    tally = followed(one_life(host=(outage,)))

    assert tally.doubted == {False: 1}
    assert tally.wrongly.total() == tally.rightly.total() == 0


def test_what_is_said_wrongly_is_counted_with_its_cause():
    flap = Spell(6 * DAY, 20 * DAY, Signal.NOT_FOUND)

    tally = followed(one_life(blinks=(flap,)))

    assert tally.wrongly == {"flapping, absent_three_times, not_found": 1}
    assert tally.precision == 0


def test_edits_are_seen_at_the_next_look_that_shows_the_page():
    edits = (2 * DAY, 3 * DAY, 8 * DAY)
    wall = Spell(29 * DAY, 29.5 * DAY, Signal.WALL)

    events = followed(one_life(edits=edits, host=(wall,))).events

    assert [(event.seen_at or 0) / DAY for event in events] == pytest.approx([7, 7, 30])


def test_a_clean_up_of_an_account_is_found_at_all_its_posts_at_once():
    """The first look that misses one pulls the looks at the others forward."""
    drawn = make_web(Kind.POSTS, 5, 1.0, Random(0), CALM).lives
    clean_up = Spells([Spell(100 * DAY, math.inf, Signal.SUSPENDED)])
    group = tuple(replace(one, absences=clean_up) for one in drawn)

    tally = followed(Web((group,), Spells(), YEAR))

    seen = sorted(event.seen_at or math.inf for event in tally.events)
    assert len(seen) == 5
    assert seen[-1] - seen[0] <= 4 * MINUTE


def test_looks_at_a_fixed_interval_are_reckoned_as_they_would_be_made():
    lost = Spell(10 * DAY, math.inf, Signal.GONE)
    wall = Spell(13 * DAY, 15 * DAY, Signal.WALL)

    tally = reckon(one_life(absences=(lost,), host=(wall,), edits=(2 * DAY,)), "weekly", 7 * DAY)

    edited, removed = tally.events
    assert tally.looks == 53
    assert (edited.seen_at, edited.last_seen_at) == (7 * DAY, 0)
    assert (removed.seen_at, removed.last_seen_at) == (21 * DAY, 7 * DAY)


def test_what_happens_after_the_time_is_up_does_not_count():
    lost = Spell(61 * DAY, math.inf, Signal.GONE)

    tally = followed(one_life(absences=(lost,), span=60 * DAY))

    assert tally.events == []
    assert tally.looks == 6


def test_what_happens_late_is_still_found_and_its_looks_cost_nothing():
    lost = Spell(59 * DAY, math.inf, Signal.GONE)

    tally = followed(one_life(absences=(lost,), span=60 * DAY))

    [event] = tally.events
    assert event.seen_at is not None
    assert event.confirmed_at is not None
    assert tally.looks == 6


def test_a_restless_page_shows_something_else_at_every_look():
    lives = make_web(Kind.PAGES, 300, 1.0, Random(4), USUAL).lives

    restless = [life for life in lives if life.restless]
    calm = [life for life in lives if not life.restless and not life.edits]
    assert 20 < len(restless) < 80
    assert all(life.version(DAY) != life.version(DAY + 60) for life in restless)
    assert all(life.version(DAY) == life.version(YEAR) for life in calm)


# --- figures and plots ----------------------------------------------------------------------------


def test_figures_are_of_what_was_found_in_each_band_of_age():
    early = Event(What.REMOVED, 100, HOUR / 2, math.inf, seen_at=700, last_seen_at=40)
    missed = Event(What.REMOVED, 500, 2 * DAY, 900)
    tally = Tally("timetable", 2.0, looks=30, events=[early, missed])

    figures = figures_of(tally, What.REMOVED)

    assert figures.looks_per_year == 15
    assert (figures.delays.happened, figures.delays.found, figures.delays.median) == (2, 1, 600)
    assert [band.happened for band in figures.bands] == [1, 0, 1, 0, 0]
    assert figures.bracket == 660
    assert figures_of(tally, What.EDITED).delays.median is None


@pytest.mark.parametrize(
    ("seconds", "said"),
    [(None, "-"), (0.0, "0.0 min"), (540.0, "9.0 min"), (5400.0, "1.5 h"), (38 * HOUR, "38 h"),
     (12.4 * DAY, "12 d")],
)  # fmt: skip
def test_durations_are_said_in_two_figures(seconds, said):
    assert in_words(seconds) == said


def test_a_quantile_lies_between_two_values_in_proportion():
    assert quantile([4, 1, 2, 3], 0.5) == 2.5
    assert quantile([], 0.5) is None


def test_the_plot_is_an_svg_with_a_line_for_every_schedule(calm_posts):
    drawn = ElementTree.fromstring(as_svg(calm_posts.figures(What.REMOVED), "Delays & more <1 h"))

    space = "{http://www.w3.org/2000/svg}"
    assert len(drawn.findall(f"{space}polyline")) == 4
    assert len(drawn.findall(f"{space}circle")) == 4 * 5
    words = [one.text for one in drawn.iter(f"{space}text")]
    assert {"timetable", "daily", "weekly", AS_MANY, "Delays & more <1 h"} <= set(words)


def test_bars_of_text_grow_with_the_delay(calm_posts):
    lines = as_text(calm_posts.figures(What.REMOVED)).splitlines()

    bars = {line.split()[0]: line.count("█") for line in lines[1:4]}
    assert bars["timetable"] < bars["daily"] < bars["weekly"]
