"""Sources that footnotes and lists of sources name."""

from __future__ import annotations

from archiver.citations.draft import Mark, Note
from archiver.citations.resolve import Recognise, resolve
from archiver.errors import AddressError
from archiver.model.citation import (
    Author,
    CitationKind,
    CitedMemento,
    Context,
    FoundCitation,
    Resolution,
)
from archiver.platforms._unwrap import archived


def noted(mark: Mark, recognise: Recognise) -> FoundCitation | None:
    """Return the citation of a footnote's source, or None when its address cannot be asked.

    It stands where the footnote's number stands. Its words are the title that the note prints, or
    the post's own; words that the note quotes are kept in the context.
    """
    note = mark.note or Note()
    address = mark.address or note.copy or ""
    try:
        named = resolve(address, recognise)
    except AddressError:
        return None
    return FoundCitation(
        position=0,
        kind=_kind(note),
        platform=named.platform,
        source=named.source,
        url=named.url,
        addresses=tuple(dict.fromkeys(filter(None, (address, note.copy)))),
        author=Author(note.author, note.handle),
        posted_on=note.posted_on,
        text=note.words,
        start=mark.start,
        end=mark.end,
        resolution=named.resolution if named.source else Resolution.NEEDS_LOOKUP,
        context=Context(quotes=(note.quote,) if note.quote else ()),
        memento=_memento(note.copy or address),
    )


def _kind(note: Note) -> CitationKind:
    if note.is_post:
        return CitationKind.EMBED
    return CitationKind.RELATED if note.is_related else CitationKind.LINK


def _memento(address: str) -> CitedMemento | None:
    held = archived(address)
    return held[1] if held else None
