"""Gather what the looks at other sources of a host tell of one source."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime

from archiver.flow.outside import Outside
from archiver.judge.around import around_of, doubtful_ends, turned_absent
from archiver.judge.verdicts import NOTHING_AROUND, Around
from archiver.model.seen import Seen
from archiver.model.source import Source

PAGES = "web"
"""Pages of one host share its server; posts of one platform share next to nothing."""


Hosts = dict[str, Mapping[str, datetime]]
"""By host, when its addresses turned absent: kept while many of its sources are judged."""

EVER = (datetime(1990, 1, 1, tzinfo=UTC), datetime(9000, 1, 1, tzinfo=UTC))


async def around(
    source: Source, seen: Sequence[Seen], outside: Outside, known: Hosts | None = None
) -> Around:
    """Return what surrounds the looks at a page: incidents of its host, and sinks.

    The newest look may be one that is not stored yet. ``known`` is given where many sources are
    judged in one go.
    """
    host = source.ref.host
    if source.ref.platform != PAGES or host is None:
        return NOTHING_AROUND
    limits = outside.confirmation
    sinks = []
    for place in doubtful_ends(seen):
        others = await outside.store.features.ending_at(host, place, source.id)
        if others + 1 >= limits.sink_addresses:
            sinks.append(place)
    first = turned_absent(seen)
    if first is None:
        return around_of(seen, (), sinks, limits)
    turned = await _turned(host, first.at, outside, known)
    times = [at for source_id, at in turned.items() if source_id != source.id]
    return around_of(seen, times, sinks, limits)


async def _turned(
    host: str, at: datetime, outside: Outside, known: Hosts | None
) -> Mapping[str, datetime]:
    """Return when addresses of a host turned absent: round a time, or, where known, ever."""
    if known is not None:
        return known.get(host, {})
    window = outside.confirmation.incident_window
    turned = await outside.store.features.turned_bad([host], at - window, at + window)
    return turned.get(host, {})
