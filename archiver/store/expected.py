"""Articles that are known by their address and still to be read."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, select

from archiver.model.article import Article
from archiver.model.feed import ExpectedArticle
from archiver.platforms._address import fold
from archiver.store.identity import find_known, identity_of
from archiver.store.ids import new_id
from archiver.store.statements import in_parts, insert_missing
from archiver.store.tables import articles


def url_sha256(url: str) -> str:
    """Return the digest that a feed is found by."""
    return hashlib.sha256(url.encode("utf-8", "surrogatepass")).hexdigest()


def expect_articles(
    connection: Connection, expected: Sequence[ExpectedArticle], at: datetime
) -> list[Article]:
    """Register articles by address, due to be read; return those that were new, in order."""
    by_address: dict[str, ExpectedArticle] = {}
    for one in expected:
        by_address.setdefault(fold(one.url), one)
    known = find_known(connection, [one.url for one in by_address.values()])
    by_identity = {identity_of(e.url): e for e in by_address.values() if e.url not in known}
    # Identifiers in the order given, which is then the order they are read in.
    ids = {identity: new_id() for identity in by_identity}
    new: dict[str, Article] = {}
    for part in in_parts(sorted(ids)):  # in one order everywhere: see register_sources
        rows = [_row(ids[each], each, by_identity[each], at) for each in part]
        insert_missing(connection, articles, ["identity_sha256"], rows)
        ours = articles.c.id.in_([row["id"] for row in rows])
        for row in connection.execute(select(articles).where(ours)):
            new[row.identity_sha256] = to_article(row)
    return [new[identity] for identity in ids if identity in new]


def _row(article_id: str, identity: str, expected: ExpectedArticle, at: datetime) -> dict[str, Any]:
    return {
        "id": article_id,
        "identity_sha256": identity,
        "title": expected.title,
        "url": expected.url,
        "published_on": expected.published_on,
        "added_at": at,
        "read_due_at": at,
    }


def to_article(row: Row[Any]) -> Article:
    """Read a row of ``articles``."""
    return Article(
        id=row.id,
        title=row.title,
        url=row.url,
        language=row.language,
        added_at=row.added_at,
        source_id=row.source_id,
        removed_at=row.removed_at,
        published_on=row.published_on,
        read_due_at=row.read_due_at,
        note=row.note,
    )
