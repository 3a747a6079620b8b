"""Counting what a passage uses, and ending it when a limit is reached."""

from __future__ import annotations

from collections.abc import Callable

from archiver.net.decisions import Usage
from archiver.net.policy import Limits


class Meter:
    """Counts one passage. ``cut`` is called, once, when a limit of the whole passage is reached.

    ``now`` gives seconds that never go back. Before :meth:`start` everything is counted, but no
    time runs; starting forgets what was counted.
    """

    def __init__(self, limits: Limits, now: Callable[[], float], cut: Callable[[], None]) -> None:
        self._limits = limits
        self._now = now
        self._cut = cut
        self._started: float | None = None
        self._stopped: float | None = None
        self._requests = 0
        self._counts = Usage()
        self.hits: tuple[str, ...] = ()
        self.exhausted = False

    def start(self) -> None:
        """Begin counting from nothing."""
        self._started = self._now()
        self._requests = 0
        self._counts = Usage()

    def stop(self) -> None:
        """Let no more time run."""
        self._stopped = self._stopped or self._now()

    @property
    def usage(self) -> Usage:
        """What was used so far."""
        if self._started is None:
            return self._counts
        seconds = (self._stopped or self._now()) - self._started
        counts = self._counts
        return Usage(counts.bytes_in, counts.bytes_out, counts.connections, seconds)

    def count(self, *, bytes_in: int = 0, bytes_out: int = 0, connections: int = 0) -> None:
        """Add to the counts."""
        old = self._counts
        self._counts = Usage(
            old.bytes_in + bytes_in, old.bytes_out + bytes_out, old.connections + connections
        )
        if self._counts.bytes_in > self._limits.bytes_in:
            self.exhaust("bytes_in")
        if self._counts.bytes_out > self._limits.bytes_out:
            self.exhaust("bytes_out")

    def count_request(self) -> None:
        """Add one request asked of the guard."""
        self._requests += 1
        if self._requests > self._limits.requests:
            self.exhaust("requests")

    def note(self, limit: str) -> None:
        """Remember that a limit was reached that ends one connection only."""
        if limit not in self.hits:
            self.hits = (*self.hits, limit)

    def exhaust(self, limit: str) -> None:
        """Remember the limit and end the passage."""
        if not self.exhausted:
            self.exhausted = True
            self.note(limit)
            self._cut()
