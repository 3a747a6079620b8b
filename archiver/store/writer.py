"""The one writer of an SQLite file in this process."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass
from queue import SimpleQueue
from threading import Lock, Thread
from typing import Any, TypeVar

from sqlalchemy import Connection, Engine, RootTransaction
from sqlalchemy.exc import OperationalError, SQLAlchemyError

from archiver.errors import StoreError
from archiver.ports import Meter, Silent
from archiver.store.checkpoints import Checkpoints
from archiver.store.refusal import as_refusal

T = TypeVar("T")

GROUP_SIZE = 500
"""Changes in one transaction at most, so that the first of them does not wait long."""
LONGEST_S = 0.05
"""Seconds after which a transaction takes no further change: other processes want to write, too."""
BREATH = 0.1
"""Share of a transaction's length that the file is left free before the next: who waits for it asks
again from time to time only, and would never meet a moment without one."""
ATTEMPTS = 6
"""How often a transaction is begun before others are said to hold the file too long."""


@dataclass(frozen=True, slots=True)
class _Waiting:
    change: Callable[[Connection], Any]
    future: Future[Any]


@dataclass(frozen=True, slots=True)
class _Done:
    """What a change came to; tells its caller once the transaction is committed."""

    future: Future[Any]
    value: Any = None
    error: BaseException | None = None

    def tell(self) -> None:
        if self.error is not None:
            self.future.set_exception(self.error)
        else:
            self.future.set_result(self.value)


class GroupedWriter:
    """A thread that commits all waiting changes at once.

    A change that fails is undone alone. Nobody is told of success before the commit, and thereby
    the fsync, has returned. ``assert_there`` raises, before each commit, when it would go to a file
    that nobody finds.
    """

    def __init__(
        self,
        engine: Engine,
        meter: Meter | None = None,
        longest_s: float = LONGEST_S,
        assert_there: Callable[[], object] = lambda: None,
    ) -> None:
        self._engine = engine
        self._assert_there = assert_there
        self._checkpoints = Checkpoints(engine.url)
        self._meter = meter or Silent()
        self._longest_s = longest_s
        self._queue: SimpleQueue[_Waiting | None] = SimpleQueue()  # None: the last has come
        self._closing = Lock()
        self._closed = False
        self._thread = Thread(target=self._run, name="archiver-write", daemon=True)
        self._thread.start()

    def submit(self, change: Callable[[Connection], T]) -> Future[T]:
        """Queue a change; the future ends when it is durable or undone.

        A future cancelled while it waits is never run.
        """
        future: Future[T] = Future()
        with self._closing:
            if self._closed:
                raise StoreError("the database is closed")
            self._queue.put(_Waiting(change, future))
        return future

    def close(self) -> None:
        """Finish every change that was submitted, then let go of the file."""
        with self._closing:
            if not self._closed:
                self._closed = True
                self._queue.put(None)
        self._thread.join()

    def _run(self) -> None:
        is_open = True
        while is_open:
            group, is_open = self._next_group()
            try:
                self._commit(group)
            except Exception as error:  # noqa: BLE001 - a thread that ends would leave all waiting
                _tell_undone(group, error)
        self._checkpoints.close()
        self._engine.dispose()

    def _next_group(self) -> tuple[list[_Waiting], bool]:
        """Wait for a change and take all that wait with it; false after the last one."""
        group: list[_Waiting] = []
        while (waiting := self._queue.get()) is not None:
            group.append(waiting)
            if len(group) == GROUP_SIZE or self._queue.empty():
                return group, True
        return group, False

    def _commit(self, group: list[_Waiting]) -> None:
        wanted = deque(
            waiting for waiting in group if waiting.future.set_running_or_notify_cancel()
        )
        while wanted:
            begun = time.monotonic()
            self._commit_some(wanted, begun + self._longest_s)
            if wanted or not self._queue.empty():
                time.sleep(min(time.monotonic() - begun, LONGEST_S) * BREATH)

    def _commit_some(self, wanted: deque[_Waiting], until: float) -> None:
        """Commit the first changes, as many as come to their turn within a time."""
        taken: list[_Waiting] = []
        begun = time.monotonic()
        changed = 0
        try:
            with self._engine.connect() as connection:
                before = _total_changes(connection)
                with _begin(connection):
                    done = []
                    while wanted and (not taken or time.monotonic() < until):
                        taken.append(wanted.popleft())
                        done.append(_run_alone(connection, taken[-1]))
                    self._assert_there()
                changed = _total_changes(connection) - before
        except Exception as error:  # noqa: BLE001 - the thread's border: every caller is told
            taken += wanted
            wanted.clear()
            done = [_Done(waiting.future, error=_told(error)) for waiting in taken]
        took = time.monotonic() - begun
        for one in done:
            one.tell()
        self._checkpoints.note(changed)
        self._meter.took("database_write_seconds", took)
        self._meter.took("database_group_size", len(taken))


def _tell_undone(group: list[_Waiting], error: Exception) -> None:
    for waiting in group:
        if not waiting.future.done():
            waiting.future.set_exception(_told(error))


def _begin(connection: Connection) -> RootTransaction:
    """Begin a transaction; when others hold the file for long, ask again: nothing was done yet."""
    for _ in range(1, ATTEMPTS):
        try:
            return connection.begin()
        except OperationalError as error:
            if not _is_busy(error):
                raise
            connection.rollback()
    return connection.begin()


def _total_changes(connection: Connection) -> int:
    driver = connection.connection.driver_connection
    return 0 if driver is None else int(driver.total_changes)


def _is_busy(error: OperationalError) -> bool:
    return getattr(error.orig, "sqlite_errorname", "").startswith("SQLITE_BUSY")


def _run_alone(connection: Connection, waiting: _Waiting) -> _Done:
    """Run one change so that its failure takes nothing else with it.

    Raises:
        SQLAlchemyError: the database itself took the whole transaction back (a full disk).
    """
    savepoint = connection.begin_nested()
    try:
        value = waiting.change(connection)
    except Exception as error:  # noqa: BLE001 - whatever it is belongs to the caller
        savepoint.rollback()
        return _Done(waiting.future, error=_told(error))
    savepoint.commit()
    return _Done(waiting.future, value)


def _told(error: Exception) -> Exception:
    if not isinstance(error, SQLAlchemyError):
        return error
    refusal = as_refusal(error)
    refusal.__cause__ = error
    return refusal
