"""One look at a source: a fact, never edited."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from archiver.model.inquiry import Ask, Headers, Hop, Outcome, Reading
from archiver.model.signals import Signal


@dataclass(frozen=True, slots=True)
class KeptAnswer:
    """An answer as an observation keeps it: everything but the bytes, which are a blob.

    ``body_sha256`` names the blob (content coding removed); None when there was no body.
    """

    url: str
    final_url: str
    ask: Ask
    outcome: Outcome
    at: datetime
    status: int | None
    headers: Headers
    body_sha256: str | None
    body_bytes: int
    hops: tuple[Hop, ...] = ()
    ip: str | None = None
    error: str | None = None


@dataclass(frozen=True, slots=True)
class Vantage:
    """From where and with what we looked: the part of provenance that explains an answer."""

    user_agent: str
    locale: str
    time_zone: str
    software: str
    proxy: bool = False


@dataclass(frozen=True, slots=True)
class Observation:
    """Signal, reading and answers of one look. ``at`` is when it began, aware UTC."""

    id: str
    source_id: str
    at: datetime
    reading: Reading
    answers: tuple[KeptAnswer, ...]
    vantage: Vantage


@dataclass(frozen=True, slots=True)
class Glimpse:
    """A look in a line, without what was read.

    ``fingerprint`` is that of the reading, None where there is nothing to compare. ``has_page`` is
    false where it is known that no page came back.
    """

    id: str
    at: datetime
    signal: Signal
    fingerprint: str | None
    has_page: bool
