"""Which address is which article: trackers, needless escapes, fragments and http or https apart.

A new article is known by its canonical address. Rows of older databases are known by the address
as it was written, trackers and all; they are found by every form of an address, and left as they
are.
"""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Collection, Iterable
from typing import Any

from sqlalchemy import Connection, Row, select

from archiver.platforms._address import plain
from archiver.store.sources import name_sha256
from archiver.store.statements import in_parts
from archiver.store.tables import articles, sources

_OTHER_SCHEME = {"http": "https", "https": "http"}


def identity_of(url: str) -> str:
    """Return the digest that a new article with an address is found by."""
    return _digest(plain(url))


def find_known(connection: Connection, addresses: Collection[str]) -> dict[str, Row[Any]]:
    """Return the article that each address is known by; those of none are left out.

    One that is followed goes before a removed one, then the address as written before its
    canonical form, before the other of http and https.
    """
    forms = {address: forms_of(address) for address in addresses}
    rows = _by_identity(connection, {form for each in forms.values() for form in each})
    for form, older in _by_source(connection, rows, forms.values()).items():
        rows[form] += older
    found = {}
    for address, each in forms.items():
        candidates = [row for form in each for row in rows.get(form, ())]
        if candidates:
            found[address] = min(candidates, key=lambda row: row.removed_at is not None)
    return found


def forms_of(address: str) -> tuple[str, ...]:
    """Return the forms by which an article may be known, likeliest first."""
    canonical = plain(address)
    both = (address, canonical)
    return tuple(dict.fromkeys((*both, *map(_of_other_scheme, both))))


def _of_other_scheme(url: str) -> str:
    scheme, mark, rest = url.partition("://")
    other = _OTHER_SCHEME.get(scheme.lower())
    return f"{other}{mark}{rest}" if other else url


def _by_identity(connection: Connection, forms: set[str]) -> defaultdict[str, list[Row[Any]]]:
    by_digest = {_digest(form): form for form in forms}
    rows: defaultdict[str, list[Row[Any]]] = defaultdict(list)
    for part in in_parts(sorted(by_digest)):
        for row in connection.execute(select(articles).where(articles.c.identity_sha256.in_(part))):
            rows[by_digest[row.identity_sha256]].append(row)
    return rows


def _by_source(
    connection: Connection, found: dict[str, list[Row[Any]]], forms: Iterable[tuple[str, ...]]
) -> dict[str, list[Row[Any]]]:
    """Return older articles whose address had trackers, by the source it is.

    An archived copy's address is the original's source, too; it is another article.
    """
    missing = {form for each in forms if not any(map(found.get, each)) for form in each}
    names = sorted(name_sha256(f"web:{form}") for form in missing)
    rows: defaultdict[str, list[Row[Any]]] = defaultdict(list)
    for part in in_parts(names):
        own = select(sources.c.id).where(sources.c.name_sha256.in_(part))
        query = select(articles).where(articles.c.source_id.in_(own)).order_by(articles.c.id)
        for row in connection.execute(query):
            if row.url is not None and plain(row.url) in missing:
                rows[plain(row.url)].append(row)
    return rows


def _digest(url: str) -> str:
    return hashlib.sha256(f"url:{url}".encode("utf-8", "surrogatepass")).hexdigest()
