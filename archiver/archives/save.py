"""Save Page Now: handing the Wayback Machine an address to save.

Source: "Save Page Now 2 public API" by the Internet Archive, as of 2026-11: POST with an account's
key, jobs that are asked after, the words of ``status_ext``; a 200 without ``job_id`` and with a
message says that a recent capture exists. Without a key the plain form ``/save/URL`` remains, for
which sources name 3 to 6 saves a minute (2023) and refusals (2026).
"""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from urllib.parse import urlencode, urljoin

from archiver.archives.link_format import read_links
from archiver.archives.playback import read_wayback_address
from archiver.archives.protocol import Held, TroubleKind
from archiver.archives.replies import trouble_of
from archiver.model.inquiry import Answer, Outcome, Question
from archiver.platforms._json import Object, number, read_object, text

ENDPOINT = "https://web.archive.org/save"
WHO = "Save Page Now"
CREDENTIAL = "wayback"
_JSON = "application/json"
_FORM = (("Content-Type", "application/x-www-form-urlencoded"),)

# Words of ``status_ext`` that no later try changes; all others are tried again, not for ever.
_FINAL = frozenset(
    {
        "blocked", "blocked-url", "blocked-client-ip", "no-access", "not-found", "gone",
        "unauthorized", "forbidden", "not-acceptable", "method-not-allowed", "not-implemented",
        "invalid-url-syntax", "invalid-host-resolution", "invalid-server-response",
        "filesize-limit", "ftp-access-denied", "too-many-redirects", "redirect-loop",
        "http-version-not-supported", "live-embargo",
    }
)  # fmt: skip
_OF_DAY = frozenset({"too-many-daily-captures"})  # of this address: ten a day
_OF_ACCOUNT = frozenset({"user-session-limit", "too-many-requests"})


class SaveState(StrEnum):
    """How an order stands after it was asked about."""

    ORDERED = "ordered"
    WORKING = "working"
    SAVED = "saved"
    REFUSED = "refused"
    """It will not be saved; trying again does not help."""
    LATER = "later"
    """Not now; trying again may help."""
    NO_KEY = "no_key"
    """There is no key to ask with: nothing was asked."""


@dataclass(frozen=True, slots=True)
class SaveReply:
    """What came of asking. ``is_of_archive`` tells that nobody should be sent for a while."""

    state: SaveState
    note: str
    job: str | None = None
    held: Held | None = None
    wait: timedelta | None = None
    is_of_archive: bool = False


Saving = Generator[Question, Answer, SaveReply]


def order(url: str, not_within: timedelta) -> Saving:
    """Order a capture with the account's key; ``NO_KEY`` when there is none."""
    fields = {"url": url, "if_not_archived_within": str(int(not_within.total_seconds()))}
    answer = yield Question(
        ENDPOINT,
        accept=_JSON,
        headers=_FORM,
        method="POST",
        content=urlencode(fields).encode(),
        credential=CREDENTIAL,
    )
    if answer.outcome is Outcome.REFUSED and (answer.error or "").startswith("credential"):
        return SaveReply(SaveState.NO_KEY, f"there is no key for {WHO}")
    return read_order(answer)


def read_order(answer: Answer) -> SaveReply:
    """Return what the archive says to an order."""
    hindered = _hindered(answer)
    if hindered is not None:
        return hindered
    reply = read_object(answer.body)
    if reply is None:
        return SaveReply(SaveState.LATER, f"{WHO} answered with a web page", is_of_archive=True)
    if text(reply, "status_ext") or text(reply, "status") == "error":
        return _error(reply)
    job = text(reply, "job_id")
    if job:
        return SaveReply(SaveState.ORDERED, f"{WHO} took the order", job)
    message = text(reply, "message")
    if message:
        return SaveReply(SaveState.SAVED, f"{WHO} has a recent capture: {message[:300]}")
    return SaveReply(SaveState.LATER, f"{WHO} answered in a shape nobody knows")


