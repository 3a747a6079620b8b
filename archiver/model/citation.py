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


POINTERS = frozenset({CitationKind.RELATED, CitationKind.MENTION})
"""Kinds that name no source by themselves: without an address there is nothing to audit."""


class Resolution(StrEnum):
    """How far we know which source a citation means."""

    RESOLVED = "resolved"
    """The source is known."""
    NEEDS_LOOKUP = "needs_lookup"
    """A short link or a picture code has to be asked."""
    UNRESOLVED = "unresolved"
    """Nothing in the article leads there; a person can say."""


class Road(StrEnum):
    """By which road a citation's source was found."""

    ADDRESS = "address"
    """The article prints the address itself, or links to it."""
    CODE = "code"
    """A picture code or a short link, asked hop by hop."""
    ARTICLE = "article"
    """The article's own HTML at its address."""
    ARTICLE_MEMENTO = "article_memento"
    """An archived copy of the article from near its date."""
    INDEX = "index"
    """An archive's index of what it holds of the author from that day."""
    PERSON = "person"
    """A person named it."""


class Certainty(StrEnum):
    """How sure it is that the source found is the one meant."""

    CERTAIN = "certain"
    """The article or a person names it."""
    CHECKED = "checked"
    """Found by another road, and handle and day, or the words, agree with the article."""
    LIKELY = "likely"
    """The only candidate found; not everything the article prints could be checked."""


@dataclass(frozen=True, slots=True)
class Context:
    """What stands round a citation in its article.

    ``sentence`` is the sentence that holds it, ``quotes`` the quoted words near it (in quotation
    marks or a blockquote, marks left off), ``headings`` the headings it stands under, outermost
    first.
    """

    sentence: str = ""
    quotes: tuple[str, ...] = ()
    headings: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class CitedMemento:
    """An archived copy that the article cites in place of the original.

    ``url`` is the copy's address as cited, ``at`` the time in it (aware UTC) when it tells one.
    """

    archive: str
    url: str
    at: datetime | None = None


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
    embeds). ``memento`` is set when the address as cited is an archived copy; ``source`` is then
    the original.
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
    context: Context = Context()
    memento: CitedMemento | None = None


@dataclass(frozen=True, slots=True)
class Citation:
    """A citation we keep over its article's versions; ``found`` is its place in the newest one.

    ``source_id`` is set once the source is known. ``found.resolution`` is how extraction saw it;
    ``resolution`` is how it stands now, ``road`` and ``certainty`` how it came to be.
    """

    id: str
    article_id: str
    found: FoundCitation
    resolution: Resolution
    source_id: str | None
    added_at: datetime
    resolution_note: str | None = None
    road: Road | None = None
    certainty: Certainty | None = None
