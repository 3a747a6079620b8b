"""Bringing an SQLite file's write-ahead log into it, beside the writer."""

from __future__ import annotations

import sqlite3
from contextlib import closing, suppress
from pathlib import Path
from threading import Event, Thread

from sqlalchemy import URL

from archiver.store.engine import BUSY_TIMEOUT_MS, existing_uri

EVERY = 5000
"""Changed rows after which the log is brought in: some 30 MB. That slows the commits that it meets,
and pages that were changed again and again are written once."""


class Checkpoints:
    """A thread that brings the log in, so that no change waits for pages of those before it.

    SQLite by itself does it in the commit that makes the log long: in a file larger than memory
    that takes a tenth of a second and more. A log that grows faster than it is brought in is
    brought in by a commit all the same (``engine.LONGEST_LOG``).
    Source: https://www.sqlite.org/wal.html, 3.2 and 4.2, read 2026-11-29.
    """

    def __init__(self, url: URL) -> None:
        self._uri = existing_uri(Path(url.database or ""))
        self._changed = 0  # only ever grows, and only the writer's thread writes it
        self._brought_in = 0
        self._has_news = Event()
        self._is_closed = False
        self._thread = Thread(target=self._run, name="archiver-checkpoint", daemon=True)
        self._thread.start()

    def note(self, changed: int) -> None:
        """Note that so many rows were committed."""
        self._changed += changed
        if self._changed - self._brought_in >= EVERY:
            self._has_news.set()

    def close(self) -> None:
        """Finish what is wanted and end; whoever closes the file last brings in the rest."""
        self._is_closed = True
        self._has_news.set()
        self._thread.join()

    def _run(self) -> None:
        is_last = False
        while not is_last:
            self._has_news.wait()
            self._has_news.clear()
            is_last, changed = self._is_closed, self._changed
            if changed - self._brought_in >= EVERY:
                self._brought_in = changed
                with suppress(sqlite3.Error):  # a full disk is told to those who write
                    self._bring_in()

    def _bring_in(self) -> None:
        wait_s = BUSY_TIMEOUT_MS / 1000
        with closing(sqlite3.connect(self._uri, timeout=wait_s, uri=True)) as connection:
            connection.execute("PRAGMA wal_checkpoint(PASSIVE)").fetchall()
