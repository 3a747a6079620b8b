"""Entries of the custody record, and which holds stand, in the caller's transaction."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Column, Connection, Row, Select, func, insert, select

from archiver.model.custody import WITHDRAWN, CustodyAct, CustodyEntry
from archiver.store.codec import to_json
from archiver.store.tables import articles, citations, custody

_HOLDING = (CustodyAct.HOLD.value, CustodyAct.RELEASE.value)


def append_entry(connection: Connection, entry: CustodyEntry) -> None:
    """Append an entry in the caller's transaction."""
    row = {
        "id": entry.id,
        "act": entry.act.value,
        "at": entry.at,
        "by": entry.by,
        "reason": entry.reason,
        "source_id": entry.source_id,
        "article_id": entry.article_id,
        "detail": to_json(entry.detail),
    }
    connection.execute(insert(custody), row)


def standing_holds(connection: Connection) -> list[CustodyEntry]:
    """Return the holds that were not released: of each source and article the newest act counts."""
    newest = [
        sequence
        for column in (custody.c.source_id, custody.c.article_id)
        for sequence in connection.scalars(_newest_by(column))
    ]
    query = (
        select(custody)
        .where(custody.c.seq.in_(newest), custody.c.act == CustodyAct.HOLD.value)
        .order_by(custody.c.seq)
    )
    return [to_entry(row) for row in connection.execute(query)]


def holds_on(connection: Connection, source_id: str) -> list[CustodyEntry]:
    """Return the holds that a source is under: its own, and those of articles that cite it."""
    return held_by(connection, source_id).get(source_id, [])


def _newest_by(column: Column[Any]) -> Select[Any]:
    acts = custody.c.act.in_(_HOLDING) & column.is_not(None)
    return select(func.max(custody.c.seq)).where(acts).group_by(column)


def held_by(connection: Connection, source_id: str | None = None) -> dict[str, list[CustodyEntry]]:
    """Return the holds by the source they are on; of one source, or of all."""
    found: dict[str, list[CustodyEntry]] = {}
    for hold in standing_holds(connection):
        named = [hold.source_id] if hold.source_id is not None else []
        if hold.article_id is not None:
            named += _cited_by(connection, hold.article_id)
        for each in dict.fromkeys(named):
            if source_id is None or each == source_id:
                found.setdefault(each, []).append(hold)
    return found


def _cited_by(connection: Connection, article_id: str) -> Sequence[str]:
    """Return the sources that an article cites, or cited in any version, and its own address."""
    cited = select(citations.c.source_id).where(citations.c.article_id == article_id)
    own = select(articles.c.source_id).where(articles.c.id == article_id)
    found = [*connection.scalars(own), *connection.scalars(cited)]
    return [one for one in found if one is not None]


def to_entry(row: Row[Any]) -> CustodyEntry:
    """Read a row of ``custody``."""
    return CustodyEntry(
        id=row.id,
        act=CustodyAct(row.act),
        at=row.at,
        by=row.by,
        reason=WITHDRAWN if row.reason is None else row.reason,
        source_id=row.source_id,
        article_id=row.article_id,
        detail=row.detail,
    )
