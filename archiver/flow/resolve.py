"""Find out which source a citation means, road by road."""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator, Coroutine
from datetime import UTC, datetime, timedelta

from archiver.errors import TurnError
from archiver.flow.inquire import drive
from archiver.flow.keep import keep_answer
from archiver.flow.outside import Outside
from archiver.flow.patience import CLOCK_ERROR
from archiver.flow.roads import SEARCHES_AT_ONCE, ArticleRoads, Step, search_index
from archiver.model.attempt import Attempt
from archiver.model.citation import Certainty, Citation, CitationKind, Resolution, Road
from archiver.model.source import Source, SourceRef
from archiver.platforms import platform

log = logging.getLogger(__name__)

MOST_TRIES = 6  # attempts by itself; with the waits below they span about a month
_WAITS = (timedelta(hours=1), timedelta(hours=6), timedelta(days=1), timedelta(days=7))


async def resolve(
    citation: Citation,
    outside: Outside,
    *,
    roads: ArticleRoads | None = None,
    again: bool = False,
) -> Citation:
    """Find a citation's source by the first road that leads there, and keep what was tried.

    1. Its codes and short links, hop by hop.
    2. The article's own HTML, where the article was given as text.
    3. Archived copies of the article from near its date.
    4. An archive's index of what it holds of the author from that day.

    A citation that nothing leads to is tried once by itself; ``again`` tries all roads anew.
    ``roads`` are shared by all citations of an article. When a road failed for a passing reason
    the citation stays ``needs_lookup``; else it is ``unresolved``.
    """
    if citation.resolution is Resolution.RESOLVED:
        return citation
    tried = await outside.store.articles.attempts(citation.id)
    if not again and citation.resolution is Resolution.UNRESOLVED and tried:
        return citation
    if not leads_anywhere(citation):
        return citation
    roads = roads or await roads_of(citation, outside)
    steps = [step async for step in _steps(citation, roads, outside)]
    attempt = await _attempt(steps, len(tried), outside)
    if attempt.source is not None:
        await register(attempt.source, outside)
    return await outside.store.articles.resolve(citation.id, attempt)


def leads_anywhere(citation: Citation) -> bool:
    """Tell whether there is anything to follow: an address, a post's words, a pointer's title."""
    return bool(citation.found.addresses) or citation.found.kind in (
        CitationKind.EMBED,
        CitationKind.RELATED,
    )


async def roads_of(
    citation: Citation, outside: Outside, *, searches: int = SEARCHES_AT_ONCE
) -> ArticleRoads:
    """Return the roads through the article that a citation stands in."""
    article = await outside.store.articles.article(citation.article_id)
    return ArticleRoads(article, searches)


async def _steps(citation: Citation, roads: ArticleRoads, outside: Outside) -> AsyncIterator[Step]:
    """Yield what each road comes to, until one leads to the source."""
    if citation.found.addresses:
        step = await _tried(Road.CODE, _by_code(citation, outside))
        yield step
        if step.source is not None or citation.found.kind is CitationKind.LINK:
            return
    step = await _tried(Road.ARTICLE, roads.live(citation, outside))
    yield step
    if step.source is not None:
        return
    if outside.archives.asked and not roads.may_search():
        later = "outside archives are asked later"
        yield Step(Road.ARTICLE_MEMENTO, None, later, is_passing=True)
        return
    step = await _tried(Road.ARTICLE_MEMENTO, roads.archived(citation, outside))
    yield step
    if step.source is None and citation.found.kind is CitationKind.EMBED:
        yield await _tried(Road.INDEX, search_index(citation, outside))


async def _tried(road: Road, step: Coroutine[None, None, Step]) -> Step:
    """Go a road: whatever comes along it must not cost us the article."""
    try:
        return await step
    except TurnError as error:
        return Step(road, None, str(error), is_passing=True)
    except Exception:
        log.exception("a road failed", extra={"road": road.value})
        return Step(road, None, f"the road by {road.value} failed by our own fault")


async def _by_code(citation: Citation, outside: Outside) -> Step:
    """Ask the platform the citation speaks of (``web`` when it names none)."""
    found = citation.found
    asked = platform(found.platform or "web")
    inquired = await drive(asked.look_up(found), outside.fetcher)
    came = inquired.result
    sure = Certainty.CHECKED if found.kind is CitationKind.EMBED else Certainty.CERTAIN
    return Step(
        road=Road.CODE,
        source=came.source,
        note=came.note,
        certainty=sure if came.source is not None else None,
        answers=inquired.answers,
        is_passing=came.source is None and not came.final,
    )


async def _attempt(steps: list[Step], tried: int, outside: Outside) -> Attempt:
    last = steps[-1]
    is_passing = any(step.is_passing for step in steps) and tried + 1 < MOST_TRIES
    state = Resolution.RESOLVED
    if last.source is None:
        state = Resolution.NEEDS_LOOKUP if is_passing else Resolution.UNRESOLVED
    answers = [answer for step in steps for answer in step.answers]
    distinct = list({id(answer): answer for answer in answers}.values())
    return Attempt(
        at=outside.clock.now(),
        resolution=state,
        source=last.source,
        road=last.road,
        certainty=last.certainty,
        note=last.note if last.source is not None else "; ".join(step.note for step in steps),
        answers=tuple([await keep_answer(answer, outside.files) for answer in distinct]),
    )


async def resolve_due(outside: Outside, *, limit: int = 20) -> int:
    """Try citations that nobody tried yet, or whose roads failed for a passing reason.

    They are tried ``MOST_TRIES`` times, an hour after the first, then ever more rarely. Returns how
    many were tried.
    """
    done = 0
    roads: dict[str, ArticleRoads] = {}
    for citation in await outside.store.articles.unresolved():
        if done >= limit:
            break
        if await _is_due(citation, outside):
            if citation.article_id not in roads:
                roads[citation.article_id] = await roads_of(citation, outside, searches=limit)
            await resolve(citation, outside, roads=roads[citation.article_id])
            done += 1
    return done


async def _is_due(citation: Citation, outside: Outside) -> bool:
    if not leads_anywhere(citation):
        return False
    now = outside.clock.now()
    tried = [attempt.at for attempt in await outside.store.articles.attempts(citation.id)]
    believable = [at for at in tried if at <= now + CLOCK_ERROR]  # the others are a wrong clock's
    return next_try_at(believable) <= now


def next_try_at(tried: list[datetime]) -> datetime:
    """Return when a citation is to be tried again after attempts at these times."""
    if not tried:
        return datetime.min.replace(tzinfo=UTC)
    return tried[-1] + _WAITS[min(len(tried), len(_WAITS)) - 1]


async def register(ref: SourceRef, outside: Outside) -> Source:
    """Register a source with the time it was published, as far as its identity tells."""
    posted_at = platform(ref.platform).posted_at(ref)
    return await outside.store.sources.register(ref, posted_at, outside.clock.now())
