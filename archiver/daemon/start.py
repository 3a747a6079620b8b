"""Starting the service on an archive, and ending it."""

from __future__ import annotations

import asyncio
import os
import select
import signal
import time
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from datetime import timedelta
from enum import StrEnum
from functools import partial
from typing import NoReturn

import structlog

from archiver.capture.process import descendants
from archiver.daemon.ending import Ending, Leave
from archiver.daemon.hands import Capacity
from archiver.daemon.heap import give_back, set_up_allocator, settle
from archiver.daemon.metrics import PrometheusMeter
from archiver.daemon.pages import health_pages
from archiver.daemon.ready import OPENING_EVERY_S, Readiness
from archiver.daemon.rota import Duties, Pace
from archiver.daemon.service import Service, Surroundings
from archiver.errors import StoreError
from archiver.flow.retries import Retries
from archiver.ports import Meter
from archiver.settings import DaemonSettings, Settings, supervisor
from archiver.store.engine import parse_url, refuse_read_only
from archiver.wiring import Archive
from archiver.wiring.messages import listener, refuse_without_tables
from archiver.wiring.mounts import refuse_network_disk
from archiver.wiring.neighbours import forget_dead, refuse_other_hosts

DEAD_WITHIN_S = 0.3  # what was killed gives its memory back first, and is seen until then
FIRST_WAIT_S, LONGEST_WAIT_S = 0.5, 10.0  # between two tries to reach a database that is not up
WORKERS_DUTIES = Duties(enqueues=False, memory=give_back)


class Kind(StrEnum):
    """What a process of ours is for."""

    DAEMON = "daemon"
    WORKER = "worker"
    """Hands without the daemon's duties, for other machines on the same database."""


async def serve(make: Callable[[Meter], Archive], kind: Kind, leave: Leave | None = None) -> int:
    """Open the archive, do what is due until told to stop, and close it.

    1. Wait for a database server that is not up yet, or goes away while we start.
    2. Refuse an SQLite file on a network's disk or a read-only one, or that another machine uses,
       and a queue whose tables are missing.
    3. Work, and serve the health pages; the first SIGTERM or SIGINT ends it in order, the second
       at once.
    4. Leave the database in order.
    5. Leave what hangs after the grace as a crash would: what was acknowledged is on disk. It is
       ``leave`` that ends the process then; without it the end takes as long as it takes.

    Raises:
        ArchiverError: the archive cannot be opened, and waiting would not help.
    """
    set_up_allocator()
    ending = Ending(leave)
    meter = PrometheusMeter()
    try:
        async with _under_way(Readiness(supervisor())):
            archive = await _open(partial(_make, make, meter), ending)
        if archive is not None:
            await _work(archive, kind, ending, meter)
    finally:
        ending.close()
    return 0


def _make(make: Callable[[Meter], Archive], meter: Meter) -> Archive:
    archive = make(meter)
    refuse_network_disk(archive.settings)
    # A service outlives the state of a disk, and what is read without a log would stay as it was.
    refuse_read_only(parse_url(archive.settings.database_url))
    return archive


async def _work(opened: Archive, kind: Kind, ending: Ending, meter: PrometheusMeter) -> None:
    async with AsyncExitStack() as stack:
        stack.push_async_exit(opened.__aexit__)
        service = service_of(opened, kind)
        structlog.contextvars.bind_contextvars(worker=opened.outside.worker)
        ending.ask(service.stop)
        ending.awaits = "work in hand"
        settle()
        async with health_pages(opened, meter, lambda: service.conditions.standing, service.ticks):
            await service.run()
        ending.awaits = "the database to be put in order"
        with suppress(StoreError):  # a database that is gone is put in order when it is back
            await opened.upkeep.tidy(is_last=True)
        ending.awaits = "the archive to close"


def service_of(archive: Archive, kind: Kind) -> Service:
    """Return the service as the settings describe it."""
    settings = archive.settings
    return Service(
        archive.outside,
        capacity=_capacity(settings),
        retries=_retries(settings.daemon),
        pace=_pace(settings.daemon),
        duties=_duties(archive) if kind is Kind.DAEMON else WORKERS_DUTIES,
        around=Surroundings(
            room=archive.upkeep.room,
            launches=archive.launches,
            readiness=Readiness(supervisor()),
            kind=kind.value,
            listen=listener(settings),
        ),
    )


