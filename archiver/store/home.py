"""The home directory: whether an archive may be opened there, and whether one may begin."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import URL

from archiver.errors import InputError
from archiver.store import schema
from archiver.store.refusal import refusals


def prepare(home: Path, url: URL, *, begins: bool) -> None:
    """Make the home directory; unless an archive may begin there, refuse one without a database.

    A path that is misspelt, and a disk that is not mounted, must not look like an empty archive. A
    server says by itself that its database is empty, and its home may be a new machine's.

    Raises:
        InputError: there is no archive.
        SchemaError: the database is of another program.
        StoreError: the directory cannot be made, or the database not be opened.
    """
    if not begins and url.get_backend_name() == "sqlite" and schema.current(url) is None:
        raise InputError(
            f"there is no archive in {home} ({url.database} is missing or empty): see --home and"
            " ARCHIVER_HOME, or begin one with: archiver add ARTICLE"
        )
    with refusals(f"the home directory {home}"):
        home.mkdir(mode=0o700, parents=True, exist_ok=True)
