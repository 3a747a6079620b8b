"""One post of X, embedded or flattened, as a citation."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator
from dataclasses import replace

from archiver.citations.addresses import is_x_code, printed_addresses
from archiver.citations.cards import card_address, read_card
from archiver.citations.dates import date_at
from archiver.citations.draft import Mark, MarkKind
from archiver.citations.flattened import FlatPost, signed_block
from archiver.citations.plain import PlainText, plain_text
from archiver.citations.resolve import Recognise, resolve
from archiver.errors import AddressError
from archiver.model.citation import Author, CitationKind, FoundCitation, Resolution
from archiver.model.source import SourceRef
from archiver.platforms._snowflake import day_of
from archiver.platforms._unwrap import archived
from archiver.platforms._x_address import read_post_address

_NAVIGATION = ("@", "#", "$", "＠", "＃")  # what X links inside a post's words
_LOOSE_DASH = re.compile(r"[\s—―–-]*\Z")
_OPENING = re.compile(r"\s{0,2}[(<\[]?")
_BEGINNINGS = ("http", "pic.", "t.co", "www.", "twit", "mobi", "x.co")  # of a printed address
_LONGEST = 200  # code points of a permalink printed behind a date

Permalink = tuple[SourceRef, str]


def embedded(text: str, mark: Mark, recognise: Recognise) -> FoundCitation | None:
    """Return the citation of an embed code, or None when it tells nothing at all.

    Of an X post's anchors, the last that names a post and stands behind the words is the permalink;
    earlier ones are other posts that the words mention. A post inside it is left out: the words
    around it are joined, a blank line between them.
    """
    if mark.platform not in (None, "x") or mark.is_placeholder:
        return _carded(text, mark, recognise)
    if not mark.nested:
        return _embedded(text, mark, recognise)
    own, links = _without_nested(text, mark)
    around = replace(mark, start=0, end=len(own.text), links=links, nested=())
    citation = _embedded(own.text, around, recognise)
    start, end = own.start(citation.start), own.end(citation.end)
    return replace(citation, start=mark.start + start, end=mark.start + max(start, end))


def _without_nested(text: str, mark: Mark) -> tuple[PlainText, tuple[Mark, ...]]:
    """Return a post's own words and the way back to its stretch, and its links moved to them."""
    parts, cuts, lost, stops = [], [], [], []
    at, length, gone = mark.start, 0, 0
    for start, end in mark.nested:
        parts.append(text[at:start].rstrip())
        length += len(parts[-1])
        gone += end - at - len(parts[-1])
        cuts.append(length)
        lost.append(gone)
        stops.append(end)
        at = end
    own = PlainText("".join([*parts, text[at : mark.end]]), tuple(cuts), tuple(lost))

    def moved(link: Mark) -> Mark:
        before = bisect_right(stops, link.start)
        by = mark.start + (lost[before - 1] if before else 0)
        return replace(link, start=link.start - by, end=link.end - by)

    return own, tuple(map(moved, mark.links))


def _embedded(text: str, mark: Mark, recognise: Recognise) -> FoundCitation:
    links = list(mark.links)
    post = _read_block(text, mark, links)
    permalink = _last_post([link for link in links if link.start >= post.words_end], recognise)
    if mark.status_id:
        source = recognise(f"https://x.com/i/status/{mark.status_id}")
        permalink = source, mark.address or source.url
    return _citation(text, post, links, permalink)


def _carded(text: str, mark: Mark, recognise: Recognise) -> FoundCitation | None:
    """Return the citation of another platform's embed: its address, and what it prints."""
    card, address = read_card(text, mark), card_address(mark)
    try:
        named = resolve(address, recognise) if address else None
    except AddressError:
        named = None
    words = text[card.start : card.end]
    if named is None and not words:
        return None
    return FoundCitation(
        position=0,
        kind=CitationKind.EMBED,
        platform=named.platform if named else mark.platform,
        source=named.source if named else None,
        url=named.url if named else None,
        addresses=(address,) if named and address else (),
        author=card.author,
        posted_on=card.posted_on,
        text=words,
        start=card.start if words else mark.start,
        end=mark.end,
        resolution=named.resolution if named else Resolution.UNRESOLVED,
        memento=named.memento if named else None,
    )


def flattened(
    text: str, post: FlatPost, links: list[Mark], recognise: Recognise
) -> tuple[FoundCitation, int]:
    """Return the citation of a flattened post, and where the text that belongs to it ends.

    ``links`` are the anchors that begin in it or close behind it. A permalink is taken when the
    date is its anchor, or when it stands right behind the date and names a handle, and when it
    names the printed post: neither its handle nor the day of its ID is another one. Otherwise
    nobody knows which of the two is meant: the date's anchor is kept, and resolves nothing.
    """
    dated = [link for link in links if link.end > post.date_start and link.start < post.end]
    behind = [link for link in _behind(text, post, links) if _owner(link.address)]
    own = [link for link in (*behind, *dated) if _names(post, link)]
    permalink = _last_post(own, recognise, post.platform)
    doubted = None if permalink else _last_post(dated, recognise, post.platform)
    held = max(post.end, *(link.end for link in own)) if permalink else post.end
    return _citation(text, post, links, permalink, doubted), held