def _duties(archive: Archive) -> Duties:
    upkeep = archive.upkeep
    return Duties(
        errands=archive.errands,
        chores=archive.chores,
        clear=upkeep.clear,
        memory=give_back,
        checkpoint=upkeep.tidy,
        scrub=upkeep.scrub,
        targets=partial(look_at_targets, archive),
        feeds_every=archive.feed_interval,
        notify={
            "notify": partial(archive.telling.plan, archive.outside),
            **{f"notify {name}": partial(tell, archive, name) for name in archive.telling.names},
        },
    )


async def tell(archive: Archive, name: str) -> None:
    """Tell a target what it is to be told now; say so when it does not take it."""
    failed = await archive.telling.send(name, archive.outside)
    if failed:
        why = "messages were not taken; see why with: archiver notify"
        log = structlog.get_logger("archiver.daemon")
        log.warning(why, action="notify", target=name, failed=failed)


async def look_at_targets(archive: Archive) -> None:
    """Say of each target that cannot be told, or not of all it names, why; nothing is sent.

    What waits for the hour of a digest that the settings have changed waits for the new one.
    """
    await archive.telling.reschedule(archive.outside)
    log = structlog.get_logger("archiver.daemon")
    for name, why in await archive.telling.unusable(archive.outside):
        log.warning("a target cannot be told all", action="targets", target=name, error=why)


def _capacity(settings: Settings) -> Capacity:
    return Capacity(
        looks=settings.daemon.looks_at_once,
        captures=settings.capture.at_once,
        per_domain=settings.net.per_host,
    )


def _retries(daemon: DaemonSettings) -> Retries:
    return Retries(daemon.tries, _seconds(daemon.retry_s), _seconds(daemon.retry_cap_s))


def _pace(daemon: DaemonSettings) -> Pace:
    return Pace(
        tick=_seconds(daemon.tick_s),
        sweep=_seconds(daemon.sweep_s),
        feed=_seconds(daemon.errands_s),
        notify=_seconds(daemon.notify_s),
        checkpoint=_seconds(daemon.checkpoint_s),
        scrub=_seconds(daemon.scrub_s),
        grace=_seconds(daemon.grace_s),
    )


def _seconds(number: float) -> timedelta:
    return timedelta(seconds=number)


@asynccontextmanager
async def _under_way(readiness: Readiness) -> AsyncIterator[None]:
    """Ask the service manager for patience: a database is upgraded, or is not up yet."""

    async def tell() -> None:
        while True:
            readiness.opening()
            await asyncio.sleep(OPENING_EVERY_S)

    telling = asyncio.create_task(tell())
    try:
        yield
    finally:
        telling.cancel()


async def _open(make: Callable[[], Archive], ending: Ending) -> Archive | None:
    """Return the open archive, or None when the end was asked for before there was one."""
    log = structlog.get_logger("archiver.daemon")
    wait_s = FIRST_WAIT_S
    while not ending.is_asked:
        archive = make()
        ending.grace = _seconds(archive.settings.daemon.grace_s)
        try:
            return await _enter(archive)
        except StoreError as error:
            if not archive.settings.store.is_server:
                raise
            if wait_s == FIRST_WAIT_S:
                log.warning("waiting for the database", action="waiting", error=str(error))
        await ending.wait(wait_s)
        wait_s = min(2 * wait_s, LONGEST_WAIT_S)
    return None


async def _enter(archive: Archive) -> Archive:
    """Open an archive and see who else is on it; it is closed again when that fails.

    Raises:
        StoreError: the database refused, before or after it was opened, or is an SQLite file that
            another machine uses.
    """
    async with AsyncExitStack() as stack:
        opened = await stack.enter_async_context(archive)
        await refuse_other_hosts(opened.settings, opened.outside)
        await refuse_without_tables(opened.settings)
        await forget_dead(opened.outside.store)
        stack.pop_all()
    return opened


def leave_at_once(code: int) -> NoReturn:
    """End the process and all that it started, whatever its threads wait for.

    When no file can be opened any more, what it started cannot be found: the process ends all the
    same. Browsers die with it, the kernel sees to it.
    """
    try:
        _kill_all_below()
    finally:
        os._exit(code)


def _kill_all_below() -> None:
    dying = select.poll()
    left: set[int] = set()
    for one in descendants(os.getpid()):
        with suppress(OSError):  # it has ended, or nothing can be opened to see its end by
            os.kill(one, signal.SIGKILL)
            handle = os.pidfd_open(one)
            dying.register(handle, select.POLLIN)  # readable at its end, see pidfd_open(2)
            left.add(handle)
    until = time.monotonic() + DEAD_WITHIN_S
    while left and (wait_s := until - time.monotonic()) > 0:
        for handle, _ in dying.poll(1000 * wait_s):
            dying.unregister(handle)
            left.discard(handle)
