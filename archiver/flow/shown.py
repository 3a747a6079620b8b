"""What looks at an article's own address showed, and whether a doubtful text of it lasted."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from datetime import datetime, timedelta

from archiver.citations import Extraction
from archiver.errors import InputError, StoreError
from archiver.flow.outside import Outside
from archiver.flow.read import SHOWN, Supplied, find
from archiver.model.article import Article, ArticleVersion
from archiver.model.citation import POINTERS
from archiver.model.inquiry import Ask, Outcome
from archiver.model.observation import KeptAnswer, Observation
from archiver.model.signals import Signal
from archiver.model.source import Source
from archiver.model.wording import same_words

SEVERAL = 2  # citations; an article may well lose its only one
SHRUNK = 3  # a text under a third of the one before is likely the beginning of an article
LASTING = timedelta(days=1)
"""Two reads so far apart that show the same doubtful text are believed."""


@dataclass(frozen=True, slots=True)
class Doubt:
    """Why a text is not taken for a new version of an article yet; ``source`` is its address."""

    article: Article
    source: Source
    why: str


async def doubt(article: Article | None, extraction: Extraction, outside: Outside) -> Doubt | None:
    """Say why what was read at an article's address is not kept as its new version now.

    A page that lost all of several citations, or most of its text, is more likely a wall nobody
    knows, or a teaser, than the article: it is believed when a look at least a day ago showed the
    same words. A text that somebody supplied, and an article followed anew, are not doubted.
    """
    if article is None or article.removed_at is not None or article.source_id is None:
        return None
    versions = await outside.store.articles.versions(article.id)
    if not versions or extraction.article.fetched_from is None:
        return None
    why = await _doubtful(article, versions[-1], extraction, outside)
    if why is None:
        return None
    source = await outside.store.sources.source(article.source_id)
    if await _has_lasted(source, extraction, outside):
        return None
    return Doubt(article, source, why)


async def _doubtful(
    article: Article, newest: ArticleVersion, extraction: Extraction, outside: Outside
) -> str | None:
    if same_words(newest.text, extraction.article.text):
        return None
    known = await outside.store.articles.citations(article.id)
    before = sum(one.found.kind not in POINTERS for one in known)
    if before >= SEVERAL and all(one.kind in POINTERS for one in extraction.citations):
        return f"shows none of its {before} citations"
    now, was = _length(extraction.article.text), _length(newest.text)
    if now * SHRUNK < was:
        return f"shows {now} characters of text where {was} were"
    return None


def _length(text: str) -> int:
    return sum(map(len, text.split()))


async def _has_lasted(source: Source, extraction: Extraction, outside: Outside) -> bool:
    """Tell whether the newest look that is old enough showed the same words."""
    since = outside.clock.now() - LASTING
    for glimpse in reversed(await outside.store.looks.glimpses(source.id)):
        if glimpse.at > since or glimpse.signal is not Signal.PRESENT:
            continue
        seen = await outside.store.looks.observation(glimpse.id)
        shown = await shown_by(seen, source, outside)
        if shown is not None:
            return same_words(shown.article.text, extraction.article.text)
    return False


async def hold_back(held: Doubt, outside: Outside) -> str:
    """Note at the article why its page was kept back, and have it looked at again within a day.

    Returns the note.
    """
    now = outside.clock.now()
    note = f"what came from its address on {now:%Y-%m-%d} is kept back: it {held.why}"
    article, source = held.article, held.source
    await outside.store.articles.postpone(article.id, article.read_due_at, note)
    again = await _next_look(source, now, outside)
    if not source.paused and (source.next_due_at is None or source.next_due_at > again):
        await outside.store.sources.schedule(source.id, again)
    return note


async def _next_look(source: Source, now: datetime, outside: Outside) -> datetime:
    """Return when a look settles it: a day after the one just made, or at once without one."""
    looks = await outside.store.looks.glimpses(source.id)
    return now + LASTING if looks and looks[-1].at == now else now


async def first_shown(source: Source, outside: Outside) -> Extraction | None:
    """Read the page as it was when a look first showed it."""
    for glimpse in await outside.store.looks.glimpses(source.id):
        if glimpse.signal is not Signal.PRESENT:
            continue
        seen = await outside.store.looks.observation(glimpse.id)
        if page_of(seen, source) is not None:
            return await shown_by(seen, source, outside)
    return None


async def shown_by(seen: Observation, source: Source, outside: Outside) -> Extraction | None:
    """Read what one look at an article's address showed; None when it showed no article."""
    kept = page_of(seen, source)
    if kept is None or kept.body_sha256 is None:
        return None
    try:
        body = await outside.files.blob(kept.body_sha256)
        return await asyncio.to_thread(find, Supplied(body, kept.final_url, _media_type(kept)))
    except (StoreError, InputError):
        return None  # the sweep reports a lost blob; here it must not stop the look


def page_of(seen: Observation, source: Source) -> KeptAnswer | None:
    """Return the answer by which a look saw the page at an article's address, if it did."""
    if seen.reading.signal is not Signal.PRESENT:
        return None
    return next((one for one in seen.answers if _was_page(one, source) and one.body_sha256), None)


def _was_page(kept: KeptAnswer, source: Source) -> bool:
    return (
        kept.ask is Ask.HTTP
        and kept.url == source.ref.url
        and kept.outcome is Outcome.ANSWERED
        and kept.status in SHOWN
    )


def _media_type(kept: KeptAnswer) -> str | None:
    named = (value for key, value in kept.headers if key.lower() == "content-type")
    return next(named, None)
