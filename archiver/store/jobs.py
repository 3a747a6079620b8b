"""Rows of jobs, and what others do to a job that waits.

Whoever changes the state of a job holds the row of its source until the commit, or changes it only
from the state that it expects. ``sources.job_id`` names the one job that a source waits for.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta
from math import ceil
from typing import Any

from sqlalchemy import Connection, Row, false, func, insert, select, text, update
from sqlalchemy.exc import DBAPIError

from archiver.errors import ClaimError
from archiver.model.job import JobState, Lane
from archiver.ports import Claim, Queued
from archiver.store.clock import database_time, time_of
from archiver.store.ids import new_id
from archiver.store.statements import in_parts
from archiver.store.tables import QUEUED, jobs, sources

Send = Callable[[Any, Sequence[Queued]], None]
"""Sends word of jobs on the driver's own connection, in the transaction that queues them.

It raises the driver's own errors: by them we know whether the transaction may be run again.
"""

MICROSECOND = timedelta(microseconds=1)
CAPTURE_MISSING = "its capture is missing"
IDLE_JOB = {"worker": None, "fence": None, "started_at": None}
"""What a job holds that nobody works on."""


_TO_TELL = "archiver_queued"
"""Among the options of a connection: they stand, unlike its ``info``, when its server is lost."""


@contextmanager
def told(connection: Connection, send: Send | None) -> Iterator[None]:
    """Send word of the jobs that are queued in the body, in its own transaction."""
    if send is None:
        yield
        return
    queued: dict[str, None] = {}
    connection.execution_options(**{_TO_TELL: queued})
    try:
        yield
        if queued:
            _tell(connection, send, _queued(connection, [*queued]))
    finally:
        connection.execution_options(**{_TO_TELL: None})


def tell_of(connection: Connection, job_ids: Iterable[str]) -> None:
    """Note that jobs were queued, or became ready sooner; whoever sends word sends it."""
    to_tell: dict[str, None] | None = connection.get_execution_options().get(_TO_TELL)
    if to_tell is not None:
        to_tell.update(dict.fromkeys(job_ids))


def _tell(connection: Connection, send: Send, queued: Sequence[Queued]) -> None:
    """Send word; what the driver refuses is raised as SQLAlchemy raises it for a statement.

    Raises:
        DBAPIError: the server refused, or was lost.
    """
    dialect, driver = connection.dialect, connection.connection.dbapi_connection
    assert dialect.dbapi is not None  # noqa: S101 - it is connected
    try:
        send(driver, queued)
    except dialect.dbapi.Error as error:
        is_lost = dialect.is_disconnect(error, connection.connection, None)
        if is_lost:
            connection.invalidate(error)
        raise DBAPIError.instance(
            None,
            None,
            error,
            dialect.dbapi.Error,
            connection_invalidated=is_lost,
            dialect=dialect,
        ) from error


def _queued(connection: Connection, job_ids: Sequence[str]) -> list[Queued]:
    now = time_of(connection)
    found: list[Queued] = []
    columns = (jobs.c.id, jobs.c.lane, jobs.c.is_urgent, jobs.c.not_before)
    for part in in_parts(job_ids):
        query = select(*columns).where(jobs.c.id.in_(part), text(QUEUED)).order_by(jobs.c.id)
        for row in connection.execute(query):
            ready_in = max(timedelta(0), row.not_before - now)
            # In whole seconds: many messages are then sent in one go.
            after = timedelta(seconds=ceil(ready_in.total_seconds() - 0.5))
            found.append(Queued(row.id, Lane(row.lane), row.is_urgent, after))
    return found


def new_job(
    source_id: str, slot: datetime, domain: str, lane: Lane, now: datetime, **other: object
) -> dict[str, Any]:
    """Return the row of a job that is ready; ``other`` are columns with another value."""
    return {
        "id": other.get("id") or new_id(),
        "source_id": source_id,
        "slot": slot,
        "domain": domain,
        "lane": lane.value,
        "is_urgent": False,
        "is_asked": False,
        "state": JobState.QUEUED.value,
        "added_at": now,
        "not_before": now,
        "tries": 0,
        "deaths": 0,
        **other,
    }


def domain_of(source: Row[Any]) -> str:
    """Return the domain whose turn a look needs; an address without a host needs its platform's."""
    name: str = source.domain or source.platform
    return name


def lane_of(job: Row[Any]) -> str:
    """Return the lane of a job that comes back: somebody may have asked for it while it ran."""
    lane: str = job.lane
    return Lane.BROWSER.value if job.is_asked else lane


