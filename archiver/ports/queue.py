"""Work: who does what next, across every process on one database."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from archiver.model.job import Job, Lane
from archiver.model.source import Source
from archiver.model.worker import Incident, IncidentKind, WorkerState
from archiver.ports.follow import Claim

Attend = Callable[[str, Lane], Awaitable[timedelta | None]]
"""Does the job of an ID and a lane; returns after how long to tell of it again, or None."""


@dataclass(frozen=True, slots=True)
class Taken:
    """A job in hand. Its claim holds the source; committing the look under it ends the job's need.

    The claim carries the job, so that the observation is written on it in the look's transaction.
    """

    job: Job
    claim: Claim


@dataclass(frozen=True, slots=True)
class Queued:
    """A job that was queued, or queued again: what there is to say of it to whoever may take it."""

    job_id: str
    lane: Lane
    is_urgent: bool
    ready_in: timedelta = timedelta(0)


@dataclass(frozen=True, slots=True)
class QueueSweep:
    """What a sweep of the queue did: job IDs, and how many old jobs were forgotten.

    ``requeued`` lost their worker before a look was committed, ``closed`` after it (another job
    follows at once, for the capture that is missing) or when their source does not wait for them.
    ``quarantined`` lost it too often, ``released`` come out of quarantine. ``cut_off`` counts the
    clients of the database that stood still holding its locks, and were cut off from it.
    """

    requeued: tuple[str, ...] = ()
    closed: tuple[str, ...] = ()
    quarantined: tuple[str, ...] = ()
    released: tuple[str, ...] = ()
    forgotten: int = 0
    cut_off: int = 0


@dataclass(frozen=True, slots=True)
class Quarantine:
    """When a job is believed to kill its workers, and how long it is left alone then.

    From ``deaths`` on it is left alone for ``first``, and for twice as long at each further one,
    ``longest`` at most.
    """

    deaths: int = 2
    first: timedelta = timedelta(days=1)
    longest: timedelta = timedelta(days=30)

    def after(self, deaths: int) -> timedelta | None:
        """Return how long a job of so many deaths is left alone, None when it is not."""
        if deaths < self.deaths:
            return None
        doublings = min(deaths - self.deaths, 20)
        return min(self.first * (1 << doublings), self.longest)


@dataclass(frozen=True, slots=True)
class Depth:
    """How much waits: queued and running jobs by lane, and how long the oldest has been ready."""

    queued: dict[Lane, int]
    running: dict[Lane, int]
    quarantined: int
    oldest: timedelta


class Queue(Protocol):
    """Jobs, one a source and slot. Its times, but for slots, are the database's own clock."""

    async def enqueue_due(self, at: datetime, limit: int) -> int:
        """Queue a job for each source due at a time (by our clock), longest due first.

        One statement claims the due rows, the same transaction queues them; any number of callers
        makes each slot once. Sources that are paused, removed or have an open job are left out.
        """

    async def order(self, source: Source, at: datetime) -> Job:
        """Queue an urgent capture; an open job that waits becomes urgent and is returned.

        Raises:
            NotFoundError: there is no such source, or it is not followed any more.
            InputError: its job is in quarantine; nothing was changed.
        """

    async def take(
        self,
        worker: str,
        lease: timedelta,
        *,
        lane: Lane,
        limit: int,
        but: Collection[str] = (),
        risky: bool = True,
    ) -> list[Taken]:
        """Take jobs that are ready, urgent ones first, and claim their sources.

        A job is ready when its time has come, no living claim is on its source, and its domain may
        be asked: no other worker holds the domain's turn, and its pause is over. ``but`` names
        domains of which the caller has enough in hand; one call takes at most one job a domain,
        and at most one that is risky: a worker died of it, or of what it had in hand beside it.
        Without ``risky`` it takes none of these.
        """

    async def take_job(
        self,
        job_id: str,
        worker: str,
        lease: timedelta,
        *,
        lane: Lane,
        but: Collection[str] = (),
        risky: bool = True,
    ) -> Taken | timedelta | None:
        """Take one job if it is ready, as :meth:`take` does; else return how long to wait for it.

        The more jobs wait for its domain, the longer. None when there is nothing to wait for: it is
        done, closed, in somebody's hands, or of another lane by now, in which word of it was sent.
        """

    async def finish(self, taken: Taken, note: str | None = None) -> None:
        """End a job whose look was committed, and give its source back.

        When somebody asked for a capture while it ran, another job follows at once.

        Raises:
            ClaimError: the job was lost; nothing was changed.
            StoreError: no look was committed for it.
        """

    async def taken_by(self, worker: str) -> list[Taken]:
        """Return the jobs that run under claims of a worker, their leases alive or not."""

    async def give_back(self, taken: Taken, after: timedelta = timedelta(0)) -> None:
        """Return a job unharmed, to be ready after a time: a worker that stops does this.

        No job has two looks: one that has its look is ended, and another follows for the rest.
        What somebody asked for while it ran is ready at once.

        Raises:
            ClaimError: the job was lost; nothing was changed.
        """

    async def retry(self, taken: Taken, after: timedelta, note: str) -> None:
        """Return a job that failed, as :meth:`give_back` does; it counts one try more.

        Raises:
            ClaimError: the job was lost; nothing was changed.
        """

    async def give_up(self, taken: Taken, due_at: datetime | None, note: str) -> None:
        """End a job that failed too often; its source is due again at ``due_at`` (None: never).

        Raises:
            ClaimError: the job was lost; nothing was changed.
        """

    async def sweep(
        self, at: datetime, dead: Sequence[Claim] = (), *, expired: bool = True
    ) -> QueueSweep:
        """Take back what dead workers held, let quarantines end, forget what ended long ago.

        A job whose lease ran out gets another fence, so that its old holder commits nothing.
        ``dead`` are claims of workers that are known to be no more: they are freed without
        waiting for their leases, with or without a job. Without ``expired`` nothing but them is
        taken back: who was silent while the database was gone may be well.
        """

    async def depth(self) -> Depth:
        """Count what waits and runs."""

    async def quarantined(self) -> list[tuple[Job, str]]:
        """Return the jobs in quarantine, each with why."""

    async def pardon(self, source_id: str) -> bool:
        """Let a source's job out of quarantine with its deaths forgotten; false without one."""


