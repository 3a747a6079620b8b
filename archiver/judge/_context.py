"""The sentence round words that stand: does it say of them now what it said of them then?

"It is not true that …" before words that are all still there makes another claim of them; so does
another name as the one who says them.
"""

from __future__ import annotations

from archiver.judge._alignment import Sentence, Text
from archiver.judge._placing import Spot, spots_of
from archiver.judge._sentences import is_prose, sentence_at
from archiver.judge._tokens import tokens_of
from archiver.judge.material import material_between
from archiver.model.comparison import Change, Material

_COUNTS = (Material.NEGATION, Material.MODAL, Material.NAME, Material.ATTRIBUTION)
_MAX_CHARS = 600  # of a sentence; longer ones are no sentences
_GAP = " … "


def changed_context(words: str, then: str, now: str) -> Change | None:
    """Return how the sentence round quoted words changed, or None where it says the same of them.

    ``then`` and ``now`` are texts in both of which the words stand. Where they stand several times,
    one place that is as it was is enough.
    """
    before = [_around(spot) for spot in spots_of(words, then)]
    after = [_around(spot) for spot in spots_of(words, now)]
    if not before or not after or {_key(one) for one in before} & {_key(one) for one in after}:
        return None
    there, here = Text(then), Text(now)
    is_kept = any(here.has(_sentence(one)) for one in before)
    if is_kept and any(there.has(_sentence(one)) for one in after):
        return None  # the same words, parted into sentences or lines otherwise
    changes = [_change(one, other) for one in before for other in after]
    if not all(change.material for change in changes):
        return None
    return min(changes, key=lambda change: len(change.material))


_Around = tuple[str, str, str]
"""What a sentence has before the words, the words, and what it has behind them."""


def _around(spot: Spot) -> _Around:
    start, end = sentence_at(spot.text, spot.start, spot.end)
    start, end = max(start, spot.start - _MAX_CHARS), min(end, spot.end + _MAX_CHARS)
    return (
        spot.text[start : spot.start].strip(),
        spot.text[spot.start : spot.end],
        spot.text[spot.end : end].strip(),
    )


def _key(around: _Around) -> tuple[str, ...]:
    return tuple(tokens_of(" ".join(around)))


def _sentence(around: _Around) -> Sentence:
    text = " ".join(around)
    return Sentence(text, _key(around), 0, 0, is_prose(text))


def _change(before: _Around, after: _Around) -> Change:
    kinds = {
        *material_between(f"{before[0]}{_GAP}", f"{after[0]}{_GAP}"),
        *material_between(f"{_GAP}{before[2]}", f"{_GAP}{after[2]}"),
    }
    material = tuple(kind for kind in _COUNTS if kind in kinds)
    return Change(" ".join(before).strip(), " ".join(after).strip(), material)
