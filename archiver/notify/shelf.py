"""The directory of feed files: each is whole at any time, and written only when it changed."""

from __future__ import annotations

import json
import os
import tempfile
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path

SUFFIX = ".atom"
_MARK = ".told"


@dataclass(frozen=True, slots=True)
class Mark:
    """How far events are in the files: the number of the last, and how many were near it.

    A number is given before its event is committed, so one a little lower may come later: then
    there are more near the last than there were. ``takedowns`` is how many takedowns the files
    know of, ``takedowns_upto`` the number of the last of these.
    """

    upto: int
    near: int
    takedowns: int = 0
    takedowns_upto: int = 0


class Shelf:
    """Feed files in a directory, which is made with the first of them."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def put(self, name: str, feed: bytes) -> bool:
        """Write a feed's file, unless it says the same; tell whether it was written."""
        path = self._folder / f"{name}{SUFFIX}"
        with suppress(FileNotFoundError):
            if path.read_bytes() == feed:
                return False
        self._write(path, feed)
        return True

    def has(self, name: str) -> bool:
        """Tell whether a feed has a file."""
        return (self._folder / f"{name}{SUFFIX}").is_file()

    def mark(self) -> Mark | None:
        """Return how far events are in the files; None where that cannot be read."""
        try:
            return Mark(**json.loads((self._folder / _MARK).read_text("utf-8")))
        except (OSError, ValueError, TypeError):
            return None

    def set_mark(self, mark: Mark) -> None:
        """Note how far events are in the files."""
        self._write(self._folder / _MARK, json.dumps(asdict(mark)).encode())

    def _write(self, path: Path, content: bytes) -> None:
        """Replace a file in one step: who reads it meanwhile reads the old one."""
        self._folder.mkdir(parents=True, exist_ok=True)
        number, part = tempfile.mkstemp(prefix=".part-", dir=self._folder)
        try:
            with os.fdopen(number, "wb") as file:
                file.write(content)
            Path(part).chmod(0o644)  # for whoever the operator lets into the home
            Path(part).replace(path)
        except BaseException:
            Path(part).unlink(missing_ok=True)
            raise
