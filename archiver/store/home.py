"""The home directory: whether an archive may be opened there, and whether one may begin."""

from __future__ import annotations

import os
import pwd
from pathlib import Path

from sqlalchemy import URL

from archiver.errors import InputError
from archiver.store import schema
from archiver.store.refusal import refusals

WORK = "restoring"
"""The directory in a home that says that a restore is not finished, and holds its parts."""
SETTINGS = "archiver.toml"
RESTORED_SETTINGS = f"{SETTINGS}.restored"
"""Settings out of a backup, which are not in force."""
BEGUN = ("archiver.db", "captures", "staging")
"""What there is in a home as soon as there is an archive, or files on their way into one."""


def prepare(home: Path, url: URL, *, begins: bool) -> None:
    """Make the home directory; refuse one that is half restored, or has no database.

    Where an archive may begin, it needs no database yet, unless there are files of one: an empty
    database in its place would know of none of them, and a sweep would set them aside. A half
    restored home must not be opened, for it looks empty, and what would be begun in it stands in
    the way of the rest.

    A path that is misspelt, and a disk that is not mounted, must not look like an empty archive. A
    server says by itself that its database is empty, and its home may be a new machine's.

    Raises:
        InputError: there is no archive, or half of one, or only its files, or it is another user's
            and we are root.
        SchemaError: the database is of another program.
        StoreError: the directory cannot be made, or the database not be opened.
    """
    refuse_half_restored(home)
    refuse_root(home)
    if url.get_backend_name() == "sqlite":
        _refuse_without_database(home, url, begins=begins)
    with refusals(f"the home directory {home}"):
        home.mkdir(mode=0o700, parents=True, exist_ok=True)


def _refuse_without_database(home: Path, url: URL, *, begins: bool) -> None:
    with refusals(f"the home directory {home}"):
        is_used = any(any(home.glob(f"{kept}/??/??/*")) for kept in ("captures", "blobs"))
    if (begins and not is_used) or schema.current(url) is not None:
        return
    if is_used:
        raise InputError(
            f"{home} holds the files of an archive, and its database is not where the settings say"
            f" ({url.database} is missing or empty): name it in store.database, or restore a backup"
            " into another directory with: archiver restore DIR"
        )
    raise InputError(
        f"there is no archive in {home} ({url.database} is missing or empty): see --home and"
        " ARCHIVER_HOME, or begin one with: archiver add ARTICLE"
    )


def refuse_half_restored(home: Path) -> None:
    """Refuse a home into which a restore was begun and not finished.

    Raises:
        InputError: it is one.
        StoreError: the directory cannot be read.
    """
    with refusals(f"the home directory {home}"):
        is_unfinished = (home / WORK).exists()
    if is_unfinished:
        raise InputError(
            f"a restore into {home} is not finished; run the same one again, and it goes on:"
            " archiver restore DIR"
        )


def refuse_root(home: Path, *, itself: bool = False) -> None:
    """Refuse root the archive of another user, such as a service's: it could not read on.

    ``itself``: an empty directory of another user counts, for it will be that one's archive.

    Raises:
        InputError: it is one, and we are root.
        StoreError: the directory cannot be read.
    """
    if os.geteuid() != 0:
        return
    with refusals(f"the home directory {home}"):
        places = [*([home] if itself else ()), *(home / name for name in BEGUN)]
        owners = [place.stat().st_uid for place in places if place.exists()]
    if any(owners):
        number = next(filter(None, owners))
        owner, becoming = _other(number)
        raise InputError(
            f"{home} is the archive of {owner}, who could not read what root writes there; be"
            f" {owner}: {becoming} archiver … --home {home} (of a systemd service:"
            " citation-archiver …)"
        )


def _other(number: int) -> tuple[str, str]:
    """Return what a user is called, and how a command is run as that user."""
    try:
        name = pwd.getpwuid(number).pw_name
    except KeyError:  # as of containers
        return f"user {number}", f"setpriv --reuid {number} --regid {number} --clear-groups"
    return name, f"runuser -u {name} --"
