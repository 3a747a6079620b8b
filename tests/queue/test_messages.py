"""Messages through procrastinate: sent with the transaction, received by whoever listens."""

from __future__ import annotations

import asyncio
import gc
import logging
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from datetime import timedelta
from typing import Any

import psycopg
import pytest
from procrastinate.exceptions import ConnectorException
from psycopg import errors, sql
from psycopg_pool import PoolTimeout

from archiver.errors import RevisionError, SchemaError, StoreError
from archiver.model.job import Lane
from archiver.ports import Queued
from archiver.queue import messages as messages_of_jobs
from archiver.queue.install import install
from archiver.queue.messages import SILENT_S, Messages, send
from archiver.settings import load
from archiver.store import schema
from archiver.store.store import SqlStore
from archiver.wiring.messages import listener
from tests import build, postgres
from tests.build import NOW

pytestmark = [pytest.mark.anyio, pytest.mark.postgres]

HANDS = {Lane.LIGHT: 5, Lane.BROWSER: 1}
END_OTHERS = (
    "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity"
    " WHERE datname = current_database() AND pid <> pg_backend_pid()"
)


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture
def conninfo() -> str:
    server = postgres.server()
    made = server.conninfo(server.create(postgres.migrated()))
    install(made)
    return made


@pytest.fixture(autouse=True)
def _looks_often(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let workers soon see what is sent between their first look and their first listening."""
    monkeypatch.setattr(messages_of_jobs, "POLL_S", 0.5)


@contextmanager
def transaction(conninfo: str) -> Iterator[psycopg.Connection]:
    with psycopg.connect(conninfo) as connection:
        yield connection


def light(job_id: str, *, is_urgent: bool = False, ready_in_s: float = 0) -> Queued:
    return Queued(job_id, Lane.LIGHT, is_urgent, timedelta(seconds=ready_in_s))


class Received:
    """Attends to jobs by noting their IDs, until so many came."""

    def __init__(self, wanted: int, again: timedelta | None = None) -> None:
        self.jobs: list[str] = []
        self.is_done = asyncio.Event()
        self._wanted = wanted
        self._again = [again] if again is not None else []

    async def __call__(self, job_id: str, lane: Lane) -> timedelta | None:
        self.jobs.append(job_id)
        if len(self.jobs) == self._wanted:
            self.is_done.set()
        return self._again.pop() if self._again else None


@asynccontextmanager
async def listening(
    messages: Messages, attend: Callable[[str, Lane], Awaitable[timedelta | None]], hands=HANDS
) -> AsyncIterator[None]:
    task = asyncio.create_task(messages.listen(hands, attend))
    try:
        yield
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


async def test_what_is_sent_is_received_once_by_one_of_those_who_listen(conninfo):
    received = Received(20)
    async with (
        Messages(conninfo) as one,
        Messages(conninfo) as other,
        listening(one, received),
        listening(other, received),
    ):
        with transaction(conninfo) as connection:
            send(connection, [light(f"job-{n}") for n in range(20)])
        await asyncio.wait_for(received.is_done.wait(), 30)

    assert sorted(received.jobs) == sorted(f"job-{n}" for n in range(20))


async def test_nothing_is_sent_when_the_transaction_is_undone(conninfo):
    received = Received(1)
    async with Messages(conninfo) as messages, listening(messages, received):
        with psycopg.connect(conninfo) as connection:
            send(connection, [light("undone")])
            connection.rollback()
        with transaction(conninfo) as connection:
            send(connection, [light("done")])
        await asyncio.wait_for(received.is_done.wait(), 30)

    assert received.jobs == ["done"]


async def test_urgent_messages_overtake_and_later_ones_wait(conninfo):
    received = Received(2)
    async with Messages(conninfo) as messages:
        with transaction(conninfo) as connection:
            queued = [light("scheduled"), light("later", ready_in_s=3600)]
            send(connection, [*queued, light("urgent", is_urgent=True)])
        async with listening(messages, received, {Lane.LIGHT: 1}):
            await asyncio.wait_for(received.is_done.wait(), 30)

    assert received.jobs == ["urgent", "scheduled"]


async def test_a_message_that_came_too_early_comes_again(conninfo):
    received = Received(2, again=timedelta(0))
    async with Messages(conninfo) as messages, listening(messages, received):
        with transaction(conninfo) as connection:
            send(connection, [light("early")])
        await asyncio.wait_for(received.is_done.wait(), 30)

    assert received.jobs == ["early", "early"]


async def test_the_end_waits_no_longer_than_the_grace_for_what_is_attended_to(conninfo):
    has_one, was_cancelled = asyncio.Event(), asyncio.Event()

    async def never_done(_job_id: str, _lane: Lane) -> timedelta | None:
        has_one.set()
        try:
            await asyncio.Event().wait()
        finally:
            was_cancelled.set()
        return None

    async with Messages(conninfo, timedelta(0)) as messages:
        listens = asyncio.create_task(messages.listen(HANDS, never_done))
        with transaction(conninfo) as connection:
            send(connection, [light("endless")])
        await asyncio.wait_for(has_one.wait(), 30)
        listens.cancel()
        await asyncio.wait([listens], timeout=30)

        assert listens.done()
    assert was_cancelled.is_set()


async def test_what_a_dead_worker_was_at_is_dropped(conninfo):
    async with Messages(conninfo) as messages:
        with transaction(conninfo) as connection:
            send(connection, [light("left")])
        with transaction(conninfo) as connection:
            silent = f"now() - interval '{2 * SILENT_S} seconds'"
            worker = connection.execute(
                f"INSERT INTO procrastinate_workers (last_heartbeat) VALUES ({silent}) RETURNING id"
            ).fetchone()
            connection.execute(
                "UPDATE procrastinate_jobs SET status = 'doing', worker_id = %s", worker
            )
        dropped = await messages.tidy()

    with transaction(conninfo) as connection:
        left = connection.execute("SELECT count(*) FROM procrastinate_jobs").fetchone()
    assert (dropped, left) == ((1, 0), (0,))


@pytest.fixture
async def untold(conninfo, tmp_path) -> AsyncIterator[SqlStore]:
    """A store with two jobs that have been ready for long, and of which no message is left."""
    server = postgres.server()
    store = await SqlStore.open(tmp_path, server.url(conninfo.partition("dbname=")[2]))
    for site in "ab":
        await store.sources.register(build.page(f"https://{site}.example/"), None, NOW)
    await store.queue.enqueue_due(NOW, 2)
    with transaction(conninfo) as connection:
        connection.execute("UPDATE jobs SET not_before = now() - interval '1 hour'")
    yield store
    await store.close()


async def test_word_is_sent_again_of_jobs_whose_messages_are_lost(untold, conninfo):
    received = Received(2)
    async with Messages(conninfo) as messages:
        told = [await messages.tidy() for _ in range(2)]
        async with listening(messages, received):
            await asyncio.wait_for(received.is_done.wait(), 30)

    assert told == [(0, 2), (0, 0)]  # once, though nobody has heard of it yet
    assert len(set(received.jobs)) == 2


async def test_a_search_for_lost_messages_that_is_refused_leaves_the_ear_open(
    conninfo, tmp_path, monkeypatch
):
    search, searches = Messages.tidy, 0
    is_refused_twice, received = asyncio.Event(), Received(1)

    async def tidy(messages: Messages) -> tuple[int, int]:
        nonlocal searches
        searches += 1
        if searches > 2:
            is_refused_twice.set()
        return await search(messages)

    monkeypatch.setattr(Messages, "tidy", tidy)
    monkeypatch.setattr("archiver.wiring.messages.TIDY_S", 0)
    database = postgres.server().url(conninfo.partition("dbname=")[2])
    listen = listener(load(tmp_path, {"store": {"database": database, "queue": "procrastinate"}}))
    assert listen is not None
    with psycopg.connect(conninfo, autocommit=True) as other:
        other.execute("ALTER TABLE jobs RENAME TO elsewhere")
        ear = asyncio.ensure_future(listen(received))
        await first_of(ear, is_refused_twice)
        send(other, [light("job")])
        await first_of(ear, received.is_done)
    is_open = not ear.done()
    ear.cancel()
    await asyncio.gather(ear, return_exceptions=True)

    assert (is_open, received.jobs) == (True, ["job"])


async def first_of(ear: asyncio.Future[Any], event: asyncio.Event) -> None:
    """Wait for what should happen, or for the end of the listening."""
    happened: asyncio.Future[Any] = asyncio.create_task(event.wait())
    await asyncio.wait([ear, happened], timeout=30, return_when=asyncio.FIRST_COMPLETED)
    happened.cancel()


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ("SELECT 1", 2),
        ("UPDATE jobs SET not_before = now() + interval '1 day'", 0),
        ("UPDATE sources SET lease_until = now() + interval '1 day'", 0),
        ("INSERT INTO turns (domain, next_at) VALUES ('a.example', now() + interval '1 day')", 1),
        ("UPDATE procrastinate_jobs SET scheduled_at = now() + interval '30 minutes'", 0),
    ],
    ids=["ready", "not ready", "held", "left alone", "soon"],
)
async def test_messages_wait_for_no_time_that_only_a_wrong_clock_showed(
    untold, conninfo, change: str, told: int
):
    async with Messages(conninfo) as messages:
        await messages.tidy()
        with transaction(conninfo) as connection:
            a_day = "UPDATE procrastinate_jobs SET scheduled_at = now() + interval '1 day'"
            connection.execute(a_day)
            connection.execute(change)

        assert await messages.tidy() == (0, told)

    with transaction(conninfo) as connection:
        waits = "SELECT count(*) FROM procrastinate_jobs WHERE scheduled_at <= now()"
        assert connection.execute(waits).fetchone() == (told,)


LONG_AGO = "UPDATE procrastinate_events SET at = now() - interval '1 hour'"
AHEAD = "UPDATE procrastinate_events SET at = now() + interval '1 day'"


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ("UPDATE jobs SET not_before = now()", 0),
        ("UPDATE jobs SET not_before = now() + interval '1 hour'", 0),
        ("UPDATE sources SET job_id = NULL", 0),
        ("UPDATE procrastinate_jobs SET status = 'doing'", 0),
        ("UPDATE procrastinate_jobs SET status = 'doing'; " + LONG_AGO, 2),
        ("UPDATE procrastinate_jobs SET status = 'doing'; " + AHEAD, 2),
    ],
    ids=[
        "just ready",
        "not ready",
        "not awaited",
        "just taken",
        "end not told",
        "by a wrong clock",
    ],
)
async def test_word_is_sent_again_only_of_jobs_that_nobody_hears_of(
    untold, conninfo, change: str, told: int
):
    worker = "INSERT INTO procrastinate_workers (last_heartbeat) VALUES (now()) RETURNING id"
    async with Messages(conninfo) as messages:
        if "procrastinate" in change:
            await messages.tidy()
        with transaction(conninfo) as connection:
            [lives] = connection.execute(worker).fetchone() or [None]
            connection.execute(change)
            connection.execute("UPDATE procrastinate_jobs SET worker_id = %s", [lives])

        assert await messages.tidy() == (0, told)


async def test_word_is_not_sent_again_of_a_job_in_hand(untold, conninfo):
    async with Messages(conninfo) as messages:
        await untold.queue.take("w", timedelta(hours=1), lane=Lane.BROWSER, limit=1)

        assert await messages.tidy() == (0, 1)


async def test_an_ear_that_fails_ends_the_listening_and_a_new_one_hears_at_once(
    conninfo, monkeypatch, caplog
):
    monkeypatch.setattr(messages_of_jobs, "POLL_S", 3600)  # what is not told is not heard of
    received = Received(1)
    with psycopg.connect(postgres.server().conninfo("postgres"), autocommit=True) as other:
        async with Messages(conninfo) as messages:
            listens = asyncio.create_task(messages.listen(HANDS, received))
            ears = await until_listening(other, conninfo)
            let_in(other, conninfo, is_let=False)
            for ear in ears:
                other.execute("SELECT pg_terminate_backend(%s, 5000)", [ear])
            with pytest.raises(ExceptionGroup) as ended:
                await asyncio.wait_for(listens, 30)
        let_in(other, conninfo, is_let=True)
        async with Messages(conninfo) as messages, listening(messages, received):
            await until_listening(other, conninfo)
            with transaction(conninfo) as connection:
                send(connection, [light("told")])
            await asyncio.wait_for(received.is_done.wait(), 30)

    assert ended.group_contains(StoreError, match="not currently accepting connections")
    assert (received.jobs, caplog.messages) == (
        ["told"],
        [],
    )  # what the libraries say, the error does


async def until_listening(other: psycopg.Connection, conninfo: str) -> list[int]:
    """Return the sessions that listen, when each lane has its own."""
    found: list[tuple[int]] = []
    async with asyncio.timeout(30):
        while len(found) < len(HANDS):
            found = other.execute(
                "SELECT pid FROM pg_stat_activity"
                " WHERE datname = %s AND query LIKE 'LISTEN%%' AND state = 'idle'",
                [conninfo.partition("dbname=")[2]],
            ).fetchall()
            await asyncio.sleep(0.01)  # a server says nowhere that somebody listens
    return [pid for (pid,) in found]


def let_in(other: psycopg.Connection, conninfo: str, *, is_let: bool) -> None:
    name = sql.Identifier(conninfo.partition("dbname=")[2])
    change = sql.SQL("ALTER DATABASE {} ALLOW_CONNECTIONS {}")
    other.execute(change.format(name, sql.SQL("true" if is_let else "false")))


async def test_a_sign_of_life_that_fails_alone_ends_the_listening(conninfo, monkeypatch):
    monkeypatch.setattr(messages_of_jobs, "POLL_S", 3600)
    monkeypatch.setattr(messages_of_jobs, "ALIVE_S", 0.1)
    with transaction(conninfo) as connection:
        connection.execute("DROP FUNCTION procrastinate_update_heartbeat_v1")
    async with Messages(conninfo) as messages:
        with pytest.raises(ExceptionGroup) as ended:
            await asyncio.wait_for(messages.listen(HANDS, Received(1)), 30)

    assert ended.group_contains(StoreError, match="procrastinate_update_heartbeat_v1")


async def test_messages_whose_end_cannot_be_kept_end_the_listening_and_are_dropped(
    conninfo, monkeypatch, caplog
):
    monkeypatch.setattr(messages_of_jobs, "POLL_S", 3600)
    monkeypatch.setattr(messages_of_jobs, "IDLE_S", 3600)  # a lost connection is found by its use
    received, go_on = Received(3), asyncio.Event()

    async def attend(job_id: str, lane: Lane) -> timedelta | None:
        await received(job_id, lane)
        await go_on.wait()
        return None

    async with Messages(conninfo) as messages:
        with transaction(conninfo) as connection:
            send(connection, [light(f"job-{n}") for n in range(3)])
        listens = asyncio.create_task(messages.listen(HANDS, attend))
        await asyncio.wait_for(received.is_done.wait(), 30)
        with psycopg.connect(conninfo, autocommit=True) as other:
            other.execute(END_OTHERS)
        go_on.set()
        with pytest.raises(ExceptionGroup) as ended:
            await asyncio.wait_for(listens, 30)
        before = len(sent(conninfo))
        dropped = await messages.tidy()
    gc.collect()  # a task whose error nobody asked for says so when it goes

    assert ended.group_contains(StoreError, match="the database refused messages")
    assert (dropped, sent(conninfo), caplog.messages) == ((before, 0), [], [])


def sent(conninfo: str) -> list[tuple[str]]:
    with transaction(conninfo) as connection:
        return connection.execute("SELECT status::text FROM procrastinate_jobs").fetchall()


async def test_messages_of_a_database_that_was_upgraded_meanwhile_are_left_alone(
    untold, conninfo, monkeypatch
):
    monkeypatch.setattr(messages_of_jobs, "IDLE_S", -1)  # a lost connection is noticed at once
    refusal = f"at revision 9999 now, .* {schema.REVISION};"
    received = Received(1)
    async with Messages(conninfo) as messages:
        with psycopg.connect(conninfo, autocommit=True) as other:
            send(other, [light("for the newer version")])
            other.execute("UPDATE alembic_version SET version_num = '9999'")
            other.execute(END_OTHERS)

        with pytest.raises(RevisionError, match=refusal):
            await messages.tidy()
        with pytest.raises(ExceptionGroup) as ended:
            await asyncio.wait_for(messages.listen(HANDS, received), 30)
        with pytest.raises(RevisionError, match=refusal):
            async with Messages(conninfo):
                pass

    assert ended.group_contains(RevisionError, match=refusal)
    assert (received.jobs, sent(conninfo)) == ([], [("todo",)])


def failed(cause: Exception) -> Exception:
    """Return procrastinate's error of a statement that failed."""
    error = ConnectorException()
    error.__cause__ = cause
    return error


@pytest.mark.parametrize(
    ("error", "is_told"),
    [
        (failed(errors.AdminShutdown()), False),
        (failed(PoolTimeout()), False),
        (failed(psycopg.InterfaceError("the connection is closed")), False),
        (RevisionError(), False),
        (failed(errors.InsufficientPrivilege()), True),
        (ValueError(), True),
    ],
    ids=lambda one: type(one.__cause__ or one).__name__ if isinstance(one, Exception) else str(one),
)
def test_of_what_a_worker_says_an_outage_alone_is_kept_out(caplog, error, is_told: bool):
    logging.getLogger("procrastinate.worker").error("Job ended: Error", exc_info=error)

    assert caplog.messages == ["Job ended: Error"] * is_told


def test_of_what_a_pool_says_only_refused_connections_are_reasons(caplog):
    pool = logging.getLogger("psycopg.pool")
    pool.warning("error connecting in %r: %s", "pool-1", "no such host")
    pool.warning("discarding closed connection: %s", "<connection>")
    pool.warning("error resetting connection: %s", "syntax error")

    reason = messages_of_jobs._why(PoolTimeout("none came"))
    assert reason == "none came: error connecting in 'pool-1': no such host"
    assert caplog.messages == ["error resetting connection: syntax error"]


def test_tables_that_are_missing_are_named_and_other_refusals_are_the_drivers_own(conninfo):
    server = postgres.server()
    with (
        transaction(server.conninfo(server.create())) as connection,
        pytest.raises(SchemaError, match="archiver db upgrade"),
    ):
        send(connection, [light("a")])
    with transaction(conninfo) as connection:
        connection.close()
        with pytest.raises(psycopg.OperationalError, match="closed"):
            send(connection, [light("a")])


async def test_missing_tables_are_named(tmp_path):
    server = postgres.server()
    with pytest.raises(SchemaError, match="archiver db upgrade"):
        async with Messages(server.conninfo(server.create())):
            pass


def test_installing_again_changes_nothing(conninfo):
    install(conninfo)

    with transaction(conninfo) as connection:
        assert connection.execute("SELECT count(*) FROM procrastinate_jobs").fetchone() == (0,)


def test_an_older_version_is_migrated(conninfo):
    with transaction(conninfo) as connection:
        connection.execute("COMMENT ON TABLE procrastinate_jobs IS 'procrastinate 3.4.0'")
    install(conninfo)

    with transaction(conninfo) as connection:
        mark = connection.execute(
            "SELECT obj_description('procrastinate_jobs'::regclass, 'pg_class')"
        ).fetchone()
    assert mark is not None
    assert mark != ("procrastinate 3.4.0",)


@pytest.mark.parametrize("mark", ["NULL", "'somebody else'", "'procrastinate 999.0.0'"])
def test_tables_of_others_or_of_the_future_are_left_alone(conninfo, mark):
    with transaction(conninfo) as connection:
        connection.execute(f"COMMENT ON TABLE procrastinate_jobs IS {mark}")

    with pytest.raises(SchemaError):
        install(conninfo)


def test_a_server_that_does_not_answer_is_named_in_one_line(tmp_path):
    with pytest.raises(StoreError, match="could not be made") as caught:
        install(f"host={tmp_path} user=nobody dbname=none")

    assert "\n" not in str(caught.value)
