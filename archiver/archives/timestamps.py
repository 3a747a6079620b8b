"""The fourteen digits by which archives tell the time of a capture, in UTC."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta

FORM = "%Y%m%d%H%M%S"


def read_timestamp(digits: str) -> datetime | None:
    """Return the moment, aware UTC, or None when the digits are none (a month 00 was recorded)."""
    if not (len(digits) == 14 and digits.isascii() and digits.isdigit()):
        return None
    try:
        return datetime.strptime(digits, FORM).replace(tzinfo=UTC)
    except ValueError:
        return None


def write_timestamp(at: datetime) -> str:
    """Return the fourteen digits of an aware moment."""
    return f"{at.astimezone(UTC):{FORM}}"


def noon_of(day: date) -> datetime:
    """Return the middle of a UTC day: what "near that day" is measured from."""
    return datetime.combine(day, time(12), UTC)


def distance(at: datetime, day: date | None) -> timedelta:
    """Return how far a moment is from a day; nothing, when no day is known."""
    return abs(at - noon_of(day)) if day is not None else timedelta()