def ask_after(job: str) -> Saving:
    """Ask how an order stands."""
    url = f"{ENDPOINT}/status/{job}"
    answer = yield Question(url, accept=_JSON, credential=CREDENTIAL)
    return read_status(answer, job)


def read_status(answer: Answer, job: str) -> SaveReply:
    """Return how an order stands."""
    hindered = _hindered(answer)
    if hindered is not None:
        return hindered
    reply = read_object(answer.body) or {}
    state, stamp = text(reply, "status"), text(reply, "timestamp")
    if state == "pending":
        return SaveReply(SaveState.WORKING, f"{WHO} works on it", job)
    if state == "success" and stamp is not None:
        original = text(reply, "original_url") or ""
        held = read_wayback_address(f"https://web.archive.org/web/{stamp}/{original}")
        return SaveReply(SaveState.SAVED, f"{WHO} saved it", job, held)
    if state == "error" or text(reply, "status_ext"):
        return _error(reply)
    return SaveReply(SaveState.LATER, f"{WHO} answered in a shape nobody knows", job)


def save_without_key(url: str) -> Saving:
    """Have an address saved in the form that needs no account; it answers when it is done."""
    answer = yield Question(f"{ENDPOINT}/{url}", accept="text/html")
    hindered = _hindered(answer)
    if hindered is not None:
        return hindered
    held = _saved_at(answer)
    if held is not None:
        return SaveReply(SaveState.SAVED, f"{WHO} saved it", held=held)
    return SaveReply(SaveState.LATER, f"{WHO} does not say where it saved it")


def slots_left() -> Generator[Question, Answer, int | None]:
    """Ask how many orders the account may give now; None when that is not told."""
    answer = yield Question(f"{ENDPOINT}/status/user", accept=_JSON, credential=CREDENTIAL)
    reply = read_object(answer.body) if answer.status == 200 else None
    if reply is None:
        return None
    free = number(reply, "available")
    used, most = number(reply, "daily_captures"), number(reply, "daily_captures_limit")
    if used is None or most is None:
        return free
    left = max(most - used, 0)
    return left if free is None else min(free, left)


def _hindered(answer: Answer) -> SaveReply | None:
    if answer.status == 401:
        reason = f"{WHO} does not take the key, or wants one"
        return SaveReply(SaveState.LATER, reason, is_of_archive=True)
    if answer.status is not None and answer.status >= 500 and read_object(answer.body):
        return None  # an error in its own words
    trouble = trouble_of(answer, WHO)
    if trouble is None:
        return None if answer.status == 200 else SaveReply(SaveState.LATER, f"{WHO}: HTTP 404")
    if trouble.kind is TroubleKind.EXCLUDED:
        return SaveReply(SaveState.REFUSED, trouble.reason)
    return SaveReply(
        SaveState.LATER, trouble.reason, wait=trouble.pause, is_of_archive=trouble.is_of_archive
    )


def _error(reply: Object) -> SaveReply:
    word = (text(reply, "status_ext") or "error").removeprefix("error:")
    message = text(reply, "message") or "no reason given"
    note = f"{WHO} says {word}: {message[:300]}"
    if word in _FINAL:
        return SaveReply(SaveState.REFUSED, note)
    if word in _OF_DAY:
        return SaveReply(SaveState.LATER, note, wait=timedelta(days=1))
    return SaveReply(SaveState.LATER, note, is_of_archive=word in _OF_ACCOUNT)


def _saved_at(answer: Answer) -> Held | None:
    """Return the capture by the place the answer was sent to, or names."""
    links = read_links(answer.header("link") or "")
    places = [
        answer.url,
        urljoin("https://web.archive.org/", answer.header("content-location") or ""),
        *(link.url for link in links if "memento" in link.relations),
    ]
    return next((held for place in places if (held := read_wayback_address(place))), None)
