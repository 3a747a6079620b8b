"""What differs between both sides of a citation: sentences, links, headers."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from archiver.flow.evidence import Links, Proof, page_answer
from archiver.flow.sides import Side, Sides
from archiver.judge.noise import Noise
from archiver.model.comparison import Change
from archiver.model.inquiry import Reading
from archiver.model.signals import Signal

Changes = Callable[[Reading, Reading, Noise], Sequence[Change]]
"""From what was seen as cited, what is seen now and a page's noise to the sentences that differ."""

MOST_SHOWN = 40  # sentences, and links, of one citation; the rest is counted
HEADERS = ("content-type", "last-modified", "etag", "server")
"""Headers that say something of a page; the others change with every answer."""


@dataclass(frozen=True, slots=True)
class HeaderChange:
    """A line of an answer's head that is not the same on both sides; None where it is missing."""

    name: str
    before: str | None
    after: str | None


@dataclass(frozen=True, slots=True)
class Compared:
    """What differs between both sides.

    ``changes`` are in the order of the page, those that say something else first; ``moved``
    counts sentences that stand elsewhere. ``links_lost`` and ``links_new`` are addresses.
    """

    changes: tuple[Change, ...] = ()
    moved: int = 0
    links_lost: tuple[str, ...] = ()
    links_new: tuple[str, ...] = ()
    headers: tuple[HeaderChange, ...] = ()


NOTHING = Compared()


def compare_sides(sides: Sides, proof: Proof, changes: Changes) -> Compared:
    """Compare both sides of a citation, as far as both can be read."""
    then, now = sides.then, sides.now
    if then is None or now is None:
        return NOTHING
    told, moved = _sentences(sides, changes)
    lost, new = _links(proof.then.links, proof.now.links) if _are_shown(then, now) else ((), ())
    return Compared(told, moved, lost, new, tuple(_headers(then, now)))


def _are_shown(then: Side, now: Side) -> bool:
    """Tell whether both show the source: what a wall or an error page lacks was not taken out."""
    sides = (then.reading, now.reading)
    return all(one is not None and one.signal is Signal.PRESENT for one in sides)


def _sentences(sides: Sides, changes: Changes) -> tuple[tuple[Change, ...], int]:
    then = sides.relied_on or (sides.then.reading if sides.then is not None else None)
    now = sides.now.reading if sides.now is not None else None
    if then is None or now is None:
        return (), 0
    told = changes(then, now, sides.noise)
    moved = _moved(told)
    left, moves = [], 0
    for change in told:
        sentence = _alone(change)
        if sentence is not None and moved[sentence] > 0:
            moves += 1
            continue
        left.append(change)
    return tuple(sorted(left, key=lambda change: not change.material)), moves // 2


def _moved(changes: Sequence[Change]) -> Counter[str]:
    """Return the sentences that were taken out in one place and put in at another."""
    out = Counter(one.before for one in changes if one.before is not None and one.after is None)
    put = Counter(one.after for one in changes if one.after is not None and one.before is None)
    return Counter({key: out[key] for key in out if out[key] == put[key]})


def _alone(change: Change) -> str | None:
    if change.before is not None and change.after is not None:
        return None
    return change.before if change.before is not None else change.after


def _links(then: Links | None, now: Links | None) -> tuple[tuple[str, ...], tuple[str, ...]]:
    if then is None or now is None:
        return (), ()
    return tuple(sorted(then - now)), tuple(sorted(now - then))


def _headers(then: Side, now: Side) -> list[HeaderChange]:
    """Compare the heads of two answers of a page.

    Those of a platform's interface tell nothing, and those of an outside archive are its own.
    """
    if then.reading is None or then.reading.post is not None or then.memento is not None:
        return []
    before, after = _head(then), _head(now)
    if before is None or after is None:
        return []
    return [
        HeaderChange(name, before[name], after[name])
        for name in before
        if before[name] != after[name]
    ]


def _head(side: Side) -> dict[str, str | None] | None:
    answer = page_answer(side)
    if answer is None:
        return None
    named = {key.lower(): value for key, value in reversed(answer.headers)}
    return {
        "status": None if answer.status is None else str(answer.status),
        "final address": answer.final_url,
        **{name: named.get(name) for name in HEADERS},
    }
