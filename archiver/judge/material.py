"""By which kinds of words do two forms of a sentence say something else?

A changed figure, a "not" put in, a "may" for a "will", another name or another voice make it say
something else. A typing error that was mended does not. Where a script or a language hides what a
word is, nothing is said of it: capitals tell names in most languages, not in German, and not at the
beginning of a sentence.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from functools import cached_property

from rapidfuzz.distance import Indel, Levenshtein

from archiver.judge._figures import figures, signs_of
from archiver.judge._lexicon import (
    GERMAN,
    HONORIFICS,
    MODAL_SIGNS,
    MODALS,
    NEGATION_SIGNS,
    NEGATIONS,
    OF_WHOM,
    TITLES,
    VOICE_SIGNS,
    VOICES,
)
from archiver.judge._stopwords import STOPWORDS
from archiver.judge._tokens import Tokens, placed
from archiver.model.comparison import Material

_TYPO = 2  # letters; a word that differs in more is another word
_BEFORE_VOICE = 3  # words before "said" in which somebody is named
_BEHIND_VOICE = 4  # words behind "according to"
_BREAKS = re.compile(r"[.!?:…。！？“„«\"'‘(\[•–—]\s*\Z")
_ROMANIAN = re.compile("[ăâîșțş]", re.I)


_AMID = re.compile(r"(?<=[^\W\d_][ ,;] )[^\W\d_]\w+|(?<=[^\W\d_] )[^\W\d_]\w+")
_MAX_USAGE = 200_000  # characters of a text that are read for it


class Usage:
    """How words are written in the texts a sentence is from; tells a name that begins one."""

    def __init__(self, texts: Sequence[str] = ()) -> None:
        self._texts = texts

    @cached_property
    def _written(self) -> tuple[frozenset[str], frozenset[str]]:
        proper: set[str] = set()
        plain: set[str] = set()
        for text in self._texts:
            for word in set(_AMID.findall(text[:_MAX_USAGE])):
                (proper if word[0].isupper() else plain).add(word.casefold())
        return frozenset(proper), frozenset(plain)

    def is_name(self, word: str) -> bool:
        """Tell whether a word is written with a capital amid sentences, and never without."""
        proper, plain = self._written
        return word in proper and word not in plain

    def is_plain(self, word: str) -> bool:
        """Tell whether a word is written without a capital somewhere."""
        return word in self._written[1]


NO_USAGE = Usage()


def material_between(
    before: str | None, after: str | None, usage: Usage = NO_USAGE
) -> tuple[Material, ...]:
    """Return the kinds of words by which two forms of a sentence say something else.

    Of a sentence that only one side has: the kinds of such words in it.
    """
    if before is None or after is None:
        kinds = set(_kinds_in(_Words(placed(before or after or ""), usage)))
    else:
        old, new = _Words(placed(before), usage), _Words(placed(after), usage)
        changes = list(_changes(old.tokens.words, new.tokens.words))
        kinds = set(_kinds_of_signs(old, new, changes))
        for change in changes:
            kinds.update(_kinds_of(old, new, change))
    return tuple(kind for kind in Material if kind in kinds)


def is_typo(before: str, after: str) -> bool:
    """Tell whether all that differs is letters in words: at most two in each, and no material."""
    old, new = placed(before), placed(after)
    for i, m, j, n in _changes(old.words, new.words):
        if Levenshtein.distance("".join(old.words[i:m]), "".join(new.words[j:n])) > _TYPO:
            return False
    return not material_between(before, after)


_Change = tuple[int, int, int, int]


def _changes(old: Sequence[str], new: Sequence[str]) -> Iterator[_Change]:
    """Yield the spans of words that differ; a row of words that only moved is none."""
    spans: list[_Change] = []
    for step in Indel.opcodes(old, new):
        if step.tag == "equal":
            continue
        span = (step.src_start, step.src_end, step.dest_start, step.dest_end)
        if spans and spans[-1][1] == span[0] and spans[-1][3] == span[2]:
            span = (spans[-1][0], span[1], spans.pop()[2], span[3])
        spans.append(span)
    gone = {tuple(old[i:m]) for i, m, j, n in spans if j == n and m - i > 1}
    come = {tuple(new[j:n]) for i, m, j, n in spans if i == m and n - j > 1}
    moved = gone & come
    for i, m, j, n in spans:
        if (tuple(old[i:m]) or tuple(new[j:n])) not in moved or (i < m and j < n):
            yield i, m, j, n


class _Words:
    """A sentence with what its words are."""

    def __init__(self, tokens: Tokens, usage: Usage) -> None:
        self.tokens = tokens
        self.usage = usage

    def negations(self, first: int, last: int) -> int:
        return sum(self._is_negation(place) for place in range(first, last))

    def _is_negation(self, place: int) -> bool:
        word = self.tokens.words[place]
        if word == "t":
            return place > 0 and self.tokens.words[place - 1].endswith("n")
        if word == "nu":
            return _ROMANIAN.search(self.tokens.text) is not None
        return word in NEGATIONS

    def modals(self, first: int, last: int) -> Counter[str]:
        words = self.tokens.words
        return Counter(
            words[place]
            for place in range(first, last)
            if (words[place] in MODALS or words[place] in "?؟") and not self._is_month(place)
        )

    def _is_month(self, place: int) -> bool:
        """Tell the month of May from the verb, by the figure beside it."""
        if self.raw(place) != "May":
            return False
        beside = self.tokens.words[max(0, place - 1) : place + 2]
        return any(word[0].isdecimal() for word in beside)

    def figures(self, first: int, last: int) -> Counter[str]:
        words = self.tokens.words
        months = ["may" for place in range(first, last) if self._is_month(place)]
        return figures(words[first:last]) + Counter(months)

    def voices(self, first: int, last: int) -> Counter[str]:
        return Counter(VOICES[word] for word in self.tokens.words[first:last] if word in VOICES)

    def names(self, first: int, last: int) -> Counter[str]:
        return Counter(
            self.tokens.words[place] for place in range(first, last) if self._is_name(place)
        )

    def raw(self, place: int) -> str:
        return self.tokens.text[self.tokens.starts[place] : self.tokens.ends[place]]

    def _is_name(self, place: int) -> bool:
        word, raw = self.tokens.words[place], self.raw(place)
        if not raw[:1].isupper() or word in TITLES or word in STOPWORDS or word in VOICES:
            return False
        if len(raw) > 1 and raw.isupper() and not self._is_shouted:
            return True
        if (
            self._is_title
            or self._is_shouted
            or bool(figures([word]))
            or word in MODALS
            or word in NEGATIONS
        ):
            return False
        if self._begins(place):
            return self.usage.is_name(word) or self._are_one_name(place)
        if self._is_german:
            return self._is_part_of_name(place)
        return len(raw) > 1

    def _is_part_of_name(self, place: int) -> bool:
        """Tell whether the word beside it is of the same name: Maya *Lind*, *Frau* Lind."""
        return self._are_one_name(place - 1) or self._are_one_name(place)

    def _are_one_name(self, left: int) -> bool:
        words, right = self.tokens.words, left + 1
        if left < 0 or right >= len(words) or {words[left], words[right]} & STOPWORDS:
            return False
        between = self.tokens.text[self.tokens.ends[left] : self.tokens.starts[right]]
        is_close = not between.strip(" .-")
        return is_close and self.raw(left)[:1].isupper() and self.raw(right)[:1].isupper()

    def _begins(self, place: int) -> bool:
        head = self.tokens.text[: self.tokens.starts[place]]
        return place == 0 or _BREAKS.search(head[-4:]) is not None

    @cached_property
    def _is_title(self) -> bool:
        """Tell a headline in which most words are written with a capital, and no stop ends."""
        if self.tokens.text.rstrip().endswith("."):
            return False
        long = [place for place, word in enumerate(self.tokens.words) if place and len(word) > 3]
        capitals = sum(self.raw(place)[:1].isupper() for place in long)
        return len(long) >= 3 and capitals > 0.6 * len(long)

    @cached_property
    def _is_shouted(self) -> bool:
        letters = [char for char in self.tokens.text if char.isalpha()]
        return sum(map(str.isupper, letters)) > 0.6 * len(letters)

    @cached_property
    def _is_german(self) -> bool:
        return (
            sum(word in GERMAN for word in set(self.tokens.words)) >= 2 or "ß" in self.tokens.text
        )

    def is_beside_voice(self, first: int, last: int) -> bool:
        """Tell whether a span is where somebody is named who speaks."""
        words = self.tokens.words
        behind = words[last : last + _BEFORE_VOICE]
        if any(VOICES.get(word) == "say" or word in VOICES for word in behind[:2]):
            return True
        head = words[max(0, first - _BEHIND_VOICE) : first]
        if not any(word in OF_WHOM for word in head):
            return len(head) > 0 and head[-1] in VOICES and not self.raw(first).isascii()
        return True

    def is_behind_title(self, first: int) -> bool:
        """Tell whether a span is a name by the title before it."""
        return first > 0 and self.tokens.words[first - 1] in TITLES

    def is_uncased(self, place: int) -> bool:
        raw = self.raw(place)
        return raw.lower() == raw.upper() and raw[:1].isalpha()


def _kinds_in(one: _Words) -> Iterator[Material]:
    last = len(one.tokens.words)
    text = one.tokens.text
    if one.figures(0, last) or signs_of(text):
        yield Material.NUMBER
    if one.negations(0, last) or any(sign in text for sign in NEGATION_SIGNS):
        yield Material.NEGATION
    if one.modals(0, last) or any(sign in text for sign in MODAL_SIGNS):
        yield Material.MODAL
    if one.names(0, last):
        yield Material.NAME
    if one.voices(0, last) or any(sign.search(text) for _, sign in VOICE_SIGNS):
        yield Material.ATTRIBUTION


def _kinds_of(old: _Words, new: _Words, change: _Change) -> Iterator[Material]:
    i, m, j, n = change
    if old.figures(i, m) != new.figures(j, n):
        yield Material.NUMBER
    if old.negations(i, m) != new.negations(j, n):
        yield Material.NEGATION
    if (m - i, n - j) == (1, 1) and _is_turkish_negation(old, new, old.raw(i), new.raw(j)):
        yield Material.NEGATION
    if old.modals(i, m) != new.modals(j, n):
        yield Material.MODAL
    if old.names(i, m) != new.names(j, n) or _is_other_person(old, new, change):
        yield Material.NAME
    if old.voices(i, m) != new.voices(j, n) or _is_other_voice(old, new, change):
        yield Material.ATTRIBUTION


_TURKISH = re.compile("[ğışĞİŞ]")
_NOT = re.compile(r"(?:may|mey|ma|me|mı|mi|mu|mü|m)\Z")


def _is_turkish_negation(old: _Words, new: _Words, before: str, after: str) -> bool:
    """Tell a "not" that Turkish puts inside the verb: *taşıyacak*, *taşı-ma-yacak*."""
    if not (_TURKISH.search(old.tokens.text) and _TURKISH.search(new.tokens.text)):
        return False
    short, long = sorted((before.casefold(), after.casefold()), key=len)
    more = len(long) - len(short)
    return 1 <= more <= 3 and any(
        long[:cut] + long[cut + more :] == short and _NOT.fullmatch(long[cut : cut + more])
        for cut in range(2, len(short) - 1)
    )


def _is_other_person(old: _Words, new: _Words, change: _Change) -> bool:
    """Tell another name by what stands beside it, in scripts that know no capitals."""
    i, m, j, n = change
    if i == m or j == n or not old.is_uncased(i) or not new.is_uncased(j):
        return _is_other_beginning(old, new, change)
    return old.is_behind_title(i) and new.is_behind_title(j)


def _is_other_beginning(old: _Words, new: _Words, change: _Change) -> bool:
    """Tell another name at the beginning of a sentence by how one of the two is written amid it."""
    i, m, j, n = change
    if (m - i, n - j) != (1, 1) or i > 0 or j > 0:
        return False
    words = {old.tokens.words[0], new.tokens.words[0]}
    if not (old.raw(0)[:1].isupper() and new.raw(0)[:1].isupper()):
        return False
    return any(map(old.usage.is_name, words)) and not (
        words & STOPWORDS or any(map(old.usage.is_plain, words))
    )


def _is_other_voice(old: _Words, new: _Words, change: _Change) -> bool:
    i, m, j, n = change
    if i == m or j == n or m - i > _BEHIND_VOICE or n - j > _BEHIND_VOICE:
        return False
    if old.figures(i, m) or new.figures(j, n):
        return False
    return old.is_beside_voice(i, m) and new.is_beside_voice(j, n)


def _kinds_of_signs(old: _Words, new: _Words, changes: Sequence[_Change]) -> Iterator[Material]:
    """Yield what signs tell in scripts that put no space between words: counted, not placed."""
    before, after = old.tokens.text, new.tokens.text
    if not changes or (before.isascii() and after.isascii()):
        return
    if signs_of(before) != signs_of(after):
        yield Material.NUMBER
    if _counted(NEGATION_SIGNS, before) != _counted(NEGATION_SIGNS, after):
        yield Material.NEGATION
    if _counted(MODAL_SIGNS, before) != _counted(MODAL_SIGNS, after):
        yield Material.MODAL
    if Counter(HONORIFICS.findall(before)) != Counter(HONORIFICS.findall(after)):
        yield Material.NAME
    if any(len(sign.findall(before)) != len(sign.findall(after)) for _, sign in VOICE_SIGNS):
        yield Material.ATTRIBUTION


def _counted(signs: Sequence[str], text: str) -> list[int]:
    return [text.count(sign) for sign in signs]
