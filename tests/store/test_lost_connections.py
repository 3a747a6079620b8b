"""A connection to PostgreSQL that breaks: what is run again, and what is only told."""

from __future__ import annotations

import socket
import threading
from asyncio import gather
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager, closing, contextmanager, suppress
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path

import psycopg
import pytest
from psycopg.conninfo import make_conninfo
from sqlalchemy import Connection, text

from archiver.daemon.metrics import PrometheusMeter
from archiver.errors import StoreError
from archiver.model.job import Lane
from archiver.ports import Queued, Taken
from archiver.queue.install import install
from archiver.queue.messages import send
from archiver.store import enqueueing, schema, stalled
from archiver.store.engine import APPLICATION_NAME, READERS
from archiver.store.store import SqlStore
from tests import build, postgres
from tests.build import NOW
from tests.store.test_database import add_source, count_sources

pytestmark = [pytest.mark.anyio, pytest.mark.postgres]

LEASE = timedelta(minutes=2)


@pytest.fixture
def database() -> str:
    return postgres.server().create(postgres.migrated())


def break_off(connection: Connection | psycopg.Connection) -> None:
    """End the server's side of this connection, as an administrator or a crash does."""
    query = "SELECT pg_backend_pid()"
    if isinstance(connection, Connection):
        pid = connection.scalar(text(query))
    else:
        [pid] = connection.execute(query).fetchone() or [None]
    with closing(psycopg.connect(postgres.server().conninfo("postgres"))) as other:
        other.execute("SELECT pg_terminate_backend(%s, 5000)", [pid])


async def test_a_transaction_cut_off_before_its_commit_is_run_again(database, tmp_path):
    meter = PrometheusMeter(is_strict=True)
    store = await SqlStore.open(tmp_path, postgres.server().url(database), meter=meter)
    runs = []

    def change(connection: Connection) -> None:
        runs.append(connection)
        add_source(connection)
        if len(runs) == 1:
            break_off(connection)
            count_sources(connection)

    await store.database.write(change)

    assert len(runs) == 2
    assert await store.database.read(count_sources) == 1
    assert b'archiver_database_retries_total{cause="connection"} 1.0' in meter.page()
    await store.close()


@pytest.mark.parametrize("where", ["statement", "message"])
async def test_a_job_is_queued_though_its_transaction_is_cut_off_at(
    database, tmp_path, monkeypatch, where: str
):
    install(postgres.server().conninfo(database))
    cut_off: list[str] = []

    def once(at: str, connection: Connection | psycopg.Connection) -> None:
        if at == where and not cut_off:
            cut_off.append(at)
            break_off(connection)

    def break_and_send(connection: psycopg.Connection, queued: Sequence[Queued]) -> None:
        once("message", connection)
        send(connection, queued)

    def break_and_queue(connection: Connection, at: datetime, limit: int) -> int:
        once("statement", connection)
        return queue_due(connection, at, limit)

    queue_due = enqueueing.enqueue_due
    monkeypatch.setattr(enqueueing, "enqueue_due", break_and_queue)
    url = postgres.server().url(database)
    store = await SqlStore.open(tmp_path, url, send=break_and_send)

    await make_due(store)

    assert cut_off == [where]
    assert (await store.queue.depth()).queued == {Lane.BROWSER: 3}
    assert await store.database.read(_count_messages) == 3
    await store.close()


async def test_jobs_whose_messages_lost_against_another_transaction_are_queued(database, tmp_path):
    install(postgres.server().conninfo(database))
    with closing(psycopg.connect(postgres.server().conninfo(database))) as other, other:
        other.execute(_LOSES_ONCE)
    store = await SqlStore.open(tmp_path, postgres.server().url(database), send=send)

    await make_due(store)

    assert (await store.queue.depth()).queued == {Lane.BROWSER: 3}
    assert await store.database.read(_count_messages) == 3
    await store.close()


_LOSES_ONCE = """
CREATE SEQUENCE tries;  -- counts what is undone, too
CREATE FUNCTION lose_once() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF nextval('tries') = 1 THEN
        RAISE EXCEPTION 'deadlock detected' USING ERRCODE = '40P01';
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER loses_once AFTER INSERT ON procrastinate_jobs EXECUTE FUNCTION lose_once();
"""


def _count_messages(connection: Connection) -> int:
    return int(connection.execute(text("SELECT count(*) FROM procrastinate_jobs")).scalar_one())


async def test_a_read_that_is_cut_off_is_run_again(database, tmp_path):
    store = await SqlStore.open(tmp_path, postgres.server().url(database))
    runs = []

    def query(connection: Connection) -> int:
        runs.append(connection)
        if len(runs) == 1:
            break_off(connection)
        return count_sources(connection)

    assert await store.database.read(query) == 0
    assert len(runs) == 2
    await store.close()


