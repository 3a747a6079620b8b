"""Taking jobs: which domain is next, and claiming what waits there.

Jobs are looked for by domain, not one after the other: fifty thousand that wait for a few busy
domains cost no more than those few. The search goes on where the last one of this process ended,
so that each domain gets its turn, and takes the oldest of what it meets.
"""

from __future__ import annotations

import random
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from itertools import islice
from typing import Any, NamedTuple

from sqlalchemy import (
    ColumnElement,
    Connection,
    Row,
    TextualSelect,
    bindparam,
    column,
    func,
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
from archiver.store.tables import QUEUED, URGENT, jobs, sources, turns

IN_ONE_GO = 256
"""Domains looked at in one statement."""
MOST_AHEAD = 600
"""Jobs of one domain counted to say how long one of them waits."""
EACH_AHEAD = timedelta(seconds=1)
"""What one look keeps its domain, about: who comes back sooner finds it busy again."""
NONE = timedelta(0)
RISKY_AGAIN = timedelta(seconds=5)
"""About how long a risky job waits for the one before it."""
HELD_AGAIN = timedelta(seconds=1)
"""About how long a job waits whose rows another transaction holds, or that was just closed."""
ANY_DEATHS = 2**31 - 1
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
    risky: bool = True
    """Whether one job that workers died of may be among them."""

    @property
    def most_deaths(self) -> int:
        """How many workers may have died of what is taken."""
        return ANY_DEATHS if self.risky else 0


@dataclass(slots=True)
class Places:
    """Where the search of this process ended last: a domain, by lane and urgency."""

    after: dict[tuple[Lane, str], str] = field(default_factory=dict)


class _Ready(NamedTuple):
    """A job that is ready; the oldest sorts first."""

    since: datetime
    job_id: str
    domain: str


def take(connection: Connection, wanted: Wanted, places: Places) -> list[Taken]:
    """Take jobs that are ready and claim their sources, urgent ones first, one a domain."""
    now = time_of(connection)
    taken: list[Taken] = []
    for which in (URGENT, QUEUED):
        taken += _take_some(connection, wanted, places, which, now, taken)
    if wanted.risky and len(taken) < wanted.limit and _has_risky(taken):
        # Others that are risky may have hidden what is not.
        safe = replace(wanted, risky=False)
        taken += _take_some(connection, safe, places, QUEUED, now, taken)
    return taken


def _take_some(
    connection: Connection,
    wanted: Wanted,
    places: Places,
    which: str,
    now: datetime,
    before: Sequence[Taken],
) -> list[Taken]:
    """Take jobs of one kind, at other domains than those of the jobs taken before."""
    if len(before) >= wanted.limit:
        return []
    if wanted.risky and _has_risky(before):
        wanted = replace(wanted, risky=False)
    taken: list[Taken] = []
    seen = {*wanted.but, *(one.job.domain for one in before)}
    found = _ready(connection, wanted, places, which, now)
    waiting = iter(sorted(one for one in found if one.domain not in seen))
    while part := [one.job_id for one in islice(waiting, wanted.limit - len(before) - len(taken))]:
        taken += _claim(connection, part, wanted, now)
        if wanted.risky and _has_risky(taken):
            wanted = replace(wanted, risky=False)
    return taken


def _has_risky(taken: Sequence[Taken]) -> bool:
    return any(one.job.deaths for one in taken)


# Which jobs are ready


def _search(which: str) -> TextualSelect:
    """Return the statement that goes from domain to domain and finds the oldest ready job of each.

    ``which`` is the condition of the index that it walks on.
    """
    # Not min(): PostgreSQL may read all there is for it while its statistics are old.
    step = f"SELECT domain FROM jobs WHERE {which} AND lane = :lane AND domain > {{}}"  # noqa: S608 - our own constants
    step += " ORDER BY domain LIMIT 1"
    oldest = f"""
        FROM jobs JOIN sources ON sources.id = jobs.source_id AND sources.job_id = jobs.id
        WHERE {which} AND lane = :lane AND jobs.domain = waiting.domain AND not_before <= :now
        AND deaths <= :most_deaths
        AND (sources.lease_until IS NULL OR sources.lease_until <= :now)
        ORDER BY not_before LIMIT 1
    """
    may_be_asked = """
        NOT EXISTS (
            SELECT 1 FROM turns WHERE turns.domain = waiting.domain AND (
                next_at > :now OR (turns.worker <> :worker AND turns.lease_until > :now)
            )
        )
    """
    statement = f"""
        WITH RECURSIVE waiting(domain, number) AS (
            SELECT ({step.format(":after")}), 1
            UNION ALL
            SELECT ({step.format("waiting.domain")}), number + 1 FROM waiting
            WHERE waiting.domain IS NOT NULL AND number < :most
        )
        SELECT domain,
            CASE WHEN {may_be_asked} THEN (SELECT jobs.id {oldest}) END AS job_id,
            CASE WHEN {may_be_asked} THEN (SELECT not_before {oldest}) END AS since
        FROM waiting WHERE domain IS NOT NULL
    """  # noqa: S608
    typed = text(statement).bindparams(bindparam("now", type_=Moment()))
    return typed.columns(column("domain"), column("job_id"), column("since", Moment()))


_SEARCHES = {which: _search(which) for which in (URGENT, QUEUED)}


def _ready(
    connection: Connection, wanted: Wanted, places: Places, which: str, now: datetime
) -> list[_Ready]:
    """Return ready jobs, one a domain, of as many domains as are needed."""
    enough = 4 * wanted.limit + 16
    found: list[_Ready] = []
    walk = _walk(connection, wanted, places, which, now, enough)
    for scanned, row in enumerate(walk):
        if row.job_id is not None and row.domain not in wanted.but:
            found.append(_Ready(row.since, row.job_id, row.domain))
        if len(found) >= enough or scanned >= MOST_SCANNED:
            places.after[wanted.lane, which] = row.domain
            break
    return found


def _walk(
    connection: Connection, wanted: Wanted, places: Places, which: str, now: datetime, first: int
) -> Iterator[Row[Any]]:
    """Go through all domains with jobs once, beginning behind where the last search ended.

    The first statement goes through ``first`` of them: mostly there is enough.
    """
    start = after = places.after.get((wanted.lane, which), "")
    seen: set[str] = set()
    values = {
        "lane": wanted.lane.value,
        "worker": wanted.worker,
        "now": now,
        "most_deaths": wanted.most_deaths,
    }
    most = min(first, IN_ONE_GO)
    while True:
        given = {**values, "after": after, "most": most}
        rows = connection.execute(_SEARCHES[which], given).all()
        for row in rows:
            if row.domain in seen:
                return
            seen.add(row.domain)
            yield row
        if len(rows) == most:
            after, most = rows[-1].domain, IN_ONE_GO
        elif start:
            start = after = ""
        else:
            return


# Claiming them


def _claim(
    connection: Connection, job_ids: Sequence[str], wanted: Wanted, now: datetime
) -> list[Taken]:
    """Claim the sources of jobs and set them running; those that another worker got are left out.

    A job whose source is not looked at any more is closed instead; one that was hurried to another
    lane since it was found is left. One risky job is claimed at most: of what a worker has in hand
    when it dies, one alone may be known to kill.
    """
    rows = {row.open_id: row for row in connection.execute(_locked(job_ids))}
    mine: list[Row[Any]] = []
    most_deaths = wanted.most_deaths
    for row in (rows[one] for one in job_ids if one in rows):
        why = _why_not(row)
        if why is not None:
            close_waiting(connection, row.id, why)
        elif row.lane == wanted.lane.value and row.deaths <= most_deaths:
            mine.append(row)
            most_deaths = 0 if row.deaths else most_deaths
    if not mine:
        return []
    fences = _claim_sources(connection, [row.id for row in mine], wanted, now)
    _start(connection, [row.open_id for row in mine], wanted.worker, now)
    return [
        Taken(to_job(row), Claim(row.id, wanted.worker, fences[row.id], row.open_id))
        for row in mine
    ]


def taken_by(connection: Connection, worker: str) -> list[Taken]:
    """Return the jobs that run under claims of a worker."""
    query = (
        select(*WITH_JOB)
        .join(jobs, jobs.c.id == sources.c.job_id)
        .where(
            sources.c.worker == worker,
            jobs.c.worker == worker,
            jobs.c.fence == sources.c.fence,
            jobs.c.state == JobState.RUNNING.value,
        )
        .order_by(sources.c.id)
    )
    return [
        Taken(to_job(row), Claim(row.id, worker, row.fence, row.open_id))
        for row in connection.execute(query)
    ]


# Jobs that messages tell of


@dataclass(frozen=True, slots=True)
class Told:
    """A job that a message tells of; ``wanted`` says who wants it and in which lane it was told.

    What it says of many counts not.
    """

    job_id: str
    wanted: Wanted


_TO_WAIT: tuple[ColumnElement[Any], ...] = (
    jobs.c.id,
    jobs.c.lane,
    jobs.c.domain,
    jobs.c.is_urgent,
    jobs.c.not_before,
    jobs.c.deaths,
    sources.c.lease_until,
)
"""What it depends on how long a job waits."""


def take_told(connection: Connection, told: Sequence[Told]) -> list[Taken | timedelta | None]:
    """Take jobs that are ready, one a domain; return of each what it is, or how long it waits.

    None for one that there is nothing to wait for. A job that was hurried to another lane is one:
    there may be no room in it, and who hurried it has sent word of it there.
    """
    now = time_of(connection)
    rows = _told_rows(connection, [one.job_id for one in told])
    turns_of = _turns(connection, {row.domain for row in rows.values()})
    found: list[Taken | timedelta | None] = []
    ready: dict[int, Told] = {}
    theirs: set[str] = set()
    for place, one in enumerate(told):
        row = rows.get(one.job_id)
        if row is None or row.lane != one.wanted.lane.value:
            found.append(None)
            continue
        del rows[one.job_id]  # of two messages the first has it
        is_full = row.domain in one.wanted.but or row.domain in theirs
        wait = _wait(connection, row, turns_of.get(row.domain), one.wanted, now, is_full=is_full)
        if wait <= NONE:
            ready[place] = one
            theirs.add(row.domain)
            wait = HELD_AGAIN * _spread()  # unless it can be claimed
        found.append(wait)
    taken = _claim_each(connection, [*ready.values()], now)
    for place, one in ready.items():
        found[place] = taken.get(one.job_id, found[place])
    return found


def _told_rows(connection: Connection, job_ids: Sequence[str]) -> dict[str, Row[Any]]:
    query = (
        select(*_TO_WAIT)
        .join(sources, sources.c.job_id == jobs.c.id)
        .where(jobs.c.id.in_(job_ids), jobs.c.state == JobState.QUEUED.value)
    )
    return {row.id: row for row in connection.execute(query)}


def _turns(connection: Connection, domains: Collection[str]) -> dict[str, Row[Any]]:
    if not domains:
        return {}
    query = select(turns).where(turns.c.domain.in_(sorted(domains)))
    return {row.domain: row for row in connection.execute(query)}


def _claim_each(connection: Connection, ready: Sequence[Told], now: datetime) -> dict[str, Taken]:
    """Claim jobs, alike ones in one go; return those that could be, by their IDs."""
    alike: dict[tuple[str, timedelta, Lane], list[Told]] = {}
    for one in ready:
        wanted = one.wanted
        alike.setdefault((wanted.worker, wanted.lease, wanted.lane), []).append(one)
    taken: dict[str, Taken] = {}
    for some in alike.values():
        wanted = replace(some[0].wanted, risky=True)  # that was asked of each
        claimed = _claim(connection, [one.job_id for one in some], wanted, now)
        taken.update({one.job.id: one for one in claimed})
    return taken


def _wait(
    connection: Connection,
    job: Row[Any],
    turn: Row[Any] | None,
    wanted: Wanted,
    now: datetime,
    *,
    is_full: bool,
) -> timedelta:
    """Return how long a job waits, nothing when it is ready."""
    wait: timedelta = max(job.not_before - now, (job.lease_until or now) - now)
    if wait <= NONE and job.deaths > wanted.most_deaths:
        wait = RISKY_AGAIN * _spread()
    if wait > NONE:
        return wait
    pause, is_held = NONE, False
    if turn is not None:
        pause = turn.next_at - now if turn.next_at is not None else NONE
        is_others = turn.worker is not None and turn.worker != wanted.worker
        is_held = is_others and turn.lease_until > now
    if pause <= NONE and not is_held and not is_full:
        return NONE
    # A busy domain has others waiting, too.
    return max(pause, NONE) + EACH_AHEAD * (1 + _ahead(connection, job)) * _spread()


def _spread() -> float:
    return 0.5 + random.random()  # noqa: S311 - only spreads


def _ahead(connection: Connection, job: Row[Any]) -> int:
    """Count jobs that wait for a job's domain; for an urgent one those it does not overtake."""
    there = select(jobs.c.id).where(jobs.c.lane == job.lane, jobs.c.domain == job.domain)
    if job.is_urgent:
        there = there.where(text(URGENT), jobs.c.not_before <= job.not_before)
    else:
        there = there.where(text(QUEUED))
    waiting = there.limit(MOST_AHEAD).subquery()
    return connection.execute(select(func.count()).select_from(waiting)).scalar_one()


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
