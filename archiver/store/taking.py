"""Taking jobs: which domain is next, and claiming what waits there.

Jobs are looked for by domain, not one after the other: fifty thousand that wait for a few busy
domains cost no more than those few. The search goes on where the last one of this process ended,
so that each domain gets its turn, and takes the oldest of what it meets.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import islice
from typing import Any

from sqlalchemy import (
    Connection,
    Row,
    TextClause,
    bindparam,
    select,
    text,
    update,
)

from archiver.model.job import Job, JobState, Lane
from archiver.ports import Claim, Taken
from archiver.store.claims import is_free
from archiver.store.clock import time_of
from archiver.store.columns import Moment
from archiver.store.jobs import close_waiting
from archiver.store.sources import to_source
from archiver.store.tables import QUEUED, URGENT, jobs, sources

IN_ONE_GO = 256
"""Domains looked at in one statement."""
MOST_SCANNED = 5_000
"""Domains looked at in one call at most; the next call goes on from there."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a worker wants to take."""

    worker: str
    lease: timedelta
    lane: Lane
    limit: int
    but: Collection[str] = ()


@dataclass(slots=True)
class Places:
    """Where the search of this process ended last: a domain, by lane and urgency."""

    after: dict[tuple[Lane, str], str] = field(default_factory=dict)


def take(connection: Connection, wanted: Wanted, places: Places) -> list[Taken]:
    """Take jobs that are ready and claim their sources, urgent ones first, one a domain."""
    now = time_of(connection)
    taken: list[Taken] = []
    seen = set(wanted.but)
    for which in (URGENT, QUEUED):
        if len(taken) >= wanted.limit:
            break
        ready = [
            one for one in _ready(connection, wanted, places, which, now) if one[0] not in seen
        ]
        ready.sort(key=lambda one: one[2])
        waiting = iter(ready)
        while len(taken) < wanted.limit:
            part = list(islice(waiting, wanted.limit - len(taken)))
            if not part:
                break
            got = _claim(connection, [job_id for _, job_id, _ in part], wanted, now)
            taken += got
            seen.update(one.job.domain for one in got)
    return taken


# Which jobs are ready


def _search(which: str) -> TextClause:
    """Return the statement that goes from domain to domain and finds the oldest ready job of each.

    ``which`` is the condition of the index that it walks on.
    """
    step = f"SELECT min(domain) FROM jobs WHERE {which} AND lane = :lane AND domain >"  # noqa: S608 - our own constants
    oldest = f"""
        SELECT jobs.id FROM jobs JOIN sources ON sources.id = jobs.source_id
        WHERE {which} AND lane = :lane AND jobs.domain = waiting.domain AND not_before <= :now
        AND (sources.lease_until IS NULL OR sources.lease_until <= :now)
        ORDER BY not_before LIMIT 1
    """  # noqa: S608
    held = """
        SELECT 1 FROM turns WHERE turns.domain = waiting.domain AND (
            next_at > :now OR (turns.worker <> :worker AND turns.lease_until > :now)
        )
    """
    statement = f"""
        WITH RECURSIVE waiting(domain, number) AS (
            SELECT ({step} :after), 1
            UNION ALL
            SELECT ({step} waiting.domain), number + 1 FROM waiting
            WHERE waiting.domain IS NOT NULL AND number < :most
        )
        SELECT domain, CASE WHEN NOT EXISTS ({held}) THEN ({oldest}) END AS job_id
        FROM waiting WHERE domain IS NOT NULL
    """  # noqa: S608
    return text(statement).bindparams(bindparam("now", type_=Moment()))


_SEARCHES = {which: _search(which) for which in (URGENT, QUEUED)}


def _ready(
    connection: Connection, wanted: Wanted, places: Places, which: str, now: datetime
) -> list[tuple[str, str, datetime]]:
    """Return domain, job and time of ready jobs, one a domain, of so many domains as are needed."""
    enough = 4 * wanted.limit + 64
    found: dict[str, str] = {}
    for scanned, (domain, job_id) in enumerate(_walk(connection, wanted, places, which, now)):
        if job_id is not None and domain not in wanted.but:
            found[job_id] = domain
        if len(found) >= enough or scanned >= MOST_SCANNED:
            places.after[wanted.lane, which] = domain
            break
    return _with_times(connection, found)


