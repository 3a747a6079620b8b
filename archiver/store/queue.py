"""The queue: jobs in the database, taken together with the claim on their source."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import partial
from typing import Any, TypeVar

from sqlalchemy import Connection, Row, bindparam, func, select, text, update

from archiver.errors import ArchiverError, ClaimError, StoreError
from archiver.model.job import Job, JobState, Lane
from archiver.model.source import Source
from archiver.ports import Claim, Depth, Quarantine, QueueSweep, Taken
from archiver.store import enqueueing, lost, taking
from archiver.store.claims import held, hold_all
from archiver.store.clock import time_of
from archiver.store.database import Database
from archiver.store.jobs import (
    CAPTURE_MISSING,
    IDLE_JOB,
    Send,
    end_job,
    follow_up,
    lane_of,
    tell_of,
    told,
)
from archiver.store.stalled import end_stalled
from archiver.store.tables import QUARANTINED, QUEUED, RUNNING, jobs, sources
from archiver.store.together import Together

T = TypeVar("T")

NONE = timedelta(0)


@dataclass(frozen=True, slots=True)
class _Ended:
    """A job whose look was committed."""

    taken: Taken
    note: str | None


class SqlQueue:
    """The port :class:`archiver.ports.Queue` on the database."""

    def __init__(
        self, database: Database, quarantine: Quarantine, send: Send | None = None
    ) -> None:
        self._database = database
        self._quarantine = quarantine
        self._send = send
        self._places = taking.Places()
        self._ending = Together(self._end_all)
        self._taking = Together(self._take_told)

    async def enqueue_due(self, at: datetime, limit: int) -> int:
        """Queue a job for each source due at a time, longest due first; return how many."""
        return await self._write(partial(enqueueing.enqueue_due, at=at, limit=limit))

    async def order(self, source: Source, at: datetime) -> Job:
        """Queue an urgent capture; an open job becomes urgent and is returned."""

        def change(connection: Connection) -> Job:
            return _job(connection, enqueueing.order(connection, source, at))

        return await self._write(change)

    async def take(
        self,
        worker: str,
        lease: timedelta,
        *,
        lane: Lane,
        limit: int,
        but: Collection[str] = (),
        risky: bool = True,
    ) -> list[Taken]:
        """Take jobs that are ready and claim their sources, urgent ones first, one a domain."""
        wanted = taking.Wanted(worker, lease, lane, limit, frozenset(but), risky)
        return await self._write(partial(taking.take, wanted=wanted, places=self._places))

    async def take_job(
        self,
        job_id: str,
        worker: str,
        lease: timedelta,
        *,
        lane: Lane,
        but: Collection[str] = (),
        risky: bool = True,
    ) -> Taken | timedelta | None:
        """Take one job of a lane if it is ready, else return how long to wait for it, or None.

        What is asked for meanwhile is taken together.
        """
        wanted = taking.Wanted(worker, lease, lane, 1, frozenset(but), risky)
        return await self._taking.add(taking.Told(job_id, wanted))

    async def _take_told(
        self, told: Sequence[taking.Told]
    ) -> Sequence[Taken | timedelta | Exception | None]:
        try:
            return await self._write(partial(taking.take_told, told=told))
        except StoreError as error:  # nobody knows what was taken: to ask again may hide it
            return [error] * len(told)

    async def taken_by(self, worker: str) -> list[Taken]:
        """Return the jobs that run under claims of a worker."""
        return await self._database.read(partial(taking.taken_by, worker=worker))

    async def finish(self, taken: Taken, note: str | None = None) -> None:
        """End a job whose look was committed, and give its source back.

        What ends meanwhile is committed together.
        """
        await self._ending.add(_Ended(taken, note))

    async def _end_all(self, ended: Sequence[_Ended]) -> list[ArchiverError | None]:
        return await self._write(partial(_finish_all, ended=ended))

    async def give_back(self, taken: Taken, after: timedelta = NONE) -> None:
        """Return a job unharmed, to be ready after a time."""
        await self._write(partial(_return, taken=taken, after=after))

    async def retry(self, taken: Taken, after: timedelta, note: str) -> None:
        """Return a job that failed, to be ready after a time; it counts one try more."""
        await self._write(partial(_return, taken=taken, after=after, tries=1, note=note))

    async def give_up(self, taken: Taken, due_at: datetime | None, note: str) -> None:
        """End a job that failed too often; its source is due again at ``due_at``."""
        values: dict[str, object] = {"job_id": None, "next_due_at": due_at}
        await self._write(
            partial(_end, taken=taken, state=JobState.FAILED, note=note, source=values)
        )

    async def sweep(
        self, at: datetime, dead: Sequence[Claim] = (), *, expired: bool = True
    ) -> QueueSweep:
        """Take back what dead workers held, let quarantines end, forget what ended long ago."""
        change = partial(lost.sweep, at=at, dead=dead, quarantine=self._quarantine, expired=expired)
        cut_off = 0
        if expired and not self._database.is_embedded:  # they may hold what is to be taken back
            cut_off = await self._database.write(end_stalled)
        swept = await self._write(change)
        return replace(swept, forgotten=await self._forget(), cut_off=cut_off)

    async def _forget(self) -> int:
        """Forget what ended long ago, a round at a time: others who write wait for each."""
        forgotten = 0
        for _ in range(lost.MOST_ROUNDS):
            try:
                some = await self._database.write(lost.forget)
            except (
                StoreError
            ):  # the next sweep goes on; what this one took back is told all the same
                break
            forgotten += some
            if some < lost.AT_ONCE:
                break
        return forgotten

    async def _write(self, change: Callable[[Connection], T]) -> T:
        """Run a change, and send word of the jobs that it queued in the same transaction."""

        def told_change(connection: Connection) -> T:
            with told(connection, self._send):
                return change(connection)

        return await self._database.write(told_change)

    async def depth(self) -> Depth:
        """Count what waits and runs."""
        return await self._database.read(_depth)

    async def quarantined(self) -> list[tuple[Job, str]]:
        """Return the jobs in quarantine, each with why."""
        query = _with_source().where(text(QUARANTINED)).order_by(jobs.c.not_before)
        rows = await self._database.read(lambda connection: connection.execute(query).all())
        return [(taking.to_job(row), row.note or "") for row in rows]

    async def pardon(self, source_id: str) -> bool:
        """Let a source's job out of quarantine with its deaths forgotten; false without one."""
        return await self._write(partial(_pardon, source_id=source_id))


