"""Where words are in a text, or what is there in their place: found by their rare words.

Locating decides nothing: with one figure changed, or a "not" put in, real quotes still score 0.93
to 0.97. It only shows what to compare with. Time is linear in the text, whatever its length.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache

from rapidfuzz.distance import Levenshtein

from archiver.judge._tokens import UNSPACED, paired, placed, tokens_of, without_invisible

MIN_LOCATED = 20  # characters; shorter words are "found" on 13 % of wrong pages by a fuzzy match
# Share of wrong characters up to which a place counts as located. At 30 % the words are found on
# 0.1 % of wrong pages (20-39 characters) and on none (longer ones); measured on 128 real quotes.
_MAX_ERRORS = ((80, 0.45), (40, 0.40), (MIN_LOCATED, 0.30))
_MOST_CANDIDATES = 8
_MOST_HITS = 4000  # of one word in a text; more frequent ones lead nowhere
_MOST_OCCURRENCES = 50
_EDGE = 60  # words at either end by which a place is fitted
_NEAR = 0.05  # two candidates whose errors differ by less are told apart by what surrounds them
_AROUND = 32  # characters
_BETWEEN = re.compile(rf"(?<=[{UNSPACED}]) (?=[{UNSPACED}])")
_SIGNS = "+-−$€£¥"
_CLOSERS = "%‰\"'”’»›)]}」』）》】.,;:!?…。！？"


@dataclass(frozen=True, slots=True)
class Spot:
    """A stretch of a text. ``similarity`` is 1 minus its share of wrong characters."""

    text: str
    start: int
    end: int
    similarity: float = 1.0

    @property
    def span(self) -> tuple[int, int]:
        """Where it begins and ends."""
        return self.start, self.end

    @property
    def words(self) -> str:
        """The stretch itself, with the signs of its figures and the marks behind its last word."""
        start, end = self.start, self.end
        if self.text[start].isdecimal() and start and self.text[start - 1] in _SIGNS:
            start -= 1
        while end < len(self.text) and self.text[end] in _CLOSERS and end < self.end + 3:
            end += 1
        return self.text[start:end]


class Searched:
    """A text whose words are known line by line; only lines that are asked for are placed."""

    def __init__(self, text: str) -> None:
        self.text = without_invisible(text)
        self.words: list[str] = []
        self._firsts: list[int] = []  # of each line, its first word
        self._offsets: list[int] = []
        offset = 0
        for line in self.text.split("\n"):
            self._firsts.append(len(self.words))
            self._offsets.append(offset)
            self.words += tokens_of(line)
            offset += len(line) + 1

    @cached_property
    def _line(self) -> str:
        return f" {' '.join(self.words)} "

    @cached_property
    def _places(self) -> list[int]:
        places, at = [], 0
        for word in self.words:
            places.append(at)
            at += len(word) + 1
        return places

    def find(self, words: Sequence[str], start: int = 0) -> int:
        """Return the index of the word at which ``words`` begin, from ``start`` on, or -1."""
        wanted = f" {' '.join(words)} "
        if not words or start >= len(self.words) or (not start and wanted not in self._line):
            return -1
        found = self._line.find(wanted, self._places[start])
        return bisect_right(self._places, found) - 1 if found >= 0 else -1

    def span(self, first: int, last: int) -> tuple[int, int]:
        """Return where the words from ``first`` to ``last - 1`` begin and end in the text."""
        return self._word(first)[0], self._word(last - 1)[1]

    def lines(self, start: int, end: int) -> str:
        """Return the whole lines that hold a stretch of the text."""
        stop = self.text.find("\n", end)
        return self.text[self.text.rfind("\n", 0, start) + 1 : stop if stop >= 0 else None]

    def _word(self, index: int) -> tuple[int, int]:
        number = bisect_right(self._firsts, index) - 1
        offset = self._offsets[number]
        stop = self.text.find("\n", offset)
        line = self.text[offset : stop if stop >= 0 else len(self.text)]
        placed_line = placed(line)
        at = min(index - self._firsts[number], len(placed_line.words) - 1)
        return offset + placed_line.starts[at], offset + placed_line.ends[at]


@lru_cache(maxsize=8)  # several quotes are looked for in one page
def searched(text: str) -> Searched:
    """Return a text ready to be searched."""
    return Searched(text)


def spots_of(words: str, text: str) -> list[Spot]:
    """Return where words stand in a text, but for signs and spaces; at most 50 places."""
    wanted, tokens = tokens_of(words), searched(text)
    spots: list[Spot] = []
    place = tokens.find(wanted)
    while place >= 0 and len(spots) < _MOST_OCCURRENCES:
        spots.append(Spot(tokens.text, *tokens.span(place, place + len(wanted))))
        place = tokens.find(wanted, place + 1)
    return spots


def spot_of(words: str, text: str) -> Spot | None:
    """Return the first place where words stand, or None."""
    return next(iter(spots_of(words, text)), None)


def located(words: str, text: str, prefix: str = "", suffix: str = "") -> Spot | None:
    """Return the part of a text that is most like the words, or None when nothing is.

    ``prefix`` and ``suffix`` are what surrounded them: they decide between places alike.
    """
    wanted = tokens_of(words)
    line = _joined(wanted)
    bound = next((share for size, share in _MAX_ERRORS if len(line) >= size), None)
    if bound is None:
        return None
    tokens = searched(text)
    fits = [_fitted(wanted, line, tokens, start) for start in _candidates(wanted, tokens)]
    fits = sorted(fit for fit in fits if fit[0] <= bound)
    if not fits:
        return None
    near = [fit for fit in fits if fit[0] <= fits[0][0] + _NEAR]
    errors, first, last = min(near, key=lambda fit: _strangeness(tokens, fit, prefix, suffix))
    return Spot(tokens.text, *tokens.span(first, last), 1 - errors)


def _candidates(wanted: Sequence[str], tokens: Searched) -> list[int]:
    """Return the words of the text at which the wanted ones may begin, best first.

    Each word in common votes for where the beginning would be; near votes are one candidate.
    """
    places: dict[str, list[int]] = defaultdict(list)
    for place, word in enumerate(paired(wanted)):
        places[word].append(place)
    hits: dict[str, list[int]] = defaultdict(list)
    for place, word in enumerate(paired(tokens.words)):
        if word in places:
            hits[word].append(place)
    width = max(3, len(wanted) // 3)
    votes: Counter[int] = Counter()
    for word, found in hits.items():
        if len(found) > _MOST_HITS:
            continue
        weight = 1 / (1 + len(found)) + 0.02
        for there in found:
            for here in places[word][:4]:
                votes[(there - here) // width] += weight  # type: ignore[assignment]
    near = {at: votes[at] + max(votes[at - 1], votes[at + 1]) for at in list(votes)}
    best = sorted(near, key=lambda at: (-near[at], at))[: _MOST_CANDIDATES * 2]
    return [at * width + width // 2 for at in best][:_MOST_CANDIDATES]


Fit = tuple[float, int, int]
"""Share of wrong characters, and the words from and to which it reaches."""


def _fitted(wanted: Sequence[str], line: str, tokens: Searched, start: int) -> Fit:
    """Move the ends of a place until it fits the wanted words best."""
    reach = max(3, min(len(wanted), _EDGE) // 2 + 2)
    count = len(tokens.words)
    start = min(max(0, start), count - 1)
    head, tail = list(wanted[:_EDGE]), list(wanted[-_EDGE:])
    first = _best(
        [at for at in range(start - reach, start + reach + 1) if 0 <= at < count],
        lambda at: _distance(head, tokens.words[at : at + len(head)]),
    )
    end = min(first + len(wanted), count)
    last = _best(
        [at for at in range(end - reach, end + reach + 1) if first < at <= count],
        lambda at: _distance(tail, tokens.words[max(first, at - len(tail)) : at]),
        near=end,
    )
    if len(wanted) <= _EDGE:
        first = _best(
            [at for at in range(first - reach, first + reach + 1) if 0 <= at < last],
            lambda at: _distance(wanted, tokens.words[at:last]),
            near=first,
        )
        last = _best(
            [at for at in range(last - reach, last + reach + 1) if first < at <= count],
            lambda at: _distance(wanted, tokens.words[first:at]),
            near=last,
        )
    errors = Levenshtein.distance(line, _joined(tokens.words[first:last])) / len(line)
    return errors, first, last


def _best(places: Sequence[int], cost: Callable[[int], int], near: int | None = None) -> int:
    middle = places[len(places) // 2] if near is None else near
    return min(places, key=lambda at: (cost(at), abs(at - middle)))


def _distance(one: Sequence[str], other: Sequence[str]) -> int:
    return Levenshtein.distance(_joined(one), _joined(other))


def _joined(words: Sequence[str]) -> str:
    """Return words as they are written: without spaces in scripts that have none.

    With them, every second character of such a text would agree with any other.
    """
    return _BETWEEN.sub("", " ".join(words))


def _strangeness(tokens: Searched, fit: Fit, prefix: str, suffix: str) -> tuple[float, int]:
    """Return how unlike its surroundings are, then where it is: the first of equals."""
    errors, first, last = fit
    if not prefix and not suffix:
        return errors, first
    start, end = tokens.span(first, last)
    around = nearness(tokens.text, start, end, prefix, suffix)
    return 1 - around, first


def nearness(text: str, start: int, end: int, prefix: str, suffix: str) -> float:
    """Return how like the surroundings of a place are to a prefix and a suffix, 0 to 1."""
    before, behind = text[max(0, start - _AROUND) : start], text[end : end + _AROUND]
    scores = [
        Levenshtein.normalized_similarity(" ".join(tokens_of(one)), " ".join(tokens_of(other)))
        for one, other in ((prefix, before), (suffix, behind))
        if one
    ]
    return sum(scores) / len(scores) if scores else 1.0
