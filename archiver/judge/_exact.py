"""Words that stand in a text exactly, once only their form is taken away.

Tried with spaces; then without them, because flattening glues lines together; then without the
signs that printing loses. Figures and their signs always count, and words begin and end at borders
of words.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Mapping, Sequence
from html import unescape

from archiver.model.wording import normal_form

_POINTS = re.compile("[\u0591-\u05bd\u05bf\u05c1\u05c2\u05c4\u05c5\u05c7\u0640\u064b-\u0652\u0670]")
_SPELT = {
    **{zero + digit: str(digit) for zero in (0x660, 0x6F0, 0x966, 0x9E6) for digit in range(10)},
    0x5BE: "-",
    0x451: "\u0435",
}
MIN_SQUEEZED = 20  # characters; shorter words without their spaces are found by chance
_MIN_DENSE = 8  # of characters that are each half a word

# X's codes have exactly ten characters: a greedy pattern swallows the word glued behind. Before
# them, too, words may be glued on, except before a bare ``t.co``, which ends other hosts' names.
ADDRESS = re.compile(
    r"(?:https?://)?pic\.(?:twitter|x)\.com/[A-Za-z0-9]{10}"
    r"|(?:https?://|(?<![\w.@-]))t\.co/[A-Za-z0-9]{10}"
    r"|https?://[^\s<>\"“”]+",
    re.I,
)
_SCHEME = re.compile(r"^https?://(?:www\.)?", re.I)
_TAIL = re.compile(r"[…/.,:;!?)\]\"'”’]+$")
_SPACE = re.compile(r"\s+")
_TO_SPACE = re.compile(r"\S*")
_HOST = re.compile(r"(?<![\w.@])(?:www\.)?(\w[\w.-]*)", re.I)
_MAX_AROUND = 50  # characters before and behind a shown link: "www.", brackets, dots
# What may be lost when words are printed elsewhere: space, brackets, quote marks, dashes between
# words, stops, emoji. Before a digit they stay, for they make another figure of it; so do %, $
# and ?.
LOST = re.compile(
    r"\s|[.,:;\-](?!\d)|['\"()\[\]{}*_~|·•¡¿、。，؛،।「」『』《》〈〉【】]"
    r"|[\u2190-\u21ff\u2300-\u27bf\u2900-\u2bff\u3030\u303d\U0001f000-\U0001faff]"
)
# Scripts that put no space between words: Thai to Burmese, Khmer, kana, Chinese characters.
_UNSPACED = re.compile(r"[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff]")
_OF_FIGURES = frozenset(".,:%")  # between the digits of one figure, or behind them
_SIGNS = frozenset(".,:-+$€£¥")  # before a figure


def normalised(text: str) -> str:
    """Return text in which only differences of form are gone, nothing of what is said.

    The form of :func:`normal_form`, with HTML entities decoded, and one spelling where printing
    chooses: digits of any script, points over Arabic and Hebrew letters, a Russian ё.
    """
    text = normal_form(unescape(text))
    return text if text.isascii() else _POINTS.sub("", text).translate(_SPELT)


def bare_words(text: str, links: Sequence[str]) -> str:
    """Return the words of a post alone: no addresses, no signs that forms of it show or lose."""
    return LOST.sub("", normalised(without_links(text, tuple(links))))


def stands(words: str, text: str) -> bool:
    """Tell whether normalised words are in normalised text, exactly, as whole words."""
    return found_at(words, text) is not None


def stands_as_it_is(words: str, text: str) -> bool:
    """Tell whether normalised words are in normalised text with every space and sign."""
    return _contained(words, text, range(len(text)), text) is not None


def found_at(words: str, text: str, start: int = 0) -> tuple[int, int] | None:
    """Return where normalised words stand in normalised text from ``start`` on, or None."""
    text_from = text[start:] if start else text
    found = _contained(words, text_from, range(len(text_from)), text_from)
    for drops in (_SPACE, LOST) if found is None else ():
        found = found or _squeezed(drops, words, text_from)
    return (found[0] + start, found[1] + start) if found is not None else None


def _squeezed(drops: re.Pattern[str], words: str, text: str) -> tuple[int, int] | None:
    bare_words, bare_text = drops.sub("", words), drops.sub("", text)
    if bare_words == bare_text:
        return 0, len(text)
    if not _is_long(bare_words) or bare_words not in bare_text:
        return None
    return _contained(bare_words, bare_text, _places(drops, text), text)


def _is_long(bare: str) -> bool:
    """Tell whether words without spaces are too many to be found by chance."""
    return len(bare) >= MIN_SQUEEZED or len(_UNSPACED.findall(bare)) >= _MIN_DENSE


def _contained(words: str, bare: str, places: Sequence[int], text: str) -> tuple[int, int] | None:
    """Look for words that begin and end at word borders of ``text``; "able" is not in "unable"."""
    start = bare.find(words)
    while words and start >= 0:
        first, last = places[start], places[start + len(words) - 1]
        if not _inside(text, first) and not _inside(text, last + 1):
            return first, last + 1
        start = bare.find(words, start + 1)
    return None


def _inside(text: str, place: int) -> bool:
    """Tell whether a place lies within a word or a figure: "12" is not in "12:30" nor in "-12"."""
    before, after = text[max(place - 1, 0) : place], text[place : place + 2]
    if before.isalnum() and after[:1].isalnum():
        return not _UNSPACED.search(before + after[:1])
    if before.isdigit():
        return after[:1] in _OF_FIGURES and (after[:1] == "%" or after[1:].isdigit())
    return before in _SIGNS and after[:1].isdigit()


def _places(drops: re.Pattern[str], text: str) -> list[int]:
    """Return where each character stood that a pattern leaves of a text."""
    places: list[int] = []
    start = 0
    for found in drops.finditer(text):
        places += range(start, found.start())
        start = found.end()
    places += range(start, len(text))
    return places


def without_links(text: str, links: Sequence[str]) -> str:
    """Take addresses away, also in the short form in which a platform shows a link.

    The text is gone through once, however many links a post has.
    """
    text = ADDRESS.sub(" ", text)
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
