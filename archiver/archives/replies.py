"""What an archive's answer says before it is read: limits, failures, pages in place of data."""

from __future__ import annotations

from datetime import timedelta

from archiver.archives.protocol import Trouble, TroubleKind
from archiver.model.inquiry import Answer, Outcome
from archiver.platforms._questions import is_unverified

PAUSE = timedelta(seconds=60)
"""After a 429, which the Wayback Machine mostly sends without ``Retry-After``.

Source: client library ``wayback`` 0.5.1 (2026-06), on the Internet Archive's word."""
_MAX_PAUSE = timedelta(hours=6)

# Source: recorded, 2020: a 403 of the index with this in ``X-Archive-Wayback-Runtime-Error``.
_BLOCKED = "AdministrativeAccessControlException"
# Source: recorded, 2020: the playback of an excluded address is a page with this sentence.
_EXCLUDED = b"has been excluded from the Wayback Machine"


def trouble_of(answer: Answer, who: str) -> Trouble | None:
    """Return what hinders reading an answer, or None when it is a 200 in full.

    A 404 is none either: whether it means "nothing held" is for the caller to say.
    """
    status = answer.status
    if is_unverified(answer):
        reason = f"{who} answers under a bad certificate: a stranger may stand between"
        return Trouble(TroubleKind.DOWN, reason)
    if answer.outcome is Outcome.REFUSED:
        return Trouble(TroubleKind.UNREADABLE, f"{who} was not asked: {answer.error}")
    if answer.outcome is not Outcome.ANSWERED or status is None:
        why = (answer.error or answer.outcome.value).rstrip(".")
        return Trouble(TroubleKind.DOWN, f"{who} does not answer ({why})")
    if _BLOCKED in (answer.header("x-archive-wayback-runtime-error") or ""):
        return Trouble(TroubleKind.EXCLUDED, f"{who} does not show this address to anybody")
    if status == 403 and _EXCLUDED in answer.body:
        return Trouble(TroubleKind.EXCLUDED, f"{who} does not show this address to anybody")
    return _by_status(answer, status, who)


def is_excluded_page(answer: Answer) -> bool:
    """Tell whether a page in place of a capture says that the address is excluded."""
    return _EXCLUDED in answer.body


def _by_status(answer: Answer, status: int, who: str) -> Trouble | None:
    if status == 429:
        return Trouble(TroubleKind.LIMITED, f"{who} was asked too often (429)", _pause(answer))
    if status >= 500:
        return Trouble(TroubleKind.DOWN, f"{who} fails (HTTP {status})", _retry_after(answer))
    if status in (200, 404):
        return None
    if status in (401, 403, 406):
        return Trouble(TroubleKind.DOWN, f"{who} refused us (HTTP {status})")
    return Trouble(TroubleKind.UNREADABLE, f"{who} answered HTTP {status}")


def _pause(answer: Answer) -> timedelta:
    return max(_retry_after(answer) or PAUSE, PAUSE)


def _retry_after(answer: Answer) -> timedelta | None:
    seconds = (answer.header("retry-after") or "").strip()
    if not (seconds.isascii() and seconds.isdigit() and len(seconds) < 7):
        return None
    return min(timedelta(seconds=int(seconds)), _MAX_PAUSE)
