"""Messages that say a job is there, through procrastinate.

A job's row is the truth and its message a wake-up: whoever gets one takes the job by its row, and
finds it gone, taken or not ready when the message comes late, twice, or from before a crash. So
nothing depends on procrastinate's own idea of who works on what, which a paused worker outlives.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Sequence
from datetime import timedelta
from itertools import groupby
from math import ceil
from types import TracebackType
from typing import Any, Self
from weakref import WeakKeyDictionary, WeakSet

import procrastinate
from procrastinate import JobContext
from procrastinate.jobs import DeleteJobCondition, Status
from procrastinate.types import JSONDict, TimeDeltaParams
from procrastinate.worker import Worker
from psycopg import AsyncConnection, InterfaceError, OperationalError
from psycopg.conninfo import make_conninfo
from psycopg.errors import UndefinedFunction, UndefinedObject, UndefinedTable
from psycopg_pool import AsyncConnectionPool, PoolTimeout
from typing_extensions import override

from archiver.errors import RevisionError, SchemaError, StoreError
from archiver.model.job import Lane
from archiver.ports import Attend, Queued
from archiver.store.engine import IDLE_IN_TRANSACTION_TIMEOUT_MS, STATEMENT_TIMEOUT_MS
from archiver.store.schema import OF_DATABASE, refuse_another
from archiver.store.tables import QUEUED

TASK = "attend"
URGENT, SCHEDULED = 10, 0
"""procrastinate's priorities: the higher one first."""
SILENT_S = 60.0
"""A worker that gave no sign of life for so long is dead."""
ALIVE_S = 10.0
"""How often a worker gives a sign of life."""
MISSING = "the queue's tables are missing; run: archiver db upgrade"
CONNECTIONS = 4
IDLE_S = 1.0
"""A connection that was used so lately is taken for alive."""
_OPTIONS = (
    # What a crash of the server takes from messages is told again, or finds its job gone.
    "-c synchronous_commit=off"
    f" -c statement_timeout={STATEMENT_TIMEOUT_MS}"
    f" -c idle_in_transaction_session_timeout={IDLE_IN_TRANSACTION_TIMEOUT_MS}"
)
GRACE = timedelta(seconds=25)
POLL_S = 10.0
"""How often a worker looks by itself, should a notification be lost."""
UNTOLD = timedelta(minutes=1)
"""A job that has been ready for so long without a message has lost it."""
LONGEST = timedelta(hours=1)
"""No message waits for so long while its job is ready: those of a busy domain wait for minutes."""
TOLD_AT_ONCE = 500
"""Jobs that word is sent of again in one go; more wait for the next."""
MOST_COMPARED = 100_000
"""With more messages than these nobody is idle, and comparing them with the jobs takes seconds."""
_LOCK = 4_726_349_105_333
"""Key of the advisory lock around it, next to that of an upgrade: who comes meanwhile leaves it.

What a worker sees may be from just before another one's commit, though it gets the lock after it:
then word is sent twice, and who takes the job by its row finds it taken.
"""
# A job that its source does not wait for is never taken. A message that somebody has been at for
# long while its job waits is one whose end could not be told. EXCEPT is hashed or sorted, whatever
# the statistics say; NOT EXISTS went through all messages for each job while there were none.
_TELL_AGAIN = f"""
    WITH untold AS (
        SELECT jobs.id FROM jobs JOIN sources
            ON sources.id = jobs.source_id AND sources.job_id = jobs.id
        WHERE {QUEUED} AND jobs.not_before < now() - %(untold)s
            AND (SELECT pg_try_advisory_xact_lock({_LOCK}))
            AND NOT EXISTS (SELECT FROM procrastinate_jobs OFFSET {MOST_COMPARED})
        EXCEPT
        SELECT message.args ->> 'job_id' FROM procrastinate_jobs AS message
        WHERE message.status = 'todo' OR message.status = 'doing' AND EXISTS (
            SELECT FROM procrastinate_events AS event
            WHERE event.job_id = message.id AND event.type = 'started'
                AND event.at BETWEEN now() - %(untold)s AND now() + %(untold)s
        )
        LIMIT {TOLD_AT_ONCE}
    )
    INSERT INTO procrastinate_jobs (queue_name, task_name, priority, args)
    SELECT jobs.lane, '{TASK}', CASE WHEN jobs.is_urgent THEN {URGENT} ELSE {SCHEDULED} END,
        jsonb_build_object('job_id', jobs.id)
    FROM jobs WHERE jobs.id IN (SELECT id FROM untold)
    RETURNING id
"""  # noqa: S608 - our own constants

