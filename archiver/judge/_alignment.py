"""Which sentences of two texts differ, and which of them are two forms of one.

Equal sentences are the same wherever they stand: what moved is no change. What is left is paired by
its words, first with what stands in the same place. Time is near linear: a sentence is compared
with the few that share its rare words, and nothing is compared beyond fixed limits.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

from rapidfuzz.distance import Indel

from archiver.judge._sentences import is_prose, sentences_of
from archiver.judge._tokens import tokens_of

MAX_CHARS = 2**20  # of a text; more is not compared
_MOST_PAIRED = 3000  # sentences of a side; of more that differ, the two are other texts
_MOST_IN_PLACE = 50_000  # pairs tried in all, where places have several sentences on both sides
_MOST_CANDIDATES = 6
_RARE = 20  # sentences a word may be in to lead from one to another
_ALIKE_IN_PLACE = 0.4  # share of words, of two sentences between the same neighbours
_ALIKE = 0.5  # the same of two anywhere
_SHORT = 4  # words; fewer stand in any text
_MOST_SEARCHED = 4 * 10**8  # characters gone through in looking for sentences in a text


Words = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence, or a line that both sides have. ``words`` are in one form.

    ``place`` counts along what :class:`Side` keeps of a text, ``line`` its lines. ``stays`` tells
    that the other side has it, too.
    """

    text: str
    words: Words
    place: int
    line: int
    is_prose: bool
    stays: bool = False

    @property
    def key(self) -> str:
        """The words as one line."""
        return " ".join(self.words)


@dataclass(frozen=True, slots=True)
class Side:
    """What of a text stands where it differs: sentences of lines that differ, and lines beside.

    ``lines`` is how many it has, ``characters`` how many of them in running text and in all.
    """

    sentences: Sequence[Sentence]
    lines: int
    prose: int
    characters: int


@dataclass(frozen=True, slots=True)
class Pair:
    """Two forms of a sentence, or one that only one side has."""

    before: Sentence | None
    after: Sentence | None


@dataclass(frozen=True, slots=True)
class Aligned:
    """Two texts where they differ, and the pairs of sentences that do."""

    old: Side
    new: Side
    pairs: tuple[Pair, ...]


def aligned(old: str, new: str) -> Aligned:
    """Align two texts by their sentences."""
    lines_old, lines_new = lines_of(old), lines_of(new)
    shared = Counter(lines_old) & Counter(lines_new)
    before, after = _cut(lines_old, shared), _cut(lines_new, shared)
    stays = Counter(_changed(before)) & Counter(_changed(after))
    left, right = _side(before, lines_old, stays), _side(after, lines_new, stays)
    pairs = sorted(_paired(left, right), key=lambda pair: _place(pair, left, right))
    return Aligned(left, right, tuple(pairs))


def lines_of(text: str) -> list[str]:
    """Return the lines of a text that are not empty, bounded."""
    return [line for line in map(str.strip, text[:MAX_CHARS].split("\n")) if line]


class Text:
    """A text in which sentences are looked for."""

    def __init__(self, text: str) -> None:
        self._text = text[:MAX_CHARS]
        self._budget = _MOST_SEARCHED

    @cached_property
    def _line(self) -> str:
        return f" {' '.join(tokens_of(self._text))} "

    @cached_property
    def _sentences(self) -> frozenset[Words]:
        return frozenset(tokens_of(sentence) for sentence in sentences_of(self._text))

    def has(self, sentence: Sentence) -> bool:
        """Tell whether the sentence is in the text, whatever stands beside it."""
        if len(sentence.words) < _SHORT:
            return sentence.words in self._sentences
        if self._budget < 0:
            return sentence.words in self._sentences
        self._budget -= len(self._line)
        return f" {sentence.key} " in self._line


_Cut = list[tuple[int, str, Words | None, bool]]
"""Line, text, words and whether it is prose, of lines that differ; of lines that stay no words."""


