"""What a section of the settings is made of."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field

Seconds = Annotated[float, Field(le=315_360_000)]
Hours = Annotated[float, Field(le=87_600)]
Days = Annotated[float, Field(le=3_650)]
"""Durations of ten years at most: added to today they are a date, and doubled often still one."""
Patience = Annotated[float, Field(le=86_400)]
"""Seconds that one thing is waited for, a day at most: Chromium's driver counts milliseconds in 32
bits, and takes what is more for none. Source: https://nodejs.org/api/timers.html, 2026-11-29."""
LEAST_S, LEAST_H, LEAST_D = 0.001, 1e-6, 1e-7
"""Of a duration that may not be nothing, a few milliseconds: durations are counted in microseconds,
and what is less than one is nothing. Source: Python's ``timedelta``, 2026-11-29."""
Every = Annotated[float, Field(ge=0.05, le=315_360_000)]
"""Seconds between two rounds of one work: oftener, they would leave no room for any other."""
Count = Annotated[int, Field(le=1_000_000)]
Mebibytes = Annotated[int, Field(le=2**30)]
"""A pebibyte at most."""


class Section(BaseModel):
    """One table of the settings: a name nobody knows is refused, a value never changes."""

    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)


def setting(default: Any, reason: str, **bounds: Any) -> Any:  # noqa: ANN401 - a field of any type
    """Return a setting with its default and its reason, which people read.

    A number has a least and a most, by its type or its bounds: what is too large, or too small for
    a time, is refused here, in words, not where it is added to a date.
    """
    return Field(default, description=reason, **bounds)
