"""The cited thing and its identity."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlsplit


@dataclass(frozen=True, slots=True)
class SourceRef:
    """The identity of a source: what a citation resolves to, before anything is stored.

    ``key`` is the platform's lasting identity: the numeric ID for ``x``, the canonical form of the
    address as cited for ``web``. ``url`` is the address a person would open.
    """

    platform: str
    key: str
    url: str

    @property
    def name(self) -> str:
        """The form used everywhere outside, ``x:1214…`` or ``web:https://…``."""
        return f"{self.platform}:{self.key}"

    @property
    def host(self) -> str | None:
        """The host of its address without ``www.``, None where the address has none."""
        try:
            return (urlsplit(self.url).hostname or "").removeprefix("www.") or None
        except ValueError:
            return None


@dataclass(frozen=True, slots=True)
class Source:
    """A source we keep: its identity and when it is to be looked at next.

    ``posted_at`` is when the thing was published, as far as known (a status ID says it).
    ``removed_at`` is a tombstone: the row stays, looks stop. ``taken_down_at`` is one that
    lasts: an article that cites it does not bring the looks back.
    """

    id: str
    ref: SourceRef
    added_at: datetime
    posted_at: datetime | None = None
    next_due_at: datetime | None = None
    paused: bool = False
    removed_at: datetime | None = None
    taken_down_at: datetime | None = None
