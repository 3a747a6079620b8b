"""What each look says of the source's standing, read in order: served, absent, or nothing at all.

A redirect, a soft 404 and a parked page cannot be read by themselves: whether the thing moved, or
its address was given to something else, shows only against what was served before.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from enum import Enum
from functools import lru_cache
from urllib.parse import urlsplit

from archiver.errors import AddressError
from archiver.judge._alike import alike, kept, titles_alike
from archiver.judge._wording import on_day
from archiver.model.inquiry import Wall
from archiver.model.seen import Seen
from archiver.model.signals import Signal
from archiver.platforms._address import canonical
from archiver.platforms._alike import SAME_PAGE
from archiver.platforms._not_found import DOUBTFUL

KEPT_TITLE = 0.6  # words of a title that show the same page
UNLIKE = 0.5  # below it, what says "not found" is not the page that was there before


class Standing(Enum):
    """What one look says; the order of looks decides between the first four."""

    SERVED = "served"
    """The thing itself, at its address or where it moved."""
    AT_HOME = "at_home"
    """A redirect to a home page, an error page or a sink: likely absent, never proof of it."""
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
class Around:
    """What other sources' looks tell of one source's looks.

    ``sinks`` are places where redirects of several unrelated cited addresses of one host end.
    ``held`` are the looks (by ID) at which several addresses of the host turned bad together: an
    incident of the host until a later look says the same.
    """

    sinks: frozenset[str] = frozenset()
    held: frozenset[str] = frozenset()


NOTHING_AROUND = Around()


@dataclass(frozen=True, slots=True)
class Look:
    """A look with its standing. ``place`` is where it was served, to compare places by.

    ``counts`` is true of an absence that is confirmed by more than itself: only such a look may
    count towards *gone*. ``note`` says what made the standing, where it is not the signal alone.
    ``is_hijacked`` is true of a page that somebody serves who registered the name after we had
    seen the source.
    """

    seen: Seen
    standing: Standing
    place: str | None = None
    counts: bool = False
    note: str = field(default="", compare=False)
    is_hijacked: bool = False

    @property
    def signal(self) -> Signal:
        """The signal of its reading."""
        return self.seen.signal

    @property
    def says_nothing(self) -> bool:
        """True when the look neither counts for nor against anything."""
        return self.standing in _NOTHING


_STATED = frozenset({Signal.NOT_FOUND, Signal.GONE})
"""Absences by status, with which some servers serve the page itself."""
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


def looks_of(seen: Iterable[Seen], around: Around = NOTHING_AROUND) -> tuple[Look, ...]:
    """Return the looks, oldest first, each with its standing.

    Looks made while our own network was down are left out, unless there is nothing else.
    """
    ordered = sorted(seen, key=lambda one: (one.at, one.id))
    online = [one for one in ordered if one.signal is not Signal.OFFLINE]
    looks: list[Look] = []
    for one in online or ordered:
        looks.append(_hijacked(one, looks) or _look(one, looks, around))
    return tuple(looks)


def _look(seen: Seen, earlier: list[Look], around: Around) -> Look:
    if seen.wall is Wall.LOCAL:
        return Look(seen, Standing.SILENT)  # whoever answered, it was nobody out there
    standing = standing_of(seen.signal)
    served = [look for look in earlier if look.standing is Standing.SERVED]
    before = _before(served, seen)
    if seen.signal in (Signal.SOFT_404, Signal.PARKED):
        return _said_by_page(seen, before)
    if seen.signal in _STATED and before is not None:
        likeness = alike(before, seen)
        if likeness is not None and likeness >= SAME_PAGE:
            return Look(seen, standing, note="the page that comes with it is as it was before")
    if standing is Standing.SERVED and (seen.not_found or 0.0) >= DOUBTFUL and before is not None:
        said = _said_by_page(seen, before)
        if said.standing is Standing.ABSENT and said.counts:
            return said
    if standing is not Standing.SERVED:
        return Look(seen, standing, counts=seen.confirmed and standing is Standing.ABSENT)
    url = seen.url or seen.asked
    if url is None or seen.is_post:
        return Look(seen, standing)
    return _served_at(url, seen, served, around)


def _before(served: Sequence[Look], seen: Seen) -> Seen | None:
    """Return the newest look that showed the source and was read as this one is, else the newest.

    One extractor's text is never compared with another's, nor a rendering with raw HTML: a look
    that was read otherwise in between must not hide what can be compared.
    """
    alike_read = (
        one.seen
        for one in reversed(served)
        if one.seen.has_content and not one.seen.forms.isdisjoint(seen.forms)
    )
    return next(alike_read, served[-1].seen if served else None)


def _said_by_page(seen: Seen, before: Seen | None) -> Look:
    """Read a page that says "not found" or "for sale": was it always so?

    An article about error pages is one that was always like that. What is unlike the page before
    counts, and so does what a second voice (a made-up sibling, the name's records) confirms.
    """
    likeness = alike(before, seen) if before is not None else None
    if likeness is None:
        return Look(seen, Standing.ABSENT, counts=seen.confirmed)
    if likeness < UNLIKE:
        note = f"it is unlike what was there before (cosine {likeness:.2f})"
        return Look(seen, Standing.ABSENT, counts=True, note=note)
    lost = _lost(before, seen) if before is not None else None
    if lost is None:
        place = place_of(seen.url) if seen.url else None
        return Look(seen, Standing.SERVED, place, note="it reads as it did before")
    return Look(seen, Standing.ABSENT, counts=True, note=lost)


def _lost(before: Seen, now: Seen) -> str | None:
    """Tell what was lost of a page whose words are alike: menus and boxes of a site are.

    Pages of one site can have most of their words in common, and the extractor takes a box of
    popular articles for the main text where there is no other.
    """
    if (kept(before, now) or 0.0) < UNLIKE:
        return "little of what was there before is left"
    titles = titles_alike(before, now)
    was_none = now.signal is Signal.SOFT_404 and before.not_found is None
    if was_none and titles is not None and titles < KEPT_TITLE:
        return "what was there before had another title, and did not read so"
    return None


def _served_at(url: str, seen: Seen, served: list[Look], around: Around) -> Look:
    place = place_of(url)
    if seen.asked in (None, url) or place == place_of(seen.asked or url):
        return Look(seen, Standing.SERVED, place)
    if place in {look.place for look in served}:
        return Look(seen, Standing.SERVED, place)
    before = _before(served, seen)
    against = _against(before, seen) if before is not None else None
    if against is Standing.SERVED:
        return Look(seen, Standing.SERVED, place)
    if place in around.sinks:
        note = "redirects of other addresses of this host end there, too"
        # Where it was never served elsewhere, they may all be names of one page that is there.
        return Look(seen, Standing.AT_HOME, place, counts=bool(served), note=note)
    if is_nowhere(url) and not is_nowhere(seen.asked):
        # Where it was never served, the home page may be all there ever was.
        return Look(seen, Standing.AT_HOME, place, counts=bool(served))
    if against is Standing.REPLACED and _is_section(url, seen.asked):
        note = "a section above it, unlike what was there before"
        return Look(seen, Standing.AT_HOME, place, counts=True, note=note)
    return Look(seen, against or Standing.SERVED, place)


def _is_section(url: str, asked: str) -> bool:
    """Tell whether an address is a folder above another one, on the same host."""
    above, below = place_of(url).partition("?")[0], place_of(asked).partition("?")[0]
    return below.startswith(f"{above}/")


def _against(before: Seen, now: Seen) -> Standing:
    """Tell a move from a replacement by what was served before."""
    if before.content_sha256 is not None and now.content_sha256 is not None:
        same = before.content_sha256 == now.content_sha256
        return Standing.SERVED if same else Standing.REPLACED
    likeness = alike(before, now)
    if likeness is None:
        return Standing.ELSEWHERE
    return Standing.SERVED if likeness >= SAME_PAGE else Standing.REPLACED


def _hijacked(seen: Seen, earlier: list[Look]) -> Look | None:
    """Return the look when what was served is a stranger's, who registered the name since; or None.

    Whoever showed the page as it was, though the name was registered anew, is no stranger, and may
    write another page. Where pages cannot be compared, nothing is said.
    """
    at = seen.registered_at
    if at is None or seen.is_post or seen.wall is Wall.LOCAL or seen.signal not in _SERVED:
        return None
    served = [look.seen for look in earlier if look.standing is Standing.SERVED]
    known = (one for one in reversed(served) if one.at < at)
    before = next((one for one in known if alike(one, seen) is not None), None)
    since = (one for one in served if one.at >= at)
    if before is None or not all(_is_unlike(before, one) for one in (seen, *since)):
        return None
    note = f"its name was registered anew on {on_day(at)}, after it was seen"
    return Look(seen, Standing.ABSENT, counts=True, note=note, is_hijacked=True)


_SERVED = frozenset({Signal.PRESENT, Signal.SOFT_404})


def _is_unlike(before: Seen, now: Seen) -> bool:
    likeness = alike(before, now)
    return likeness is not None and likeness < UNLIKE


@lru_cache(maxsize=4096)  # the looks at one source, and those of one host, share few addresses
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
_PROGRAM = re.compile(r"(?:index|default|main)\.[a-z]{2,5}", re.I)  # its query names the page
_LOCALE = re.compile(r"[a-z]{2}(?:[-_][a-z]{2})?", re.I)  # /en/ is a home page of its own


def is_nowhere(url: str) -> bool:
    """Tell whether an address is a home page or an error page, by its path alone."""
    parts = urlsplit(url)
    segments = [segment for segment in parts.path.split("/") if segment]
    if segments and _LOCALE.fullmatch(segments[0]):
        segments = segments[1:]
    if parts.query and (not segments or _PROGRAM.fullmatch(segments[-1])):
        return False
    return not segments or (len(segments) == 1 and bool(_NOWHERE.fullmatch(segments[0])))