class Turns(Protocol):
    """Whose turn it is at a registrable domain, across all workers; by the database's clock."""

    async def take(self, domain: str, worker: str, lease: timedelta) -> timedelta | None:
        """Take or prolong a worker's turn; return how long the domain still wants to be left alone.

        None when another worker has the turn.
        """

    async def release(self, domain: str, worker: str, pause: timedelta) -> None:
        """Give a turn back; nobody asks the domain until the pause is over."""

    async def hold(self, domain: str, pause: timedelta) -> None:
        """Let nobody ask a domain for a time (Retry-After), whoever has the turn."""


@dataclass(frozen=True, slots=True)
class Longest:
    """How long something waits at the most by a clock that is right.

    ``look`` is between two looks at a source, by the day later for every ``per_day`` that its host
    is to be asked for, and by ``spacing`` for each; ``pause`` is what a site may ask for, which
    puts off all its sources to one moment, ``feed`` between two looks at a feed that has no
    interval of its own.
    """

    look: timedelta
    per_day: int
    spacing: timedelta
    pause: timedelta
    feed: timedelta


class Calendar(Protocol):
    """Times that were written while a clock was wrong."""

    @property
    def goes_by_our_clock(self) -> bool:
        """Tell whether the database's clock is this machine's, as a file's is; a server has one."""

    async def ahead(self) -> timedelta:
        """Return how far open jobs were queued or taken ahead of the database's clock; or nothing.

        It was set back then.
        """

    async def newest_time(self, lease: timedelta) -> datetime | None:
        """Return the latest time that something was written with; no right clock lies before it.

        It is when the latest of the thousand looks was made that were committed last and, where the
        database reads this machine's clock, when open jobs were queued or taken, too, and claims
        made, whose leases are no longer than ``lease`` or ten minutes, whichever is more. There
        looks do not count for which times were brought back already.
        """

    async def set_back(
        self, by: timedelta, since: datetime | None, worker: str, lease: timedelta
    ) -> int:
        """Bring times of the database's own clock back after it was set back; return how many.

        Jobs, turns and leases that lie ahead lie less far ahead then, none before now, and no lease
        ends within ``lease`` (ten minutes at least). Open jobs were queued and taken now at the
        latest.

        Every process sees the same jump of the clock, and one alone may bring the times back:
        nothing is done when it was done after ``since``, when the clock was still the wrong one, by
        the right one. Without that, times are brought back by as much as ``newest_time`` lies ahead
        (on a server, jobs alone), and no more than ``by``.
        """

    async def is_half_done(self) -> bool:
        """Tell whether times were brought back and ``pull_back`` did not come to its end since.

        So it is after a crash between the two, when nothing else tells that the clock was wrong.
        Never on a server: when sources are due its clock does not say.
        """

    async def latest_due(self) -> datetime | None:
        """Return when the last source is due that may come due."""

    async def pull_back(
        self, at: datetime, spread: timedelta, after: str, limit: int, longest: Longest
    ) -> tuple[str | None, int]:
        """Make sources due within ``spread`` from ``at`` whose last look lies ahead of it.

        So are those that have no look and were added ahead of it, and those that wait for longer
        than any schedule says, or than a site may ask for. Goes through ``limit`` sources after an
        ID, and returns the last of them (None: there are no more) and how many it made due.

        With the first come feeds, articles to be read, pushes, pauses of services and news that
        was tried to be told, held or told already: what waits longer than anything of its kind is
        due at once; a pause and a repetition that a clock ahead counted from are counted from
        ``at``. How long they last, and for which hour a digest waits, stays as it is.
        """


class Workers(Protocol):
    """What processes tell of themselves."""

    async def tell(self, state: WorkerState) -> None:
        """Set a worker's row; ``seen_at`` becomes the database's time."""

    async def gone(self, name: str) -> None:
        """Remove a worker's row: it ended as it should."""

    async def all(self) -> list[WorkerState]:
        """Return every worker that told of itself, the one seen last first."""

    async def now(self) -> datetime:
        """Return the database's time, by which they were seen."""

    async def note(self, *noted: Incident) -> None:
        """Append incidents, all or none."""

    async def incidents(self, limit: int) -> Sequence[Incident]:
        """Return the newest incidents, newest first."""

    async def notes(self, kind: IncidentKind) -> Sequence[str]:
        """Return what incidents of a kind say, each text once, the newest first."""
