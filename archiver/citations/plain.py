"""Text without its invisible marks, and the way back to the offsets of the text as read."""

from __future__ import annotations

import re
from bisect import bisect_right
from dataclasses import dataclass

# Direction marks stand around handles and codes in right-to-left text, zero-width spaces and byte
# order marks inside words after copying. ZWJ and ZWNJ stay: emoji and Persian need them.
# Source: Unicode 16, DerivedBidiClass and general category Cf.
_INVISIBLE = re.compile("[\u061c\u200b\u200e\u200f\u202a-\u202e\u2060\u2066-\u2069\ufeff]+")


@dataclass(frozen=True, slots=True)
class PlainText:
    """``text`` is what matching works on. ``cuts`` and ``lost`` lead back to the original.

    ``cuts[i]`` is an offset into ``text`` before which ``lost[i]`` marks are gone in all.
    """

    text: str
    cuts: tuple[int, ...]
    lost: tuple[int, ...]

    def start(self, offset: int) -> int:
        """Return where the character at ``offset`` begins in the original."""
        before = bisect_right(self.cuts, offset)
        return offset + (self.lost[before - 1] if before else 0)

    def end(self, offset: int) -> int:
        """Return where what ends at ``offset`` ends in the original, marks after it left out."""
        return self.start(offset - 1) + 1 if offset else 0


def plain_text(text: str) -> PlainText:
    """Take the invisible marks out of a text."""
    cuts: list[int] = []
    lost: list[int] = []
    gone = 0
    for mark in _INVISIBLE.finditer(text):
        cuts.append(mark.start() - gone)
        gone += mark.end() - mark.start()
        lost.append(gone)
    return PlainText(_INVISIBLE.sub("", text) if cuts else text, tuple(cuts), tuple(lost))


def visible(text: str) -> str:
    """Return the text without invisible marks, space around it cut, space within made single."""
    return " ".join(_INVISIBLE.sub("", text).split())
