"""Stretches of time in which something is so: an outage, a wall, an absence."""

from __future__ import annotations

import math
from bisect import bisect_right
from collections.abc import Iterable
from dataclasses import dataclass
from random import Random

from archiver.model.signals import Signal
from archiver.simulation.curves import YEAR

Kinds = tuple[tuple[Signal, float], ...]
"""Signals with their weights."""


@dataclass(frozen=True, slots=True)
class Spell:
    """From ``start`` to before ``end``, in seconds, a look gets this signal.

    ``confirmed`` is that of its readings: do two answers say it?
    """

    start: float
    end: float
    signal: Signal
    confirmed: bool = True


class Spells:
    """Spells one after another; those that overlap give way to the earlier one."""

    __slots__ = ("_starts", "all")

    def __init__(self, spells: Iterable[Spell] = ()) -> None:
        self.all: list[Spell] = []
        for spell in sorted(spells, key=lambda one: one.start):
            if not self.all or spell.start >= self.all[-1].end:
                self.all.append(spell)
        self._starts = [spell.start for spell in self.all]

    def at(self, time: float) -> Spell | None:
        """Return the spell that a moment lies in, or None."""
        place = bisect_right(self._starts, time)
        if place and time < self.all[place - 1].end:
            return self.all[place - 1]
        return None


@dataclass(frozen=True, slots=True)
class Trouble:
    """A kind of trouble that comes and goes: so often a year, so many seconds in the median.

    Lengths are log-normal with ``sigma``, so that a few last very much longer than most; none is
    longer than ``longest``.
    """

    per_year: float
    median: float
    sigma: float
    kinds: Kinds
    confirmed: bool = True
    longest: float = math.inf

    def draw(self, rng: Random, end: float) -> list[Spell]:
        """Return its spells from 0 to ``end``, in order."""
        spells = []
        time = _wait(rng, self.per_year)
        while time < end:
            signal = draw_kind(rng, self.kinds)
            length = min(self.median * math.exp(rng.gauss(0.0, self.sigma)), self.longest)
            spells.append(Spell(time, time + length, signal, confirmed=self.confirmed))
            time += length + _wait(rng, self.per_year)
        return spells


def draw_kind(rng: Random, kinds: Kinds) -> Signal:
    """Return one of the signals, by weight."""
    signals, weights = zip(*kinds, strict=True)
    drawn: Signal = rng.choices(signals, weights)[0]
    return drawn


def _wait(rng: Random, per_year: float) -> float:
    return rng.expovariate(per_year / YEAR) if per_year > 0 else math.inf
