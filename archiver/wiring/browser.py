"""The browser, started when it is first needed, and the fetcher that knows both roads."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager, suppress
from types import TracebackType

from archiver.capture.pool import BrowserRecorder
from archiver.errors import CaptureError, CrashError, LaunchError, StoreError
from archiver.flow.launches import Launches
from archiver.model.capture import Recording
from archiver.model.inquiry import Answer, Ask, Headers, Outcome, Question
from archiver.ports import CaptureOrder, Clock, Fetcher

Visiting = Callable[[str], AbstractAsyncContextManager[None]]
Heeding = Callable[[str, int | None, Headers], Awaitable[None]]


class LazyRecorder:
    """A recorder whose browser starts with the first order, or when told to get warm.

    ``status`` and ``show`` need no browser, and a machine without one can still extract. While
    browsers keep failing, none is tried but one now and then. ``visit`` waits for our turn at a
    page's site and holds it meanwhile; ``heed`` is told what its last address answered with.
    """

    def __init__(
        self,
        build: Callable[[], BrowserRecorder],
        launches: Launches,
        visit: Visiting,
        heed: Heeding,
    ) -> None:
        self._build = build
        self._launches = launches
        self._visit = visit
        self._heed = heed
        self._started: asyncio.Task[BrowserRecorder] | None = None

    async def __aenter__(self) -> LazyRecorder:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._started is None:
            return
        results = await asyncio.gather(self._started, return_exceptions=True)
        for started in results:
            if isinstance(started, BrowserRecorder):
                await started.__aexit__(kind, error, trace)

    @property
    def was_needed(self) -> bool:
        """Whether a browser was started, or is starting."""
        return self._started is not None

    @property
    def trouble(self) -> str | None:
        """Why the browser did not start when it was last tried; None when it did, or was not."""
        started = self._started
        if started is None or not started.done() or started.cancelled():
            return None
        error = started.exception()
        return str(error) if error is not None else started.result().trouble

    def warm(self) -> None:
        """Start the browser now, in the background."""
        if self._started is None:
            self._started = asyncio.create_task(self._start())

    async def _start(self) -> BrowserRecorder:
        return await self._build().__aenter__()

    async def _recorder(self) -> BrowserRecorder:
        if self._started is not None and _has_failed(self._started):
            self._started = None  # there may be a browser by now
        self.warm()
        assert self._started is not None  # noqa: S101 - for the type checker
        return await asyncio.shield(self._started)

    async def record(self, order: CaptureOrder) -> Recording:
        """Record one order; see :class:`archiver.ports.Recorder`."""
        if order.page_url is None:
            return await (await self._recorder()).record(order)
        async with self._visit(order.page_url), self._tried(order.page_url):
            recording = await (await self._recorder()).record(order)
            url = recording.final_url or order.page_url
            await self._take_heed(url, recording.http_status, recording.headers)
        if recording.has_crashed:
            self._launches.crashed(order.page_url, recording.reason or "it broke down")
        else:
            self._launches.worked()
        return recording

    async def render(self, question: Question) -> Answer:
        """Answer a question with the rendered page."""
        async with self._visit(question.url), self._tried(question.url):
            answer = await (await self._recorder()).render(question)
            await self._take_heed(answer.url, answer.status, answer.headers)
        self._launches.worked()
        return answer

    async def _take_heed(self, url: str, status: int | None, headers: Headers) -> None:
        """Obey a site that wants to be left alone, before anybody else comes to it."""
        with suppress(StoreError):  # what was seen counts; others are told when we give it back
            await self._heed(url, status, headers)

    @asynccontextmanager
    async def _tried(self, url: str) -> AsyncIterator[None]:
        """Count a browser that fails.

        Raises:
            LaunchError: it did not start, or none is tried for now.
            CrashError: it broke down.
        """
        if not self._launches.may_try:
            why = self._launches.reason
            raise LaunchError(f"browsers keep failing: {why}; see: archiver doctor")
        try:
            yield
        except CrashError as error:
            self._launches.crashed(url, str(error))
            raise
        except LaunchError as error:
            self._launches.failed(str(error))
            raise


def _has_failed(started: asyncio.Task[BrowserRecorder]) -> bool:
    return started.done() and (started.cancelled() or started.exception() is not None)


class BothRoads:
    """Asks by HTTP or through the browser, as the question says."""

    def __init__(self, client: Fetcher, recorder: LazyRecorder, clock: Clock) -> None:
        self._client = client
        self._recorder = recorder
        self._clock = clock

    async def ask(self, question: Question) -> Answer:
        """Ask once; see :class:`archiver.ports.Fetcher`.

        Without a browser there is no answer, but what the plain request was told is kept.
        """
        if question.ask is not Ask.RENDER:
            return await self._client.ask(question)
        try:
            return await self._recorder.render(question)
        except CaptureError as error:
            now = self._clock.now()
            return Answer(question, Outcome.REFUSED, now, question.url, error=str(error))
