"""The one writer of an SQLite file in this process."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass
from queue import SimpleQueue
from threading import Lock, Thread
from time import monotonic
from typing import Any, TypeVar

from sqlalchemy import Connection, Engine
from sqlalchemy.exc import SQLAlchemyError

from archiver.errors import StoreError
from archiver.ports import Meter, Silent
from archiver.store.refusal import as_refusal

T = TypeVar("T")

GROUP_SIZE = 500
"""Changes in one transaction at most, so that the first of them does not wait long."""


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
    the fsync, has returned.
    """

    def __init__(self, engine: Engine, meter: Meter | None = None) -> None:
        self._engine = engine
        self._meter = meter or Silent()
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
            self._commit(group)
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
        wanted = [waiting for waiting in group if waiting.future.set_running_or_notify_cancel()]
        if not wanted:
            return
        begun = monotonic()
        try:
            with self._engine.begin() as connection:
                done = [_run_alone(connection, waiting) for waiting in wanted]
        except Exception as error:  # noqa: BLE001 - the thread's border: every caller is told
            done = [_Done(waiting.future, error=_told(error)) for waiting in wanted]
        took = monotonic() - begun
        for one in done:
            one.tell()
        self._meter.took("database_write_seconds", took)
        self._meter.took("database_group_size", len(wanted))


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
