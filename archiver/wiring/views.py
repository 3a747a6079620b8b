"""What the commands that look nothing up show: read from the store alone."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from archiver.errors import InputError
from archiver.flow.outside import Outside
from archiver.flow.takedown import unfinished
from archiver.flow.targets import Target
from archiver.model.article import Article, ArticleVersion
from archiver.model.attempt import Attempt
from archiver.model.capture import Capture
from archiver.model.citation import Citation
from archiver.model.custody import CustodyAct, CustodyEntry, withdrawn_by
from archiver.model.feed import Feed
from archiver.model.memento import Memento, Push
from archiver.model.observation import Observation
from archiver.model.reread import Reread
from archiver.model.service import ServiceState
from archiver.model.source import Source
from archiver.model.verdict import AsCited, Event, Verdict
from archiver.ports import ArticleCounts, SourceCounts
from archiver.wiring.captures import Located


@dataclass(frozen=True, slots=True)
class Status:
    """The whole archive in a few numbers. ``damaged`` are rows whose files are not as kept.

    ``unlisted`` are kept bodies that a takedown elsewhere would have removed; they were listed
    again unless the home is read-only. Both are None where no file was looked at. ``stray`` are the
    places of files that nothing rests on, where they were looked for. ``articles`` are the newest
    of ``article_count``.
    ``waiting`` counts articles that are still to be read; ``paused_services`` are outside archives,
    log-ins and targets that are left alone for now. ``withdrawn`` says of each takedown what, when
    and why; ``held`` counts the sources under a hold.
    """

    home: Path
    articles: tuple[ArticleCounts, ...]
    article_count: int
    sources: SourceCounts
    damaged: tuple[str, ...] | None
    waiting: int
    feeds: tuple[Feed, ...]
    paused_services: tuple[ServiceState, ...]
    withdrawn: tuple[str, ...] = ()
    held: int = 0
    unlisted: tuple[str, ...] | None = None
    stray: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class CitationDossier:
    """A citation with the history of its pins: (when, by whom, pin), oldest first.

    ``attempts`` are those to find out what it means, oldest first.
    """

    citation: Citation
    pins: tuple[tuple[datetime, str, AsCited], ...]
    attempts: tuple[Attempt, ...] = ()


@dataclass(frozen=True, slots=True)
class ArticleDossier:
    """An article with its versions, oldest first, each with how many citations stand in it."""

    article: Article
    versions: tuple[tuple[ArticleVersion, int], ...]
    citations: tuple[CitationDossier, ...]
    custody: tuple[CustodyEntry, ...] = ()


@dataclass(frozen=True, slots=True)
class Dossier:
    """All that is known of one source, or of a citation whose source is not found."""

    source: Source | None
    verdict: Verdict | None
    citations: tuple[CitationDossier, ...]
    observations: tuple[Observation, ...]
    captures: tuple[Located, ...]
    events: tuple[Event, ...]
    mementos: tuple[Memento, ...] = ()
    pushes: tuple[Push, ...] = ()
    custody: tuple[CustodyEntry, ...] = ()


async def status(
    outside: Outside,
    home: Path,
    is_past: Callable[[str], bool],
    *,
    articles: int | None,
    found: Reread | None = None,
) -> Status:
    """Count what is followed, due and found; name so many of the newest articles, None is all.

    ``is_past`` tells of a service whether the settings no longer name it.
    """
    store = outside.store
    now = outside.clock.now()
    return Status(
        home=home,
        articles=tuple(await store.overview.articles(articles)),
        article_count=await store.overview.article_count(),
        sources=await store.overview.sources(now),
        damaged=None if found is None else found.damaged,
        unlisted=None if found is None else found.unlisted,
        stray=() if found is None else found.stray,
        waiting=await store.overview.waiting(),
        feeds=tuple(await store.feeds.all()),
        paused_services=tuple(
            one
            for one in await store.services.all()
            if not one.is_open(now) and not is_past(one.name)
        ),
        withdrawn=await _withdrawn(outside),
        held=len(await store.custody.held()),
    )


async def _withdrawn(outside: Outside) -> tuple[str, ...]:
    """Say of each takedown what was taken down, when and why, and whether its files are gone."""
    entries = await outside.store.custody.all()
    done = [one for one in entries if one.act is CustodyAct.TAKEDOWN]
    left = {one.id for one in await unfinished(outside)}
    named = await outside.store.sources.several([one.source_id for one in done if one.source_id])
    names = {source.id: source.ref.name for source in named}
    return tuple(
        f"{one.article_id or names.get(one.source_id or '')}: {withdrawn_by(one)}"
        + ("; files are left: archiver takedown --resume" if one.id in left else "")
        for one in done
    )


async def article_dossier(target: Target, outside: Outside) -> ArticleDossier | None:
    """Gather what is known of an article; None when the target is none."""
    if target.article is None:
        return None
    store = outside.store.articles
    counts = await store.places(target.article.id)
    versions = await store.versions(target.article.id)
    return ArticleDossier(
        target.article,
        tuple((version, counts.get(version.id, 0)) for version in versions),
        tuple([await _citation(one, outside) for one in target.citations]),
        tuple(await outside.store.custody.of_article(target.article.id)),
    )


async def _citation(citation: Citation, outside: Outside) -> CitationDossier:
    pins = await outside.store.pins.history(citation.id)
    attempts = await outside.store.articles.attempts(citation.id)
    return CitationDossier(citation, tuple(pins), tuple(attempts))


async def dossier(
    target: Target,
    outside: Outside,
    locate: Callable[[Source, Capture], Located],
    looks: int | None = None,
) -> Dossier:
    """Gather what is known of a source or citation, with so many of its newest looks.

    Raises:
        InputError: the target is an article, which ``report`` shows.
    """
    if target.article is not None:
        message = f"{target.article.id} is an article; see it with: archiver report"
        raise InputError(message)
    store = outside.store
    pins = [await _citation(one, outside) for one in target.citations]
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
        observations=tuple(await store.looks.of(source.id, newest=looks)),
        captures=tuple(locate(source, kept) for kept in await store.captures.of(source.id)),
        events=tuple(sorted({event.id: event for event in events}.values(), key=lambda e: e.id)),
        mementos=tuple(await store.mementos.of(source.id)),
        pushes=tuple(await store.pushes.of(source.id)),
        custody=tuple(await store.custody.of(source.id)),
    )
