"""The process a capture runs in: its own driver, one fresh browser for each capture.

Started by :mod:`archiver.capture.pool` as ``python -m archiver.capture.worker FD PARENT``. It ends
with its parent, however that ends: by the closed line, or by the signal the kernel sends.
"""

from __future__ import annotations

import asyncio
import contextlib
import ctypes
import os
import signal
import socket
import sys
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import urlsplit

from playwright.async_api import Browser, BrowserContext, Error, Page, Playwright, async_playwright

from archiver.capture import messages
from archiver.capture.browser import launch
from archiver.capture.login import LoggedIn, silent_fields
from archiver.capture.messages import Line, Message
from archiver.capture.orphans import bury, children
from archiver.capture.policy import CapturePolicy
from archiver.capture.recorder import Tap
from archiver.capture.staging import write_file
from archiver.capture.trust import trust_authorities
from archiver.capture.visit import Sight, Visit
from archiver.capture.warc import HttpEntry, Payload, WarcFile
from archiver.errors import LaunchError
from archiver.model.capture import ArtifactKind, HeldPayload, WarcRecord

PR_SET_PDEATHSIG = 1  # prctl(2)
PR_SET_CHILD_SUBREAPER = 36
WARC_NAME = "capture.warc.gz"
DRAIN_S = 5.0


def machine_time() -> datetime:
    """Return this machine's time: a process of its own has no clock handed to it."""
    return datetime.fromtimestamp(time.time_ns() / 1e9, UTC)


class Worker:
    """Answers its parent's orders one after another."""

    def __init__(self, line: Line, driver: Playwright) -> None:
        self._line = line
        self._driver = driver
        self._orders: asyncio.Queue[Message | None] = asyncio.Queue()
        self._asked: dict[int, asyncio.Future[str | None]] = {}
        self._browser: tuple[Browser, BrowserContext, Page] | None = None
        self._policy = CapturePolicy()
        self._trusts_extra = False
        self._own = frozenset(children())  # the driver alone: its end is awaited elsewhere

    async def run(self) -> None:
        """Serve until the parent hangs up."""
        listening = asyncio.create_task(self._listen())
        while order := await self._orders.get():
            if order["do"] == "start":
                await self._start(order)
            else:
                await self._record(order)
        await listening

    async def find_ip(self, host: str, port: int) -> str | None:
        """Ask the parent, who keeps the guard, which address was dialled for a host."""
        number = len(self._asked)
        answer: asyncio.Future[str | None] = asyncio.get_running_loop().create_future()
        self._asked[number] = answer
        await self._line.say(say="ip", n=number, host=host, port=port)
        return await answer

    async def _listen(self) -> None:
        while message := await self._line.hear():
            if message["do"] == "ip":
                self._asked[message["n"]].set_result(message["ip"])
            else:
                self._orders.put_nowait(message)
        self._orders.put_nowait(None)

    async def _start(self, order: Message) -> None:
        self._policy = messages.policy_from_json(order["policy"])
        await self._close_browser()
        bury(self._own)  # what died after its browser was closed has come to us by now
        try:
            self._trust()
            self._browser = await launch(
                self._driver, order["browser"], order["proxy"], self._policy
            )
        except (LaunchError, Error, OSError) as error:
            await self._line.say(say="failed", error=str(error).partition("\n")[0])
            return
        await self._line.say(say="ready", version=self._browser[0].version)

    def _trust(self) -> None:
        """Before the first browser of this process starts: it reads its store at its start."""
        if self._policy.extra_ca is not None and not self._trusts_extra:
            trust_authorities(Path.home(), self._policy.extra_ca)
            self._trusts_extra = True

    async def _record(self, order: Message) -> None:
        if self._browser is None:
            await self._line.say(say="failed", error="no browser was started")
            return
        _, context, page = self._browser
        session = Session(self, self._line, self._policy, order)
        try:
            await session.run(context, page)
        except (Error, OSError) as error:
            await self._line.say(say="failed", error=str(error).partition("\n")[0])
        except Exception as error:  # noqa: BLE001 - the worker's border: the parent reports it
            await self._line.say(say="failed", error=repr(error))
        await self._close_browser()

    async def _close_browser(self) -> None:
        """End the browser at once: a profile that is thrown away needs no orderly end."""
        if self._browser is None:
            return
        browser, self._browser = self._browser[0], None
        with contextlib.suppress(Error, ProcessLookupError):
            os.kill(await browser_pid(browser), signal.SIGKILL)
        with contextlib.suppress(Error):
            await browser.close()


