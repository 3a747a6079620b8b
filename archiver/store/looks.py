"""Looks: observations and what was judged of them."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from functools import partial
from typing import Any

from sqlalchemy import Connection, Row, func, insert, select, update

from archiver.errors import NotFoundError
from archiver.model.inquiry import PageText, Reading
from archiver.model.observation import KeptAnswer, Observation, Vantage
from archiver.model.signals import Signal
from archiver.model.verdict import Event, EventKind, Verdict, VerdictKind
from archiver.ports import Claim, Digest
from archiver.store.claims import assert_held
from archiver.store.codec import from_json, to_json
from archiver.store.database import Database
from archiver.store.jobs import note_look
from archiver.store.statements import in_parts
from archiver.store.tables import events as events_table
from archiver.store.tables import features, observations, outbox, sources, verdicts

WITHDRAWN = "its content was withdrawn"


class SqlLooks:
    """The port :class:`archiver.ports.Looks` on the database."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def keep(
        self,
        claim: Claim,
        observation: Observation,
        verdict: Verdict,
        events: Sequence[Event],
        due_at: datetime | None,
        digest: Digest | None = None,
    ) -> None:
        """Commit one look, its verdict, its events and the next due time in one transaction."""
        # Made here: the one writer should not do what anybody can.
        observation_row = _observation_row(observation)
        verdict_row = _verdict_row(observation, verdict)
        digest_row = digest_row_of(observation, digest) if digest is not None else None
        author = digest.author if digest is not None else None

        def change(connection: Connection) -> None:
            assert_held(connection, claim, observation.source_id)
            note_look(connection, claim, observation.id)
            connection.execute(insert(observations), observation_row)
            connection.execute(insert(verdicts), verdict_row)
            if digest_row is not None:
                connection.execute(insert(features), digest_row)
            _append_events(connection, events)
            known = {"author": author} if author is not None else {}
            known["verdict"] = verdict.kind.value
            scheduled = update(sources).where(sources.c.id == observation.source_id)
            connection.execute(scheduled.values(next_due_at=due_at, **known))

        await self._database.write(change)

    async def of(self, source_id: str) -> list[Observation]:
        """Return all observations of a source, oldest first."""
        query = (
            select(observations)
            .where(observations.c.source_id == source_id)
            .order_by(observations.c.at, observations.c.seq)
        )
        return await self._database.read(
            lambda connection: [to_observation(row) for row in connection.execute(query)]
        )

    async def observation(self, observation_id: str) -> Observation:
        """Return one observation."""
        query = select(observations).where(observations.c.id == observation_id)
        row = await self._database.read(lambda c: c.execute(query).one_or_none())
        if row is None:
            raise NotFoundError(f"no observation goes by {observation_id!r}")
        return to_observation(row)

    async def shown(self, source_id: str) -> Observation | None:
        """Return the newest observation that showed the source, or None."""
        query = (
            select(observations)
            .where(
                observations.c.source_id == source_id,
                observations.c.signal == Signal.PRESENT.value,
            )
            .order_by(observations.c.at.desc(), observations.c.seq.desc())
            .limit(1)
        )
        row = await self._database.read(lambda c: c.execute(query).one_or_none())
        return None if row is None else to_observation(row)

    async def verdict(self, source_id: str) -> Verdict | None:
        """Return the newest verdict, or None before the first look."""
        query = (
            select(verdicts)
            .where(verdicts.c.source_id == source_id)
            .order_by(verdicts.c.seq.desc())
            .limit(1)
        )
        row = await self._database.read(lambda c: c.execute(query).one_or_none())
        return None if row is None else _to_verdict(row)

    async def verdicts(self, source_ids: Sequence[str]) -> dict[str, Verdict]:
        """Return the newest verdicts of several sources, by source."""
        return await self._database.read(partial(_newest_verdicts, source_ids=source_ids))

    async def note(self, events: Sequence[Event]) -> None:
        """Append events of findings."""
        await self._database.write(partial(_append_events, events=events))

    async def events(
        self, *, source_id: str | None = None, citation_id: str | None = None
    ) -> list[Event]:
        """Return events, oldest first, of everything or of one source or citation."""
        query = select(events_table).order_by(events_table.c.at, events_table.c.seq)
        if source_id is not None:
            query = query.where(events_table.c.source_id == source_id)
        if citation_id is not None:
            query = query.where(events_table.c.citation_id == citation_id)
        return await self._database.read(
            lambda connection: [_to_event(row) for row in connection.execute(query)]
        )


NO_PAGE = "none"
"""The extractor of a look that has no page to read."""


