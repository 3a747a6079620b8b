"""An article as read, before anything is found in it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from archiver.errors import InputError
from archiver.model.article import ArticleText

MAX_CITATIONS = 20_000  # of an article; the longest lists of Wikipedia have some three thousand


def check_count(found: int) -> None:
    """Refuse an article with more citations than any has, rather than leave some out.

    Raises:
        InputError: there are more than ``MAX_CITATIONS``.
    """
    if found > MAX_CITATIONS:
        raise InputError(f"the article cites more than {MAX_CITATIONS:,} sources: too many to keep")


class MarkKind(StrEnum):
    """What markup says of a stretch of text."""

    LINK = "link"
    """An anchor of the article's body."""
    CODE = "code"
    """Code of a Markdown text: words of the article that cite nothing."""
    POST = "post"
    """A post's embed code: a blockquote, a widget frame, an AMP element."""
    HEADING = "heading"
    """A heading; ``level`` says how deep it stands, 1 outermost."""
    QUOTE = "quote"
    """A block of words quoted from elsewhere; quotation marks are left to the text."""
    NOTE = "note"
    """A source that a footnote names, where its number stands in the text."""


@dataclass(frozen=True, slots=True)
class Note:
    """What a footnote or a list of sources says of a source beside its address.

    ``words`` are its title, or a post's words when ``is_post``. ``copy`` is the address of an
    archived copy. ``is_related`` says that it stands among pointers (External links), where
    nothing rests on it.
    """

    words: str = ""
    quote: str = ""
    author: str | None = None
    handle: str | None = None
    posted_on: date | None = None
    copy: str | None = None
    is_post: bool = False
    is_related: bool = False


@dataclass(frozen=True, slots=True)
class Mark:
    """A fact of the markup; ``start`` and ``end`` are offsets into the article's text.

    ``address`` is as written, with a scheme; a relative one is joined to the page's. An embed
    without words in the page (a frame) has ``start == end``; ``status_id`` is the ID it carries,
    ``links`` are the anchors inside it, and ``nested`` the stretches inside it, in order, that are
    posts of their own: their words and anchors are not this one's. ``platform`` is as a post's
    embed code tells it (None means X), ``posted_on`` the UTC day its markup tells. The words
    of a placeholder are not the post's.
    """

    kind: MarkKind
    start: int
    end: int
    address: str | None = None
    status_id: str | None = None
    links: tuple[Mark, ...] = ()
    nested: tuple[tuple[int, int], ...] = ()
    level: int = 0
    platform: str | None = None
    posted_on: date | None = None
    is_placeholder: bool = False
    note: Note | None = None


@dataclass(frozen=True, slots=True)
class Draft:
    """An article's text with the facts of its markup, in reading order.

    ``by_line`` says that each line of the text is a paragraph of its own.
    """

    article: ArticleText
    marks: tuple[Mark, ...] = ()
    by_line: bool = False
