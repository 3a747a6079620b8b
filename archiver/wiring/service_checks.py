"""Whether the service does what it should: clocks, log, disk, workers, queue; for ``doctor``."""

from __future__ import annotations

import asyncio
import ctypes
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from pathlib import Path

from archiver.errors import ArchiverError, SchemaError
from archiver.model.worker import IncidentKind
from archiver.ports import Clock
from archiver.settings import Settings
from archiver.store.damage import standing_damage
from archiver.store.soundness import Soundness, soundness
from archiver.store.store import SqlStore
from archiver.wiring.checks import Check, ill, well
from archiver.wiring.files import open_files
from archiver.wiring.messages import refuse_without_tables
from archiver.wiring.mounts import MEND, REMOTE, kind_at
from archiver.wiring.schedule import timetable_of
from archiver.wiring.schema import schema_version
from archiver.wiring.telling import service_of
from archiver.wiring.working import Working, working

WAL_BYTES = 256 * 1024**2
"""Four times what the log is cut back to: somebody holds an old state of the database open."""
APART = timedelta(seconds=2)
FUTURE = timedelta(hours=1)
LATE = timedelta(hours=1)
DAMAGED_AT_MOST = 20
"""Damaged files that are looked for; more is as bad."""
NAMED = 3
_UNSYNCHRONISED = 0x40  # STA_UNSYNC of struct timex; adjtimex(2)
_TIMEX_BYTES, _STATUS_AT = 208, 40  # of that struct on 64-bit Linux


async def check_service(settings: Settings, clock: Clock, *, quick: bool = False) -> list[Check]:
    """Check clocks, log and file system, and what the database knows of the service.

    ``quick`` asks no store of files. Of a database that is not there, or of another revision, only
    what surrounds it is checked.
    """
    found = [check_clock(), check_file_system(settings), check_log(settings)]
    if (messages := await check_messages(settings)) is not None:
        found.append(messages)
    try:
        current, head = await asyncio.to_thread(schema_version, settings)
        if current != head:
            return found
        store = await SqlStore.open(settings.home, settings.store.database or None)
    except ArchiverError:
        return found  # the check of the database says it
    try:
        gives_up = timedelta(hours=settings.notify.give_up_h)
        names = [one.name for one in settings.notify.targets]
        sound, work = await soundness(store.database, names, gives_up), await working(store)
        found.append(await check_damage(settings, store, quick=quick))
    except ArchiverError as error:
        return [*found, ill("service", str(error), "see store.database in archiver.toml")]
    finally:
        await store.close()
    return [*found, *judged(sound, work, settings, clock.now())]


def check_clock() -> Check:
    """Ask the kernel whether something keeps its clock right; without, the service works still."""
    libc = ctypes.CDLL(None, use_errno=True)
    timex = ctypes.create_string_buffer(_TIMEX_BYTES)
    if not hasattr(libc, "adjtimex") or libc.adjtimex(timex) < 0:
        return well("clock", "whether it is synchronised cannot be told here")
    status = int.from_bytes(timex.raw[_STATUS_AT : _STATUS_AT + 4], "little")
    if status & _UNSYNCHRONISED:
        return well("clock", "not synchronised: a look's time is evidence, so install chrony")
    return well("clock", "synchronised")


def check_file_system(settings: Settings) -> Check:
    """Tell whether an SQLite database lies on a disk of this machine."""
    file = settings.database_file
    if file is None:
        return well("file system", "the database is a server's")
    kind = kind_at(file.parent)
    if kind in REMOTE:
        return ill("file system", f"{kind}: SQLite's log is not safe there", MEND)
    return well("file system", kind or "unknown")


def check_log(settings: Settings) -> Check:
    """Tell whether SQLite's write-ahead log is cut back as it should be."""
    file = settings.database_file
    if file is None:
        return well("write-ahead log", "the database is a server's")
    log = Path(f"{file}-wal")
    size = log.stat().st_size if log.exists() else 0
    found = f"{size / 1024**2:.0f} MiB"
    if size > WAL_BYTES:
        mend = "a program holds the database open; stop it (lsof), then restart the daemon"
        return ill("write-ahead log", found, mend)
    return well("write-ahead log", found)


