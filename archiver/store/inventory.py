"""What the database says should be on disk."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Collection, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from sqlalchemy import Column, ColumnElement, Connection, Row, Select, Table, select, type_coerce

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


@dataclass(frozen=True, slots=True)
class Resting:
    """Rows that rest on answers whose bodies are kept.

    ``of`` is the column that names what rests on them, ``answers`` the one that holds them: a list,
    or one alone. ``key`` is the column that the rows are gone through by.
    """

    table: Table
    of: str
    answers: str = "answers"
    key: str = "seq"

    def rows(self, *, as_text: bool = False) -> Select[Any]:
        """Return the query of what was not withdrawn, in the order of its key.

        ``as_text`` gives the answers as the JSON text that they are kept as.
        """
        columns = self.table.c
        answers: ColumnElement[Any] = columns[self.answers]
        query = select(
            columns[self.key].label("key"),
            columns[self.of].label("of"),
            (type_coerce(answers, Words) if as_text else answers).label("answers"),
        )
        if "withdrawn_at" in columns:
            query = query.where(columns.withdrawn_at.is_(None))
        return query.order_by(columns[self.key])


RESTS_ON_ANSWERS = (
    Resting(observations, "id"),
    Resting(attempts, "citation_id"),
    Resting(mementos, "id"),
    Resting(siblings, "host", answers="answer", key="place_sha256"),
)
"""Everything that rests on kept answers: what is not in this list, nobody keeps or compares."""


def answers_in(row: Row[Any]) -> Sequence[dict[str, Any]]:
    """Return the answers of a row that rests on some."""
    return [row.answers] if isinstance(row.answers, dict) else row.answers or ()


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
    seq = artifacts.c.seq
    kept = select(artifacts, seq.label("key")).where(artifacts.c.withdrawn_at.is_(None))
    async for rows in _pages(database, kept.order_by(seq), seq):
        yield [(row.capture_id, to_artifact(row)) for row in rows]


async def blob_pages(database: Database) -> AsyncIterator[list[tuple[str, str]]]:
    """Give the digests of all kept bodies, with the ID of what rests on them, page by page.

    That is an observation, a memento, the citation that an attempt was made for, or a host.
    """
    for resting in RESTS_ON_ANSWERS:
        async for rows in _pages(database, resting.rows(), resting.table.c[resting.key]):
            yield [
                (row.of, answer["body_sha256"])
                for row in rows
                for answer in answers_in(row)
                if answer["body_sha256"] is not None
            ]


async def rested_on(database: Database, digests: Collection[str]) -> set[str]:
    """Return those of some blobs that anything still rests on, looking through all that is kept.

    Any row may: the very same bytes come from other hosts, too. So every row is read, but as text,
    which takes a fraction of the time that its answers take as values.
    """
    wanted, found = set(digests), set[str]()
    for resting in RESTS_ON_ANSWERS:
        key = resting.table.c[resting.key]
        async for rows in _pages(database, resting.rows(as_text=True), key):
            if found == wanted:
                return found
            for row in rows:
                found.update(wanted.intersection(_BODY.findall(row.answers or "")))
    return found


_BODY = re.compile(r'"body_sha256": ?"([0-9a-f]{64})"')
"""A body in answers as JSON text: a quotation mark inside of a string would be escaped."""


async def _pages(
    database: Database, query: Select[Any], key: Column[Any]
) -> AsyncIterator[Sequence[Row[Any]]]:
    page = query
    while rows := await database.read(partial(_page, query=page)):
        yield rows
        page = query.where(key > rows[-1].key)


def _page(connection: Connection, query: Select[Any]) -> Sequence[Row[Any]]:
    return connection.execute(query.limit(PAGE)).all()
