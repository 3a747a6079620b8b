"""Gather what the looks at other sources of a host tell of one source."""

from __future__ import annotations

from collections.abc import Sequence

from archiver.flow.outside import Outside
from archiver.judge.around import around_of, ended_at, turned_absent
from archiver.judge.verdicts import NOTHING_AROUND, Around
from archiver.model.seen import Seen
from archiver.model.source import Source

PAGES = "web"
"""Pages of one host share its server; posts of one platform share next to nothing."""


async def around(source: Source, seen: Sequence[Seen], outside: Outside) -> Around:
    """Return what surrounds the looks at a page: incidents of its host, and sinks.

    The newest look may be one that is not stored yet.
    """
    host = source.ref.host
    if source.ref.platform != PAGES or host is None:
        return NOTHING_AROUND
    limits = outside.confirmation
    sinks = []
    places = dict.fromkeys(place for one in seen if (place := ended_at(one)) is not None)
    for place in places:
        others = await outside.store.features.ending_at(host, place, source.id)
        if others + 1 >= limits.sink_addresses:
            sinks.append(place)
    first = turned_absent(seen)
    if first is None:
        return around_of(seen, (), sinks, limits)
    window = limits.incident_window
    turned = await outside.store.features.turned_bad(host, first.at - window, first.at + window)
    times = [at for source_id, at in turned.items() if source_id != source.id]
    return around_of(seen, times, sinks, limits)
