"""Queueing jobs: what is due, and what somebody asks for."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Select,
    bindparam,
    exists,
    insert,
    literal_column,
    select,
    text,
    update,
)

from archiver.errors import InputError, NotFoundError
from archiver.model.job import JobState, Lane
from archiver.model.source import Source
from archiver.store.clock import time_of
from archiver.store.columns import Words
from archiver.store.ids import new_id
from archiver.store.jobs import MICROSECOND, domain_of, free_slot, new_job, tell_of
from archiver.store.statements import in_parts
from archiver.store.tables import IDLE, artifacts, captures, jobs, sources

_QUARANTINED = "it is in quarantine, for workers died of it; `archiver resume {}` lets it out"


def enqueue_due(connection: Connection, at: datetime, limit: int) -> int:
    """Queue a job for each source due at a time; return how many.

    A source whose slot had a job that ended without a look (it was paused) gets the next free one.
    """
    batch = new_id()
    asked = {"at": at, "most": limit, "prefix": job_id(batch, "")}
    claimed = connection.execute(_CLAIM_DUE[connection.dialect.name], asked).all()
    claimed = sorted(claimed, key=lambda row: (row.next_due_at, row.id))
    captured, used_up = _what_is_known(connection, [row.id for row in claimed])
    now = time_of(connection)
    rows = [
        new_job(
            row.id,
            free_slot(connection, row.id, row.next_due_at)
            if row.id in used_up
            else row.next_due_at,
            domain_of(row),
            Lane.LIGHT if row.id in captured else Lane.BROWSER,
            now,
            id=job_id(batch, row.id),
            not_before=now + number * MICROSECOND,  # longest due first, without sorting
        )
        for number, row in enumerate(claimed)
    ]
    if rows:
        connection.execute(insert(jobs), rows)
        tell_of(connection, [row["id"] for row in rows])
    return len(rows)


def _claim_due(place: ColumnElement[Any]) -> Any:  # noqa: ANN401 - SQLAlchemy's name for it is long
    """Return the statement that claims due sources for a batch of jobs, longest due first.

    ``place`` is what it finds rows by.
    """
    due = (
        select(place.label("place"))
        .where(text(IDLE), sources.c.next_due_at <= bindparam("at"))
        .order_by(sources.c.next_due_at)
        .limit(bindparam("most"))
        .with_for_update(skip_locked=True)
        .cte("due")
    )
    return (
        update(sources)
        .where(place.in_(select(due.c.place)))
        .values(job_id=bindparam("prefix", type_=Words()) + sources.c.id)
        .returning(sources.c.id, sources.c.next_due_at, sources.c.domain, sources.c.platform)
    )


# Made once. In a file the index on what is due leads to the row, and no other index is searched.
_CLAIM_DUE = {
    "sqlite": _claim_due(literal_column("sources.rowid")),
    "postgresql": _claim_due(sources.c.id),
}


def job_id(batch: str, source_id: str) -> str:
    """Return the ID of a source's job of a batch: one statement gives it to all."""
    return f"{batch}-{source_id}"


def _what_is_known(connection: Connection, source_ids: Sequence[str]) -> tuple[set[str], set[str]]:
    """Return which sources have a capture with files, and which had a job of their slot before.

    Their rows are held, so that no other job of theirs can appear meanwhile.
    """
    captured: set[str] = set()
    used_up: set[str] = set()
    twin = exists().where(jobs.c.source_id == sources.c.id, jobs.c.slot == sources.c.next_due_at)
    for part in in_parts(source_ids):
        query = select(
            sources.c.id, is_captured().label("is_captured"), twin.label("is_used_up")
        ).where(sources.c.id.in_(part))
        for row in connection.execute(query):
            captured.update([row.id] if row.is_captured else [])
            used_up.update([row.id] if row.is_used_up else [])
    return captured, used_up


def is_captured() -> Any:  # noqa: ANN401
    """Return the condition that a source has a capture with files."""
    return (
        select(captures.c.id)
        .join(artifacts, artifacts.c.capture_id == captures.c.id)
        .where(captures.c.source_id == sources.c.id)
        .exists()
    )


def order(connection: Connection, source: Source, at: datetime) -> str:
    """Queue an urgent capture, or make the open job of the source one; return its ID.

    Raises:
        NotFoundError: there is no such source, or it is not followed any more.
        InputError: its job is in quarantine; nothing was changed.
    """
    row = connection.execute(_to_order(source.id)).one_or_none()
    if row is None:
        raise NotFoundError(f"no source goes by {source.id!r}, or it is not followed any more")
    now = time_of(connection)
    asked = {"is_urgent": True, "is_asked": True}
    if row.job_id is not None:
        if not _hurry(connection, row.job_id, now):
            raise InputError(_QUARANTINED.format(source.ref.name))
        return str(row.job_id)
    slot = free_slot(connection, source.id, at)
    job = new_job(source.id, slot, domain_of(row), Lane.BROWSER, now, **asked)
    connection.execute(insert(jobs), job)
    waits = update(sources).where(sources.c.id == source.id).values(job_id=job["id"])
    connection.execute(waits)
    tell_of(connection, [job["id"]])
    return str(job["id"])


def _to_order(source_id: str) -> Select[tuple[str, str, str]]:
    return (
        select(sources.c.job_id, sources.c.domain, sources.c.platform)
        .where(sources.c.id == source_id, sources.c.removed_at.is_(None))
        .with_for_update()
    )


def _hurry(connection: Connection, open_id: str, now: datetime) -> bool:
    """Mark an open job as asked for; one that waits overtakes. False for one in quarantine."""
    marked = update(jobs).where(jobs.c.id == open_id, jobs.c.state != JobState.QUARANTINED.value)
    if not connection.execute(marked.values(is_urgent=True, is_asked=True)).rowcount:
        return False
    overtakes = update(jobs).where(jobs.c.id == open_id, jobs.c.state == JobState.QUEUED.value)
    connection.execute(overtakes.values(lane=Lane.BROWSER.value, not_before=now))
    tell_of(connection, [open_id])
    return True
