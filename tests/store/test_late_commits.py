"""A commit that takes effect on a server only after its client was killed, and a sweep meanwhile."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import TypeVar

import pytest
from sqlalchemy import Connection, Engine, make_url

from archiver.model.capture import Capture
from archiver.store.captures import SqlCaptures
from archiver.store.claims import hold_all
from archiver.store.engine import write_engine
from archiver.store.files import HomeFiles
from archiver.store.store import SqlStore
from archiver.store.sweep import Cleared, Swept, clear, sweep
from tests import build, postgres
from tests.build import NOW
from tests.store.test_sweep import NOTHING, publish

pytestmark = [pytest.mark.anyio, pytest.mark.postgres]

T = TypeVar("T")


@dataclass
class Undecided:
    """A database that has done all of a change but for its commit, which the test lets through."""

    engine: Engine
    connection: Connection
    is_embedded: bool = False
    is_read_only: bool = False

    async def read(self, query: Callable[[Connection], T]) -> T:
        return query(self.connection)

    async def write(self, change: Callable[[Connection], T]) -> T:
        return change(self.connection)

    async def tidy(self, *, is_last: bool = False) -> None:
        raise NotImplementedError

    async def purge(self) -> None:
        raise NotImplementedError

    async def close(self) -> None:
        self.connection.close()
        self.engine.dispose()


@pytest.fixture
def address() -> str:
    return postgres.server().url(postgres.server().create(postgres.migrated()))


@pytest.fixture
async def server_store(address: str, tmp_path: Path) -> AsyncIterator[SqlStore]:
    opened = await SqlStore.open(tmp_path, address)
    yield opened
    await opened.close()


@pytest.fixture
async def undecided(address: str) -> AsyncIterator[Undecided]:
    engine = write_engine(make_url(address))
    database = Undecided(engine, engine.connect())
    yield database
    await database.close()


async def half_commit(files: HomeFiles, store: SqlStore, undecided: Undecided) -> Capture:
    """Publish a capture and send its commit; its maker dies before an answer."""
    source = await store.sources.register(build.ref(), None, NOW)
    claim = await store.claims.claim(source.id, "w", timedelta(minutes=1))
    assert claim is not None
    capture = await publish(files, source.id)
    await SqlCaptures(undecided).keep(claim, capture, [])
    files.close()
    return capture


@pytest.mark.parametrize("thorough", [False, True])
async def test_a_capture_stays_while_the_commit_of_its_killed_maker_is_under_way(
    tmp_path: Path, server_store: SqlStore, undecided: Undecided, thorough: bool
) -> None:
    files = HomeFiles(tmp_path)
    capture = await half_commit(files, server_store, undecided)

    meanwhile = await sweep(HomeFiles(tmp_path), server_store, thorough=thorough)
    undecided.connection.commit()
    after = await sweep(HomeFiles(tmp_path), server_store, thorough=thorough)

    assert (meanwhile, after) == (NOTHING, NOTHING)
    assert files.published(capture.id).is_dir()
    assert list(files.staging.iterdir()) == []


async def test_a_capture_whose_commit_was_undone_is_set_aside_by_a_later_sweep(
    tmp_path: Path, server_store: SqlStore, undecided: Undecided
) -> None:
    files = HomeFiles(tmp_path)
    capture = await half_commit(files, server_store, undecided)

    meanwhile = await sweep(HomeFiles(tmp_path), server_store)
    undecided.connection.rollback()
    after = await sweep(HomeFiles(tmp_path), server_store)

    assert (meanwhile, after) == (NOTHING, Swept((), (capture.id,), ()))
    assert list(files.staging.iterdir()) == []


async def test_a_capture_that_was_set_aside_too_early_gets_its_place_again(
    tmp_path: Path, server_store: SqlStore, undecided: Undecided
) -> None:
    files = HomeFiles(tmp_path)
    capture = await half_commit(files, server_store, undecided)
    files.set_aside(capture.id)
    undecided.connection.commit()
    hold_all(undecided.connection, [capture.source_id])

    meanwhile = await clear(files, server_store)
    undecided.connection.rollback()
    after = await clear(files, server_store)

    assert (meanwhile, after) == (Cleared(), Cleared(returned=(capture.id,)))
    assert files.published(capture.id).is_dir()
