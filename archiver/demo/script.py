"""Who plays which part, and what happens when.

What the miniature web shows at a moment is a pure function of the script and that moment. The
script is for the server and for tests that compare afterwards; nothing that judges may read it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from archiver.demo.lots import Lots


class Standing(StrEnum):
    """What a source is at one moment."""

    PRESENT = "present"
    # posts only
    DELETED = "deleted"
    ACCOUNT_GONE = "account_gone"
    SUSPENDED = "suspended"
    PROTECTED = "protected"
    REMOVED = "removed"
    AGE_RESTRICTED = "age_restricted"
    EMPTY_TOMBSTONE = "empty_tombstone"
    EMPTY = "empty"
    WITHHELD = "withheld"
    EDITED = "edited"
    LIMITED = "limited"
    # pages only
    MOVED = "moved"
    ALTERED = "altered"
    GONE = "gone"
    FAILING = "failing"
    LOGIN = "login"
    # both
    NOT_FOUND = "not_found"
    WALLED = "walled"


class Part(StrEnum):
    """What a source goes through in the course of the story."""

    INTACT = "intact"
    CAME_BACK = "came_back"
    DELETED = "deleted"
    ACCOUNT_GONE = "account_gone"
    SUSPENDED = "suspended"
    PROTECTED = "protected"
    REMOVED = "removed"
    AGE_RESTRICTED = "age_restricted"
    EMPTY_TOMBSTONE = "empty_tombstone"
    EMPTY = "empty"
    WITHHELD = "withheld"
    EDITED = "edited"
    LIMITED = "limited"
    MOVED = "moved"
    ALTERED = "altered"
    GONE = "gone"
    FAILING = "failing"
    LOGIN = "login"
    NOT_FOUND = "not_found"
    WALLED = "walled"


POST_PARTS = (Part.DELETED, Part.SUSPENDED, Part.PROTECTED, Part.EDITED, Part.CAME_BACK)
PAGE_PARTS = (Part.MOVED, Part.ALTERED, Part.NOT_FOUND, Part.WALLED)

EDITED_AFTER = timedelta(minutes=20)  # of the start: after a first look, within the edit window
HAPPENS_FROM = timedelta(days=2)
HAPPENS_WITHIN = timedelta(hours=18)
RETURNS_FROM = timedelta(days=10, hours=12)
RETURNS_WITHIN = timedelta(hours=24)


@dataclass(frozen=True, slots=True)
class Act:
    """From ``when`` after the start on, ``source`` is in another standing."""

    when: timedelta
    source: str
    change: Standing


@dataclass(frozen=True, slots=True)
class Script:
    """The whole story. ``parts`` are by source name (``x:1214…``, ``web:https://…``).

    They are all sources that the article leads to: a post that nothing leads to plays no part.
    """

    start: datetime
    parts: Mapping[str, Part]
    acts: tuple[Act, ...]

    def standing(self, source: str, at: datetime) -> Standing:
        """Return what the source is at that moment; a source without acts is always present."""
        passed = at - self.start
        changes = [a.change for a in self.acts if a.source == source and a.when <= passed]
        return changes[-1] if changes else Standing.PRESENT


def hand_out(
    lots: Lots, posts: tuple[str, ...], pages: tuple[str, ...], fixed: Mapping[str, Part]
) -> dict[str, Part]:
    """Draw who plays what, by the players' own names; ``fixed`` ones are out of the draw."""
    roles = dict.fromkeys((*posts, *pages), Part.INTACT) | dict(fixed)
    for label, players, parts in (("posts", posts, POST_PARTS), ("pages", pages, PAGE_PARTS)):
        drawn = lots.shuffled(label, (player for player in players if player not in fixed))
        left = [part for part in parts if part not in fixed.values()]
        roles |= dict(zip(drawn, left, strict=False))
    return roles


def write(lots: Lots, start: datetime, parts: Mapping[str, Part]) -> Script:
    """Write the script for parts by source name; acts are in order of time."""
    acts = [act for source, part in parts.items() for act in _acts(lots, source, part)]
    return Script(start, dict(parts), tuple(sorted(acts, key=lambda act: act.when)))


def _acts(lots: Lots, source: str, part: Part) -> list[Act]:
    happens = HAPPENS_FROM + _moment(lots, f"{source} happens", HAPPENS_WITHIN)
    if part is Part.INTACT:
        return []
    if part is Part.EDITED:
        return [Act(EDITED_AFTER, source, Standing.EDITED)]
    if part is Part.CAME_BACK:
        returns = RETURNS_FROM + _moment(lots, f"{source} returns", RETURNS_WITHIN)
        gone = Act(happens, source, Standing.DELETED)
        return [gone, Act(returns, source, Standing.PRESENT)]
    return [Act(happens, source, Standing(part.value))]


def _moment(lots: Lots, label: str, within: timedelta) -> timedelta:
    return timedelta(seconds=lots.number(label, int(within.total_seconds())))
