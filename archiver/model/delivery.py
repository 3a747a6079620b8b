"""Telling people: what is to be told to whom, and how that went."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class DeliveryState(StrEnum):
    """Where a delivery stands."""

    HELD = "held"
    """Its rule wants to see it in more looks, or in the next digest."""
    PENDING = "pending"
    SENT = "sent"
    ACKNOWLEDGED = "acknowledged"
    DROPPED = "dropped"
    """What it would have told no longer held when its rule was fulfilled."""
    FAILED = "failed"
    """The notifier refused it for good, or as often as the settings allow."""


@dataclass(frozen=True, slots=True)
class Delivery:
    """One event to be told to one notifier; told at least once, under the same ``key``.

    ``message_id`` joins the deliveries that went out in one message (a digest).
    """

    id: str
    event_id: str
    notifier: str
    state: DeliveryState
    key: str
    added_at: datetime
    next_try_at: datetime | None
    tries: int = 0
    sent_at: datetime | None = None
    acknowledged_at: datetime | None = None
    acknowledged_by: str | None = None
    message_id: str | None = None
    note: str | None = None