# The time of a message that waits is told by the clock of whoever sent it. When that was wrong, or
# the server's, which it waits by, the message waits for a time that only a wrong clock showed.
_TELL_NOW = f"""
    UPDATE procrastinate_jobs AS message SET scheduled_at = now()
    FROM jobs JOIN sources ON sources.id = jobs.source_id AND sources.job_id = jobs.id
    WHERE message.status = 'todo' AND message.scheduled_at > now() + %(longest)s
        AND (SELECT pg_try_advisory_xact_lock({_LOCK}))
        AND jobs.id = message.args ->> 'job_id'
        AND {QUEUED} AND jobs.not_before < now() - %(untold)s
        AND (sources.lease_until IS NULL OR sources.lease_until < now())
        AND NOT EXISTS (
            SELECT FROM turns WHERE turns.domain = jobs.domain AND turns.next_at > now()
        )
    RETURNING message.id
"""  # noqa: S608 - our own constants

# It tells of every message at INFO; what becomes of a job is told by us.
logging.getLogger("procrastinate").setLevel(logging.WARNING)


def _is_no_outage(record: logging.LogRecord) -> bool:
    """Tell whether a line of a worker says more than that the server is away.

    That is told once, by who runs it; what a server that is there refuses is news.
    """
    error = record.exc_info[1] if record.exc_info else None
    if isinstance(error, procrastinate.exceptions.ConnectorException):
        return not isinstance(error.__cause__, OperationalError | InterfaceError)
    return not isinstance(error, RevisionError)


for _name in ("utils", "worker"):
    logging.getLogger(f"procrastinate.{_name}").addFilter(_is_no_outage)


class _Refusals(logging.Filter):
    """Keeps what a pool says of each connection that it cannot make; an outage is full of them.

    Who waited in vain for one is told the last of it. Whose connection was lost is told by itself.
    """

    last = ""

    @override
    def filter(self, record: logging.LogRecord) -> bool:
        said = str(record.msg)
        if said.startswith("error connecting in"):
            self.last = record.getMessage()
            return False
        return not said.startswith("discarding closed connection")


_refusals = _Refusals()
logging.getLogger("psycopg.pool").addFilter(_refusals)


def _why(error: Exception) -> str:
    """Return what the server said where an error stands for it."""
    cause = error.__cause__ or error
    said = f": {_refusals.last}" if isinstance(cause, PoolTimeout) and _refusals.last else ""
    return f"{cause}{said}"


class _Pool(AsyncConnectionPool):
    """Refuses each new session of a database that was upgraded since, as the store does.

    A process of the older version would take messages for jobs that it must not touch. What a pool
    is told by ``configure`` or ``check`` it tries again for half a minute; this is heard at once.
    """

    def __init__(self, **given: Any) -> None:  # noqa: ANN401 - what procrastinate gives
        super().__init__(**given)
        self._held: WeakSet[AsyncConnection] = WeakSet()

    @override
    async def getconn(self, timeout: float | None = None) -> AsyncConnection:
        connection = await super().getconn(timeout)
        _refusals.last = ""
        if connection not in self._held:
            try:
                row = await (await connection.execute(OF_DATABASE)).fetchone()
                refuse_another(row[0] if row else None)
            except BaseException:
                await connection.close()  # the next one is asked anew
                await self.putconn(connection)
                raise
            self._held.add(connection)
        return connection


