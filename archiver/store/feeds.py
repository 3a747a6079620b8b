"""Feeds and sitemaps that are followed, and what they announced."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from sqlalchemy import Connection, Row, select, update

from archiver.errors import NotFoundError
from archiver.model.article import Article
from archiver.model.feed import ExpectedArticle, Feed
from archiver.store.database import Database
from archiver.store.expected import expect_articles, url_sha256
from archiver.store.ids import new_id
from archiver.store.statements import in_parts, insert_missing, insert_unless_there
from archiver.store.tables import announcements, feeds


class SqlFeeds:
    """The port :class:`archiver.ports.Feeds` on the database."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def follow(
        self, url: str, at: datetime, *, every: timedelta | None = None, from_now: bool = False
    ) -> Feed:
        """Follow a feed, due at once; a known one is returned, a removed one followed again."""
        row = {
            "id": new_id(),
            "url_sha256": url_sha256(url),
            "url": url,
            "added_at": at,
            "next_due_at": at,
            "failures": 0,
            "every": every,
            "from_now": from_now,
        }
        return await self._database.write(partial(_follow, row=row))

    async def all(self) -> list[Feed]:
        """Return all feeds that were not removed, oldest first."""
        query = select(feeds).where(feeds.c.removed_at.is_(None)).order_by(feeds.c.id)
        return await self._database.read(lambda c: [_to_feed(row) for row in c.execute(query)])

    async def due(self, at: datetime, limit: int) -> list[Feed]:
        """Return feeds to look at, longest due first."""
        query = (
            select(feeds)
            .where(feeds.c.removed_at.is_(None), feeds.c.next_due_at <= at)
            .order_by(feeds.c.next_due_at, feeds.c.id)
            .limit(limit)
        )
        return await self._database.read(lambda c: [_to_feed(row) for row in c.execute(query)])

    async def looked(
        self, feed: Feed, announced: Sequence[ExpectedArticle], at: datetime
    ) -> list[Article]:
        """Keep a feed's new state and expect what it announces, in one transaction."""
        return await self._database.write(partial(_looked, feed=feed, announced=announced, at=at))

    async def remove(self, feed_id: str, at: datetime) -> None:
        """Stop following a feed; its articles stay."""
        gone = update(feeds).where(feeds.c.id == feed_id).values(removed_at=at)
        if not await self._database.write(lambda connection: connection.execute(gone).rowcount):
            raise NotFoundError(f"no feed goes by {feed_id!r}")


def _follow(connection: Connection, row: dict[str, Any]) -> Feed:
    known = feeds.c.url_sha256 == row["url_sha256"]
    if not insert_unless_there(connection, feeds, "url_sha256", row):
        again = {"removed_at": None, "next_due_at": row["next_due_at"], "failures": 0, "note": None}
        revived = update(feeds).where(known, feeds.c.removed_at.is_not(None))
        connection.execute(revived.values(from_now=row["from_now"], **again))
        if row["every"] is not None:
            connection.execute(update(feeds).where(known).values(every=row["every"]))
    return _to_feed(connection.execute(select(feeds).where(known)).one())


def _looked(
    connection: Connection, feed: Feed, announced: Sequence[ExpectedArticle], at: datetime
) -> list[Article]:
    # The row is held until the commit: two looks at once do not both find an address new.
    known = select(feeds.c.from_now).where(feeds.c.id == feed.id).with_for_update()
    before = connection.execute(known).one_or_none()
    if before is None:
        raise NotFoundError(f"no feed goes by {feed.id!r}")
    connection.execute(update(feeds).where(feeds.c.id == feed.id).values(_state(feed)))
    new = _note_announcements(connection, feed.id, announced, at)
    return [] if before.from_now else expect_articles(connection, new, at)


def _state(feed: Feed) -> dict[str, Any]:
    """Return what a look changes; whether it is followed, and how often, is a person's word."""
    return {
        "next_due_at": feed.next_due_at,
        "title": feed.title,
        "looked_at": feed.looked_at,
        "etag": feed.etag,
        "modified": feed.modified,
        "failures": feed.failures,
        "note": feed.note,
        "from_now": feed.from_now,
    }


def _note_announcements(
    connection: Connection, feed_id: str, announced: Sequence[ExpectedArticle], at: datetime
) -> list[ExpectedArticle]:
    """Note what a feed announces; return what it had not announced before."""
    by_digest = {url_sha256(one.url): one for one in announced}
    new: list[ExpectedArticle] = []
    for part in in_parts(list(by_digest)):
        of_feed = announcements.c.feed_id == feed_id
        among = announcements.c.url_sha256.in_(part)
        query = select(announcements.c.url_sha256).where(of_feed, among)
        known = set(connection.scalars(query))
        fresh = [digest for digest in part if digest not in known]
        new += [by_digest[digest] for digest in fresh]
        rows = [
            {"feed_id": feed_id, "url_sha256": d, "url": by_digest[d].url, "first_at": at}
            for d in fresh
        ]
        insert_missing(connection, announcements, ["feed_id", "url_sha256"], rows)
    return new


def _to_feed(row: Row[Any]) -> Feed:
    return Feed(
        id=row.id,
        url=row.url,
        added_at=row.added_at,
        next_due_at=row.next_due_at,
        title=row.title,
        looked_at=row.looked_at,
        etag=row.etag,
        modified=row.modified,
        failures=row.failures,
        note=row.note,
        removed_at=row.removed_at,
        every=row.every,
        from_now=row.from_now,
    )
