"""One mention of a source in an article."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from archiver.model.source import SourceRef


class CitationKind(StrEnum):
    """How the article mentions the source."""

    EMBED = "embed"
    """A post's embed code, or the words it was flattened to."""
    LINK = "link"
    """A link in the article's body, or a bare address in its text."""
    RELATED = "related"
    """A pointer to another article of the house (``READ:``), often without an address."""
    MENTION = "mention"
    """A source named without a link."""


class Resolution(StrEnum):
    """How far we know which source a citation means."""

    RESOLVED = "resolved"
    """The source is known."""
    NEEDS_LOOKUP = "needs_lookup"
    """A short link or a picture code has to be asked."""
    UNRESOLVED = "unresolved"
    """Nothing in the article leads there; a person can say."""


@dataclass(frozen=True, slots=True)
class Author:
    """Who the article says posted it; either part may be missing."""

    name: str | None = None
    handle: str | None = None


@dataclass(frozen=True, slots=True)
class FoundCitation:
    """A citation as extraction finds it, before anything is stored.

    ``position`` counts from 1 in reading order. ``start`` and ``end`` are code-point offsets into
    the article's text. ``text`` is the post's words as printed, codes included, or the anchor
    text. ``addresses`` are as written, with a scheme. ``posted_on`` is the printed day (UTC in X's
    embeds).
    """

    position: int
    kind: CitationKind
    platform: str | None
    source: SourceRef | None
    url: str | None
    addresses: tuple[str, ...]
    author: Author
    posted_on: date | None
    text: str
    start: int
    end: int
    resolution: Resolution


@dataclass(frozen=True, slots=True)
class Citation:
    """A citation we keep over its article's versions; ``found`` is its place in the newest one.

    ``source_id`` is set once the source is known. ``found.resolution`` is how extraction saw it;
    ``resolution`` is how it stands now.
    """

    id: str
    article_id: str
    found: FoundCitation
    resolution: Resolution
    source_id: str | None
    added_at: datetime
    resolution_note: str | None = None
