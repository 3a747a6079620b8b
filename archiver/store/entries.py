"""Entries of the custody record, and which holds stand, in the caller's transaction."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, insert, or_, select

from archiver.errors import InputError
from archiver.model.custody import WITHDRAWN, CustodyAct, CustodyEntry, standing
from archiver.model.source import SourceRef
from archiver.store.claims import hold_all
from archiver.store.codec import from_json, to_json
from archiver.store.sources import name_sha256
from archiver.store.statements import in_parts
from archiver.store.tables import articles, attempts, citation_places, citations, custody, sources

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


def keep_entry(connection: Connection, entry: CustodyEntry) -> None:
    """Append an entry; a hold once no takedown of what it covers is under way.

    The detail of a hold names the takedowns that were there before it: what they emptied it cannot
    keep.

    Raises:
        InputError: the hold that a release names does not stand any more.
    """
    if entry.act is CustodyAct.HOLD:
        covered = _covered(connection, entry)
        lock_kept(connection, entry.article_id, covered)
        before = _takedowns_of(connection, covered, entry.article_id)
        if before:
            entry = replace(entry, detail={**entry.detail, "taken_down_before": before})
    elif entry.act is CustodyAct.RELEASE and "hold" in entry.detail:
        own = [entry.source_id] if entry.source_id is not None else []
        lock_kept(connection, entry.article_id, own)
        if entry.detail["hold"] not in {one.id for one in standing_holds(connection)}:
            raise InputError(f"hold {entry.detail['hold']} was released meanwhile")
    append_entry(connection, entry)


def lock_kept(connection: Connection, article_id: str | None, source_ids: list[str]) -> None:
    """Keep holds, releases and takedowns of an article and of sources apart until our commit.

    What is read after it shows the other one's commit. The article comes first everywhere, so that
    no two wait for each other.
    """
    if article_id is not None:
        row = select(articles.c.id).where(articles.c.id == article_id)
        connection.execute(row.with_for_update()).all()
    hold_all(connection, source_ids)


def _takedowns_of(
    connection: Connection, source_ids: list[str], article_id: str | None
) -> list[str]:
    """Return the takedowns of some sources and of an article, oldest first.

    Those of articles that cite the sources are among them: they emptied what was quoted of these.
    """
    found: list[tuple[int, str]] = []
    of_act = select(custody.c.seq, custody.c.id).where(custody.c.act == CustodyAct.TAKEDOWN.value)
    for part in in_parts(source_ids) if source_ids else [()]:
        citing = select(citations.c.article_id).where(citations.c.source_id.in_(part))
        of_article = or_(custody.c.article_id == article_id, custody.c.article_id.in_(citing))
        which = or_(custody.c.source_id.in_(part), of_article)
        found += [(row.seq, row.id) for row in connection.execute(of_act.where(which))]
    return [one for _, one in sorted(set(found))]


def standing_holds(connection: Connection) -> list[CustodyEntry]:
    """Return the holds that were not released, each by itself, oldest first."""
    query = select(custody).where(custody.c.act.in_(_HOLDING)).order_by(custody.c.seq)
    return standing(to_entry(row) for row in connection.execute(query))


def holds_on(connection: Connection, source_id: str) -> list[CustodyEntry]:
    """Return the holds that a source is under: its own, and those of articles that cite it."""
    return held_by(connection, source_id).get(source_id, [])


def held_by(connection: Connection, source_id: str | None = None) -> dict[str, list[CustodyEntry]]:
    """Return the holds by the source they are on; of one source, or of all."""
    found: dict[str, list[CustodyEntry]] = {}
    for hold in standing_holds(connection):
        for each in _covered(connection, hold):
            if source_id is None or each == source_id:
                found.setdefault(each, []).append(hold)
    return found


def _covered(connection: Connection, hold: CustodyEntry) -> list[str]:
    """Return the sources that a hold is on: its own, and all that its article ever cited."""
    named = [hold.source_id] if hold.source_id is not None else []
    if hold.article_id is not None:
        named += _cited_by(connection, hold.article_id)
    return list(dict.fromkeys(named))


def _cited_by(connection: Connection, article_id: str) -> Iterator[str]:
    """Give the sources that an article ever cited, in any version, and its own address."""
    own = select(articles.c.source_id).where(articles.c.id == article_id)
    yield from (one for one in connection.scalars(own) if one is not None)
    yield from ever_meant(connection, citations.c.article_id == article_id)


def ever_meant(connection: Connection, which: ColumnElement[bool]) -> Iterator[str]:
    """Give the sources that some citations mean or once meant, one perhaps more than once.

    A citation that was resolved anew still has what it meant before, in its places and attempts.
    """
    cited = select(citations.c.source_id).where(which)
    yield from (one for one in connection.scalars(cited) if one is not None)
    digests = sorted({name_sha256(ref.name) for ref in _named_by(connection, which)})
    for part in in_parts(digests):
        known = select(sources.c.id).where(sources.c.name_sha256.in_(part))
        yield from connection.scalars(known)


def _named_by(connection: Connection, which: ColumnElement[bool]) -> Iterator[SourceRef]:
    """Give what some citations were printed with, and what attempts came to."""
    ids = select(citations.c.id).where(which)
    tried = select(attempts.c.source).where(attempts.c.citation_id.in_(ids))
    printed = select(citation_places.c.found).where(citation_places.c.citation_id.in_(ids))
    named = [*connection.scalars(tried)]
    named += [found["source"] for found in connection.scalars(printed) if found is not None]
    yield from (from_json(SourceRef, one) for one in named if one is not None)


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
