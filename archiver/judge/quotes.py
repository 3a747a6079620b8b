"""Do the words the article prints still stand in what is there now?

Only equality after normalisation says that they stand. A fuzzy match merely locates: with one
number changed, or a "not" put in, real quotes still score 0.93 to 0.97.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html import unescape

from rapidfuzz import fuzz
from rapidfuzz.distance import Levenshtein

from archiver.judge._diff import word_diff
from archiver.model.citation import CitationKind, FoundCitation
from archiver.model.inquiry import Reading
from archiver.model.post import Post
from archiver.model.signals import Signal
from archiver.model.verdict import Quote
from archiver.model.wording import normal_form

MIN_CHARS = 4  # letters and digits; below that, words prove nothing
_MIN_LOCATED = 20  # characters; shorter words are "found" on 13 % of wrong pages by a fuzzy match
# Share of wrong characters up to which a place counts as located. At 30 % the words are found on
# 0.1 % of wrong pages (20-39 characters) and on none (longer ones); measured on 128 real quotes.
_MAX_ERRORS = ((80, 0.45), (40, 0.40), (_MIN_LOCATED, 0.30))
_MAX_LOCATED_IN = 200_000  # characters searched by the fuzzy match
_MAX_SEARCHED = 1000  # characters of the words it searches for; 4,000 would take 3 s
_CUT_SHARE = 0.5  # a page with less than half of its former text may just be cut off

# X's codes have exactly ten characters: a greedy pattern swallows the word glued behind. Before
# them, too, words may be glued on, except before a bare ``t.co``, which ends other hosts' names.
_ADDRESS = re.compile(
    r"(?:https?://)?pic\.(?:twitter|x)\.com/[A-Za-z0-9]{10}"
    r"|(?:https?://|(?<![\w.@-]))t\.co/[A-Za-z0-9]{10}"
    r"|https?://[^\s<>\"“”]+",
    re.I,
)
_ELLIPSIS = re.compile(r"(?:\.\.\.|\[\.\.\.\]|\(\.\.\.\))\s*$")
_SCHEME = re.compile(r"^https?://(?:www\.)?", re.I)
_TAIL = re.compile(r"[…/.,:;!?)\]\"'”’]+$")
_SPACE = re.compile(r"\s+")
_TO_SPACE = re.compile(r"\S*")
_HOST = re.compile(r"(?<![\w.@])(?:www\.)?(\w[\w.-]*)", re.I)
_MAX_AROUND = 50  # characters before and behind a shown link: "www.", brackets, dots
# What may be lost when an embed is flattened: space, brackets, quote marks, dashes between words,
# stops, emoji. Before a digit they stay, for they make another figure of it; so do %, $ and ?.
_LOST = re.compile(
    r"\s|[.,:;\-](?!\d)|['\"()\[\]{}*_~|·•]"
    r"|[\u2190-\u21ff\u2300-\u27bf\u2900-\u2bff\u3030\u303d\U0001f000-\U0001faff]"
)


# Scripts that put no space between words: Thai to Burmese, Khmer, kana, Chinese characters.
_UNSPACED = re.compile(r"[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff]")
_OF_FIGURES = frozenset(".,:%")  # between the digits of one figure, or behind them
_SIGNS = frozenset(".,:-+$€£¥")  # before a figure


@dataclass(frozen=True, slots=True)
class QuoteCheck:
    """Whether the words stand, why, and where they differ a word diff (printed to present).

    ``is_amid_more`` is true of words that stand in a post which says more than the article prints
    of it: "is safe" stands in "I was wrong to say it is safe".
    """

    quote: Quote
    reason: str
    diff: str | None = None
    is_amid_more: bool = False


def printed_words(found: FoundCitation) -> str | None:
    """Return the words that the article prints as the source's own, or None when it prints none.

    An embedded post is printed whole; a link's text is the author's, not the source's.
    """
    if found.kind is not CitationKind.EMBED:
        return None
    words = _ELLIPSIS.sub("", normalised(_ADDRESS.sub(" ", found.text))).strip()
    return words if sum(map(str.isalnum, words)) >= MIN_CHARS else None


def check_quote(
    found: FoundCitation, now: Reading | None, before: Reading | None = None
) -> QuoteCheck:
    """Look for the printed words in what is there now.

    ``before`` is an earlier reading of the source: a page that shrank to less than half of it
    cannot miss words, it may just be cut off.
    """
    words = printed_words(found)
    if words is None:
        return QuoteCheck(Quote.UNDETERMINED, "the article prints none of its words")
    if now is None or now.signal is not Signal.PRESENT:
        return QuoteCheck(Quote.UNDETERMINED, "there is nothing to read now")
    readable = _readable(now)
    if not readable:
        return QuoteCheck(Quote.UNDETERMINED, "what is there now has no text to read")
    links = now.post.links if now.post else ()
    words = normalised(_without_links(words, links))
    text = normalised(_without_links(readable, links))
    if stands(words, text):
        return _all_or_amid(words, text, now.post, is_cut=_is_printed_cut(found))
    if _is_whole_post_printed(now.post, words, text):
        return QuoteCheck(Quote.STANDS, "the whole post is among the printed words")
    if _is_cut(now, before):
        return QuoteCheck(Quote.UNDETERMINED, "what we were given of it is cut off")
    return _altered_or_missing(words, text)


def _all_or_amid(words: str, text: str, post: Post | None, *, is_cut: bool) -> QuoteCheck:
    """Tell words that are all of a post from those amid others; a page always says more."""
    if post is None or any(_is_all(words, one, is_cut=is_cut) for one in _wholes(text, post)):
        return QuoteCheck(Quote.STANDS, "the printed words are there")
    reason = "the printed words are there, with other words round them"
    return QuoteCheck(Quote.STANDS, reason, word_diff(words, text), is_amid_more=True)


def _wholes(text: str, post: Post) -> tuple[str, ...]:
    """Return what an article may print as the whole of a post: all of it, its title, its text."""
    if post.title is None:
        return (text,)
    parts = (normalised(_without_links(part, post.links)) for part in (post.title, post.text))
    return (text, *parts)


def _is_all(words: str, text: str, *, is_cut: bool) -> bool:
    """Tell whether the words are the whole text, or its beginning where they were printed cut."""
    bare_words, bare_text = _LOST.sub("", words), _LOST.sub("", text)
    return bare_text.startswith(bare_words) if is_cut else bare_text == bare_words


def _is_printed_cut(found: FoundCitation) -> bool:
    return _ELLIPSIS.search(normalised(_ADDRESS.sub(" ", found.text))) is not None


def _is_whole_post_printed(post: Post | None, words: str, text: str) -> bool:
    """Tell whether the article prints all of a post and more, as where two posts run together.

    Only of a post that was never edited: of an edited one, words may have been taken away.
    """
    if post is None or post.is_edited or post.is_cut or len(post.edit_ids) > 1:
        return False
    return len(text) >= _MIN_LOCATED and stands(text, words)


def bare_words(text: str, links: Sequence[str]) -> str:
    """Return the words of a post alone: no addresses, no signs that forms of it show or lose."""
    return _LOST.sub("", normalised(_without_links(text, tuple(links))))


def normalised(text: str) -> str:
    """Return text in which only differences of form are gone, nothing of what is said.

    The form of :func:`normal_form`, with HTML entities decoded.
    """
    return normal_form(unescape(text))


def stands(words: str, text: str) -> bool:
    """Tell whether normalised words are contained in normalised text, exactly, as whole words.

    Tried with spaces first; then without them, because flattening glues lines together; then
    without the signs that flattening loses. Figures and their signs always count.
    """
    if _contained(words, text, range(len(text)), text):
        return True
    for drops in (_SPACE, _LOST):
        bare_words, _ = _without(drops, words)
        bare_text, places = _without(drops, text)
        if bare_words == bare_text:
            return True
        if len(bare_words) >= _MIN_LOCATED and _contained(bare_words, bare_text, places, text):
            return True
    return False


def _contained(words: str, bare: str, places: Sequence[int], text: str) -> bool:
    """Look for words that begin and end at word borders of ``text``; "able" is not in "unable"."""
    start = bare.find(words)
    while words and start >= 0:
        first, last = places[start], places[start + len(words) - 1]
        if not _inside(text, first) and not _inside(text, last + 1):
            return True
        start = bare.find(words, start + 1)
    return False


def _inside(text: str, place: int) -> bool:
    """Tell whether a place lies within a word or a figure: "12" is not in "12:30" nor in "-12"."""
    before, after = text[max(place - 1, 0) : place], text[place : place + 2]
    if before.isalnum() and after[:1].isalnum():
        return not _UNSPACED.search(before + after[:1])
    if before.isdigit():
        return after[:1] in _OF_FIGURES and (after[:1] == "%" or after[1:].isdigit())
    return before in _SIGNS and after[:1].isdigit()


def _without(drops: re.Pattern[str], text: str) -> tuple[str, list[int]]:
    """Return the text without what a pattern matches, and where each character stood."""
    places: list[int] = []
    start = 0
    for found in drops.finditer(text):
        places += range(start, found.start())
        start = found.end()
    places += range(start, len(text))
    return "".join([text[place] for place in places]), places


def _readable(reading: Reading) -> str:
    if reading.post is not None:
        return reading.post.words
    return reading.page.visible if reading.page is not None else ""


def _without_links(text: str, links: Sequence[str]) -> str:
    """Take addresses away, also in the short form in which a platform shows a link.

    The text is gone through once, however many links a post has.
    """
    text = _ADDRESS.sub(" ", text)
    by_host: dict[str, list[str]] = {}
    for bare in sorted({_SCHEME.sub("", link).casefold() for link in links}):
        by_host.setdefault(_host_of(bare), []).append(bare)
    by_host.pop("", None)
    if not by_host:
        return text
    longest = max(len(bare) for shown in by_host.values() for bare in shown) + _MAX_AROUND
    return _without_shown(text, by_host, longest)


def _host_of(bare: str) -> str:
    found = _HOST.match(bare)
    return found[1].rstrip(".").casefold() if found is not None else ""


def _without_shown(text: str, by_host: Mapping[str, Sequence[str]], longest: int) -> str:
    kept: list[str] = []
    done = 0
    for found in _HOST.finditer(text):
        bares = by_host.get(found[1].rstrip(".").casefold())
        if bares is None or found.start() < done:
            continue
        word = _TO_SPACE.match(text, found.start(), found.start() + longest)
        left = _unlinked(bares, word[0]) if word is not None else None
        if word is not None and left is not None:
            kept += (text[done : found.start()], left)
            done = word.end()
    return "".join((*kept, text[done:]))


def _unlinked(bares: Sequence[str], shown: str) -> str | None:
    """Return what is left of a word that begins like a link: the signs glued to it, or None."""
    stem = _TAIL.sub("", shown)
    begins = stem.casefold().removeprefix("www.")
    place = bisect_left(bares, begins)
    if place == len(bares) or not bares[place].startswith(begins):
        return None
    if not begins.startswith(bares[place].partition("/")[0]):
        return None  # of a name with a port the name alone is shown: another place
    return f" {shown[len(stem) :].lstrip('/….')}"


def _is_cut(now: Reading, before: Reading | None) -> bool:
    if now.post is not None:
        return now.post.is_cut
    if now.page is None or before is None or before.page is None:
        return False
    return len(now.page.visible) < _CUT_SHARE * len(before.page.visible)


def _altered_or_missing(words: str, text: str) -> QuoteCheck:
    place = _located(words, text)
    if place is None:
        return QuoteCheck(Quote.MISSING, "the printed words are not there")
    return QuoteCheck(
        Quote.ALTERED, "the printed words are there in another form", word_diff(words, place)
    )


def _located(words: str, text: str) -> str | None:
    """Return the part of the text that is most like the words, or None when nothing is."""
    bound = next((share for size, share in _MAX_ERRORS if len(words) >= size), None)
    if bound is None:
        return None
    text = text[:_MAX_LOCATED_IN]
    if len(text) <= len(words) * 1.5:
        place = text
    else:
        found = fuzz.partial_ratio_alignment(words[:_MAX_SEARCHED], text)
        start = found.dest_start if found else 0
        place = text[start : start + len(words)]
    return place if Levenshtein.normalized_distance(words, place) <= bound else None