async def check_messages(settings: Settings) -> Check | None:
    """Tell whether word of jobs can be sent, where the settings want it."""
    if settings.store.queue != "procrastinate":
        return None
    try:
        await refuse_without_tables(settings)
    except SchemaError as error:
        return ill("messages", str(error), "archiver db upgrade")
    except ArchiverError as error:
        return ill("messages", str(error), "see store.database in archiver.toml")
    return well("messages", "procrastinate's tables are there")


async def check_damage(settings: Settings, store: SqlStore, *, quick: bool = False) -> Check:
    """Tell whether files that were found damaged still are, however long ago that was.

    Raises:
        StoreError: the database refused.
    """
    noted = await store.workers.notes(IncidentKind.DAMAGED)
    if not noted:
        return well("damage", "none found")
    if quick and settings.files.url:
        mend = "archiver doctor, without --quick, reads them again"
        return ill("damage", f"when they were read last: {_some(noted)}", mend)
    try:
        files = open_files(settings, store)
        try:
            standing = await standing_damage(files, store, DAMAGED_AT_MOST)
        finally:
            files.close()
    except ArchiverError as error:
        return ill("damage", f"{_some(noted)}; cannot be read again: {error}", "mend files.*")
    if standing:
        mend = "put them back from a backup; all there are: archiver status --check"
        return ill("damage", _some(standing), mend)
    return well("damage", "what was found damaged is as it was kept, or was taken down")


def _some(notes: Sequence[str]) -> str:
    more = len(notes) - NAMED
    return "; ".join(notes[:NAMED]) + (f"; {more} more" if more > 0 else "")


def judged(sound: Soundness, work: Working, settings: Settings, now: datetime) -> Iterator[Check]:
    """Say of each thing that the database knows whether it is as it should be."""
    yield _clocks(sound, now)
    yield _future(sound, settings, now)
    yield _workers(work, sound.due_since)
    yield _queue(work)
    yield _quarantine(work)
    yield _telling(sound, work, settings)
    yield _conditions(work)
    yield _incidents(work)


def _clocks(sound: Soundness, now: datetime) -> Check:
    apart = abs(sound.now - now)
    found = f"{apart.total_seconds():.1f} s between the database's clock and ours"
    if apart > APART:
        return ill("database clock", found, "run an NTP client (chrony) on both machines")
    return well("database clock", found)


def _future(sound: Soundness, settings: Settings, now: datetime) -> Check:
    longest = timetable_of(settings.schedule).longest
    if sound.latest_look is not None and sound.latest_look > now + FUTURE:
        found = f"a look is dated {_day(sound.latest_look)}: a clock was wrong, or is"
        return ill("times", found, "set the clock right; the daemon puts due times in order")
    if sound.latest_due is not None and sound.latest_due > now + 2 * longest:
        found = f"a source is due only {_day(sound.latest_due)}"
        mend = "a daemon that starts makes it due; archiver capture SOURCE does so without one"
        return ill("times", found, mend)
    return well("times", "no look and no due time lies too far ahead")


def _workers(work: Working, due_since: datetime | None) -> Check:
    """Tell whether somebody works; only a daemon queues what is due."""
    alive, silent = work.alive, [one.state for one in work.workers if not one.is_alive]
    found = ", ".join(f"{one.kind} {_host(one.name)} ({one.in_hand} in hand)" for one in alive)
    if silent:
        names = ", ".join(f"{_host(one.name)} since {_day(one.seen_at)}" for one in silent)
        mend = "what they held is taken back by itself; see why they died, and start them again"
        return ill("workers", f"{found or 'none alive'}; no sign of life: {names}", mend)
    if not alive and _waiting(work):
        return ill("workers", "none, and work waits", "archiver daemon")
    if due_since is not None and all(one.kind != "daemon" for one in alive):
        overdue = f"{work.sources.due} sources are due, the first since {_day(due_since)}"
        return ill("workers", f"{found or 'none'}, no daemon; {overdue}", "archiver daemon")
    return well("workers", found or "none, and nothing waits")


