"""Durations as people type them."""

from __future__ import annotations

import re
from datetime import timedelta

from archiver.errors import InputError

LONGEST = timedelta(days=3650)  # what is longer leads to dates that there are not
UNITS = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days", "w": "weeks"}


def duration(text: str) -> timedelta:
    """Return the duration of ``90s``, ``15m``, ``1h``, ``2d`` or ``1w``.

    Raises:
        InputError: it is none of these, or longer than ten years.
    """
    match = re.fullmatch(r"(\d{1,6})([smhdw])", text.strip().lower())
    if match is None:
        message = f"{text!r} is no duration; write 90s, 15m, 1h, 2d or 1w"
        raise InputError(message)
    length = timedelta(**{UNITS[match[2]]: int(match[1])})
    if length > LONGEST:
        message = f"{text!r} is too long; ten years (3650d) are the most"
        raise InputError(message)
    return length
