"""Tell the service manager how we are: systemd's notification protocol, in a few lines.

Source: sd_notify(3), systemd.service(5) on ``Type=notify`` and ``WatchdogSec``.
"""

from __future__ import annotations

import contextlib
import socket

from archiver.settings import Supervisor

FEEDS_PER_PERIOD = 2  # sd_watchdog_enabled(3): half of the period

OPENING_EVERY_S = 20
MORE_S = 90
"""What is left to a start from each time on that it says that it is under way."""


class Readiness:
    """Speaks to the socket that the manager named; to nobody when there is none.

    A message that cannot be sent is dropped: the work does not depend on who listens.
    """

    def __init__(self, supervisor: Supervisor) -> None:
        self._address = _address(supervisor.notify_socket)
        self.feed_every_s = supervisor.watchdog_s / FEEDS_PER_PERIOD or None
        """Seconds between two signs of life, or None when nobody wants them."""

    def opening(self) -> None:
        """Say that the start is under way still, and ask for more time for it."""
        self._say(f"EXTEND_TIMEOUT_USEC={MORE_S * 1_000_000}\nSTATUS=opening the archive")

    def ready(self, status: str) -> None:
        """Say that the work has begun."""
        self._say(f"READY=1\nSTATUS={status}")

    def status(self, status: str) -> None:
        """Say in one line what is going on."""
        self._say(f"STATUS={status}")

    def feed(self) -> None:
        """Give a sign of life."""
        self._say("WATCHDOG=1")

    def stopping(self) -> None:
        """Say that the end was asked for and is under way."""
        self._say("STOPPING=1")

    def _say(self, message: str) -> None:
        if self._address is None:
            return
        with (
            contextlib.suppress(OSError),
            socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_CLOEXEC) as line,
        ):
            line.settimeout(0)
            line.sendto(message.encode(), self._address)


def _address(named: str) -> str | None:
    """Return the socket's address: a path, or an abstract name, written with ``@`` first."""
    if named.startswith("@"):
        return "\0" + named[1:]
    return named if named.startswith("/") else None
