"""Record what one browser loads, by its own account, into one WARC.

One session at the browser holds every response, also of cross-site frames, popups and workers, so
that its body can be taken; sessions at pages and frames tell what went over the wire. Nothing a
page does may stop the recording: every held response is let go whatever happened, and every
listener keeps its exceptions, because Playwright would raise them in some unrelated call.

Source: Chrome DevTools Protocol, Fetch and Network; behaviour measured with Chromium 156, 2026-11.
"""

from __future__ import annotations

import asyncio
import base64
from collections.abc import Awaitable, Callable, Coroutine, Mapping, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from playwright.async_api import BrowserContext, CDPSession, Error, Frame, Page

from archiver.capture.bodies import BodyPlan, Budget, Spool, announced_bytes, is_endless, plan_body
from archiver.capture.policy import CapturePolicy
from archiver.capture.settle import Quiet
from archiver.capture.traffic import Chain, Event, Ledger, Pause, exchanges_of
from archiver.capture.warc import HttpEntry, Payload
from archiver.capture.wire import Fields, unfold

Sink = Callable[[HttpEntry, bool], Awaitable[None]]
STREAM_START_S = 5.0  # on a response that cannot be listened to the call never comes back
CONTINUE_S = 10.0


class Main:
    """What is known of the main document: its last response."""

    def __init__(self) -> None:
        self.url: str | None = None
        self.status: int | None = None
        self.media_type: str | None = None
        self.fields: Fields = ()
        self.refusal: str | None = None