async def browser_pid(browser: Browser) -> int:
    """Ask the browser for the number of its main process."""
    session = await browser.new_browser_cdp_session()
    told = await session.send("SystemInfo.getProcessInfo")
    return next(int(one["id"]) for one in told["processInfo"] if one["type"] == "browser")


class Session:
    """One capture: the page is visited, listened to and written down."""

    def __init__(self, worker: Worker, line: Line, policy: CapturePolicy, order: Message) -> None:
        self._worker = worker
        self._line = line
        self._policy = policy
        self._order = order
        self._staging = Path(order["staging"])
        self._held: dict[str, HeldPayload] = messages.held_from_json(order["held"])
        self._shift = _shift(datetime.fromisoformat(order["now"]))
        self._ips: dict[tuple[str, int], str | None] = {}
        self._warc = WarcFile(self._staging / WARC_NAME, page_id=order["capture_id"])
        self._writing = asyncio.Lock()
        self._main_record: str | None = None
        self._cut: list[str] = []
        self._login = LoggedIn.of(order.get("login"))

    async def run(self, context: BrowserContext, page: Page) -> None:
        """Record and tell: what was seen first, then each file, last that it is done."""
        self._warc.create(self._order["info"], self._now())
        tap = Tap(context, self._policy, self._staging, self._write, self._now, self._shift)
        page_session = await tap.open(page)
        pages = PageCount(tap, self._policy)
        context.on("page", pages.on_page)
        crashes: list[Page] = []
        page.on("crash", lambda crashed: crashes.append(crashed))  # noqa: PLW0108 - it has a signature
        visit = Visit(page, page_session, tap, self._policy)
        if self._login is not None:
            await self._login.enter(context)
            visit.insist_on_certificates()
        sight = await visit.look(self._order["page_url"], pictures=self._order["pictures"])
        if crashes or context.browser is None or not context.browser.is_connected():
            raise Error("it crashed")
        is_in = await self._login.stands(context) if self._login is not None else None
        await self._tell(sight, tap)
        await tap.close(DRAIN_S if sight.failure is None else 0.1)
        await self._keep(sight)
        problems = {**sight.problems, **tap.limits, **pages.problems, **self._problems()}
        await self._say(
            say="done", problems=problems, dialogs=sight.dialogs, hidden=sight.hidden,
            logged_in=is_in,
            sockets=tap.sockets, pages=pages.count, blank_frames=sight.album.blank_frames,
            overlays=sight.album.overlays,
        )  # fmt: skip

    def _now(self) -> datetime:
        return machine_time() + self._shift

    async def _tell(self, sight: Sight, tap: Tap) -> None:
        await self._say(
            say="seen", final_url=sight.final_url, status=sight.status, title=sight.title,
            text=sight.text, html=sight.html, failure=sight.failure, problems=sight.problems,
            headers=silent_fields(tap.main.fields) if self._login else tap.main.fields,
        )  # fmt: skip

    async def _say(self, **message: object) -> None:
        """Tell the parent, a log-in's secrets masked wherever they stand."""
        told = message if self._login is None else self._login.masked(message)
        await self._line.say(**told)

    async def _write(self, entry: HttpEntry, is_main: bool) -> None:  # noqa: FBT001 - a sink
        entry = HttpEntry(
            **{
                **{name: getattr(entry, name) for name in entry.__slots__},
                "ip": await self._ip(entry.url),
            }
        )
        if self._login is not None:
            entry = await asyncio.to_thread(self._login.silenced, entry)
        if entry.truncated and entry.truncated != "time":
            self._cut.append(entry.url)
        held = None if is_main else self._may_revisit(entry)
        async with self._writing:
            records = await asyncio.to_thread(self._warc.add_exchange, entry, held)
            length = self._warc.flush()
        if is_main:
            self._main_record = records[0].record_id
        await self._report(records, length)

    def _may_revisit(self, entry: HttpEntry) -> HeldPayload | None:
        if entry.status != 200 or entry.truncated or not entry.request.startswith(b"GET "):
            return None
        return self._held.get(entry.body.sha256) if entry.body.length else None

    async def _ip(self, url: str) -> str | None:
        place = _endpoint(url)
        if place not in self._ips:
            self._ips[place] = await self._worker.find_ip(*place)
        return self._ips[place]

    async def _report(self, records: tuple[WarcRecord, ...], length: int) -> None:
        told = [messages.record_to_json(record) for record in records]
        await self._line.say(say="wrote", records=told, bytes=length)

    async def _keep(self, sight: Sight) -> None:
        """Write text and pictures as files, and into the WARC under names readers know."""
        if sight.failure is not None:
            await asyncio.to_thread(self._warc.flush)
            self._warc.abandon()
            return
        url, at = sight.final_url or self._order["page_url"], self._now()
        said, url = (sight.text, url) if self._login is None else self._login.mask(sight.text, url)
        text = said.encode("utf-8", "replace")
        await self._keep_one("text.txt", text, ArtifactKind.TEXT, "text/plain; charset=utf-8")
        await self._add(f"urn:text:{url}", "text/plain; charset=utf-8", text, at)
        shot, cleaned, small = sight.album.picture, sight.album.cleaned, sight.album.preview
        if shot is not None:
            await self._keep_one(
                "screenshot.png", shot.data, ArtifactKind.SCREENSHOT, shot.media_type,
                None if shot.covers == "page" else shot.covers,
            )  # fmt: skip
            name = "view" if shot.covers == "viewport" else "fullPage"
            await self._add(f"urn:{name}:{url}", shot.media_type, shot.data, at)
        if cleaned is not None:
            await self._keep_one(
                "screenshot-cleaned.png", cleaned.data, ArtifactKind.CLEANED, cleaned.media_type,
                "without boxes that ask for consent; provenance says which",
            )  # fmt: skip
        if small is not None:
            await self._keep_one("preview.jpg", small.data, ArtifactKind.PREVIEW, small.media_type)
            if shot is None or shot.covers != "viewport":
                await self._add(f"urn:view:{url}", small.media_type, small.data, at)
        self._warc.abandon()

    async def _keep_one(
        self, name: str, data: bytes, kind: ArtifactKind, media_type: str, note: str | None = None
    ) -> None:
        artifact = await asyncio.to_thread(
            write_file, self._staging, name, data, kind, media_type, note
        )
        await self._line.say(say="file", artifact=messages.artifact_to_json(artifact))

    async def _add(self, uri: str, media_type: str, data: bytes, at: datetime) -> None:
        body = await asyncio.to_thread(Payload.of, data)
        async with self._writing:
            record = await asyncio.to_thread(
                self._warc.add_resource, uri, media_type, body, at, self._main_record
            )
            length = self._warc.flush()
        await self._report((record,), length)

    def _problems(self) -> dict[str, str]:
        if not self._cut:
            return {}
        more = f" and {len(self._cut) - 1} more" if len(self._cut) > 1 else ""
        return {"truncated": f"not received whole: {self._cut[0]}{more}"}


