"""The whole loop on the miniature web: add, let time pass, look again, audit.

The story knows only what a user knows: the article's address. Who plays which part is the
miniature web's secret; what is found here was found by looking.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from contextlib import nullcontext
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from archiver.demo.clock import MovableClock
from archiver.demo.miniweb import CONTROL_URLS, MiniWeb
from archiver.flow.audit import Audit
from archiver.flow.rounds import look_after_due
from archiver.settings import load
from archiver.wiring import Archive

START = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
FIRST_STEPS = (timedelta(minutes=30), timedelta(hours=6))
DAYS = 18  # a page that is lost on the third is missed at a week, and gone by three looks

Say = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Told:
    """How the story ended."""

    audit: Audit
    looks: int
    captures: int


async def tell(seed: int, say: Say, home: Path | None = None) -> Told:
    """Run the whole loop offline and return what the audit found.

    1. Start the miniature web and an archive that sees nothing but it.
    2. Follow the article: read it, find its citations, capture every source.
    3. Let eighteen days pass on a clock of our own, looking whenever a source is due.
    4. Audit the article, as its author would.
    """
    clock = MovableClock(START)
    with _directory(home) as directory:
        async with MiniWeb(seed, clock) as web:
            return await tell_on(web, clock, Path(directory), say)


async def tell_on(web: MiniWeb, clock: MovableClock, home: Path, say: Say) -> Told:
    """Run the whole loop on a miniature web that is being served."""
    settings = load(home, {"net": door(web)})
    async with Archive(settings=settings, clock=clock) as archive:
        return await _tell(archive, clock, web.article_url, say)


def _directory(home: Path | None) -> nullcontext[str] | tempfile.TemporaryDirectory[str]:
    if home is not None:
        return nullcontext(str(home))
    return tempfile.TemporaryDirectory(prefix="archiver-demo-")


def door(web: MiniWeb) -> dict[str, object]:
    """Map every name to the miniature web, as ``[net]`` settings: nothing else can be reached."""
    return {
        "allow": list(web.allow),
        "host_map": dict(web.host_map),
        "extra_ca": str(web.ca_path),
        "control_urls": list(CONTROL_URLS),
        "resolvers": [],
        "rdap": "",
        "spacing_s": 0.0,
    }


async def _tell(archive: Archive, clock: MovableClock, article: str, say: Say) -> Told:
    added = await archive.add(article)
    say(_opening(added.kept.article.title, len(added.citations), len(added.taken)))
    looks = captures = len(added.taken)
    for step in (*FIRST_STEPS, *[timedelta(days=1)] * DAYS):
        clock.advance(step)
        seen = await look_after_due(archive.outside, at_once=archive.settings.capture.at_once)
        news = [one for one in seen if one.capture is not None]
        looks, captures = looks + len(seen), captures + len(news)
        for one in news:
            name, why = one.look.source.ref.name, one.look.observation.reading.reason
            say(f"{clock.now():%d %b %H:%M}  {name}: {why}")
    audit = await archive.audit(added.kept.article.id)
    return Told(audit, looks, captures)


def _opening(title: str | None, citations: int, sources: int) -> str:
    return f"{title}: {citations} citations, {sources} sources captured, the article among them"
