"""Do the words the article prints still stand in what is there now?

Only equality after normalisation says that they stand. A fuzzy match merely locates: with one
number changed, or a "not" put in, real quotes still score 0.93 to 0.97.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from html import unescape

from archiver.judge._context import changed_context
from archiver.judge._diff import word_diff
from archiver.judge._exact import (
    ADDRESS,
    LOST,
    MIN_SQUEEZED,
    found_at,
    normalised,
    stands,
    stands_as_it_is,
    without_links,
)
from archiver.judge._placing import MIN_LOCATED, located, nearness, searched, spot_of, spots_of
from archiver.judge.material import is_typo, material_between
from archiver.judge.selectors import selector_at
from archiver.model.citation import CitationKind, FoundCitation
from archiver.model.comparison import Change, Material
from archiver.model.inquiry import Reading
from archiver.model.post import Post
from archiver.model.selector import TextQuote
from archiver.model.signals import Signal
from archiver.model.verdict import Quote

MIN_CHARS = 4  # letters and digits; below that, words prove nothing
_CUT_SHARE = 0.5  # a page with less than half of its former text may just be cut off
_SHELL_CHARS = 140  # of a page with no former text: it may not have been drawn
_MAX_GAP = 3000  # characters between two parts of a quote
_SAME_PLACE = 0.5  # of what surrounds a few words; below that, they stand elsewhere by chance
_ELLIPSIS = re.compile(r"(?:\.\.\.|\[\.\.\.\]|\(\.\.\.\))\s*$")
# What the one who quotes left out, or put in: "… […] …", "[the minister]".
_LEFT_OUT = re.compile(r"\s*(?:[\[(]\s?\.\.\.\s?[\])]|\.\.\.|\. \. \.|\[[^\[\]]{2,60}\](?!\w))\s*")
_STOPS = ".,;:-–— 。、，"  # within the marks of a quote, they are often the quoting sentence's own
_MARKS = "\"'“”„‟‘’‚‛«»‹›「」『』《》〈〉 \t\n"


@dataclass(frozen=True, slots=True)
class QuoteCheck:
    """Whether the words stand, why, and where they differ a word diff (printed to present).

    ``is_amid_more`` is true of words that stand in a post which says more than the article prints
    of it: "is safe" stands in "I was wrong to say it is safe". ``similarity`` is 1 minus the share
    of wrong characters of what was located. ``material`` tells of altered words whether they say
    something else, and ``kinds`` by which words; ``is_typo`` that a few letters differ and no more.
    ``context`` is how the sentence round standing words changed in what it says of them.
    ``selector`` names the words' place in the copy that was relied on.
    """

    quote: Quote
    reason: str
    diff: str | None = None
    is_amid_more: bool = False
    similarity: float | None = None
    material: bool | None = None
    kinds: tuple[Material, ...] = ()
    is_typo: bool = False
    context: Change | None = None
    selector: TextQuote | None = None


def printed_words(found: FoundCitation) -> str | None:
    """Return the words that the article prints as the source's own, or None when it prints none.

    An embedded post is printed whole; a link's text is the author's, not the source's.
    """
    if found.kind is not CitationKind.EMBED:
        return None
    words = _ELLIPSIS.sub("", normalised(ADDRESS.sub(" ", found.text))).strip()
    return words if _has_enough(words) else None


def quoted_words(found: FoundCitation, relied_on: Reading | None) -> tuple[str, ...]:
    """Return the quoted words near a link that are the source's own.

    A quote beside a link may be of somebody else: only those count that stand in the copy which
    the article relied on.
    """
    if found.kind is CitationKind.EMBED or relied_on is None:
        return ()
    return tuple(
        words
        for words in found.context.quotes
        if check_words(words, relied_on).quote is Quote.STANDS
    )


def check_quote(
    found: FoundCitation, now: Reading | None, before: Reading | None = None
) -> QuoteCheck:
    """Look for the printed words of an embed in what is there now.

    ``before`` is an earlier reading of the source: a page that shrank to less than half of it
    cannot miss words, it may just be cut off.
    """
    words = printed_words(found)
    if words is None:
        return QuoteCheck(Quote.UNDETERMINED, "the article prints none of its words")
    raw = _one_ellipsis(ADDRESS.sub(" ", found.text))
    return _checked(raw, now, before, is_cut=_is_printed_cut(found), is_quoted=False)


def check_words(words: str, now: Reading | None, before: Reading | None = None) -> QuoteCheck:
    """Look for quoted words in what is there now.

    ``before`` is the copy that the article relied on. An ellipsis parts the words: each part must
    stand, in order. Several places are told apart by what surrounded the words.
    """
    raw = _one_ellipsis(ADDRESS.sub(" ", words).strip(_MARKS)).rstrip(_STOPS)
    if not _has_enough(raw):
        return QuoteCheck(Quote.UNDETERMINED, "too few words are quoted to look for")
    return _checked(raw, now, before, is_cut=False, is_quoted=True)


def _one_ellipsis(words: str) -> str:
    """Return words with every ellipsis as three stops, and none at their end."""
    return _ELLIPSIS.sub("", unescape(words).replace("…", "...")).strip()


def worst(checks: Sequence[QuoteCheck]) -> QuoteCheck:
    """Return the check that says most against its words; of none, that there are none."""
    if not checks:
        return QuoteCheck(Quote.UNDETERMINED, "the article prints none of its words")
    return min(checks, key=_weight)


def _weight(check: QuoteCheck) -> int:
    if check.quote is Quote.STANDS and check.context is not None:
        return 1
    if check.quote is Quote.ALTERED and not check.material:
        return 3
    order = (Quote.ALTERED, None, Quote.MISSING, None, Quote.UNDETERMINED, Quote.STANDS)
    return order.index(check.quote)


# --- looking -------------------------------------------------------------------------------------


class _Place:
    """What is looked in: the text as it is, and in one form; ``post`` where it is one."""

    def __init__(self, reading: Reading) -> None:
        self.post = reading.post
        self.raw = _readable(reading)

    @cached_property
    def text(self) -> str:
        """All of it in one form, without addresses."""
        return normalised(without_links(self.raw, self.post.links if self.post else ()))

    def has(self, words: str) -> bool:
        """Tell whether normalised words stand; tried first on the lines that have them."""
        if self.post is None:
            spot = spot_of(words, self.raw)
            if spot is not None and stands(words, normalised(searched(self.raw).lines(*spot.span))):
                return True
        return stands(words, self.text)

    def has_as_it_is(self, words: str) -> bool:
        """Tell whether normalised words, which stand, stand with every space and sign."""
        spot = spot_of(words, self.raw)
        if spot is not None and self.post is None:
            lines = normalised(searched(self.raw).lines(*spot.span))
            return stands_as_it_is(words, lines) or stands_as_it_is(words, self.text)
        return stands_as_it_is(words, self.text)


def _checked(
    raw: str, now: Reading | None, before: Reading | None, *, is_cut: bool, is_quoted: bool
) -> QuoteCheck:
    if now is None or now.signal is not Signal.PRESENT:
        return QuoteCheck(Quote.UNDETERMINED, "there is nothing to read now")
    place = _Place(now)
    if not place.raw:
        return QuoteCheck(Quote.UNDETERMINED, "what is there now has no text to read")
    links = now.post.links if now.post else ()
    raw = without_links(raw, links)
    words = normalised(raw)
    then = _Place(before) if before is not None and before.signal is Signal.PRESENT else None
    check = _standing(raw, place, then, is_cut=is_cut, is_quoted=is_quoted)
    if check is None and _is_whole_post_printed(now.post, words, place.text):
        check = QuoteCheck(Quote.STANDS, "the whole post is among the printed words", similarity=1)
    if check is None:
        check = _untold(now, before) or _altered_or_missing(raw, place, then)
    return replace(check, selector=_selector(words, then, place, check))


def _readable(reading: Reading) -> str:
    if reading.post is not None:
        return reading.post.words
    return reading.page.visible if reading.page is not None else ""


def _standing(
    raw: str, place: _Place, then: _Place | None, *, is_cut: bool, is_quoted: bool
) -> QuoteCheck | None:
    """Return the check of words that stand, None of those that do not."""
    words = normalised(raw)
    if not is_quoted and place.post is not None:
        return _all_or_amid(words, place, is_cut=is_cut) if place.has(words) else None
    if place.has(words):
        return _amid_others(words, place, then)
    if len(parts := [normalised(part) for part in _parts(raw)]) > 1 and _stand_in_order(
        parts, place.text
    ):
        reason = "the quoted words are there, part by part"
        return QuoteCheck(Quote.STANDS, reason, similarity=1.0)
    return None


def _amid_others(words: str, place: _Place, then: _Place | None) -> QuoteCheck:
    """Return the check of words that stand in a text which says more."""
    reason = "the printed words are there"
    if not place.has_as_it_is(words):
        reason = "the printed words are there but for spaces and marks"
    check = QuoteCheck(Quote.STANDS, reason, similarity=1.0)
    if then is None or not then.has(words):
        return check
    if len(words) < MIN_SQUEEZED and not _is_same_place(words, then.raw, place.raw):
        elsewhere = "so few words are there, and in another place than they were"
        return QuoteCheck(Quote.UNDETERMINED, elsewhere)
    return replace(check, context=changed_context(words, then.raw, place.raw))


def _is_same_place(words: str, then: str, now: str) -> bool:
    """Tell whether one of the places where a few words stand is one where they stood."""
    before, after = spots_of(words, then), spots_of(words, now)
    if not before or not after:
        return True
    selectors = [selector_at(spot) for spot in before]
    return any(
        nearness(spot.text, spot.start, spot.end, one.prefix, one.suffix) >= _SAME_PLACE
        for spot in after
        for one in selectors
    )


def _parts(words: str) -> list[str]:
    return [part for part in _LEFT_OUT.split(words) if any(map(str.isalnum, part))]


def _stand_in_order(parts: Sequence[str], text: str) -> bool:
    """Tell whether the parts of a quote stand one behind another, not far apart."""
    if not all(map(_has_enough, parts)):
        parts = [part for part in parts if _has_enough(part)]
    for begin in _beginnings(parts, text):
        end = begin
        for part in parts[1:]:
            found = found_at(part, text[: end + _MAX_GAP + len(part) * 2], end)
            if found is None:
                break
            end = found[1]
        else:
            return bool(parts)
    return False


def _beginnings(parts: Sequence[str], text: str) -> list[int]:
    """Return the ends of the first ten places where the first part stands."""
    ends: list[int] = []
    start = 0
    while parts and len(ends) < 10:
        found = found_at(parts[0], text, start)
        if found is None:
            break
        ends.append(found[1])
        start = found[1]
    return ends


def _all_or_amid(words: str, place: _Place, *, is_cut: bool) -> QuoteCheck:
    """Tell words that are all of a post from those amid others; a page always says more."""
    post = place.post
    wholes = _wholes(place.text, post) if post is not None else (place.text,)
    if any(_is_all(words, one, is_cut=is_cut) for one in wholes):
        return QuoteCheck(Quote.STANDS, "the printed words are there", similarity=1.0)
    reason = "the printed words are there, with other words round them"
    diff = word_diff(words, place.text)
    return QuoteCheck(Quote.STANDS, reason, diff, is_amid_more=True, similarity=1.0)


def _wholes(text: str, post: Post) -> tuple[str, ...]:
    """Return what an article may print as the whole of a post: all of it, its title, its text."""
    if post.title is None:
        return (text,)
    parts = (normalised(without_links(part, post.links)) for part in (post.title, post.text))
    return (text, *parts)


def _is_all(words: str, text: str, *, is_cut: bool) -> bool:
    """Tell whether the words are the whole text, or its beginning where they were printed cut."""
    bare_words, bare_text = LOST.sub("", words), LOST.sub("", text)
    return bare_text.startswith(bare_words) if is_cut else bare_text == bare_words


def _is_printed_cut(found: FoundCitation) -> bool:
    return _ELLIPSIS.search(normalised(ADDRESS.sub(" ", found.text))) is not None


def _is_whole_post_printed(post: Post | None, words: str, text: str) -> bool:
    """Tell whether the article prints all of a post and more, as where two posts run together.

    Only of a post that was never edited: of an edited one, words may have been taken away.
    """
    if post is None or post.is_edited or post.is_cut or len(post.edit_ids) > 1:
        return False
    return len(text) >= MIN_LOCATED and stands(text, words)


# --- not standing --------------------------------------------------------------------------------


def _untold(now: Reading, before: Reading | None) -> QuoteCheck | None:
    """Return the check of words that what is there now may just not show, or None."""
    if now.wall is not None:
        return QuoteCheck(Quote.UNDETERMINED, "what is there now may be a part, before a wall")
    if _is_cut(now, before):
        return QuoteCheck(Quote.UNDETERMINED, "what we were given of it is cut off")
    return None


def _is_cut(now: Reading, before: Reading | None) -> bool:
    if now.post is not None:
        return now.post.is_cut
    if now.page is None:
        return False
    if before is None or before.page is None:
        return len(now.page.visible) < _SHELL_CHARS and now.page.main is None
    return len(now.page.visible) < _CUT_SHARE * len(before.page.visible)


def _altered_or_missing(raw: str, place: _Place, then: _Place | None) -> QuoteCheck:
    parts = _parts(raw)
    if len(parts) > 1:
        raw = next((one for one in parts if not place.has(normalised(one))), raw)
    words = normalised(raw)
    around = spot_of(words, then.raw) if then is not None else None
    selector = selector_at(around) if around is not None else TextQuote(words)
    spot = located(words, place.raw, selector.prefix, selector.suffix)
    if spot is None:
        return QuoteCheck(Quote.MISSING, "the printed words are not there")
    there = normalised(spot.words)
    if words[-1:].isalnum():
        there = there.rstrip(_STOPS + "\"')]")
    kinds = material_between(raw, spot.words)
    return QuoteCheck(
        Quote.ALTERED,
        "the printed words are there in another form",
        word_diff(words, there),
        similarity=round(spot.similarity, 4),
        material=bool(kinds),
        kinds=kinds,
        is_typo=not kinds and is_typo(raw, spot.words),
    )


def _selector(words: str, then: _Place | None, now: _Place, check: QuoteCheck) -> TextQuote | None:
    """Return the selector of words in the copy that was relied on; without one, where they are."""
    where = then if then is not None else now if check.quote is Quote.STANDS else None
    spot = spot_of(words, where.raw) if where is not None else None
    return selector_at(spot) if spot is not None else None


def _has_enough(words: str) -> bool:
    return sum(map(str.isalnum, words)) >= MIN_CHARS
