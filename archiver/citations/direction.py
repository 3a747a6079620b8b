"""Right-to-left words as they stand on a page, put into the order in which they are read.

A page knows places only. The order of reading is found by turning the rules of display round: what
runs against the line's own direction is turned, numbers never are, and brackets that were drawn
mirrored are taken back. Where a number stands beside words of the other direction, one display
has two readings; the likelier is taken.

Source: Unicode 16, UAX #9 (Bidirectional Algorithm), rules W2-W7, N0-N2 and L2-L4.
"""

from __future__ import annotations

import re
import unicodedata
from functools import cache

# Letters, a line's classes by character: L, R, D for digits, S for marks inside numbers, N.
_CLASS = {"L": "L", "R": "R", "AL": "R", "EN": "D", "AN": "D", "CS": "S", "ES": "S"}
_NUMBER = r"D(?:D|S(?=D))*"
_FROM_LEFT = re.compile(rf"D*L(?:[LDNS]*[LD])?|{_NUMBER}")
_FROM_RIGHT = re.compile(r"R(?:[RDNS]*R)?")
_IS_NUMBER = re.compile(_NUMBER)
_MIRRORED = {
    **dict(zip("([{<«‹", ")]}>»›", strict=True)),
    **dict(zip(")]}>»›", "([{<«‹", strict=True)),
}
_ADDRESS = re.compile(r"https?://\S{1,2000}")


def strength(text: str) -> int:
    """Return how many letters more run from the right than from the left, addresses left out."""
    classes = [_class(character) for character in _ADDRESS.sub("", text)]
    return classes.count("R") - classes.count("L")


def runs_from_right(text: str) -> bool:
    """Tell whether a text has letters that run from right to left."""
    return not text.isascii() and any(_class(character) == "R" for character in text)


def reading_order(shown: str, *, from_right: bool) -> list[tuple[int, str]]:
    """Return the characters of a line in the order of reading, each with its index in ``shown``.

    ``shown`` is the line from left to right as it stands on the page; ``from_right`` says that it
    is read from the right.
    """
    classes = "".join(map(_class, shown))
    order: list[tuple[int, str]] = []
    if from_right:
        at = len(shown)
        for start, end in reversed(list(_islands(shown, classes))):
            order += [*_turned(shown, end, at), *_kept(shown, start, end)]
            at = start
        return [*order, *_turned(shown, 0, at)]
    at = 0
    for found in _FROM_RIGHT.finditer(classes):
        order += [*_kept(shown, at, found.start()), *_inside(shown, classes, *found.span())]
        at = found.end()
    return [*order, *_kept(shown, at, len(shown))]


def _islands(shown: str, classes: str) -> list[tuple[int, int]]:
    """Return the stretches of a line read from the right that are read from the left."""
    found = []
    for island in _FROM_LEFT.finditer(classes):
        words = island[0] and shown[island.start() : island.end()]
        is_open = words.count("(") > words.count(")")
        end = island.end() + (is_open and shown.startswith(")", island.end()))
        found.append((island.start(), end))
    return found


def _inside(shown: str, classes: str, start: int, end: int) -> list[tuple[int, str]]:
    """Return a stretch that is read from the right; its numbers are not."""
    order: list[tuple[int, str]] = []
    at = end
    for number in reversed(list(_IS_NUMBER.finditer(classes, start, end))):
        order += [*_turned(shown, number.end(), at), *_kept(shown, *number.span())]
        at = number.start()
    return [*order, *_turned(shown, start, at)]


def _kept(shown: str, start: int, end: int) -> list[tuple[int, str]]:
    return [(n, shown[n]) for n in range(start, end)]


def _turned(shown: str, start: int, end: int) -> list[tuple[int, str]]:
    return [(n, _MIRRORED.get(shown[n], shown[n])) for n in range(end - 1, start - 1, -1)]


@cache
def _class(character: str) -> str:
    kind = unicodedata.bidirectional(character)
    if kind == "NSM":  # a mark on a letter goes with it
        return "R" if "\u0590" <= character <= "\u08ff" else "L"
    return _CLASS.get(kind, "N")
