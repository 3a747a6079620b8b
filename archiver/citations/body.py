"""Which part of a page is the article.

The page's own hints go first (``articleBody``, ``article``, ``main``), then the smallest element
that holds nearly all running text. Inside it, what is furniture by its tag, role or name, or by
being a list of links into the same site, is passed over. An element that holds most of the page's
running text is no furniture, whatever it is called, unless it holds the readers' comments.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import islice

from lxml import etree

from archiver.citations.embeds import embed_of
from archiver.citations.metadata import joined
from archiver.citations.tree import BLOCKS, Step, walk
from archiver.platforms._address import same_site

_ALWAYS = frozenset({"nav", "menu", "search"})
_BOXES = frozenset(
    {
        "aside",
        "dd",
        "div",
        "dl",
        "figure",
        "footer",
        "form",
        "header",
        "ol",
        "section",
        "table",
        "ul",
    }
)  # what may be furniture by its name; a paragraph never is
_CONTAINERS = frozenset(
    {
        "article", "body", "center", "details", "div", "form", "html", "main", "section", "span",
        "table", "tbody", "td", "tr",
    }
)  # fmt: skip
_ROLES = frozenset(
    {
        "alertdialog", "banner", "complementary", "contentinfo", "dialog", "menu", "menubar",
        "navigation", "search", "tablist", "toolbar",
    }
)  # fmt: skip
# Words of class names and IDs.
# Source: names in saved pages of some thirty newsrooms and of the common WordPress themes, 2026-11.
_NAMES = frozenset(
    {
        "ad", "addthis", "addtoany", "ads", "adsense", "advert", "advertisement", "adverts",
        "author", "authorbox", "authors", "breadcrumb", "breadcrumbs", "byline", "colophon",
        "consent", "cookie", "cookies", "copyright", "gdpr", "keywords", "masthead", "menu",
        "meta", "modal", "mostread", "nav", "navbar", "navigation", "newsletter", "outbrain",
        "pager", "pagination", "paywall", "popular", "popup", "promo", "promos", "promotion",
        "rail", "recirc", "recirculation", "recommendation", "recommendations", "recommended",
        "related", "relatedlinks", "relatedposts", "share", "sharebar", "sharedaddy", "shares",
        "sharing", "sidebar", "signup", "social", "sponsored", "submenu", "subscribe",
        "subscription", "taboola", "tagcloud", "taglist", "tags", "toolbar", "topics", "trending",
    }
)  # fmt: skip
_PHRASES = re.compile(
    r"most-(?:read|popular|viewed|shared)|(?:more|other)-(?:stories|news|articles|from|posts|like)"
    r"|(?:also|up|read)-(?:read|next|like|more)|you-(?:may|might)|tag-(?:cloud|list)|skip-(?:link|to)"
    r"|latest-(?:news|stories|articles|posts)|editors-picks?"
)
_COMMENTS = re.compile(
    r"(?:.*-)?(?:comments|commentlist|disqus|disqus-thread|fb-comments|livefyre|respond"
    r"|comments?-(?:area|body|content|container|feed|form|item|list|section|thread|text|wrap|wrapper))"
)
# `tag-iran`, `has-sidebar`: classes that describe the article itself.
_DESCRIBING = re.compile(r"(?:tag|category|has|no|not|is|with|without|js|hide|show)-")
_HIDDEN = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden", re.IGNORECASE)

_PROSE_CHARS = 25  # a block with less text of its own is a label
_LINK_SHARE = 0.5  # of a block's own text; more, and it is a list of links
_MOST = 0.5  # share of the page's prose that makes an element its body, whatever its name
_NEARLY_ALL = 0.9  # share that a child must hold for the body to be inside it
_REST_LINKED = 0.25  # share of the text outside that is links: teasers, not the article
_LIST_LINKS = 3  # links from which a box without prose counts as a list of links
_LIST_SHARE = 0.75  # of the box's text that is links
_LINKS_LOOKED_AT = 60  # of a list; enough to tell where it leads
_STANDFIRST = 80  # characters of prose for which a header is kept


@dataclass(slots=True)
class Tally:
    """What is inside an element; lengths in characters without white space around them."""

    text: int = 0
    linked: int = 0
    prose: int = 0
    links: int = 0
    embeds: int = 0

    def add(self, other: Tally) -> None:
        """Count what a child holds."""
        self.text += other.text
        self.linked += other.linked
        self.prose += other.prose
        self.links += other.links
        self.embeds += other.embeds


class Layout:
    """A page's elements, weighed: where the article is, and what of it is furniture."""

    def __init__(self, root: etree._Element, base: str | None) -> None:
        self._root = root
        self._base = base
        self._is_furniture: dict[etree._Element, bool] = {}
        self._tallies = _tallies(root, lambda element: False)
        self._articles = _tallies(root, self.is_furniture)

    def body(self) -> etree._Element:
        """Return the smallest element that holds the whole article."""
        for is_final, hints in self._hints():
            hinted = self._around(hints)
            if hinted is not None and self._weight(hinted) >= _MOST * self._weight(self._root):
                return self._with_embeds(hinted) if is_final else self._inmost(hinted)
        return self._inmost(self._root)

    def is_furniture(self, element: etree._Element) -> bool:
        """Tell whether an element is a menu, a box, a bar or the comments, not the article."""
        known = self._is_furniture.get(element)
        if known is None:
            known = self._is_furniture[element] = self._judge(element)
        return known

    def _hints(self) -> Iterator[tuple[bool, list[etree._Element]]]:
        """Yield (whether nothing smaller is to be looked for, elements), strongest hint first."""
        known = self._articles
        yield True, [e for e in known if "articleBody" in (e.get("itemprop") or "").split()]
        yield False, [e for e in known if e.tag == "article"]
        yield False, [e for e in known if e.tag == "main" or e.get("role") == "main"]

    def _around(self, hints: list[etree._Element]) -> etree._Element | None:
        """Return the heaviest of the hints, or what is around it and nearly all others."""
        chosen = set(hints)
        outermost = [e for e in hints if not chosen.intersection(e.iterancestors())]
        if not outermost:
            return None
        whole = sum(self._weight(e) for e in outermost)
        heaviest = max(outermost, key=self._weight)
        around = [heaviest, *heaviest.iterancestors()]
        return next((e for e in around if self._weight(e) >= _NEARLY_ALL * whole), None)

    def _with_embeds(self, element: etree._Element) -> etree._Element:
        """Return the article around an element when embeds of it stand outside the element."""
        embeds = self._articles[element].embeds
        around = (e for e in element.iterancestors("article", "main") if e in self._articles)
        return next((e for e in around if self._articles[e].embeds > embeds), element)

    def _inmost(self, element: etree._Element) -> etree._Element:
        while True:
            inside = [e for e in element if e in self._articles and _is_container(e)]
            best = max(inside, key=self._weight, default=None)
            if best is None or not self._holds_article(best, element):
                return element
            element = best

    def _holds_article(self, inner: etree._Element, outer: etree._Element) -> bool:
        """Tell whether nothing of the article is outside: nearly no prose, or lists of links."""
        one, all_of_it = self._articles[inner], self._articles[outer]
        if one.embeds != all_of_it.embeds or not self._weight(inner):
            return False
        share = self._weight(inner) / self._weight(outer)
        linked, text = all_of_it.linked - one.linked, all_of_it.text - one.text
        return share >= _NEARLY_ALL or (share >= _MOST and linked >= _REST_LINKED * text)

    def _weight(self, element: etree._Element) -> int:
        tally = self._articles[element]
        return tally.prose if self._articles[self._root].prose else tally.text

    def _judge(self, element: etree._Element) -> bool:
        if _is_comments(element):
            return True
        if self._is_main(element):
            return False
        if element.tag in _ALWAYS or _is_hidden(element):
            return True
        if self._tallies[element].embeds:
            return False
        return self._is_box(element)

    def _is_main(self, element: etree._Element) -> bool:
        page, own = self._tallies[self._root], self._tallies[element]
        return own.prose >= _MOST * page.prose if page.prose else own.text >= _MOST * page.text

    def _is_box(self, element: etree._Element) -> bool:
        if (element.get("role") or "") in _ROLES or element.tag == "aside":
            return True
        if element.tag == "footer" and next(element.iterancestors("blockquote"), None) is None:
            return True
        if element.tag == "header" and self._tallies[element].prose < _STANDFIRST:
            return True
        return element.tag in _BOXES and (_is_named(element) or self._is_link_list(element))

    def _is_link_list(self, element: etree._Element) -> bool:
        tally = self._tallies[element]
        if tally.links < _LIST_LINKS or tally.linked < _LIST_SHARE * tally.text:
            return False
        hrefs = [link.get("href") for link in islice(element.iter("a"), _LINKS_LOOKED_AT)]
        inside = sum(self._is_inside(href) for href in hrefs if href)
        return inside * 3 >= len(hrefs) * 2

    def _is_inside(self, href: str) -> bool:
        """Tell whether a link stays on the site; links that are no address do."""
        address = joined(self._base, href)
        if address is None or self._base is None:
            return address is None
        return same_site(address, self._base)


