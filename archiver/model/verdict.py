"""Opinions: of a source (verdict) and of a citation (finding), and what changed (event)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from archiver.model.selector import TextQuote


class VerdictKind(StrEnum):
    """What the observations of a source amount to."""

    PRESENT = "present"
    MOVED = "moved"
    SUSPECT = "suspect"
    GONE = "gone"
    RESTRICTED = "restricted"
    UNREACHABLE = "unreachable"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Verdict:
    """Of a source; a pure function of its observations, so it can be computed anew.

    ``rule`` names the rule that produced it, ``reason`` says it in one sentence, ``cause`` is the
    signal behind a *gone* or *restricted*. ``since`` is the first observation of the present
    state; ``rests_on`` are the observations it was drawn from, oldest first. ``last_seen`` and
    ``first_gone`` are the bracket of an absence: the last look that showed the source, and the
    first that did not. ``wall`` names what stood in the way, when something did.
    """

    kind: VerdictKind
    rule: str
    reason: str
    since: datetime
    rests_on: tuple[str, ...]
    cause: str | None = None
    moved_to: str | None = None
    last_seen: datetime | None = None
    first_gone: datetime | None = None
    wall: str | None = None


class Content(StrEnum):
    """How what is there now compares with what was cited."""

    SAME = "same"
    """The fingerprints are equal; of a post: the words are, and nothing beside them is another."""
    EDITED = "edited"
    """The platform's structured data says that the post was edited."""
    DIFFERS = "differs"
    """The text differs and no rule has classified the difference: makes no event."""
    MINOR = "minor"
    """Noise and small things: no sentence says something else."""
    MAJOR = "major"
    """Sentences say something else, or much of it is other text."""
    REPLACED = "replaced"
    """Another page stands there."""
    INCOMPARABLE = "incomparable"
    """There is nothing to compare, or not like with like."""


class Quote(StrEnum):
    """Whether the words the article prints are still there. Never decided by a fuzzy score."""

    STANDS = "stands"
    ALTERED = "altered"
    MISSING = "missing"
    UNDETERMINED = "undetermined"


class FindingKind(StrEnum):
    """What it means for a citation."""

    INTACT = "intact"
    CHANGED = "changed"
    SUSPECT = "suspect"
    GONE = "gone"
    RESTRICTED = "restricted"
    UNKNOWN = "unknown"


class AsCitedKind(StrEnum):
    """What stands for the source as the article relied on it."""

    CAPTURE = "own_capture"
    MEMENTO = "memento"
    PRINTED = "printed_words"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class AsCited:
    """The pin of a citation; no later visit overwrites it, a person's ``accept`` adds a new one.

    ``at`` is when what is pinned was seen; ``lag`` is ``at`` minus the day it was cited, None when
    that day is unknown. ``observation_id`` is the look whose reading is compared with, or
    ``memento_id`` the memento whose reading is. ``selectors`` are where the quoted words stand in
    it.
    """

    kind: AsCitedKind
    at: datetime | None = None
    lag: timedelta | None = None
    capture_id: str | None = None
    observation_id: str | None = None
    note: str | None = None
    memento_id: str | None = None
    selectors: tuple[TextQuote, ...] = ()


@dataclass(frozen=True, slots=True)
class Finding:
    """Of a citation, against its ``as_cited``. ``diff`` is a word diff as plain text, or None.

    ``cosine`` and ``containment`` are the measures behind ``content``, where pages were compared.
    ``similarity`` (0 to 1) is how much what was located is like the quoted words; ``material`` is
    true when a number, a negation, a modal, a name or an attribution changed in them.
    """

    citation_id: str
    kind: FindingKind
    verdict: Verdict | None
    content: Content
    quote: Quote
    rule: str
    reason: str
    as_cited: AsCited
    diff: str | None = None
    cosine: float | None = None
    containment: float | None = None
    similarity: float | None = None
    material: bool | None = None


class Severity(StrEnum):
    """How much what changed matters to what was cited."""

    MINOR = "minor"
    MAJOR = "major"


SETTLED = "settled"
"""What an event of a finding says in place of *intact* when nothing is as it was cited again: a
person accepted what there is, or what it was compared with is no more."""


class EventKind(StrEnum):
    """What changed."""

    VERDICT = "verdict"
    FINDING = "finding"
    EDIT = "edit"


@dataclass(frozen=True, slots=True)
class Event:
    """A verdict or finding that changed; written in the transaction that changed it.

    Of a finding, ``rule`` is the one that found it, ``severity`` how much a change matters, and
    ``pins`` how often the citation had been pinned; all three are None in events that were
    written before these were kept.
    """

    id: str
    kind: EventKind
    at: datetime
    source_id: str | None
    citation_id: str | None
    before: str | None
    after: str
    reason: str
    rule: str | None = None
    severity: Severity | None = None
    pins: int | None = None