def free_slot(connection: Connection, source_id: str, at: datetime) -> datetime:
    """Return the first moment from ``at`` on that no job of the source has, or will have."""
    later = select(func.max(jobs.c.slot)).where(jobs.c.source_id == source_id, jobs.c.slot >= at)
    latest: datetime | None = connection.execute(later).scalar()
    return at if latest is None else latest + MICROSECOND


def follow_up(
    connection: Connection, job: Row[Any], at: datetime, now: datetime, **other: object
) -> str:
    """Queue the job that does the rest of one that has its look; return its ID.

    No job gets two looks. The source's row must be held, and wait for no other job.
    """
    slot = free_slot(connection, job.source_id, at)
    asked = {"is_urgent": job.is_urgent, "is_asked": job.is_asked}
    counted = {"tries": job.tries, "deaths": job.deaths}
    row = new_job(
        job.source_id, slot, job.domain, Lane.BROWSER, now, **{**asked, **counted, **other}
    )
    connection.execute(insert(jobs), row)
    waiting = update(sources).where(sources.c.id == job.source_id)
    connection.execute(waiting.values(job_id=row["id"], next_due_at=slot))
    tell_of(connection, [row["id"]])
    return str(row["id"])


def end_job(
    connection: Connection, job_id: str, state: JobState, note: str | None, now: datetime
) -> None:
    """End a job; its source's row must be held, and be told."""
    ended = {"state": state.value, "note": note, "finished_at": now}
    connection.execute(update(jobs).where(jobs.c.id == job_id).values(ended))


def note_look(connection: Connection, claim: Claim, observation_id: str) -> None:
    """Write a look on the job it was made for. The source's row must be held by the claim.

    A look that nobody queued serves the job that waits at its source, or that the worker lost
    from whom the claim was taken over: nobody has to look twice. What somebody asked for stays.

    Raises:
        ClaimError: the job has its look, or is not the claim's any more.
    """
    if claim.job_id is None:
        _serve_waiting(connection, claim.source_id, observation_id)
        return
    noted = update(jobs).where(
        jobs.c.id == claim.job_id,
        jobs.c.state == JobState.RUNNING.value,
        jobs.c.fence == claim.fence,
        jobs.c.observation_id.is_(None),
    )
    if not connection.execute(noted.values(observation_id=observation_id)).rowcount:
        raise ClaimError(f"job {claim.job_id} has its look already; nothing was stored")


def _serve_waiting(connection: Connection, source_id: str, observation_id: str) -> None:
    waits = select(sources.c.job_id).where(sources.c.id == source_id).scalar_subquery()
    served = (
        update(jobs)
        .where(
            jobs.c.id == waits,
            jobs.c.state.in_((JobState.QUEUED.value, JobState.RUNNING.value)),
            jobs.c.is_asked == false(),
            jobs.c.observation_id.is_(None),
        )
        .values(
            state=JobState.DONE.value,
            observation_id=observation_id,
            note="another look served it",
            finished_at=database_time(),
        )
    )
    if connection.execute(served).rowcount:
        _wait_for_none(connection, source_id)


def close_waiting(
    connection: Connection, source_id: str, note: str, *, but_asked: bool = False
) -> None:
    """Close the job that waits at a source; the source's row must be held."""
    waits = select(sources.c.job_id).where(sources.c.id == source_id).scalar_subquery()
    idle = (JobState.QUEUED.value, JobState.QUARANTINED.value)
    closed = update(jobs).where(jobs.c.id == waits, jobs.c.state.in_(idle))
    if but_asked:
        closed = closed.where(jobs.c.is_asked == false())
    values = {"state": JobState.DONE.value, "note": note, "finished_at": database_time()}
    if connection.execute(closed.values(values)).rowcount:
        _wait_for_none(connection, source_id)


def _wait_for_none(connection: Connection, source_id: str) -> None:
    connection.execute(update(sources).where(sources.c.id == source_id).values(job_id=None))


def hold_jobs(connection: Connection, host: str, domain: str, wait: timedelta) -> None:
    """Let the jobs of a host that wait be ready only after a time."""
    until = time_of(connection) + wait
    held = update(jobs).where(
        text(QUEUED),
        jobs.c.lane.in_([lane.value for lane in Lane]),
        jobs.c.domain == domain,
        jobs.c.not_before < until,
        select(sources.c.id)
        .where(sources.c.id == jobs.c.source_id, sources.c.host == host)
        .exists(),
    )
    connection.execute(held.values(not_before=until))
