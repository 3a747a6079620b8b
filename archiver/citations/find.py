"""From a draft to its citations.

What is found first holds its stretch of the text, and nothing is found in it again:

1. embed codes of the markup,
2. flattened posts,
3. pointers to other articles,
4. links of the markup,
5. sources that footnotes name,
6. addresses printed in the text,
7. sources that the text names without a link.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Iterator
from dataclasses import replace

from archiver.citations.addresses import printed_addresses
from archiver.citations.context import Surroundings
from archiver.citations.draft import Draft, Mark, MarkKind, check_count
from archiver.citations.flattened import find_flattened
from archiver.citations.links import merged
from archiver.citations.mentions import Mention, find_mentions
from archiver.citations.notes import noted
from archiver.citations.plain import plain_text
from archiver.citations.pointers import Pointer, find_pointers, is_pointed_to
from archiver.citations.posts import embedded, flattened
from archiver.citations.resolve import Recognise, resolve
from archiver.errors import AddressError
from archiver.model.citation import Author, CitationKind, FoundCitation, Resolution

_NEAR = 4  # code points behind a post in which its permalink may begin

# Stands for code: no letter, no space, no mark, and no part of an address. Nobody prints it.
# Source: Unicode 16: U+FF00 is not assigned.
_BLOT = "\uff00"


def find_citations(draft: Draft, recognise: Recognise) -> tuple[FoundCitation, ...]:
    """Find every citation of a draft, in reading order, counted from 1.

    Raises:
        InputError: there are more than ``MAX_CITATIONS``.
    """
    page = _Page(draft)
    steps = (_embeds, _flattened, _pointers, _links, _notes, _printed, _mentions)
    found: list[FoundCitation] = []
    for step in steps:
        found += step(page, recognise)
        check_count(len(found))
    found.sort(key=lambda citation: (citation.start, citation.end))
    around = Surroundings(draft)
    return tuple(
        replace(citation, position=n, context=around.context(citation))
        for n, citation in enumerate(found, start=1)
    )


class _Page:
    """A draft's text and links, and which stretches are held already.

    ``citing`` is the text with its code blotted out: offsets stay.
    """

    def __init__(self, draft: Draft) -> None:
        self.text = draft.article.text
        self.by_line = draft.by_line
        embeds = [mark for mark in draft.marks if mark.kind is MarkKind.POST]
        self.embeds = sorted(embeds, key=_around_first)
        anchors = [mark for mark in draft.marks if mark.kind is MarkKind.LINK]
        self.anchors = merged(sorted(anchors, key=lambda mark: mark.start), self.text)
        self._anchor_starts = [anchor.start for anchor in self.anchors]
        self.notes = [mark for mark in draft.marks if mark.kind is MarkKind.NOTE]
        self.citing = _without_code(self.text, draft.marks)
        self._held: list[tuple[int, int]] = []

    def hold(self, stretches: Iterable[tuple[int, int]]) -> None:
        """Hold stretches of the text that are free so far."""
        self._held = sorted([*self._held, *(pair for pair in stretches if pair[0] < pair[1])])

    def is_free(self, start: int, end: int) -> bool:
        """Tell whether nothing of the stretch is held."""
        after = bisect_left(self._held, (max(end, start + 1), 0))
        return not after or self._held[after - 1][1] <= start

    def links(self, start: int, end: int) -> list[Mark]:
        """Return the anchors that begin in the stretch, in order."""
        first = bisect_left(self._anchor_starts, start)
        return self.anchors[first : bisect_left(self._anchor_starts, end)]

    def free_text(self) -> str:
        """Return the citing text with line feeds in place of what is held: offsets stay."""
        parts = []
        at = 0
        for start, end in self._held:
            parts += [self.citing[at:start], "\n" * (end - start)]
            at = end
        return "".join([*parts, self.citing[at:]])


def _without_code(text: str, marks: Iterable[Mark]) -> str:
    parts = []
    at = 0
    code = (mark for mark in marks if mark.kind is MarkKind.CODE)
    for mark in sorted(code, key=_around_first):
        if mark.start >= at:
            parts += [text[at : mark.start], _BLOT * (mark.end - mark.start)]
            at = mark.end
    return "".join([*parts, text[at:]])


def _embeds(page: _Page, recognise: Recognise) -> list[FoundCitation]:
    page.hold(_outermost(page.embeds))
    found: list[tuple[Mark, FoundCitation]] = []
    for mark in page.embeds:
        citation = embedded(page.text, mark, recognise)
        if citation is None:
            continue
        if mark.nested and not (citation.text or citation.addresses or citation.source):
            continue  # a second blockquote around the post
        if found and _is_same_embed(page.text, found[-1], (mark, citation)):
            found[-1] = (mark, citation if citation.text else found[-1][1])
        else:
            found.append((mark, citation))
    return [citation for _, citation in found]


def _around_first(mark: Mark) -> tuple[int, bool, int]:
    return mark.start, mark.end > mark.start, -mark.end


def _outermost(embeds: Iterable[Mark]) -> Iterator[tuple[int, int]]:
    """Yield the stretches of the embeds that stand in no other; what is around comes first."""
    free = 0
    for mark in embeds:
        if mark.end > free:
            yield mark.start, mark.end
            free = mark.end


def _is_same_embed(
    text: str, before: tuple[Mark, FoundCitation], behind: tuple[Mark, FoundCitation]
) -> bool:
    """Tell a frame from the words it falls back to: side by side, and one without words."""
    (first, one), (second, other) = before, behind
    is_beside = first.end <= second.start and not text[first.end : second.start].strip()
    has_frame = not (one.text and other.text)
    is_same = one.source and other.source and one.source.name == other.source.name
    return bool(is_same) and is_beside and has_frame


def _flattened(page: _Page, recognise: Recognise) -> list[FoundCitation]:
    text = page.free_text()
    found = []
    held = []
    for post in find_flattened(text, by_line=page.by_line):
        links = page.links(post.start, post.end + _NEAR)
        citation, end = flattened(text, post, links, recognise)
        found.append(_as_printed(page.text, citation))
        held.append((post.start, end))
    page.hold(held)
    return found


def _as_printed(text: str, citation: FoundCitation) -> FoundCitation:
    """Return a post with the words of its code; code that stands for its name is none."""
    words = text[citation.start : citation.start + len(citation.text)]
    author = citation.author
    if author.name and _BLOT in author.name:
        author = Author(None, author.handle)
    return replace(citation, text=words, author=author)


def _pointers(page: _Page, recognise: Recognise) -> list[FoundCitation]:
    found = []
    held = []
    for pointer in find_pointers(page.free_text()):
        links = page.links(pointer.start, pointer.end)
        if len(links) < 2:
            found.append(_pointer(page, pointer, links, recognise))
            held.append((pointer.start, pointer.end))
    page.hold(held)
    return found


def _pointer(
    page: _Page, pointer: Pointer, links: list[Mark], recognise: Recognise
) -> FoundCitation:
    printed = printed_addresses(page.citing, pointer.title_start, pointer.end)
    addresses = [mark.address for mark in links] or [found.address for found in printed]
    where = (pointer.start, pointer.end)
    title = page.text[pointer.title_start : pointer.end]
    for address in addresses:
        found = _cited(address, title, where, CitationKind.RELATED, recognise)
        if found:
            return found
    return _unresolved(title, where)


def _links(page: _Page, recognise: Recognise) -> list[FoundCitation]:
    free = [link for link in page.anchors if page.is_free(link.start, link.end)]
    page.hold((link.start, link.end) for link in free)
    found = []
    worded = {link.address for link in free if link.start < link.end}
    for link in free:
        if link.start == link.end and link.address in worded:
            continue  # a picture that leads where words lead, too
        related = is_pointed_to(page.text, link.start)
        kind = CitationKind.RELATED if related else CitationKind.LINK
        words = page.text[link.start : link.end]
        found.append(_cited(link.address, words, (link.start, link.end), kind, recognise))
    return [citation for citation in found if citation]


def _notes(page: _Page, recognise: Recognise) -> list[FoundCitation]:
    page.hold((mark.start, mark.end) for mark in page.notes)
    found = (noted(mark, recognise) for mark in page.notes)
    return [citation for citation in found if citation]


def _printed(page: _Page, recognise: Recognise) -> list[FoundCitation]:
    plain = plain_text(page.free_text())
    found = []
    for printed in printed_addresses(plain.text):
        where = plain.start(printed.start), plain.end(printed.end)
        words = page.text[slice(*where)]
        found.append(_cited(printed.address, words, where, CitationKind.LINK, recognise))
    cited = [citation for citation in found if citation]
    page.hold((citation.start, citation.end) for citation in cited)
    return cited


def _mentions(page: _Page, recognise: Recognise) -> list[FoundCitation]:
    found = find_mentions(page.free_text())
    return [_mentioned(page.text, mention) for mention in found]


def _cited(
    address: str | None,
    words: str,
    where: tuple[int, int],
    kind: CitationKind,
    recognise: Recognise,
) -> FoundCitation | None:
    """Return the citation of an address, or None when it is none that can be asked."""
    if address is None:
        return None
    try:
        named = resolve(address, recognise)
    except AddressError:
        return None
    return FoundCitation(
        position=0,
        kind=kind,
        platform=named.platform,
        source=named.source,
        url=named.url,
        addresses=(address,),
        author=Author(),
        posted_on=None,
        text=words,
        start=where[0],
        end=where[1],
        resolution=named.resolution,
        memento=named.memento,
    )


def _mentioned(text: str, mention: Mention) -> FoundCitation:
    where = (mention.start, mention.end)
    named = _unresolved(text[slice(*where)], where)
    return replace(named, kind=CitationKind.MENTION, platform=mention.platform)


def _unresolved(title: str, where: tuple[int, int]) -> FoundCitation:
    return FoundCitation(
        position=0,
        kind=CitationKind.RELATED,
        platform=None,
        source=None,
        url=None,
        addresses=(),
        author=Author(),
        posted_on=None,
        text=title,
        start=where[0],
        end=where[1],
        resolution=Resolution.UNRESOLVED,
    )