def digest_row_of(
    observation: Observation,
    digest: Digest,
    extractor: str | None = None,
    page: PageText | None = None,
) -> dict[str, Any]:
    """Return the row of a look's digest, ``page`` its text where another extractor read it."""
    text, bare = observation.reading.page, replace(digest.seen, page=None)
    own = text.extractor if text is not None else NO_PAGE
    return {
        "observation_id": observation.id,
        "source_id": observation.source_id,
        "at": observation.at,
        "extractor": extractor if extractor is not None else own,
        "ended_sha256": place_sha256(digest.ended_at) if digest.ended_at is not None else None,
        "seen": {key: value for key, value in to_json(bare).items() if value not in _UNSAID},
        "page": to_json(page) if page is not None else None,
    }


_UNSAID: tuple[object, ...] = (None, False, [], "")
"""Values that a digest has anyway where it says nothing: a hundred thousand are read in a go."""


def place_sha256(place: str) -> str:
    """Return the digest that a place is found by: an address can be longer than an index takes."""
    return hashlib.sha256(place.encode("utf-8", "surrogatepass")).hexdigest()


def _observation_row(observation: Observation) -> dict[str, Any]:
    return {
        "id": observation.id,
        "source_id": observation.source_id,
        "at": observation.at,
        "signal": observation.reading.signal.value,
        "confirmed": observation.reading.confirmed,
        "fingerprint": observation.reading.fingerprint,
        "reading": to_json(observation.reading),
        "answers": to_json(observation.answers),
        "vantage": to_json(observation.vantage),
    }


def to_observation(row: Row[Any]) -> Observation:
    """Read a row of ``observations``."""
    if row.withdrawn_at is not None:
        reading = Reading(Signal(row.signal), WITHDRAWN, confirmed=row.confirmed)
        answers: tuple[KeptAnswer, ...] = ()
    else:
        reading = from_json(Reading, row.reading)
        answers = tuple(from_json(KeptAnswer, answer) for answer in row.answers)
    return Observation(
        id=row.id,
        source_id=row.source_id,
        at=row.at,
        reading=reading,
        answers=answers,
        vantage=from_json(Vantage, row.vantage),
    )


def _verdict_row(observation: Observation, verdict: Verdict) -> dict[str, Any]:
    return {
        "source_id": observation.source_id,
        "observation_id": observation.id,
        "at": observation.at,
        "kind": verdict.kind.value,
        "rule": verdict.rule,
        "reason": verdict.reason,
        "since": verdict.since,
        "rests_on": list(verdict.rests_on),
        "cause": verdict.cause,
        "moved_to": verdict.moved_to,
        "last_seen": verdict.last_seen,
        "first_gone": verdict.first_gone,
        "wall": verdict.wall,
    }


def _to_verdict(row: Row[Any]) -> Verdict:
    return Verdict(
        kind=VerdictKind(row.kind),
        rule=row.rule,
        reason=WITHDRAWN if row.reason is None else row.reason,
        since=row.since,
        rests_on=tuple(row.rests_on),
        cause=row.cause,
        moved_to=row.moved_to,
        last_seen=row.last_seen,
        first_gone=row.first_gone,
        wall=row.wall,
    )


def _newest_verdicts(connection: Connection, source_ids: Sequence[str]) -> dict[str, Verdict]:
    found: dict[str, Verdict] = {}
    for part in in_parts(source_ids):
        newest = (
            select(func.max(verdicts.c.seq))
            .where(verdicts.c.source_id.in_(part))
            .group_by(verdicts.c.source_id)
        )
        query = select(verdicts).where(verdicts.c.seq.in_(newest))
        found.update({row.source_id: _to_verdict(row) for row in connection.execute(query)})
    return found


def _append_events(connection: Connection, events: Sequence[Event]) -> None:
    rows = [
        {
            "id": event.id,
            "kind": event.kind.value,
            "at": event.at,
            "source_id": event.source_id,
            "citation_id": event.citation_id,
            "before": event.before,
            "after": event.after,
            "reason": event.reason,
        }
        for event in events
    ]
    if rows:
        connection.execute(insert(events_table), rows)
        connection.execute(insert(outbox), [{"event_id": row["id"]} for row in rows])


def _to_event(row: Row[Any]) -> Event:
    return Event(
        id=row.id,
        kind=EventKind(row.kind),
        at=row.at,
        source_id=row.source_id,
        citation_id=row.citation_id,
        before=row.before,
        after=row.after,
        reason=WITHDRAWN if row.reason is None else row.reason,
    )
