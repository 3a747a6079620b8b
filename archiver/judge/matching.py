"""Is a citation found elsewhere, or a post out of an archive, the one that an article prints?"""

from __future__ import annotations

from collections.abc import Sequence, Set
from dataclasses import dataclass
from enum import Enum

from archiver.judge._exact import bare_words, normalised
from archiver.judge.quotes import check_quote, printed_words
from archiver.model.citation import CitationKind, FoundCitation
from archiver.model.inquiry import Reading
from archiver.model.source import SourceRef
from archiver.model.verdict import Quote
from archiver.platforms._snowflake import day_of
from archiver.platforms._x_address import PostAddress, read_post_address

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


def is_vouched_for(printed: Sequence[FoundCitation], reading: Reading) -> bool:
    """Tell whether a page has the words that an article prints of the source, and enough of them.

    A few words ("Log in") stand in pages of all kinds.
    """
    return any(
        len(bare_words(printed_words(found) or "", ())) >= _LONG_ENOUGH
        and check_quote(found, reading).quote is Quote.STANDS
        for found in printed
    )


def pick(found: FoundCitation, others: Sequence[FoundCitation]) -> Picked:
    """Pick the citation that is this one in another form of the same article.

    A post by its handle, its day and its words: all that both forms print must agree, and two of
    the three must be printed. A pointer by its title. Two that agree and name different sources
    settle nothing.
    """
    agrees = _same_post if found.kind is CitationKind.EMBED else _same_pointer
    what = "post" if found.kind is CitationKind.EMBED else "link of that title"
    agreed = [(other.source, how) for other in others if (how := agrees(found, other))]
    sources = {source.name: (source, how) for source, how in agreed if source is not None}
    if len(sources) > 1:
        return Picked(None, f"several {what}s agree: {', '.join(sorted(sources))}")
    if not sources:
        return Picked(None, f"no {what} agrees with what is printed")
    source, how = next(iter(sources.values()))
    return Picked(source, f"{source.name} stands there, and {how} with what is printed")


def _same_post(found: FoundCitation, other: FoundCitation) -> str | None:
    """Return what of a post found elsewhere agrees when it is the printed one, else None.

    What its own ID and address tell counts beside what is printed there: two prints of one mistake
    agree, too.
    """
    if other.kind is not CitationKind.EMBED or other.platform not in (found.platform, "x"):
        return None
    named = _named(other)
    told = {
        "handle": _alike(_handle(found), {_handle(other), *(_bare(post.handle) for post in named)}),
        "day": _alike(found.posted_on, {other.posted_on, *(day_of(post.id) for post in named)}),
        "words": _words(found, other),
    }
    agreeing = [part for part, is_same in told.items() if is_same]
    if False in told.values() or len(agreeing) < 2:
        return None
    return f"{', '.join(agreeing[:-1])} and {agreeing[-1]} agree"


def _named(other: FoundCitation) -> list[PostAddress]:
    """Return the post of a citation as its source's address and its permalink name it."""
    if other.source is None or other.source.platform != "x":
        return []
    read = map(read_post_address, (other.source.url, *other.addresses))
    return [post for post in read if post and post.id == other.source.key]


def _handle(found: FoundCitation) -> str | None:
    return _bare(found.author.handle)


def _bare(handle: str | None) -> str | None:
    return handle.lstrip("@").lower() if handle else None


def _alike(ours: object, theirs: Set[object]) -> bool | None:
    """Tell whether all that is told of a post there is what is printed here."""
    told = theirs - {None}
    return told == {ours} if ours and told else None


def _words(found: FoundCitation, other: FoundCitation) -> bool | None:
    """Tell whether two prints of a post agree; one may be cut, or have words run into it."""
    ours, theirs = printed_words(found), printed_words(other)
    if ours is None or theirs is None:
        return None
    short, long = sorted((bare_words(ours, ()), bare_words(theirs, ())), key=len)
    return short == long or (len(short) >= _LONG_ENOUGH and short in long)


def _same_pointer(found: FoundCitation, other: FoundCitation) -> str | None:
    if other.kind not in _LINKS:
        return None
    title, anchor = _title(found.text), _title(other.text)
    is_same = sum(map(str.isalnum, title)) >= _LONG_ENOUGH // 2 and title == anchor
    return "its title agrees" if is_same else None


def _title(text: str) -> str:
    """Return a title in one form; a label before it ("READ:") may stand in the anchor or not."""
    label, colon, rest = text.partition(":")
    is_label = bool(colon) and (label.isupper() or len(label.split()) <= 1) and len(label) < 20
    return normalised(rest if is_label and rest.strip() else text)
