"""Looks: observations and what was judged of them."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from functools import partial
from typing import Any

from sqlalchemy import Connection, Row, bindparam, func, select

from archiver.errors import ArchiverError, NotFoundError
from archiver.model.custody import WITHDRAWN
from archiver.model.inquiry import PageText, Reading
from archiver.model.observation import Glimpse, KeptAnswer, Observation, Vantage
from archiver.model.signals import Signal
from archiver.model.verdict import Event, EventKind, Severity, Verdict, VerdictKind
from archiver.ports import Claim, Digest, Judged
from archiver.store.citing import hold_citation
from archiver.store.claims import assert_held, hold_all
from archiver.store.codec import from_json, to_json
from archiver.store.database import Database
from archiver.store.keeping import Prepared, append_events, keep_all
from archiver.store.statements import in_parts
from archiver.store.tables import events as events_table
from archiver.store.tables import features, observations, verdicts
from archiver.store.together import Together


class SqlLooks:
    """The port :class:`archiver.ports.Looks` on the database."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._together = Together(self._keep)

    async def keep(
        self,
        claim: Claim,
        observation: Observation,
        verdict: Verdict,
        events: Sequence[Event],
        due_at: datetime | None,
        digest: Digest | None = None,
    ) -> None:
        """Commit one look, its verdict, its events and the next due time in one transaction.

        What waits meanwhile is committed together.
        """
        # Made here: the one writer should not do what anybody can.
        await self._together.add(
            Prepared(
                claim,
                _observation_row(observation),
                _verdict_row(observation, verdict),
                digest_row_of(observation, digest) if digest is not None else None,
                [_event_row(event) for event in events],
                due_at,
                digest.author if digest is not None else None,
            )
        )

    async def _keep(self, looks: Sequence[Prepared]) -> list[ArchiverError | None]:
        return await self._database.write(partial(keep_all, looks=looks))

    async def of(self, source_id: str, newest: int | None = None) -> list[Observation]:
        """Return observations of a source whole, oldest first: all, or so many of the newest."""
        query = (
            select(observations)
            .where(observations.c.source_id == source_id)
            .order_by(observations.c.at.desc(), observations.c.seq.desc())
            .limit(newest)
        )
        found = await self._database.read(
            lambda connection: [to_observation(row) for row in connection.execute(query)]
        )
        return found[::-1]

    async def glimpses(self, source_id: str) -> list[Glimpse]:
        """Return every look at a source in a line, oldest first."""
        query = (
            select(*_LINE)
            .where(observations.c.source_id == source_id)
            .order_by(observations.c.at, observations.c.seq)
        )
        return await self._database.read(
            lambda connection: [_to_glimpse(row) for row in connection.execute(query)]
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
        return await self._database.read(partial(newest_shown, source_id=source_id))

    async def verdict(self, source_id: str) -> Verdict | None:
        """Return the newest verdict, or None before the first look."""
        return await self._database.read(partial(newest_verdict, source_id=source_id))

    async def verdicts(self, source_ids: Sequence[str]) -> dict[str, Verdict]:
        """Return the newest verdicts of several sources, by source."""
        return await self._database.read(partial(_newest_verdicts, source_ids=source_ids))

    async def note(self, events: Sequence[Event], judged: Judged | None = None) -> bool:
        """Append events of findings; false when they were overtaken, and none was appended."""
        return await self._database.write(partial(_note, events=events, judged=judged))

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
            lambda connection: [to_event(row) for row in connection.execute(query)]
        )


NO_PAGE = "none"
"""The extractor of a look that has no page to read."""

_LINE = (
    observations.c.id,
    observations.c.at,
    observations.c.signal,
    observations.c.fingerprint,
    observations.c.withdrawn_at,
    select(features.c.seq)
    .where(features.c.observation_id == observations.c.id, features.c.extractor == NO_PAGE)
    .exists()
    .label("is_pageless"),
)
"""What a glimpse needs; the columns behind these may be large and are not touched."""


