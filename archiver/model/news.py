"""What there is to tell people: news of one source, and the message that carries some."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from archiver.model.verdict import Event, Severity


class Word(StrEnum):
    """What happened, in the words that rules are written in."""

    GONE = "gone"
    CHANGED = "changed"
    SUSPECT = "suspect"
    RESTRICTED = "restricted"
    MOVED = "moved"
    RESTORED = "restored"
    """It is there again, or says what was cited."""
    SETTLED = "settled"
    """A person accepted what there is, or what it was compared with is no more."""
    EDITED = "edited"
    UNREACHABLE = "unreachable"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Cited:
    """Where a source is cited: an article, and of a finding the place and the words quoted."""

    article_id: str
    title: str | None
    url: str | None
    position: int | None = None
    quoted: str = ""


@dataclass(frozen=True, slots=True)
class News:
    """One event with what a person wants to know of it.

    ``cause`` is why a source is gone or restricted, where the event or the verdict that it rests
    on says it. ``since`` and what follows are of the newest verdict, and None when that verdict
    no longer says what the event says, or something else than a verdict does: ``rule`` is the one
    that found a change then. ``looks`` is how many looks it rests on. ``capture_id`` is
    the newest accepted capture. ``withdrawn_at`` is when content of the source, or of an article
    that cites it, was last taken down; only feeds know it.
    """

    event: Event
    word: Word
    severity: Severity
    source: str | None
    url: str | None
    cited: tuple[Cited, ...] = ()
    cause: str | None = None
    since: datetime | None = None
    last_seen: datetime | None = None
    rule: str | None = None
    looks: int | None = None
    moved_to: str | None = None
    capture_id: str | None = None
    withdrawn_at: datetime | None = None

    @property
    def updated_at(self) -> datetime:
        """When what is told of it changed last: a takedown takes words out of it."""
        return max(self.event.at, self.withdrawn_at or self.event.at)


@dataclass(frozen=True, slots=True)
class Message:
    """What one notifier is sent at a time; sent again it has the same ``id``.

    ``is_test`` marks one that a person asked for and that tells nothing.
    """

    id: str
    at: datetime
    news: tuple[News, ...]
    is_test: bool = False


class Heard(StrEnum):
    """How a notifier took a message."""

    TOLD = "told"
    LATER = "later"
    """It failed in a way that may pass."""
    REFUSED = "refused"
    """It can never work as the settings are."""
    STOPPED = "stopped"
    """The notifier says that it is gone for good and wants nothing more."""


@dataclass(frozen=True, slots=True)
class Told:
    """What came of sending. ``note`` is one line for a person; ``wait_s`` what it asked us for."""

    heard: Heard
    note: str | None = None
    wait_s: float | None = None
