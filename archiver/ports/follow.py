"""What is followed: articles, citations, sources, feeds, and who looks at what."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from archiver.model.article import Article, ArticleText, ArticleVersion
from archiver.model.attempt import Attempt
from archiver.model.citation import Citation, FoundCitation
from archiver.model.feed import ExpectedArticle, Feed
from archiver.model.source import Source, SourceRef


@dataclass(frozen=True, slots=True)
class Claim:
    """The right to look at one source, until the lease ends. ``fence`` grows with every claim.

    ``job_id`` is the queued job it was taken for, None for a look that nobody queued.
    """

    source_id: str
    worker: str
    fence: int
    job_id: str | None = None


class Claims(Protocol):
    """Who may look at a source now. Times are the database's own clock."""

    async def claim(self, source_id: str, worker: str, lease: timedelta) -> Claim | None:
        """Take the source, or return None when another worker holds a living lease.

        Raises:
            NotFoundError: there is no such source.
            ClaimError: its content was taken down: nobody looks at it any more.
        """

    async def extend(self, claim: Claim, lease: timedelta) -> bool:
        """Prolong the lease; false when it was lost."""

    async def extend_all(self, claims: Sequence[Claim], lease: timedelta) -> list[Claim]:
        """Prolong several leases in one go; return the claims that were lost."""

    async def standing(self) -> list[Claim]:
        """Return every claim that was not given back, whether its lease lives or not.

        A claim that was taken for a job carries it.
        """

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
        *,
        claim: Claim | None = None,
    ) -> KeptArticle:
        """Store an article with its citations, or a new version of a known one.

        Known by ``article_id`` (then its row's address stays), by its address, or by the digest of
        its text when it has none. A version is new when its main text is, white space aside.
        Sources of resolved citations, and ``own`` (the article's own address), are registered in
        the same transaction, due at once. A citation that stays keeps its ID: same source, or same
        kind and text when it has none. ``claim`` is that of the look that brought the text.

        Raises:
            ClaimError: another worker claimed the source of that look; nothing was stored.
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
        """Return sources to look at, longest due first.

        None that is paused, removed or claimed, or has a job that it waits for.
        """

    async def schedule(self, source_id: str, due_at: datetime | None) -> None:
        """Set when the source is looked at next."""

    async def author(self, source_id: str) -> str | None:
        """Return the account behind a source (``x:44196397``), as far as any look told it."""

    async def of_author(self, author: str) -> list[Source]:
        """Return the sources of an account (``x:44196397``) that are followed and not paused."""

    async def hold_host(self, host: str, at: datetime, wait: timedelta) -> None:
        """Put off what is to be done at a host within a time until that is over.

        Sources that are due before ``at + wait`` (our clock) and not claimed are due then; jobs
        that wait are ready after ``wait`` (the database's clock).
        """

    async def busy(self, host: str, since: datetime, until: datetime) -> list[datetime]:
        """Return when sources of a host are due within a time, soonest first."""

    async def pause(self, source_id: str, *, paused: bool) -> None:
        """Stop looking by itself, or go on; a job that nobody asked for is closed."""

    async def remove(self, source_id: str, at: datetime) -> None:
        """Stop following a source: a tombstone, evidence stays; a job that waits is closed."""


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
