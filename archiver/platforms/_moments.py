"""Times as platforms write them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

_UNIX = datetime(1970, 1, 1, tzinfo=UTC)
_MAX_S = 4_102_444_800  # the year 2100; later ones are no time of a post


def moment(value: str | None) -> datetime | None:
    """Return a time in ISO 8601 as aware UTC; None for what has no zone or is no time."""
    try:
        at = datetime.fromisoformat(value) if value else None
        return at.astimezone(UTC) if at is not None and at.tzinfo is not None else None
    except (ValueError, OverflowError):
        return None


def moment_of_unix(seconds: object) -> datetime | None:
    """Return a Unix time in seconds as aware UTC; None for what is no plausible one."""
    if isinstance(seconds, bool) or not isinstance(seconds, int | float):
        return None
    return _UNIX + timedelta(seconds=seconds) if 0 < seconds < _MAX_S else None


def moment_of_micros(micros: int) -> datetime | None:
    """Return a Unix time in microseconds as aware UTC; None for what is no plausible one."""
    return _UNIX + timedelta(microseconds=micros) if 0 < micros < _MAX_S * 1_000_000 else None
