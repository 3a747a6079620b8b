"""What was done to evidence, by whom and why: an append-only record."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum


class CustodyAct(StrEnum):
    """What somebody did."""

    TAKEDOWN = "takedown"
    """Content was emptied; rows and digests stay. Its files are gone once REMOVED says so."""
    REMOVED = "removed"
    """The files of a takedown are gone, all that nothing else rests on."""
    WATCH = "watch"
    """A source that was taken down is looked at again."""
    HOLD = "hold"
    """Nothing of the source or article may be taken down or removed until it is released."""
    RELEASE = "release"
    BACKUP = "backup"
    RESTORE = "restore"


@dataclass(frozen=True, slots=True)
class CustodyEntry:
    """One act, on a source or an article; on neither when it is on everything.

    ``detail`` holds JSON values.
    """

    id: str
    act: CustodyAct
    at: datetime
    by: str
    reason: str
    source_id: str | None = None
    detail: Mapping[str, object] = field(default_factory=dict)
    article_id: str | None = None


def forbidden_by(hold: CustodyEntry) -> str:
    """Say that a hold forbids it, and how it ends."""
    on = hold.source_id or hold.article_id
    return (
        f"it is under a hold since {hold.at.date()} by {hold.by} ({hold.reason}); it ends with:"
        f" archiver hold --release {on} --reason …"
    )


WITHDRAWN = "its content was withdrawn"


def withdrawn_by(takedown: CustodyEntry) -> str:
    """Say that content was withdrawn, when and why."""
    return f"{WITHDRAWN} on {takedown.at.date()} ({takedown.reason})"