def _finish_all(connection: Connection, ended: Sequence[_Ended]) -> list[ArchiverError | None]:
    """End jobs with a few statements; return, for each, why it was not ended.

    Raises:
        StoreError: one of them has no look; nothing was changed.
    """
    held = hold_all(connection, (one.taken.claim.source_id for one in ended))
    refused: list[ArchiverError | None] = []
    kept: list[_Ended] = []
    for one in ended:
        claim = one.taken.claim
        row = held.pop(claim.source_id, None)  # the first of two ends it
        mine = (claim.worker, claim.fence, claim.job_id)
        if row is not None and (row.worker, row.fence, row.job_id) == mine:
            refused.append(None)
            kept.append(one)
        else:
            refused.append(None if _is_ended(connection, one) else _lost(claim))
    if kept:
        _let_all_go(connection, kept)
    return refused


def _is_ended(connection: Connection, one: _Ended) -> bool:
    """Tell whether a job was ended so under this claim: it was committed, and the answer lost."""
    claim = one.taken.claim
    query = select(jobs.c.worker, jobs.c.fence, jobs.c.note).where(
        jobs.c.id == claim.job_id, jobs.c.state == JobState.DONE.value
    )
    row = connection.execute(query).one_or_none()
    return row is not None and tuple(row) == (claim.worker, claim.fence, one.note)


def _let_all_go(connection: Connection, ended: Sequence[_Ended]) -> None:
    """Set jobs done and their sources free; what was asked for meanwhile is done by another."""
    now = time_of(connection)
    connection.execute(_FREE, {"ids": [one.taken.claim.source_id for one in ended]})
    taken = {one.taken.job.id: one.taken for one in ended}
    for note in {one.note for one in ended}:
        values = {"ids": [one.taken.job.id for one in ended if one.note == note]}
        done = connection.execute(_DONE, {**values, "why": note, "now": now}).all()
        for row in done:
            if row.observation_id is None:
                raise StoreError(f"no look was committed for job {row.id}; it cannot be done")
            if row.is_asked and not taken[row.id].job.is_asked:
                follow_up(connection, row, row.slot, now, tries=0)


