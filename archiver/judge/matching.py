"""Is a citation found elsewhere, or a post out of an archive, the one that an article prints?"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum

from archiver.judge.quotes import bare_words, check_quote, normalised, printed_words
from archiver.model.citation import CitationKind, FoundCitation
from archiver.model.inquiry import Reading
from archiver.model.source import SourceRef
from archiver.model.verdict import Quote

_LONG_ENOUGH = 20  # characters of words that tell a post from others, also amid more words
_LINKS = frozenset({CitationKind.LINK, CitationKind.RELATED})


class Match(Enum):
    """Whether words are those that the article prints."""

    AGREES = "agrees"
    DIFFERS = "differs"
    UNTOLD = "untold"


@dataclass(frozen=True, slots=True)
class Picked:
    """The source picked among candidates, or None, and why, as the end of a sentence."""

    source: SourceRef | None
    note: str


def match(found: FoundCitation, reading: Reading | None) -> Match:
    """Tell whether a post that was read says what the article prints of it."""
    words = printed_words(found)
    if words is None or reading is None:
        return Match.UNTOLD
    check = check_quote(found, reading)
    if check.quote is Quote.STANDS:
        is_told = not check.is_amid_more or len(words) >= _LONG_ENOUGH
        return Match.AGREES if is_told else Match.UNTOLD
    return Match.UNTOLD if check.quote is Quote.UNDETERMINED else Match.DIFFERS


def pick(found: FoundCitation, others: Sequence[FoundCitation]) -> Picked:
    """Pick the citation that is this one in another form of the same article.

    A post by its handle, its day and its words: all that both forms print must agree, and two of
    the three must be printed. A pointer by its title. Two that agree and name different sources
    settle nothing.
    """
    agrees = _is_same_post if found.kind is CitationKind.EMBED else _is_same_pointer
    what = "post" if found.kind is CitationKind.EMBED else "link of that title"
    sources = {
        other.source.name: other.source
        for other in others
        if other.source is not None and agrees(found, other)
    }
    if len(sources) > 1:
        return Picked(None, f"several {what}s agree: {', '.join(sorted(sources))}")
    if not sources:
        return Picked(None, f"no {what} agrees with what is printed")
    source = next(iter(sources.values()))
    how = "handle, day and words" if found.kind is CitationKind.EMBED else "its title"
    return Picked(source, f"{source.name} stands there, and {how} agree with what is printed")


def _is_same_post(found: FoundCitation, other: FoundCitation) -> bool:
    if other.kind is not CitationKind.EMBED or other.platform not in (found.platform, "x"):
        return False
    agreements = [
        _handles(found, other),
        _alike(found.posted_on, other.posted_on),
        _words(found, other),
    ]
    return False not in agreements and agreements.count(True) >= 2


def _handles(found: FoundCitation, other: FoundCitation) -> bool | None:
    ours, theirs = found.author.handle, other.author.handle
    return _alike(ours and ours.lstrip("@").lower(), theirs and theirs.lstrip("@").lower())


def _alike(ours: object, theirs: object) -> bool | None:
    return ours == theirs if ours and theirs else None


def _words(found: FoundCitation, other: FoundCitation) -> bool | None:
    """Tell whether two prints of a post agree; one may be cut, or have words run into it."""
    ours, theirs = printed_words(found), printed_words(other)
    if ours is None or theirs is None:
        return None
    short, long = sorted((bare_words(ours, ()), bare_words(theirs, ())), key=len)
    return short == long or (len(short) >= _LONG_ENOUGH and short in long)


def _is_same_pointer(found: FoundCitation, other: FoundCitation) -> bool:
    if other.kind not in _LINKS:
        return False
    title, anchor = _title(found.text), _title(other.text)
    return sum(map(str.isalnum, title)) >= _LONG_ENOUGH // 2 and title == anchor


def _title(text: str) -> str:
    """Return a title in one form; a label before it ("READ:") may stand in the anchor or not."""
    label, colon, rest = text.partition(":")
    is_label = bool(colon) and (label.isupper() or len(label.split()) <= 1) and len(label) < 20
    return normalised(rest if is_label and rest.strip() else text)
