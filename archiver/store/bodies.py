"""The list of bodies: who has answers with which, so that nobody reads all answers to find out.

It names the owner of answers (a source, a citation, a place of a site), not each row: looks at a
page that stays the same add nothing to it. Nothing is ever taken off it: it may name an owner that
had a body once, and must name every one that has it now. So it says whose answers to read, and
they say the rest; and no takedown can take away what a look beside it relies on.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, bindparam, select, tuple_
from sqlalchemy.dialects import postgresql, sqlite

from archiver.store.statements import in_parts
from archiver.store.tables import bodies

START = 15
"""Hex digits of a digest that are listed: 60 bits, so that two bodies of an archive hardly share
them, in an eighth of the room. Should they, answers are read for nothing."""
OWNERS_AT_ONCE = 100

_BODY = re.compile(r'"body_sha256": ?"([0-9a-f]{64})"')
"""A body in answers as JSON text: a quotation mark inside of a string would be escaped."""

Entry = tuple[int, str]
"""The start of a digest, and an owner."""


def bodies_in(text: str | None) -> Sequence[str]:
    """Return the digests of the bodies of answers, given as JSON text."""
    return _BODY.findall(text or "")


def start_of(sha256: str) -> int:
    """Return what a body is listed by."""
    return int(sha256[:START], 16)


# Made once: every look brings some.
_ADD = {
    "sqlite": sqlite.insert(bodies).on_conflict_do_nothing(),
    "postgresql": postgresql.insert(bodies).on_conflict_do_nothing(),
}
_OWNERS = (
    select(bodies.c.owner)
    .where(bodies.c.digest_start == bindparam("start"), bodies.c.owner > bindparam("last"))
    .order_by(bodies.c.owner)
    .limit(OWNERS_AT_ONCE)
)


def list_bodies(
    connection: Connection, owned: Iterable[tuple[str, Sequence[Mapping[str, Any]]]]
) -> None:
    """List the bodies of new answers, given by owner, in the transaction that keeps them."""
    add_entries(
        connection,
        (
            (start_of(answer["body_sha256"]), owner)
            for owner, answers in owned
            for answer in answers
            if answer["body_sha256"] is not None
        ),
    )


def add_entries(connection: Connection, entries: Iterable[Entry]) -> None:
    """Add those that are not there, in one order everywhere: so no two wait for each other."""
    rows = [{"digest_start": start, "owner": owner} for start, owner in sorted(set(entries))]
    if rows:
        connection.execute(_ADD[connection.dialect.name], rows)


def owners_of(connection: Connection, sha256: str) -> Iterator[str]:
    """Give everybody who may have answers with a body, some at a time."""
    asked = {"start": start_of(sha256), "last": ""}
    while page := connection.scalars(_OWNERS, asked).all():
        yield from page
        asked["last"] = page[-1]


def unlisted_of(connection: Connection, digests: Iterable[str]) -> list[str]:
    """Return those of some bodies that nobody has answers with."""
    starts = {start_of(one): one for one in digests}
    for part in in_parts(sorted(starts)):
        query = select(bodies.c.digest_start).where(bodies.c.digest_start.in_(part))
        for start in connection.scalars(query.distinct()):
            starts.pop(start, None)
    return sorted(starts.values())


def missing_entries(connection: Connection, entries: Iterable[Entry]) -> set[Entry]:
    """Return those that are not in the list."""
    missing = set(entries)
    for part in in_parts(sorted(missing)):
        listed = tuple_(bodies.c.digest_start, bodies.c.owner)
        query = select(bodies.c.digest_start, bodies.c.owner).where(listed.in_(part))
        missing -= {(row.digest_start, row.owner) for row in connection.execute(query)}
    return missing
