"""Which part of a page is the article.

The page's own hints go first (``articleBody``, ``article``, ``main``), then the smallest element
that holds nearly all running text. Inside it, what is furniture by its tag, role or name, or by
being a list of links into the same site, is passed over. An element that holds most of the page's
running text is no furniture, whatever it is called, unless it holds the readers' comments.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from lxml import etree

from archiver.citations.tree import BLOCKS
from archiver.citations.volatile import LONGEST, is_volatile, is_volatile_name
from archiver.citations.weights import Weigher

_ALWAYS = frozenset({"nav", "menu", "search"})
_LINES = frozenset({"a", "div", "em", "i", "li", "p", "small", "span", "time"})
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
        "ad", "addthis", "addtoany", "ads", "adsbygoogle", "adsense", "adslot", "adunit",
        "advert", "advertisement", "adverts", "aside", "author", "authorbox",
        "authors", "breadcrumb", "breadcrumbs", "byline", "colophon",
        "consent", "cookie", "cookies", "copyright", "cta", "footer", "gdpr", "keywords",
        "masthead", "menu", "meta", "modal", "mostread", "nav", "navbar", "navigation",
        "newsletter", "outbrain",
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

_MOST = 0.5  # share of the page's prose that makes an element its body, whatever its name
_NEARLY_ALL = 0.9  # share that a child must hold for the body to be inside it
_REST_LINKED = 0.25  # share of the text outside that is links: teasers, not the article
_LIST_LINKS = 3  # links from which a box without prose counts as a list of links
_LIST_SHARE = 0.75  # of the box's text that is links
_SMALL = frozenset({"div", "section", "figure", "header", "footer"})
_AMID_CHARS = 4  # right beside an inline element that make it a part of a sentence
_SMALL_CHARS = 300  # of a box that only leads on: a line of authors, "read next" with its links
_SMALL_SHARE = 0.4  # of its text that is links
# What stands before an author's name that links to a page of theirs.
_BYLINES = frozenset(
    {
        "by", "written by", "words by", "story by", "reported by", "text", "von", "por", "par",
        "di", "de", "da", "av", "af", "door", "autor", "автор", "текст", "بقلم", "文",
    }
)  # fmt: skip
_STANDFIRST = 80  # characters of prose for which a header is kept
_LEADS = frozenset({"deck", "dek", "intro", "lead", "lede", "standfirst", "subhead", "subtitle"})
_LEAD_CHARS = 25  # of a header's paragraph that says something of the article
# Where an article keeps its notes. Source: the DPUB-ARIA roles of notes and bibliographies, 1.1;
# the names that Pandoc, Hugo, Jekyll and the common WordPress plug-ins print, as known in 2026-11.
_NOTE_ROLES = frozenset({"doc-bibliography", "doc-endnotes", "doc-footnote", "doc-footnotes"})
_NOTES = re.compile(
    r"(?:footnotes?|endnotes?|references|bibliography|reflist)(?:-list|-container)?"
)
_PULL_QUOTE = re.compile(r"(?:.*-)?pull-?quote(?:-.*)?")
_FOLLOW = re.compile(r"\s*(?:follow|find|join|like) (?:us|me) (?:on|at)\b", re.IGNORECASE)


class Layout:
    """A page's elements, weighed: where the article is, and what of it is furniture."""

    def __init__(self, root: etree._Element, base: str | None) -> None:
        self._root = root
        self._is_furniture: dict[etree._Element, bool] = {}
        self._notes = {element for element in root.iter(*_BOXES) if _is_notes(element)}
        weigher = Weigher(base)
        self._tallies = weigher.tallies(root, lambda element: False)
        self._articles = weigher.tallies(root, self.is_furniture)

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

    def notes(self) -> list[etree._Element]:
        """Return the outermost elements that hold notes, wherever on the page they stand."""
        held = self._notes
        return [
            element
            for element in self._root.iter(*_BOXES)
            if element in held and held.isdisjoint(element.iterancestors())
        ]

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
        if self._is_in_notes(element):
            return False
        tally = self._tallies[element]
        if tally.embeds and tally.inside < _LIST_LINKS:
            return False
        return self._is_box(element) or self._is_byline(element) or self._is_volatile(element)

    def _is_in_notes(self, element: etree._Element) -> bool:
        notes = self._notes
        return bool(notes) and (element in notes or not notes.isdisjoint(element.iterancestors()))

    def _is_main(self, element: etree._Element) -> bool:
        page, own = self._tallies[self._root], self._tallies[element]
        return own.prose >= _MOST * page.prose if page.prose else own.text >= _MOST * page.text

    def _is_box(self, element: etree._Element) -> bool:
        if (element.get("role") or "") in _ROLES:
            return True
        if element.tag == "aside":
            return not any(map(_PULL_QUOTE.fullmatch, _own_names(element)))
        if element.tag == "footer" and next(element.iterancestors("blockquote"), None) is None:
            return True
        if element.tag == "header":
            if self._has_lead(element):
                return False
            if self._tallies[element].prose < _STANDFIRST:
                return True
        is_box = element.tag in _BOXES or "-" in element.tag
        return is_box and (_is_named(element) or self._is_link_list(element))

    def _has_lead(self, header: etree._Element) -> bool:
        """Tell whether a header of the article holds the paragraph that leads into it."""
        if next(header.iter("h1"), None) is None:
            return False
        return any(
            not _LEADS.isdisjoint(_own_names(e)) and self._tallies[e].text >= _LEAD_CHARS
            for e in header.iter("p", "div")
            if e in self._tallies
        )

    def _is_link_list(self, element: etree._Element) -> bool:
        """Tell whether an element leads into the site and says nothing by itself."""
        tally = self._tallies[element]
        if not tally.stays:
            return False
        if tally.is_teasers:
            return True
        if element.tag in _SMALL and tally.prose == 0:
            return 0 < tally.text <= _SMALL_CHARS and tally.linked >= _SMALL_SHARE * tally.text
        return tally.links >= _LIST_LINKS and tally.linked >= _LIST_SHARE * tally.text

    def _is_byline(self, element: etree._Element) -> bool:
        if element.tag in _LINES and _FOLLOW.match(element.text or ""):
            return self._tallies[element].text <= _SMALL_CHARS
        word = (element.text or "").strip().rstrip(":").casefold()
        first = next(iter(element), None)
        return word in _BYLINES and first is not None and self._tallies[element].stays

    def _is_volatile(self, element: etree._Element) -> bool:
        """Tell whether an element shows nothing but what changes by itself."""
        tally = self._tallies[element]
        is_line = 0 < tally.text <= LONGEST and element.tag in _LINES
        if not is_line or tally.inside < tally.links:
            return False
        if next(element.iterancestors("blockquote"), None) is not None:
            return False
        if element.tag not in BLOCKS and _is_amid_words(element):
            return False  # a word of a sentence
        is_named = element.tag == "time" or any(map(is_volatile_name, _own_names(element)))
        return is_named or is_volatile("".join(map(str, element.itertext())))


def _is_amid_words(element: etree._Element) -> bool:
    before, around = element.getprevious(), element.getparent()
    leading = before.tail if before is not None else around.text if around is not None else None
    return len(f"{(leading or '').strip()}{(element.tail or '').strip()}") >= _AMID_CHARS


def _is_notes(element: etree._Element) -> bool:
    is_role = (element.get("role") or "") in _NOTE_ROLES
    return is_role or any(map(_NOTES.fullmatch, _own_names(element)))


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
