"""The Atom feeds as pages: ``/feeds/all.atom``, and ``/feeds/ARTICLE.atom`` by an article's ID."""

from __future__ import annotations

import asyncio
import hashlib
from collections import OrderedDict
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from archiver.errors import NotFoundError, StoreError

ALL = "all"
KEPT_S = 60.0
"""For how long a feed that was made is given again: making one reads some hundred rows."""
MOST_KEPT = 64
_TYPE = "application/atom+xml; charset=utf-8"

Make = Callable[[str | None], Awaitable[bytes]]
"""Makes the feed of an article, by its ID, or of everything."""
Count = Callable[[], Awaitable[int]]
"""Counts the takedowns there were; whoever makes one is mostly another process."""


@dataclass(frozen=True, slots=True)
class _Made:
    feed: bytes
    at: float

    @property
    def tag(self) -> str:
        return f'"{hashlib.sha256(self.feed).hexdigest()[:32]}"'


class FeedPages:
    """Makes one feed at a time and keeps it for a minute: whoever asks cannot load the database.

    What was made before a takedown may tell words that are gone, and is not given again; that is
    one small query for each who asks. ``now`` gives seconds that never go back.
    """

    def __init__(self, make: Make, takedowns: Count, now: Callable[[], float]) -> None:
        self._make = make
        self._takedowns = takedowns
        self._known_takedowns = 0
        self._now = now
        self._one_by_one = asyncio.Lock()
        self._kept: OrderedDict[str, _Made] = OrderedDict()

    @property
    def route(self) -> Route:
        """The route of all feeds."""
        return Route("/feeds/{name}.atom", self._page)

    async def _page(self, request: Request) -> Response:
        try:
            made = await self._made(request.path_params["name"])
        except NotFoundError:
            return PlainTextResponse("no article goes by that ID; see: archiver status\n", 404)
        except StoreError:
            return PlainTextResponse("the database does not answer; come later\n", 503)
        head = {
            "Cache-Control": "no-cache",  # whoever keeps it asks whether it still stands
            "ETag": made.tag,
            "X-Content-Type-Options": "nosniff",
        }
        if made.tag in request.headers.get("if-none-match", ""):
            return Response(status_code=304, headers=head)
        return Response(made.feed, headers={**head, "Content-Type": _TYPE})

    async def _made(self, name: str) -> _Made:
        async with self._one_by_one:
            # Counted before a feed is made: of a takedown amid that the next who asks learns.
            takedowns = await self._takedowns()
            if takedowns != self._known_takedowns:
                self._kept.clear()
                self._known_takedowns = takedowns
            made = self._kept.get(name)
            if made is None or self._now() - made.at >= KEPT_S:
                made = _Made(await self._make(None if name == ALL else name), self._now())
            self._kept[name] = made
            self._kept.move_to_end(name)
            while len(self._kept) > MOST_KEPT:
                self._kept.popitem(last=False)
            return made
