"""What a service tells of what went wrong: in the log, in the metrics and in its row."""

from __future__ import annotations

import structlog

from archiver.daemon.clockwatch import Jump
from archiver.daemon.conditions import Conditions
from archiver.model.reread import Reread
from archiver.model.worker import Condition, IncidentKind
from archiver.ports import Meter, QueueSweep


class Incidents:
    """Puts what happened into words, and where it is looked for."""

    def __init__(self, conditions: Conditions, meter: Meter) -> None:
        self._conditions = conditions
        self._meter = meter
        self._log = structlog.get_logger("archiver.daemon")

    def swept(self, swept: QueueSweep) -> None:
        """Tell what dead workers left behind."""
        for job in (*swept.requeued, *swept.closed):
            self._conditions.note(IncidentKind.WORKER_DIED, f"job {job} lost its worker")
        for job in swept.quarantined:
            note = f"job {job} is in quarantine: workers died of it; see: archiver doctor"
            self._conditions.note(IncidentKind.WORKER_DIED, note)
            self._log.warning(note, action="quarantine")
        if swept.cut_off:
            note = f"{swept.cut_off} clients of the database stood still and were cut off from it"
            self._log.warning(note, action="cut_off")
        lost = len(swept.requeued) + len(swept.closed) + len(swept.quarantined)
        if lost:
            self._meter.count("lease_expired_total", lost)

    async def reread(self, found: Reread) -> None:
        """Tell what a page of files read again brought.

        Raises:
            StoreError: the database refused, so that the page has to be read again.
        """
        for one in found.unlisted:
            # It is as it was kept, and listed now: nothing to restore, but something to look into.
            self._meter.count("unlisted_total")
            self._log.warning(
                "a kept file was not in the list of bodies that takedowns go by",
                action="scrub",
                found=one,
            )
        for one in found.damaged:
            self._meter.count("scrub_mismatch_total")
            self._log.error("a kept file is damaged", action="scrub", found=one)
        await self._conditions.keep(IncidentKind.DAMAGED, found.damaged)

    def jumped(self, jump: Jump, queued: int, *, is_put_right: bool) -> None:
        """Tell of a clock that was set, or a machine that slept; ``queued`` looks came due then.

        A clock set back stays a condition until what follows from it is put right, if it is.
        """
        by = f"{jump.by.total_seconds():.0f} s"
        whose = "database's " if jump.is_of_server else ""
        match jump.kind:
            case IncidentKind.SLEPT:
                note = f"stood still for {by}; {queued} looks came due meanwhile, each runs once"
            case IncidentKind.CLOCK_BACK:
                note = f"the {whose}clock was set back by {by}"
                if is_put_right:
                    self._conditions.begin(Condition.CLOCK_JUMPED, note)
            case _:
                note = f"the {whose}clock was set forward by {by}"
                self._conditions.begin(Condition.CLOCK_JUMPED, note)
                self._conditions.end(Condition.CLOCK_JUMPED)
        self._log.warning(note, action=jump.kind.value)
        self._conditions.note(jump.kind, note)
