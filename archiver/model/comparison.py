"""What differs between a page as cited and as it is now, measured and sentence by sentence."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from archiver.model.verdict import Content


class Material(StrEnum):
    """A kind of word that makes a sentence say something else."""

    NUMBER = "number"
    NEGATION = "negation"
    MODAL = "modal"
    NAME = "name"
    ATTRIBUTION = "attribution"


@dataclass(frozen=True, slots=True)
class Change:
    """A sentence that is not the same on both sides; ``before`` is None of one that was added.

    ``material`` are the kinds of words by which the two say something else, in a fixed order.
    """

    before: str | None
    after: str | None
    material: tuple[Material, ...] = ()


@dataclass(frozen=True, slots=True)
class Comparison:
    """How the content of two readings compares.

    ``cosine`` and ``containment`` (0 to 1) are None where nothing was measured. ``diff`` is a word
    diff as plain text. ``changes`` are the sentences that differ, noise left out; ``noise`` counts
    what was left out.
    """

    level: Content
    cosine: float | None = None
    containment: float | None = None
    changes: tuple[Change, ...] = ()
    diff: str | None = None
    noise: int = 0
