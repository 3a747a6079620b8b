"""Signs of life for all that is in hand, in few statements."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

import structlog

from archiver.errors import StoreError
from archiver.flow.claim import SIGNS_PER_LEASE
from archiver.flow.outside import Outside
from archiver.ports import Claim, Clock


class Heartbeat:
    """Prolongs the leases of what is in hand, all together, and notices those that were lost.

    A lost lease stops nothing: another worker has the job by now, and the fence at the commit sees
    to it that only one of the two counts. One whose end is being committed is gone by right:
    ``at_work`` gives those that are not.
    """

    def __init__(
        self,
        outside: Outside,
        in_hand: Callable[[], Sequence[Claim]],
        at_work: Callable[[], Sequence[Claim]] | None = None,
    ) -> None:
        self._outside = outside
        self._in_hand = in_hand
        self._at_work = at_work or in_hand
        self._lost: set[tuple[str, int]] = set()
        self._log = structlog.get_logger("archiver.daemon")

    async def run(self) -> None:
        """Prolong until cancelled. In real time, as the leases in the database run."""
        pause_s = self._outside.lease.total_seconds() / SIGNS_PER_LEASE
        while True:
            await asyncio.sleep(pause_s)
            try:
                await self.beat()
            except StoreError as error:  # a lease outlasts three lost signs
                self._log.warning("leases not prolonged", action="heartbeat", error=str(error))

    async def beat(self) -> list[Claim]:
        """Prolong every lease in hand once; return the claims that turned out to be lost.

        Raises:
            StoreError: the database refused.
        """
        claims = self._in_hand()
        if not claims:
            return []
        gone = await self._outside.store.claims.extend_all(claims, self._outside.lease)
        still = set(map(_name, self._at_work()))
        lost = [one for one in gone if _name(one) in still and _name(one) not in self._lost]
        self._lost = {name for name in self._lost | set(map(_name, gone)) if name in still}
        for claim in lost:
            self._log.warning("lease lost", action="lease_lost", source_id=claim.source_id)
        return lost


class Silence:
    """A time in which nobody could give a sign of life, or we could not hear it.

    While the database was gone, or this machine slept, leases ran out whose holders are well; so
    they do when the clock is set forward that an SQLite file's leases are measured with. They get
    half a lease to say so, before they are taken for dead. ``usual`` is the time within which we
    hear, or ask whether it is over.
    """

    def __init__(self, clock: Clock, lease: timedelta, usual: timedelta) -> None:
        self._clock = clock
        self._patience = lease / 2
        self._longest = usual + lease
        self._heard_at = self._until = clock.steady()
        self._zero = self._zero_of_clock()

    @property
    def unnoticed(self) -> timedelta:
        """By how much a clock may be set: leases that are prolonged in time have more left.

        That is three quarters at least.
        """
        return self._patience / 2

    def begin(self) -> None:
        """Note that signs of life can be given again only now."""
        self._until = self._clock.steady() + self._patience

    def heard(self) -> None:
        """Note that everybody can be heard now; that a silence ends with it is seen."""
        self._notice()
        self._heard_at = self._clock.steady()

    def is_over(self) -> bool:
        """Tell whether who is silent may be taken for dead."""
        self._notice()
        return self._clock.steady() >= self._until

    def _notice(self) -> None:
        now = self._clock.steady()
        if self._was_set() or now - self._heard_at > self._longest:
            self._heard_at = now
            self.begin()

    def _was_set(self) -> bool:
        """Tell whether the clock was set by more than that since this was asked last."""
        before, self._zero = self._zero, self._zero_of_clock()
        return abs(self._zero - before) > self.unnoticed

    def _zero_of_clock(self) -> datetime:
        return self._clock.now() - self._clock.steady()


def _name(claim: Claim) -> tuple[str, int]:
    return claim.source_id, claim.fence
