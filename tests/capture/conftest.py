"""One recorder and one site for all browser tests: starting a browser each time costs most."""

from __future__ import annotations

import asyncio
import os
import threading
import time
import uuid
from collections.abc import Coroutine, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, TypeVar

import pytest

from archiver.capture.locate import find_browser
from archiver.capture.policy import CapturePolicy
from archiver.capture.pool import BrowserRecorder
from archiver.capture.process import WorkerProcess, descendants
from archiver.daemon.metrics import PrometheusMeter
from archiver.model.capture import Recording
from archiver.model.inquiry import Answer, Outcome, Question
from archiver.net.accounts import Accounts
from archiver.net.guard import Guard
from archiver.net.policy import GuardPolicy
from archiver.ports import CaptureOrder
from tests.capture.pages import build_site
from tests.site import Site, certificates

Value = TypeVar("Value")


class SystemClock:
    def now(self) -> datetime:
        return datetime.now(UTC)

    def steady(self) -> timedelta:
        return timedelta(seconds=time.monotonic())

    async def sleep(self, duration: timedelta) -> None:
        await asyncio.sleep(duration.total_seconds())


class ListedFetcher:
    """Answers from a table; anything else does not answer."""

    def __init__(self) -> None:
        self.answers: dict[str, Answer] = {}

    async def ask(self, question: Question) -> Answer:
        missing = Answer(
            question, Outcome.UNREACHABLE, datetime.now(UTC), question.url, error="not listed"
        )
        return self.answers.get(question.url, missing)


class Studio:
    """A recorder on an event loop of its own thread, for tests that are plain functions."""

    def __init__(
        self,
        site: Site,
        folder: Path,
        policy: CapturePolicy,
        browser: str | None = None,
        accounts: Accounts | None = None,
    ) -> None:
        self.accounts = accounts
        self.site = site
        self.fetcher = ListedFetcher()
        self.meter = PrometheusMeter(is_strict=True)
        self._folder = folder
        self._browser = browser
        self._policy = policy
        self._kept: dict[str, tuple[Recording, Path]] = {}
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)

    def __enter__(self) -> Studio:
        self._thread.start()
        self.run(self._open())
        return self

    def __exit__(self, *_: object) -> None:
        self.run(self._close())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    async def _open(self) -> None:
        policy = GuardPolicy.build(host_map=self.site.host_map)
        self.guard = Guard(policy, SystemClock())
        browser = self._browser or str(find_browser(None).path)
        self.recorder = BrowserRecorder(
            self.guard,
            self.fetcher,
            self._policy,
            SystemClock(),
            browser,
            self.accounts,
            self.meter,
        )
        await self.recorder.__aenter__()

    async def _close(self) -> None:
        await self.recorder.__aexit__(None, None, None)
        await self.guard.close()

    def run(self, work: Coroutine[Any, Any, Value]) -> Value:
        return asyncio.run_coroutine_threadsafe(work, self._loop).result()

    def error_of(self, work: Coroutine[Any, Any, Any]) -> str:
        """Run it and return what it raised, as text."""
        error = asyncio.run_coroutine_threadsafe(work, self._loop).exception()
        return f"{type(error).__name__}: {error}"

    @contextmanager
    def browser(self) -> Iterator[set[int]]:
        """Start a worker with its browser beside the recorder's; yield all processes below us."""
        worker = WorkerProcess(self.guard, self._policy, str(find_browser(None).path))
        self.run(worker.start())
        try:
            yield descendants(os.getpid())
        finally:
            self.run(worker.end())

    def order(self, url: str | None, **changes: Any) -> CaptureOrder:
        name = uuid.uuid4().hex
        staging = self._folder / name
        staging.mkdir()
        values: dict[str, Any] = {
            "capture_id": name,
            "staging": str(staging),
            "url": url or "",
            "page_url": url,
            "exchanges": (),
            "media": (),
            "held": {},
        }
        return CaptureOrder(**{**values, **changes})

    def capture(self, url: str, **changes: Any) -> tuple[Recording, Path]:
        """Record a page; return the recording and its staging directory."""
        order = self.order(url, **changes)
        return self.run(self.recorder.record(order)), Path(order.staging)

    def once(self, url: str) -> tuple[Recording, Path]:
        """Record a page the first time it is asked for."""
        if url not in self._kept:
            self._kept[url] = self.capture(url)
        return self._kept[url]


QUICK = CapturePolicy(load_s=6, settle_s=6, body_s=4, screenshot_s=15, deadline_s=60)


@pytest.fixture(scope="session")
def authority(tmp_path_factory):
    return certificates(tmp_path_factory.mktemp("authority"))


@pytest.fixture(scope="session")
def site(authority) -> Iterator[Site]:
    with build_site(authority[1]) as running:
        yield running


@pytest.fixture(scope="session")
def studio(site, tmp_path_factory) -> Iterator[Studio]:
    with Studio(site, tmp_path_factory.mktemp("captures"), QUICK) as open_studio:
        yield open_studio