async def test_a_commit_whose_answer_is_lost_is_told_and_not_run_again(database, tmp_path):
    async with through_relay(database, tmp_path) as (store, cut):
        runs = []

        def change(connection: Connection) -> None:
            runs.append(connection)
            add_source(connection)
            cut.set()

        with pytest.raises(StoreError, match="whether the change was kept is not known"):
            await store.database.write(change)

        while not await store.database.read(count_sources):
            pass  # the server may still be at it
        assert len(runs) == 1


async def test_looks_and_ends_whose_commits_answer_is_lost_count_once(database, tmp_path):
    async with through_relay(database, tmp_path) as (store, cut):
        await make_due(store)
        taken = await store.queue.take("w", LEASE, lane=Lane.BROWSER, limit=3)
        looks = [(one.claim, build.observation(one.claim.source_id)) for one in taken]

        cut.set()
        await gather(*(store.looks.keep(*one, build.verdict(), [], None) for one in looks))
        cut.set()
        await gather(*(store.queue.finish(one) for one in taken))

        assert [await store.looks.of(claim.source_id) for claim, _ in looks] == [
            [look] for _, look in looks
        ]
        assert await store.claims.standing() == []
        assert (await store.queue.depth()).running == {}


async def test_jobs_of_a_take_whose_commits_answer_is_lost_are_known_by_their_worker(
    database, tmp_path
):
    async with through_relay(database, tmp_path) as (store, cut):
        await make_due(store)

        cut.set()
        with pytest.raises(StoreError, match="whether the change was kept is not known"):
            await store.queue.take("w", LEASE, lane=Lane.BROWSER, limit=3)
        while not (held := await store.queue.taken_by("w")):
            pass  # the server may still be at it
        for one in held:
            await store.queue.give_back(one)

        taken = await store.queue.take("w", LEASE, lane=Lane.BROWSER, limit=3)
        assert [one.job.deaths for one in taken] == [0, 0, 0]


async def test_jobs_told_of_whose_takes_answer_is_lost_are_known_by_their_worker(
    database, tmp_path
):
    async with through_relay(database, tmp_path) as (store, cut):
        await make_due(store)
        names = await waiting(store)

        cut.set()
        got = await gather(
            *(store.queue.take_job(name, "w", LEASE, lane=Lane.BROWSER) for name in names),
            return_exceptions=True,
        )
        while not (held := await store.queue.taken_by("w")):
            pass  # the server may still be at it

        assert [type(one) for one in got] == [StoreError] * 3
        assert sorted(one.job.id for one in held) == sorted(names)


async def test_a_job_whose_source_another_transaction_holds_is_told_of_again(database, tmp_path):
    store = await SqlStore.open(tmp_path, postgres.server().url(database))
    await make_due(store)
    job_id, *_ = await waiting(store)
    with closing(psycopg.connect(postgres.server().conninfo(database))) as other:
        other.execute("SELECT FROM sources FOR UPDATE")
        wait = await store.queue.take_job(job_id, "w", LEASE, lane=Lane.BROWSER)
        other.rollback()

    assert isinstance(wait, timedelta)
    assert isinstance(await store.queue.take_job(job_id, "w", LEASE, lane=Lane.BROWSER), Taken)
    await store.close()


