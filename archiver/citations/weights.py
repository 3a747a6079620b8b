"""How much of a page stands where: running text, links, embeds, teasers.

Prose is what an article is made of: blocks of words of which links are the lesser part. A list of
teasers, boxes that each lead to another page of the site with a line about it, looks like prose
and is none.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from lxml import etree

from archiver.citations.embeds import embed_of
from archiver.citations.metadata import joined
from archiver.citations.tree import BLOCKS, Step, walk
from archiver.errors import AddressError
from archiver.platforms._address import same_site

_PROSE_CHARS = 25  # a block with less text of its own is a label
_LINK_SHARE = 0.5  # of a block's own text; more, and it is a list of links
_LONE_SHARE = 0.9  # of a block's own text that makes its links stand by themselves
_FEWEST_CARDS = 3  # boxes that make a list of teasers
_CARDS_SHARE = 0.8  # of the boxes in it that lead somewhere
_CARD_CHARS = 300  # characters of teasers on average; an article's sections are longer
_LONGEST_CARD = 500  # characters of one
_INSIDE_SHARE = 2 / 3  # of the links that stay on the site


@dataclass(slots=True)
class Tally:
    """What is inside an element; lengths in characters without white space around them.

    ``lone`` counts the links that are all their block says, ``inside`` those that stay on the
    site; ``parts`` are the children with words, ``cards`` those with a lone link that stays.
    """

    text: int = 0
    linked: int = 0
    prose: int = 0
    links: int = 0
    inside: int = 0
    lone: int = 0
    embeds: int = 0
    parts: int = 0
    cards: int = 0

    def add(self, other: Tally) -> None:
        """Count what a child holds."""
        self.text += other.text
        self.linked += other.linked
        self.prose += other.prose
        self.links += other.links
        self.inside += other.inside
        self.lone += other.lone
        self.embeds += other.embeds
        self.parts += other.text > 0
        self.cards += bool(other.lone and other.inside) and other.text <= _LONGEST_CARD

    @property
    def stays(self) -> bool:
        """Tell whether the links lead into the site itself."""
        return self.links > 0 and self.inside >= _INSIDE_SHARE * self.links

    @property
    def is_teasers(self) -> bool:
        """Tell whether it is a list of boxes that lead to other pages of the site."""
        is_list = self.cards >= _FEWEST_CARDS and self.cards >= _CARDS_SHARE * self.parts
        is_short = self.text <= _CARD_CHARS * self.lone
        return is_list and is_short and self.lone * 2 >= self.links and self.stays


class Weigher:
    """Weighs the elements of a page whose relative links are joined to ``base``."""

    def __init__(self, base: str | None) -> None:
        self._base = base
        self._known: dict[str, bool] = {}

    def tallies(
        self, root: etree._Element, is_skipped: Callable[[etree._Element], bool]
    ) -> dict[etree._Element, Tally]:
        """Return what is inside every element, but for those that are skipped."""
        tallies: dict[etree._Element, Tally] = {}
        open_elements = [Tally()]
        own = [Tally()]  # of the open blocks: what stands in no smaller block
        anchors = 0
        for step, element, text in walk(root, is_skipped):
            is_anchor = element.tag == "a"
            if step is Step.OPEN:
                open_elements.append(Tally())
                own += [Tally()] if is_block(element) else []
                anchors += is_anchor
            elif step is Step.TEXT:
                chars = len(text.strip())
                for tally in (open_elements[-1], own[-1]):
                    tally.text += chars
                    tally.linked += chars if anchors else 0
            else:
                anchors -= is_anchor
                tallies[element] = self._closed(element, open_elements.pop(), own)
                open_elements[-1].add(tallies[element])
        return tallies

    def _closed(self, element: etree._Element, tally: Tally, own: list[Tally]) -> Tally:
        if is_block(element):
            _settle(tally, own.pop())
        if element.tag == "a":
            tally.links += 1
            own[-1].links += tally.text > 0
            tally.inside += self._is_inside(element.get("href") or "")
        tally.embeds += embed_of(element) is not None
        if tally.is_teasers:
            tally.prose = 0
        return tally

    def _is_inside(self, href: str) -> bool:
        """Tell whether a link stays on the site; links that are no address do."""
        site = href if href[:4].lower() != "http" else "/".join(href.split("/", 3)[:3])
        if site[:1] in ("/", "#", "?", "") and site[:2] != "//":
            return True
        known = self._known.get(site)
        if known is None:
            address = joined(self._base, site)
            known = self._known[site] = address is None or is_inside(self._base, address)
        return known


def is_inside(base: str | None, address: str) -> bool:
    """Tell whether an address belongs to the page's own site, as far as that is known."""
    try:
        return base is not None and same_site(base, address)
    except AddressError:
        return False


def is_block(element: etree._Element) -> bool:
    """Tell whether an element stands by itself; elements that a site invents do."""
    return element.tag in BLOCKS or "-" in element.tag


def _settle(tally: Tally, own: Tally) -> None:
    is_prose = own.text >= _PROSE_CHARS and own.linked <= _LINK_SHARE * own.text
    tally.prose += own.text if is_prose else 0
    if own.text * _LONE_SHARE <= own.linked:
        tally.lone += own.links
