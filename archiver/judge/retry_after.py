"""``Retry-After``: when a server says when to come back."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

from archiver.model.inquiry import Ask, Headers
from archiver.model.observation import KeptAnswer

_SECONDS = re.compile(r"[0-9]{1,9}")  # nine digits are 31 years; more is no time to come back
_OURS = frozenset({Ask.CONTROL, Ask.DNS, Ask.REGISTRY})  # not answers of the source's host
_LONGEST_DATE = 64


def retry_after_of(answers: Sequence[KeptAnswer], at: datetime) -> timedelta | None:
    """Return how long after ``at`` the answers want to be left alone, or None.

    The longest wish counts. It is given in seconds, or as a date, which is read by the server's own
    clock where it tells it. Only refusals and failures are obeyed: on a page that was served the
    header has no meaning. Source: RFC 9110, 10.2.3; RFC 6585, 4; 2026-11.
    """
    wishes = [
        max(answer.at - at + wait, timedelta())
        for answer in answers
        if answer.ask not in _OURS and answer.status is not None and answer.status >= 400
        for wait in _waits(answer.headers, answer.at)
    ]
    return max(wishes, default=None)


def wish_of(headers: Headers, at: datetime) -> timedelta | None:
    """Return how long after ``at`` one response wants its site to be left alone, or None."""
    return max(_waits(headers, at), default=None)


def _waits(headers: Headers, at: datetime) -> Iterable[timedelta]:
    for value in _values(headers, "retry-after"):
        if _SECONDS.fullmatch(value):
            yield timedelta(seconds=int(value))
        elif (until := _date(value)) is not None:
            told = [_date(date) for date in _values(headers, "date")]
            yield until - (next(filter(None, told), None) or at)


def _values(headers: Headers, name: str) -> Iterable[str]:
    return (value.strip() for key, value in headers if key.lower() == name)


def _date(text: str) -> datetime | None:
    """Return an HTTP date of any of its three forms; one without a zone is GMT."""
    if len(text) > _LONGEST_DATE:
        return None
    try:
        read = parsedate_to_datetime(text)
        return read.replace(tzinfo=UTC) if read.tzinfo is None else read.astimezone(UTC)
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
