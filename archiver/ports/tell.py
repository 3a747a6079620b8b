"""Telling people what changed, and keeping the record of who did what to evidence."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence, Set
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from archiver.model.custody import CustodyEntry
from archiver.model.delivery import Delivery
from archiver.model.news import Message, News, Told
from archiver.model.verdict import Event
from archiver.ports.follow import Claim


@dataclass(frozen=True, slots=True)
class Plan:
    """What is to be told of one event, and what of earlier news is not to be told any more.

    ``added`` are new. ``changed`` are deliveries as they were read, each with how it is to be.
    """

    event_id: str
    added: tuple[Delivery, ...] = ()
    changed: tuple[tuple[Delivery, Delivery], ...] = ()


@dataclass(frozen=True, slots=True)
class Backlog:
    """How much waits to be told, and how long the oldest delivery has waited since it was due.

    One that failed is due since its first try, however far ahead its next one is.
    """

    waiting: int
    oldest: timedelta


class Deliveries(Protocol):
    """Who is told of what. Every event's outbox row is written in the event's own transaction.

    A claim keeps others from sending the same at the same time. It lives by the database's clock;
    every other time here is ours.
    """

    async def untold(self, limit: int) -> list[Event]:
        """Return events whose outbox row waits, oldest first."""

    async def waiting(self) -> int:
        """Return how many outbox rows wait."""

    async def backlog(self, at: datetime) -> Backlog:
        """Return what waits at a time: events not planned yet, deliveries due or tried in vain."""

    async def plan(self, plan: Plan) -> bool:
        """Clear an event's outbox row, add its deliveries and change earlier ones, all or nothing.

        False when another process planned the event, or one to be changed is no longer as it was
        read or is being sent: then nothing was done, and what still waits is to be planned anew.
        """

    async def earlier(self, event: Event) -> list[tuple[Delivery, Event]]:
        """Return the deliveries of older events about the same thing, oldest event first.

        The same thing is the citation of a finding, and the source of a verdict or an edit. What
        was before an event that says it is settled is another matter, but for that event itself.
        """

    async def hits(self, source_id: str) -> bool:
        """Whether there is a citation of which news of this source was not settled or restored."""

    async def due(self, notifier: str, at: datetime, limit: int) -> list[Delivery]:
        """Return deliveries to a notifier whose time has come and nobody is sending, oldest first.

        The time is ``next_try_at``. A message that was begun is the same message at its next try:
        when one delivery of it is due it is read whole, beyond ``limit``, too; and left out while
        somebody is at any of it.
        """

    async def due_to_others(
        self, notifiers: Collection[str], at: datetime, limit: int
    ) -> list[Delivery]:
        """Return what is due to none of some notifiers, oldest first."""

    async def waiting_for_others(self, notifiers: Collection[str]) -> Mapping[str, int]:
        """Count what waits to be told for the first time, by notifier, without some notifiers."""

    async def put_off(self, notifier: str, at: datetime, until: datetime, note: str) -> int:
        """Let what is due to a notifier wait until another time; return how many there were.

        Left out is what is held, and what somebody is sending. What was not tried waits from now
        on: see ``tried_since``.
        """

    async def make_due(self, notifier: str, at: datetime) -> int:
        """Make due what was tried in vain, or put off, to a notifier; return how many there were.

        Left as it is what waits for its own time, such as a digest's, and what somebody is sending.
        """

    async def reschedule(self, notifier: str, after: datetime, to: datetime) -> int:
        """Let what waits for a time after another wait for a new one; return how many there were.

        Only what was never tried does, and was begun in no message; what is held waits for looks.
        """

    async def claim(
        self,
        deliveries: Sequence[Delivery],
        worker: str,
        lease: timedelta,
        message_id: str | None = None,
    ) -> list[Delivery]:
        """Take deliveries to send as one message, all or none; return those that are ours now.

        Without a message they are taken to be changed alone, and stay as they are until then.
        Not to be had is what somebody else is sending, or what is no longer as it was read.
        """

    async def keep(self, deliveries: Sequence[Delivery], worker: str) -> int:
        """Bring the rows of claimed deliveries up to date, at once; the claims end.

        Returns how many that were. Left as it is stays what is claimed by us no longer, such as
        what was to be told again and was acknowledged meanwhile.
        """

    async def newest(self, limit: int) -> list[Delivery]:
        """Return the newest deliveries, newest first."""

    async def acknowledge(self, event_id: str, by: str, at: datetime) -> int:
        """Acknowledge an event: nobody is told it again; return how many deliveries there were.

        Who was not told yet is told once: whoever takes note does so for himself.
        """

    async def event(self, event_id: str) -> Event:
        """Return one event.

        Raises:
            NotFoundError: there is none.
        """

    async def looks_since(self, source_id: str, at: datetime, kinds: Collection[str]) -> int:
        """Count the looks at a source from a time on whose verdict is one of some kinds."""

    async def latest(
        self,
        limit: int,
        *,
        sources: Collection[str] | None = None,
        citations: Collection[str] = (),
    ) -> list[Event]:
        """Return the newest events, newest first: all, or those of some sources and citations.

        Of a source these are its verdicts and edits, without findings of other articles.
        """

    async def last_number(self) -> int:
        """Return the number of the event that was written last; 0 without one."""

    async def events_after(self, number: int, limit: int) -> list[tuple[int, Event]]:
        """Return events in the order they were written, those after a number, each with its own."""


class Teller(Protocol):
    """One notifier: it never raises for what the outside does."""

    async def tell(self, message: Message) -> Told:
        """Send a message once and return how that went."""

    def bytes_of(self, news: News) -> int:
        """Return how many bytes one news adds to a message, or more; nothing is sent."""


class Custody(Protocol):
    """The record of acts on evidence; append-only."""

    async def keep(self, entry: CustodyEntry) -> None:
        """Append an entry; a hold names the takedowns that were before it.

        Raises:
            InputError: the hold that a release names does not stand any more.
        """

    async def all(self) -> list[CustodyEntry]:
        """Return every entry, oldest first."""

    async def of(self, source_id: str) -> list[CustodyEntry]:
        """Return the entries of a source, oldest first."""

    async def of_article(self, article_id: str) -> list[CustodyEntry]:
        """Return the entries of an article, oldest first."""

    async def takedowns(self) -> list[tuple[int, CustodyEntry]]:
        """Return every takedown with its number, in the order they were written.

        A number is given before its takedown is committed, so one a little lower may come later.
        """

    async def takedown_count(self) -> int:
        """Return how many takedowns there are: it grows with each, whatever its number."""

    async def holds(self) -> list[CustodyEntry]:
        """Return the holds that were not released, oldest first."""

    async def held(self) -> Sequence[str]:
        """Return the IDs of sources under a hold, their own or that of an article citing them."""

    async def holding(self, source_id: str) -> list[CustodyEntry]:
        """Return the holds that a source is under: its own, and those of articles that cite it."""

    async def refuse_held(self, source_id: str | None, article_id: str | None) -> None:
        """Refuse to take a source and an article's text down while a hold forbids it.

        Raises:
            InputError: a hold is on it, or on what one of its citations means or meant.
        """

    async def take_down(
        self, entry: CustodyEntry, claim: Claim | None, *, keep_watching: bool
    ) -> CustodyEntry:
        """Empty all content of the entry's source and article, and append the entry, at once.

        Returns the entry as kept: its detail lists the ``captures`` and ``blobs`` whose files are
        to be removed. Without ``keep_watching`` nothing of it is looked at again.

        Raises:
            InputError: a hold is on it, or on what one of its citations means or meant.
            ClaimError: another worker took the source over; nothing was changed.
        """

    async def watch_again(self, entry: CustodyEntry) -> None:
        """Let a source that was taken down be looked at again from now on; append the entry."""

    async def rested_on(self, digests: Collection[str]) -> Set[str]:
        """Return those of some bodies that anything still rests on."""
