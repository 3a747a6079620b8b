from __future__ import annotations

import math
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archiver.model.signals import Signal
from archiver.simulation.curves import DAY, HOUR, NEWS_EDITS, POSTS, YEAR, Curve
from archiver.simulation.spells import Spell, Spells, Trouble

SPELLS = st.lists(
    st.tuples(st.floats(0, 100), st.floats(0.1, 30)).map(
        lambda pair: Spell(pair[0], pair[0] + pair[1], Signal.WALL)
    )
)


@pytest.mark.parametrize(
    ("age", "share"),
    [(HOUR, 0.01), (DAY, 0.03), (7 * DAY, 0.10), (30 * DAY, 0.15), (90 * DAY, 0.18)],
)
def test_posts_are_removed_as_they_were_counted(age, share):
    rng = Random(1)
    ages = [POSTS.draw(rng) for _ in range(40_000)]

    assert POSTS.share_by(age) == pytest.approx(share)
    assert sum(drawn <= age for drawn in ages) / len(ages) == pytest.approx(share, abs=0.005)


def test_posts_that_outlive_the_count_are_removed_slowly_for_ever():
    assert POSTS.share_by(90 * DAY + YEAR) == pytest.approx(1 - 0.82 * math.exp(-0.02))


def test_news_is_edited_once_at_most_and_mostly_within_two_days():
    rng = Random(2)
    ages = [NEWS_EDITS.draw(rng) for _ in range(40_000)]
    edited = [age for age in ages if math.isfinite(age)]

    assert len(edited) / len(ages) == pytest.approx(0.274, abs=0.006)
    assert sum(age <= 2 * DAY for age in edited) > 0.7 * len(edited)


@given(st.integers(), st.floats(1.0, 1e9))
def test_nothing_happens_before_the_curve_begins(seed, age):
    curve = Curve(((60.0, 0.0), (3600.0, 0.5)), hazard=0.1)

    assert curve.draw(Random(seed)) >= 60.0
    assert 0 <= curve.share_by(age) <= 1


@given(SPELLS, st.floats(0, 140))
def test_a_moment_is_in_the_spell_that_began_first_or_in_none(spells, moment):
    found = Spells(spells)

    here = [spell for spell in found.all if spell.start <= moment < spell.end]
    assert len(here) <= 1
    assert found.at(moment) == (here[0] if here else None)


def test_trouble_comes_so_often_and_lasts_so_long_in_the_median():
    trouble = Trouble(12, 2 * HOUR, 1.0, ((Signal.WALL, 1.0),), longest=DAY)

    spells = trouble.draw(Random(3), 200 * YEAR)

    lengths = sorted(spell.end - spell.start for spell in spells)
    assert len(spells) / 200 == pytest.approx(12, rel=0.05)
    assert lengths[len(lengths) // 2] == pytest.approx(2 * HOUR, rel=0.1)
    assert lengths[-1] <= DAY + 1


def test_trouble_that_never_comes_does_not():
    assert Trouble(0, HOUR, 1.0, ((Signal.WALL, 1.0),)).draw(Random(4), YEAR) == []
