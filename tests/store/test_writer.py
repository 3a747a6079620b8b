from __future__ import annotations

import asyncio
import math
import shutil
import sqlite3
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from contextlib import closing
from itertools import count
from pathlib import Path
from threading import Event

import pytest
from sqlalchemy import Connection, event
from typing_extensions import override

from archiver.errors import NotFoundError, StoreError
from archiver.ports import Silent
from archiver.store import checkpoints
from archiver.store.engine import sqlite_url, write_engine
from archiver.store.writer import ATTEMPTS, GROUP_SIZE, GroupedWriter


class Gate:
    """A change that keeps the writer busy until it is opened."""

    def __init__(self) -> None:
        self._running, self._opened = Event(), Event()

    def __call__(self, connection: Connection) -> None:
        self._running.set()
        self._opened.wait()

    def wait(self) -> None:
        self._running.wait()

    def open(self) -> None:
        self._opened.set()


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "some.db"
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("CREATE TABLE things (id INTEGER PRIMARY KEY, name TEXT UNIQUE)")
    return path


@pytest.fixture
def writer(file: Path) -> Iterator[GroupedWriter]:
    made = GroupedWriter(write_engine(sqlite_url(file)), longest_s=math.inf)
    yield made
    made.close()


def committed(file: Path) -> list[str]:
    """Read the names with a connection of our own: only what is committed."""
    with closing(sqlite3.connect(file)) as connection:
        return [name for (name,) in connection.execute("SELECT name FROM things ORDER BY id")]


def add(name: str):
    def change(connection: Connection) -> str:
        connection.exec_driver_sql("INSERT INTO things (name) VALUES (?)", (name,))
        return name

    return change


def group(writer: GroupedWriter, *changes) -> list[Future[object]]:
    """Let changes wait together, so that the writer takes them as one group."""
    gate = Gate()
    writer.submit(gate)
    gate.wait()
    futures = [writer.submit(change) for change in changes]
    gate.open()
    return futures


def test_a_change_is_committed_before_its_caller_is_told(writer: GroupedWriter, file: Path) -> None:
    assert writer.submit(add("a")).result() == "a"
    assert committed(file) == ["a"]


def test_waiting_changes_are_committed_together_in_order(writer: GroupedWriter, file: Path) -> None:
    commits: list[str] = []
    event.listen(writer._engine, "commit", lambda _connection: commits.append("commit"))
    names = [f"n{number}" for number in range(100)]

    futures = group(writer, *(add(name) for name in names))

    assert [future.result() for future in futures] == names
    assert committed(file) == names
    assert len(commits) == 2  # the gate's, and one for all


def test_a_failing_change_is_undone_alone(writer: GroupedWriter, file: Path) -> None:
    def half(connection: Connection) -> None:
        add("half")(connection)
        raise NotFoundError("no such thing")

    first, failing, clash, last = group(writer, add("a"), half, add("a"), add("b"))

    assert (first.result(), last.result()) == ("a", "b")
    with pytest.raises(NotFoundError, match="no such thing"):
        failing.result()
    with pytest.raises(StoreError, match="UNIQUE constraint failed"):
        clash.result()
    assert committed(file) == ["a", "b"]


def test_a_fault_of_the_program_reaches_its_caller_and_the_writer_goes_on(
    writer: GroupedWriter,
) -> None:
    failing, fine = group(writer, lambda connection: 1 / 0, add("a"))

    with pytest.raises(ZeroDivisionError):
        failing.result()
    assert fine.result() == "a"


def test_when_the_database_takes_all_back_nobody_is_told_of_success(
    writer: GroupedWriter, file: Path
) -> None:
    def fill(connection: Connection) -> None:
        add("b")(connection)
        connection.exec_driver_sql("ROLLBACK")  # as a full disk does by itself
        raise OSError("disk full")

    futures = group(writer, add("a"), fill, add("c"))

    for future in futures:
        with pytest.raises(StoreError):
            future.result()
    assert committed(file) == []
    assert writer.submit(add("d")).result() == "d"


def test_a_commit_that_fails_is_told_to_all_and_the_writer_goes_on(
    writer: GroupedWriter, file: Path
) -> None:
    def refuse(_connection: Connection) -> None:
        raise sqlite3.OperationalError("disk I/O error")

    event.listen(writer._engine, "commit", refuse)
    futures = group(writer, add("a"), add("b"))
    for future in futures:
        with pytest.raises((StoreError, sqlite3.OperationalError), match="disk I/O error"):
            future.result()
    event.remove(writer._engine, "commit", refuse)

    assert writer.submit(add("c")).result() == "c"
    assert committed(file) == ["c"]


