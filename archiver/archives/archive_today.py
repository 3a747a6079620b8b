"""archive.today, read only: what it holds is looked up, and it is never asked to save anything.

Source: its TimeMaps and snapshots carry Memento headers (reports of 2026-08); submitting sits
behind a captcha (reports of 2026-07). No end-point is documented by its owner.
"""

from __future__ import annotations

import re
from collections.abc import Generator, Sequence
from dataclasses import dataclass
from datetime import date

from archiver.archives.link_format import Link
from archiver.archives.playback import is_own_place, read_playback
from archiver.archives.protocol import Asking, Copy, Held, Listing, Trouble, Wanted
from archiver.archives.timemap import MAX_BYTES, read_timemap
from archiver.archives.timestamps import read_timestamp
from archiver.model.inquiry import Answer, Question

NAME = "archive.today"
TITLE = "archive.today"
TIMEMAP = "https://archive.ph/timemap"
MOST_QUESTIONS = 12  # TimeMaps asked for one source; an inquiry must end
_MOST_COPY = 10 * 2**20
_SNAPSHOT = re.compile(
    r"https?://archive\.(?:today|ph|is|li|vn|md|fo)/(?P<at>\d{14})/(?P<original>https?://.+)", re.I
)


@dataclass(frozen=True, slots=True)
class ArchiveToday:
    """Asks for the TimeMap of each address; it knows no prefixes."""

    @property
    def name(self) -> str:
        """The word in a memento and in the settings."""
        return NAME

    @property
    def title(self) -> str:
        """Its name for a person."""
        return TITLE

    def holds(self, wanted: Sequence[Wanted], near: date | None) -> Asking[Listing]:
        """Say what it holds of any of the addresses, by their TimeMaps."""
        del near  # a TimeMap has everything
        held: list[Held] = []
        for one in wanted[:MOST_QUESTIONS]:
            answer = yield Question(f"{TIMEMAP}/{one.url}", max_bytes=MAX_BYTES)
            listing = read_timemap(answer, TITLE, _as_held)
            held += listing.held
            if listing.trouble is not None:
                return Listing(tuple(held), listing.trouble, is_whole=False)
        return Listing(tuple(held), is_whole=len(wanted) <= MOST_QUESTIONS)

    def fetch(self, held: Held) -> Asking[Copy | Trouble]:
        """Fetch one snapshot: the page as the archive draws it, for it gives no raw bytes."""
        return _fetch(held)

    def holding_at(self, url: str) -> Held | None:
        """Return the snapshot that a long address of archive.today names, or None."""
        found = _SNAPSHOT.fullmatch(url)
        at = read_timestamp(found["at"]) if found else None
        if found is None or at is None:
            return None
        return Held(NAME, url, _safe(url), found["original"], at)


def _fetch(held: Held) -> Generator[Question, Answer, Copy | Trouble]:
    answer = yield Question(held.raw_url, max_bytes=_MOST_COPY)
    return read_playback(answer, held, TITLE)


def _safe(url: str) -> str:
    """Return the address under which nobody in between can answer."""
    return f"https://{url[len('http://') :]}" if url.lower().startswith("http://") else url


def _as_held(link: Link, original: str) -> Held | None:
    raw_url = _safe(link.url)
    if link.at is None or not original or not is_own_place(raw_url, NAME):
        return None
    return Held(NAME, link.url, raw_url, original, link.at)