def _pool(**given: Any) -> AsyncConnectionPool:  # noqa: ANN401 - what procrastinate gives
    """Make a pool for statements that each stand alone, where only what lay idle is asked first.

    Each query of procrastinate is one statement. What is lost with a server is found by the next.
    """
    idle_since: WeakKeyDictionary[AsyncConnection, float] = WeakKeyDictionary()

    async def check(connection: AsyncConnection) -> None:
        if time.monotonic() - idle_since.get(connection, 0.0) > IDLE_S:
            await AsyncConnectionPool.check_connection(connection)

    async def reset(connection: AsyncConnection) -> None:
        idle_since[connection] = time.monotonic()

    async def configure(connection: AsyncConnection) -> None:
        await connection.set_autocommit(True)

    return _Pool(**{**given, "configure": configure, "check": check, "reset": reset})


def _never_run(job_id: str) -> None:
    """Stand for the task where it is only sent."""


# An app of its own for sending: that happens in the threads of the database, on the connection of
# a transaction there; the one that receives belongs to the event loop.
_SENT = procrastinate.App(connector=procrastinate.SyncPsycopgConnector()).task(name=TASK)(
    _never_run
)


def send(connection: Any, queued: Sequence[Queued]) -> None:  # noqa: ANN401 - psycopg's
    """Send a message for each job, in the transaction that queues them.

    ``connection`` is psycopg's own. Nothing is sent unless that transaction commits.

    Raises:
        SchemaError: its tables are missing; ``archiver db upgrade`` makes them.
        psycopg.Error: the server refused; whose transaction it is knows whether to run it again.
    """

    def kind(one: Queued) -> tuple[str, bool, timedelta]:
        return (one.lane.value, one.is_urgent, one.ready_in)

    for (lane, is_urgent, ready_in), jobs in groupby(sorted(queued, key=kind), key=kind):
        task = _SENT.configure(
            queue=lane,
            priority=URGENT if is_urgent else SCHEDULED,
            schedule_in=_seconds(ready_in) if ready_in else None,
            connection=connection,
        )
        messages: list[JSONDict] = [{"job_id": one.job_id} for one in jobs]
        try:
            task.batch_defer(*messages)
        except procrastinate.exceptions.ConnectorException as error:
            cause = error.__cause__ or error.__context__
            if isinstance(cause, UndefinedTable | UndefinedFunction | UndefinedObject):
                raise SchemaError(MISSING) from error
            raise (cause or error) from None


class _Worker(Worker):
    """Ends with the first error of what it does beside: its ear, its sign of life, a message's end.

    procrastinate's own looks after the first two only until one of them ends. Its deferrer ends at
    once where no task is periodic, and a worker whose ear fails then stays and is deaf (3.10.0,
    seen 2026-11-29). A periodic task that is never due is none that its croniter takes. Whether
    the end of a message could be kept it asks nowhere.
    """

    failure: Exception | None = None

    @override
    async def _monitor_side_tasks(self, side_tasks: list[asyncio.Task[Any]]) -> None:
        try:
            await asyncio.gather(*side_tasks)
        except Exception as error:  # noqa: BLE001 - raised by who runs it
            self._fail(error)

    @override
    async def _persist_job_status(self, *given: Any, **named: Any) -> None:
        """Let a message that cannot be ended stand as one that somebody is at.

        A worker that ended is at none: :meth:`Messages.tidy` drops it, and sends word again where
        its job waits still. It has no lock, so that no other message waits for it.
        """
        try:
            await super()._persist_job_status(*given, **named)
        except Exception as error:  # noqa: BLE001 - as above
            self._fail(error)

    def _fail(self, error: Exception) -> None:
        self.failure = self.failure or error
        self.stop()  # type: ignore[no-untyped-call]


