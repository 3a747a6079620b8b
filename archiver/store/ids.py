"""Identifiers of rows: ULIDs that never go back within a process."""

from __future__ import annotations

import time
from collections.abc import Callable
from threading import Lock

from ulid import ULID, LaxMonotonicPolicy, ULIDGenerator


class _ForwardClock:
    """Milliseconds of the machine's clock; stands still while that one goes back."""

    def __init__(self, nanoseconds: Callable[[], int] = time.time_ns) -> None:
        self._nanoseconds = nanoseconds
        self._latest = 0
        self._lock = Lock()

    def __call__(self) -> int:
        with self._lock:
            self._latest = max(self._latest, self._nanoseconds() // 1_000_000)
            return self._latest


_generator = ULIDGenerator(clock=_ForwardClock(), policy=LaxMonotonicPolicy())


def new_id() -> str:
    """Return a new identifier: 26 characters that sort by the time they were made."""
    made: ULID = _generator.generate()
    return str(made)
