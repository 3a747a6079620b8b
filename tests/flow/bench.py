"""An open archive on the miniature web: real HTTP through the guard, and no browser."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from typing import Any

from archiver.citations import Extraction
from archiver.demo.clock import MovableClock
from archiver.demo.miniweb import MiniWeb
from archiver.demo.script import Part
from archiver.demo.story import START, door
from archiver.demo.wayback_site import Snapshot, WaybackSite
from archiver.flow.add import Added, add
from archiver.flow.outside import Outside
from archiver.flow.read import Supplied, find
from archiver.model.capture import CaptureOutcome, Recording
from archiver.platforms._snowflake import first_id
from archiver.ports import CaptureOrder
from archiver.settings import load
from archiver.wiring import Archive

DAY = date(2020, 1, 13)
HANDLE = "towersight"
WORDS = "We saw the lights from the tower, and then the sky went dark over the bay."


class NoBrowser:
    """Records nothing and says that it did: what these tests are about is beside the browser."""

    async def record(self, order: CaptureOrder) -> Recording:
        at = datetime(2026, 3, 2, tzinfo=UTC)
        done = CaptureOutcome.COMPLETE
        return Recording(done, None, order.page_url, 200, "", WORDS, WORDS, (), (), at, at)


@dataclass(frozen=True)
class Bench:
    """The web, the archive on it, and its ports."""

    web: MiniWeb
    archive: Archive
    outside: Outside
    clock: MovableClock

    @property
    def wayback(self) -> WaybackSite:
        return self.web.wayback

    def asked_of_wayback(self) -> list[str]:
        """Paths that were asked of the outside archive, both hosts, oldest first."""
        return [one.path for one in self.web.requests if one.host.endswith("archive.org")]

    async def add(self, extraction: Extraction, outside: Outside | None = None) -> Added:
        return await add(extraction, outside or self.outside)


@asynccontextmanager
async def bench(
    home: Any,
    snapshots: Iterable[Snapshot] = (),
    *,
    parts: Mapping[str, Part] | None = None,
    archives: Mapping[str, Any] | None = None,
    key: str = "",
    **more: Any,
) -> AsyncIterator[Bench]:
    clock = MovableClock(START)
    wayback = WaybackSite(snapshots, **more)
    async with MiniWeb(5, clock, wayback=wayback, parts=parts) as web:
        chosen = {"index_spacing_s": 0.0, **(archives or {})}
        overrides = {"net": door(web), "archives": chosen, "credentials": {"wayback": key}}
        settings = load(home, overrides)
        async with Archive(settings=settings, clock=clock) as archive:
            outside = replace(archive.outside, recorder=NoBrowser())
            yield Bench(web, archive, outside, clock)


def post_id(number: int = 1, day: date = DAY) -> str:
    """An ID that X could have given on a day; the miniature web knows no post of it."""
    first = first_id(day)
    assert first is not None
    return str(first + 10**12 * number)


def status_url(status_id: str, host: str = "twitter.com") -> str:
    return f"https://{host}/{HANDLE}/status/{status_id}"


def embedding(status_id: str, words: str = WORDS) -> bytes:
    """An article of 14 January 2020 with the post as X's embed code."""
    return f"""<html><head><title>What the tower saw</title>
<meta property="article:published_time" content="2020-01-14T08:00:00Z"></head><body><article>
<p>Nobody on the quay believed it at first, and then the picture went round the town.</p>
<blockquote class="twitter-tweet"><p lang="en" dir="ltr">{words}</p>&mdash; The Tower (@{HANDLE})
<a href="{status_url(status_id)}?ref_src=twsrc%5Etfw">January 13, 2020</a></blockquote>
<p>The harbour master has not answered our questions since then, and the lights are back.</p>
</article></body></html>""".encode()


def flattened(words: str = WORDS) -> bytes:
    """The same article as text in which the post was flattened to words, without a code."""
    return f"""What the tower saw

Nobody on the quay believed it at first, and then the picture went round the town.

{words} — The Tower (@{HANDLE}) January 13, 2020

The harbour master has not answered our questions since then.
""".encode()


def article(body: bytes, *, media_type: str = "text/html", url: str | None = None) -> Extraction:
    """The citations of an article. A text counts as published on 14 January 2020."""
    found = find(Supplied(body, media_type=media_type, url=url))
    if found.article.published_on is None:
        dated = replace(found.article, published_on=date(2020, 1, 14), url=url)
        return replace(found, article=dated)
    return found
