"""Damage that a scrub found, and whether it is still there."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from sqlalchemy import Connection, select

from archiver.model.capture import Artifact
from archiver.model.worker import IncidentKind
from archiver.store.bucket_files import BucketFiles
from archiver.store.captures import to_artifact
from archiver.store.files import HomeFiles
from archiver.store.inventory import is_named
from archiver.store.store import SqlStore
from archiver.store.tables import artifacts

BLOBS = "blobs/"


async def standing_damage(
    files: HomeFiles | BucketFiles, store: SqlStore, most: int | None = None
) -> list[str]:
    """Read every file again that was found damaged; return notes of those that still are.

    What was taken down since is damaged no more. After ``most`` the rest is not read.

    Raises:
        StoreError: the database refused, or the store of files does not answer.
    """
    standing: list[str] = []
    for note in await store.workers.notes(IncidentKind.DAMAGED):
        if len(standing) == most:
            break
        if await _stands(note, files, store):
            standing.append(note)
    return standing


async def _stands(note: str, files: HomeFiles | BucketFiles, store: SqlStore) -> bool:
    of, _, rest = note.partition(": ")
    if rest.startswith(BLOBS):
        sha256 = rest.removeprefix(BLOBS).partition(" ")[0]
        is_kept = await store.database.read(partial(is_named, of=of, path=f"{BLOBS}{sha256}"))
        return is_kept and await files.blob_trouble(sha256) is not None
    kept = await store.database.read(partial(_artifacts, of=of))
    named = [one for one in kept if rest.startswith(f"{one.path} ")]
    return any(await files.troubles(named, thorough=True))


def _artifacts(connection: Connection, of: str) -> Sequence[Artifact]:
    query = select(artifacts).where(
        artifacts.c.capture_id == of, artifacts.c.withdrawn_at.is_(None)
    )
    return [to_artifact(row) for row in connection.execute(query)]
