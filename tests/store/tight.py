"""Restores a backup onto disks of its own that are too small, then grows them and tries again.

Run by ``test_tight.py`` under ``unshare --mount``, as root, with the directory of the backup, one
for the disks, and their sizes in bytes. Prints one JSON document.
"""

from __future__ import annotations

import json
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

from archiver.errors import StoreError
from archiver.store.files import HomeFiles
from archiver.store.restore import restore
from archiver.store.shelf import HomeShelf
from archiver.store.store import database_url

GROWN = 8
"""How many times as large a disk is after somebody made room."""


def tried(directory: Path, home: Path) -> str:
    """Restore, and say what came of it."""
    files = HomeFiles(home)
    try:
        restore(directory, files, HomeShelf(files), database_url(home))
    except StoreError as error:
        kept = "" if not (home / "archiver.db").exists() else ", and put a database in place"
        return f"refused{kept}" if "full" in str(error) else repr(error)
    finally:
        files.close()
    try:
        with closing(sqlite3.connect(home / "archiver.db")) as database:
            (told,) = database.execute("PRAGMA integrity_check(1)").fetchone()
            (count,) = database.execute("SELECT count(*) FROM incidents").fetchone()
    except sqlite3.DatabaseError as error:
        return f"restored, but {error}"
    return f"restored {count}" if told == "ok" else f"restored, but {told}"


def main() -> None:
    directory, disk = Path(sys.argv[1]), Path(sys.argv[2])
    came: list[list[str]] = []
    for size in map(int, sys.argv[3:]):
        subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={size}", "tmpfs", disk], check=True)
        first = tried(directory, disk / "home")
        came.append([first])
        if first.startswith("refused"):
            grown = f"remount,size={GROWN * size}"
            subprocess.run(["mount", "-o", grown, disk], check=True)
            came[-1].append(tried(directory, disk / "home"))
        subprocess.run(["umount", disk], check=True)
    print(json.dumps(came))


if __name__ == "__main__":
    main()
