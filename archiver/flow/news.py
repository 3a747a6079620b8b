"""Gather what a person wants to know of an event: from what is stored, asking nobody."""

from __future__ import annotations

from collections.abc import Sequence

from archiver.errors import NotFoundError
from archiver.flow.outside import Outside
from archiver.judge.rules import DOUBTS, Fact, is_of_content, severity_of, word_of
from archiver.model.capture import Gate
from archiver.model.citation import Citation
from archiver.model.news import Cited, News, Word
from archiver.model.source import Source
from archiver.model.verdict import Event, EventKind, Verdict, VerdictKind

_TOLD_BY = {
    Word.GONE: frozenset({VerdictKind.GONE}),
    Word.SUSPECT: frozenset({VerdictKind.SUSPECT}),
    Word.RESTRICTED: frozenset({VerdictKind.RESTRICTED}),
    Word.MOVED: frozenset({VerdictKind.MOVED}),
    Word.RESTORED: frozenset({VerdictKind.PRESENT, VerdictKind.MOVED}),
    Word.CHANGED: frozenset({VerdictKind.PRESENT, VerdictKind.MOVED}),
    Word.EDITED: frozenset({VerdictKind.PRESENT, VerdictKind.MOVED}),
    Word.SETTLED: frozenset(VerdictKind),
    Word.UNREACHABLE: frozenset({VerdictKind.UNREACHABLE}),
    Word.UNKNOWN: frozenset({VerdictKind.UNKNOWN}),
}
"""Verdicts of a source under which news of it holds."""

_DEFINITE = frozenset(kind.value for kind in VerdictKind if kind.value not in DOUBTS)


async def fact_of(event: Event, outside: Outside) -> Fact:
    """Return an event with what rules ask of it."""
    source = await _source(event, outside)
    articles: set[str] = set()
    for one in await _cited(event, source, outside):
        articles |= {one.article_id} | ({one.url} if one.url else set())
    return Fact(
        event=event,
        severity=severity_of(event),
        platform=source.ref.platform if source is not None else None,
        articles=frozenset(articles),
        looks=await looks_of(event, outside),
    )


async def looks_of(event: Event, outside: Outside) -> int:
    """Return how many looks in a row say what an event says; the one that made it counts.

    A look that could tell nothing does not count, and breaks no row. Whether something else was
    said since is not asked here: that is an event of its own.
    """
    if event.source_id is None:
        return 1
    if event.kind is not EventKind.VERDICT:
        kinds = _DEFINITE
    else:
        kinds = frozenset({event.after.partition(":")[0]})
    since = await outside.store.deliveries.looks_since(event.source_id, event.at, kinds)
    # The look behind a finding began before the finding was made; a verdict is of its look's time.
    return max(since if event.kind is EventKind.VERDICT else since + 1, 1)


async def news_of(event: Event, outside: Outside) -> News:
    """Return an event with all that is told of it."""
    source = await _source(event, outside)
    word = word_of(event)
    verdict = await outside.store.looks.verdict(source.id) if source is not None else None
    if verdict is not None and verdict.kind not in _TOLD_BY[word]:
        verdict = None
    told_by = None if is_of_content(event) else verdict
    return News(
        event=event,
        word=word,
        severity=severity_of(event),
        source=source.ref.name if source is not None else None,
        url=source.ref.url if source is not None else None,
        cited=tuple(await _cited(event, source, outside)),
        cause=_cause(event, verdict),
        since=told_by.since if told_by is not None else None,
        last_seen=told_by.last_seen if told_by is not None else None,
        rule=told_by.rule if told_by is not None else event.rule,
        looks=len(told_by.rests_on) or None if told_by is not None else None,
        moved_to=verdict.moved_to if verdict is not None else None,
        capture_id=await _capture(source, outside),
    )


def _cause(event: Event, verdict: Verdict | None) -> str | None:
    told = event.after.partition(": ")[2]
    if told:
        return told
    if verdict is None or verdict.cause is None or verdict.cause == "present":
        return None
    return verdict.cause


async def _source(event: Event, outside: Outside) -> Source | None:
    if event.source_id is None:
        return None
    found = await outside.store.sources.several([event.source_id])
    return found[0] if found else None


async def _citation(citation_id: str, outside: Outside) -> Citation | None:
    try:
        return await outside.store.articles.citation(citation_id)
    except NotFoundError:
        return None


async def _cited(event: Event, source: Source | None, outside: Outside) -> list[Cited]:
    """Return where it is cited: the place of a finding, else every article that leans on it."""
    if event.citation_id is not None:
        citation = await _citation(event.citation_id, outside)
        return [await _place(citation, outside)] if citation is not None else []
    if source is None:
        return []
    citations = await outside.store.articles.citations_of(source.id)
    places = [await _place(one, outside) for one in _first_of_each_article(citations)]
    owned = await outside.store.articles.owned(source.id)
    return places + [Cited(one.id, one.title, one.url) for one in owned]


def _first_of_each_article(citations: Sequence[Citation]) -> list[Citation]:
    return list({one.article_id: one for one in reversed(citations)}.values())[::-1]


async def _place(citation: Citation, outside: Outside) -> Cited:
    article = await outside.store.articles.article(citation.article_id)
    found = citation.found
    quoted = found.context.quotes[0] if found.context.quotes else found.text
    return Cited(article.id, article.title, article.url, found.position, quoted)


async def _capture(source: Source | None, outside: Outside) -> str | None:
    """Return the newest capture that may stand as evidence."""
    if source is None:
        return None
    captures = await outside.store.captures.of(source.id)
    accepted = (
        one.id for one in reversed(captures) if one.gate is Gate.ACCEPTED and not one.is_withdrawn
    )
    return next(accepted, None)
