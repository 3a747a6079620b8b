"""The article's own page with its dead embeds and links mended.

The author's HTML stays as it is, scripts and comments too: only the elements that cite a source
are changed, and what is put in is escaped. The one other change is the declared character set,
for the page is written as UTF-8. What could not be placed is told.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from urllib.parse import urljoin

from lxml import etree, html

from archiver.citations.embeds import Embed, embed_of
from archiver.citations.metadata import base_of
from archiver.citations.tree import parse_html
from archiver.cli.output import plain
from archiver.cli.repairs.card import card
from archiver.cli.repairs.mend import Mend
from archiver.cli.repairs.robust import attributes, title
from archiver.errors import AddressError, InputError
from archiver.flow.repair import KeptPage
from archiver.platforms import recognise

X_STATUS = "https://x.com/i/status/{}"
COPIES = frozenset({"noscript", "template"})
"""What is shown only where no script runs; its element beside it gets the card."""


_DOCTYPE = re.compile("<!doctype[^>]*>", re.I)
FIRST = 2000  # characters in which a doctype is looked for; comments may stand before it
SURE = 16  # characters; fewer may be any paragraph's
SIGNED = 120  # characters of a name, a handle and a day behind the words of a post


@dataclass(frozen=True, slots=True)
class Patched:
    """A patched page: how many embeds became cards and links robust, and what found no place."""

    html: str
    cards: int
    links: int
    unplaced: tuple[Mend, ...]


def patch(page: KeptPage, mends: Sequence[Mend]) -> Patched:
    """Mend an article's page; the page that was kept is not touched.

    Raises:
        InputError: the page cannot be read.
    """
    root = _parsed(page.html)
    placed: set[int] = set()
    cards = _place_cards(root, mends, placed)
    cards += _place_flattened(root, mends, placed)
    links = _place_links(root, base_of(root, page.url) or page.url, mends, placed)
    _declare_utf8(root)
    written = f"{_doctype(page.html)}{etree.tostring(root, encoding='unicode', method='html')}"
    left = tuple(one for number, one in enumerate(mends) if _is_left(one, number in placed))
    return Patched(f"{written}\n", cards, links, left)


def _is_left(mend: Mend, is_placed: bool) -> bool:
    """Tell what found no place; an embed that shows what was cited needs none."""
    return not is_placed and not (mend.is_embed and not mend.is_broken)


def _doctype(text: str) -> str:
    """Return the page's own doctype, for by it a browser decides how the page is laid out."""
    found = _DOCTYPE.search(text[:FIRST])
    return f"{found[0]}\n" if found is not None else ""


def _parsed(text: str) -> etree._Element:
    parse_html(text)  # refuses what is nested or attributed beyond reason
    body = text.encode("utf-8", "replace").replace(b"\0", b"")
    parser = etree.HTMLParser(encoding="utf-8", huge_tree=True, no_network=True)
    root = etree.fromstring(body, parser)
    if root is None:
        raise InputError("nothing to read in the page")
    return root


def _place_cards(root: etree._Element, mends: Sequence[Mend], placed: set[int]) -> int:
    wanted = {
        _name(one): number
        for number, one in reversed(list(enumerate(mends)))
        if one.is_embed and one.is_broken
    }
    found = list(_embeds(root))
    replaced = 0
    for element, name in found:
        if name not in wanted or not _replace(element, mends[wanted[name]]):
            continue
        placed |= {i for i, one in enumerate(mends) if _name(one) == name and one.is_embed}
        replaced += 1
    return replaced


def _replace(element: etree._Element, mend: Mend) -> bool:
    parent = element.getparent()
    if parent is None:
        return False
    new = html.fragment_fromstring(card(mend))
    new.tail = element.tail
    parent.replace(element, new)
    return True


def _place_flattened(root: etree._Element, mends: Sequence[Mend], placed: set[int]) -> int:
    """Put cards in place of paragraphs that are a post flattened to words, and nothing more."""
    wanted = {
        number: _flat(one.found.text)
        for number, one in enumerate(mends)
        if number not in placed and one.is_embed and one.is_broken
    }
    wanted = {number: words for number, words in wanted.items() if len(words) >= SURE}
    if not wanted:
        return 0
    replaced = 0
    for paragraph in list(root.iter("p")):
        words = _flat("".join(map(str, paragraph.itertext())))
        number = next((n for n, flat in wanted.items() if _is_all_of(words, flat)), None)
        if number is not None and _replace(paragraph, mends[number]):
            placed.add(number)
            del wanted[number]
            replaced += 1
    return replaced


