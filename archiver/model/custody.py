"""What was done to evidence, by whom and why: an append-only record."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum


class CustodyAct(StrEnum):
    """What somebody did."""

    TAKEDOWN = "takedown"
    """Content was emptied and its files removed; rows and digests stay."""
    HOLD = "hold"
    """Nothing of the source may be taken down or removed until the hold is released."""
    RELEASE = "release"
    BACKUP = "backup"
    RESTORE = "restore"


@dataclass(frozen=True, slots=True)
class CustodyEntry:
    """One act. ``source_id`` is None for acts on everything. ``detail`` holds JSON values."""

    id: str
    act: CustodyAct
    at: datetime
    by: str
    reason: str
    source_id: str | None = None
    detail: Mapping[str, object] = field(default_factory=dict)
