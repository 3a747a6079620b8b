"""What of a page differs by itself, learned from two looks minutes apart.

Places are known by the lines that stay before and behind them, counters by their form. It hides
what rotates and ticks, never an edit: a sentence of running text that differs from its former self
in what it says is told, and so is one that holds words in quotation marks.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from itertools import pairwise
from zlib import crc32

from rapidfuzz.distance import Indel

from archiver.judge._alignment import MAX_CHARS, Pair, Sentence
from archiver.judge._furniture import masked
from archiver.judge._sentences import is_prose, sentences_of
from archiver.judge._tokens import tokens_of
from archiver.model.inquiry import PageText
from archiver.model.observation import Glimpse, Observation
from archiver.model.signals import Signal

NEAR = timedelta(hours=1)  # the timetable looks again after five minutes
_ALIKE = 0.5  # share of words, of two forms of one sentence: an edit, no rotation
_QUOTED = re.compile('["“”„«»「」『』‘’](?=\\S)')
_MOST_PLACES = 500
_MOST_WORDS = 14  # of a line that counts

Place = tuple[int, int]
"""Hashes of the lines before and behind; 0 at the ends of a page."""


@dataclass(frozen=True, slots=True)
class Noise:
    """Where a page rotates, and the forms of its lines that count; both by hash."""

    places: frozenset[Place] = frozenset()
    forms: frozenset[int] = frozenset()

    def __bool__(self) -> bool:
        """Tell whether anything differed."""
        return bool(self.places or self.forms)


NO_NOISE = Noise()


def noise_of(first: PageText, second: PageText) -> Noise:
    """Return what two looks at a page, minutes apart, show to differ by itself.

    Nothing of pages that were not read alike. An edit that fell between the two is no noise: where
    running text differs from its former self, the place is left out.
    """
    if first.rendered != second.rendered or first.extractor != second.extractor:
        return NO_NOISE
    old, new = _Lines(first.visible), _Lines(second.visible)
    stays = _stable(old, new)
    runs_old, runs_new = dict(old.runs(stays)), dict(new.runs(stays))
    forms: set[int] = set()
    places: set[Place] = set()
    for place in runs_old.keys() | runs_new.keys():
        before, after = runs_old.get(place, []), runs_new.get(place, [])
        ticking = _ticking(before, after)
        forms |= ticking
        rest = [[line for line in run if _form(line) not in ticking] for run in (before, after)]
        if any(rest) and not _is_edit(*rest) and len(places) < _MOST_PLACES:
            places.add(place)
    return Noise(frozenset(_chained(places)), frozenset(forms))


def near_pairs(looks: Sequence[Glimpse]) -> Iterator[tuple[Glimpse, Glimpse]]:
    """Yield neighbouring looks that showed the page near enough to teach its noise; oldest first.

    Looks hours apart may hold an edit between them, and teach nothing.
    """
    shown = [look for look in looks if look.signal is Signal.PRESENT and look.has_page]
    for first, second in pairwise(shown):
        if second.at - first.at <= NEAR:
            yield first, second


def noise_between(first: Observation, second: Observation) -> Noise | None:
    """Return the noise that two looks show; None where their pages were not read alike."""
    then, now = first.reading.page, second.reading.page
    if then is None or now is None:
        return None
    if then.rendered != now.rendered or then.extractor != now.extractor:
        return None
    return noise_of(then, now)


def _chained(places: set[Place]) -> set[Place]:
    """Return places with those that two of them make together.

    In a list that grows at its head, what is between two looks' new lines stays, and goes later.
    """
    by_first: dict[int, list[int]] = {}
    for before, behind in places:
        by_first.setdefault(before, []).append(behind)
    both = {(before, further) for before, behind in places for further in by_first.get(behind, ())}
    return places | set(sorted(both)[:_MOST_PLACES])


class Masks:
    """Tells of the sentences that differ between two pages which ones the noise hides."""

    def __init__(self, noise: Noise, then: str, now: str) -> None:
        self._noise = noise
        self._old: dict[tuple[str, ...], Place] = {}
        self._new: dict[tuple[str, ...], Place] = {}
        if noise.places:
            old, new = _Lines(then), _Lines(now)
            stays = _stable(old, new)
            self._old, self._new = _placed(old, stays), _placed(new, stays)

    def hides(self, pair: Pair, *, is_edit: bool) -> bool:
        """Tell whether a pair is noise. ``is_edit`` says that it is running text edited."""
        if is_edit or not self._noise:
            return False
        sides = ((pair.before, self._old), (pair.after, self._new))
        return all(
            self._is_noise(sentence, places) for sentence, places in sides if sentence is not None
        )

    def _is_noise(self, sentence: Sentence, places: dict[tuple[str, ...], Place]) -> bool:
        if sentence.is_prose and _QUOTED.search(sentence.text):
            return False
        if _form(sentence.text) in self._noise.forms and len(sentence.words) <= _MOST_WORDS:
            return True
        return places.get(sentence.words) in self._noise.places


class _Lines:
    """The lines of a text, with a hash of the words of each."""

    def __init__(self, text: str) -> None:
        self.texts = [line for line in text[:MAX_CHARS].split("\n") if line.strip()]
        self.hashes = [_hash(" ".join(tokens_of(line))) for line in self.texts]

    def runs(self, stays: set[int]) -> Iterator[tuple[Place, list[str]]]:
        """Yield the rows of lines that do not stay, each with its place."""
        run: list[str] = []
        before = 0
        for text, line in zip([*self.texts, ""], [*self.hashes, 0], strict=True):
            if line and line not in stays:
                run.append(text)
                continue
            if run:
                yield (before, line), run
                run = []
            before = line


def _stable(old: _Lines, new: _Lines) -> set[int]:
    """Return the lines that both have as often."""
    before, after = Counter(old.hashes), Counter(new.hashes)
    return {line for line, count in before.items() if after[line] == count}


def _placed(lines: _Lines, stays: set[int]) -> dict[tuple[str, ...], Place]:
    return {
        tuple(tokens_of(sentence)): place
        for place, run in lines.runs(stays)
        for line in run
        for sentence in sentences_of(line)
    }


def _ticking(before: Sequence[str], after: Sequence[str]) -> set[int]:
    """Return the forms of lines that differ in their figures alone; no running text."""
    return {
        _form(line)
        for line in before
        if not is_prose(line) and _form(line) in {_form(other) for other in after}
    }


def _is_edit(before: Sequence[str], after: Sequence[str]) -> bool:
    """Tell whether running text on one side is another form of running text on the other."""
    old = [tokens_of(one) for line in before for one in sentences_of(line) if is_prose(one)]
    new = [tokens_of(one) for line in after for one in sentences_of(line) if is_prose(one)]
    if len(old) * len(new) > 10_000:
        return True
    return any(Indel.normalized_similarity(one, other) >= _ALIKE for one in old for other in new)


def _form(line: str) -> int:
    return _hash(masked(line))


def _hash(text: str) -> int:
    return crc32(text.encode("utf-8", "surrogatepass")) or 1
