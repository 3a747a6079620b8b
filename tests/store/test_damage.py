"""Damage that was found once stands until the file is as it was kept, or nobody keeps it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
from sqlalchemy import delete

from archiver.flow.attend import Take, attend
from archiver.flow.outside import Outside
from archiver.model.reread import Reread
from archiver.model.worker import Incident, IncidentKind
from archiver.platforms import recognise
from archiver.settings import load
from archiver.store.files import HomeFiles
from archiver.store.store import SqlStore
from archiver.store.tables import bodies
from archiver.wiring import Archive
from archiver.wiring.service_checks import check_service
from archiver.wiring.upkeep import DAY_S, Upkeep
from tests.acceptance.world import archiver, environment
from tests.build import NOW
from tests.fakes import FrozenClock
from tests.flow.world import Web, article, world

pytestmark = pytest.mark.anyio

URL = "https://site.example/a"


@dataclass
class Kept:
    """A home with one capture, of which a scrub found a file and a body altered."""

    archive: Archive
    outside: Outside
    files: dict[Path, bytes]

    def put_back(self) -> None:
        for place, body in self.files.items():
            place.write_bytes(body)


@asynccontextmanager
async def damaged(home: Path) -> AsyncIterator[Kept]:
    """Give a damaged home whose damage was noted before ten other things were."""
    async with world(home) as (archive, outside, web, clock):
        await _captured(outside, web)
        places = [*home.glob("captures/??/??/*/manifest.json"), *home.glob("blobs/??/??/*")]
        kept = Kept(archive, outside, {place: place.read_bytes() for place in places})
        for place, body in kept.files.items():
            place.write_bytes(body[:-9] + bytes(9))
        store = outside.store
        for found in await scrubbed(home):
            await store.workers.note(Incident(clock.now(), "w", IncidentKind.DAMAGED, found))
        for number in range(10):
            slept = Incident(clock.now(), "w", IncidentKind.SLEPT, f"{number} slots late")
            await store.workers.note(slept)
        yield kept


async def scrubbed(home: Path) -> tuple[str, ...]:
    """Read all files of a home again."""
    at_once = load(home, {"daemon": {"scrub_s": DAY_S, "scrub_days": 1}})
    store, files = await SqlStore.open(home), HomeFiles(home)
    damaged: list[str] = []

    async def tell(found: Reread) -> None:
        damaged.extend(found.damaged)

    await Upkeep(at_once, files, store).scrub(tell)
    files.close()
    await store.close()
    return tuple(damaged)


async def _captured(outside: Outside, web: Web) -> None:
    web.serve(URL, article("https://cited.example/"))
    source = await outside.store.sources.register(recognise(URL), None, outside.clock.now())
    await attend(source, outside, take=Take.ALWAYS)


async def said(home: Path) -> tuple[bool, str]:
    """Return whether doctor finds no damage, and its words."""
    [check] = [
        one for one in await check_service(load(home), FrozenClock(NOW)) if one.name == "damage"
    ]
    return check.is_well, check.found


async def test_damage_is_told_however_much_happened_since(tmp_path: Path):
    async with damaged(tmp_path) as kept:
        is_well, found = await said(tmp_path)

    assert not is_well
    assert found.count("captures/") == 1
    assert found.count("blobs/") == len(kept.files) - 1


async def test_damage_is_over_when_the_file_is_as_it_was_kept(tmp_path: Path):
    async with damaged(tmp_path) as kept:
        kept.put_back()

        assert (await said(tmp_path))[0]


async def test_what_was_taken_down_is_not_damaged(tmp_path: Path):
    async with damaged(tmp_path) as kept:
        await kept.archive.take_down(URL, "a court said so", by="the desk")

        assert (await said(tmp_path))[0]


async def test_a_status_that_looks_at_every_file_fails_while_one_is_damaged(tmp_path: Path):
    async with damaged(tmp_path) as kept:
        pass
    broken = await archiver("status", "--check", env=environment(tmp_path))
    kept.put_back()
    mended = await archiver("status", "--check", env=environment(tmp_path))

    assert (broken.code, mended.code) == (1, 0)
    assert "damaged: " in broken.out
    assert "damaged: " not in mended.out


async def test_a_thorough_status_finds_what_nobody_read_again_yet(tmp_path: Path):
    async with world(tmp_path) as (_, outside, web, _clock):
        await _captured(outside, web)
    [capture] = tmp_path.glob("captures/??/??/*/manifest.json")
    [body, *_] = tmp_path.glob("blobs/??/??/*")
    for place in (capture, body):
        place.write_bytes(place.read_bytes()[:-9] + bytes(9))
    quick = await archiver("status", "--check", env=environment(tmp_path))
    thorough = await archiver("status", "--thorough", "--json", env=environment(tmp_path))

    assert (quick.code, thorough.code) == (0, 1)
    damaged = "\n".join(thorough.document["damaged"])
    assert (damaged.count("captures/"), damaged.count(f"blobs/{body.stem}")) == (1, 1)


async def test_a_status_that_looks_at_every_file_lists_what_was_not_and_does_not_fail(
    tmp_path: Path,
):
    async with world(tmp_path) as (_, outside, web, _clock):
        await _captured(outside, web)
    store = await SqlStore.open(tmp_path)
    await store.database.write(lambda c: c.execute(delete(bodies)).rowcount)
    await store.close()
    found = await archiver("status", "--check", "--json", env=environment(tmp_path))
    again = await archiver("status", "--check", env=environment(tmp_path))

    [line] = found.document["unlisted"]
    assert (found.code, found.document["damaged"], again.code) == (0, [], 0)
    assert ": blobs/" in line
    assert "takedowns" not in again.out
