"""The whole archive in a few numbers, for a person who looks at it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from archiver.model.article import Article
from archiver.model.verdict import Event


@dataclass(frozen=True, slots=True)
class SourceCounts:
    """Sources that are followed. ``due`` are those to be looked at now, in hand or not.

    ``verdicts`` counts the newest verdict of each; one that nobody looked at is in none.
    """

    followed: int
    paused: int
    due: int
    next_due_at: datetime | None
    verdicts: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ArticleCounts:
    """One article in a few numbers; ``findings`` are those noted last of its citations.

    A mention has no address to be found and is not counted as unresolved.
    """

    article: Article
    citations: int
    unresolved: int
    findings: Mapping[str, int]


class Overview(Protocol):
    """Counts by indexes alone: none of it grows with what was seen, and little with what is."""

    async def sources(self, at: datetime) -> SourceCounts:
        """Count the sources that were not removed, as of a time."""

    async def articles(self, newest: int | None = None) -> list[ArticleCounts]:
        """Return the articles added last, newest first, each with its numbers; None is all."""

    async def article_count(self) -> int:
        """Count the articles that were not removed."""

    async def waiting(self) -> int:
        """Count the articles that are still to be read, or read again."""

    async def events(self, newest: int) -> list[Event]:
        """Return the events noted last, newest first."""
