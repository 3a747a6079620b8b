"""HTML to a draft: the article's words in document order, and where its links and embeds stand."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field

from lxml import etree

from archiver.citations.body import Layout
from archiver.citations.draft import Draft, Mark, MarkKind
from archiver.citations.embeds import Embed, embed_of
from archiver.citations.links import is_image, may_cite
from archiver.citations.metadata import joined, read_metadata
from archiver.citations.tree import BLOCKS, Step, classes, parse_html, walk
from archiver.citations.weights import is_inside
from archiver.errors import InputError
from archiver.model.article import ArticleText

_SPACE = re.compile(r"[ \t\n\f\r]+")
_PARAGRAPH = 2  # line feeds between blocks: a blank line
_BUTTON = re.compile(r"(?:^|[-_])(?:btn|button|cta)(?:[-_]|\Z)")
_FOLLOWING = re.compile(r"(?:follow|share|subscribe)[-_]?(?:button|btn|link|us)")
_CELLS = frozenset({"td", "th"})
_HEADINGS = {"h1": 1, "h2": 2, "h3": 3, "h4": 4, "h5": 5, "h6": 6}
_MARKED = frozenset({*_HEADINGS, "blockquote"})
# Relations that say a link is no citation.
# Source: HTML standard, link types, and the microformats registry (rel-tag, category), 2026-11.
_NO_CITATION = frozenset(
    {"author", "category", "home", "license", "next", "prev", "sponsored", "tag"}
)


def read_html(text: str, url: str | None, *, is_markdown: bool = False) -> Draft:
    """Read a page: its article's text, paragraphs separated by blank lines, and its marks.

    ``is_markdown`` says that it was Markdown: nothing but the article, and its code cites nothing.

    Raises:
        InputError: there are no words in it, or it is nested too deep.
    """
    root = parse_html(text)
    about = read_metadata(root, url)
    layout = None if is_markdown else Layout(root, about.base)
    writer = _Writer(about.base, about.url, marks_code=is_markdown)
    body = layout.body() if layout else root
    is_furniture = layout.is_furniture if layout else _is_never
    notes = layout.notes() if layout else []
    left = set(notes) - _written(writer, body, is_furniture)
    for element in notes if left else ():
        if element in left:
            _written(writer, element, is_furniture)
    draft_text, marks = writer.finished()
    if not draft_text and not marks:
        raise InputError("nothing to read in the page: it has no words without its scripts")
    article = ArticleText(about.title, about.url, about.language, draft_text, about.published_on)
    return Draft(article, marks)


def _written(
    writer: _Writer, root: etree._Element, is_furniture: Callable[[etree._Element], bool]
) -> set[etree._Element]:
    """Write an element out; return the elements of it that were met."""
    met = set()
    for step, element, words in walk(root, is_furniture):
        if step is Step.OPEN:
            met.add(element)
            writer.open(element)
        elif step is Step.TEXT:
            writer.write(words)
        else:
            writer.close(element)
    return met


def _leads_to(base: str | None, anchor: etree._Element) -> str | None:
    """Return where an anchor leads; one to a place in the page leads nowhere, whatever the base."""
    href = (anchor.get("href") or "").strip()
    is_place = href.startswith("#") and not href.startswith(("#/", "#!"))
    return None if is_place else joined(base, href)


def _is_quote(element: etree._Element) -> bool:
    return element.tag == "blockquote" and embed_of(element) is not None


def _is_button(anchor: etree._Element) -> bool:
    return any(_BUTTON.search(name) for name in classes(anchor)) or anchor.get("role") == "button"


def _is_following(opened: _Opened) -> bool:
    """Tell whether an anchor is a button by which readers follow or hand on."""
    return _FOLLOWING.search((opened.element.get("class") or "").lower()) is not None


def _is_never(element: etree._Element) -> bool:
    return False


@dataclass(slots=True)
class _Opened:
    """An element to be marked, whose end is still to come; ``start`` is -1 until its first word."""

    element: etree._Element
    embed: Embed | None
    start: int = -1
    links: list[Mark] = field(default_factory=list)
    nested: list[tuple[int, int]] = field(default_factory=list)


class _Writer:
    """Writes a body's words out as running text and notes where its anchors and embeds lie."""

    def __init__(self, base: str | None, url: str | None, *, marks_code: bool) -> None:
        self._marks_code = marks_code
        self._base = base
        self._url = url
        self._parts: list[str] = []
        self._length = 0
        self._feeds = 0  # line feeds owed before the next word
        self._is_spaced = False  # a space is owed before the next word
        self._preformatted = 0
        self._quotes = 0  # open blockquotes that are posts
        self._opened: list[_Opened] = []
        self._marks: list[Mark] = []

    def open(self, element: etree._Element) -> None:
        """Take note of an element's begin."""
        self._break(element)
        self._preformatted += element.tag == "pre"
        embed = self._begun(element)
        self._quotes += _is_quote(element)
        is_code = self._marks_code and element.tag == "code"
        is_marked = element.tag in _MARKED or (element.tag == "a" and element.get("href"))
        if embed or is_code or is_marked:
            self._opened.append(_Opened(element, embed))

    def write(self, words: str) -> None:
        """Write words as a browser shows them: white space made single, unless preformatted."""
        if self._preformatted:
            self._put(words)
            return
        shown = _SPACE.sub(" ", words)
        self._is_spaced |= shown[:1] == " "
        if shown.strip(" "):
            self._put(shown.strip(" "))
            self._is_spaced = shown[-1] == " "

    def close(self, element: etree._Element) -> None:
        """Take note of an element's end."""
        self._preformatted -= element.tag == "pre"
        self._quotes -= _is_quote(element)
        if self._opened and self._opened[-1].element is element:
            self._mark(self._opened.pop())
        if element.tag != "br":
            self._break(element)

    def finished(self) -> tuple[str, tuple[Mark, ...]]:
        """Return the text and its marks in reading order."""
        return "".join(self._parts), tuple(self._marks)

    def _break(self, element: etree._Element) -> None:
        if element.tag == "br":
            self._feeds = min(self._feeds + 1, _PARAGRAPH)
        elif element.tag in BLOCKS:
            self._feeds = max(self._feeds, 1 if element.tag in _CELLS else _PARAGRAPH)

    def _put(self, words: str) -> None:
        owed = "\n" * self._feeds or " " * self._is_spaced
        if not self._length:
            owed, words = "", words.lstrip()
        self._feeds, self._is_spaced = 0, False
        if not words:
            return
        for opened in reversed(self._opened if words.strip() else ()):
            if opened.start >= 0:
                break  # and so has everything around it
            opened.start = self._length + len(owed)
        self._parts += [owed, words]
        self._length += len(owed) + len(words)

    def _begun(self, element: etree._Element) -> Embed | None:
        """Return the embed that begins: inside another only a post that quotes, in its blockquote.

        Any other embed inside an embed is the same post once more: a wrapper and its fall-back.
        """
        if self._embed() and not (self._quotes and _is_quote(element)):
            return None
        return embed_of(element)

    def _embed(self) -> _Opened | None:
        return next((opened for opened in reversed(self._opened) if opened.embed), None)

    def _mark(self, opened: _Opened) -> None:
        start = self._length if opened.start < 0 else opened.start
        if opened.embed:
            self._mark_post(opened, opened.embed, start)
            return
        if opened.element.tag != "a":
            self._mark_stretch(opened, start)
            return
        address = _leads_to(self._base, opened.element)
        around = self._embed()
        if address and around:
            around.links.append(Mark(MarkKind.LINK, start, self._length, address))
        elif address and self._may_cite(opened, address):
            self._marks.append(Mark(MarkKind.LINK, start, self._length, address))

    def _mark_stretch(self, opened: _Opened, start: int) -> None:
        tag = str(opened.element.tag)
        if tag == "code":
            self._marks.append(Mark(MarkKind.CODE, start, self._length))
        elif opened.start >= 0 and not self._embed():
            kind = MarkKind.QUOTE if tag == "blockquote" else MarkKind.HEADING
            self._marks.append(Mark(kind, start, self._length, level=_HEADINGS.get(tag, 0)))

    def _mark_post(self, opened: _Opened, embed: Embed, start: int) -> None:
        links, nested, around = tuple(opened.links), tuple(opened.nested), self._embed()
        mark = Mark(
            kind=MarkKind.POST,
            start=start,
            end=self._length,
            address=embed.address,
            status_id=embed.status_id,
            links=links,
            nested=nested,
            platform=embed.platform,
            posted_on=embed.posted_on,
            is_placeholder=embed.is_placeholder,
        )
        is_empty = opened.start < 0 and not (links or embed.status_id or embed.address)
        if around and is_empty:
            return
        if around:
            around.nested.append((start, self._length))
        self._marks.append(mark)

    def _may_cite(self, opened: _Opened, address: str) -> bool:
        relations = (opened.element.get("rel") or "").lower().split()
        if not _NO_CITATION.isdisjoint(relations) or not may_cite(address, self._url):
            return False
        if opened.start < 0:
            return self._is_pictured_source(address)
        is_button = _is_button(opened.element)
        return not (is_button and is_inside(self._base, address)) and not _is_following(opened)

    def _is_pictured_source(self, address: str) -> bool:
        """Tell whether a link around a picture leads to another site, not to the picture."""
        return not is_image(address) and not is_inside(self._base, address)