async def test_a_database_that_was_upgraded_meanwhile_is_neither_read_nor_written(
    database, tmp_path
):
    store = await SqlStore.open(tmp_path, postgres.server().url(database))
    conninfo = postgres.server().conninfo(database)
    with closing(psycopg.connect(conninfo, autocommit=True)) as other:
        other.execute("UPDATE alembic_version SET version_num = '9999'")
        other.execute(
            "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )

        for refused in (store.database.read(count_sources), store.database.write(add_source)):
            with pytest.raises(StoreError, match=f"at revision 9999 now, .* {schema.REVISION};"):
                await refused

        other.execute("UPDATE alembic_version SET version_num = %s", [schema.REVISION])
    assert await store.database.read(count_sources) == 0
    await store.close()


@pytest.mark.parametrize("state", ["active", "idle in transaction"])
async def test_a_client_that_stands_still_in_a_pipeline_is_cut_off(
    database, tmp_path, monkeypatch, state: str
):
    monkeypatch.setattr(stalled, "LONGEST", timedelta(0))
    store = await SqlStore.open(tmp_path, postgres.server().url(database))
    await store.sources.register(build.page("https://a.example/"), None, NOW)
    await store.queue.enqueue_due(NOW, 1)
    conninfo = make_conninfo(
        postgres.server().conninfo(database), application_name=APPLICATION_NAME
    )
    still = psycopg.connect(conninfo)
    with closing(still), suppress(psycopg.OperationalError), still.pipeline():
        still.execute("SELECT FROM jobs FOR UPDATE")
        if state == "idle in transaction":
            still.pgconn.pipeline_sync()
        still.pgconn.send_flush_request()
        still.pgconn.flush()
        while not await store.database.read(partial(_waits, state=state)):
            pass  # the server is still at it
        assert await store.queue.take("w", LEASE, lane=Lane.BROWSER, limit=1) == []

        swept = await store.queue.sweep(NOW)
        while not await store.queue.take("w", LEASE, lane=Lane.BROWSER, limit=1):
            pass  # the server may still be at its end

    assert swept.cut_off == 1
    await store.close()


def _waits(connection: Connection, state: str) -> bool:
    """Tell whether a session of that state waits for its client, in a transaction."""
    query = (
        "SELECT count(*) FROM pg_stat_activity WHERE state = :state"
        " AND wait_event = 'ClientRead' AND xact_start IS NOT NULL"
    )
    return bool(connection.scalar(text(query), {"state": state}))


async def test_a_client_that_reads_slowly_is_not_cut_off(database, tmp_path, monkeypatch):
    monkeypatch.setattr(stalled, "LONGEST", timedelta(0))
    store = await SqlStore.open(tmp_path, postgres.server().url(database))
    conninfo = make_conninfo(
        postgres.server().conninfo(database), application_name=APPLICATION_NAME
    )
    slow = psycopg.connect(conninfo)
    with closing(slow), slow.pipeline():
        slow.execute("SELECT FROM sources")
        slow.pgconn.send_flush_request()
        slow.pgconn.flush()
        while not await store.database.read(partial(_waits, state="active")):
            pass  # the server is still at it

        assert (await store.queue.sweep(NOW)).cut_off == 0
    await store.close()


async def test_clients_that_wait_idle_are_not_cut_off(database, tmp_path, monkeypatch):
    monkeypatch.setattr(stalled, "LONGEST", timedelta(0))
    one, other = [await SqlStore.open(tmp_path, postgres.server().url(database)) for _ in "ab"]
    await gather(*(one.database.read(count_sources) for _ in range(READERS)))

    assert (await other.queue.sweep(NOW)).cut_off == 0
    await one.close()
    await other.close()


@asynccontextmanager
async def through_relay(
    database: str, folder: Path
) -> AsyncIterator[tuple[SqlStore, threading.Event]]:
    """Open a store through a :func:`relay`, and close it."""
    with relay(folder / "relay", postgres.server().directory) as cut:
        url = f"postgresql+psycopg://archiver@/{database}?host={folder / 'relay'}"
        store = await SqlStore.open(folder, url)
        yield store, cut
        await store.close()


async def make_due(store: SqlStore) -> None:
    """Queue three sources that are due."""
    for site in "abc":
        await store.sources.register(build.page(f"https://{site}.example/"), None, NOW)
    await store.queue.enqueue_due(NOW, 3)


async def waiting(store: SqlStore) -> list[str]:
    """Return the IDs of three jobs that wait."""
    taken = await store.queue.take("w", LEASE, lane=Lane.BROWSER, limit=3)
    for one in taken:
        await store.queue.give_back(one)
    return [one.job.id for one in taken]


@contextmanager
def relay(directory: Path, server: Path) -> Iterator[threading.Event]:
    """Stand between client and server; when set, hand the next commit on and say nothing of it."""
    directory.mkdir()
    cut = threading.Event()
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(str(directory / ".s.PGSQL.5432"))
        listener.listen()
        threading.Thread(target=_accept, args=(listener, server, cut), daemon=True).start()
        yield cut
        listener.shutdown(socket.SHUT_RDWR)


def _accept(listener: socket.socket, server: Path, cut: threading.Event) -> None:
    while True:
        try:
            client, _ = listener.accept()
        except OSError:
            return
        upstream = socket.socket(socket.AF_UNIX)
        upstream.connect(str(server / ".s.PGSQL.5432"))
        threading.Thread(target=_carry, args=(client, upstream, cut), daemon=True).start()
        threading.Thread(target=_carry, args=(upstream, client, None), daemon=True).start()


def _carry(source: socket.socket, target: socket.socket, cut: threading.Event | None) -> None:
    with source, target:
        while data := _read(source):
            if cut is not None and cut.is_set() and b"COMMIT" in data:
                cut.clear()
                _commit_unheard(source, target, data)
                return
            try:
                target.sendall(data)
            except OSError:
                return


def _read(source: socket.socket) -> bytes:
    try:
        return source.recv(65536)
    except OSError:
        return b""


def _commit_unheard(client: socket.socket, server: socket.socket, data: bytes) -> None:
    """Let the server commit, and hang up on the client before it hears of it."""
    client.shutdown(socket.SHUT_RDWR)
    server.sendall(data)
    with suppress(OSError):  # its answer was quicker, and whoever carries that has closed both
        server.shutdown(socket.SHUT_WR)
