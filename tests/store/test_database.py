"""How the two databases are opened, and what becomes of their refusals."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import AsyncIterator
from contextlib import suppress
from pathlib import Path
from threading import Barrier

import psycopg
import pytest
from sqlalchemy import Connection, Engine, event, func, insert, select, text, update

from archiver.errors import StoreError
from archiver.store.database import Database
from archiver.store.duplicate import copy_out
from archiver.store.ids import new_id
from archiver.store.store import SqlStore, database_url
from archiver.store.tables import sources
from tests import build, postgres
from tests.build import NOW

pytestmark = pytest.mark.anyio


@pytest.fixture
async def sqlite(store: SqlStore) -> Database:
    return store.database


@pytest.fixture
async def postgresql(tmp_path: Path) -> AsyncIterator[Database]:
    url = postgres.server().url(postgres.server().create(postgres.migrated()))
    store = await SqlStore.open(tmp_path, url)
    yield store.database
    await store.close()


PRAGMAS = {
    "journal_mode": "wal",
    "synchronous": 2,
    "foreign_keys": 1,
    "recursive_triggers": 1,
    "busy_timeout": 5000,
    "temp_store": 2,
    "trusted_schema": 0,
    "cell_size_check": 1,
    "wal_autocheckpoint": 16_000,
    "journal_size_limit": 64 * 1024 * 1024,
}


def pragmas(connection: Connection) -> dict[str, object]:
    return {name: connection.exec_driver_sql(f"PRAGMA {name}").scalar() for name in PRAGMAS}


async def test_sqlite_is_opened_with_the_settings_that_evidence_needs(sqlite: Database) -> None:
    assert await sqlite.write(pragmas) == PRAGMAS
    assert await sqlite.read(pragmas) == PRAGMAS


async def test_a_home_may_be_called_what_means_something_in_an_address(tmp_path: Path) -> None:
    store = await SqlStore.open(tmp_path / "50%25?mode=ro&q#")

    assert await store.database.read(pragmas) == PRAGMAS
    await store.database.tidy(is_last=True)
    await store.close()
    assert [one.name for one in tmp_path.iterdir()] == ["50%25?mode=ro&q#"]


@pytest.mark.parametrize("is_replaced", [False, True])
async def test_a_file_that_was_removed_or_replaced_takes_nothing_until_it_is_back(
    tmp_path: Path, is_replaced: bool
) -> None:
    store = await SqlStore.open(tmp_path)
    file, aside = tmp_path / "archiver.db", tmp_path / "aside.db"
    file.rename(aside)
    if is_replaced:
        shutil.copy(aside, file)
    told = f"archiver.db was {'replaced' if is_replaced else 'removed'}"

    with pytest.raises(StoreError, match=told):
        await store.sources.register(build.ref(), None, NOW)
    with pytest.raises(StoreError, match=told):
        await store.database.read(pragmas)
    with pytest.raises(StoreError, match=told):
        await store.probe()
    with suppress(StoreError):
        await store.database.tidy(is_last=True)
    was_made = file.exists()
    aside.replace(file)

    assert was_made is is_replaced
    assert await store.database.read(lambda c: c.scalar(select(func.count(sources.c.id)))) == 0
    await store.sources.register(build.ref(), None, NOW)
    await store.close()


async def test_a_file_that_is_replaced_while_it_is_opened_is_let_go(tmp_path: Path) -> None:
    await (await SqlStore.open(tmp_path)).close()
    file, other = tmp_path / "archiver.db", tmp_path / "other.db"
    shutil.copy(file, other)
    opened: list[object] = []

    def replace_once_it_is_read(connection: object, _: object) -> None:
        opened.append(connection)
        if len(opened) == 2:  # the first one asks for the revision, before it is opened
            other.replace(file)

    event.listen(Engine, "connect", replace_once_it_is_read)
    try:
        with pytest.raises(StoreError, match=r"archiver\.db was replaced"):
            await SqlStore.open(tmp_path)
    finally:
        event.remove(Engine, "connect", replace_once_it_is_read)

    assert [one for one in files_open() if one.startswith(str(file))] == []


def files_open() -> list[str]:
    """Return the paths of all files that this process has open."""
    found = []
    for one in Path("/proc/self/fd").iterdir():
        with suppress(FileNotFoundError):  # that of the listing itself
            found.append(str(one.readlink()))
    return found


async def test_a_copy_without_a_log_gets_one_when_it_is_opened(tmp_path: Path) -> None:
    await (await SqlStore.open(tmp_path / "other")).close()
    (tmp_path / "home").mkdir()
    copy_out(database_url(tmp_path / "other"), tmp_path / "home" / "archiver.db")

    store = await SqlStore.open(tmp_path / "home")

    assert await store.database.write(pragmas) == PRAGMAS
    await store.close()


async def test_an_sqlite_read_cannot_write(sqlite: Database) -> None:
    with pytest.raises(StoreError, match="readonly"):
        await sqlite.read(
            lambda connection: connection.execute(update(sources).values(paused=True))
        )


def add_source(connection: Connection) -> None:
    row = {"id": new_id(), "platform": "x", "key": "1", "url": "u", "added_at": NOW}
    connection.execute(insert(sources).values(name_sha256=row["id"], paused=False, fence=0, **row))


def count_sources(connection: Connection) -> int:
    return len(connection.execute(select(sources.c.id)).all())


@pytest.mark.postgres
async def test_postgresql_is_opened_with_limits_in_utc(postgresql: Database) -> None:
    wanted = {
        "statement_timeout": "30s",
        "lock_timeout": "5s",
        "idle_in_transaction_session_timeout": "1min",
        "synchronous_commit": "on",
        "TimeZone": "UTC",
        "application_name": "citation-archiver",
    }

    def ask(connection: Connection) -> dict[str, object]:
        return {name: connection.execute(text(f"SHOW {name}")).scalar() for name in wanted}

    assert await postgresql.read(ask) == wanted


@pytest.mark.postgres
async def test_of_two_transactions_that_wait_for_each_other_both_are_done_in_the_end(
    postgresql: Database,
) -> None:
    for _ in range(2):
        await postgresql.write(add_source)
    first, second = await postgresql.read(
        lambda connection: list(connection.scalars(select(sources.c.id).order_by(sources.c.id)))
    )
    both_hold_one = Barrier(2)
    runs: list[str] = []

    def change(one: str, other: str):
        def run(connection: Connection) -> None:
            runs.append(one)
            connection.execute(update(sources).where(sources.c.id == one).values(fence=1))
            if len(runs) <= 2:
                both_hold_one.wait()
            connection.execute(update(sources).where(sources.c.id == other).values(paused=True))

        return run

    await asyncio.gather(
        postgresql.write(change(first, second)), postgresql.write(change(second, first))
    )

    assert len(runs) > 2  # one was undone and run anew
    rows = await postgresql.read(lambda c: c.execute(select(sources)).all())
    assert [(row.fence, row.paused) for row in rows] == [(1, True), (1, True)]


@pytest.mark.postgres
async def test_a_connection_that_the_server_dropped_is_replaced(postgresql: Database) -> None:
    await postgresql.write(add_source)
    with psycopg.connect(postgres.server().conninfo("postgres"), autocommit=True) as other:
        other.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE application_name = 'citation-archiver'"
        )

    assert await postgresql.read(count_sources) == 1


@pytest.mark.postgres
async def test_a_refusal_of_the_server_is_one_line_and_undoes_the_change(
    postgresql: Database,
) -> None:
    def change(connection: Connection) -> None:
        add_source(connection)
        connection.execute(text("SELECT * FROM nowhere"))

    with pytest.raises(StoreError, match='relation "nowhere" does not exist') as refused:
        await postgresql.write(change)

    assert "\n" not in str(refused.value)
    assert await postgresql.read(count_sources) == 0


async def test_two_programs_on_one_file_write_by_turns(store: SqlStore, tmp_path: Path) -> None:
    other = await SqlStore.open(tmp_path)

    await asyncio.gather(
        *(
            one.sources.register(build.ref(f"{name}{number}"), None, NOW)
            for name, one in (("a", store), ("b", other))
            for number in range(50)
        )
    )

    assert len(await store.sources.all()) == 100
    await other.close()
