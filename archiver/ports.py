"""What the flow needs of the outside, in the product's words.

Every implementation of a port, real or double, passes the same contract suite
(``tests/contract``).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from archiver.model.article import Article, ArticleText, ArticleVersion
from archiver.model.attempt import Attempt
from archiver.model.capture import (
    Artifact,
    ArtifactKind,
    Capture,
    HeldPayload,
    Recording,
    WarcRecord,
)
from archiver.model.citation import Citation, FoundCitation
from archiver.model.feed import ExpectedArticle, Feed
from archiver.model.inquiry import Answer, Exchange, PageText, Question
from archiver.model.memento import Memento, Push
from archiver.model.observation import KeptAnswer, Observation
from archiver.model.post import Medium
from archiver.model.seen import Seen
from archiver.model.service import ServiceState
from archiver.model.source import Source, SourceRef
from archiver.model.verdict import AsCited, Event, Verdict


class Clock(Protocol):
    """The only place the time of day comes from."""

    def now(self) -> datetime:
        """Return the time, aware UTC."""

    async def sleep(self, duration: timedelta) -> None:
        """Come back when that much time has passed on this clock."""


class Fetcher(Protocol):
    """Carries a platform's questions out. It never raises for what the outside does."""

    async def ask(self, question: Question) -> Answer:
        """Ask once and return what came back, a failure included."""


@dataclass(frozen=True, slots=True)
class CaptureOrder:
    """What to record. ``staging`` is an empty directory of this capture alone.

    ``page_url`` is rendered in the browser; None when the exchanges are the whole capture.
    ``exchanges`` were made by the client already and go into the WARC as they are; ``media`` are
    still to be fetched, byte for byte, by the first of their addresses that answers. ``held`` are
    payloads by digest that earlier captures of the source hold in full; a sub-resource among them
    becomes a revisit.
    """

    capture_id: str
    staging: str
    url: str
    page_url: str | None
    exchanges: tuple[Exchange, ...]
    media: tuple[Medium, ...]
    held: Mapping[str, HeldPayload]


class Recorder(Protocol):
    """Makes one recording; a page's failure is an outcome, not an error."""

    async def record(self, order: CaptureOrder) -> Recording:
        """Record and leave complete, fsynced ``.part``-free files in ``order.staging``.

        Raises:
            CaptureError: the browser could not be started at all.
        """


class Logins(Protocol):
    """The operator's log-ins, by platform."""

    def __contains__(self, platform: object) -> bool:
        """Tell whether there is one for a platform, used or not."""

    async def use(self, platform: str, *, is_open: bool) -> str | None:
        """Let one be used from now on, or not; return why it cannot be, if it should be."""

    def is_used(self, platform: str) -> bool:
        """Tell whether one is used now."""

    def goes_to(self, platform: str, url: str) -> bool:
        """Tell whether one is used now and goes along to that address."""


class Files(Protocol):
    """Files under the home directory; nothing is ever overwritten or deleted."""

    async def stage(self, capture_id: str) -> str:
        """Make and return the absolute path of an empty staging directory."""

    async def add(
        self, capture_id: str, kind: ArtifactKind, name: str, body: bytes, media_type: str
    ) -> Artifact:
        """Write one more file into a staging directory and describe it; ``name`` is ours."""

    async def publish(self, capture_id: str, artifacts: Sequence[Artifact]) -> tuple[Artifact, ...]:
        """Move a staging directory to its lasting place, durably; return final relative paths.

        Artifacts come with paths relative to the staging directory. The files are fsynced, then
        the directory is renamed and its parent fsynced, before this returns.

        Raises:
            StoreError: the disk refused; the staging directory is left for the sweep.
        """

    async def quarantine(self, capture_id: str) -> None:
        """Set a finished capture aside whose row was never committed; never deletes it."""

    async def keep_blob(self, body: bytes) -> str:
        """Store bytes once by their SHA-256, durably, and return the hex digest."""

    async def blob(self, sha256: str) -> bytes:
        """Return a blob's bytes.

        Raises:
            StoreError: it is not there, or its bytes no longer match its name.
        """

    def absolute(self, path: str) -> str:
        """Return the absolute path of a path relative to the home directory."""


@dataclass(frozen=True, slots=True)
class Claim:
    """The right to look at one source, until the lease ends. ``fence`` grows with every claim."""

    source_id: str
    worker: str
    fence: int


class Claims(Protocol):
    """Who may look at a source now. Times are the database's own clock."""

    async def claim(self, source_id: str, worker: str, lease: timedelta) -> Claim | None:
        """Take the source, or return None when another worker holds a living lease."""

    async def extend(self, claim: Claim, lease: timedelta) -> bool:
        """Prolong the lease; false when it was lost."""

    async def standing(self) -> list[Claim]:
        """Return every claim that was not given back, whether its lease lives or not."""

    async def release(self, claim: Claim) -> None:
        """Give the source back; nothing happens when the claim was lost already."""