# Made once: every look ends so.
_FREE = (
    update(sources)
    .where(sources.c.id.in_(bindparam("ids", expanding=True)))
    .values(worker=None, lease_until=None, job_id=None)
)
_DONE = (
    update(jobs)
    .where(jobs.c.id.in_(bindparam("ids", expanding=True)))
    .values(state=JobState.DONE.value, note=bindparam("why"), finished_at=bindparam("now"))
    .returning(*jobs.c)
)


def _end(
    connection: Connection,
    taken: Taken,
    state: JobState,
    note: str | None,
    source: dict[str, object],
) -> Row[Any]:
    """End a job and let its source go; what was asked for while it ran is done by another."""
    _let_go(connection, taken.claim, source)
    now = time_of(connection)
    ended = (
        update(jobs)
        .where(jobs.c.id == taken.job.id)
        .values(state=state.value, note=note, finished_at=now)
        .returning(*jobs.c)
    )
    row = connection.execute(ended).one()
    if row.is_asked and not taken.job.is_asked:
        follow_up(connection, row, row.slot, now, tries=0)
    return row


def _return(
    connection: Connection,
    taken: Taken,
    after: timedelta,
    tries: int = 0,
    note: str | None = None,
) -> None:
    """Put a job back, or the rest of it when its look was committed.

    What was asked for while it ran waits for nothing: what it came back for is about the look that
    nobody asked for. A site's own pause stands at the site.
    """
    _let_go(connection, taken.claim, {})
    now = time_of(connection)
    row = connection.execute(select(jobs).where(jobs.c.id == taken.job.id)).one()
    is_new_order = row.is_asked and not taken.job.is_asked
    became = {
        "tries": row.tries + tries,
        "not_before": now if is_new_order else now + after,
        "note": note if note is not None else row.note,
    }
    if row.observation_id is None:
        back = {"state": JobState.QUEUED.value, "lane": lane_of(row), **became, **IDLE_JOB}
        connection.execute(update(jobs).where(jobs.c.id == row.id).values(back))
        tell_of(connection, [row.id])
    else:
        end_job(connection, row.id, JobState.DONE, CAPTURE_MISSING, now)
        follow_up(connection, row, row.slot, now, **became)


def _let_go(connection: Connection, claim: Claim, values: dict[str, object]) -> None:
    """Give the source of a job back; from here on its row is held.

    Raises:
        ClaimError: another worker has it.
    """
    mine = update(sources).where(held(claim), sources.c.job_id == claim.job_id)
    freed = mine.values(worker=None, lease_until=None, **values)
    if not connection.execute(freed).rowcount:
        raise _lost(claim)


def _lost(claim: Claim) -> ClaimError:
    return ClaimError(f"job {claim.job_id} was lost to another worker; nothing was changed")


def _job(connection: Connection, job_id: str) -> Job:
    return taking.to_job(connection.execute(_with_source().where(jobs.c.id == job_id)).one())


def _with_source() -> Any:  # noqa: ANN401 - SQLAlchemy's name for it is long
    return select(*taking.WITH_JOB).join(jobs, jobs.c.source_id == sources.c.id)


def _depth(connection: Connection) -> Depth:
    queued = _by_lane(connection, QUEUED)
    running = _by_lane(connection, RUNNING)
    kept = select(func.count()).select_from(jobs).where(text(QUARANTINED))
    now = time_of(connection)
    oldest = min((row.oldest for row in queued.values()), default=now)
    return Depth(
        queued={lane: row.number for lane, row in queued.items()},
        running={lane: row.number for lane, row in running.items()},
        quarantined=connection.execute(kept).scalar_one(),
        oldest=max(NONE, now - oldest),
    )


def _by_lane(connection: Connection, which: str) -> dict[Lane, Row[Any]]:
    query = (
        select(
            jobs.c.lane, func.count().label("number"), func.min(jobs.c.not_before).label("oldest")
        )
        .where(text(which))
        .group_by(jobs.c.lane)
    )
    return {Lane(row.lane): row for row in connection.execute(query)}


def _pardon(connection: Connection, source_id: str) -> bool:
    waits = select(sources.c.job_id).where(sources.c.id == source_id).scalar_subquery()
    pardoned = update(jobs).where(jobs.c.id == waits, jobs.c.state == JobState.QUARANTINED.value)
    back = {"state": JobState.QUEUED.value, "deaths": 0, "not_before": time_of(connection)}
    out = connection.scalars(pardoned.values(back).returning(jobs.c.id)).all()
    tell_of(connection, out)
    return bool(out)
