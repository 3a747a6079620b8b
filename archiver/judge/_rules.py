"""What every rule of a verdict works with: the looks in order, and the limits of a confirmation."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from archiver.judge._standing import Around, Look, Standing
from archiver.judge._wording import on_day
from archiver.model.signals import Signal
from archiver.model.verdict import Verdict, VerdictKind

TOMBSTONES = frozenset({Signal.DELETED, Signal.ACCOUNT_GONE, Signal.SUSPENDED, Signal.REMOVED})

ABSENCE = frozenset({Standing.ABSENT, Standing.UNEXPLAINED, Standing.AT_HOME, Standing.REPLACED})
"""Standings of looks at which the thing was not there."""


@dataclass(frozen=True, slots=True)
class Confirmation:
    """How much it takes until an absence is believed.

    ``failures`` looks, each ``spacing`` after the last one that counted, make *gone* of a 404, a
    soft 404 or a redirect home. Source: InternetArchiveBot's three failures in a row, three days
    apart each (internetarchive/internetarchivebot at 8d0d979 and its sysadmin FAQ, 2026-07).
    Statements (410, no such host, a parked name; a platform's own words) take ``statements`` looks
    at their own spacing, our own choice. ``by_browser`` wants one of a page's failures seen by
    another road than the plain request: by a browser, or from another vantage.
    """

    failures: int = 3
    spacing: timedelta = timedelta(days=3)
    statements: int = 2
    stated_spacing: timedelta = timedelta(days=1)
    tombstone_spacing: timedelta = timedelta(hours=1)
    by_browser: bool = True
    incident_addresses: int = 3
    incident_window: timedelta = timedelta(hours=6)
    sink_addresses: int = 3


CONFIRMATION = Confirmation()


@dataclass(frozen=True, slots=True)
class NotSo:
    """Why a rule does not hold; ``looks`` are those it read."""

    why: str
    looks: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Looks:
    """The looks of a source, oldest first, at least one; ``is_page`` of the open web."""

    all: tuple[Look, ...]
    is_page: bool
    around: Around
    confirmation: Confirmation

    @property
    def last(self) -> Look:
        """The newest look."""
        return self.all[-1]

    def trailing(self, standings: Collection[Standing]) -> tuple[Look, ...]:
        """Return the last looks of these standings, past those that say nothing."""
        run: list[Look] = []
        for look in reversed(self.all):
            if look.standing in standings:
                run.append(look)
            elif not look.says_nothing:
                break
        return tuple(reversed(run))

    def that_speak(self, before: Look | None = None) -> Looks | None:
        """Return the looks that say something, up to the last of them; None where none does."""
        end = self.all.index(before) if before is not None else len(self.all)
        speaking = tuple(look for look in self.all[:end] if not look.says_nothing)
        return replace(self, all=speaking) if speaking else None

    def bracketed(self, verdict: Verdict) -> Verdict:
        """Return the verdict with the last look that showed the source, and the first that did not.

        The second is of the absence that lasts now; there is none while the source is there.
        """
        seen = [look for look in self.all if look.standing is Standing.SERVED]
        absent = self.trailing(ABSENCE)
        return replace(
            verdict,
            last_seen=seen[-1].seen.at if seen else None,
            first_gone=absent[0].seen.at if absent else None,
        )


def spaced(looks: Sequence[Look], spacing: timedelta) -> list[Look]:
    """Return as many looks as there are with that much time between any two, oldest first."""
    kept: list[Look] = []
    for look in looks:
        if not kept or look.seen.at - kept[-1].seen.at >= spacing:
            kept.append(look)
    return kept


def days(looks: Sequence[Look]) -> str:
    """Return the days of looks as a list in words."""
    return ", ".join(on_day(look.seen.at) for look in looks)


def verdict_of(  # noqa: PLR0913 - the parts of a verdict, each by its name
    kind: VerdictKind,
    rule: str,
    reason: str,
    looks: Sequence[Look],
    *,
    since: datetime | None = None,
    cause: Signal | None = None,
    moved_to: str | None = None,
    wall: str | None = None,
) -> Verdict:
    """Return a verdict that rests on looks, oldest first."""
    ids = dict.fromkeys(look.seen.id for look in looks)
    return Verdict(
        kind=kind,
        rule=rule,
        reason=reason,
        since=since or looks[0].seen.at,
        rests_on=tuple(ids),
        cause=cause and cause.value,
        moved_to=moved_to,
        wall=wall,
    )