def _citation(
    text: str,
    post: FlatPost,
    links: list[Mark],
    permalink: Permalink | None,
    doubted: Permalink | None = None,
) -> FoundCitation:
    source, written = permalink or (None, None)
    addresses = _addresses(text, post, links) + ([doubted[1]] if doubted else [])
    copy = archived(written) if written else None
    handle = post.author.handle or _owner(written) or (_owner(source.url) if source else None)
    return FoundCitation(
        position=0,
        kind=CitationKind.EMBED,
        platform=post.platform,
        source=source,
        url=source.url if source else None,
        addresses=(*addresses, written) if written else tuple(addresses),
        author=Author(post.author.name, handle),
        posted_on=post.posted_on,
        text=text[post.start : post.words_end],
        start=post.start,
        end=post.end,
        # A code in the words leads to a post of X; of other platforms' it only stands there.
        resolution=_resolution(source, addresses if post.platform == "x" else ()),
        memento=copy[1] if copy else None,
    )


def _resolution(source: SourceRef | None, addresses: Iterable[str]) -> Resolution:
    if source:
        return Resolution.RESOLVED
    has_code = any(is_x_code(address) for address in addresses)
    return Resolution.NEEDS_LOOKUP if has_code else Resolution.UNRESOLVED


def _addresses(text: str, post: FlatPost, links: list[Mark]) -> list[str]:
    """Return the addresses in a post's words: as printed, else where its anchors lead."""
    plain = plain_text(text[post.start : post.words_end])
    found = {
        post.start + plain.start(printed.start): printed.address
        for printed in printed_addresses(plain.text)
    }
    printed_at = sorted(found)
    for link in links:
        if link.end > post.words_end or not link.address:
            continue
        first = bisect_left(printed_at, link.start)
        is_printed = first < len(printed_at) and printed_at[first] < link.end
        if not is_printed and not text.startswith(_NAVIGATION, link.start):
            found[link.start] = link.address
    return list(dict.fromkeys(found[at] for at in sorted(found)))


def _last_post(links: list[Mark], recognise: Recognise, platform: str = "x") -> Permalink | None:
    for link in reversed(links):
        try:
            source = recognise(link.address or "")
        except AddressError:
            continue
        if source.platform == platform:
            return source, link.address or source.url
    return None


def _behind(text: str, post: FlatPost, links: list[Mark]) -> Iterator[Mark]:
    gap = _OPENING.match(text, post.end)
    start = gap.end() if gap else post.end
    may_be = text[start : start + 4].lower() in _BEGINNINGS
    for printed in printed_addresses(text, start, start + _LONGEST) if may_be else ():
        if printed.start == start:
            yield Mark(MarkKind.LINK, start, printed.end, printed.address)
    yield from (link for link in links if link.start == start)


def _names(post: FlatPost, link: Mark) -> bool:
    """Tell whether an address names a printed post: its handle and its ID's day, as far as told.

    Of the two at least one must be told by both, and neither may be another.
    """
    if post.platform != "x":
        handle = (post.author.handle or "").casefold()
        return bool(handle) and f"/{handle}/" in (link.address or "").casefold()
    named = read_post_address(link.address) if link.address else None
    if named is None:
        return False
    handles = (named.handle or "").casefold(), (post.author.handle or "").casefold()
    days = day_of(named.id), post.posted_on
    told = [one == other for one, other in (handles, days) if one and other]
    return bool(told) and all(told)


def _owner(address: str | None) -> str | None:
    """Return the handle that a post's address names, if it names one."""
    found = read_post_address(address) if address else None
    return found.handle if found else None


def _read_block(text: str, mark: Mark, links: list[Mark]) -> FlatPost:
    """Read an embed's words and attribution; what has no attribution ends before its last link."""
    block = text[mark.start : mark.end]
    signed = signed_block(block)
    if signed:
        return _moved(signed, mark.start)
    start = mark.start + len(block) - len(block.lstrip())
    end = max(start, mark.start + len(block.rstrip()))
    last = links[-1] if links and not text[links[-1].end : end].strip() else None
    if last is None:
        return FlatPost(start, end, end, end, Author(), None)
    words = _LOOSE_DASH.sub("", text[start : last.start])
    printed = date_at(text, last.start)
    day = printed.day if printed else None
    return FlatPost(start, start + len(words), last.start, end, Author(), day)


def _moved(post: FlatPost, by: int) -> FlatPost:
    return replace(
        post,
        start=post.start + by,
        words_end=post.words_end + by,
        date_start=post.date_start + by,
        end=post.end + by,
    )
