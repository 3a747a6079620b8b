"""The Wayback Machine of the Internet Archive.

Source: its APIs as documented (availability, CDX, TimeMap), and replies recorded 2020 to 2024;
limits by the client library ``wayback`` 0.5.1, 2026-06. Read 2026-11-22.
"""

from __future__ import annotations

import json
from collections.abc import Generator, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from urllib.parse import urlencode

from archiver.archives.cdx import MAX_PAGES, search, window
from archiver.archives.link_format import Link
from archiver.archives.places import is_same_place
from archiver.archives.playback import read_playback, read_wayback_address
from archiver.archives.protocol import (
    Asking,
    Copy,
    Held,
    Listing,
    Trouble,
    TroubleKind,
    Wanted,
)
from archiver.archives.replies import trouble_of
from archiver.archives.timemap import MAX_BYTES, read_timemap
from archiver.archives.timestamps import noon_of, write_timestamp
from archiver.model.inquiry import Answer, Question

NAME = "wayback"
AVAILABILITY = "https://archive.org/wayback/available"
TIMEMAP = "https://web.archive.org/web/timemap/link"
TITLE = "the Wayback Machine"
MOST_QUESTIONS = 18  # to the index for one source or one day; a search must end
_MOST_COPY = 10 * 2**20  # bytes of one copy; the largest saved article known to us has 3.1 MB
_AROUND = timedelta(days=3653)  # captures further from the cited day say nothing of it


@dataclass(frozen=True, slots=True)
class Wayback:
    """Asks the index for every spelling, and two other end-points where the index fails."""

    @property
    def name(self) -> str:
        """The word in a memento and in the settings."""
        return NAME

    @property
    def title(self) -> str:
        """Its name for a person."""
        return "Wayback"

    def holds(self, wanted: Sequence[Wanted], near: date | None) -> Asking[Listing]:
        """Say what it holds of any of the addresses.

        1. Ask the index for each address. An exclusion, or a limit, ends the asking.
        2. Where the index does not answer or not with rows, ask for the TimeMap of the first
           address, then for the capture that is nearest.
        """
        first, last = window(near, _AROUND) if near is not None else (None, None)
        held: list[Held] = []
        is_whole = True
        pages = MAX_PAGES if len(wanted) * MAX_PAGES <= MOST_QUESTIONS else 1
        for one in wanted[:MOST_QUESTIONS]:
            listing = yield from search(one, first=first, last=last, pages=pages)
            held += listing.held
            is_whole = is_whole and listing.is_whole
            if listing.trouble is not None:
                return (yield from self._otherwise(wanted[0].url, near, held, listing.trouble))
        is_whole = is_whole and len(wanted) <= MOST_QUESTIONS
        return Listing(_distinct(held), is_whole=is_whole)

    def _otherwise(
        self, url: str, near: date | None, held: list[Held], trouble: Trouble
    ) -> Asking[Listing]:
        if trouble.kind in (TroubleKind.LIMITED, TroubleKind.EXCLUDED) or held:
            return Listing(_distinct(held), trouble, is_whole=False)
        for more in (_ask_timemap(url), _ask_availability(url, near)):
            listing = yield from more
            if listing.held:
                return replace(listing, is_whole=False)
            if listing.trouble is not None and listing.trouble.kind is TroubleKind.LIMITED:
                return listing
        return Listing(trouble=trouble, is_whole=False)

    def fetch(self, held: Held) -> Asking[Copy | Trouble]:
        """Fetch one capture with the bytes as they were."""
        return _fetch(held)

    def holding_at(self, url: str) -> Held | None:
        """Return the capture that an address of the Wayback Machine names, or None."""
        return read_wayback_address(url)


def _fetch(held: Held) -> Generator[Question, Answer, Copy | Trouble]:
    answer = yield Question(held.raw_url, max_bytes=_MOST_COPY)
    return read_playback(answer, held, TITLE)


def _ask_timemap(url: str) -> Generator[Question, Answer, Listing]:
    answer = yield Question(f"{TIMEMAP}/{url}", max_bytes=MAX_BYTES)
    return read_timemap(answer, f"{TITLE}'s TimeMap", _as_held)


def _as_held(link: Link, _original: str) -> Held | None:
    return read_wayback_address(link.url)


def _ask_availability(url: str, near: date | None) -> Generator[Question, Answer, Listing]:
    query = {"url": url}
    if near is not None:
        query["timestamp"] = write_timestamp(noon_of(near))
    answer = yield Question(f"{AVAILABILITY}?{urlencode(query)}", accept="application/json")
    return read_availability(answer, url)


def read_availability(answer: Answer, asked: str) -> Listing:
    """Return the nearest capture. No capture proves nothing: this end-point is known to miss."""
    who = f"{TITLE}'s availability"
    trouble = trouble_of(answer, who)
    if trouble is not None:
        return Listing(trouble=trouble, is_whole=False)
    try:
        closest = json.loads(answer.body)["archived_snapshots"].get("closest") or {}
        held = read_wayback_address(str(closest.get("url", "")))
        is_there = bool(closest.get("available")) and str(closest.get("status")) == "200"
    except (ValueError, KeyError, AttributeError, TypeError, RecursionError):
        reason = f"{who} answered with data that cannot be read"
        return Listing(trouble=Trouble(TroubleKind.UNREADABLE, reason), is_whole=False)
    if held is None or not is_there or not is_same_place(held.original, asked):
        return Listing(is_whole=False)
    return Listing((replace(held, status=200),), is_whole=False)


def _distinct(held: Sequence[Held]) -> tuple[Held, ...]:
    return tuple({one.raw_url: one for one in held}.values())
