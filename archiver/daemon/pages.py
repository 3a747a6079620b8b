"""The health pages and feeds of a daemon or worker on an open archive."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager

from archiver.daemon.feedpages import FeedPages
from archiver.daemon.gauges import Gauges
from archiver.daemon.metrics import PrometheusMeter
from archiver.daemon.pulse import Pulse
from archiver.daemon.server import HealthServer
from archiver.daemon.ticks import Ticks
from archiver.model.worker import Condition
from archiver.wiring import Archive


@asynccontextmanager
async def health_pages(
    archive: Archive,
    meter: PrometheusMeter,
    conditions: Callable[[], Mapping[Condition, str]] = dict,
    ticks: Ticks | None = None,
) -> AsyncIterator[HealthServer]:
    """Serve the pages while the block runs.

    ``conditions`` says why less is done than could be, ``ticks`` when the service last ticked.

    Raises:
        SettingsError: ``daemon.listen`` is no address, or one that is never ours.
    """
    settings = archive.settings
    now = asyncio.get_running_loop().time
    gauges = Gauges(settings.home, settings.database_file, meter, now)

    async def feed(article: str | None) -> bytes:
        return await archive.telling.feed(article, archive.outside)

    async def takedowns() -> int:
        return await archive.outside.store.custody.takedown_count()

    server = HealthServer(
        settings.daemon.listen,
        Pulse(archive.probes, conditions, ticks=ticks),
        meter,
        hosts=settings.daemon.hosts,
        gauges=gauges.measure,
        more=[FeedPages(feed, takedowns, now).route],
    )
    try:
        async with server:
            yield server
    finally:
        await gauges.end()
