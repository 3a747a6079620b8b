"""Markup inside a post, as the words and links a reader sees."""

from __future__ import annotations

import re

from lxml import etree
from lxml.html import HtmlElement

from archiver.platforms._page import is_hidden, tree_of

_PARAGRAPHS = frozenset({"p", "ul", "ol", "pre", "blockquote", "h1", "h2", "h3", "h4", "h5", "h6"})
_LINES = frozenset({"br", "li", "div", "tr"})
# Mastodon writes addresses in three parts: a hidden start, what is shown, a hidden end. The link
# to a quoted post that older software needs is hidden where the quote itself is shown.
# Source: the markup of Mastodon's text formatter and its style sheets, 2026-07-02.
_HIDDEN = frozenset({"invisible", "quote-inline"})
_ELLIPSIS = frozenset({"ellipsis"})
_SOFT = "\v"  # a line ends here, unless one ended already
_SOFT_RUN = re.compile(r"[ \v\n]*\v[ \v\n]*")
_SPACE = re.compile(r"[ \t\r\n]+")  # a no-break space stays: it is a character of the text


def words_of(markup: str) -> str:
    """Return the words of a fragment of HTML: paragraphs parted by an empty line."""
    tree = tree_of(f"<div>{markup}</div>")
    return words_in(tree) if tree is not None else ""


def words_in(element: HtmlElement) -> str:
    """Return the words of an element, without its own tail."""
    pieces: list[str] = []
    hidden: HtmlElement | None = None
    for event, part in etree.iterwalk(element, events=("start", "end")):
        if event == "start":
            hidden = part if hidden is None and _is_unseen(part) else hidden
            if hidden is None:
                pieces += (_break_before(part), _plain(part, part.text))
            continue
        ends = hidden is part
        if hidden is None:
            pieces.append(_after(part))
        hidden = None if ends else hidden
        if hidden is None and part is not element:
            pieces.append(_plain(part.getparent(), part.tail))
    return _tidy("".join(pieces))


def links_of(markup: str) -> tuple[str, ...]:
    """Return the targets of the links that are no mentions, tags or attached pictures."""
    tree = tree_of(f"<div>{markup}</div>")
    links = tree.iter("a") if tree is not None else ()
    found = (link.get("href") for link in links if not _is_of_the_platform(link))
    return tuple(dict.fromkeys(href for href in found if href and href.startswith("http")))


def _is_of_the_platform(link: HtmlElement) -> bool:
    names = _classes(link)
    return bool(names & {"mention", "hashtag", "u-url", "attachment"}) or "tag" in (
        (link.get("rel") or "").split()
    )


def _is_unseen(element: HtmlElement) -> bool:
    return is_hidden(element) or bool(_classes(element) & _HIDDEN)


def _classes(element: HtmlElement) -> frozenset[str]:
    return frozenset((element.get("class") or "").split())


def _break_before(element: HtmlElement) -> str:
    if element.tag in _PARAGRAPHS:
        return "\n\n"
    return _line_break(element)


def _line_break(element: HtmlElement) -> str:
    if element.tag == "br":
        return "\n"
    return _SOFT if element.tag in _LINES else ""


def _after(element: HtmlElement) -> str:
    if element.tag in _PARAGRAPHS:
        return "\n\n"
    if element.tag in _LINES and element.tag != "br":
        return _SOFT
    return "…" if _classes(element) & _ELLIPSIS else ""


def _plain(element: HtmlElement | None, text: str | None) -> str:
    if not text:
        return ""
    if element is not None and (element.tag == "pre" or _is_in_pre(element)):
        return text
    return _SPACE.sub(" ", text)


def _is_in_pre(element: HtmlElement) -> bool:
    return next(element.iterancestors("pre"), None) is not None


def _tidy(text: str) -> str:
    """Return lines without space at their ends, and at most one empty one between two."""
    text = _SOFT_RUN.sub(lambda run: "\n" * max(1, run[0].count("\n")), text)
    lines = [line.strip() for line in text.split("\n")]
    kept: list[str] = []
    for line in lines:
        if line or (kept and kept[-1]):
            kept.append(line)
    return "\n".join(kept).strip()
