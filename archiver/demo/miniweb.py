"""A miniature web in a box: everything that one article leads to, on two ports of loopback."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from types import TracebackType
from typing import Self
from urllib.parse import urlsplit

from archiver.demo.article import HOST as NEWS_HOST
from archiver.demo.article import PUBLISHED_BEFORE, Story
from archiver.demo.authority import Authority
from archiver.demo.calls import Call, Reply, Site, page, plain, redirect
from archiver.demo.cast import SHORT_LINK
from archiver.demo.page_sites import PageSite, control, shortener
from archiver.demo.pages import PAGES, RELATED
from archiver.demo.script import Part, Script
from archiver.demo.server import LOOPBACK, Server
from archiver.demo.stage import set_stage
from archiver.demo.wayback_site import HOST as WAYBACK_HOST
from archiver.demo.wayback_site import WaybackSite
from archiver.demo.x_sites import x_sites
from archiver.ports import Clock

CONTROL_URLS = (  # the defaults of the setting
    "https://www.gstatic.com/generate_204",
    "https://www.cloudflare.com/cdn-cgi/trace",
)
PLAIN_HOSTS = frozenset({"t.co"})  # answer without TLS; the others send to https
READING = frozenset({"GET", "HEAD"})
TAKING_ORDERS = frozenset({"api.x.com", WAYBACK_HOST})


@dataclass(frozen=True, slots=True)
class Logged:
    """A request that was answered. ``path`` has the query; ``at`` is the story's time."""

    method: str
    host: str
    path: str
    status: int
    at: datetime
    is_secure: bool
    user_agent: str


class MiniWeb:
    """Serves the story while entered. Same seed, same start: same web, but for the certificates.

    ``script`` says who plays which part: for comparing afterwards, never for judging. ``parts``
    gives parts by a post's handle or a page's address in place of the draw, which makes this a
    test bed. ``wayback`` is the outside archive there; an empty one by default. The story starts at
    the minute that ``clock`` shows on construction.
    """

    host_map: dict[str, str]
    allow: list[str]
    ca_path: Path

    def __init__(
        self,
        seed: int,
        clock: Clock,
        *,
        control_urls: Sequence[str] = CONTROL_URLS,
        parts: Mapping[str, Part] | None = None,
        wayback: WaybackSite | None = None,
    ) -> None:
        self._clock = clock
        start = clock.now().replace(second=0, microsecond=0)
        self._stage = set_stage(seed, start, parts or {})
        self._story = Story(self._stage.posts, start - PUBLISHED_BEFORE)
        self.wayback = wayback or WaybackSite()
        self.wayback.live = self._live
        self._sites = self._all_sites(control_urls)
        self._open = AsyncExitStack()
        self.requests: list[Logged] = []
        self._asked = asyncio.Event()
        self.script: Script = self._stage.script
        self.article_url: str = self._story.url
        self.article_text: str = self._story.text()
        self.hosts: tuple[str, ...] = tuple(self._sites)

    async def __aenter__(self) -> Self:
        folder = self._open.enter_context(TemporaryDirectory(prefix="miniature-web-"))
        authority = Authority(Path(folder))
        server = Server(self._answer, self._clock, authority.contexts(self.hosts))
        self._open.push_async_callback(server.stop)
        plain_port, tls_port = server.start()
        ports = {80: plain_port, 443: tls_port}
        self.ca_path = authority.path
        self.allow = [f"127.0.0.0/8:{port}" for port in ports.values()]
        self.host_map = {
            f"{host}:{port}": f"{LOOPBACK}:{ours}"
            for host in self.hosts
            for port, ours in ports.items()
        }
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self._open.aclose()

    def _answer(self, call: Call) -> Reply:
        reply = self._reply(call)
        agent = call.headers.get("user-agent", "")
        self.requests.append(
            Logged(
                call.method, call.host, call.target, reply.status, call.at, call.is_secure, agent
            )
        )
        self._asked.set()
        return reply

    async def was_asked(self, is_one: Callable[[Logged], bool]) -> None:
        """Come back when a request of that kind has been answered, now or earlier."""
        while not any(map(is_one, self.requests)):
            self._asked.clear()
            await self._asked.wait()

    def _reply(self, call: Call) -> Reply:
        site = self._sites.get(call.host)
        if site is None:
            return plain("no such host here", 421)
        if call.method not in READING and call.host not in TAKING_ORDERS:
            return plain("only reading is served", 405).with_headers(("allow", "GET, HEAD"))
        if not call.is_secure and call.host not in PLAIN_HOSTS:
            return redirect(f"https://{call.host}{call.target}")
        return site(call)

    def _all_sites(self, control_urls: Sequence[str]) -> dict[str, Site]:
        news = PageSite(self._stage, RELATED, {self._story.path: self._article})
        pages: dict[str, Site] = {cited.host: PageSite(self._stage, cited) for cited in PAGES}
        controls = dict.fromkeys((urlsplit(url).hostname or "" for url in control_urls), control)
        shorteners: dict[str, Site] = {urlsplit(SHORT_LINK).hostname or "": shortener}
        return {
            **controls,
            **x_sites(self._stage),
            **shorteners,
            **self.wayback.sites(),
            NEWS_HOST: news,
            **pages,
        }

    def _live(self, url: str, at: datetime) -> Reply:
        """Answer the outside archive's own visit to an address of this web."""
        parts = urlsplit(url)
        agent = {"user-agent": "Mozilla/5.0 (compatible; archive.org_bot)"}
        host = parts.hostname or ""
        path = parts.path or "/"
        return self._reply(Call("GET", host, path, parts.query, agent, b"", is_secure=True, at=at))

    def _article(self, call: Call) -> Reply:
        return page(self._story.markup(call.at))