class PageCount:
    """Listens to popups, and closes them beyond the limit."""

    def __init__(self, tap: Tap, policy: CapturePolicy) -> None:
        self.count = 1
        self.problems: dict[str, str] = {}
        self._tap = tap
        self._policy = policy

    async def on_page(self, page: Page) -> None:
        """Listen to one more page, or close it."""
        self.count += 1
        with contextlib.suppress(Error):
            if self.count > self._policy.max_pages:
                self.problems["max_pages"] = f"more than {self._policy.max_pages} windows opened"
                await page.close()
            else:
                await self._tap.watch(page)


def _shift(now: datetime) -> timedelta:
    """How far the parent's clock is ahead of the machine's; the same clock is not ahead at all."""
    ahead = now - machine_time()
    return ahead if abs(ahead) > timedelta(seconds=5) else timedelta()


def _endpoint(url: str) -> tuple[str, int]:
    parts = urlsplit(url)
    return parts.hostname or "", parts.port or (443 if parts.scheme == "https" else 80)


def die_with(parent: int) -> None:
    """Make the kernel end this process with its parent, and hand orphans of ours to it.

    Source: prctl(2). Elsewhere than on Linux the closed line alone has to do.
    """
    if sys.platform != "linux":
        return
    libc = ctypes.CDLL(None)
    libc.prctl(PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
    libc.prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)
    if os.getppid() != parent:  # it died before we asked
        sys.exit(1)


async def serve(fd: int) -> None:
    """Speak over the inherited socket until the parent hangs up."""
    line = socket.socket(fileno=fd)
    line.set_inheritable(False)
    reader, writer = await asyncio.open_connection(sock=line, limit=messages.LINE_LIMIT)
    async with async_playwright() as driver:
        await Worker(Line(reader, writer), driver).run()


def main() -> None:
    """Run as a child of the recorder."""
    die_with(int(sys.argv[2]))
    asyncio.run(serve(int(sys.argv[1])))


if __name__ == "__main__":
    main()
