"""What the guard decided, and what a passage used."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class Ruling(StrEnum):
    """How one request to the guard ended."""

    ALLOWED = "allowed"
    """The pinned address was dialled and answered."""
    DENIED = "denied"
    """A rule or a limit of ours; nothing was dialled."""
    FAILED = "failed"
    """The name did not resolve, or nothing answered at its addresses."""


@dataclass(frozen=True, slots=True)
class Decision:
    """One line of a passage's log.

    ``reason`` starts with a fixed word and a colon when it has detail: ``address``, ``name``,
    ``port``, ``target``, ``guard``, ``background``, ``limit`` (denied); ``no-host``,
    ``resolver``, ``unreachable``, ``timeout``, ``upstream`` (failed). ``ip`` is the address
    dialled, ``mapped`` tells that the operator's host map chose it, ``pinned`` is false when an
    upstream proxy resolves the name. ``method`` is CONNECT or that of the forwarded request.
    ``background`` marks the browser's own calls, which are no doing of the page.
    """

    at: datetime
    host: str
    port: int
    verdict: Ruling
    reason: str
    method: str
    ip: str | None = None
    mapped: bool = False
    background: bool = False
    pinned: bool = True


@dataclass(frozen=True, slots=True)
class Usage:
    """What a passage used since it was started. Bytes as relayed, seconds of wall time."""

    bytes_in: int = 0
    bytes_out: int = 0
    connections: int = 0
    seconds: float = 0.0


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a request was not carried out, and the HTTP status its client gets."""

    verdict: Ruling
    reason: str
    status: int
    background: bool = False
