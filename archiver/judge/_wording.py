"""Dates and spans of time as a person would say them in a reason."""

from __future__ import annotations

from datetime import date, timedelta

_DAY = timedelta(days=1)
_UNITS = ((365.25, "year"), (30.44, "month"), (1.0, "day"))  # days; a mean year and month


def on_day(at: date) -> str:
    """Return ``11 January 2020`` for a date or an aware UTC time."""
    return f"{at.day} {at:%B} {at.year}"


def span(duration: timedelta) -> str:
    """Return the length in its largest whole unit: ``6 years``, ``3 days``, ``less than a day``."""
    days = abs(duration) / _DAY
    for size, unit in _UNITS:
        count = int(days // size)
        if count >= 1:
            return f"{count} {unit}" if count == 1 else f"{count} {unit}s"
    return "less than a day"