def _to_glimpse(row: Row[Any]) -> Glimpse:
    fingerprint = row.fingerprint if row.withdrawn_at is None else None
    has_page = fingerprint is not None and not row.is_pageless
    return Glimpse(row.id, row.at, Signal(row.signal), fingerprint, has_page)


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


# Statements of every look are made once: making one takes longer than running it.

_NEWEST_SHOWN = (
    select(observations)
    .where(
        observations.c.source_id == bindparam("source"),
        observations.c.signal == Signal.PRESENT.value,
    )
    .order_by(observations.c.at.desc(), observations.c.seq.desc())
    .limit(1)
)
_NEWEST_VERDICT = (
    select(verdicts)
    .where(verdicts.c.source_id == bindparam("source"))
    .order_by(verdicts.c.seq.desc())
    .limit(1)
)

_NEWEST_LOOK = (
    select(observations.c.id)
    .where(observations.c.source_id == bindparam("source"))
    .order_by(observations.c.at.desc(), observations.c.seq.desc())
    .limit(1)
)
_TOLD_LAST = (
    select(events_table.c.id)
    .where(
        events_table.c.citation_id == bindparam("citation"),
        events_table.c.kind == EventKind.FINDING.value,
    )
    .order_by(events_table.c.at.desc(), events_table.c.seq.desc())
    .limit(1)
)


def newest_shown(connection: Connection, source_id: str) -> Observation | None:
    """Return the newest observation that showed a source, or None."""
    row = connection.execute(_NEWEST_SHOWN, {"source": source_id}).one_or_none()
    return None if row is None else to_observation(row)


def newest_verdict(connection: Connection, source_id: str) -> Verdict | None:
    """Return the newest verdict on a source, or None before the first look."""
    row = connection.execute(_NEWEST_VERDICT, {"source": source_id}).one_or_none()
    return None if row is None else _to_verdict(row)


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


def _note(connection: Connection, events: Sequence[Event], judged: Judged | None) -> bool:
    if judged is not None and any(_is_overtaken(connection, one, judged) for one in events):
        return False
    append_events(connection, [_event_row(event) for event in events])
    return True


def _is_overtaken(connection: Connection, event: Event, judged: Judged) -> bool:
    """Tell whether somebody looked, named another source or told since; from here on nobody can.

    The citation is held before its source, as a takedown does it.

    Raises:
        ClaimError: another worker claimed the source.
    """
    named = event.source_id
    if event.citation_id is not None:
        named = hold_citation(connection, event.citation_id)
    if event.source_id is not None:
        if judged.claim is not None:
            assert_held(connection, judged.claim, event.source_id)
        hold_all(connection, [event.source_id])
        newest = connection.execute(_NEWEST_LOOK, {"source": event.source_id})
        if newest.scalar_one_or_none() != judged.observation_id:
            return True
    if named != event.source_id:
        return True
    told = connection.execute(_TOLD_LAST, {"citation": event.citation_id})
    return told.scalar_one_or_none() != judged.told


def _event_row(event: Event) -> dict[str, Any]:
    return {
        "id": event.id,
        "kind": event.kind.value,
        "at": event.at,
        "source_id": event.source_id,
        "citation_id": event.citation_id,
        "before": event.before,
        "after": event.after,
        "reason": event.reason,
        "rule": event.rule,
        "severity": event.severity.value if event.severity is not None else None,
        "pins": event.pins,
    }


def to_event(row: Row[Any]) -> Event:
    """Read a row of ``events``."""
    return Event(
        id=row.id,
        kind=EventKind(row.kind),
        at=row.at,
        source_id=row.source_id,
        citation_id=row.citation_id,
        before=row.before,
        after=row.after,
        reason=WITHDRAWN if row.reason is None else row.reason,
        rule=row.rule,
        severity=Severity(row.severity) if row.severity is not None else None,
        pins=row.pins,
    )
