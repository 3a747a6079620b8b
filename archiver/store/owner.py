"""Who is making which capture: how a sweep tells living work from leftovers.

Each process that stages anything holds a lock on a file of its own, which the system lets go when
the process ends, however it ends. A marker beside the staging directory names that file, and
stays there until the capture's row is known to be committed; where files go to a store, until they
have left the staging directory, for a row says then who has them in hand. A maker that gives a
capture up empties the marker. Process numbers would not do: they are used again, and mean nothing
in another container that shares the home directory.
"""

from __future__ import annotations

import fcntl
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Lock

from archiver.store.ids import new_id

LOCK = ".lock"
MARKER = ".owner"


class Owner:
    """This process as the owner of captures in ``staging``."""

    def __init__(self, staging: Path) -> None:
        self._staging = staging
        self._guard = Lock()
        self._handle: int | None = None
        self._token = ""

    def token(self) -> str:
        """Return the name this owner goes by; from then on its lock is held."""
        with self._guard:
            while self._handle is None:
                self._token = new_id()
                self._handle = _locked(self._staging / f"{self._token}{LOCK}")
            return self._token

    def mark(self, capture_id: str) -> None:
        """Say that the capture is being made here."""
        token = self.token()
        (self._staging / f"{capture_id}{MARKER}").write_text(token)

    def leave(self, capture_id: str) -> None:
        """Say that the capture is not being made any more: its marker names nobody."""
        marker = self._staging / f"{capture_id}{MARKER}"
        if marker.exists():
            marker.write_text("")

    def unmark(self, capture_id: str) -> None:
        """Forget that the capture was made here: nothing of it is on this disk any more."""
        (self._staging / f"{capture_id}{MARKER}").unlink(missing_ok=True)

    def close(self) -> None:
        """Let go of the lock. Markers stay: the next sweep looks at what they name."""
        with self._guard:
            if self._handle is not None:
                os.close(self._handle)
                self._handle = None


def _locked(path: Path) -> int | None:
    """Make and lock a file; None when a sweep removed it before it was locked."""
    handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600)
    fcntl.flock(handle, fcntl.LOCK_EX)
    try:
        if path.stat().st_ino == os.fstat(handle).st_ino:
            return handle
    except FileNotFoundError:
        pass
    os.close(handle)
    return None


@contextmanager
def dead_owners(staging: Path) -> Iterator[Callable[[str | None], bool]]:
    """Give a function that tells whether an owner is no more; None stands for an unknown one.

    While this lasts, no other sweep takes the same owners for dead; their locks are removed after.
    """
    locked = {path: handle for path in sorted(staging.glob(f"*{LOCK}")) if (handle := _try(path))}
    dead = {path.name.removesuffix(LOCK) for path in locked}
    try:
        yield (
            lambda token: (
                token is None or token in dead or not (staging / f"{token}{LOCK}").exists()
            )
        )
        for path in locked:
            path.unlink(missing_ok=True)
    finally:
        for handle in locked.values():
            os.close(handle)


def owner_of(staging: Path, capture_id: str) -> str | None:
    """Return the token of the owner that a capture's marker names."""
    try:
        return (staging / f"{capture_id}{MARKER}").read_text() or None
    except FileNotFoundError:
        return None


def left_at(staging: Path, capture_id: str) -> float | None:
    """Return when a capture was given up by its maker, by the disk's clock, or None."""
    try:
        marker = (staging / f"{capture_id}{MARKER}").stat()
    except FileNotFoundError:
        return None
    return None if marker.st_size else marker.st_mtime


def _try(path: Path) -> int | None:
    """Lock a file if its owner is gone."""
    try:
        handle = os.open(path, os.O_RDWR)
    except FileNotFoundError:
        return None
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(handle)
        return None
    return handle
