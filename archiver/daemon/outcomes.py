"""What becomes of a job: learned from, told to the database until it takes it, counted, logged."""

from __future__ import annotations

import asyncio
import random
from datetime import datetime, timedelta

import structlog

from archiver.daemon.conditions import Conditions
from archiver.daemon.health import Health, is_of_files
from archiver.errors import (
    CaptureError,
    ClaimError,
    DiskFullError,
    GivenUpError,
    LaunchError,
    StoreError,
    TurnError,
    disk_error,
    is_of_disk,
)
from archiver.flow.outside import Outside
from archiver.flow.retries import Course, Retries
from archiver.flow.work import Work
from archiver.model.worker import Condition

PUT_OFF = timedelta(minutes=5)
"""How long a capture waits that found no place at a browser; shared out, so that not all return."""
FIRST_WAIT_S, LONGEST_WAIT_S = 0.25, 5.0  # between two tries to tell the database how a job ended


class Outcomes:
    """Sees to it that how a job ended is known: by the database, the conditions, meter and log."""

    def __init__(
        self, outside: Outside, conditions: Conditions, health: Health, retries: Retries
    ) -> None:
        self._outside = outside
        self._conditions = conditions
        self._health = health
        self._retries = retries
        self._log = structlog.get_logger("archiver.daemon")

    async def conclude(self, work: Work, began: float, error: Exception | None) -> None:
        """Learn from how a job ended, and tell the database, which may be gone for a while.

        It began at so many seconds of the loop's clock; without an error it was done.
        """
        if isinstance(error, OSError) and is_of_disk(error):
            error = disk_error(str(error), error)
        if isinstance(error, StoreError):
            await self._health.after_refusal(error)
        if work.look is not None:
            kept = work.capture is not None and bool(work.capture.artifacts)
            self._health.after_look(work.look.observation, kept_files=kept)
        self._measure(work, began, error)
        try:
            await self._see_ended(work, error)
        finally:  # what cannot be reported is ended all the same
            self._report(work, error)

    async def _see_ended(self, work: Work, error: Exception | None) -> None:
        """Tell the database how a job ended until it takes it, or the job is another's."""
        wait_s = FIRST_WAIT_S
        while True:
            try:
                await self._end(work, error)
                break
            except ClaimError:
                self._count_lost(work)
                break
            except StoreError as refused:
                await self._health.after_refusal(refused)
            await asyncio.sleep(wait_s)  # it stays in hand, so its lease is prolonged
            wait_s = min(2 * wait_s, LONGEST_WAIT_S)

    async def _end(self, work: Work, error: Exception | None) -> None:
        queue, taken = self._outside.store.queue, work.taken
        share = random.random()  # noqa: S311 - only spreads
        if error is None and work.is_put_off:
            await queue.give_back(taken, PUT_OFF * (1 + share) / 2)
            self._count(work, "given_back")
            return
        if error is None:
            await queue.finish(taken)
            self._count(work, "done")
            return
        failed = taken.job.tries + 1
        note = " ".join(f"{type(error).__name__}: {error}".split())[:500]
        pause = self._pause(error, failed, share)
        match self._course(error, failed):
            case Course.LEAVE:
                self._count_lost(work)
            case Course.GIVE_BACK:
                await queue.give_back(taken, pause)
                self._count(work, "given_back")
            case Course.RETRY:
                await queue.retry(taken, pause, note)
                self._count(work, "retried")
            case Course.GIVE_UP:
                await queue.give_up(taken, await self._due_again(work, share), note)
                self._count(work, "given_up")

    def _pause(self, error: Exception, failed: int, share: float) -> timedelta:
        """Return how long a job is left alone after an error, if it is to be done again."""
        match error:
            case TurnError():
                return timedelta(seconds=error.wait_s)
            case LaunchError():
                return self._retries.respite(share)
            case _:
                return self._retries.pause(failed, share)

    async def _due_again(self, work: Work, share: float) -> datetime:
        """Return when the source of a job given up is due: in some hours, or when its look says.

        Its look may say months, and a capture is missing.
        """
        soon = self._outside.clock.now() + self._retries.cap * (1 + share) / 2
        if work.look is None:
            return soon
        source = await self._outside.store.sources.source(work.look.source.id)
        return min(source.next_due_at or soon, soon)

    def _course(self, error: Exception, failed: int) -> Course:
        """Return what becomes of a job; what all jobs suffer from is no fault of this one."""
        suffers = (
            isinstance(error, StoreError | OSError)
            and self._conditions.has(
                Condition.DATABASE_GONE, Condition.DISK_LOW, Condition.FILES_GONE
            )
        ) or (isinstance(error, CaptureError) and self._conditions.has(Condition.BROWSER_FAILING))
        return Course.GIVE_BACK if suffers else self._retries.course(error, failed)

    def _count(self, work: Work, outcome: str) -> None:
        lane = work.taken.job.lane
        self._outside.meter.count("jobs_total", lane=lane.value, outcome=outcome)

    def _count_lost(self, work: Work) -> None:
        self._count(work, "lost")
        self._outside.meter.count("fence_lost_total")
        self._log.info("another worker has it", action="fence_lost")

    def _kind_of(self, error: Exception) -> str:
        """Name what failed, by the closed list of the meter."""
        if isinstance(error, CaptureError):
            return "browser"
        if isinstance(error, GivenUpError):  # they were on their way for too long
            return "files"
        if not isinstance(error, StoreError):
            return "fault"
        if isinstance(error, DiskFullError) or self._conditions.has(Condition.DISK_LOW):
            return "disk"
        return "files" if is_of_files(error) else "database"

    def _measure(self, work: Work, began: float, error: Exception | None) -> None:
        seconds = asyncio.get_running_loop().time() - began
        self._outside.meter.took("look_seconds", seconds, lane=work.taken.job.lane.value)
        if error is not None and not isinstance(error, ClaimError | TurnError):
            self._outside.meter.count("work_errors_total", kind=self._kind_of(error))

    def _report(self, work: Work, error: Exception | None) -> None:
        if error is not None and not isinstance(error, ClaimError | TurnError):
            self._log.warning("look failed", action="look_failed", error=str(error), exc_info=error)
        look, capture = work.look, work.capture
        if look is not None:
            self._log.info(
                "looked",
                action="look",
                signal=look.observation.reading.signal.value,
                verdict=look.verdict.kind.value,
                capture=capture.id if capture else None,
                waits_for_browser=work.is_put_off and error is None,
            )
