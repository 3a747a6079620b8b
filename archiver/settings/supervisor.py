"""What a service manager tells this process."""

from __future__ import annotations

import os
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Supervisor:
    """What a service manager told this process: where to report, and how often to show life."""

    notify_socket: str = ""
    watchdog_s: float = 0.0


def supervisor() -> Supervisor:
    """Return what systemd, or who speaks as it does, wants to be told."""
    period = os.environ.get("WATCHDOG_USEC", "")
    is_ours = os.environ.get("WATCHDOG_PID", str(os.getpid())) == str(os.getpid())
    watchdog_s = int(period) / 1e6 if period.isdigit() and is_ours else 0.0
    return Supervisor(os.environ.get("NOTIFY_SOCKET", ""), watchdog_s)
