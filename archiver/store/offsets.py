"""Two texts that are the same but for white space, and places in them. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from archiver.model.citation import FoundCitation


def shifted(found: Sequence[FoundCitation], was: str, now: str) -> list[FoundCitation]:
    """Return citations found in one text with their places in another of the same words."""
    inked_now = [index for index, sign in enumerate(now) if not sign.isspace()]
    inked_before = _inked_before(was)

    def start(offset: int) -> int:
        number = inked_before[min(offset, len(was))]
        return inked_now[number] if number < len(inked_now) else len(now)

    def end(offset: int) -> int:
        number = inked_before[min(offset, len(was))]
        return inked_now[number - 1] + 1 if 0 < number <= len(inked_now) else 0

    return [replace(one, start=start(one.start), end=end(one.end)) for one in found]


def _inked_before(text: str) -> list[int]:
    """Return for every offset how many characters before it are no white space."""
    counts = [0]
    for sign in text:
        counts.append(counts[-1] + (not sign.isspace()))
    return counts