def _walk(
    connection: Connection, wanted: Wanted, places: Places, which: str, now: datetime
) -> Iterator[tuple[str, str | None]]:
    """Go through all domains with jobs once, beginning behind where the last search ended."""
    start = after = places.after.get((wanted.lane, which), "")
    seen: set[str] = set()
    values = {"lane": wanted.lane.value, "worker": wanted.worker, "now": now, "most": IN_ONE_GO}
    while True:
        rows = connection.execute(_SEARCHES[which], {**values, "after": after}).all()
        for row in rows:
            if row.domain in seen:
                return
            seen.add(row.domain)
            yield row.domain, row.job_id
        if len(rows) == IN_ONE_GO:
            after = rows[-1].domain
        elif start:
            start = after = ""
        else:
            return


def _with_times(connection: Connection, found: dict[str, str]) -> list[tuple[str, str, datetime]]:
    if not found:
        return []
    query = select(jobs.c.id, jobs.c.not_before).where(jobs.c.id.in_(list(found)))
    return [(found[row.id], row.id, row.not_before) for row in connection.execute(query)]


# Claiming them


def _claim(
    connection: Connection, job_ids: Sequence[str], wanted: Wanted, now: datetime
) -> list[Taken]:
    """Claim the sources of jobs and set them running; those that another worker got are left out.

    A job whose source is not looked at any more is closed instead.
    """
    rows = {row.open_id: row for row in connection.execute(_locked(job_ids))}
    mine = []
    for open_id in (one for one in job_ids if one in rows):
        why = _why_not(rows[open_id])
        if why is not None:
            close_waiting(connection, rows[open_id].id, why)
        else:
            mine.append(rows[open_id])
    if not mine:
        return []
    fences = _claim_sources(connection, [row.id for row in mine], wanted, now)
    _start(connection, [row.open_id for row in mine], wanted.worker, now)
    return [
        Taken(to_job(row), Claim(row.id, wanted.worker, fences[row.id], row.open_id))
        for row in mine
    ]


def _locked(job_ids: Sequence[str]) -> Any:  # noqa: ANN401 - SQLAlchemy's name for it is long
    return (
        select(*WITH_JOB)
        .join(jobs, jobs.c.id == sources.c.job_id)
        .where(jobs.c.id.in_(job_ids), jobs.c.state == JobState.QUEUED.value, is_free())
        .with_for_update(skip_locked=True)
    )


def _why_not(row: Row[Any]) -> str | None:
    if row.removed_at is not None:
        return "its source is not followed any more"
    if row.paused and not row.is_asked:
        return "its source is paused"
    return None


def _claim_sources(
    connection: Connection, source_ids: Sequence[str], wanted: Wanted, now: datetime
) -> dict[str, int]:
    claimed = (
        update(sources)
        .where(sources.c.id.in_(source_ids))
        .values(worker=wanted.worker, fence=sources.c.fence + 1, lease_until=now + wanted.lease)
        .returning(sources.c.id, sources.c.fence)
    )
    return {row.id: row.fence for row in connection.execute(claimed)}


def _start(connection: Connection, job_ids: Sequence[str], worker: str, now: datetime) -> None:
    fence = select(sources.c.fence).where(sources.c.id == jobs.c.source_id).scalar_subquery()
    running = {"state": JobState.RUNNING.value, "worker": worker, "started_at": now}
    connection.execute(update(jobs).where(jobs.c.id.in_(job_ids)).values(**running, fence=fence))


WITH_JOB = (
    sources,
    jobs.c.id.label("open_id"),
    jobs.c.slot,
    jobs.c.domain.label("turn"),
    jobs.c.lane,
    jobs.c.is_urgent,
    jobs.c.is_asked,
    jobs.c.tries,
    jobs.c.deaths,
    jobs.c.note,
)
"""Columns of a source with its job."""


def to_job(row: Row[Any]) -> Job:
    """Read a row of a source with its job."""
    return Job(
        id=row.open_id,
        source=to_source(row),
        slot=row.slot,
        domain=row.turn,
        lane=Lane(row.lane),
        is_urgent=row.is_urgent,
        is_asked=row.is_asked,
        tries=row.tries,
        deaths=row.deaths,
    )