def _cut(lines: Sequence[str], shared: Counter[str]) -> _Cut:
    """Cut the lines that differ into sentences; of those that stay keep the ones beside them."""
    left = shared.copy()
    stays: list[bool] = []
    for line in lines:
        stays.append(left[line] > 0)
        left[line] -= 1
    made: _Cut = []
    for number, line in enumerate(lines):
        if not stays[number]:
            made += _cut_line(number, line)
        elif not all(stays[max(0, number - 1) : number + 2]):
            made.append((number, line, None, is_prose(line)))
    return made


def _cut_line(number: int, line: str) -> _Cut:
    """Return the sentences of a line; between others of a paragraph a short one is prose, too."""
    sentences = sentences_of(line)
    is_paragraph = len(sentences) > 1 and is_prose(line)
    return [
        (number, sentence, words, is_prose(sentence) or is_paragraph)
        for sentence in sentences
        if (words := tokens_of(sentence))
    ]


def _changed(cut: _Cut) -> Iterator[Words]:
    return (words for _, _, words, _ in cut if words is not None)


def _side(cut: _Cut, lines: Sequence[str], stays: Counter[Words]) -> Side:
    left = stays.copy()
    sentences: list[Sentence] = []
    for line, text, words, prose in cut:
        is_kept = words is None or left[words] > 0
        if words is not None:
            left[words] -= 1
        at = len(sentences)
        sentences.append(Sentence(text, words or (), at, line, prose, is_kept))
    running = sum(len(line) for line in lines if is_prose(line))
    return Side(sentences, len(lines), running, sum(map(len, lines)))


def _place(pair: Pair, old: Side, new: Side) -> tuple[float, int]:
    """Return where a pair stands in the text; what is gone stands where it was, by its share."""
    if pair.after is not None:
        return pair.after.line / new.lines, pair.after.place
    if pair.before is not None:
        return pair.before.line / old.lines, pair.before.place
    return 0.0, 0


_Scored = tuple[float, int, int]


def _paired(old: Side, new: Side) -> list[Pair]:
    left = [one for one in old.sentences if not one.stays]
    right = [one for one in new.sentences if not one.stays]
    scored = [
        *_in_place(old.sentences, new.sentences),
        *_anywhere(left[:_MOST_PAIRED], right[:_MOST_PAIRED]),
    ]
    taken_old: set[int] = set()
    taken_new: set[int] = set()
    pairs: list[Pair] = []
    for _, i, j in sorted(scored, key=lambda one: (-one[0], one[1], one[2])):
        if i not in taken_old and j not in taken_new:
            taken_old.add(i)
            taken_new.add(j)
            pairs.append(Pair(old.sentences[i], new.sentences[j]))
    pairs += [Pair(one, None) for one in left if one.place not in taken_old]
    pairs += [Pair(None, one) for one in right if one.place not in taken_new]
    return pairs


def _in_place(old: Sequence[Sentence], new: Sequence[Sentence]) -> Iterator[_Scored]:
    """Score the sentences that follow the same line or sentence on both sides."""
    behind: dict[str, list[Sentence]] = defaultdict(list)
    for sentence, anchor in _anchored(new):
        behind[anchor].append(sentence)
    tried = 0
    for sentence, anchor in _anchored(old):
        for other in behind.get(anchor, ()):
            tried += 1
            if tried > _MOST_IN_PLACE:
                return
            score = _likeness(sentence, other, _ALIKE_IN_PLACE)
            if score >= _ALIKE_IN_PLACE:
                yield score + 0.1, sentence.place, other.place


def _anchored(sentences: Sequence[Sentence]) -> Iterator[tuple[Sentence, str]]:
    """Yield each sentence that differs with the last one before it that stays, if any."""
    anchor = ""
    for sentence in sentences:
        if sentence.stays:
            anchor = sentence.text
        else:
            yield sentence, anchor


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
