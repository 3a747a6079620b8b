"""What the commands that look nothing up show: read from the store alone."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from archiver.errors import InputError
from archiver.flow.outside import Outside
from archiver.flow.targets import Target
from archiver.model.article import Article
from archiver.model.capture import Capture
from archiver.model.citation import Citation
from archiver.model.observation import Observation
from archiver.model.source import Source
from archiver.model.verdict import AsCited, Event, EventKind, Verdict


@dataclass(frozen=True, slots=True)
class Captured:
    """A capture with its main files where they lie; None for what it has not."""

    source: Source
    capture: Capture
    warc: Path | None
    screenshot: Path | None
    text: Path | None


@dataclass(frozen=True, slots=True)
class ArticleStatus:
    """One article in a few numbers; ``findings`` are those of the last audit."""

    article: Article
    citations: int
    unresolved: int
    findings: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Status:
    """The whole archive in a few numbers. ``damaged`` are rows whose files are not as kept."""

    home: Path
    articles: tuple[ArticleStatus, ...]
    sources: int
    paused: int
    due: int
    next_due_at: datetime | None
    verdicts: Mapping[str, int]
    damaged: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class CitationDossier:
    """A citation with the history of its pins: (when, by whom, pin), oldest first."""

    citation: Citation
    pins: tuple[tuple[datetime, str, AsCited], ...]


@dataclass(frozen=True, slots=True)
class Dossier:
    """All that is known of one source, or of a citation whose source is not found."""

    source: Source | None
    verdict: Verdict | None
    citations: tuple[CitationDossier, ...]
    observations: tuple[Observation, ...]
    captures: tuple[Captured, ...]
    events: tuple[Event, ...]


async def status(outside: Outside, home: Path, damaged: tuple[str, ...]) -> Status:
    """Count what is followed, due and found."""
    store = outside.store
    articles = [await _article(article, outside) for article in await store.articles.all()]
    sources = await store.sources.all()
    now = outside.clock.now()
    waiting = [s.next_due_at for s in sources if s.next_due_at is not None and not s.paused]
    verdicts = [await store.looks.verdict(source.id) for source in sources]
    return Status(
        home=home,
        articles=tuple(articles),
        sources=len(sources),
        paused=sum(source.paused for source in sources),
        due=sum(due_at <= now for due_at in waiting),
        next_due_at=min((due_at for due_at in waiting if due_at > now), default=None),
        verdicts=_counted(verdict.kind.value for verdict in verdicts if verdict),
        damaged=damaged,
    )


async def _article(article: Article, outside: Outside) -> ArticleStatus:
    citations = await outside.store.articles.citations(article.id)
    found = [await _last_finding(citation, outside) for citation in citations]
    return ArticleStatus(
        article=article,
        citations=len(citations),
        unresolved=sum(citation.source_id is None for citation in citations),
        findings=_counted(kind for kind in found if kind),
    )


async def _last_finding(citation: Citation, outside: Outside) -> str | None:
    events = await outside.store.looks.events(citation_id=citation.id)
    found = [event.after for event in events if event.kind is EventKind.FINDING]
    return found[-1] if found else None


def _counted(words: Iterable[str]) -> dict[str, int]:
    return dict(sorted(Counter(words).items()))


async def dossier(
    target: Target, outside: Outside, located: Callable[[Source, Capture], Captured]
) -> Dossier:
    """Gather all that is known of a source or citation.

    Raises:
        InputError: the target is an article, which ``report`` shows.
    """
    if target.article is not None:
        message = f"{target.article.id} is an article; see it with: archiver report"
        raise InputError(message)
    store = outside.store
    pins = [
        CitationDossier(one, tuple(await store.pins.history(one.id))) for one in target.citations
    ]
    if not target.sources:
        events = await store.looks.events(citation_id=target.citations[0].id)
        return Dossier(None, None, tuple(pins), (), (), tuple(events))
    source = target.sources[0]
    events = await store.looks.events(source_id=source.id)
    for one in target.citations:
        events += await store.looks.events(citation_id=one.id)
    return Dossier(
        source=source,
        verdict=await store.looks.verdict(source.id),
        citations=tuple(pins),
        observations=tuple(await store.looks.of(source.id)),
        captures=tuple(located(source, kept) for kept in await store.captures.of(source.id)),
        events=tuple(sorted({event.id: event for event in events}.values(), key=lambda e: e.id)),
    )
