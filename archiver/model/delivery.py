"""Telling people: what is to be told to whom, and how that went."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class DeliveryState(StrEnum):
    """Where a delivery stands."""

    HELD = "held"
    """Its rule wants to see it in more looks."""
    PENDING = "pending"
    """To be told when its time comes: now, with the next digest, or at the next try."""
    SENT = "sent"
    ACKNOWLEDGED = "acknowledged"
    DROPPED = "dropped"
    """What it would have told no longer held when its rule was fulfilled."""
    FAILED = "failed"
    """The notifier refused it for good, or as often as the settings allow."""


@dataclass(frozen=True, slots=True)
class Delivery:
    """One event to be told to one notifier; told at least once, under the same ``key``.

    ``message_id`` joins the deliveries that go out in one message; it is set before the message is
    sent, so that one sent again after a crash is the same message. ``repetition`` counts how often
    it was told before; the key is another for each. ``tried_since`` is when the first try of this
    repetition began, or would have begun had its notifier not stopped, or been named. What was
    acknowledged while it waited to be told for the first time is told, and ``ACKNOWLEDGED`` from
    then on.
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
    repetition: int = 0
    tried_since: datetime | None = None

    @property
    def is_open(self) -> bool:
        """Whether it waits to be told for the first time."""
        waits = self.state in (DeliveryState.HELD, DeliveryState.PENDING)
        return waits and self.sent_at is None

    @property
    def is_begun(self) -> bool:
        """Whether a message with it was begun, and not noted as sent."""
        return self.state is DeliveryState.PENDING and self.message_id is not None

    @property
    def may_have_been_told(self) -> bool:
        """Whether a message with it was sent, or begun and never noted as sent."""
        return self.sent_at is not None or self.message_id is not None

    @property
    def was_told(self) -> bool:
        """Whether it is certain that the notifier, or a person, knows of it."""
        return self.sent_at is not None or self.state is DeliveryState.ACKNOWLEDGED