def test_a_change_cancelled_while_it_waits_is_never_run(writer: GroupedWriter, file: Path) -> None:
    gate = Gate()
    writer.submit(gate)
    gate.wait()
    cancelled, kept = writer.submit(add("a")), writer.submit(add("b"))
    assert cancelled.cancel()
    gate.open()

    assert kept.result() == "b"
    assert committed(file) == ["b"]


def test_more_than_a_group_of_changes_are_all_committed(writer: GroupedWriter, file: Path) -> None:
    names = [f"n{number}" for number in range(2 * GROUP_SIZE + 1)]

    for future in group(writer, *(add(name) for name in names)):
        future.result()

    assert committed(file) == names


def test_closing_finishes_what_was_submitted_and_takes_no_more(
    writer: GroupedWriter, file: Path
) -> None:
    futures = group(writer, *(add(f"n{number}") for number in range(5)))

    writer.close()
    writer.close()

    assert all(future.done() for future in futures)
    assert len(committed(file)) == 5
    with pytest.raises(StoreError, match="closed"):
        writer.submit(add("late"))


def test_a_task_that_is_cancelled_leaves_the_others_waiting_undisturbed(
    writer: GroupedWriter, file: Path
) -> None:
    async def main() -> list[object]:
        gate = Gate()
        writer.submit(gate)
        await asyncio.to_thread(gate.wait)
        tasks = [asyncio.ensure_future(_awaited(writer, name)) for name in "abc"]
        await asyncio.sleep(0)
        tasks[1].cancel()
        gate.open()
        return await asyncio.gather(*tasks, return_exceptions=True)

    first, cancelled, last = asyncio.run(main())

    assert (first, last) == ("a", "c")
    assert isinstance(cancelled, asyncio.CancelledError)
    assert {"a", "c"} <= set(committed(file))


async def _awaited(writer: GroupedWriter, name: str) -> str:
    return await asyncio.wrap_future(writer.submit(add(name)))


def impatient(file: Path, at_begin: Callable[[int], None]) -> GroupedWriter:
    """Return a writer that is refused at once while another holds the file."""
    engine = write_engine(sqlite_url(file))
    numbers = count(1)

    @event.listens_for(engine, "connect")
    def _refuse_at_once(connection: sqlite3.Connection, _record: object) -> None:
        connection.execute("PRAGMA busy_timeout = 0")

    @event.listens_for(engine, "before_cursor_execute")
    def _tell(*_given: object) -> None:
        statement = str(_given[2])
        if statement.startswith("BEGIN"):
            at_begin(next(numbers))

    return GroupedWriter(engine)


def holder(file: Path) -> sqlite3.Connection:
    other = sqlite3.connect(file, isolation_level=None, check_same_thread=False)
    other.execute("BEGIN IMMEDIATE")
    return other


def test_a_change_is_refused_when_others_hold_the_file_too_long(file: Path) -> None:
    begun: list[int] = []
    with closing(impatient(file, begun.append)) as writer:
        writer.submit(add("a")).result()
        with closing(holder(file)), pytest.raises(StoreError, match="locked"):
            writer.submit(add("b")).result()
        writer.submit(add("c")).result()

    assert len(begun) == 1 + ATTEMPTS + 1
    assert committed(file) == ["a", "c"]


def test_a_transaction_that_others_hold_up_is_begun_again(file: Path) -> None:
    others: list[sqlite3.Connection] = []

    def let_go_at_the_third(number: int) -> None:
        if number == 4:
            others.pop().close()

    with closing(impatient(file, let_go_at_the_third)) as writer:
        writer.submit(add("a")).result()
        others.append(holder(file))

        assert writer.submit(add("b")).result() == "b"

    assert committed(file) == ["a", "b"]


class BrokenMeter(Silent):
    """A meter that fails at every number it is told."""

    @override
    def took(self, name: str, seconds: float, **labels: str) -> None:
        raise ValueError(name)


def test_a_meter_that_fails_ends_neither_the_thread_nor_a_change(file: Path) -> None:
    writer = GroupedWriter(write_engine(sqlite_url(file)), BrokenMeter())

    for name in ("one", "two"):
        writer.submit(add(name)).result(timeout=30)
    writer.close()

    assert committed(file) == ["one", "two"]


@pytest.mark.parametrize(("every", "in_the_file"), [(2, ["one", "two"]), (3, [])])
def test_what_was_committed_is_brought_into_the_file_once_enough_was_changed(
    file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, every: int, in_the_file: list[str]
) -> None:
    monkeypatch.setattr(checkpoints, "EVERY", every)
    with closing(sqlite3.connect(file)) as other:  # so that closing the writer does not do it
        other.execute("SELECT * FROM things").fetchall()
        other.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
        writer = GroupedWriter(write_engine(sqlite_url(file)))
        for name in ("one", "two"):
            writer.submit(add(name)).result(timeout=30)
        writer.close()
        without_log = Path(shutil.copy(file, tmp_path / "without-log.db"))

        assert committed(without_log) == in_the_file