class Tap:
    """Listens to one browser and hands every exchange that is over to ``sink``, once.

    ``limits`` are those that were hit, with words of it. Times are of the event loop.
    """

    def __init__(
        self,
        context: BrowserContext,
        policy: CapturePolicy,
        folder: Path,
        sink: Sink,
        now: Callable[[], datetime],
        shift: timedelta,
    ) -> None:
        self.limits: dict[str, str] = {}
        self.sockets: list[str] = []
        self.main = Main()
        self.changed = asyncio.Event()
        self._context = context
        self._policy = policy
        self._folder = folder
        self._sink = sink
        self._now = now
        self._shift = shift
        self._loop = asyncio.get_running_loop()
        self.quiet = Quiet(policy.quiet_s, self._loop.time())
        self._ledger = Ledger()
        self._budget = Budget(policy.max_total_bytes)
        self._spools: dict[str, Spool] = {}
        self._far: list[Frame] = []
        self._tasks: set[asyncio.Task[None]] = set()
        self._main_frame: str | None = None
        self._main_key: str | None = None
        self._is_open = True
        self._browser_session: CDPSession | None = None

    async def open(self, page: Page) -> CDPSession:
        """Begin to listen; returns the page's session for further use."""
        browser = self._context.browser
        if browser is None:
            raise Error("the context has no browser")
        session, page_session = await asyncio.gather(
            browser.new_browser_cdp_session(), self._context.new_cdp_session(page)
        )
        self._browser_session = session
        session.on("Fetch.requestPaused", self._guarded(self._on_paused))
        target = await page_session.send("Target.getTargetInfo")
        self._main_frame = target["targetInfo"]["targetId"]
        everything = [{"urlPattern": "*", "requestStage": "Response"}]
        await asyncio.gather(
            session.send("Fetch.enable", {"patterns": everything}), self._listen(page_session)
        )
        page.on("framenavigated", self._guarded(self._on_frame))
        return page_session

    async def watch(self, page: Page) -> None:
        """Listen to a popup's network events too; its bodies come without that."""
        session = await self._context.new_cdp_session(page)
        await self._listen(session)
        page.on("framenavigated", self._guarded(self._on_frame))

    def expect_main(self) -> None:
        """Forget the last main document: another one is asked for."""
        self.main = Main()

    @property
    def far_frames(self) -> list[Frame]:
        """Frames of other sites, which have processes of their own, that are still there."""
        return [frame for frame in self._far if not frame.is_detached()]

    async def come_to_rest(self, until: float) -> bool:
        """Wait until the network is quiet; false when ``until`` came first."""
        while (wait := self.quiet.remaining_s(self._loop.time())) > 0:
            left = until - self._loop.time()
            if left <= 0:
                return False
            self.changed.clear()
            try:
                async with asyncio.timeout(min(wait, left)):
                    await self.changed.wait()
            except TimeoutError:
                continue
        return True

    async def close(self, patience_s: float) -> None:
        """Take what is still under way, then hand out every chain that is left."""
        if self._tasks:
            await asyncio.wait(set(self._tasks), timeout=patience_s)
        self._is_open = False
        for chain in list(self._ledger.chains.values()):
            self._cut_off(chain)
            await self._deliver(self._ledger.take(chain))

    async def _listen(self, session: CDPSession) -> None:
        for name, listener in (
            ("Network.requestWillBeSent", lambda event: self._will_be_sent(event, session)),
            ("Network.requestWillBeSentExtraInfo", self._sent_on_wire),
            ("Network.responseReceived", self._received),
            ("Network.responseReceivedExtraInfo", self._received_on_wire),
            ("Network.dataReceived", self._data),
            ("Network.loadingFinished", self._ended),
            ("Network.loadingFailed", self._ended),
            ("Network.webSocketCreated", self._socket),
        ):
            session.on(name, self._guarded(listener))
        await session.send("Network.enable")

    def _guarded(self, listener: Callable[[Any], object]) -> Callable[[Any], None]:
        """Wrap a listener, plain or a coroutine, so that nothing it raises gets out."""

        def listen(event: Any) -> None:  # noqa: ANN401 - whatever the library emits
            if not self._is_open:
                return
            try:
                outcome = listener(event)
            except Exception as error:  # noqa: BLE001 - a listener's border
                self.limits.setdefault("listener", repr(error))
                return
            if isinstance(outcome, Coroutine):
                self._spawn(outcome)

        return listen

    def _spawn(self, work: Coroutine[Any, Any, None]) -> None:
        task = self._loop.create_task(self._contained(work))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _contained(self, work: Coroutine[Any, Any, None]) -> None:
        try:
            await work
        except Error:
            return  # the page, the frame or the browser went away under us
        except Exception as error:  # noqa: BLE001 - a task's border
            self.limits.setdefault("listener", repr(error))

    def _stirred(self) -> None:
        self.changed.set()

    async def _on_frame(self, frame: Frame) -> None:
        """Listen to a frame of another site, which has a process of its own."""
        if frame.parent_frame is None:
            return
        try:
            session = await self._context.new_cdp_session(frame)
        except Error:
            return  # of the same site: its page tells of it already
        if frame not in self._far:
            self._far.append(frame)
        await self._listen(session)

    # What the page's sessions tell.

    def _will_be_sent(self, event: Event, owner: CDPSession) -> None:
        chain = self._ledger.will_be_sent(event, owner)
        if event["request"]["url"].startswith("http"):
            self.quiet.begin(chain.key, chain.kind, self._loop.time())
            self._stirred()

    def _sent_on_wire(self, event: Event) -> None:
        self._deliver_if_whole(self._ledger.sent_on_wire(event))

    def _received(self, event: Event) -> None:
        chain = self._ledger.received(event)
        if event.get("type") == "Document" and event.get("frameId") == self._main_frame:
            response = event["response"]
            self.main.url = response["url"]
            self.main.status = response["status"]
            self.main.fields = unfold(response.get("headers") or {})
            self.main.media_type = response.get("mimeType", "").lower()
        self._deliver_if_whole(chain)

    def _received_on_wire(self, event: Event) -> None:
        self._deliver_if_whole(self._ledger.received_on_wire(event))

    def _data(self, event: Event) -> None:
        spool = self._spools.get(event["requestId"])
        if spool is not None and event.get("data"):
            spool.write(base64.b64decode(event["data"]))

    def _ended(self, event: Event) -> None:
        chain = self._ledger.end(event)
        self.quiet.end(chain.key, self._loop.time())
        self._stirred()
        self._close_spool(chain, None)
        self._deliver_if_whole(chain)

    def _socket(self, event: Event) -> None:
        self.sockets.append(str(event["url"]))

    # What the interception holds.

    async def _on_paused(self, event: Event) -> None:
        chain, pause = self._ledger.pause(event, self._now())
        self.quiet.begin(chain.key, chain.kind, self._loop.time())
        self._note_main(pause)
        try:
            await self._take_body(chain, pause)
        finally:
            await self._let_go(pause)
            pause.is_done = not chain.is_streaming
            if pause.is_done:  # of a worker's script no page ever tells the end
                self.quiet.end(chain.key, self._loop.time())
            self._stirred()
            self._deliver_if_whole(chain)

    def _note_main(self, pause: Pause) -> None:
        if pause.kind == "document" and pause.event.get("frameId") == self._main_frame:
            self.main.refusal = pause.refusal

    async def _take_body(self, chain: Chain, pause: Pause) -> None:
        plan = plan_body(pause, self._policy, may_stream=chain.owner is not None)
        if is_endless(pause) or (plan is BodyPlan.STREAM and announced_bytes(pause) is None):
            self.quiet.expect_no_end(chain.key)
        if plan is BodyPlan.READ:
            await self._read(pause)
        elif plan is BodyPlan.STREAM:
            await self._stream(chain, pause)
        elif plan is BodyPlan.PASS:
            pause.truncated = "time" if is_endless(pause) else "length"

    async def _read(self, pause: Pause) -> None:
        try:
            async with asyncio.timeout(self._policy.body_s):
                answer = await self._send(
                    "Fetch.getResponseBody", {"requestId": pause.interception}
                )
        except TimeoutError:
            pause.truncated = "time"
            self.limits.setdefault(
                "body_s", f"not received in {self._policy.body_s:g} s: {pause.url}"
            )
            return
        text = answer.get("body", "")
        body = base64.b64decode(text) if answer.get("base64Encoded") else text.encode("utf-8")
        if len(body) > min(self._policy.max_body_bytes, self._budget.left):
            self._note_cut(pause)
            body = body[: min(self._policy.max_body_bytes, self._budget.left)]
        self._budget.left -= len(body)
        pause.body = (
            await asyncio.to_thread(Payload.of, body) if len(body) > 65536 else Payload.of(body)
        )

    async def _stream(self, chain: Chain, pause: Pause) -> None:
        """Listen in on the page's own loading; the bytes come as they reach the page."""
        owner = chain.owner
        if not isinstance(owner, CDPSession):
            return
        spool = Spool(self._folder, self._policy.max_body_bytes, self._budget)
        self._spools[chain.key] = spool
        try:
            async with asyncio.timeout(STREAM_START_S):
                begun = await owner.send("Network.streamResourceContent", {"requestId": chain.key})
        except (TimeoutError, Error):
            self._spools.pop(chain.key, None)
            if announced_bytes(pause) is None:
                pause.truncated = "unspecified"
            else:
                await self._read(pause)
            return
        spool.write(base64.b64decode(begun.get("bufferedData", "")))
        chain.is_streaming = True

    def _close_spool(self, chain: Chain, truncated: str | None) -> None:
        spool = self._spools.pop(chain.key, None)
        if spool is None or not chain.pauses:
            return
        pause = chain.pauses[-1]
        pause.body = spool.payload()
        pause.truncated = truncated
        if spool.is_cut:
            self._note_cut(pause)
        pause.is_done = True
        chain.is_streaming = False

    def _note_cut(self, pause: Pause) -> None:
        pause.truncated = "length"
        name = "max_total_bytes" if self._budget.left <= 0 else "max_body_bytes"
        self.limits.setdefault(name, f"larger than is kept: {pause.url}")

    async def _let_go(self, pause: Pause) -> None:
        """Continue; what our guard answered becomes the failure it stands for, never content."""
        method, params = "Fetch.continueResponse", {"requestId": pause.interception}
        if pause.refusal:
            method, params = "Fetch.failRequest", {**params, "errorReason": "AddressUnreachable"}
        try:
            async with asyncio.timeout(CONTINUE_S):
                await self._send(method, params)
        except (Error, TimeoutError):
            return  # gone by itself: aborted, or its page went away

    async def _send(self, method: str, params: Mapping[str, object]) -> dict[str, Any]:
        if self._browser_session is None:
            raise Error("not listening")
        answer: dict[str, Any] = await self._browser_session.send(method, dict(params))
        return answer

    # What is over.

    def _deliver_if_whole(self, chain: Chain) -> None:
        if chain.is_whole and chain.key in self._ledger.chains:
            if chain.pauses:
                self._spawn(self._deliver(self._ledger.take(chain)))
            else:
                self._ledger.take(chain)

    def _cut_off(self, chain: Chain) -> None:
        """Close a chain at the capture's end whose own end nobody told."""
        self._close_spool(chain, None if chain.ended else "time")
        for pause in chain.pauses:
            if not pause.is_done and pause.body is None:
                pause.truncated = pause.truncated or "time"
                pause.is_done = True

    async def _deliver(self, chain: Chain) -> None:
        try:
            for entry in exchanges_of(chain, self._shift):
                await self._sink(entry, self._is_main(chain))
        finally:
            for pause in chain.pauses:
                if pause.body is not None:
                    pause.body.close()

    def _is_main(self, chain: Chain) -> bool:
        return any(
            pause.kind == "document" and pause.event.get("frameId") == self._main_frame
            for pause in chain.pauses
        )


def unique(values: Sequence[str]) -> list[str]:
    """Return values once each, in order."""
    return list(dict.fromkeys(values))
