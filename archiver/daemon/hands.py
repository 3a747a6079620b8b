"""The hands: jobs taken from the queue, done side by side, and each seen to its end."""

from __future__ import annotations

import asyncio
import contextlib
import contextvars
from collections import Counter
from collections.abc import AsyncIterator, Callable, Collection, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from datetime import timedelta

import structlog

from archiver.daemon.conditions import Conditions
from archiver.daemon.ending import DYING_S
from archiver.daemon.health import Health
from archiver.daemon.outcomes import Outcomes
from archiver.errors import ClaimError, StoreError
from archiver.flow.browsers import Browsers
from archiver.flow.launches import Launches
from archiver.flow.outside import Outside
from archiver.flow.retries import Retries
from archiver.flow.work import Work
from archiver.model.job import Lane
from archiver.model.worker import Condition
from archiver.ports import Claim, Taken

LANES = (Lane.BROWSER, Lane.LIGHT)
"""In the order they are filled."""
FULL = timedelta(seconds=5)
"""After how long a message is looked at again that found no hand free."""
OTHERS_NOW = timedelta(0)
"""A message that came to us while we end is for whoever else is there."""
GIVE_BACK_S = 1.0  # for all jobs at a stop, with a database that may be gone
UNSURE_LOOKS = 2
"""At what we hold, after a take was not heard of: at the first the server may still be at it."""


