"""Taking content down: every row of a source, or of an article's text, in one transaction.

What the rows named is written into the custody entry in the same transaction, so that whoever
finds the entry can finish the removal of files, and nobody has to remember it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, Table, delete, or_, select, update

from archiver.errors import InputError
from archiver.model.custody import CustodyEntry, forbidden_by
from archiver.model.delivery import DeliveryState
from archiver.model.job import JobState
from archiver.model.memento import PushState
from archiver.ports import Claim
from archiver.store.claims import assert_held, hold_all
from archiver.store.clock import database_time
from archiver.store.entries import append_entry, ever_meant, held_by, lock_kept, standing_holds
from archiver.store.sources import to_source
from archiver.store.tables import (
    article_versions,
    articles,
    artifacts,
    attempts,
    captures,
    citation_places,
    citations,
    deliveries,
    events,
    features,
    jobs,
    mementos,
    observations,
    outbox,
    pins,
    pushes,
    records,
    sources,
    verdicts,
)
from archiver.store.withdraw import empty

TAKEN_DOWN = "its source was taken down"
OPEN = (JobState.QUEUED.value, JobState.RUNNING.value, JobState.QUARANTINED.value)
"""The states of a job that something may still come of."""


def take_down(
    connection: Connection, entry: CustodyEntry, claim: Claim | None, *, keep_watching: bool
) -> CustodyEntry:
    """Empty all content of the entry's source and article; append the entry; return it as kept.

    Its detail lists the captures and bodies whose files are to be removed, and how many rows of
    which table were emptied.

    Raises:
        InputError: a hold is on it, or on what one of its citations means or meant.
        ClaimError: another worker took the source over; nothing was changed.
    """
    _lock(connection, entry)
    refuse_held(connection, entry.source_id, entry.article_id)
    if claim is not None and entry.source_id is not None:
        assert_held(connection, claim, entry.source_id)
    named = {
        "captures": _captures(connection, entry.source_id),
        "blobs": _blobs(connection, entry),
        "keep_watching": keep_watching,
    }
    with _overwriting(connection):
        emptied = _empty_rows(connection, entry)
        _empty_notes(connection, entry)
    if entry.source_id is not None:
        _stop_pushes(connection, entry.source_id)
        if not keep_watching:
            _stop_looks(connection, entry.source_id, entry.at)
    if entry.article_id is not None:
        _close_article(connection, entry.article_id, entry.at, keep_watching=keep_watching)
    if not keep_watching:
        _tell_no_more(connection, entry)
    kept = replace(entry, detail={**entry.detail, **named, "rows": emptied})
    append_entry(connection, kept)
    return kept


def watch_again(connection: Connection, entry: CustodyEntry) -> None:
    """Let a source that was taken down be looked at again, from now on; append the entry."""
    back = update(sources).where(sources.c.id == entry.source_id)
    connection.execute(back.values(taken_down_at=None, removed_at=None, next_due_at=entry.at))
    append_entry(connection, entry)


def _lock(connection: Connection, entry: CustodyEntry) -> None:
    """Keep all that a hold on which would forbid it as it is until our commit.

    The citations come before what they meant: none of them is resolved anew meanwhile.
    """
    lock_kept(connection, entry.article_id, [])
    which = _its_citations(entry.source_id, entry.article_id)
    rows = select(citations.c.id).where(which).order_by(citations.c.id)
    connection.execute(rows.with_for_update()).all()
    own = [entry.source_id] if entry.source_id is not None else []
    hold_all(connection, [*own, *ever_meant(connection, which)])


def refuse_held(connection: Connection, source_id: str | None, article_id: str | None) -> None:
    """Refuse to take a source and an article's text down while a hold forbids it.

    With the citations of either goes what was quoted, found and told of the sources that they mean
    or once meant, so that a hold on one of these forbids it, too.

    Raises:
        InputError: one does.
    """
    held = held_by(connection)
    holds = list(held.get(source_id, [])) if source_id is not None else []
    if article_id is not None:
        holds += [one for one in standing_holds(connection) if one.article_id == article_id]
    meant = sorted(set(ever_meant(connection, _its_citations(source_id, article_id))) & set(held))
    what = "it"
    if meant and not holds:
        row = connection.execute(select(sources).where(sources.c.id == meant[0])).one()
        what = f"{to_source(row).ref.name}, which one of its citations means or meant,"
    holds += [hold for one in meant for hold in held[one]]
    if holds:
        raise InputError(forbidden_by(list({one.id: one for one in holds}.values()), what))


@contextmanager
def _overwriting(connection: Connection) -> Iterator[None]:
    """Let SQLite write zeros over what is emptied, instead of leaving it in free pages."""
    if connection.dialect.name != "sqlite":
        yield
        return
    connection.exec_driver_sql("PRAGMA secure_delete = ON")
    try:
        yield
    finally:
        connection.exec_driver_sql("PRAGMA secure_delete = OFF")


def _its_citations(source_id: str | None, article_id: str | None) -> ColumnElement[bool]:
    """Return which citations lean on a source, or stand in an article."""
    which = []
    if source_id is not None:
        which.append(citations.c.source_id == source_id)
    if article_id is not None:
        which.append(citations.c.article_id == article_id)
    return or_(*which)


def _cited(entry: CustodyEntry) -> Select[Any]:
    """Return the citations that lean on the source, and those that stand in the article."""
    return select(citations.c.id).where(_its_citations(entry.source_id, entry.article_id))


def _captures(connection: Connection, source_id: str | None) -> list[str]:
    """Return the captures that have files."""
    query = select(captures.c.id).where(
        captures.c.source_id == source_id,
        captures.c.withdrawn_at.is_(None),
        captures.c.id.in_(select(artifacts.c.capture_id)),
    )
    return list(connection.scalars(query.order_by(captures.c.seq)))


def _blobs(connection: Connection, entry: CustodyEntry) -> list[str]:
    """Return the digests of all bodies that the rows rest on."""
    found: set[str] = set()
    for table, which in (
        (observations, observations.c.source_id == entry.source_id),
        (mementos, mementos.c.source_id == entry.source_id),
        (attempts, attempts.c.citation_id.in_(_cited(entry))),
    ):
        query = select(table.c.answers).where(which, table.c.withdrawn_at.is_(None))
        for answers in connection.scalars(query):
            found.update(one["body_sha256"] for one in answers if one["body_sha256"] is not None)
    return sorted(found)


def _empty_rows(connection: Connection, entry: CustodyEntry) -> dict[str, int]:
    """Empty every row with content; return how many of which table."""
    emptied: Counter[str] = Counter()
    for table, which in _content(entry):
        emptied[table.name] += empty(connection, table, which, entry.at)
    return {name: rows for name, rows in emptied.items() if rows}


def _empty_notes(connection: Connection, entry: CustodyEntry) -> None:
    """Forget how each citation was resolved, as the attempts at it are: in words of the source."""
    which = _its_citations(entry.source_id, entry.article_id)
    connection.execute(update(citations).where(which).values(resolution_note=None))


def _content(entry: CustodyEntry) -> list[tuple[Table, ColumnElement[bool]]]:
    cited = _cited(entry)
    content: list[tuple[Table, ColumnElement[bool]]] = [
        (attempts, attempts.c.citation_id.in_(cited)),
        (pins, pins.c.citation_id.in_(cited)),
        (events, events.c.citation_id.in_(cited)),
    ]
    if entry.source_id is not None:
        own = select(captures.c.id).where(captures.c.source_id == entry.source_id)
        content += [
            (table, table.c.source_id == entry.source_id)
            for table in (observations, verdicts, features, mementos, events, captures)
        ]
        content += [(table, table.c.capture_id.in_(own)) for table in (artifacts, records)]
    if entry.article_id is not None:
        standing = select(citations.c.id).where(citations.c.article_id == entry.article_id)
        content += [
            (article_versions, article_versions.c.article_id == entry.article_id),
            (citation_places, citation_places.c.citation_id.in_(standing)),
        ]
    return content


def _stop_pushes(connection: Connection, source_id: str) -> None:
    """Hand nothing of it to an outside archive any more."""
    waiting = (PushState.WAITING.value, PushState.SENT.value)
    stopped = update(pushes).where(pushes.c.source_id == source_id, pushes.c.state.in_(waiting))
    connection.execute(
        stopped.values(state=PushState.REFUSED.value, next_try_at=None, note=TAKEN_DOWN)
    )


def _stop_looks(connection: Connection, source_id: str, at: datetime) -> None:
    """Look at it no more, and give up what waits for a look.

    A job that still runs lost its worker: a living one would hold the claim.
    """
    ended = update(jobs).where(jobs.c.source_id == source_id, jobs.c.state.in_(OPEN))
    failed = {"state": JobState.FAILED.value, "note": TAKEN_DOWN}
    connection.execute(ended.values(finished_at=database_time(), **failed))
    gone = update(sources).where(sources.c.id == source_id)
    connection.execute(gone.values(removed_at=at, taken_down_at=at, next_due_at=None, job_id=None))


def _tell_no_more(connection: Connection, entry: CustodyEntry) -> None:
    """Drop the news of it that waits; what was told already is not told again."""
    which: list[ColumnElement[bool]] = [events.c.citation_id.in_(_cited(entry))]
    if entry.source_id is not None:
        which.append(events.c.source_id == entry.source_id)
    news = select(events.c.id).where(or_(*which))
    connection.execute(delete(outbox).where(outbox.c.event_id.in_(news)))
    ended = {"next_try_at": None, "note": TAKEN_DOWN, "worker": None, "lease_until": None}
    of_it = update(deliveries).where(
        deliveries.c.event_id.in_(news), deliveries.c.next_try_at.is_not(None)
    )
    for state, when in (
        (DeliveryState.DROPPED, deliveries.c.sent_at.is_(None)),
        (DeliveryState.SENT, deliveries.c.sent_at.is_not(None)),
    ):
        connection.execute(of_it.where(when).values(state=state.value, **ended))


def _close_article(
    connection: Connection, article_id: str, at: datetime, *, keep_watching: bool
) -> None:
    """Forget the article's title; read it no more."""
    ended = {} if keep_watching else {"removed_at": at, "read_due_at": None}
    closed = update(articles).where(articles.c.id == article_id)
    connection.execute(closed.values(title=None, note=None, **ended))
