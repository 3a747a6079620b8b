"""How an outside service stands that may be down, full or closed to us."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class ServiceState:
    """An outside archive (``archive:wayback``) or a log-in (``account:x``), as we know it.

    It is left alone until ``paused_until``; ``is_paused`` without that time waits for a person.
    ``failures`` counts failures in a row; ``reason`` is one sentence for a person. The feed of all
    (``feed:all``) has the name there that it was given first, and the reading of all files
    (``scrub:artifacts``) the place in a table that it came to.
    """

    name: str
    changed_at: datetime
    is_paused: bool = False
    paused_until: datetime | None = None
    failures: int = 0
    reason: str | None = None

    def is_open(self, now: datetime) -> bool:
        """Tell whether it may be asked now."""
        return not self.is_paused or (self.paused_until is not None and self.paused_until <= now)