def _is_all_of(words: str, post: str) -> bool:
    """Tell whether words are a post's, with nothing behind them but who posted it and when."""
    return words.startswith(post) and len(words) - len(post) <= SIGNED


def _flat(text: str) -> str:
    return "".join(c for c in text if not c.isspace() and c.isprintable())


def _embeds(root: etree._Element) -> Iterator[tuple[etree._Element, str]]:
    """Yield the outermost elements that embed a source, with its name."""
    walker = etree.iterwalk(root, events=("start",))
    for _, element in walker:
        if not isinstance(element.tag, str) or element.tag in ("html", "body", "head"):
            continue
        if element.tag in COPIES:
            walker.skip_subtree()
            continue
        embed = embed_of(element)
        name = _name_of(embed, element) if embed is not None else None
        if name is not None:
            yield element, name
            walker.skip_subtree()


def _name_of(embed: Embed, element: etree._Element) -> str | None:
    if embed.status_id is not None:
        return _recognised(X_STATUS.format(embed.status_id))
    if embed.address is not None:
        return _recognised(embed.address)
    named = (_recognised(a.get("href") or "") for a in element.iter("a"))
    posts = [name for name in named if name and name.startswith(f"{embed.platform}:")]
    return posts[-1] if posts else None


def _place_links(root: etree._Element, base: str, mends: Sequence[Mend], placed: set[int]) -> int:
    by_address = _by_address(mends)
    done = 0
    for link in root.iter("a"):
        if "data-originalurl" in link.attrib:
            continue  # in a card of ours
        numbers = _cited_by(link, base, by_address)
        if not numbers:
            continue
        words = " ".join(" ".join(map(str, link.itertext())).split())
        same = [n for n in numbers if " ".join(mends[n].found.text.split()) == words]
        number = (same or numbers)[0]
        done += _make_robust(link, mends[number])
        placed |= {n for n in numbers if not (mends[n].is_embed and mends[n].is_broken)}
    return done


def _by_address(mends: Sequence[Mend]) -> dict[str, list[int]]:
    found: dict[str, list[int]] = {}
    for number, one in enumerate(mends):
        said = () if one.is_embed else one.found.addresses  # a post's own links lead elsewhere
        for key in {_name(one), one.original, *said}:
            found.setdefault(key, []).append(number)
    return found


def _cited_by(link: etree._Element, base: str, known: dict[str, list[int]]) -> list[int]:
    href = (link.get("href") or "").strip()
    if not href or href.startswith("#"):
        return []
    try:
        address = urljoin(base, href)
    except ValueError:
        return []
    return known.get(address) or known.get(_recognised(address) or "") or []


def _make_robust(link: etree._Element, mend: Mend) -> bool:
    """Give a link its attributes; without any copy to tell of it stays as it is.

    It leads where it did, with its fragment and its tracking, unless it has to lead to the copy.
    """
    told = attributes(mend)
    if "data-versiondate" not in told:
        return False
    if told.get("href") != told.get("data-versionurl"):
        told.pop("href", None)
    for name, value in told.items():
        link.set(name, plain(value))
    if mend.is_broken:
        link.set("title", plain(title(mend)))
    return True


def _recognised(address: str) -> str | None:
    try:
        return recognise(address).name
    except AddressError:
        return None


def _name(mend: Mend) -> str:
    source = mend.entry.one.source
    return source.ref.name if source is not None else ""


def _declare_utf8(root: etree._Element) -> None:
    declared = False
    for meta in root.iter("meta"):
        if meta.get("charset") is not None:
            meta.set("charset", "utf-8")
            declared = True
        elif (meta.get("http-equiv") or "").lower() == "content-type":
            meta.set("content", "text/html; charset=utf-8")
            declared = True
    if declared:
        return
    head = root.find("head")
    if head is None:
        head = etree.Element("head")
        root.insert(0, head)
    head.insert(0, etree.Element("meta", {"charset": "utf-8"}))
