"""What the database says should be on disk."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Collection, Sequence
from functools import partial
from typing import Any

from sqlalchemy import Connection, Row, Select, Table, select, type_coerce

from archiver.model.capture import Artifact
from archiver.store.captures import to_artifact
from archiver.store.columns import Words
from archiver.store.database import Database
from archiver.store.tables import (
    artifacts,
    attempts,
    captures,
    mementos,
    observations,
    siblings,
)

PAGE = 500
"""Rows asked for at once: few enough for memory and for SQLite's limit on parameters."""


RESTS_ON_ANSWERS = ((observations, "id"), (attempts, "citation_id"), (mementos, "id"))


async def committed(
    database: Database, capture_ids: Sequence[str], *, withdrawn: bool = True
) -> set[str]:
    """Return those of the captures that have a row; with or without ``withdrawn`` ones."""
    found: set[str] = set()
    for start in range(0, len(capture_ids), PAGE):
        some = capture_ids[start : start + PAGE]
        query = select(captures.c.id).where(captures.c.id.in_(some))
        if not withdrawn:
            query = query.where(captures.c.withdrawn_at.is_(None))
        found.update(await database.read(partial(_ids, query=query)))
    return found


def _ids(connection: Connection, query: Select[Any]) -> Sequence[str]:
    return connection.scalars(query).all()


async def artifact_pages(database: Database) -> AsyncIterator[list[tuple[str, Artifact]]]:
    """Give all artifacts that were not withdrawn, with their capture's ID, page by page."""
    query = select(artifacts).where(artifacts.c.withdrawn_at.is_(None))
    async for rows in _pages(database, query, artifacts):
        yield [(row.capture_id, to_artifact(row)) for row in rows]


async def blob_pages(database: Database) -> AsyncIterator[list[tuple[str, str]]]:
    """Give the digests of all kept bodies, with the ID of what rests on them, page by page.

    That is an observation, a memento, the citation that an attempt was made for, or a host.
    """
    for table, of in RESTS_ON_ANSWERS:
        query = select(table.c.seq, table.c[of], table.c.answers)
        async for rows in _pages(database, query.where(table.c.withdrawn_at.is_(None)), table):
            yield [
                (getattr(row, of), answer["body_sha256"])
                for row in rows
                for answer in row.answers
                if answer["body_sha256"] is not None
            ]
    yield await database.read(_of_siblings)


def _of_siblings(connection: Connection) -> list[tuple[str, str]]:
    """Return the answers of places where there is nothing: one a place, so not many."""
    rows = connection.execute(select(siblings.c.host, siblings.c.answer))
    found = [(row.host, row.answer.get("body_sha256")) for row in rows]
    return [(host, sha256) for host, sha256 in found if sha256 is not None]


async def rested_on(database: Database, digests: Collection[str]) -> set[str]:
    """Return those of some blobs that anything still rests on, looking through all that is kept.

    Any row may: the very same bytes come from other hosts, too. So every row is read, but as text,
    which takes a fraction of the time that its answers take as values.
    """
    wanted, found = set(digests), set[str]()
    if wanted:
        found = {sha256 for _, sha256 in await database.read(_of_siblings)} & wanted
    for table, _ in RESTS_ON_ANSWERS:
        query = select(table.c.seq, type_coerce(table.c.answers, Words).label("answers"))
        async for rows in _pages(database, query.where(table.c.withdrawn_at.is_(None)), table):
            if found == wanted:
                return found
            for row in rows:
                found.update(wanted.intersection(_BODY.findall(row.answers)))
    return found


_BODY = re.compile(r'"body_sha256": ?"([0-9a-f]{64})"')
"""A body in answers as JSON text: a quotation mark inside of a string would be escaped."""


async def _pages(
    database: Database, query: Select[Any], table: Table
) -> AsyncIterator[Sequence[Row[Any]]]:
    seen = 0
    while rows := await database.read(partial(_page, query=query, table=table, after=seen)):
        yield rows
        seen = rows[-1].seq


def _page(
    connection: Connection, query: Select[Any], table: Table, after: int
) -> Sequence[Row[Any]]:
    return connection.execute(
        query.where(table.c.seq > after).order_by(table.c.seq).limit(PAGE)
    ).all()
