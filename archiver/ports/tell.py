"""Telling people what changed, and keeping the record of who did what to evidence."""

from __future__ import annotations

from collections.abc import Collection, Sequence, Set
from datetime import datetime, timedelta
from typing import Protocol

from archiver.model.custody import CustodyEntry
from archiver.model.delivery import Delivery
from archiver.model.verdict import Event
from archiver.ports.follow import Claim


class Deliveries(Protocol):
    """Who is told of what. Every event's outbox row is written in the event's own transaction."""

    async def untold(self, limit: int) -> list[Event]:
        """Return events whose outbox row waits, oldest first."""

    async def plan(self, event_id: str, deliveries: Sequence[Delivery]) -> None:
        """Clear an event's outbox row and add its deliveries, in one transaction.

        The same event for the same notifier twice is kept once.
        """

    async def due(self, at: datetime, limit: int) -> list[Delivery]:
        """Return pending and held deliveries whose ``next_try_at`` has come, oldest first."""

    async def claim(self, ids: Sequence[str], worker: str, lease: timedelta) -> list[str]:
        """Take deliveries to send; return those nobody else is sending."""

    async def keep(self, delivery: Delivery) -> None:
        """Bring a delivery's row up to date; its claim ends."""

    async def delivery(self, name: str) -> Delivery:
        """Return one delivery.

        Raises:
            NotFoundError: there is none.
        """

    async def of_event(self, event_id: str) -> list[Delivery]:
        """Return the deliveries of an event, oldest first."""

    async def newest(self, limit: int) -> list[Delivery]:
        """Return the newest deliveries, newest first."""

    async def acknowledge(self, event_id: str, by: str, at: datetime) -> int:
        """Acknowledge an event: its deliveries are not repeated; return how many there were."""


class Custody(Protocol):
    """The record of acts on evidence; append-only."""

    async def keep(self, entry: CustodyEntry) -> None:
        """Append an entry."""

    async def all(self) -> list[CustodyEntry]:
        """Return every entry, oldest first."""

    async def of(self, source_id: str) -> list[CustodyEntry]:
        """Return the entries of a source, oldest first."""

    async def of_article(self, article_id: str) -> list[CustodyEntry]:
        """Return the entries of an article, oldest first."""

    async def holds(self) -> list[CustodyEntry]:
        """Return the holds that were not released, oldest first."""

    async def held(self) -> Sequence[str]:
        """Return the IDs of sources under a hold, their own or that of an article citing them."""

    async def holding(self, source_id: str) -> list[CustodyEntry]:
        """Return the holds that a source is under: its own, and those of articles that cite it."""

    async def take_down(
        self, entry: CustodyEntry, claim: Claim | None, *, keep_watching: bool
    ) -> CustodyEntry:
        """Empty all content of the entry's source and article, and append the entry, at once.

        Returns the entry as kept: its detail lists the ``captures`` and ``blobs`` whose files are
        to be removed. Without ``keep_watching`` nothing of it is looked at again.

        Raises:
            InputError: a hold is on it.
            ClaimError: another worker took the source over; nothing was changed.
        """

    async def watch_again(self, entry: CustodyEntry) -> None:
        """Let a source that was taken down be looked at again from now on; append the entry."""

    async def rested_on(self, digests: Collection[str]) -> Set[str]:
        """Return those of some bodies that anything still rests on."""
