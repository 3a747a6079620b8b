"""Counts of the whole archive, each answered by an index that holds all it needs.

SQLite plans without statistics of the rows, so what a query asks has to match its index to the
letter; ``tests/store/test_plans.py`` holds that it does.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any

from sqlalchemy import Connection, Select, case, func, select, text, true

from archiver.model.citation import CitationKind
from archiver.model.verdict import SETTLED, Event, EventKind, FindingKind, VerdictKind
from archiver.ports import ArticleCounts, SourceCounts
from archiver.store.database import Database
from archiver.store.expected import to_article
from archiver.store.looks import to_event
from archiver.store.statements import in_parts
from archiver.store.tables import (
    IDLE,
    article_versions,
    articles,
    citation_places,
    citations,
    events,
    sources,
)

UNSETTLED = 1000
"""Newest sources that are counted each time: one with a lower ID than theirs may still come in."""
RECOUNT_S = 600.0
"""Seconds after which all are counted anew: a machine with a wrong clock makes lower IDs."""


@dataclass(frozen=True, slots=True)
class _Settled:
    """How many sources have an ID up to one, and when they were counted; nothing takes one away."""

    last_id: str
    number: int
    counted_at: float


class SqlOverview:
    """The port :class:`archiver.ports.Overview` on the database.

    The first count of a million sources takes a server a tenth of a second, those after it less.
    """

    def __init__(self, database: Database) -> None:
        self._database = database
        self._settled: _Settled | None = None

    async def sources(self, at: datetime) -> SourceCounts:
        """Count the sources that were not removed, as of a time."""
        return await self._database.read(partial(self._sources, at=at))

    def _sources(self, connection: Connection, at: datetime) -> SourceCounts:
        return _sources(connection, at, self._count_all(connection))

    def _count_all(self, connection: Connection) -> int:
        settled = self._settled
        if settled is None or time.monotonic() - settled.counted_at > RECOUNT_S:
            settled = self._settled = _settle(connection)
        newer = connection.execute(sources_after(settled.last_id)).scalar_one()
        return settled.number + int(newer)

    async def articles(self, newest: int | None = None) -> list[ArticleCounts]:
        """Return the articles added last, newest first, each with its numbers; None is all."""
        return await self._database.read(partial(_articles, newest=newest))

    async def article_count(self) -> int:
        """Count the articles that were not removed."""
        query = select(func.count()).where(articles.c.removed_at.is_(None))
        return await self._database.read(lambda c: int(c.execute(query).scalar_one()))

    async def waiting(self) -> int:
        """Count the articles that are still to be read, or read again."""
        query = waiting_articles()
        return await self._database.read(lambda c: int(c.execute(query).scalar_one()))

    async def events(self, newest: int) -> list[Event]:
        """Return the events noted last, newest first."""
        query = select(events).order_by(events.c.seq.desc()).limit(newest)
        return await self._database.read(lambda c: [to_event(row) for row in c.execute(query)])


# Queries


COMMON = VerdictKind.PRESENT.value
"""The verdict on most sources."""


def sources_after(source_id: str) -> Select[Any]:
    """Count the sources whose ID is greater."""
    return select(func.count()).where(sources.c.id > source_id)


def all_sources() -> Select[Any]:
    """Count all sources, without a look at each where the database can."""
    return select(func.count()).select_from(sources)


def last_settled() -> Select[Any]:
    """Return the ID that so many are greater than as may still be joined by lower ones."""
    return select(sources.c.id).order_by(sources.c.id.desc()).offset(UNSETTLED).limit(1)


def by_rarer_verdict() -> Sequence[Select[Any]]:
    """Count sources by their newest verdict, but those with the common one: what is left over.

    The index on it holds all it takes; going through the common ones would take four times as long.
    """
    by_verdict = _by_verdict()
    kind = sources.c.verdict
    return [by_verdict.where(one) for one in (kind < COMMON, kind > COMMON, kind.is_(None))]


def removed_by_verdict() -> Select[Any]:
    """Count the removed ones by verdict."""
    return _by_verdict().where(sources.c.removed_at.is_not(None))


def _by_verdict() -> Select[Any]:
    return select(sources.c.verdict, func.count()).group_by(sources.c.verdict)


def paused_sources() -> Select[Any]:
    """Count the sources that are not looked at by themselves."""
    return select(func.count()).where(sources.c.paused == true(), sources.c.removed_at.is_(None))


def idle_due(at: datetime) -> Select[Any]:
    """Count what is due and has no job yet."""
    return _idle(func.count()).where(sources.c.next_due_at <= at)


def in_hand() -> Select[Any]:
    """Count what was due and has a job that waits or runs."""
    return select(func.count()).where(sources.c.job_id.is_not(None), sources.c.removed_at.is_(None))


def next_due(at: datetime) -> Select[Any]:
    """Return when the next source will be due."""
    return _idle(func.min(sources.c.next_due_at)).where(sources.c.next_due_at > at)


def _idle(what: Any) -> Select[Any]:  # noqa: ANN401 - an SQL expression of any type
    return select(what).select_from(sources).where(text(IDLE))


def waiting_articles() -> Select[Any]:
    """Count the articles that are to be read."""
    return select(func.count()).where(
        articles.c.read_due_at.is_not(None), articles.c.removed_at.is_(None)
    )


def placed(article_ids: Sequence[str]) -> Select[Any]:
    """Return what stands in the newest version of articles; its words only where it has no source.

    Those say whether it is a mere mention.
    """
    newest = (
        select(func.max(article_versions.c.seq))
        .where(article_versions.c.article_id.in_(article_ids))
        .group_by(article_versions.c.article_id)
    )
    is_bare = citations.c.source_id.is_(None)
    return (
        select(
            citations.c.article_id,
            citations.c.id,
            is_bare.label("is_bare"),
            case((is_bare, citation_places.c.found), else_=None).label("found"),
        )
        .select_from(article_versions)
        .join(citation_places, citation_places.c.version_id == article_versions.c.id)
        .join(citations, citations.c.id == citation_places.c.citation_id)
        .where(article_versions.c.seq.in_(newest))
    )


def last_findings(citation_ids: Sequence[str]) -> Select[Any]:
    """Return what was noted last of each citation."""
    newest = (
        select(func.max(events.c.seq))
        .where(events.c.citation_id.in_(citation_ids), events.c.kind == EventKind.FINDING.value)
        .group_by(events.c.citation_id)
    )
    return select(events.c.citation_id, events.c.after).where(events.c.seq.in_(newest))


def newest_articles(newest: int | None) -> Select[Any]:
    """Return the articles added last, newest first: their IDs sort by time."""
    living = select(articles).where(articles.c.removed_at.is_(None))
    return living.order_by(articles.c.id.desc()).limit(newest)


def _settle(connection: Connection) -> _Settled:
    last_id = connection.execute(last_settled()).scalar() or ""
    newer = connection.execute(sources_after(last_id)).scalar_one()
    number = connection.execute(all_sources()).scalar_one()
    return _Settled(last_id, number - newer, time.monotonic())


def _sources(connection: Connection, at: datetime, everything: int) -> SourceCounts:
    verdicts: Counter[str | None] = Counter()
    for rarer in by_rarer_verdict():
        for kind, count in connection.execute(rarer):
            verdicts[kind] += count
    verdicts[COMMON] = everything - verdicts.total()
    for kind, count in connection.execute(removed_by_verdict()):
        verdicts[kind] -= count
    due = connection.execute(idle_due(at)).scalar_one()
    due += connection.execute(in_hand()).scalar_one()
    return SourceCounts(
        followed=verdicts.total(),
        paused=connection.execute(paused_sources()).scalar_one(),
        due=due,
        next_due_at=connection.execute(next_due(at)).scalar_one(),
        verdicts={kind: verdicts[kind] for kind in sorted(filter(None, +verdicts))},
    )


def _articles(connection: Connection, newest: int | None) -> list[ArticleCounts]:
    found = [to_article(row) for row in connection.execute(newest_articles(newest))]
    counted: dict[str, tuple[int, int, Counter[str]]] = {}
    for part in in_parts([one.id for one in found]):
        counted.update(_counted(connection, part))
    nothing: tuple[int, int, Counter[str]] = (0, 0, Counter())
    return [
        ArticleCounts(one, stands, bare, dict(sorted(kinds.items())))
        for one in found
        for stands, bare, kinds in [counted.get(one.id, nothing)]
    ]


def _counted(
    connection: Connection, article_ids: Sequence[str]
) -> dict[str, tuple[int, int, Counter[str]]]:
    """Return citations, unresolved ones and findings of articles, by article."""
    owner: dict[str, str] = {}
    bare: Counter[str] = Counter()
    for row in connection.execute(placed(article_ids)):
        owner[row.id] = row.article_id
        bare[row.article_id] += bool(row.is_bare) and not _is_mention(row.found)
    kinds: dict[str, Counter[str]] = {}
    for part in in_parts(list(owner)):
        for citation_id, after in connection.execute(last_findings(part)):
            kind = FindingKind.INTACT.value if after == SETTLED else after
            kinds.setdefault(owner[citation_id], Counter())[kind] += 1
    stands = Counter(owner.values())
    return {one: (stands[one], bare[one], kinds.get(one, Counter())) for one in stands}


def _is_mention(found: Any) -> bool:  # noqa: ANN401 - a JSON document
    return found is not None and found.get("kind") == CitationKind.MENTION.value
