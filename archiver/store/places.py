"""Where files are kept, by name: the same in the home directory and in an object store."""

from __future__ import annotations

import hashlib
import re
from pathlib import Path, PurePosixPath

from archiver.errors import StoreError

CAPTURE_ID = re.compile(r"[A-Za-z0-9_-]{1,64}")
SET_ASIDE = re.compile(r"[A-Za-z0-9_-][A-Za-z0-9_.-]{0,128}")
_SHA256 = re.compile(r"[0-9a-f]{64}")


def capture_place(capture_id: str) -> str:
    """Return the path of a finished capture, relative to where files are kept.

    Raises:
        StoreError: it is no capture's identifier.
    """
    digest = hashlib.sha256(checked(CAPTURE_ID, capture_id).encode()).hexdigest()
    return f"captures/{digest[:2]}/{digest[2:4]}/{capture_id}"


def blob_place(sha256: str) -> str:
    """Return the path of a blob, relative to where files are kept.

    Raises:
        StoreError: it is no digest.
    """
    checked(_SHA256, sha256)
    return f"blobs/{sha256[:2]}/{sha256[2:4]}/{sha256}.gz"


def aside_place(name: str) -> str:
    """Return the path of something in quarantine, relative to where files are kept.

    Raises:
        StoreError: it is no name of a file or directory there.
    """
    return f"quarantine/{checked(SET_ASIDE, name)}"


def inside(directory: Path, path: str) -> Path:
    """Return a relative path's place, which must lie below ``directory``."""
    parts = PurePosixPath(path)
    if not parts.parts or parts.is_absolute() or ".." in parts.parts or "\0" in path:
        raise StoreError(f"{path!r} is no path of a file of ours")
    return directory / parts


def checked(form: re.Pattern[str], name: str) -> str:
    """Return a name of that form.

    Raises:
        StoreError: it is of another.
    """
    if not form.fullmatch(name):
        raise StoreError(f"{name!r} cannot name a file of ours")
    return name
