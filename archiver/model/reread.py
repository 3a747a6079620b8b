"""What reading kept files again brought to light."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Reread:
    """Lines for people. ``damaged`` are files that are not as they were kept.

    ``unlisted`` are bodies that are well, but that a takedown elsewhere would have removed: they
    were not in the list that takedowns go by. ``stray`` are the places of files that nothing rests
    on: the look or capture that they are of was broken off before it was kept.
    """

    damaged: tuple[str, ...] = ()
    unlisted: tuple[str, ...] = ()
    stray: tuple[str, ...] = ()
