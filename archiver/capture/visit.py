"""Bring one page from its address to rest and take what a reader would see."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Awaitable
from dataclasses import dataclass, field, replace
from typing import Any, TypeVar

from playwright.async_api import CDPSession, Dialog, Error, Page

from archiver.capture.album import MAX_FRAMES, Album
from archiver.capture.policy import CapturePolicy
from archiver.capture.recorder import Tap
from archiver.capture.screenshot import picture_preview
from archiver.capture.world import World

PAGE_TYPES = frozenset({"text/html", "application/xhtml+xml"})
RETRY_AFTER_S = 0.5
INTERRUPTIONS = 3
RETRIED = (
    "ERR_CONNECTION_REFUSED", "ERR_TUNNEL_CONNECTION_FAILED", "ERR_EMPTY_RESPONSE",
    "ERR_ADDRESS_UNREACHABLE",
)  # fmt: skip
ABORTED = "ERR_ABORTED"
ERROR_PAGE = "chrome-error:"
ERROR_PAGE_MS = 3000  # it comes within milliseconds on a quiet machine
BAD_CERTIFICATE = ("ERR_CERT_", "ERR_SSL_")
STEP_S = 5.0  # for one question to the page; its scripts are stopped when it has no answer by then
FONTS_S = 3.0
SCROLL_ROUNDS = 3

# Runs in a world of its own, where the page cannot have replaced what it calls. It goes down a
# viewport at a time, so that what loads when seen is seen, and comes back to the top.
SCROLL = """(async (steps) => {
  const pause = () => new Promise((done) => {
    requestAnimationFrame(() => requestAnimationFrame(done));
    setTimeout(done, 500);
  });
  const root = document.scrollingElement || document.documentElement;
  const to = (top) => window.scrollTo({top, behavior: 'instant'});
  for (let n = 1; n <= steps && n * innerHeight < root.scrollHeight; n++) {
    to(n * innerHeight);
    await pause();
  }
  to(0);
  await pause();
  return root.scrollHeight;
})(%d)"""
HEIGHT = "(document.scrollingElement || document.documentElement || {}).scrollHeight || 0"
FONTS = """Promise.race([
  document.fonts.ready.then(() => true),
  new Promise((done) => setTimeout(() => done(false), %d)),
])"""

Value = TypeVar("Value")


@dataclass(slots=True)
class Sight:
    """What the page showed. ``failure`` is set when it is no evidence of anything."""

    final_url: str | None = None
    status: int | None = None
    title: str | None = None
    text: str = ""
    html: str = ""
    album: Album = field(default_factory=Album)
    failure: str | None = None
    problems: dict[str, str] = field(default_factory=dict)
    dialogs: int = 0
    hidden: list[str] = field(default_factory=list)


class Visit:
    """One visit of one page; ``sight`` is filled in step by step and stands whenever it ends."""

    def __init__(self, page: Page, session: CDPSession, tap: Tap, policy: CapturePolicy) -> None:
        self.sight = Sight()
        self._page = page
        self._session = session
        self._tap = tap
        self._policy = policy
        self._loop = asyncio.get_running_loop()
        self._scripts_stopped = False

    def insist_on_certificates(self) -> None:
        """Never load a page whose certificate is not valid: a log-in goes with the request."""
        self._policy = replace(self._policy, tls_invalid="refuse")

    async def look(self, url: str, *, pictures: bool) -> Sight:
        """Load the page, let it come to rest, take text, DOM and, if wanted, pictures."""
        self._page.context.on("dialog", self._dismiss)
        await self._load(url)
        if self.sight.failure is None:
            await self._come_to_rest()
            await self._read()
            if pictures:
                await self._hide()
                await self.sight.album.fill(self._session, self._tap, self._policy)
                self.sight.problems.update(self.sight.album.problems(self._policy))
        self._note_main()
        return self.sight

    async def _load(self, url: str) -> None:
        if not url.lower().startswith(("http://", "https://")):
            self.sight.failure = "refused: not an http(s) address"  # file: needs no network
            return
        error = await self._go(url)
        if error and self._may_pass(error):
            await asyncio.sleep(RETRY_AFTER_S)
            error = await self._go(url)
        if error and any(code in error for code in BAD_CERTIFICATE):
            error = await self._go_without_certificate(url, error)
        self.sight.failure = self._failure(error)

    def _may_pass(self, error: str) -> bool:
        """Tell whether an error may be gone at the second try.

        A navigation is aborted when its process dies, too, and before that is told.
        """
        main = self._tap.main
        if (main.refusal or "").startswith("denied"):
            return False
        if ABORTED in error:
            return self._why_no_page(error) is None
        return any(code in error for code in RETRIED)

    async def _go(self, url: str) -> str | None:
        """Navigate; the browser's own error page may still be on its way and get in between."""
        error = await self._navigate(url)
        for _ in range(INTERRUPTIONS):
            if error is None or "interrupted by another navigation" not in error:
                break
            error = await self._navigate(url)
        return error

    async def _navigate(self, url: str) -> str | None:
        """Wait for the load event; return the browser's error, if any."""
        self._tap.quiet.restart(self._loop.time())
        self._tap.expect_main()
        try:
            await self._page.goto(url, wait_until="load", timeout=self._policy.load_s * 1000)
        except Error as error:
            if self._tap.main.status is not None and "Timeout" in error.message:
                self.sight.problems["load_s"] = "the page did not finish loading"
                return None
            return _first_line(error.message)
        return None

    async def _go_without_certificate(self, url: str, error: str) -> str | None:
        if self._policy.tls_invalid == "refuse":
            return error
        self.sight.problems["tls_invalid"] = f"the certificate is not valid: {_code(error)}"
        await self._session.send("Security.setIgnoreCertificateErrors", {"ignore": True})
        await self._let_error_page_arrive()
        return await self._go(url)

    async def _let_error_page_arrive(self) -> None:
        """Wait for the browser's own error page, which would cut into the next navigation."""
        with contextlib.suppress(Error):
            await self._page.wait_for_url("chrome-error://**", timeout=ERROR_PAGE_MS)

    def _failure(self, error: str | None) -> str | None:
        """Say why there is no page, or None when there is one."""
        main = self._tap.main
        if main.refusal:
            return f"the guard did not let it through: {main.refusal}"
        if (why := self._why_no_page(error)) is not None:
            return f"not a page: {why}"
        if error:
            return f"the page did not load: {self._told(error)}"
        return None if main.status is not None else "the page did not load: no response"

    def _why_no_page(self, error: str | None) -> str | None:
        """Say what the address answers with instead of a page, if it does."""
        main = self._tap.main
        if main.status in {204, 205}:
            return f"no content ({main.status})"
        if main.media_type and main.media_type not in PAGE_TYPES:
            return main.media_type
        return "a download" if error and "Download" in error else None

    def _told(self, error: str) -> str:
        if "Timeout" in error:
            return f"no response in {self._policy.load_s:g} s"
        return _code(error)

    async def _come_to_rest(self) -> None:
        """Scroll and wait, again when waiting made the page longer."""
        until = self._loop.time() + self._policy.settle_s
        steps = self._policy.max_height_px // self._policy.viewport_height
        self._tap.quiet.stir(self._loop.time())
        for _ in range(SCROLL_ROUNDS):
            scrolled = await self._ask(SCROLL % steps, 0)
            if not await self._tap.come_to_rest(until):
                self.sight.problems["settle_s"] = "the page did not come to rest"
                break
            if await self._ask(HEIGHT, 0) <= scrolled + self._policy.viewport_height // 4:
                break
        await self._ask(FONTS % int(FONTS_S * 1000), default=False)

    async def _read(self) -> None:
        sight = self.sight
        sight.title, sight.html, sight.text = await asyncio.gather(
            self._patiently(self._page.title(), None),
            self._patiently(self._page.content(), ""),
            self._visible_text(),
        )

    async def _visible_text(self) -> str:
        """Return what all frames show as text, the page itself first, error pages left out."""
        frames = [frame for frame in self._page.frames if not frame.url.startswith(ERROR_PAGE)]
        texts = await asyncio.gather(
            *(
                self._patiently(frame.locator(":root").inner_text(timeout=STEP_S * 1000), "")
                for frame in frames[:MAX_FRAMES]
            )
        )
        return "\n\n".join(text.strip() for text in texts if text.strip())

    async def _hide(self) -> None:
        """Hide what the operator wants hidden, and keep the list: it was there."""
        if not self._policy.hide:
            return
        self.sight.album.preview = await picture_preview(self._session, self._policy)
        rule = f"{', '.join(self._policy.hide)} {{ display: none !important }}"
        await self._patiently(self._page.add_style_tag(content=rule), None)
        self.sight.hidden = list(self._policy.hide)

    def _note_main(self) -> None:
        """Note address and status; the browser's own error page has neither."""
        main = self._tap.main
        shown = self._page.url if self._page.url.startswith("http") else None
        self.sight.final_url = None if main.refusal else shown or main.url
        self.sight.status = None if main.refusal else main.status

    async def _ask(self, expression: str, default: Value) -> Value:
        """Evaluate in a world of our own; ``default`` when the page is gone or hangs."""
        answer = await self._patiently(self._evaluate(expression), None)
        value: Value = default if answer is None else answer
        return value

    async def _evaluate(self, expression: str) -> Any:  # noqa: ANN401 - JSON
        return await (await World.open(self._session)).ask(expression)

    async def _patiently(self, question: Awaitable[Value], default: Value) -> Value:
        """Wait for the page's answer; when it hangs, stop its scripts and do without."""
        try:
            async with asyncio.timeout(STEP_S):
                return await question
        except TimeoutError:
            await self._stop_scripts("the page's scripts kept it busy and were stopped")
        except Error:
            pass  # it navigated away or closed itself: the next step sees what is there then
        return default

    async def _stop_scripts(self, why: str) -> None:
        if self._scripts_stopped:
            return
        self._scripts_stopped = True
        self.sight.problems["scripts"] = why
        disable = {"value": True}
        await asyncio.gather(
            self._session.send("Runtime.terminateExecution"),
            self._session.send("Emulation.setScriptExecutionDisabled", disable),
            return_exceptions=True,
        )

    async def _dismiss(self, dialog: Dialog) -> None:
        self.sight.dialogs += 1
        try:
            await dialog.dismiss()
            if self.sight.dialogs == self._policy.max_dialogs:
                await self._stop_scripts("the page kept opening dialogs and was stopped")
                self.sight.problems["max_dialogs"] = self.sight.problems["scripts"]
        except Error:
            return  # the page went away with its dialog


def _code(error: str) -> str:
    """Return the browser's error code out of its message, or the message."""
    start = error.find("net::")
    return error[start:].split(maxsplit=1)[0].strip(":,") if start >= 0 else error


def _first_line(text: str) -> str:
    return text.partition("\n")[0]
