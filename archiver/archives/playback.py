"""A capture as an archive plays it back: what is the copy, and what the archive itself says.

Source: RFC 7089 (``Memento-Datetime`` marks a memento and nothing else); playbacks recorded 2020 to
2024, among them a memento of a 429, an excluded address that answers 200, a redirect to the nearest
capture (edgi-govdata-archiving/wayback), read 2026-11-22.
"""

from __future__ import annotations

import re
from dataclasses import replace
from urllib.parse import urlsplit

from archiver.archives.link_format import read_http_date, read_links
from archiver.archives.protocol import Copy, Held, Trouble, TroubleKind
from archiver.archives.replies import is_excluded_page, trouble_of
from archiver.archives.timestamps import read_timestamp
from archiver.model.inquiry import Answer, Headers, Outcome, Question
from archiver.platforms._questions import is_unverified

# A flag behind the digits says in what form: ``id_`` is the bytes as captured.
_WAYBACK = re.compile(
    r"https?://(?:web\.archive\.org|wayback\.archive\.org)/(?:web/)?(?P<at>\d{4,14})(?:[a-z]{2}_)?/"
    r"(?P<original>.+)",
    re.I | re.S,
)
_ORIGINAL_HEADER = "x-archive-orig-"
# Where each archive shows what it holds. Source: their own pages, 2026-11.
_HOSTS = {
    "wayback": frozenset({"web.archive.org", "wayback.archive.org"}),
    "archive.today": frozenset(
        f"{www}archive.{end}"
        for www in ("", "www.")
        for end in ("today", "ph", "is", "li", "vn", "md", "fo")
    ),
}
# Headers of the playback that are those of the original, not of the archive.
_KEPT = frozenset({"content-type", "content-length"})


def read_wayback_address(url: str) -> Held | None:
    """Return the capture that an address of the Wayback Machine names, or None."""
    found = _WAYBACK.fullmatch(url)
    at = read_timestamp(_padded(found["at"])) if found else None
    if found is None or at is None:
        return None
    original = found["original"]
    if "://" not in original:
        original = f"http://{original.lstrip('/')}"
    return Held(
        archive="wayback",
        url=f"https://web.archive.org/web/{found['at']}/{original}",
        raw_url=f"https://web.archive.org/web/{found['at']}id_/{original}",
        original=original,
        at=at,
    )


def is_own_place(url: str, archive: str) -> bool:
    """Tell whether an address is one at which an archive plays back, and nobody in between."""
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        return False
    is_its = parts.hostname in _HOSTS.get(archive, frozenset())
    return is_its and parts.scheme == "https" and port in (None, 443)


def _padded(digits: str) -> str:
    """Return all fourteen digits of a time that names a year, a month or a day only."""
    return digits + "00000101000000"[len(digits) :]


def read_playback(answer: Answer, held: Held, who: str) -> Copy | Trouble:
    """Return the copy that came for a capture, with the time and address of what really came.

    The status and headers of the copy are those of the original site, also where they are a 404
    or a 429: then the archive holds just that.
    """
    at = read_http_date(answer.header("memento-datetime") or "")
    if at is not None and not is_own_place(answer.url, held.archive):
        return Trouble(TroubleKind.UNREADABLE, f"{who} sent us to another host, {answer.url}")
    if at is None or answer.outcome is not Outcome.ANSWERED or is_unverified(answer):
        return _no_copy(answer, who)
    original = _original(answer) or held.original
    there = replace(_at_place(answer, held), original=original, at=at, status=answer.status)
    was = replace(
        answer,
        question=Question(original),
        url=original,
        headers=_original_headers(answer.headers),
        at=at,
    )
    return Copy(there, was)


def _no_copy(answer: Answer, who: str) -> Trouble:
    if is_excluded_page(answer):
        return Trouble(TroubleKind.EXCLUDED, f"{who} does not show this address to anybody")
    trouble = trouble_of(answer, who)
    if trouble is not None:
        return trouble
    if answer.status == 404:
        return Trouble(TroubleKind.UNREADABLE, f"{who} does not find the capture it listed (404)")
    return Trouble(TroubleKind.UNREADABLE, f"{who} answered with something that is no capture")


def _at_place(answer: Answer, held: Held) -> Held:
    """Return the capture by the address that answered: a nearest one has another time."""
    return read_wayback_address(answer.url) or held


def _original(answer: Answer) -> str | None:
    named = read_wayback_address(answer.url)
    if named is not None:
        return named.original
    links = read_links(answer.header("link") or "")
    return next((link.url for link in links if "original" in link.relations), None)


def _original_headers(headers: Headers) -> Headers:
    """Return the headers as the original site sent them, as far as the archive tells them."""
    told = [
        (name[len(_ORIGINAL_HEADER) :], value)
        for name, value in headers
        if name.lower().startswith(_ORIGINAL_HEADER)
    ]
    names = {name.lower() for name, _ in told}
    kept = [(n, v) for n, v in headers if n.lower() in _KEPT - names]
    # The body came decoded: what the original said of its coding no longer holds.
    plain = [(n, v) for n, v in told if n.lower() not in ("content-encoding", "transfer-encoding")]
    return (*kept, *plain)
