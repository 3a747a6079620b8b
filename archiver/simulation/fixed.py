"""Looks at a fixed interval, reckoned instead of made: only the looks round an event matter."""

from __future__ import annotations

import math

from archiver.simulation.curves import YEAR
from archiver.simulation.events import events_of
from archiver.simulation.found import GRACE, Event, Tally, What
from archiver.simulation.web import Life, Web


def reckon(web: Web, name: str, interval: float) -> Tally:
    """Return what looks every ``interval`` seconds, from the adding on, would find on a web."""
    lives = web.lives
    tally = Tally(name, len(lives) * web.span / YEAR)
    tally.looks = len(lives) * math.ceil(web.span / interval)
    for life in lives:
        for event in events_of(life, life.added + web.span):
            _find(event, life, web, interval)
            tally.events.append(event)
    return tally


def _find(event: Event, life: Life, web: Web, interval: float) -> None:
    def shows(time: float) -> bool:
        spell = life.answer(time, web.ours)
        if event.what is What.EDITED:
            return spell is None
        return spell is not None and life.absences.at(time) is spell

    first = math.ceil((event.at - life.added) / interval)
    last = math.ceil((web.span + GRACE) / interval) - 1
    for number in range(first, last + 1):
        time = life.added + number * interval
        if time >= event.until:
            return
        if shows(time):
            event.seen_at = time
            event.last_seen_at = _last_seen(first, life, web, interval)
            return


def _last_seen(before: int, life: Life, web: Web, interval: float) -> float | None:
    for number in range(before - 1, -1, -1):
        time = life.added + number * interval
        if life.answer(time, web.ours) is None:
            return time
    return None
