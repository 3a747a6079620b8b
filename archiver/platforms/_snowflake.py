"""The time inside an X status ID.

Source: X's snowflake scheme; vectors and the bound of sequential IDs from recorded data
(oduwsdl/tweetedat, apricot-cake/hologram), read 2026-11-22.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

_EPOCH_MS = 1288834974657  # ms since 1970: 2010-11-04 01:42:54.657 UTC
_SHIFT = 22  # bits below the time: machine and sequence
_LAST_SEQUENTIAL = 40_000_000_000  # IDs up to here were counted, and hold no time
_LAST_ID = 2**63 - 1  # IDs are signed 64-bit
_DAY_MS = 86_400_000
_UNIX = datetime(1970, 1, 1, tzinfo=UTC)


def posted_at(status_id: str) -> datetime | None:
    """Return when a status was posted, aware UTC, to the millisecond.

    None for the sequential IDs from before 4 November 2010, and for what is no status ID.
    """
    if not (status_id.isascii() and status_id.isdigit() and len(status_id) <= 19):
        return None
    number = int(status_id)
    if not _LAST_SEQUENTIAL < number <= _LAST_ID:
        return None
    return _UNIX + timedelta(milliseconds=(number >> _SHIFT) + _EPOCH_MS)


def day_of(status_id: str) -> date | None:
    """Return the UTC day of a status, which is the day X's embeds print; None as above."""
    at = posted_at(status_id)
    return at.date() if at else None


def first_id(day: date) -> int | None:
    """Return the lowest ID a status of that UTC day can have; None before the scheme began."""
    start = _start_ms(day)
    if start + _DAY_MS <= _EPOCH_MS:
        return None
    return max((start - _EPOCH_MS) << _SHIFT, _LAST_SEQUENTIAL + 1)


def last_id(day: date) -> int | None:
    """Return the highest ID a status of that UTC day can have; None before the scheme began."""
    end = _start_ms(day) + _DAY_MS
    return None if end <= _EPOCH_MS else ((end - _EPOCH_MS) << _SHIFT) - 1


def _start_ms(day: date) -> int:
    return (day - _UNIX.date()).days * _DAY_MS
