"""Follow an article: keep it, find its sources, capture them all."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from archiver.citations import Extraction
from archiver.errors import ArchiverError, ClaimError, InputError, OutsideError
from archiver.flow.attend import Attended, Take, attend
from archiver.flow.follow import Followed, follow, sources_of
from archiver.flow.outside import Outside
from archiver.flow.progress import Progress, silent
from archiver.flow.rescue import rescue_waiting
from archiver.model.article import Article
from archiver.model.citation import Citation
from archiver.model.signals import Signal
from archiver.model.source import Source
from archiver.ports import KeptArticle

log = logging.getLogger(__name__)

DOWN = "not looked at, for our own network is down: see archiver doctor, and try again"


@dataclass(frozen=True, slots=True)
class Taken:
    """One source attended to: what came of it, or the error that stopped it."""

    source: Source
    attended: Attended | None
    error: ArchiverError | None = None


@dataclass(frozen=True, slots=True)
class Added:
    """An article followed. ``sources`` are all it rests on, ``taken`` those captured by now."""

    kept: KeptArticle
    citations: tuple[Citation, ...]
    sources: tuple[Source, ...]
    taken: tuple[Taken, ...]


async def add(
    extraction: Extraction,
    outside: Outside,
    *,
    article: Article | None = None,
    later: bool = False,
    at_once: int = 1,
    progress: Progress = silent,
) -> Added:
    """Follow an article.

    1. Keep the article, its version and its citations; ``article`` is the one it is known as.
    2. Look up the citations that need it.
    3. Capture the article itself and every source, ``at_once`` of them at a time.

    With ``later`` looking up and capturing are left to the daemon. What cannot be captured now is
    due at the next tick; nothing is lost by it.
    """
    followed = await follow(
        extraction, outside, article=article, look_up=not later, progress=progress
    )
    return await capture_all(followed, outside, later=later, at_once=at_once, progress=progress)


async def capture_all(
    followed: Followed,
    outside: Outside,
    *,
    later: bool = False,
    at_once: int = 1,
    progress: Progress = silent,
) -> Added:
    """Capture an article and all it cites; with ``later`` only say what they are."""
    kept, citations = followed.kept, followed.citations
    sources = await sources_of(citations, kept.article.source_id, outside)
    if later:
        return Added(kept, citations, tuple(sources), ())
    taken = await attend_all(sources, outside, at_once=at_once, progress=progress)
    await rescue_waiting(outside)
    return Added(kept, citations, tuple(sources), tuple(taken))


async def attend_all(
    sources: Sequence[Source],
    outside: Outside,
    *,
    take: Take = Take.NEWS,
    at_once: int = 1,
    patience: timedelta = timedelta(minutes=2),
    progress: Progress = silent,
) -> list[Taken]:
    """Attend to sources, ``at_once`` at a time; one that fails does not stop the others.

    That holds for a fault of our own, too: it is logged and kept as the source's error. Once our
    own network turns out to be down, the others are not asked at all. A source that was taken down
    is passed over, or its error says so when a capture was asked for.
    """
    if take is not Take.ALWAYS:
        sources = [source for source in sources if source.taken_down_at is None]
    gate = asyncio.Semaphore(at_once)
    done = 0
    is_down = False

    async def one(source: Source) -> Taken:
        nonlocal done, is_down
        async with gate:
            progress(source.ref.name, done, len(sources))
            if is_down:
                return Taken(source, None, OutsideError(DOWN))
            taken = await _attended(source, outside, take, patience)
            is_down = is_down or _met_our_own_trouble(taken)
            done += 1
            progress(source.ref.name, done, len(sources))
            return taken

    return list(await asyncio.gather(*(one(source) for source in sources)))


def _met_our_own_trouble(taken: Taken) -> bool:
    attended = taken.attended
    return attended is not None and attended.look.observation.reading.signal is Signal.OFFLINE


async def _attended(source: Source, outside: Outside, take: Take, patience: timedelta) -> Taken:
    if source.taken_down_at is not None:
        return Taken(source, None, InputError(_taken_down(source)))
    try:
        return Taken(source, await attend(source, outside, take=take, patience=patience))
    except (OutsideError, ClaimError) as error:
        return Taken(source, None, error)
    except Exception as error:
        log.exception("attending failed", extra={"source": source.ref.name})
        what = " ".join(f"{type(error).__name__}: {error}".split())[:200]
        return Taken(source, None, ArchiverError(f"failed by our own fault ({what}); see the log"))


def _taken_down(source: Source) -> str:
    when = source.taken_down_at.date() if source.taken_down_at is not None else ""
    return (
        f"the content of {source.ref.name} was taken down on {when}; it is looked at again after:"
        f" archiver takedown {source.id} --watch-again --reason …"
    )
