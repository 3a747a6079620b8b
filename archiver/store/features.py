"""What judging needs of looks: digests with features, and what happens to others of a host."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from sqlalchemy import Connection, bindparam, func, insert, select

from archiver.model.inquiry import PageText
from archiver.model.observation import Observation
from archiver.model.seen import Seen, seen_of
from archiver.model.verdict import VerdictKind
from archiver.ports import Digest, Known
from archiver.store.codec import from_json
from archiver.store.database import Database
from archiver.store.looks import (
    NO_PAGE,
    digest_row_of,
    newest_shown,
    newest_verdict,
    place_sha256,
    to_observation,
)
from archiver.store.statements import in_parts
from archiver.store.tables import features, observations, pins, sources, verdicts

SHORT = timedelta(days=60)
"""A time in which fewer verdicts of absence were given than a large host has sources."""

_ABSENT = (VerdictKind.SUSPECT.value, VerdictKind.GONE.value)


class SqlFeatures:
    """The port :class:`archiver.ports.Features` on the database."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def of(self, source_id: str) -> list[Seen]:
        """Return the digest of every look at a source, oldest first."""
        found = await self.several([source_id])
        return found.get(source_id, [])

    async def known(self, source_id: str) -> Known:
        """Return all that is known of a source before a look at it, in one go."""
        return await self._database.read(partial(_known, source_id=source_id))

    async def several(self, source_ids: Sequence[str]) -> dict[str, list[Seen]]:
        """Return the digests of the looks at several sources, by source; oldest first."""
        return await self._database.read(partial(_several, source_ids=source_ids))

    async def turned_bad(
        self, hosts: Sequence[str], since: datetime, until: datetime
    ) -> dict[str, dict[str, datetime]]:
        """Return, by host and source, when addresses turned absent within a time."""
        return await self._database.read(
            partial(_turned_bad, hosts=hosts, since=since, until=until)
        )

    async def ending_at(self, host: str, place: str, but: str) -> int:
        """Count the sources of a host, but one, of which a redirect ended at a place."""
        query = (
            select(func.count(features.c.source_id.distinct()))
            .join(sources, sources.c.id == features.c.source_id)
            .where(
                features.c.ended_sha256 == place_sha256(place),
                sources.c.host == host,
                sources.c.id != but,
            )
        )
        return await self._database.read(lambda c: int(c.execute(query).scalar_one()))

    async def page(self, observation_id: str, extractor: str) -> PageText | None:
        """Return the page of a look as an extractor read it again, or None when it did not."""
        query = select(features.c.page).where(
            features.c.observation_id == observation_id, features.c.extractor == extractor
        )
        found = await self._database.read(lambda c: c.execute(query).scalar_one_or_none())
        return None if found is None else from_json(PageText, found)

    async def outdated(self, extractor: str, limit: int) -> list[Observation]:
        """Return pinned looks at pages that this extractor did not read yet, oldest first."""
        read = (
            select(features.c.seq)
            .where(
                features.c.observation_id == observations.c.id,
                features.c.extractor.in_((extractor, NO_PAGE)),
            )
            .exists()
        )
        pinned = select(pins.c.observation_id).where(pins.c.observation_id.is_not(None))
        query = (
            select(observations)
            .where(~read, observations.c.withdrawn_at.is_(None), observations.c.id.in_(pinned))
            .order_by(observations.c.seq)
            .limit(limit)
        )
        return await self._database.read(
            lambda connection: [to_observation(row) for row in connection.execute(query)]
        )

    async def keep(
        self, observation: Observation, digest: Digest, extractor: str, page: PageText | None
    ) -> None:
        """Append the digest of a look as another extractor reads it, with the text it read."""
        row = digest_row_of(observation, digest, extractor, page)
        await self._database.write(partial(_insert, row=row))


def _insert(connection: Connection, row: dict[str, Any]) -> None:
    # Held until the commit: a takedown that empties the look either comes first, or finds this row.
    look = select(observations.c.withdrawn_at).where(observations.c.id == row["observation_id"])
    if connection.execute(look.with_for_update(read=True)).scalar_one_or_none() is None:
        connection.execute(insert(features), row)


def _turned_bad(
    connection: Connection, hosts: Sequence[str], since: datetime, until: datetime
) -> dict[str, dict[str, datetime]]:
    found: dict[str, dict[str, datetime]] = {}
    # An expression has no index: few turn absent in a short time, and a host may have many sources.
    host = func.coalesce(sources.c.host, "") if until - since <= SHORT else sources.c.host
    for part in in_parts(hosts):
        query = (
            select(
                sources.c.host,
                verdicts.c.source_id,
                func.min(verdicts.c.first_gone).label("first_gone"),
            )
            .join(sources, sources.c.id == verdicts.c.source_id)
            .where(
                host.in_(part),
                verdicts.c.kind.in_(_ABSENT),
                verdicts.c.first_gone >= since,
                verdicts.c.first_gone <= until,
            )
            .group_by(sources.c.host, verdicts.c.source_id)
        )
        for row in connection.execute(query):
            found.setdefault(row.host, {})[row.source_id] = row.first_gone
    return found


def _known(connection: Connection, source_id: str) -> Known:
    return Known(
        seen=_several(connection, [source_id]).get(source_id, []),
        shown=newest_shown(connection, source_id),
        verdict=newest_verdict(connection, source_id),
    )


_KEPT = (
    select(features.c.source_id, features.c.observation_id, features.c.seen)
    .where(
        features.c.source_id.in_(bindparam("sources", expanding=True)),
        features.c.withdrawn_at.is_(None),
    )
    .order_by(features.c.seq)
)
_BARE = select(observations).where(
    observations.c.source_id.in_(bindparam("sources", expanding=True)),
    ~select(features.c.seq)
    .where(features.c.observation_id == observations.c.id, features.c.withdrawn_at.is_(None))
    .exists(),
)


def _several(connection: Connection, source_ids: Sequence[str]) -> dict[str, list[Seen]]:
    by_source: dict[str, list[Seen]] = {}
    for part in in_parts(source_ids):
        for source_id, seen in (*_digests(connection, part), *_without(connection, part)):
            by_source.setdefault(source_id, []).append(seen)
    for looks in by_source.values():
        looks.sort(key=_when)
    return by_source


def _digests(connection: Connection, source_ids: Sequence[str]) -> Iterator[tuple[str, Seen]]:
    """Return the digests that are kept; of several of one look the last, with what others read."""
    newest: dict[str, tuple[str, Seen]] = {}
    for row in connection.execute(_KEPT, {"sources": source_ids}):
        seen = from_json(Seen, row.seen)
        if row.observation_id in newest:
            seen = _beside(newest[row.observation_id][1], seen)
        newest[row.observation_id] = row.source_id, seen
    yield from newest.values()


def _beside(before: Seen, seen: Seen) -> Seen:
    """Return the digest that was read last, with the features that extractors before it made."""
    others = dict(before.others)
    if before.form is not None and before.features is not None:
        others[before.form] = before.features
    others.pop(seen.form or "", None)
    return replace(seen, others=tuple(others.items()))


def _without(connection: Connection, source_ids: Sequence[str]) -> Iterator[tuple[str, Seen]]:
    """Return the digests of looks from before there were features, and of withdrawn ones."""
    for row in connection.execute(_BARE, {"sources": source_ids}):
        yield row.source_id, seen_of(to_observation(row))


def _when(seen: Seen) -> tuple[datetime, str]:
    return seen.at, seen.id
