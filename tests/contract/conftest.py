"""Stores to run the contract on: each test gets an empty database of its own."""

from __future__ import annotations

import shutil
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest

from archiver.ports import Files, Store
from archiver.store import schema
from archiver.store.bucket_files import BucketFiles
from archiver.store.files import HomeFiles
from archiver.store.store import SqlStore, database_url
from tests import postgres


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture(scope="session")
def empty_sqlite(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated SQLite file to copy, since migrating takes longer than most tests."""
    home = tmp_path_factory.mktemp("template")
    schema.upgrade(database_url(home))
    return home / "archiver.db"


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def database(request: pytest.FixtureRequest, tmp_path: Path, empty_sqlite: Path) -> str:
    """Return the address of an empty database of the newest revision."""
    if request.param == "sqlite":
        shutil.copy(empty_sqlite, tmp_path / "archiver.db")
        return f"sqlite:///{tmp_path}/archiver.db"
    server = postgres.server()
    return server.url(server.create(postgres.migrated()))


def is_a_store(store: SqlStore) -> Store:
    """Hold the class to its port: mypy checks it."""
    return store


def are_files(files: HomeFiles, stored: BucketFiles) -> tuple[Files, Files]:
    """Hold the classes to their port: mypy checks it."""
    return files, stored


@pytest.fixture
async def sqlite(tmp_path: Path, empty_sqlite: Path) -> AsyncIterator[SqlStore]:
    """An empty SQLite store, for what is beside the database."""
    (tmp_path / "rows").mkdir()
    shutil.copy(empty_sqlite, tmp_path / "rows" / "archiver.db")
    opened = await SqlStore.open(tmp_path / "rows")
    yield opened
    await opened.close()


@pytest.fixture
async def store(database: str, tmp_path: Path) -> AsyncIterator[SqlStore]:
    opened = await SqlStore.open(tmp_path, database)
    yield opened
    await opened.close()


class Ahead:
    """How far the database's clock is ahead of its machine's; a test moves it."""

    def __init__(self) -> None:
        self.by = timedelta(0)

    def __call__(self) -> timedelta:
        return self.by

    def move(self, duration: timedelta) -> None:
        self.by += duration


@pytest.fixture
def ahead() -> Ahead:
    return Ahead()


@pytest.fixture
async def moved(database: str, tmp_path: Path, ahead: Ahead) -> AsyncIterator[SqlStore]:
    """A store whose database's clock can be moved."""
    opened = await SqlStore.open(tmp_path, database, clock_ahead=ahead)
    yield opened
    await opened.close()
