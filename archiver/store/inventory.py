"""What the database says should be on disk."""

from __future__ import annotations

from collections.abc import AsyncIterator, Collection, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import PurePosixPath
from typing import Any

from sqlalchemy import (
    Column,
    ColumnElement,
    Connection,
    Row,
    Select,
    Table,
    bindparam,
    select,
    text,
    type_coerce,
)

from archiver.model.capture import Artifact
from archiver.store.bodies import (
    Entry,
    add_entries,
    bodies_in,
    missing_entries,
    owners_of,
    start_of,
)
from archiver.store.captures import to_artifact
from archiver.store.columns import Words
from archiver.store.database import Database
from archiver.store.statements import in_parts
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

    ``of`` is the column that names what rests on them, ``owner`` the one that says under whom their
    bodies are listed, ``answers`` the one that holds them: a list, or one alone. ``key`` is the
    column that the rows are gone through by.
    """

    table: Table
    of: str
    owner: str
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
            columns[self.owner].label("owner"),
            (type_coerce(answers, Words) if as_text else answers).label("answers"),
        )
        if "withdrawn_at" in columns:
            query = query.where(columns.withdrawn_at.is_(None))
        return query.order_by(columns[self.key])


RESTS_ON_ANSWERS = (
    Resting(observations, "id", "source_id"),
    Resting(attempts, "citation_id", "citation_id"),
    Resting(mementos, "id", "source_id"),
    Resting(siblings, "host", "place_sha256", answers="answer", key="place_sha256"),
)
"""Everything that rests on kept answers: what is not in this list, nobody keeps or compares.

Who writes a row of these calls :func:`archiver.store.bodies.list_bodies` in the same transaction.
"""


def answers_in(row: Row[Any]) -> Sequence[dict[str, Any]]:
    """Return the answers of a row that rests on some."""
    return [row.answers] if isinstance(row.answers, dict) else row.answers or ()


@dataclass(frozen=True, slots=True)
class Rests:
    """A kept body, and a row that rests on it.

    ``of`` is the ID of an observation or a memento, of the citation that an attempt was made for,
    or a host; ``owner`` is whom the body is listed under.
    """

    of: str
    owner: str
    sha256: str


def rests_in(rows: Sequence[Row[Any]]) -> list[Rests]:
    """Return the bodies that rows rest on."""
    return [
        Rests(row.of, row.owner, answer["body_sha256"])
        for row in rows
        for answer in answers_in(row)
        if answer["body_sha256"] is not None
    ]


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


_IS_COMMITTING = text(
    "SELECT EXISTS (SELECT FROM pg_locks WHERE locktype = 'relation' AND mode = 'RowExclusiveLock'"
    " AND relation = CAST(:captures AS regclass) AND database ="
    " (SELECT oid FROM pg_database WHERE datname = current_database()))"
)


async def is_committing(database: Database) -> bool:
    """Tell whether a transaction is open that wrote captures: they may have rows only later.

    On a server a commit that was sent can take effect long after its client was killed: it is on
    its way still, or the server waits for its disk or its standby. Until the rows are seen, or
    will never be, the transaction holds a lock on the table, and everybody may see that.
    Source: PostgreSQL 15 manual, 13.3.1 and 54.12, and tried with 15.18, 2026-11-30.
    """
    if database.is_embedded:
        return False  # the file is a dead process's no more
    values = {"captures": captures.name}
    return await database.read(
        lambda connection: bool(connection.execute(_IS_COMMITTING, values).scalar_one())
    )


async def holds_files(database: Database) -> bool:
    """Tell whether any row was ever there that files belong to."""
    tables = (captures, *(one.table for one in RESTS_ON_ANSWERS))
    return await database.read(
        lambda connection: any(
            connection.execute(select(table).limit(1)).first() for table in tables
        )
    )


def _ids(connection: Connection, query: Select[Any]) -> Sequence[str]:
    return connection.scalars(query).all()


def is_named(connection: Connection, of: str, path: str) -> bool:
    """Tell whether a row that was not withdrawn names a file now.

    ``of`` is the ID of what rests on it, ``path`` where it is kept: of a body, ``blobs/`` with any
    name that begins with its digest. Who found a file missing asks afterwards: a takedown withdraws
    rows before it removes what they named.
    """
    if not path.startswith("blobs/"):
        kept = select(artifacts.c.seq).where(
            artifacts.c.capture_id == of,
            artifacts.c.path == path,
            artifacts.c.withdrawn_at.is_(None),
        )
        return connection.execute(kept).first() is not None
    digest = PurePosixPath(path).name.partition(".")[0]
    return any(
        digest in bodies_in(row.answers)
        for resting in RESTS_ON_ANSWERS
        for row in connection.execute(
            resting.rows(as_text=True).where(resting.table.c[resting.of] == of)
        )
    )


async def artifact_pages(database: Database) -> AsyncIterator[list[tuple[str, Artifact]]]:
    """Give all artifacts that were not withdrawn, with their capture's ID, page by page."""
    seq = artifacts.c.seq
    kept = select(artifacts, seq.label("key")).where(artifacts.c.withdrawn_at.is_(None))
    async for rows in _pages(database, kept.order_by(seq), seq):
        yield [(row.capture_id, to_artifact(row)) for row in rows]


