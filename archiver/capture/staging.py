"""Files of a capture in its staging directory: whole and durable, or still ``.part``."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path

from archiver.model.capture import Artifact, ArtifactKind

CHUNK_BYTES = 1024 * 1024


def write_file(
    folder: Path,
    name: str,
    data: bytes,
    kind: ArtifactKind,
    media_type: str,
    note: str | None = None,
) -> Artifact:
    """Write a file, fsync it, then give it its name.

    Raises:
        OSError: the disk refused.
    """
    part = folder / f"{name}.part"
    with part.open("wb") as out:
        out.write(data)
        out.flush()
        os.fsync(out.fileno())
    part.rename(folder / name)
    return Artifact(kind, name, len(data), hashlib.sha256(data).hexdigest(), media_type, note)


def read_artifact(path: Path, kind: ArtifactKind, media_type: str) -> Artifact:
    """Describe a file that is there already."""
    digest = hashlib.sha256()
    with path.open("rb") as stream:
        while chunk := stream.read(CHUNK_BYTES):
            digest.update(chunk)
    return Artifact(kind, path.name, path.stat().st_size, digest.hexdigest(), media_type)