@dataclass(frozen=True, slots=True)
class KeptArticle:
    """What keeping an article came to. ``is_new_version`` is false when the text was known."""

    article: Article
    version: ArticleVersion
    citations: tuple[Citation, ...]
    is_new_version: bool


class Articles(Protocol):
    """Articles, their versions and citations."""

    async def keep(
        self,
        text: ArticleText,
        found: Sequence[FoundCitation],
        own: SourceRef | None,
        at: datetime,
        article_id: str | None = None,
    ) -> KeptArticle:
        """Store an article with its citations, or a new version of a known one.

        Known by ``article_id`` (then its row's address stays), by its address, or by the digest of
        its text when it has none. A version is new when its main text is, white space aside.
        Sources of resolved citations, and ``own`` (the article's own address), are registered in
        the same transaction, due at once. A citation that stays keeps its ID: same source, or same
        kind and text when it has none.
        """

    async def article(self, name: str) -> Article:
        """Return an article by ID or address.

        Raises:
            NotFoundError: there is none.
        """

    async def all(self) -> list[Article]:
        """Return all articles that were not removed, oldest first."""

    async def owned(self, source_id: str) -> list[Article]:
        """Return the articles whose own address a source is, none removed."""

    async def version(self, article_id: str) -> ArticleVersion:
        """Return the newest version.

        Raises:
            NotFoundError: the article is not known, or was not read yet.
        """

    async def versions(self, article_id: str) -> list[ArticleVersion]:
        """Return all versions, oldest first; none while the article was not read."""

    async def places(self, article_id: str) -> Mapping[str, int]:
        """Return how many citations stand in each version of an article, by version ID."""

    async def citations(self, article_id: str) -> list[Citation]:
        """Return the citations of the newest version, in reading order."""

    async def citation(self, citation_id: str) -> Citation:
        """Return one citation.

        Raises:
            NotFoundError: there is none.
        """

    async def citations_of(self, source_id: str) -> list[Citation]:
        """Return every living citation of a source, in any article."""

    async def resolve(self, citation_id: str, attempt: Attempt) -> Citation:
        """Set what a citation means by an attempt, and append the attempt.

        The source it found is registered. An attempt without one keeps the citation without one.
        """

    async def unresolved(self) -> list[Citation]:
        """Return every living citation whose source is still to be looked up, oldest first.

        Those that need a look-up, and those without a source that nobody ever tried to resolve.
        """

    async def untried(self, limit: int) -> list[Citation]:
        """Return living citations that need a look-up and had none yet, oldest first."""

    async def attempts(self, citation_id: str) -> list[Attempt]:
        """Return every attempt to find out what a citation means, oldest first."""

    async def expect(self, articles: Sequence[ExpectedArticle], at: datetime) -> list[Article]:
        """Register articles by address, due to be read at once; return those that were new.

        One transaction for all of them. An article that is known stays as it is.
        """

    async def due(self, at: datetime, limit: int) -> list[Article]:
        """Return articles whose ``read_due_at`` has come, longest due first, none removed."""

    async def postpone(self, article_id: str, due_at: datetime | None, note: str | None) -> None:
        """Set when an article is read next, and why it was not read now; None is never."""

    async def remove(self, article_id: str, at: datetime) -> None:
        """Stop following an article: its row becomes a tombstone, evidence stays."""


class Sources(Protocol):
    """The cited things, and when each is to be looked at next."""

    async def register(self, ref: SourceRef, posted_at: datetime | None, at: datetime) -> Source:
        """Return the source of that identity, stored and due at once if it was not known."""

    async def date(self, posted: Mapping[str, datetime]) -> None:
        """Say when sources (by name) were published, where that is not known yet."""

    async def several(self, source_ids: Sequence[str]) -> list[Source]:
        """Return sources by ID, in the order given, in one go; unknown ones are left out."""

    async def source(self, name: str) -> Source:
        """Return a source by ID or name (``x:1214…``).

        Raises:
            NotFoundError: there is none.
        """

    async def all(self) -> list[Source]:
        """Return all sources that were not removed, oldest first."""

    async def due(self, at: datetime, limit: int) -> list[Source]:
        """Return sources to look at, longest due first: not paused, removed or claimed."""

    async def schedule(self, source_id: str, due_at: datetime | None) -> None:
        """Set when the source is looked at next."""

    async def author(self, source_id: str) -> str | None:
        """Return the account behind a source (``x:44196397``), as far as any look told it."""

    async def of_author(self, author: str) -> list[Source]:
        """Return the sources of an account (``x:44196397``) that are followed and not paused."""

    async def hold_host(self, host: str, until: datetime) -> None:
        """Put off the sources of a host that are due before a time until then; none is claimed."""

    async def busy(self, host: str, since: datetime, until: datetime) -> list[datetime]:
        """Return when sources of a host are due within a time, soonest first."""

    async def pause(self, source_id: str, *, paused: bool) -> None:
        """Stop looking by itself, or go on."""

    async def remove(self, source_id: str, at: datetime) -> None:
        """Stop following a source: a tombstone, evidence stays."""


