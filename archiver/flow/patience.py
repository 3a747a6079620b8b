"""When to ask again after asking in vain. Pure."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

from archiver.model.inquiry import Answer

CLOCK_ERROR = timedelta(hours=1)
"""Two machines on one database may differ by minutes; what lies further ahead has a wrong time."""
LONGEST_WISH = timedelta(days=7)
"""What a server may ask us to wait at most; some send years."""


def asked_to_wait(answer: Answer, now: datetime) -> timedelta:
    """Return how long a server asks us to wait, by its ``Retry-After``; zero when it does not.

    Source: RFC 9110, section 10.2.3: seconds, or a date.
    """
    wish = (answer.header("retry-after") or "").strip()
    if wish.isascii() and wish.isdigit():
        return timedelta(seconds=min(int(wish[:9]), LONGEST_WISH.total_seconds()))
    try:
        until = parsedate_to_datetime(wish)
    except ValueError:
        return timedelta(0)
    until = until if until.tzinfo is not None else until.replace(tzinfo=UTC)
    return min(max(until - now, timedelta(0)), LONGEST_WISH)


def backed_off(every: timedelta, failures: int, cap: timedelta) -> timedelta:
    """Return the time to the next try: doubled by every failure in a row, the cap at most."""
    doubled: timedelta = every * (1 << min(failures, 20))
    return max(every, min(doubled, cap))
