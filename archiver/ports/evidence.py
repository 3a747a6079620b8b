"""What was seen and kept: looks, captures, mementos, pins."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from archiver.model.capture import (
    Capture,
    HeldPayload,
    WarcRecord,
)
from archiver.model.inquiry import PageText
from archiver.model.memento import Memento, Push
from archiver.model.observation import Glimpse, Observation
from archiver.model.seen import Seen
from archiver.model.signals import Signal
from archiver.model.verdict import AsCited, Event, Verdict
from archiver.ports.follow import Claim


@dataclass(frozen=True, slots=True)
class Digest:
    """What is kept of a look beside the look itself, so that judging need not read its texts.

    ``ended_at`` is the place where a redirect ended, None at its own address. ``author`` names the
    account behind a post (``x:44196397``), where the look told it.
    """

    seen: Seen
    ended_at: str | None = None
    author: str | None = None


@dataclass(frozen=True, slots=True)
class Known:
    """What is known of a source before a look: ``seen`` are the digests of all looks, oldest first.

    ``shown`` is the newest observation that showed it, ``verdict`` the newest one.
    """

    seen: Sequence[Seen] = ()
    shown: Observation | None = None
    verdict: Verdict | None = None


@dataclass(frozen=True, slots=True)
class Holding:
    """What the captures of a source that have files come to.

    ``has_accepted`` tells whether one of them was accepted. ``observation_id`` is the look of the
    newest one, if it has one, ``signal`` and ``fingerprint`` what that look showed. ``has_crashed``
    tells that the browser of the newest one broke down before there was a picture.
    """

    has_accepted: bool
    observation_id: str | None
    signal: Signal | None
    fingerprint: str | None
    has_crashed: bool = False


@dataclass(frozen=True, slots=True)
class Judged:
    """What the findings of a source's citations were judged from.

    ``observation_id`` is the newest look there was at the source, None without one, ``told`` the
    newest event of the finding. ``claim`` is the right to the source, where whoever judged has it
    still.
    """

    observation_id: str | None
    told: str | None = None
    claim: Claim | None = None


class Looks(Protocol):
    """Observations and what was judged of them; append-only."""

    async def keep(
        self,
        claim: Claim,
        observation: Observation,
        verdict: Verdict,
        events: Sequence[Event],
        due_at: datetime | None,
        digest: Digest | None = None,
    ) -> None:
        """Commit one look, its verdict, its events and the next due time in one transaction.

        ``digest`` is kept with them; the author it names becomes the source's. The look is
        written on the claim's job. A look that nobody queued serves a job that waits for one at
        this source, unless somebody asked for it.

        Raises:
            ClaimError: the claim was lost, or its job has a look already; nothing was stored.
        """

    async def of(self, source_id: str, newest: int | None = None) -> list[Observation]:
        """Return observations of a source whole, oldest first: all, or so many of the newest.

        There may be a thousand: what needs no texts asks for glimpses.
        """

    async def glimpses(self, source_id: str) -> list[Glimpse]:
        """Return every look at a source in a line, oldest first; none of its texts is read."""

    async def observation(self, observation_id: str) -> Observation:
        """Return one observation.

        Raises:
            NotFoundError: there is none.
        """

    async def shown(self, source_id: str) -> Observation | None:
        """Return the newest observation that showed the source, or None."""

    async def verdict(self, source_id: str) -> Verdict | None:
        """Return the newest verdict, or None before the first look."""

    async def verdicts(self, source_ids: Sequence[str]) -> Mapping[str, Verdict]:
        """Return the newest verdicts of several sources in one go; one without is left out."""

    async def note(self, events: Sequence[Event], judged: Judged | None = None) -> bool:
        """Append events of findings; false when they were overtaken, and none was appended.

        They are overtaken when there is a newer look at the source than the one ``judged`` from,
        when the citation has another source, or when its newest event does not say what the new
        one has as ``before``. Whoever looked or told later judges anew. Without ``judged``
        nothing is compared.

        Raises:
            ClaimError: the claim was lost; nothing was stored.
        """

    async def events(
        self, *, source_id: str | None = None, citation_id: str | None = None
    ) -> list[Event]:
        """Return events, oldest first, of everything or of one source or citation."""


class Features(Protocol):
    """What judging needs of looks: small digests, and what happens to others of a host."""

    async def of(self, source_id: str) -> list[Seen]:
        """Return the digest of every look at a source, oldest first.

        Where several extractors read a look, the one that read it last counts.
        """

    async def known(self, source_id: str) -> Known:
        """Return all that is known of a source before a look at it, in one go."""

    async def several(self, source_ids: Sequence[str]) -> Mapping[str, list[Seen]]:
        """Return the same of several sources in one go, by ID; one without looks is left out."""

    async def turned_bad(
        self, hosts: Sequence[str], since: datetime, until: datetime
    ) -> Mapping[str, Mapping[str, datetime]]:
        """Return when addresses of hosts turned absent within a time: by host, by source ID."""

    async def ending_at(self, host: str, place: str, but: str) -> int:
        """Count the sources of a host, but one, of which a redirect ended at a place."""

    async def page(self, observation_id: str, extractor: str) -> PageText | None:
        """Return the page of a look as an extractor read it again, or None when it did not."""

    async def outdated(self, extractor: str, limit: int) -> list[Observation]:
        """Return pinned looks at pages that this extractor did not read yet, oldest first."""

    async def keep(
        self, observation: Observation, digest: Digest, extractor: str, page: PageText | None
    ) -> None:
        """Append the digest of a look as another extractor reads it, with the text it read.

        Without a page that extractor has nothing to read of it, and is not asked again.
        """


class Captures(Protocol):
    """Captures and the index of their WARC records."""

    async def keep(self, claim: Claim, capture: Capture, records: Sequence[WarcRecord]) -> None:
        """Commit a capture whose files are published already; this is the acknowledgement.

        Raises:
            ClaimError: the claim was lost; nothing was stored.
            GivenUpError: its files were on their way for too long; nothing was stored.
        """

    async def of(self, source_id: str) -> list[Capture]:
        """Return all captures of a source, oldest first."""

    async def holding(self, source_id: str) -> Holding | None:
        """Return what the captures of a source with files come to, or None without any."""

    async def capture(self, capture_id: str) -> Capture:
        """Return one capture.

        Raises:
            NotFoundError: there is none.
        """

    async def record_of(self, capture: Capture) -> WarcRecord | None:
        """Return the WARC record that holds a capture's main document, or None.

        The answer at its last address, else at the one asked for.
        """

    async def held(self, source_id: str) -> dict[str, HeldPayload]:
        """Return the payloads that accepted captures of the source hold in full, by digest.

        Only ``response`` records with a status of 200 and a payload count; never a revisit, so
        that every revisit has depth 1. Of very many, those that were kept last.
        """


class Mementos(Protocol):
    """What outside archives hold of our sources; append-only."""

    async def keep(self, memento: Memento) -> None:
        """Append one; the same archive, address and time twice is kept once."""

    async def of(self, source_id: str) -> list[Memento]:
        """Return all mementos of a source, oldest capture first."""

    async def memento(self, memento_id: str) -> Memento:
        """Return one memento.

        Raises:
            NotFoundError: there is none.
        """


class Pushes(Protocol):
    """Addresses to be saved by outside archives."""

    async def add(self, push: Push) -> None:
        """Add one; a capture that waits for, or was taken by, the archive already adds none."""

    async def due(self, at: datetime, limit: int) -> list[Push]:
        """Return pushes that wait or were sent and whose ``next_try_at`` has come."""

    async def keep(self, push: Push) -> None:
        """Bring a push's row up to date."""

    async def of(self, source_id: str) -> list[Push]:
        """Return the pushes of a source, oldest first."""


class Pins(Protocol):
    """What stands for a source as an article relied on it; append-only."""

    async def pin(self, citation_id: str, as_cited: AsCited, by: str, at: datetime) -> None:
        """Add a pin; the newest one counts, the older ones are history."""

    async def move(
        self, citation_id: str, as_cited: AsCited, by: str, at: datetime, *, read: AsCited | None
    ) -> bool:
        """Add a pin while the newest one is the one that was ``read``; false when it is not."""

    async def newest(self, citation_id: str) -> AsCited | None:
        """Return the pin that counts, or None."""

    async def history(self, citation_id: str) -> list[tuple[datetime, str, AsCited]]:
        """Return (when, by whom, pin), oldest first."""
