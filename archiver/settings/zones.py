"""Time zones by name."""

from __future__ import annotations

import zoneinfo
from typing import Annotated

from pydantic import AfterValidator


def _known_zone(name: str) -> str:
    if name not in zoneinfo.available_timezones():
        message = "is no time zone of the IANA database"
        raise ValueError(message)
    return name


TimeZone = Annotated[str, AfterValidator(_known_zone)]