def _queue(work: Working) -> Check:
    depth = work.depth
    found = f"{_waiting(work)} wait, {sum(depth.running.values())} run"
    if depth.oldest > LATE:
        found += f"; the oldest has waited {depth.oldest.total_seconds() / 3600:.1f} h"
        mend = "more workers (archiver worker), more hands (capture.at_once), or longer schedules"
        return ill("queue", found, mend)
    return well("queue", found)


def _quarantine(work: Working) -> Check:
    if not work.quarantined:
        return well("quarantine", "empty")
    named = [f"{job.source.ref.name} ({why})" for job, why in work.quarantined[:3]]
    more = len(work.quarantined) - len(named)
    found = "; ".join(named) + (f"; {more} more" if more > 0 else "")
    first = work.quarantined[0][0].source.ref.name
    return ill("quarantine", found, f"archiver resume {first}")


def _telling(sound: Soundness, work: Working, settings: Settings) -> Check:
    """Tell whether people are told: of targets that the settings name, whether anybody serves.

    Of others only what still waits for them is told: settings may be missing. A stop is what a
    person has to mend, and so told before what is late for it.
    """
    if stopped := _stopped(sound, settings):
        name, why = stopped[0]
        more = f"; {len(stopped) - 1} more targets" if len(stopped) > 1 else ""
        return ill("telling", f"{name} is left alone: {why}{more}", "archiver notify")
    if failed := _given_up(sound, settings):
        counts = ", ".join(f"{count} to {name}" for name, count in failed)
        mend = "see which and why: archiver notify; take note of them: archiver ack EVENT"
        return ill("telling", f"messages given up lately: {counts}", mend)
    if sound.unnamed:
        counts = ", ".join(f"{count} news wait for {name}" for name, count in sound.unnamed.items())
        name = next(iter(sound.unnamed))
        mend = f"name it in notify.targets, or give them up: archiver notify drop {name}"
        return ill("telling", f"{counts}: the settings name no such target", mend)
    is_served = any(one.kind == "daemon" for one in work.alive)
    since = sound.untold_since
    if is_served and since is not None and since < sound.now - LATE:
        found = f"events since {_day(since)} wait to be told"
        return ill("telling", found, "see the daemon's log for action notify")
    if is_served and sound.late_deliveries:
        first = f", the first since {_day(sound.late_since)}" if sound.late_since else ""
        found = f"{sound.late_deliveries} messages are more than an hour late{first}"
        return ill("telling", found, "see why with: archiver notify")
    return well("telling", "nothing is late" if is_served else "no daemon runs")


def _stopped(sound: Soundness, settings: Settings) -> list[tuple[str, str]]:
    states = [(one.name, sound.stopped.get(service_of(one))) for one in settings.notify.targets]
    return [(name, why) for name, why in states if why is not None]


def _given_up(sound: Soundness, settings: Settings) -> list[tuple[str, int]]:
    counts = [(one.name, sound.failed.get(one.name, 0)) for one in settings.notify.targets]
    return [(name, count) for name, count in counts if count]


def _conditions(work: Working) -> Check:
    held = [f"{_host(state.name)}: {what} ({why})" for state, what, why in work.conditions]
    if held:
        return ill("conditions", "; ".join(held), "each ends by itself when its cause does")
    return well("conditions", "none")


def _incidents(work: Working) -> Check:
    told = [f"{_day(one.at)} {one.kind.value}: {one.note}" for one in work.incidents]
    return well("incidents", "; ".join(told) or "none")


def _waiting(work: Working) -> int:
    return sum(work.depth.queued.values())


def _host(name: str) -> str:
    """Shorten a worker's name to machine and process."""
    parts = name.split("/")
    return f"{parts[0]}/{parts[2]}" if len(parts) > 2 else name


def _day(at: datetime) -> str:
    return f"{at:%Y-%m-%d %H:%M} UTC"
