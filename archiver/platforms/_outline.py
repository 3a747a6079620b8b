"""What a page says in its own words: not its menus, footers, teasers and links.

Sites tell menus from words by tags, by classes, or not at all; so what stands in links never
counts, and a row of parts alike that each hold a link is a list of teasers. Nothing here decides
what the words mean.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from functools import lru_cache

import lxml.html

from archiver.platforms._page import BLOCKS, is_hidden

MAX_OWN_CHARS = 3_000  # of own words that are kept; a page that is one statement says it early
MUCH_PROSE = 600  # words in paragraphs; a page of more has something to say, whatever follows
MAX_ELEMENTS = 6_000  # that are looked at; what is inside menus and links is passed over
_MAX_HEADINGS = 8
_MAX_TEASER_CHARS = 600  # of all text in one part of a row; longer ones have something to say
_MAX_TEASER_ELEMENTS = 60
_ROW = 3  # parts alike that make a row
_PARAGRAPH_WORDS = 12  # of one block; shorter ones are labels
_UNSPACED = re.compile(r"[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff]")
_CHARS_A_WORD = 2  # in scripts without spaces

_FURNITURE_TAGS = frozenset({"nav", "footer", "aside", "select", "button", "label", "option"})
_FURNITURE_ROLES = frozenset({"navigation", "banner", "contentinfo", "complementary", "menu"})
# Class names that publishing systems give their furniture; a word or its end, as in "site-footer".
_FURNITURE_CLASS = re.compile(
    r"(?:.*[-_])?(?:nav|navbar|navigation|menu|footer|sidebar|breadcrumbs?|cookies?|newsletter"
    r"|widget|related|popular|trending|recommend(?:ed|ations)|share|social|copyright)",
    re.I,
)
_STATE = re.compile(r"(?:has|no|with|without|is|hide|show)[-_]", re.I)  # "no-sidebar" is a state
_CONTAINERS = frozenset({"html", "body", "main"})
_ROW_TAGS = frozenset({"article", "li", "div", "section", "tr", "a"})
# What says in markup that a page is one for errors. Source: the classes of WordPress ("error404"),
#   Drupal, Shopify, Joomla and Next.js; prerender.io's meta tag for single pages. 2026-11.
_ERROR_CLASS = re.compile(
    r"error-?_?404|404|(?:page|template|error|is)-?_?404|404-?_?(?:page|content|error|container)"
    r"|(?:page-?_?)?not-?_?found(?:-?_?(?:page|content|container))?|next-error-h1"
    r"|path-404|http404|error-?404-?(?:page|content)?",
    re.I,
)


@dataclass(frozen=True, slots=True)
class Outline:
    """A page's own words.

    ``lines`` are the first of them, ``words`` counts all and ``prose`` those in paragraphs; both
    end soon after :data:`MUCH_PROSE`. ``is_marked`` says that a class or a meta tag calls the page
    an error page.
    """

    lines: tuple[str, ...]
    headings: tuple[str, ...]
    words: int
    prose: int
    is_marked: bool
    has_search: bool
    has_home_link: bool


def words_in(text: str) -> int:
    """Count the words; two characters make one in scripts that put no space between words."""
    if text.isascii():
        return len(text.split())
    return len(text.split()) + len(_UNSPACED.findall(text)) // _CHARS_A_WORD


def outline(tree: lxml.html.HtmlElement) -> Outline:
    """Return the own words of a page, in time that is linear in its size."""
    walk = _Walk()
    body = next(tree.iter("body"), tree)
    walk.take(body)
    is_marked = walk.is_marked or _says_its_status(tree)
    return Outline(
        lines=tuple(walk.lines),
        headings=tuple(walk.headings),
        words=walk.words,
        prose=walk.prose,
        is_marked=is_marked,
        has_search=walk.has_search,
        has_home_link=walk.has_home_link,
    )


class _Walk:
    def __init__(self) -> None:
        self.lines: list[str] = []
        self.headings: list[str] = []
        self.words = self.prose = 0
        self.is_marked = self.has_search = self.has_home_link = False
        self._chars = 0
        self._line: list[str] = []
        self._left = MAX_ELEMENTS

    def take(self, body: lxml.html.HtmlElement) -> None:
        """Go through what is shown, in order, without recursion: pages may be nested deep."""
        waiting: list[lxml.html.HtmlElement | str | None] = [body]
        while waiting and self._left > 0 and self.prose < MUCH_PROSE:
            entry = waiting.pop()
            if entry is None:
                self._end_line()
            elif isinstance(entry, str):
                self._line.append(entry)
            else:
                self._left -= 1
                self._open(entry, waiting)
        self._end_line()

    def _open(
        self,
        element: lxml.html.HtmlElement,
        waiting: list[lxml.html.HtmlElement | str | None],
    ) -> None:
        if element.tag == "input":
            self._note_input(element)
        if is_hidden(element):
            return
        self._note(element)
        if element.tag == "a" or _is_furniture(element):
            return
        if element.tag in BLOCKS:
            self._end_line()
            waiting.append(None)
        teasers = _teasers(element)
        for child in reversed(element):
            if child.tail:
                waiting.append(child.tail)
            if child not in teasers:
                waiting.append(child)
        if element.text:
            waiting.append(element.text)

    def _note(self, element: lxml.html.HtmlElement) -> None:
        if element.tag == "a":
            self._note_link(element)
        if len(self.headings) < _MAX_HEADINGS:
            self.is_marked = self.is_marked or _is_error_class(element)
            if element.tag in ("h1", "h2"):
                self._note_heading(element)

    def _end_line(self) -> None:
        if not self._line:
            return
        line = " ".join("".join(self._line).split())
        self._line.clear()
        if not line:
            return
        count = words_in(line)
        self.words += count
        if count >= _PARAGRAPH_WORDS:
            self.prose += count
        if self._chars < MAX_OWN_CHARS:
            self.lines.append(line[:MAX_OWN_CHARS])
            self._chars += len(line)

    def _note_heading(self, element: lxml.html.HtmlElement) -> None:
        words = " ".join(element.text_content().split())
        if words:
            self.headings.append(words)

    def _note_link(self, element: lxml.html.HtmlElement) -> None:
        if (element.get("href") or "").strip() in ("/", "./", "index.html", "/index.html"):
            self.has_home_link = True
        for heading in element.iter("h1"):
            self._note_heading(heading)

    def _note_input(self, element: lxml.html.HtmlElement) -> None:
        kind = (element.get("type") or "text").lower()
        name = (element.get("name") or "").lower()
        if kind == "search" or (kind == "text" and name in ("q", "s", "query", "search", "keys")):
            self.has_search = True


def _is_furniture(element: lxml.html.HtmlElement) -> bool:
    if element.tag in _FURNITURE_TAGS:
        return True
    if element.tag in _CONTAINERS:
        return False
    if element.get("role") in _FURNITURE_ROLES:
        return True
    return _is_furniture_name(element.get("class")) or _is_furniture_name(element.get("id"))


@lru_cache(maxsize=4096)
def _is_furniture_name(names: str | None) -> bool:
    if not names:
        return False
    return any(
        _FURNITURE_CLASS.fullmatch(name) and not _STATE.match(name)
        for name in names[:_MAX_NAMES].split()
    )


_MAX_NAMES = 400  # characters of a class attribute that are looked at


def _is_error_class(element: lxml.html.HtmlElement) -> bool:
    return _is_error_name(element.get("class")) or _is_error_name(element.get("id"))


@lru_cache(maxsize=4096)
def _is_error_name(names: str | None) -> bool:
    return bool(names) and any(map(_ERROR_CLASS.fullmatch, (names or "")[:_MAX_NAMES].split()))


def _says_its_status(tree: lxml.html.HtmlElement) -> bool:
    """Tell whether a page that scripts draw tells robots the status that it should have had."""
    return any(
        (meta.get("name") or "").lower() == "prerender-status-code"
        and (meta.get("content") or "").strip() in ("404", "410")
        for meta in tree.iter("meta")
    )


def _teasers(element: lxml.html.HtmlElement) -> frozenset[lxml.html.HtmlElement]:
    """Return the children that make a row of teasers: alike, short, and each with a link."""
    if len(element) < _ROW:
        return frozenset()
    kinds = Counter((child.tag, child.get("class")) for child in element if _can_be_row(child))
    rows = {kind for kind, count in kinds.items() if count >= _ROW}
    if not rows:
        return frozenset()
    alike = [c for c in element if _can_be_row(c) and (c.tag, c.get("class")) in rows]
    linked = [c for c in alike if _is_teaser(c)]
    return frozenset(linked) if len(linked) >= _ROW else frozenset()


def _can_be_row(element: lxml.html.HtmlElement) -> bool:
    return element.tag in _ROW_TAGS


def _is_teaser(element: lxml.html.HtmlElement) -> bool:
    """Tell whether an element holds a link and little text; looks at so many elements only."""
    has_link, length = False, 0
    for count, inner in enumerate(element.iter()):
        length += len(inner.text or "") + len(inner.tail or "")
        if count >= _MAX_TEASER_ELEMENTS or length > _MAX_TEASER_CHARS:
            return False
        has_link = has_link or inner.tag == "a"
    return has_link
