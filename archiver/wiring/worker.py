"""This process as a worker: a name that no other process ever has, and who of them is dead."""

from __future__ import annotations

import os
import socket
from datetime import datetime, timedelta
from pathlib import Path

from archiver.model.worker import WorkerState
from archiver.ports import Quarantine, QueueSweep, Store
from archiver.settings import Settings

BOOT = Path("/proc/sys/kernel/random/boot_id")
NUMBERS = Path("/proc/self/ns/pid")  # the name space of process numbers; pid_namespaces(7)
UNKNOWN = "unknown"
STARTED = 19  # field of /proc/PID/stat after the name: clock ticks since boot; proc(5)


def worker_name() -> str:
    """Return ``host/boot/pid/start/space``.

    A number that is used again has another start. Containers may share their host's name and
    kernel; what the number means is known in the name space it is of alone.
    """
    pid = os.getpid()
    return "/".join((socket.gethostname(), _boot(), str(pid), _start(pid) or "0", _space()))


async def free_dead_claims(store: Store, at: datetime, *, is_server: bool) -> QueueSweep:
    """Give back what processes of this machine held that are no more.

    Their leases would end by themselves; but a person who starts again after a crash should not
    have to wait for it. Workers of other machines are left to their leases; on a server those
    are all that ran under another kernel. An SQLite file is for one machine: who ran under
    another kernel there did before it was started again, unless it was heard lately.
    """
    lately = None if is_server else await _heard_lately(store)
    dead = [
        claim
        for claim in await store.claims.standing()
        if is_dead(claim.worker)
        or (lately is not None and is_of_other_kernel(claim.worker) and claim.worker not in lately)
    ]
    return await store.queue.sweep(at, dead, expired=False) if dead else QueueSweep()


def of_quarantine(settings: Settings) -> Quarantine:
    """Return when a job is left alone because its workers died."""
    daemon = settings.daemon
    return Quarantine(daemon.deaths, timedelta(hours=daemon.quarantine_h))


def is_elsewhere(worker: str) -> bool:
    """Tell whether a worker is of another machine: another name and another kernel.

    Containers of one machine have names of their own, and one kernel.
    """
    host, boot = [*worker.split("/"), ""][:2]
    return host != socket.gethostname() and boot != _boot()


async def _heard_lately(store: Store) -> set[str]:
    at = await store.workers.now()
    return {one.name for one in await store.workers.all() if one.was_heard_lately(at)}


def is_of_other_kernel(worker: str) -> bool:
    """Tell whether a worker bears this host's name and ran under another kernel.

    It may be this machine before it was started again, or another one: cloned machines share
    their host's name, and often ``/etc/machine-id``, but each start has a boot ID of its own,
    random(4). So nobody knows whether it lives but the database's clock.
    """
    host, boot, pid, start, space = _parts(worker)
    if host != socket.gethostname() or boot == _boot():
        return False
    # systemd-nspawn shows a boot ID of its own, but not to services with a /proc of their own
    # (ProtectProc=): what runs here is of this kernel. Source: systemd 252, tried 2026-11-29.
    return space != _space() or not (pid.isdigit() and _may_run(int(pid), start))


def is_dead(worker: str) -> bool:
    """Tell whether a worker was a process under this kernel that is no more.

    It is judged where its number can be looked up, in its own name space. Names without one, of
    older releases, and those of other containers and kernels are left to their leases.
    """
    host, boot, pid, start, space = _parts(worker)
    if host != socket.gethostname() or not pid.isdigit():
        return False
    if UNKNOWN in {boot, space}:  # another's may be unknown, too
        return False
    return (boot, space) == (_boot(), _space()) and not _may_run(int(pid), start)


def is_alive(state: WorkerState, at: datetime) -> bool:
    """Tell whether a process gives a sign of life, and is not known to be no more."""
    return state.was_heard_lately(at) and not is_dead(state.name)


def _parts(worker: str) -> list[str]:
    return [*worker.split("/"), "", "", "", "", ""][:5]


def _boot() -> str:
    try:
        return BOOT.read_text(encoding="ascii").strip()
    except OSError:
        return UNKNOWN


def _space() -> str:
    """Return which name space our process numbers are of."""
    try:
        return str(NUMBERS.stat().st_ino)
    except OSError:
        return UNKNOWN


def _start(pid: int) -> str | None:
    """Return when a process started, or None when there is none (a zombie is none)."""
    try:
        stat = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return None
    fields = stat.rpartition(")")[2].split()
    return None if fields[0] in {"Z", "X"} else fields[STARTED]


def _may_run(pid: int, start: str) -> bool:
    found = _start(pid)
    return found == start or (found is None and _is_hidden(pid))


def _is_hidden(pid: int) -> bool:
    """Tell whether a process runs that is kept out of our /proc: of another user (hidepid=)."""
    if Path(f"/proc/{pid}").exists():
        return False
    try:
        os.kill(pid, 0)
    except OSError as error:
        return isinstance(error, PermissionError)
    return False
