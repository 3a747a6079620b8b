"""A database moves between engines with every row."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import URL, insert

from archiver.errors import InputError, SchemaError, StoreError
from archiver.store import triggers
from archiver.store.duplicate import copy_in, copy_out
from archiver.store.engine import parse_url, sqlite_url, write_engine
from archiver.store.tables import incidents, jobs, sources
from tests import postgres
from tests.build import NOW
from tests.store.filled import fill, read_all

ENGINES = ["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)]
NewDatabase = Callable[[str], URL]


@pytest.fixture
def new_database(tmp_path: Path, empty_sqlite: Path) -> NewDatabase:
    """Return a function that makes an empty database of an engine."""

    def make(engine: str) -> URL:
        if engine == "postgresql":
            server = postgres.server()
            return parse_url(server.url(server.create(postgres.migrated())))
        place = tmp_path / f"{len(list(tmp_path.iterdir()))}.db"
        shutil.copy(empty_sqlite, place)
        return sqlite_url(place)

    return make


@pytest.mark.parametrize("source", ENGINES)
@pytest.mark.parametrize("target", ENGINES)
def test_every_row_of_every_table_comes_back(
    source: str, target: str, new_database: NewDatabase, tmp_path: Path
) -> None:
    old, new = new_database(source), new_database(target)
    fill(old)
    before = read_all(old)
    copy_out(old, tmp_path / "copy.db")

    copy_in(tmp_path / "copy.db", new)

    after = read_all(new)
    assert after == {table: _freed(table, rows) for table, rows in before.items()}


def _freed(table: str, rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return rows as they are when nobody has anything in hand."""
    if table == "workers":
        return []
    if table == "uploads":
        return [row for row in rows if row["given_up_at"] is not None]
    if table in {"sources", "turns", "deliveries"}:
        return [{**row, "worker": None, "lease_until": None} for row in rows]
    return rows


@pytest.mark.parametrize("engine", ENGINES)
def test_a_restored_database_goes_on_where_it_was(
    engine: str, new_database: NewDatabase, tmp_path: Path
) -> None:
    old, new = new_database("sqlite"), new_database(engine)
    fill(old)
    copy_out(old, tmp_path / "copy.db")
    copy_in(tmp_path / "copy.db", new)

    writing = write_engine(new)
    with writing.begin() as connection:
        added = connection.execute(
            insert(incidents)
            .values(at=NOW, worker="w", kind="slept", note="")
            .returning(incidents.c.seq)
        ).scalar_one()
        triggers.assert_triggers(connection)
    writing.dispose()

    assert added == 31


@pytest.mark.parametrize("engine", ENGINES)
def test_a_job_in_hand_waits_to_be_taken_again(
    engine: str, new_database: NewDatabase, tmp_path: Path
) -> None:
    old = new_database(engine)
    fill(old, rows=1)
    writing = write_engine(old)
    with writing.begin() as connection:
        connection.execute(jobs.update().values(state="running"))
    writing.dispose()
    copy_out(old, tmp_path / "copy.db")
    new = new_database(engine)

    copy_in(tmp_path / "copy.db", new)

    (job,) = read_all(new)["jobs"]
    (source,) = read_all(new)["sources"]
    assert (job["state"], job["worker"], job["fence"]) == ("queued", None, None)
    assert source["job_id"] is not None


@pytest.mark.parametrize("engine", ENGINES)
def test_nothing_is_copied_into_a_database_that_holds_something(
    engine: str, new_database: NewDatabase, tmp_path: Path
) -> None:
    old, new = new_database("sqlite"), new_database(engine)
    copy_out(old, tmp_path / "copy.db")
    fill(new, rows=1)

    with pytest.raises(InputError, match="already"):
        copy_in(tmp_path / "copy.db", new)


def test_a_copy_is_made_while_somebody_writes(new_database: NewDatabase, tmp_path: Path) -> None:
    old = new_database("sqlite")
    fill(old)
    writing = write_engine(old)
    with writing.begin() as connection:
        connection.execute(sources.update().values(paused=True))

        copy_out(old, tmp_path / "copy.db")
    writing.dispose()

    copied = read_all(sqlite_url(tmp_path / "copy.db"))["sources"]
    assert not all(row["paused"] for row in copied)


def test_a_view_in_place_of_a_table_is_not_read(new_database: NewDatabase, tmp_path: Path) -> None:
    copy = tmp_path / "copy.db"
    copy_out(new_database("sqlite"), copy)
    with closing(sqlite3.connect(copy)) as altered:
        altered.execute("ALTER TABLE workers RENAME TO hidden")
        altered.execute("CREATE VIEW workers AS SELECT * FROM hidden")
        altered.commit()

    with pytest.raises(SchemaError, match="workers"):
        copy_in(copy, new_database("sqlite"))


def test_a_trigger_of_the_copy_does_not_come_along(
    new_database: NewDatabase, tmp_path: Path
) -> None:
    copy = tmp_path / "copy.db"
    copy_out(new_database("sqlite"), copy)
    with closing(sqlite3.connect(copy)) as altered:
        altered.execute(
            "CREATE TRIGGER evil AFTER INSERT ON sources BEGIN DELETE FROM siblings; END"
        )
        altered.commit()
    new = new_database("sqlite")

    copy_in(copy, new)

    with closing(sqlite3.connect(str(new.database))) as restored:
        names = restored.execute("SELECT name FROM sqlite_master WHERE name = 'evil'").fetchall()
    assert names == []


def test_values_that_no_version_wrote_restore_nothing(
    new_database: NewDatabase, tmp_path: Path
) -> None:
    old, copy = new_database("sqlite"), tmp_path / "copy.db"
    fill(old)
    copy_out(old, copy)
    with closing(sqlite3.connect(copy)) as altered:
        altered.execute("UPDATE workers SET conditions = '{'")
        altered.commit()
    new = new_database("sqlite")

    with pytest.raises(StoreError, match="cannot be read"):
        copy_in(copy, new)

    assert not any(read_all(new).values())
