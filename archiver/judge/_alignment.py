"""Which sentences of two texts differ, and which of them are two forms of one.

Equal sentences are the same wherever they stand: what moved is no change. What is left is paired by
its words, first with what stands in the same place. Time is near linear: a sentence is compared
with the few that share its rare words, and nothing is compared beyond fixed limits.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from rapidfuzz.distance import Indel

from archiver.judge._sentences import is_prose, sentences_by_line
from archiver.judge._tokens import tokens_of

MAX_CHARS = 2**20  # of a text; more is not compared
_MOST_PAIRED = 3000  # sentences of a side; of more that differ, the two are other texts
_MOST_IN_PLACE = 2500  # pairs tried where one place has several sentences on both sides
_MOST_CANDIDATES = 6
_RARE = 20  # sentences a word may be in to lead from one to another
_ALIKE_IN_PLACE = 0.4  # share of words, of two sentences between the same neighbours
_ALIKE = 0.5  # the same of two anywhere
_SHORT = 4  # words; fewer stand in any text
_MOST_SEARCHED = 4 * 10**8  # characters gone through in looking for sentences in a text


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence at its place among the sentences of a text. ``words`` are in one form."""

    text: str
    words: tuple[str, ...]
    place: int
    line: int
    is_prose: bool

    @property
    def key(self) -> str:
        """The words as one line."""
        return " ".join(self.words)


@dataclass(frozen=True, slots=True)
class Pair:
    """Two forms of a sentence, or one that only one side has."""

    before: Sentence | None
    after: Sentence | None


@dataclass(frozen=True, slots=True)
class Aligned:
    """Both texts as sentences, which of them (by place) are the same, and the pairs of the rest."""

    old: Sequence[Sentence]
    new: Sequence[Sentence]
    same_old: frozenset[int]
    same_new: frozenset[int]
    pairs: tuple[Pair, ...]


def aligned(old: str, new: str) -> Aligned:
    """Align two texts by their sentences."""
    before, after = cut(old), cut(new)
    same_old, same_new = _matched(before, after)
    left = [one for one in before if one.place not in same_old]
    right = [one for one in after if one.place not in same_new]
    pairs = _ordered(_paired(left, right, before, after, same_old, same_new), before, after)
    return Aligned(before, after, frozenset(same_old), frozenset(same_new), tuple(pairs))


def cut(text: str) -> list[Sentence]:
    """Return the sentences of a text that have any words."""
    made: list[Sentence] = []
    for line, sentence in sentences_by_line(text[:MAX_CHARS]):
        words = tuple(tokens_of(sentence))
        if words:
            made.append(Sentence(sentence, words, len(made), line, is_prose(sentence)))
    return made


class Text:
    """A text in which sentences are looked for."""

    def __init__(self, text: str) -> None:
        text = text[:MAX_CHARS]
        self._line = f" {' '.join(tokens_of(text))} "
        self._sentences = {sentence.words for sentence in cut(text)}
        self._budget = _MOST_SEARCHED

    def has(self, sentence: Sentence) -> bool:
        """Tell whether the sentence is in the text, whatever stands beside it."""
        if sentence.words in self._sentences:
            return True
        if len(sentence.words) < _SHORT or self._budget < 0:
            return False
        self._budget -= len(self._line)
        return f" {sentence.key} " in self._line


def _matched(old: Sequence[Sentence], new: Sequence[Sentence]) -> tuple[dict[int, int], set[int]]:
    """Return the places of sentences that both have: from old to new, and those of the new."""
    places: dict[tuple[str, ...], list[int]] = defaultdict(list)
    for sentence in reversed(new):
        places[sentence.words].append(sentence.place)
    same: dict[int, int] = {}
    for sentence in old:
        if found := places.get(sentence.words):
            same[sentence.place] = found.pop()
    return same, set(same.values())


_Scored = tuple[float, int, int]


def _paired(
    left: Sequence[Sentence],
    right: Sequence[Sentence],
    old: Sequence[Sentence],
    new: Sequence[Sentence],
    same_old: dict[int, int],
    same_new: set[int],
) -> list[Pair]:
    scored = [
        *_in_place(left[:_MOST_PAIRED], right[:_MOST_PAIRED], same_old, same_new),
        *_anywhere(left[:_MOST_PAIRED], right[:_MOST_PAIRED]),
    ]
    taken_old: set[int] = set()
    taken_new: set[int] = set()
    pairs: list[Pair] = []
    for _, i, j in sorted(scored, key=lambda one: (-one[0], one[1], one[2])):
        if i not in taken_old and j not in taken_new:
            taken_old.add(i)
            taken_new.add(j)
            pairs.append(Pair(old[i], new[j]))
    pairs += [Pair(one, None) for one in left if one.place not in taken_old]
    pairs += [Pair(None, one) for one in right if one.place not in taken_new]
    return pairs


def _in_place(
    left: Sequence[Sentence], right: Sequence[Sentence], same: dict[int, int], same_new: set[int]
) -> Iterator[_Scored]:
    """Score the sentences that follow the same sentence on both sides."""
    behind: dict[int, list[Sentence]] = defaultdict(list)
    for sentence, anchor in _anchored(right, same_new):
        behind[anchor].append(sentence)
    tried = 0
    for sentence, place in _anchored(left, same.keys()):
        for other in behind.get(same.get(place, -1), ()):
            tried += 1
            if tried > _MOST_IN_PLACE + 10 * len(left):
                return
            score = _likeness(sentence, other, _ALIKE_IN_PLACE)
            if score >= _ALIKE_IN_PLACE:
                yield score + 0.1, sentence.place, other.place


def _anchored(sentences: Sequence[Sentence], same: Iterable[int]) -> Iterator[tuple[Sentence, int]]:
    """Yield each sentence with the place of the last one before it that both sides have, or -1."""
    stable = sorted(same)
    at = 0
    for sentence in sentences:
        while at < len(stable) and stable[at] < sentence.place:
            at += 1
        yield sentence, stable[at - 1] if at else -1


def _anywhere(left: Sequence[Sentence], right: Sequence[Sentence]) -> Iterator[_Scored]:
    """Score each sentence with the few others that share most of its rare words."""
    by_word: dict[str, list[int]] = defaultdict(list)
    for index, sentence in enumerate(right):
        for word in set(sentence.words):
            by_word[word].append(index)
    for sentence in left:
        shared: Counter[int] = Counter()
        for word in set(sentence.words):
            indexes = by_word.get(word, ())
            if len(indexes) <= _RARE:
                shared.update(indexes)
        for index, _ in shared.most_common(_MOST_CANDIDATES):
            score = _likeness(sentence, right[index], _ALIKE)
            if score >= _ALIKE:
                yield score, sentence.place, right[index].place


def _likeness(one: Sentence, other: Sentence, least: float) -> float:
    return Indel.normalized_similarity(one.words, other.words, score_cutoff=least)


def _ordered(pairs: Iterable[Pair], old: Sequence[Sentence], new: Sequence[Sentence]) -> list[Pair]:
    """Return the pairs in the order of the text; what is gone stands where it was, by its share."""

    def place(pair: Pair) -> float:
        if pair.after is not None:
            return pair.after.place / len(new)
        return pair.before.place / len(old) if pair.before is not None else 0.0

    return sorted(pairs, key=place)