@dataclass(frozen=True, slots=True)
class Digest:
    """What is kept of a look beside the look itself, so that judging need not read its texts.

    ``ended_at`` is the place where a redirect ended, None at its own address. ``author`` names the
    account behind a post (``x:44196397``), where the look told it.
    """

    seen: Seen
    ended_at: str | None = None
    author: str | None = None


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

        ``digest`` is kept with them; the author it names becomes the source's.

        Raises:
            ClaimError: the claim was lost; nothing was stored.
        """

    async def of(self, source_id: str) -> list[Observation]:
        """Return all observations of a source, oldest first."""

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

    async def note(self, events: Sequence[Event]) -> None:
        """Append events of findings."""

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
        """

    async def of(self, source_id: str) -> list[Capture]:
        """Return all captures of a source, oldest first."""

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
        that every revisit has depth 1.
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


class Services(Protocol):
    """How outside archives and log-ins stand."""

    async def state(self, name: str) -> ServiceState | None:
        """Return the state of one, or None while nothing was ever noted of it."""

    async def keep(self, state: ServiceState) -> None:
        """Set the state of one."""

    async def all(self) -> list[ServiceState]:
        """Return the state of all that have one, by name."""


class Feeds(Protocol):
    """Feeds and sitemaps that are followed."""

    async def follow(
        self, url: str, at: datetime, *, every: timedelta | None = None, from_now: bool = False
    ) -> Feed:
        """Follow a feed, due at once; a known one is returned, a removed one followed again.

        ``every``, when given, counts from now on also for a known one. ``from_now`` counts for a
        feed that is new or followed again.
        """

    async def all(self) -> list[Feed]:
        """Return all feeds that were not removed, oldest first."""

    async def due(self, at: datetime, limit: int) -> list[Feed]:
        """Return feeds to look at, longest due first."""

    async def looked(
        self, feed: Feed, announced: Sequence[ExpectedArticle], at: datetime
    ) -> list[Article]:
        """Keep a feed's new state and expect what it announces, in one transaction.

        Returns the articles that were new. What a feed announced once is not new again, removed
        or not. While the feed as stored is ``from_now``, what it announces is noted alone.
        """

    async def remove(self, feed_id: str, at: datetime) -> None:
        """Stop following a feed; its articles stay.

        Raises:
            NotFoundError: there is none.
        """


class Siblings(Protocol):
    """What sites answered, by host and directory, when asked for a made-up name."""

    async def keep(self, host: str, directory: str, answer: KeptAnswer) -> None:
        """Set what a directory answered last."""

    async def newest(self, host: str, directory: str) -> KeptAnswer | None:
        """Return what a directory answered last, or None when it was never asked."""


class Pins(Protocol):
    """What stands for a source as an article relied on it; append-only."""

    async def pin(self, citation_id: str, as_cited: AsCited, by: str, at: datetime) -> None:
        """Add a pin; the newest one counts, the older ones are history."""

    async def newest(self, citation_id: str) -> AsCited | None:
        """Return the pin that counts, or None."""

    async def history(self, citation_id: str) -> list[tuple[datetime, str, AsCited]]:
        """Return (when, by whom, pin), oldest first."""


class Store(Protocol):
    """The database by noun."""

    @property
    def articles(self) -> Articles:
        """Articles, versions, citations."""

    @property
    def sources(self) -> Sources:
        """The cited things."""

    @property
    def claims(self) -> Claims:
        """Who looks at what."""

    @property
    def looks(self) -> Looks:
        """Observations, verdicts, events."""

    @property
    def features(self) -> Features:
        """What judging needs of looks."""

    @property
    def captures(self) -> Captures:
        """Captures and their records."""

    @property
    def pins(self) -> Pins:
        """What was relied on."""

    @property
    def mementos(self) -> Mementos:
        """What outside archives hold."""

    @property
    def pushes(self) -> Pushes:
        """What outside archives are to save."""

    @property
    def services(self) -> Services:
        """How outside archives and log-ins stand."""

    @property
    def feeds(self) -> Feeds:
        """What announces articles."""

    @property
    def siblings(self) -> Siblings:
        """What sites answer where there is nothing."""