async def blob_pages(database: Database) -> AsyncIterator[list[Rests]]:
    """Give all kept bodies, each with what rests on it, page by page."""
    for resting in RESTS_ON_ANSWERS:
        async for rows in _pages(database, resting.rows(), resting.table.c[resting.key]):
            yield rests_in(rows)


def entry_pages(connection: Connection) -> Iterator[set[Entry]]:
    """Give what the list of bodies has to hold, of a page of rows at a time."""
    for resting in RESTS_ON_ANSWERS:
        key, query = resting.table.c[resting.key], resting.rows(as_text=True)
        page = query
        while rows := _page(connection, page):
            yield {
                (start_of(sha256), row.owner) for row in rows for sha256 in bodies_in(row.answers)
            }
            page = query.where(key > rows[-1].key)


async def rested_on(database: Database, digests: Collection[str]) -> set[str]:
    """Return those of some blobs that anything still rests on.

    The very same bytes come from other hosts, too: whoever is listed with them is looked at.
    """
    found: set[str] = set()
    for part in in_parts(sorted(set(digests))):
        found |= await database.read(partial(_rested_on, digests=part))
    return found


def _rested_on(connection: Connection, digests: Sequence[str]) -> set[str]:
    standing: dict[str, set[str]] = {}  # a takedown asks the same owner for each of its bodies

    def has(owner: str, digest: str) -> bool:
        if owner not in standing:
            standing[owner] = _standing(connection, owner)
        return digest in standing[owner]

    return {one for one in digests if any(has(who, one) for who in owners_of(connection, one))}


def _standing(connection: Connection, owner: str) -> set[str]:
    """Return the bodies of all answers of an owner that were not withdrawn."""
    found: set[str] = set()
    for keys, answers in _OF_OWNER:
        for part in in_parts(connection.scalars(keys, {"owner": owner}).all()):
            for kept in connection.scalars(answers, {"keys": part}):
                found.update(bodies_in(kept))
    return found


def _of_owner(resting: Resting) -> tuple[Select[Any], Select[Any]]:
    """Return the queries of an owner's rows: of their keys, which are small, and by some of those.

    So neither all answers are in memory at once, nor is an order asked for that no index has.
    """
    key, rows = resting.table.c[resting.key], resting.rows(as_text=True).order_by(None)
    of_owner = rows.with_only_columns(key).where(
        resting.table.c[resting.owner] == bindparam("owner")
    )
    some = rows.where(key.in_(bindparam("keys", expanding=True)))
    return of_owner, some.with_only_columns(rows.selected_columns.answers)


_OF_OWNER = tuple(_of_owner(resting) for resting in RESTS_ON_ANSWERS)


async def list_again(database: Database, some: Sequence[Rests]) -> list[Rests]:
    """Return those that the list of bodies lacks, and add them to it unless it is read-only.

    There should be none: each is a body that a takedown elsewhere would have removed.
    """
    entries = {(start_of(one.sha256), one.owner): one for one in some}
    missing = await database.read(partial(missing_entries, entries=entries))
    if missing and not database.is_read_only:
        await database.write(partial(add_entries, entries=missing))
    return [entries[one] for one in sorted(missing)]


async def _pages(
    database: Database, query: Select[Any], key: Column[Any]
) -> AsyncIterator[Sequence[Row[Any]]]:
    page = query
    while rows := await database.read(partial(_page, query=page)):
        yield rows
        page = query.where(key > rows[-1].key)


def _page(connection: Connection, query: Select[Any]) -> Sequence[Row[Any]]:
    return connection.execute(query.limit(PAGE)).all()
