"""Where files are kept, as the settings say: the home directory or an S3-compatible store."""

from __future__ import annotations

from pathlib import Path

import structlog

from archiver.errors import DiskFullError, FilesError, SettingsError, StoreError
from archiver.settings import Settings
from archiver.store.bucket import Access, Bucket
from archiver.store.bucket_files import BucketFiles
from archiver.store.disk import Disk
from archiver.store.files import HomeFiles
from archiver.store.store import SqlStore
from archiver.store.sweep import Cleared, clear, clear_home, forget_copies, give_up
from archiver.store.uploads import Uploads
from archiver.wiring.worker import worker_name

MIB = 1024 * 1024

SHOWN = 20
"""Of what is told in one line of the log, or in a line each."""
AT_START = 20
"""Captures set aside when an archive is opened: nobody should have to wait for a backlog."""


def open_files(
    settings: Settings, store: SqlStore, disk: Disk | None = None
) -> HomeFiles | BucketFiles:
    """Return where files are kept; nothing is asked yet.

    Raises:
        SettingsError: the store's settings do not go together.
    """
    access = access_of(settings)
    if access is None:
        return HomeFiles(settings.home, disk)
    return BucketFiles(
        settings.home,
        Bucket(access),
        Uploads(store.database),
        owner=worker_name(),
        cache_bytes=settings.files.cache_mib * MIB,
        disk=disk,
    )


async def clear_at_start(files: HomeFiles | BucketFiles, store: SqlStore) -> list[str]:
    """Put in order what a crash left. A disk or store that refuses keeps nobody from starting.

    Returns the captures that were set aside, as their IDs; they are told already.

    Raises:
        StoreError: the database refused.
    """
    log = structlog.get_logger("archiver.files")
    cleared: list[Cleared] = []
    clearing = (
        clear(files, store) if isinstance(files, HomeFiles) else clear_home(files.here, store)
    )
    try:
        cleared.append(await clearing)
    except (FilesError, DiskFullError) as error:
        log.warning("not_cleared", reason=str(error))
    if isinstance(files, BucketFiles):
        await forget_copies(files, store)
        try:
            cleared.append(await give_up(files, most=AT_START))
        except StoreError as error:
            log.warning("not_cleared", reason=str(error))
    for one in cleared:
        tell_cleared(one)
    return [capture_id for one in cleared for capture_id in one.quarantined]


def tell_cleared(cleared: Cleared) -> None:
    """Say which captures were set aside and put back, and what the store did not let us do."""
    log = structlog.get_logger("archiver.files")
    orphans = cleared.quarantined
    if orphans:
        why = "finished captures that nobody committed were set aside; they are in quarantine"
        log.warning(why, action="set_aside", captures=list(orphans[:SHOWN]), number=len(orphans))
    back = cleared.returned
    if back:
        why = "captures that had been set aside were committed: they are in their place again"
        log.warning(why, action="put_back", captures=list(back[:SHOWN]), number=len(back))
    for reason in cleared.refused[:SHOWN]:
        log.warning("not_cleared", reason=reason)


def access_of(settings: Settings) -> Access | None:
    """Return how the store is reached, or None when files are on disk.

    Raises:
        SettingsError: the settings do not go together.
    """
    files, secret = settings.files, settings.files.secret_key.get_secret_value()
    if not files.url:
        return None
    if bool(files.access_key) != bool(secret):
        raise SettingsError("files.access_key and files.secret_key go together; set both or none")
    if files.endpoint.startswith("http://") and not files.allow_http:
        raise SettingsError("files.endpoint is http:// and nobody said so: set files.allow_http")
    bucket, _, prefix = files.url.removeprefix("s3://").partition("/")
    if any(part in {".", ".."} for part in prefix.split("/")):
        raise SettingsError("files.url has no plain prefix; leave . and .. out")
    return Access(
        bucket,
        prefix.rstrip("/"),
        endpoint=files.endpoint.rstrip("/"),
        region=files.region,
        access_key=files.access_key,
        secret_key=secret,
        allow_http=files.allow_http,
        path_style=files.path_style,
        authority=_authority(settings.net.extra_ca),
    )


async def probe(access: Access) -> None:
    """Write an object, read it back and remove it.

    Raises:
        StoreError: one of the three is not possible.
    """
    bucket = Bucket(access)
    await bucket.check()
    await bucket.probe()


def _authority(path: str) -> str:
    if not path:
        return ""
    try:
        return Path(path).read_text(encoding="ascii")
    except (OSError, UnicodeDecodeError) as error:
        raise SettingsError(f"net.extra_ca cannot be read: {error}") from error
