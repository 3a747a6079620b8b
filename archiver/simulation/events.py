"""What happens to a life while it is followed."""

from __future__ import annotations

import math

from archiver.simulation.found import Event, What
from archiver.simulation.web import Life


def events_of(life: Life, end: float) -> list[Event]:
    """Return what happens to a source before ``end``, unseen yet, in order.

    An edit that happens while the source is away, or after it was lost, is none: nobody could see
    it. An event lasts until the next one undoes or hides it.
    """
    gone = [
        Event(What.REMOVED, one.start, one.start - life.added, one.end)
        for one in life.absences.all
        if one.start < end
    ]
    edited = [
        Event(What.EDITED, at, at - life.added, math.inf)
        for at in life.edits
        if at < end and life.absences.at(at) is None
    ]
    return sorted([*gone, *edited], key=lambda event: event.at)
