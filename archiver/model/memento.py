"""What an outside archive holds of a source: another's capture, never passed off as ours."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from archiver.model.inquiry import Reading
from archiver.model.observation import KeptAnswer


@dataclass(frozen=True, slots=True)
class Memento:
    """An outside archive's capture of a source, as we imported it; never edited.

    ``archive`` is the archive's name (``wayback``), ``url`` the address of the capture there,
    ``original`` the address it says it captured, ``at`` when it says it did. ``fetched_at`` is
    when we took it over. ``reading`` is what its bytes show; ``answers`` are the archive's
    answers, so that index, headers (Memento-Datetime, Link) and body stay provable.
    """

    id: str
    source_id: str
    archive: str
    url: str
    original: str
    at: datetime
    fetched_at: datetime
    reading: Reading
    answers: tuple[KeptAnswer, ...]
    note: str | None = None


class PushState(StrEnum):
    """How far handing an address on to an outside archive has come."""

    WAITING = "waiting"
    SENT = "sent"
    """The archive took the order and works on it."""
    DONE = "done"
    REFUSED = "refused"
    """The archive will not take it; ``note`` says why."""


@dataclass(frozen=True, slots=True)
class Push:
    """One address to be saved by an outside archive, because we took a good capture of it.

    ``job`` is the archive's own name of the order, ``memento_url`` what came of it.
    """

    id: str
    source_id: str
    capture_id: str
    archive: str
    url: str
    state: PushState
    added_at: datetime
    next_try_at: datetime | None
    tries: int = 0
    job: str | None = None
    memento_url: str | None = None
    note: str | None = None
