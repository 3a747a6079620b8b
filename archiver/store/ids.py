"""Identifiers of rows: ULIDs that never go back within a process."""

from __future__ import annotations

import time
from threading import Lock

from ulid import ULID, LaxMonotonicPolicy, ULIDGenerator


class _ForwardClock:
    """Milliseconds of the machine's clock; stands still while that one goes back."""

    def __init__(self) -> None:
        self._latest = 0
        self._lock = Lock()

    def __call__(self) -> int:
        with self._lock:
            self._latest = max(self._latest, time.time_ns() // 1_000_000)
            return self._latest


_generator = ULIDGenerator(clock=_ForwardClock(), policy=LaxMonotonicPolicy())


def new_id() -> str:
    """Return a new identifier: 26 characters that sort by the time they were made."""
    made: ULID = _generator.generate()
    return str(made)
