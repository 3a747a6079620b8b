"""Keeping two that do the same to one directory apart."""

from __future__ import annotations

import errno
import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager

from archiver.errors import ClaimError


@contextmanager
def alone(handle: int, refusal: str) -> Iterator[None]:
    """Hold the lock of an open file or directory, which is closed at the end.

    The system lets go of it, too, when the process ends, however it ends. On NFS a directory has no
    lock, and nobody is kept apart: see flock(2).

    Raises:
        ClaimError: somebody holds it just now; in the words of ``refusal``.
    """
    try:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise ClaimError(refusal) from error
        except OSError as error:
            if error.errno != errno.EBADF:  # NFS locks nothing that is not open for writing
                raise
        yield
    finally:
        os.close(handle)
