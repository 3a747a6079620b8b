"""The Wayback Machine's index: one line a capture.

Source: the CDX server's documentation; replies recorded 2020 to 2023 with rows cut short, times
that cannot be, data addresses and lengths left out (edgi-govdata-archiving/wayback), read
2026-11-22.
"""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import dataclass
from datetime import date, timedelta
from urllib.parse import unquote_plus, urlencode

from archiver.archives.protocol import Held, Listing, Trouble, TroubleKind, Wanted
from archiver.archives.replies import trouble_of
from archiver.archives.timestamps import read_timestamp
from archiver.model.inquiry import Answer, Question

ENDPOINT = "https://web.archive.org/cdx/search/cdx"
TITLE = "the Wayback Machine's index"
MAX_ROWS = 3000  # of one answer
MAX_PAGES = 3  # answers to one question, by resume keys
_MAX_BYTES = 4 * 2**20


@dataclass(frozen=True, slots=True)
class Page:
    """The rows of one answer, and the key under which it goes on."""

    held: tuple[Held, ...]
    resume: str | None


def search(
    wanted: Wanted,
    *,
    first: date | None = None,
    last: date | None = None,
    pages: int = MAX_PAGES,
) -> Generator[Question, Answer, Listing]:
    """Ask for the captures of an address that answered, so many pages of them at most."""
    held: list[Held] = []
    resume = None
    for _ in range(pages):
        answer = yield Question(_address(wanted, first, last, resume), max_bytes=_MAX_BYTES)
        read = read_page(answer)
        if isinstance(read, Trouble):
            return Listing(tuple(held), read, is_whole=False)
        held += read.held
        resume = read.resume
        if resume is None:
            return Listing(tuple(held))
    return Listing(tuple(held), is_whole=False)


def read_page(answer: Answer) -> Page | Trouble:
    """Return the rows of an answer; a row that cannot be read is passed over."""
    trouble = trouble_of(answer, TITLE)
    if trouble is not None:
        return trouble
    text = answer.body.decode("utf-8", "replace")
    if answer.status != 200 or "html" in answer.content_type or text.lstrip()[:1] == "<":
        return Trouble(TroubleKind.DOWN, f"{TITLE} answered with a web page instead of rows")
    lines = text.splitlines()
    resume = None
    last = lines[-1].strip() if len(lines) > 1 and not lines[-2].strip() else ""
    if last and " " not in last:  # a row has spaces, a key has them escaped
        resume = unquote_plus(last)
        lines = lines[:-2]
    return Page(tuple(held for line in lines if (held := read_row(line)) is not None), resume)


def read_row(line: str) -> Held | None:
    """Return the capture of one row: key, time, original, media type, status, digest, length."""
    fields = line.split(" ")
    if len(fields) < 7:
        return None
    at = read_timestamp(fields[1])
    original, media_type, status, digest = fields[2:6]
    if at is None or not original.startswith(("http://", "https://")):
        return None
    if status != "-" and not (len(status) == 3 and status.isdigit()):
        return None
    return Held(
        archive="wayback",
        url=f"https://web.archive.org/web/{fields[1]}/{original}",
        raw_url=f"https://web.archive.org/web/{fields[1]}id_/{original}",
        original=original,
        at=at,
        status=None if status == "-" else int(status),
        media_type=media_type,
        digest=digest,
    )


def _address(wanted: Wanted, first: date | None, last: date | None, resume: str | None) -> str:
    query = {
        "url": wanted.url,
        "matchType": "prefix" if wanted.is_prefix else "exact",
        # Revisits have "-" for a status and are captures as good as what they repeat.
        "filter": "!statuscode:[1345]..",
        "limit": str(MAX_ROWS),
        "showResumeKey": "true",
    }
    if first is not None:
        query["from"] = f"{first:%Y%m%d}"
    if last is not None:
        query["to"] = f"{last:%Y%m%d}"
    if resume is not None:
        query["resumeKey"] = resume
    return f"{ENDPOINT}?{urlencode(query)}"


def window(day: date, around: timedelta) -> tuple[date, date]:
    """Return the first and last day of a span round a day."""
    return max(day - around, date(1996, 1, 1)), day + around
