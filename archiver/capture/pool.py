"""The recorder as the flow knows it: hands orders to worker processes, brings recordings home.

While one worker captures, the next waits with its browser started. Captures come before renders. A
capture that outlasts its deadline loses its worker, not what was written: whole records are kept.
"""

from __future__ import annotations

import asyncio
import tempfile
from collections import deque
from pathlib import Path
from types import TracebackType
from typing import Self
from urllib.parse import urlsplit

from archiver.capture import messages
from archiver.capture.finish import finish
from archiver.capture.login import login_to_json, seen_in_warc
from archiver.capture.media import MediaRoom
from archiver.capture.places import Places
from archiver.capture.policy import MIB, CapturePolicy
from archiver.capture.process import WorkerProcess
from archiver.capture.raw import Raw
from archiver.capture.render import answer_of
from archiver.errors import LaunchError, disk_error
from archiver.model.capture import DEADLINE, Recording
from archiver.model.inquiry import Answer, Question
from archiver.net.accounts import Account, Accounts
from archiver.net.guard import Guard
from archiver.ports import CaptureOrder, Clock, Fetcher, Meter, Silent

MEMORY_LOOK_S = 1.0


class BrowserRecorder:
    """Implements :class:`archiver.ports.Recorder` with the real browser.

    Use it as ``async with``: leaving ends every process it started. ``trouble`` says why the
    browser did not start when it was last tried; None when it did.
    """

    def __init__(
        self,
        guard: Guard,
        fetcher: Fetcher,
        policy: CapturePolicy,
        clock: Clock,
        browser_path: str,
        accounts: Accounts | None = None,
        meter: Meter | None = None,
    ) -> None:
        self.trouble: str | None = None
        self._meter = meter or Silent()
        self._guard = guard
        self._media = MediaRoom(fetcher, guard, policy)
        self._policy = policy
        self._clock = clock
        self._browser_path = browser_path
        self._accounts = accounts
        self._places = Places(policy.browsers)
        self._starting: deque[asyncio.Task[WorkerProcess]] = deque()
        self._idle: list[WorkerProcess] = []
        self._busy: set[WorkerProcess] = set()
        self._asked = 0
        self._retiring: asyncio.TimerHandle | None = None
        self._ending: set[asyncio.Task[None]] = set()

    async def __aenter__(self) -> Self:
        self._start_another()
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._retiring is not None:
            self._retiring.cancel()
        await asyncio.gather(self._end_waiting(), *self._ending)
        await asyncio.gather(*(worker.end() for worker in self._busy))
        self._busy.clear()

    async def record(self, order: CaptureOrder) -> Recording:
        """Record a page, or exchanges alone, into ``order.staging``.

        Raises:
            LaunchError: the browser could not be started at all.
            StoreError: the disk refused.
        """
        begun = self._clock.now()
        media = asyncio.create_task(self._media.fetch(order.media, Path(order.staging)))
        try:
            raw = await self._visit(order, pictures=True) if order.page_url else Raw()
            fetched = await media
        finally:
            media.cancel()
        try:
            return await finish(order, raw, fetched, self._policy, begun, self._clock)
        except OSError as error:
            message = f"the disk refused capture {order.capture_id}: {error.strerror or error}"
            raise disk_error(message, error) from error

    async def render(self, question: Question) -> Answer:
        """Answer with the rendered DOM as HTML; what the page's records were is not kept.

        Raises:
            LaunchError: the browser could not be started at all.
            CrashError: it broke down before it showed the page.
        """
        at = self._clock.now()
        with tempfile.TemporaryDirectory(prefix="archiver-render-") as staging:
            order = CaptureOrder("render", staging, question.url, question.url, (), (), {})
            raw = await self._visit(order, pictures=False)
        return answer_of(question, raw, at)

    async def _visit(self, order: CaptureOrder, *, pictures: bool) -> Raw:
        self._asked += 1
        async with self._places.place(is_capture=pictures):
            raw = await self._attempt(order, pictures=pictures)
            if raw.has_crashed:
                raw = await self._attempt(order, pictures=pictures)
            return raw

    async def _attempt(self, order: CaptureOrder, *, pictures: bool) -> Raw:
        worker = await self._take()
        raw = Raw(version=worker.version)
        try:
            await self._conduct(worker, order, raw, pictures=pictures)
        finally:
            await self._give_back(worker, is_fit=raw.is_done and not raw.has_crashed)
        self._count(raw)
        return raw

    def _count(self, raw: Raw) -> None:
        if raw.has_crashed:
            self._meter.count("browser_crashes_total")
        if DEADLINE in raw.problems:
            self._meter.count("browser_kills_total", limit="deadline")
        if "max_memory_bytes" in raw.problems:
            self._meter.count("browser_kills_total", limit="memory")

    async def _conduct(
        self, worker: WorkerProcess, order: CaptureOrder, raw: Raw, *, pictures: bool
    ) -> None:
        """Hand an order to a worker and collect what it says until it is done or out of time."""
        passage = worker.passage
        if passage is None:
            raise LaunchError("the browser has no way out")
        passage.start()
        account = self._account(order)
        if account is not None:
            raw.account = account.platform
            passage.need_tls(account.covers)
        login = login_to_json(account) if account is not None else None
        told = {
            "do": "record", "url": order.url, "page_url": order.page_url, "staging": order.staging,
            "capture_id": order.capture_id, "held": messages.held_to_json(order.held),
            "pictures": pictures, "now": self._clock.now().isoformat(), "login": login,
            "info": self._policy.warcinfo(worker.version) | seen_in_warc(raw.account),
        }  # fmt: skip
        watching = asyncio.create_task(self._watch_memory(worker, raw))
        try:
            async with asyncio.timeout(self._policy.deadline_s):
                await worker.say(**told)  # one that stands still does not even take it all
                await self._collect(worker, raw)
        except TimeoutError:
            raw.problems[DEADLINE] = f"not done in {self._policy.deadline_s:g} s"
        finally:
            watching.cancel()
        if not raw.is_done and not raw.problems.keys() & {DEADLINE, "max_memory_bytes"}:
            raw.crash(f"its process ended early: {worker.complaint()}")
        raw.decisions = passage.log
        raw.limits = passage.limits_hit

    def _account(self, order: CaptureOrder) -> Account | None:
        """Return the log-in that the page's own host may see, if one is used."""
        parts = urlsplit(order.page_url or "")
        if self._accounts is None or parts.scheme != "https":
            return None
        return self._accounts.of_host(parts.hostname or "")

    async def _watch_memory(self, worker: WorkerProcess, raw: Raw) -> None:
        """Kill a worker whose page eats the machine's memory; what it said so far counts.

        Its end is left to whoever gives it back: this task is cancelled as soon as it falls silent.
        """
        while True:
            await asyncio.sleep(MEMORY_LOOK_S)
            if await asyncio.to_thread(worker.memory_bytes) > self._policy.max_memory_bytes:
                break
        limit = self._policy.max_memory_bytes // MIB
        raw.problems["max_memory_bytes"] = f"the page took more than {limit} MiB of memory"
        worker.kill()

    async def _collect(self, worker: WorkerProcess, raw: Raw) -> None:
        while not raw.is_done and (message := await worker.hear()):
            if message["say"] == "ip":
                ip = (
                    worker.passage.ip_of(message["host"], message["port"])
                    if worker.passage
                    else None
                )
                await worker.say(do="ip", n=message["n"], ip=ip)
            else:
                raw.take(message)

    async def _take(self) -> WorkerProcess:
        """Return a worker with a browser, and see to it that the next is on its way."""
        if self._retiring is not None:
            self._retiring.cancel()
        if not self._starting:
            self._start_another()
        try:
            worker = await self._starting.popleft()
        except (LaunchError, OSError):  # once more: it may have been started in a bad moment
            worker = await self._start(self._new_worker())
        self._busy.add(worker)
        self._keep_one_ready()
        return worker

    async def _give_back(self, worker: WorkerProcess, *, is_fit: bool) -> None:
        """Keep a worker for another browser, or end it."""
        worker.captures += 1
        self._busy.discard(worker)
        if is_fit and worker.captures < self._policy.per_worker:
            self._idle.append(worker)
        else:
            await worker.end()
        self._keep_one_ready()
        if not self._busy:
            loop = asyncio.get_running_loop()
            self._retiring = loop.call_later(self._policy.idle_s, self._retire)

    def _retire(self) -> None:
        """End what waits for orders that do not come: a started browser holds half a gigabyte."""
        self._asked = 0
        task = asyncio.get_running_loop().create_task(self._end_waiting())
        self._ending.add(task)
        task.add_done_callback(self._ending.discard)

    async def _end_waiting(self) -> None:
        starting, idle = list(self._starting), list(self._idle)
        self._starting.clear()
        self._idle.clear()
        for one in starting:
            one.cancel()
        started = await asyncio.gather(*starting, return_exceptions=True)
        workers = [one for one in started if isinstance(one, WorkerProcess)]
        await asyncio.gather(*(worker.end() for worker in [*workers, *idle]))

    def _keep_one_ready(self) -> None:
        """Start the next browser, unless one is starting or only one was ever asked for."""
        if self._asked > 1 and not self._starting:
            self._start_another()

    def _start_another(self) -> None:
        worker = self._idle.pop() if self._idle else self._new_worker()
        self._starting.append(asyncio.create_task(self._start(worker)))

    async def _start(self, worker: WorkerProcess) -> WorkerProcess:
        try:
            started = await worker.start()
        except LaunchError as error:
            self.trouble = str(error)
            self._meter.count("browser_launches_total", outcome="failed")
            raise
        self.trouble = None
        self._meter.count("browser_launches_total", outcome="started")
        return started

    def _new_worker(self) -> WorkerProcess:
        return WorkerProcess(self._guard, self._policy, self._browser_path)
