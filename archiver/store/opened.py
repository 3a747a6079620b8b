"""The file of an SQLite database: whether it still is the one that was opened."""

from __future__ import annotations

from pathlib import Path

from archiver.errors import StoreError


class OpenedFile:
    """A file by its path, and by the device and inode it had when this was made.

    Make it before the file is opened, and ask it once it is: what came between is noticed then.
    Whoever has a file open goes on writing to it when it is removed, and SQLite with a write-ahead
    log does not notice: what is committed then is in no file that anybody finds.
    Source: https://www.sqlite.org/howtocorrupt.html, 4.3 and 4.4, read 2026-11-29.

    Raises (when made):
        OSError: it cannot be found.
    """

    def __init__(self, path: Path) -> None:
        self._path = path.absolute()
        self._identity = self._look()

    def assert_there(self) -> None:
        """Refuse to go on when another file, or none, lies there now.

        Raises:
            StoreError: it was removed or replaced.
        """
        try:
            found = self._look()
        except OSError as error:
            raise StoreError(
                f"the database {self._path} was removed, or cannot be reached, while it is open:"
                f" {error.strerror}; put it back, or stop what uses it and restore it"
            ) from error
        if found != self._identity:
            raise StoreError(
                f"the database {self._path} was replaced by another file while it is open; nothing"
                " more is read or written until the first one is back, or this is started again"
            )

    def _look(self) -> tuple[int, int]:
        found = self._path.stat()
        return found.st_dev, found.st_ino
