"""Keeping many looks at once: a few statements and one commit for all of them.

Each look is as safe as alone: its claim's fence is checked under the lock of its source's row, and
one whose claim was lost is left out without harm to the others.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, bindparam, func, insert, select, update

from archiver.errors import ArchiverError, ClaimError
from archiver.model.job import JobState
from archiver.ports import Claim
from archiver.store.bodies import list_bodies
from archiver.store.claims import hold_all
from archiver.store.jobs import note_look
from archiver.store.statements import in_parts
from archiver.store.tables import events as events_table
from archiver.store.tables import features, jobs, observations, outbox, sources, verdicts


@dataclass(frozen=True, slots=True)
class Prepared:
    """One look as rows; made before its turn comes, so that the writer need not."""

    claim: Claim
    observation: dict[str, Any]
    verdict: dict[str, Any]
    digest: dict[str, Any] | None
    events: Sequence[dict[str, Any]]
    due_at: datetime | None
    author: str | None

    @property
    def source_id(self) -> str:
        """The source looked at."""
        return str(self.observation["source_id"])


def keep_all(connection: Connection, looks: Sequence[Prepared]) -> list[ArchiverError | None]:
    """Commit looks with all that belongs to them; return, for each, why it was not kept."""
    held = hold_all(connection, (look.source_id for look in looks))
    noted = _noted(connection, looks, held)
    refused: list[ArchiverError | None] = []
    kept: list[Prepared] = []
    for look in looks:
        error = _why_not(connection, look, held, noted)
        refused.append(error)
        if error is None and not _is_kept(look, noted):
            kept.append(look)
            noted.pop(look.claim.job_id or "", None)  # the first look of two takes it
    if kept:
        _note(connection, kept)
        _write(connection, kept)
    return refused


def _noted(
    connection: Connection, looks: Sequence[Prepared], held: dict[str, Row[Any]]
) -> dict[str, Row[Any]]:
    """Return the running jobs that looks were made for."""
    wanted = sorted({look.claim.job_id for look in looks if look.claim.job_id is not None})
    found: dict[str, Row[Any]] = {}
    for part in in_parts(wanted if held else []):
        query = select(jobs.c.id, jobs.c.fence, jobs.c.observation_id).where(
            jobs.c.id.in_(part), jobs.c.state == JobState.RUNNING.value
        )
        found.update({row.id: row for row in connection.execute(query.with_for_update())})
    return found


def _why_not(
    connection: Connection,
    look: Prepared,
    held: dict[str, Row[Any]],
    noted: dict[str, Row[Any]],
) -> ArchiverError | None:
    claim, source = look.claim, held.get(look.source_id)
    if claim.source_id != look.source_id:
        return ClaimError(f"the claim is of source {claim.source_id}, the work of {look.source_id}")
    if source is None or (source.worker, source.fence) != (claim.worker, claim.fence):
        taken = f"source {look.source_id} was claimed by another worker; nothing was stored"
        return ClaimError(taken)
    if claim.job_id is None:
        if source.job_id is not None:
            note_look(connection, claim, look.observation["id"])
        return None
    job = noted.get(claim.job_id)
    if job is None or job.fence != claim.fence:
        return ClaimError(f"job {claim.job_id} has its look already; nothing was stored")
    if job.observation_id is not None and not _is_kept(look, noted):
        return ClaimError(f"job {claim.job_id} has its look already; nothing was stored")
    return None


def _is_kept(look: Prepared, noted: dict[str, Row[Any]]) -> bool:
    """Tell whether the job has this very look: it was committed, and the answer was lost."""
    job = noted.get(look.claim.job_id or "")
    return job is not None and job.observation_id == look.observation["id"]


def _note(connection: Connection, looks: Sequence[Prepared]) -> None:
    """Write the looks on the jobs they were made for, which are held."""
    rows = [
        {"job": look.claim.job_id, "look": look.observation["id"]}
        for look in looks
        if look.claim.job_id is not None
    ]
    if rows:
        noted = update(jobs).where(jobs.c.id == bindparam("job"))
        connection.execute(noted.values(observation_id=bindparam("look")), rows)


def _write(connection: Connection, looks: Sequence[Prepared]) -> None:
    connection.execute(insert(observations), [look.observation for look in looks])
    list_bodies(connection, ((look.source_id, look.observation["answers"]) for look in looks))
    connection.execute(insert(verdicts), [look.verdict for look in looks])
    digests = [look.digest for look in looks if look.digest is not None]
    if digests:
        connection.execute(insert(features), digests)
    append_events(connection, [row for look in looks for row in look.events])
    scheduled = update(sources).where(sources.c.id == bindparam("source"))
    connection.execute(
        scheduled.values(
            next_due_at=bindparam("due"),
            verdict=bindparam("told"),
            author=func.coalesce(bindparam("by"), sources.c.author),
        ),
        [
            {
                "source": look.source_id,
                "due": look.due_at,
                "told": look.verdict["kind"],
                "by": look.author,
            }
            for look in looks
        ],
    )


def append_events(connection: Connection, rows: Iterable[dict[str, Any]]) -> None:
    """Append events, and put them out to be told."""
    made = list(rows)
    if made:
        connection.execute(insert(events_table), made)
        connection.execute(insert(outbox), [{"event_id": row["id"]} for row in made])
