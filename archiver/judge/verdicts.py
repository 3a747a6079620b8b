"""From looks to a verdict of the source: an ordered list of named rules, pure.

The order is the message: what is our own fault comes first, then what stands in the way, and only
then what an answer says of the source. One look never says *gone*; a wall, a time-out or our own
network never say it at all: such looks neither count for an absence nor interrupt one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from archiver.errors import ArchiverError
from archiver.judge import _absences as absences
from archiver.judge import _presences as presences
from archiver.judge._rules import CONFIRMATION, TOMBSTONES, Confirmation, Looks, NotSo
from archiver.judge._standing import NOTHING_AROUND, Around, Standing, looks_of
from archiver.model.observation import Observation
from archiver.model.seen import Seen, seen_of
from archiver.model.verdict import Verdict

__all__ = [
    "CONFIRMATION",
    "NOTHING_AROUND",
    "RULES",
    "TOMBSTONES",
    "Around",
    "Confirmation",
    "Explained",
    "Step",
    "explain",
    "judge",
]

Rule = Callable[[Looks], Verdict | NotSo]
"""Returns the verdict, or why the rule does not hold, with what it looked at."""

RULES: tuple[tuple[str, Rule], ...] = (
    ("local", presences.local),
    ("blocked", presences.blocked),
    ("restricted", presences.restricted),
    ("unreachable", presences.unreachable),
    ("tombstone", absences.tombstone),
    ("http_410", absences.http_410),
    ("no_host", absences.no_host),
    ("parked", absences.parked),
    ("hijacked", absences.hijacked),
    ("three_failures", absences.three_failures),
    ("host_incident", absences.host_incident),
    ("hijacked_once", absences.hijacked_once),
    ("redirected", absences.redirected),
    ("parked_once", absences.parked_once),
    ("soft_404", absences.soft_404),
    ("absent", absences.absent),
    ("present", presences.present),
)
"""Tried in this order; the first that holds makes the verdict. For every standing one holds."""


@dataclass(frozen=True, slots=True)
class Step:
    """One rule as tried: whether it held, what it rests on or why not, and the looks it read."""

    rule: str
    held: bool
    why: str
    looks: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Explained:
    """A verdict with every rule that was tried before it, in order."""

    verdict: Verdict
    steps: tuple[Step, ...]


def judge(
    looks: Sequence[Observation] | Sequence[Seen],
    *,
    platform: str = "web",
    around: Around = NOTHING_AROUND,
    confirmation: Confirmation = CONFIRMATION,
) -> Verdict:
    """Return what the looks at one source amount to; their order does not matter.

    Raises:
        ArchiverError: there is no look to judge.
    """
    given = _given(looks, platform, around, confirmation)
    if given.last.standing is Standing.SERVED:
        # No other rule holds of what was served, and most looks are of that.
        result = presences.present(given)
        if isinstance(result, Verdict):
            return given.bracketed(result)
    return _explained(given).verdict


def explain(
    looks: Sequence[Observation] | Sequence[Seen],
    *,
    platform: str = "web",
    around: Around = NOTHING_AROUND,
    confirmation: Confirmation = CONFIRMATION,
) -> Explained:
    """Return the verdict as :func:`judge` does, with the rules tried on the way.

    Raises:
        ArchiverError: there is no look to judge.
    """
    return _explained(_given(looks, platform, around, confirmation))


def _given(
    looks: Sequence[Observation] | Sequence[Seen],
    platform: str,
    around: Around,
    confirmation: Confirmation,
) -> Looks:
    ordered = looks_of(_digests(looks), around)
    if not ordered:
        raise ArchiverError("a verdict needs at least one observation")
    return Looks(ordered, platform == "web", around, confirmation)


def _explained(given: Looks) -> Explained:
    steps: list[Step] = []
    for name, rule in RULES:
        result = rule(given)
        if isinstance(result, Verdict):
            steps.append(Step(name, held=True, why=result.reason, looks=result.rests_on))
            return Explained(given.bracketed(result), tuple(steps))
        steps.append(Step(name, held=False, why=result.why, looks=result.looks))
    raise AssertionError("there is a rule for every standing")


def _digests(looks: Iterable[Observation | Seen]) -> list[Seen]:
    return [one if isinstance(one, Seen) else seen_of(one) for one in looks]
