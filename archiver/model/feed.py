"""Feeds and sitemaps that announce articles, and the articles they announce."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta


@dataclass(frozen=True, slots=True)
class ExpectedArticle:
    """An article known by its address, still to be read."""

    url: str
    title: str | None = None
    published_on: date | None = None


@dataclass(frozen=True, slots=True)
class Feed:
    """A feed (RSS, Atom, JSON) or sitemap that is followed.

    ``etag`` and ``modified`` are the validators of its last answer; ``note`` says why it could not
    be read when it last was not. ``every`` is how often it is looked at, None for the setting.
    While ``from_now``, what it announces is noted and not followed.
    """

    id: str
    url: str
    added_at: datetime
    next_due_at: datetime | None
    title: str | None = None
    looked_at: datetime | None = None
    etag: str | None = None
    modified: str | None = None
    failures: int = 0
    note: str | None = None
    removed_at: datetime | None = None
    every: timedelta | None = None
    from_now: bool = False
