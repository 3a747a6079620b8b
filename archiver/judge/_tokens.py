"""A text as words in one form: what spacing, case and most punctuation cannot change.

Figures keep their sign, their point and their unit's sign, so 1.5 % is never 15, nor -3 the same as
3. A question mark is a word, for it makes another sentence. Scripts that put no space between words
are taken character by character.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import chain
from unicodedata import is_normalized, normalize

# Thai, Lao, Tibetan, Burmese, Khmer, kana, Chinese characters; Korean has spaces.
UNSPACED = (
    "\u0e00-\u0fff\u1000-\u109f\u1780-\u17ff\u3005-\u3007\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff"
    "\uf900-\ufaff\U00020000-\U0003ffff"
)
# Signs that are part of a letter, and no letters to ``\w``: accents, vowel signs, points.
MARKS = (
    "\u0300-\u036f\u0483-\u0489\u0591-\u05bd\u05bf\u05c1\u05c2\u05c4\u05c5\u05c7\u0610-\u061a"
    "\u064b-\u065f\u0670\u06d6-\u06dc\u06df-\u06e8\u06ea-\u06ed\u0711\u0730-\u074a\u08d3-\u08ff"
    "\u0900-\u0963\u0966-\u0dff\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe20-\ufe2f"
)
_SIGNS = "%‰°<>=≤≥≠±×÷?؟$€£¥₽₹₩₺₴₪"
_KEPT_CHARS = 1500  # of a line that is kept with its words: 8,192 of them are some 20 MB
_TOKEN = re.compile(
    rf"[^\W\d{UNSPACED}](?:[^\W{UNSPACED}]|[{MARKS}])*"
    r"|(?:(?<![\w.,:-])[+-](?=\d))?\d+(?:[.,:]\d+)*"
    rf"|[{UNSPACED}{_SIGNS}]|[{MARKS}]+|\w"
)
_DASH = re.compile("[‐‑‒–—―−﹘－]")
_RAISED = re.compile("([\u00b2\u00b3\u00b9\u00bc-\u00be\u2070-\u209c\u2150-\u215f\u2189]+)")
_INVISIBLE = re.compile(
    "[\u00ad\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufe00-\ufe0f\ufeff]"
)


def tokens_of(text: str) -> tuple[str, ...]:
    """Return the words of a text, each in one form, in order."""
    if len(text) <= _KEPT_CHARS:
        return _kept_tokens(text)
    lines = text.split("\n")
    if len(lines) == 1:
        return tuple(_TOKEN.findall(_one_form(text)))
    return tuple(chain.from_iterable(map(tokens_of, lines)))


# Main text and visible text of a page, and those of its next look, have most of their lines in
# common: each is taken apart once.
@lru_cache(maxsize=8192)
def _kept_tokens(line: str) -> tuple[str, ...]:
    return tuple(_TOKEN.findall(_one_form(line)))


def _one_form(text: str) -> str:
    """Return text in which a word has one form; what lies between words may stay as it is."""
    if text.isascii():
        return text.lower()
    text = _DASH.sub("-", _INVISIBLE.sub("", text))
    if not is_normalized("NFKC", text):
        # Raised and broken figures stay: NFKC would make 102 of 10² and 11/2 of 1½.
        pieces = _RAISED.split(text)
        pieces[::2] = [normalize("NFKC", piece) for piece in pieces[::2]]
        text = "".join(pieces)
    return text.casefold()


def key_of(text: str) -> str:
    """Return the words of a text as one line, equal for texts that differ in form alone."""
    return " ".join(tokens_of(text))


@dataclass(frozen=True, slots=True)
class Tokens:
    """The words of a text with their places in it; ``text`` is without invisible characters."""

    text: str
    words: Sequence[str]
    starts: Sequence[int]
    ends: Sequence[int]


def without_invisible(text: str) -> str:
    """Return text without soft hyphens, joiners and marks of direction."""
    return text if text.isascii() else _INVISIBLE.sub("", text)


def placed(text: str) -> Tokens:
    """Return the words of a text with their places."""
    text = without_invisible(text)
    is_plain = text.isascii()
    words: list[str] = []
    starts: list[int] = []
    ends: list[int] = []
    for found in _TOKEN.finditer(_DASH.sub("-", text)):
        start, end = found.span()
        whole = text[start:end]
        for word in (whole.lower(),) if is_plain or whole.isascii() else tokens_of(whole):
            words.append(word)
            starts.append(start)
            ends.append(end)
    return Tokens(text, words, starts, ends)


def paired(tokens: Sequence[str]) -> Sequence[str]:
    """Return words, and pairs of characters where a script puts no space between words."""
    if not _LONE.search("".join(tokens)):
        return tokens
    alone = [_LONE.fullmatch(token) is not None for token in tokens]
    return [
        token + tokens[place + 1] if alone[place] and all(alone[place : place + 2]) else token
        for place, token in enumerate(tokens[:-1])
    ] + list(tokens[-1:])


_LONE = re.compile(rf"[{UNSPACED}]")
