"""What each look says of the source's standing, read in order: served, absent, or nothing at all.

A redirect cannot be read by itself: whether the thing moved, or its address was given to something
else, shows only against what was served before.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from enum import Enum
from urllib.parse import urlsplit

from archiver.errors import AddressError
from archiver.judge._likeness import SAME_PAGE, like_with_like, likeness
from archiver.model.inquiry import Reading
from archiver.model.observation import Observation
from archiver.model.signals import Signal
from archiver.platforms._address import canonical


class Standing(Enum):
    """What one look says; the order of looks decides between the first four."""

    SERVED = "served"
    """The thing itself, at its address or where it moved."""
    AT_HOME = "at_home"
    """A redirect to a home page or an error page: likely absent, never proof of it."""
    REPLACED = "replaced"
    """A redirect to something unlike what was there before."""
    ELSEWHERE = "elsewhere"
    """A redirect to something that cannot be compared with what was there before."""
    ABSENT = "absent"
    """Said to be absent: 404, 410, no such host, or the platform's own words."""
    UNEXPLAINED = "unexplained"
    """An empty answer that several causes share."""
    RESTRICTED = "restricted"
    """It exists, for others than us."""
    UNREACHABLE = "unreachable"
    """Nothing came back, or a failure of the server's own."""
    SILENT = "silent"
    """A wall, a limit, an answer nobody understands: says nothing of the source."""


@dataclass(frozen=True, slots=True)
class Look:
    """An observation with its standing. ``place`` is where it was served, to compare places by."""

    observation: Observation
    standing: Standing
    place: str | None = None

    @property
    def signal(self) -> Signal:
        """The signal of its reading."""
        return self.observation.reading.signal

    @property
    def says_nothing(self) -> bool:
        """True when the look neither counts for nor against anything."""
        return self.standing in _NOTHING


_NOTHING = frozenset({Standing.ELSEWHERE, Standing.UNREACHABLE, Standing.SILENT})


def standing_of(signal: Signal) -> Standing:
    """Return what a signal says by itself; every signal has exactly one rule."""
    match signal:
        case Signal.PRESENT:
            return Standing.SERVED
        case (
            Signal.DELETED
            | Signal.ACCOUNT_GONE
            | Signal.SUSPENDED
            | Signal.REMOVED
            | Signal.NOT_FOUND
            | Signal.GONE
            | Signal.SOFT_404
            | Signal.PARKED
            | Signal.NO_HOST
        ):
            return Standing.ABSENT
        case Signal.ABSENT_UNEXPLAINED:
            return Standing.UNEXPLAINED
        case Signal.PROTECTED | Signal.AGE_RESTRICTED | Signal.WITHHELD:
            return Standing.RESTRICTED
        case Signal.UNREACHABLE | Signal.SERVER_ERROR:
            return Standing.UNREACHABLE
        case (
            Signal.WALL
            | Signal.LOGIN
            | Signal.RATE_LIMITED
            | Signal.OFFLINE
            | Signal.REFUSED
            | Signal.UNREADABLE
        ):
            return Standing.SILENT


def looks_of(observations: Iterable[Observation]) -> tuple[Look, ...]:
    """Return the looks, oldest first, each with its standing.

    Looks made while our own network was down are left out, unless there is nothing else.
    """
    ordered = sorted(observations, key=lambda seen: (seen.at, seen.id))
    online = [seen for seen in ordered if seen.reading.signal is not Signal.OFFLINE]
    looks: list[Look] = []
    for seen in online or ordered:
        looks.append(_look(seen, looks))
    return tuple(looks)


def _look(seen: Observation, earlier: list[Look]) -> Look:
    standing = standing_of(seen.reading.signal)
    asked = seen.answers[0].url if seen.answers else None
    url = seen.reading.url or asked
    if standing is not Standing.SERVED or url is None or seen.reading.post is not None:
        return Look(seen, standing)
    place = place_of(url)
    served = [look for look in earlier if look.standing is Standing.SERVED]
    if asked is None or place == place_of(asked) or place in {look.place for look in served}:
        return Look(seen, Standing.SERVED, place)
    if is_nowhere(url) and not is_nowhere(asked):
        return Look(seen, Standing.AT_HOME, place)
    if not served:
        return Look(seen, Standing.SERVED, place)
    return Look(seen, _against(served[-1].observation.reading, seen.reading), place)


def _against(before: Reading, now: Reading) -> Standing:
    """Tell a move from a replacement by what was served before."""
    if before.content_sha256 is not None and now.content_sha256 is not None:
        same = before.content_sha256 == now.content_sha256
        return Standing.SERVED if same else Standing.REPLACED
    texts = before.page and now.page and like_with_like(before.page, now.page)
    if not texts:
        return Standing.ELSEWHERE
    return Standing.SERVED if likeness(*texts) >= SAME_PAGE else Standing.REPLACED


def place_of(url: str) -> str:
    """Return an address without what seldom matters: http or https, ``www.``, a final slash."""
    try:
        url = canonical(url)
    except AddressError:
        return url
    return url.partition("://")[2].removeprefix("www.").rstrip("/")


# Where redirects of lost pages end. Source: the rules of internetarchivebot's DeadlinkChecker
#   (root of the host, /404, notfound) and WaybackMedic (home, index, default, main, errors).
_NOWHERE = re.compile(
    r"(?:index|home|default|main|errors?|404|not-?_?found|page-?_?not-?_?found)(?:\.[a-z]{2,5})?",
    re.I,
)
_LOCALE = re.compile(r"[a-z]{2}(?:[-_][a-z]{2})?", re.I)  # /en/ is a home page of its own


def is_nowhere(url: str) -> bool:
    """Tell whether an address is a home page or an error page, by its path alone."""
    parts = urlsplit(url)
    segments = [segment for segment in parts.path.split("/") if segment]
    if segments and _LOCALE.fullmatch(segments[0]):
        segments = segments[1:]
    if parts.query and not segments:
        return False
    return not segments or (len(segments) == 1 and bool(_NOWHERE.fullmatch(segments[0])))
