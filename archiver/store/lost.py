"""Jobs whose workers are no more: back into the queue, into quarantine, or out of it."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Row,
    and_,
    bindparam,
    delete,
    or_,
    select,
    text,
    update,
)

from archiver.model.job import JobState
from archiver.ports import Claim, Quarantine, QueueSweep
from archiver.store.claims import held
from archiver.store.clock import time_of
from archiver.store.jobs import CAPTURE_MISSING, IDLE_JOB, end_job, follow_up, lane_of, tell_of
from archiver.store.statements import in_parts
from archiver.store.tables import QUARANTINED, RUNNING, jobs, sources, workers

SPREAD = timedelta(seconds=5)
"""Jobs of a dead worker are ready within this time, not all at once."""
REMEMBERED = timedelta(days=7)
"""How long a job that ended, and a worker that was never seen again, are remembered."""
AT_ONCE = 500
"""Jobs taken back in one sweep, or forgotten in one round of it; more wait for the next."""
MOST_ROUNDS = 40
"""Rounds of one sweep that forget jobs: some 650 jobs a second may end for good."""
NOT_AWAITED = "its source does not wait for it"


@dataclass(slots=True)
class _Lost:
    """What became of jobs that were lost."""

    requeued: list[str] = field(default_factory=list)
    closed: list[str] = field(default_factory=list)
    quarantined: list[str] = field(default_factory=list)
    changed: list[dict[str, Any]] = field(default_factory=list)


def sweep(
    connection: Connection,
    at: datetime,
    dead: Sequence[Claim],
    quarantine: Quarantine,
    *,
    expired: bool,
) -> QueueSweep:
    """Take back what dead workers held, and let quarantines end."""
    now = time_of(connection)
    _free(connection, [claim for claim in dead if claim.job_id is None])
    rows = _rows(connection, _is_lost(now)) if expired else []
    rows += _dead_jobs(connection, {claim.job_id: claim for claim in dead if claim.job_id}, rows)
    _take_back(connection, [row.source_id for row in rows if _is_held(row)])
    lost = _Lost()
    for row in rows:
        _decide(connection, row, at, now, quarantine, lost)
    if lost.changed:
        _change(connection, lost.changed)
    return QueueSweep(
        requeued=tuple(lost.requeued),
        closed=tuple(lost.closed),
        quarantined=tuple(lost.quarantined),
        released=_let_out(connection, now),
    )


def _free(connection: Connection, claims: Sequence[Claim]) -> None:
    for claim in claims:
        freed = update(sources).where(held(claim)).values(worker=None, lease_until=None)
        connection.execute(freed)


def _dead_jobs(
    connection: Connection, dead: dict[str, Claim], found: Sequence[Row[Any]]
) -> list[Row[Any]]:
    """Return running jobs of dead workers that were not found yet, like those; hold both."""
    rows: list[Row[Any]] = []
    for part in in_parts(sorted(set(dead) - {row.id for row in found})):
        among = _rows(connection, jobs.c.id.in_(part))
        rows += [row for row in among if _is_of(row, dead[row.id])]
    return rows


def _rows(connection: Connection, which: ColumnElement[bool]) -> list[Row[Any]]:
    """Return running jobs with the claim on their source; hold both."""
    query = (
        select(
            jobs,
            sources.c.worker.label("claimed_by"),
            sources.c.fence.label("claimed_as"),
            sources.c.job_id.label("awaited_id"),
        )
        .join(sources, sources.c.id == jobs.c.source_id)
        .where(text(RUNNING), which)
        .limit(AT_ONCE)
        .with_for_update(skip_locked=True)
    )
    return list(connection.execute(query))


def _is_lost(now: datetime) -> ColumnElement[bool]:
    return or_(
        sources.c.lease_until.is_(None),
        sources.c.lease_until <= now,
        sources.c.fence != jobs.c.fence,
        sources.c.worker != jobs.c.worker,
    )


def _is_held(row: Row[Any]) -> bool:
    """Tell whether the claim on the source is still the one that the job runs under."""
    return bool(row.claimed_by == row.worker and row.claimed_as == row.fence)


def _is_of(row: Row[Any], claim: Claim) -> bool:
    return bool(row.worker == claim.worker and row.fence == claim.fence)


def _take_back(connection: Connection, source_ids: Sequence[str]) -> None:
    """End claims with another fence, so that their holders commit nothing."""
    for part in in_parts(source_ids):
        freed = {"worker": None, "lease_until": None, "fence": sources.c.fence + 1}
        connection.execute(update(sources).where(sources.c.id.in_(part)).values(freed))


def _decide(
    connection: Connection,
    row: Row[Any],
    at: datetime,
    now: datetime,
    quarantine: Quarantine,
    lost: _Lost,
) -> None:
    if row.awaited_id != row.id:  # queued, nobody could take or close it
        end_job(connection, row.id, JobState.FAILED, NOT_AWAITED, now)
        lost.closed.append(row.id)
        return
    deaths = row.deaths + 1
    alone = quarantine.after(deaths)
    after = alone if alone is not None else SPREAD * random.random()  # noqa: S311 - only spreads
    state = JobState.QUEUED if alone is None else JobState.QUARANTINED
    note = f"{deaths} workers died of it, the last was {row.worker}" if alone else row.note
    became = {"state": state.value, "deaths": deaths, "not_before": now + after, "note": note}
    job_id = row.id
    if row.observation_id is None:
        lost.changed.append({"which": job_id, "lane": lane_of(row), **became})
    else:
        end_job(connection, job_id, JobState.DONE, CAPTURE_MISSING, now)
        lost.closed.append(job_id)
        job_id = follow_up(connection, row, at, now, **became)
    if alone is not None:
        lost.quarantined.append(job_id)
    elif row.observation_id is None:
        lost.requeued.append(job_id)


def _change(connection: Connection, rows: list[dict[str, Any]]) -> None:
    names = [name for name in rows[0] if name != "which"]
    values = {f"new_{name}": name for name in names}
    changed = (
        update(jobs)
        .where(jobs.c.id == bindparam("which"))
        .values({name: bindparam(new) for new, name in values.items()} | IDLE_JOB)
    )
    tell_of(connection, [row["which"] for row in rows])
    rows = [{"which": row["which"]} | {f"new_{name}": row[name] for name in names} for row in rows]
    connection.execute(changed, rows)


def _let_out(connection: Connection, now: datetime) -> tuple[str, ...]:
    over = and_(text(QUARANTINED), jobs.c.not_before <= now)
    freed = update(jobs).where(over).values(state=JobState.QUEUED.value).returning(jobs.c.id)
    out = tuple(sorted(connection.scalars(freed)))
    tell_of(connection, out)
    return out


def forget(connection: Connection) -> int:
    """Forget jobs that ended long ago, and workers not seen since; return how many jobs."""
    now = time_of(connection)
    connection.execute(delete(workers).where(workers.c.seen_at < now - REMEMBERED))
    old = (
        select(jobs.c.id)
        .where(jobs.c.finished_at < now - REMEMBERED)
        .order_by(jobs.c.finished_at)
        .limit(AT_ONCE)
    )
    return connection.execute(delete(jobs).where(jobs.c.id.in_(old))).rowcount
