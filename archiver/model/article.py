"""The citing document."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import date, datetime


@dataclass(frozen=True, slots=True)
class ArticleText:
    """An article as read: what extraction works on.

    ``text`` has line feeds as newlines; offsets of citations count its code points.
    ``fetched_from`` is the address its bytes came from, None when somebody supplied them.
    """

    title: str | None
    url: str | None
    language: str | None
    text: str
    published_on: date | None = None
    fetched_from: str | None = None

    @property
    def text_sha256(self) -> str:
        """Lower-case hex digest of the UTF-8 text: the identity of an article version."""
        return hashlib.sha256(self.text.encode("utf-8", "surrogatepass")).hexdigest()


@dataclass(frozen=True, slots=True)
class Article:
    """An article we keep; ``source_id`` is its own address as a source, when it has one.

    ``published_on`` is the printed day: the day its citations count as cited on. ``read_due_at``
    is set while the article is still to be read, or read again; ``note`` says what stopped it.
    """

    id: str
    title: str | None
    url: str | None
    language: str | None
    added_at: datetime
    published_on: date | None = None
    source_id: str | None = None
    removed_at: datetime | None = None
    read_due_at: datetime | None = None
    note: str | None = None


@dataclass(frozen=True, slots=True)
class ArticleVersion:
    """One state of an article's main text; never edited afterwards.

    ``fetched_from`` is the address it was read at, None when somebody supplied the text.
    """

    id: str
    article_id: str
    text: str
    text_sha256: str
    seen_at: datetime
    fetched_from: str | None = None