def _tallies(
    root: etree._Element, is_skipped: Callable[[etree._Element], bool]
) -> dict[etree._Element, Tally]:
    tallies: dict[etree._Element, Tally] = {}
    open_elements = [Tally()]
    own = [Tally()]  # of the open blocks: the text that stands in no smaller block
    anchors = 0
    for step, element, text in walk(root, is_skipped):
        is_block, is_anchor = element.tag in BLOCKS, element.tag == "a"
        if step is Step.OPEN:
            open_elements.append(Tally())
            own += [Tally()] if is_block else []
            anchors += is_anchor
        elif step is Step.TEXT:
            chars = len(text.strip())
            for tally in (open_elements[-1], own[-1]):
                tally.text += chars
                tally.linked += chars if anchors else 0
        else:
            tally = open_elements.pop()
            tally.prose += _prose(own.pop()) if is_block else 0
            anchors -= is_anchor
            tally.links += is_anchor
            tally.embeds += embed_of(element) is not None
            tallies[element] = tally
            open_elements[-1].add(tally)
    return tallies


def _prose(own: Tally) -> int:
    is_prose = own.text >= _PROSE_CHARS and own.linked <= _LINK_SHARE * own.text
    return own.text if is_prose else 0


def _is_container(element: etree._Element) -> bool:
    return element.tag in _CONTAINERS or "-" in element.tag


def _is_comments(element: etree._Element) -> bool:
    return element.tag in _BOXES and any(map(_COMMENTS.fullmatch, _own_names(element)))


def _is_hidden(element: etree._Element) -> bool:
    return element.get("hidden") is not None or bool(_HIDDEN.search(element.get("style") or ""))


def _is_named(element: etree._Element) -> bool:
    for name in _own_names(element):
        if _DESCRIBING.match(name):
            continue
        if _PHRASES.search(name) or not _NAMES.isdisjoint(name.split("-")):
            return True
    return False


def _own_names(element: etree._Element) -> list[str]:
    """Return class names and ID, with hyphens between their words."""
    names = f"{element.get('class') or ''} {element.get('id') or ''}"
    return re.sub(r"[_:-]+", "-", names).lower().split()
