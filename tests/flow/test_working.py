"""What is known of the service, and letting work out of quarantine."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from archiver.model.job import Lane
from archiver.settings import load
from archiver.wiring import Archive
from archiver.wiring.service_checks import check_service
from tests import build
from tests.build import NOW
from tests.fakes import FrozenClock

pytestmark = pytest.mark.anyio

MINUTE = timedelta(minutes=1)


async def quarantined(archive: Archive) -> str:
    """Let a worker die of a source's job; return the source's name."""
    store = archive.outside.store
    source = await store.sources.register(build.page("https://example.org/poison"), None, NOW)
    await store.queue.enqueue_due(NOW, 10)
    await store.queue.take("w", MINUTE, lane=Lane.BROWSER, limit=1)
    await store.queue.sweep(NOW, await store.claims.standing())
    return source.ref.name


async def test_what_workers_died_of_is_named_and_can_be_let_go(tmp_path: Path):
    settings = load(tmp_path, {"daemon": {"deaths": 1}})
    async with Archive(settings=settings, clock=FrozenClock(NOW)) as archive:
        name = await quarantined(archive)
        before = await archive.working()

        pardoned = await archive.pardon(name)

        assert [job.source.ref.name for job, _ in before.quarantined] == [name]
        assert pardoned == [name]
        assert (await archive.working()).quarantined == ()
        assert await archive.pardon(name) == []


async def test_doctor_names_what_is_in_quarantine(tmp_path: Path):
    settings = load(tmp_path, {"daemon": {"deaths": 1}})
    async with Archive(settings=settings, clock=FrozenClock(NOW)) as archive:
        name = await quarantined(archive)

    checks = {one.name: one for one in await check_service(settings, FrozenClock(NOW))}

    assert not checks["quarantine"].is_well
    assert checks["quarantine"].mend == f"archiver resume {name}"


async def test_doctor_neither_makes_nor_upgrades_a_database(tmp_path: Path):
    names = [one.name for one in await check_service(load(tmp_path), FrozenClock(NOW))]

    assert names == ["clock", "file system", "write-ahead log"]