@dataclass(frozen=True, slots=True)
class Capacity:
    """How much is done at once: light looks, captures, and looks at one domain."""

    looks: int = 100
    captures: int = 3
    per_domain: int = 1

    @property
    def most_waiting(self) -> int:
        """How many light looks with news may wait for a browser; the others go on looking."""
        return max(self.looks // 4, 1)


@dataclass(slots=True)
class _Hand:
    work: Work
    began: float
    task: asyncio.Task[None] = field(init=False)
    is_ending: bool = False

    @property
    def claim(self) -> Claim:
        return self.work.taken.claim


class Hands:
    """Takes jobs while hands are free, and sees each to its end.

    A hand that gets free is filled at once, unless messages bring the jobs (``are_told``). A job of
    the browser lane is taken only when a browser is free for it. Where there is but one, such jobs
    are looked for after each light look that had it: messages would find it taken every time.
    """

    def __init__(
        self,
        outside: Outside,
        conditions: Conditions,
        health: Health,
        capacity: Capacity,
        retries: Retries,
        launches: Launches,
        *,
        are_told: bool = False,
    ) -> None:
        self.are_told = are_told
        self._outside = outside
        self._conditions = conditions
        self._health = health
        self._capacity = capacity
        self._launches = launches
        self._outcomes = Outcomes(outside, conditions, health, retries)
        self._browsers = Browsers(
            self._most_browsers, capacity.most_waiting, lambda: self._fill_soon(Lane.BROWSER)
        )
        self._hands: dict[str, _Hand] = {}
        self._filling = asyncio.Lock()
        self._taking: set[asyncio.Task[_Hand | timedelta | None]] = set()
        self._asked = Counter[Lane]()
        self._refill: asyncio.Task[None] | None = None
        self._context = contextvars.copy_context()
        self._to_fill: set[Lane] = set()
        self._is_risking = False
        self._unsure_looks = 0
        self._is_ending = asyncio.Event()
        self._at_rest: Callable[[], object] = lambda: None
        self._log = structlog.get_logger("archiver.daemon")

    def __len__(self) -> int:
        return len(self._hands)

    def call_at_rest(self, at_rest: Callable[[], object]) -> None:
        """Call this whenever the last hand is free, and found nothing more to do."""
        self._at_rest = at_rest

    def claims(self) -> list[Claim]:
        """Return the claims of all that is in hand."""
        return [hand.claim for hand in self._hands.values()]

    def claims_at_work(self) -> list[Claim]:
        """Return the claims of what is in hand and not being ended."""
        return [hand.claim for hand in self._hands.values() if not hand.is_ending]

    async def fill(self, lanes: Collection[Lane] = LANES) -> int:
        """Take jobs while hands are free; return how many were taken.

        Raises:
            StoreError: the database refused.
        """
        self._browsers.review()
        async with self._filling:
            return sum([await self._take_all(lane) for lane in LANES if lane in lanes])

    async def give_back_unheard(self) -> int:
        """Give back what the database says we hold and no hand has; return how many jobs.

        When the answer to a take is lost, it may have been committed: the jobs would wait for the
        end of their leases, and a death would be put on each. It is asked only after a refusal.

        Raises:
            StoreError: the database refused; the next call tries again.
        """
        if not self._unsure_looks:
            return 0
        queue, given_back = self._outside.store.queue, 0
        async with self._filling:
            held = await queue.taken_by(self._outside.worker)
            # Of what was held then, each is in a hand, or has ended, when these have come home.
            await asyncio.gather(*map(asyncio.shield, self._taking), return_exceptions=True)
            in_hand = self.claims()
            for taken in held:
                if taken.claim not in in_hand:
                    with contextlib.suppress(ClaimError):  # it has ended
                        await queue.give_back(taken)
                        given_back += 1
            self._unsure_looks -= 1
        if given_back:
            self._log.info(
                "jobs given back whose take was not heard of", action="given_back", jobs=given_back
            )
        return given_back

    async def attend(self, job_id: str, lane: Lane) -> timedelta | None:
        """Do the job that a message tells of, to its end; or return when to be told again.

        None when it was done, or there is nothing to be done for it by us.
        """
        self._browsers.review()
        if self._free(lane) <= 0:  # a message that waits here costs nothing
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(FULL.total_seconds()):
                    async with self._filling:
                        pass  # what is asked for there is seldom all found
                    if self._free(lane) <= 0:
                        await self._is_ending.wait()
            self._browsers.review()
        if self._is_ending.is_set():
            return OTHERS_NOW
        if self._free(lane) <= 0:
            return FULL
        self._asked[lane] += 1  # now: the next message may come before the task begins
        taking = asyncio.create_task(self._take_job(job_id, lane))
        self._taking.add(taking)
        taking.add_done_callback(self._taking.discard)
        found = await asyncio.shield(taking)  # what is taken comes to a hand, whoever waits for it
        if not isinstance(found, _Hand):
            return found
        await asyncio.wait([found.task])
        return None

    async def idle(self) -> None:
        """Come back when nothing is in hand."""
        while self._hands or self._refill is not None:
            tasks = [hand.task for hand in self._hands.values()]
            tasks += [self._refill] if self._refill is not None else []
            await asyncio.gather(*tasks, return_exceptions=True)
            await asyncio.sleep(0)  # lets the hands that are done be put down

    async def finish(self, grace: timedelta) -> int:
        """Wait for what is in hand, give back what is not done then; return how many could be.

        What is being taken is given back as it comes; that is waited for, too. Jobs are given back
        while their browsers end, which takes its time on a busy machine: nothing that these still
        do counts, by the fence. What does not end soon is left to end with the process.
        """
        loop = asyncio.get_running_loop()
        last_at = loop.time() + max(grace.total_seconds(), 0)
        self._is_ending.set()
        self._browsers.review()  # nobody waits for a browser any more
        with contextlib.suppress(TimeoutError):  # else their leases end by themselves
            async with asyncio.timeout(GIVE_BACK_S), self._filling:
                await asyncio.gather(*map(asyncio.shield, self._taking), return_exceptions=True)
        if self._refill is not None:
            self._refill.cancel()
        if not self._hands:
            return 0
        tasks = [hand.task for hand in self._hands.values()]
        await asyncio.wait(tasks, timeout=max(last_at - loop.time(), 0))
        late = [hand for hand in self._hands.values() if not hand.task.done()]
        for hand in late:
            hand.task.cancel()
        ended = asyncio.gather(*(hand.task for hand in late), return_exceptions=True)
        jobs = [hand.work.taken for hand in late]
        given_back = await self._give_back(jobs, last_at + GIVE_BACK_S)
        await asyncio.wait([ended], timeout=max(last_at + DYING_S - loop.time(), 0))
        return given_back

    async def _give_back(self, jobs: Sequence[Taken], until: float) -> int:
        """Give jobs back that an end leaves undone; return how many could be until then."""
        given_back = 0

        async def give(taken: Taken) -> None:
            nonlocal given_back
            await self._outside.store.queue.give_back(taken)
            given_back += 1

        with contextlib.suppress(TimeoutError):  # else their leases end by themselves
            async with asyncio.timeout_at(until):
                await asyncio.gather(*map(give, jobs), return_exceptions=True)
        return given_back

    async def _take_job(self, job_id: str, lane: Lane) -> _Hand | timedelta | None:
        """Take one job, asked for already, to a hand; else return when to be told of it again."""
        outside = self._outside
        try:
            with self._risk() as risky, self._unsure():
                taken = await outside.store.queue.take_job(
                    job_id,
                    outside.worker,
                    outside.lease,
                    lane=lane,
                    but=self._busy_domains(),
                    risky=risky,
                )
                if not isinstance(taken, Taken):
                    return taken
                hands = await self._pick_up_all([taken])
        except StoreError as error:
            await self._health.after_refusal(error)
            return FULL
        finally:
            self._asked[lane] -= 1
        return hands[0] if hands else None

    async def _take_all(self, lane: Lane) -> int:
        try:
            return await self._take(lane)
        finally:
            if lane is Lane.BROWSER:
                self._browsers.offered()

    async def _take(self, lane: Lane) -> int:
        free = self._free(lane)
        if free <= 0 or self._conditions.has(Condition.STOPPING):
            return 0
        queue, outside = self._outside.store.queue, self._outside
        with self._asking(lane, free), self._risk() as risky, self._unsure():
            jobs = await queue.take(
                outside.worker,
                outside.lease,
                lane=lane,
                limit=free,
                but=self._busy_domains(),
                risky=risky,
            )
            return len(await self._pick_up_all(jobs))

    @contextmanager
    def _asking(self, lane: Lane, number: int) -> Iterator[None]:
        """Keep hands free for jobs that were asked for, until they are in hand or not found."""
        self._asked[lane] += number
        try:
            yield
        finally:
            self._asked[lane] -= number

    @contextmanager
    def _risk(self) -> Iterator[bool]:
        """Tell whether a job may be taken that workers died of: one is in hand at most.

        Whoever dies with a hundred jobs in hand puts a death on each. They are done one by one
        afterwards, beside all others, so that the next death tells which of them it was.
        """
        has_one = any(hand.work.taken.job.deaths for hand in self._hands.values())
        may = not has_one and not self._is_risking
        self._is_risking |= may
        try:
            yield may
        finally:
            if may:
                self._is_risking = False

    @contextmanager
    def _unsure(self) -> Iterator[None]:
        """Remember that a take was refused: nobody knows whether it was committed."""
        try:
            yield
        except StoreError:
            self._unsure_looks = UNSURE_LOOKS
            raise

    def _free(self, lane: Lane) -> int:
        light = self._capacity.looks - self._in_hand(Lane.LIGHT)
        free = (self._browsers.free if lane is Lane.BROWSER else light) - self._asked[lane]
        most = self._health.most_in_hand()
        in_all = len(self._hands) + self._asked.total()
        return free if most is None else min(free, most - in_all)

    def _in_hand(self, lane: Lane) -> int:
        return sum(hand.work.taken.job.lane is lane for hand in self._hands.values())

    def _tell_in_hand(self, lane: Lane) -> None:
        self._outside.meter.stands("in_hand", self._in_hand(lane), lane=lane.value)

    def _busy_domains(self) -> list[str]:
        inhand = Counter(hand.work.taken.job.domain for hand in self._hands.values())
        return [domain for domain, count in inhand.items() if count >= self._capacity.per_domain]

    def _most_browsers(self) -> int:
        """Return how many browsers may be used now.

        None while nothing is taken, as below the disk's floor: looks that wait for one are put off.
        One to try, after they kept failing or while one job is to find out what is well again.
        """
        most = self._health.most_in_hand()
        if most == 0 or not self._launches.may_try:
            return 0
        is_trying = most is not None or self._launches.are_failing
        return 1 if is_trying else self._capacity.captures

    async def _pick_up_all(self, jobs: Sequence[Taken]) -> list[_Hand]:
        """Take jobs to hands, or give them back when the end has begun meanwhile."""
        if self._is_ending.is_set():
            await self._give_back(jobs, asyncio.get_running_loop().time() + GIVE_BACK_S)
            return []
        return [self._pick_up(taken) for taken in jobs]

    def _pick_up(self, taken: Taken) -> _Hand:
        is_sure = taken.job.lane is Lane.BROWSER
        work = Work(taken, self._outside, _own_place if is_sure else self._browsers.place)
        hand = _Hand(work, asyncio.get_running_loop().time())
        if is_sure:
            self._browsers.occupy()
        self._hands[taken.job.id] = hand
        self._tell_in_hand(taken.job.lane)
        hand.task = asyncio.create_task(self._see_to(hand))
        hand.task.add_done_callback(lambda _: self._put_down(hand))
        return hand

    def _put_down(self, hand: _Hand) -> None:
        """Free a hand and fill it at once, without waiting for the next tick."""
        if hand.work.taken.job.lane is Lane.BROWSER:
            self._browsers.vacate()
        self._hands.pop(hand.work.taken.job.id, None)
        self._tell_in_hand(hand.work.taken.job.lane)
        if not self.are_told:
            self._fill_soon(*LANES)
        self._may_rest()

    def _fill_soon(self, *lanes: Lane) -> None:
        self._to_fill.update(lanes)
        if self._refill is None and not self._conditions.has(Condition.STOPPING):
            # Not in the context of the look that gave a browser back: nothing of it is the others'.
            context = self._context.copy()
            self._refill = asyncio.create_task(self._refill_all(), context=context)
            self._refill.add_done_callback(self._refilled)

    async def _refill_all(self) -> None:
        """Fill the hands that got free; those that get free meanwhile are filled together."""
        while self._to_fill:
            lanes, self._to_fill = self._to_fill, set()
            try:
                await self.fill(lanes)
            except StoreError as error:
                await self._health.after_refusal(error)

    def _refilled(self, done: asyncio.Task[None]) -> None:
        self._refill = None
        if not done.cancelled() and (error := done.exception()) is not None:
            self._log.error("taking jobs failed", action="take", error=str(error), exc_info=error)
        if self._to_fill:  # one more got free as this came to its end
            self._fill_soon()
        self._may_rest()

    def _may_rest(self) -> None:
        if not self._hands and self._refill is None:
            self._at_rest()

    async def _see_to(self, hand: _Hand) -> None:
        job = hand.work.taken.job
        with structlog.contextvars.bound_contextvars(source=job.source.ref.name, job=job.id):
            error: Exception | None = None
            try:
                await hand.work.do()
            except Exception as fault:  # noqa: BLE001 - the border of the loop
                error = fault
            hand.is_ending = True
            await self._outcomes.conclude(hand.work, hand.began, error or hand.work.trouble)


@asynccontextmanager
async def _own_place() -> AsyncIterator[bool]:
    yield True