class Messages:
    """Receives. Use it as ``async with``; ``conninfo`` is libpq's.

    ``grace`` is how long the end waits for what is being attended to.

    Raises (on entering):
        SchemaError: its tables are missing; ``archiver db upgrade`` makes them.
        RevisionError: the database is of another version's revision.
        StoreError: the server cannot be reached.
    """

    def __init__(self, conninfo: str, grace: timedelta = GRACE) -> None:
        connector = procrastinate.PsycopgConnector(
            pool_factory=_pool,
            conninfo=make_conninfo(
                conninfo, application_name="citation-archiver messages", options=_OPTIONS
            ),
            min_size=1,
            max_size=CONNECTIONS,
        )
        self._app = procrastinate.App(connector=connector)
        self._grace = grace
        self._attend: Attend | None = None
        self._task = self._app.task(name=TASK, pass_context=True)(self._receive)

    async def __aenter__(self) -> Self:
        try:
            await self._open()
        except (procrastinate.exceptions.ConnectorException, PoolTimeout) as error:
            await self._app.close_async()
            if isinstance(error.__cause__, UndefinedTable):  # that of the revision, too
                raise SchemaError(MISSING) from error
            message = f"the database refused the queue's connection: {_why(error)}"
            raise StoreError(message) from error
        except BaseException:
            await self._app.close_async()
            raise
        return self

    async def _open(self) -> None:
        await self._app.open_async()
        if not await self._app.check_connection_async():
            raise SchemaError(MISSING)

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self._app.close_async()

    async def listen(self, hands: dict[Lane, int], attend: Attend) -> None:
        """Give each message to ``attend``, so many at a time of each lane, until cancelled.

        What is being attended to when this is cancelled is waited for during the grace, and
        cancelled then.

        Raises:
            ExceptionGroup: of each lane that ended a :class:`StoreError`; one that says that the
                database was upgraded is a :class:`RevisionError`.
        """
        self._attend = attend
        async with asyncio.TaskGroup() as group:
            for lane, at_once in hands.items():
                group.create_task(self._work(lane, at_once))

    async def _work(self, lane: Lane, at_once: int) -> None:
        worker = _Worker(
            self._app,
            queues=[lane.value],
            concurrency=at_once,
            name=lane.value,
            fetch_job_polling_interval=POLL_S,
            shutdown_graceful_timeout=self._grace.total_seconds(),
            delete_jobs=DeleteJobCondition.ALWAYS,
            install_signal_handlers=False,
            update_heartbeat_interval=ALIVE_S,
            stalled_worker_timeout=SILENT_S,
        )
        try:
            await worker.run()  # type: ignore[no-untyped-call]
            if worker.failure is not None:
                raise worker.failure
        except procrastinate.exceptions.ConnectorException as error:
            message = f"the database refused messages: {_why(error)}"
            raise StoreError(message) from error
        raise StoreError(f"the worker that receives messages ended: {lane.value}")

    async def _receive(self, context: JobContext, job_id: str) -> None:
        assert self._attend is not None  # noqa: S101 - set before any worker runs
        message = context.job
        again = await self._attend(job_id, Lane(message.queue))
        if again is not None:
            task = self._task.configure(
                queue=message.queue, priority=message.priority, schedule_in=_seconds(again)
            )
            await task.defer_async(job_id=job_id)

    async def tidy(self) -> tuple[int, int]:
        """Drop messages that dead workers were at, and send word again of jobs left without one.

        A message goes lost when its worker dies, or the server, before the job is taken. Word is
        sent of none that has a message still, however busy the workers are; one that waits for a
        time that only a wrong clock showed waits no more. Returns how many messages were dropped,
        and of how many jobs word was sent.

        Raises:
            RevisionError: the database was upgraded meanwhile.
            StoreError: the server refused.
        """
        manager = self._app.job_manager
        try:
            stalled = list(await manager.get_stalled_jobs(seconds_since_heartbeat=SILENT_S))
            for one in stalled:
                await manager.finish_job(one, Status.FAILED, delete_job=True)
            ask = self._app.connector.execute_query_all_async
            now = await ask(_TELL_NOW, untold=UNTOLD, longest=LONGEST)
            again = await ask(_TELL_AGAIN, untold=UNTOLD)
        except (procrastinate.exceptions.ConnectorException, OperationalError) as error:
            message = f"the database refused to tidy the queue: {_why(error)}"
            raise StoreError(message) from error
        return len(stalled), len(now) + len(again)


def _seconds(duration: timedelta) -> TimeDeltaParams:
    return {"seconds": ceil(duration.total_seconds())}  # whole ones are the finest it has
