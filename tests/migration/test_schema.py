"""Migrations lead from nothing to the tables as declared, and never past what is known."""

from __future__ import annotations

import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, text

from archiver.errors import SchemaError, SettingsError, StoreError
from archiver.store import schema, triggers
from archiver.store.engine import parse_url, write_engine
from archiver.store.store import SqlStore, database_url
from archiver.store.tables import APPEND_ONLY, METADATA
from tests import build, postgres
from tests.build import NOW


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def empty(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """Return the address of a database without any table."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path}/archiver.db"
    return postgres.server().url(postgres.server().create())


def on(url: str, change: Callable[[Connection], object]) -> object:
    engine = write_engine(parse_url(url))
    try:
        with engine.begin() as connection:
            return change(connection)
    finally:
        engine.dispose()


def execute(url: str, statement: str) -> None:
    on(url, lambda connection: connection.execute(text(statement)))


def differences(connection: Connection) -> list[object]:
    context = MigrationContext.configure(connection, opts={"compare_type": True})
    return list(compare_metadata(context, METADATA))


def test_migrating_an_empty_database_gives_the_tables_as_declared(empty: str) -> None:
    assert schema.current(empty) is None

    schema.upgrade(empty)

    assert schema.current(empty) == schema.head()
    assert on(empty, differences) == []


def test_the_evidence_is_protected_after_a_migration(empty: str) -> None:
    schema.upgrade(empty)

    on(empty, triggers.assert_triggers)


def test_an_upgrade_makes_lost_triggers_anew(empty: str) -> None:
    schema.upgrade(empty)
    drop = "DROP TRIGGER events_update" if empty.startswith("sqlite") else None
    execute(empty, drop or "DROP TRIGGER events_change ON events")

    schema.upgrade(empty)

    on(empty, triggers.assert_triggers)


def test_the_triggers_installed_are_those_of_the_declared_tables(empty: str) -> None:
    schema.upgrade(empty)

    present = on(empty, triggers.present_tables)

    assert present == triggers.declared_tables()


def test_every_append_only_table_can_be_withdrawn_from() -> None:
    for name, content in APPEND_ONLY.items():
        columns = METADATA.tables[name].columns
        assert columns["withdrawn_at"].nullable
        assert all(columns[column].nullable for column in content)


def test_the_newest_migration_is_the_revision_the_program_needs() -> None:
    config = Config()
    config.set_main_option("script_location", str(schema.migrations()))
    config.set_main_option("path_separator", "os")

    assert ScriptDirectory.from_config(config).get_current_head() == schema.head()


def test_upgrading_twice_changes_nothing(empty: str) -> None:
    schema.upgrade(empty)

    schema.upgrade(empty)

    assert on(empty, differences) == []


@pytest.mark.anyio
async def test_rows_live_through_an_upgrade(empty: str, tmp_path: Path) -> None:
    schema.upgrade(empty)
    store = await SqlStore.open(tmp_path, empty)
    kept = await store.articles.keep(build.article(), [build.found(build.ref())], None, NOW)
    await store.close()

    schema.upgrade(empty)

    store = await SqlStore.open(tmp_path, empty)
    assert await store.articles.citations(kept.article.id) == list(kept.citations)
    await store.close()


@pytest.mark.anyio
async def test_a_newer_schema_is_refused_everywhere(empty: str, tmp_path: Path) -> None:
    schema.upgrade(empty)
    execute(empty, "UPDATE alembic_version SET version_num = '9999'")

    with pytest.raises(SchemaError, match="written by a newer version") as refused:
        await SqlStore.open(tmp_path, empty)
    with pytest.raises(SchemaError, match="install that version"):
        schema.upgrade(empty)

    assert "\n" not in str(refused.value)
    assert refused.value.exit_code == 2


@pytest.mark.anyio
async def test_a_database_of_another_program_is_left_alone(empty: str, tmp_path: Path) -> None:
    execute(empty, "CREATE TABLE things (id INTEGER)")

    with pytest.raises(SchemaError, match="another program"):
        await SqlStore.open(tmp_path, empty)
    with pytest.raises(SchemaError, match="another program"):
        schema.upgrade(empty)


@pytest.mark.anyio
async def test_an_sqlite_file_is_made_when_it_is_opened(tmp_path: Path) -> None:
    home = tmp_path / "deep" / "home"

    store = await SqlStore.open(home)
    await store.close()

    assert schema.current(database_url(home)) == schema.head()


@pytest.mark.anyio
@pytest.mark.postgres
async def test_postgresql_is_upgraded_only_when_told_to(tmp_path: Path) -> None:
    url = postgres.server().url(postgres.server().create())

    with pytest.raises(SchemaError, match="run `archiver db upgrade`"):
        await SqlStore.open(tmp_path, url)

    assert schema.current(url) is None


@pytest.mark.postgres
@pytest.mark.parametrize("encoding", ["SQL_ASCII", "LATIN1"])
def test_postgresql_that_cannot_hold_every_script_is_refused_in_one_line(encoding: str) -> None:
    name = postgres.server().create("template0", encoding)

    with pytest.raises(SettingsError, match=f"{name} is in {encoding}.*createdb --encoding UTF8"):
        schema.upgrade(postgres.server().url(name))


def test_a_migration_that_fails_leaves_the_database_as_it_was(empty: str, tmp_path: Path) -> None:
    copy = tmp_path / "migrations"
    shutil.copytree(schema.migrations(), copy)
    (copy / "versions" / "9000_broken.py").write_text(
        "from alembic import op\n"
        "revision = '9000'\n"
        f"down_revision = '{schema.head()}'\n"
        "def upgrade():\n"
        "    op.execute('CREATE TABLE half (id INTEGER)')\n"
        "    op.execute('INSERT INTO nowhere VALUES (1)')\n"
    )

    with pytest.raises(StoreError, match="nowhere"):
        schema.upgrade(empty, scripts=copy)

    assert schema.current(empty) is None


def test_a_batch_migration_cannot_lose_the_triggers(empty: str, tmp_path: Path) -> None:
    copy = tmp_path / "migrations"
    shutil.copytree(schema.migrations(), copy)
    (copy / "versions" / "9000_copies_a_table.py").write_text(
        "from alembic import op\n"
        "revision = '9000'\n"
        f"down_revision = '{schema.head()}'\n"
        "def upgrade():\n"
        "    with op.batch_alter_table('pins', recreate='always') as batch:\n"
        "        batch.alter_column('by', nullable=True)\n"
    )
    schema.upgrade(empty)

    schema.upgrade(empty, scripts=copy)

    assert schema.current(empty) == "9000"
    on(empty, triggers.assert_triggers)


def test_an_upgrade_that_leaves_rows_dangling_is_taken_back(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/archiver.db"
    copy = tmp_path / "migrations"
    shutil.copytree(schema.migrations(), copy)
    (copy / "versions" / "9000_dangles.py").write_text(
        "from alembic import op\n"
        "revision = '9000'\n"
        f"down_revision = '{schema.head()}'\n"
        "def upgrade():\n"
        "    op.execute(\"INSERT INTO citations VALUES ('c', 'nothing', NULL, 'x', NULL, 'x', NULL, NULL)\")\n"
    )

    with pytest.raises(StoreError, match="rows of citations point at nothing"):
        schema.upgrade(url, scripts=copy)

    assert schema.current(url) is None


def test_processes_that_upgrade_at_once_do_not_trip_over_each_other(empty: str) -> None:
    program = "import sys; from archiver.store import schema; schema.upgrade(sys.argv[1])"
    processes = [
        subprocess.Popen([sys.executable, "-c", program, empty], stderr=subprocess.PIPE)
        for _ in range(3)
    ]

    errors = [process.communicate()[1] for process in processes]

    assert [process.returncode for process in processes] == [0, 0, 0], errors
    assert on(empty, differences) == []


@pytest.mark.parametrize(
    "url",
    [
        "",
        "nonsense",
        "mysql://a/b",
        "sqlite://",
        "sqlite:///:memory:",
        "sqlite:///",
        "sqlite:///rows.db",
        "sqlite:///file:rows.db?uri=true",
        "postgresql+psycopg://u:p@h:port/db",
    ],
    ids=repr,
)
def test_an_address_that_cannot_be_a_database_of_ours_is_refused(url: str) -> None:
    with pytest.raises(SettingsError, match=r"sqlite:///"):
        parse_url(url)


@pytest.mark.parametrize(
    "url", ["postgresql://u@h/d", "postgresql+psycopg2://u@h/d", "postgres+psycopg://u@h/d"]
)
def test_postgresql_always_means_the_driver_we_ship(url: str) -> None:
    if url.startswith("postgres+"):
        with pytest.raises(SettingsError):
            parse_url(url)
    else:
        assert parse_url(url).drivername == "postgresql+psycopg"


@pytest.mark.anyio
async def test_a_file_that_is_no_database_is_refused_in_one_line(tmp_path: Path) -> None:
    (tmp_path / "archiver.db").write_bytes(b"no database " * 1000)

    with pytest.raises(StoreError, match="file is not a database") as refused:
        await SqlStore.open(tmp_path)

    assert "\n" not in str(refused.value)
    assert (tmp_path / "archiver.db").read_bytes() == b"no database " * 1000


@pytest.mark.anyio
async def test_a_home_that_is_a_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "home").write_text("")

    with pytest.raises(StoreError, match=r"the home directory .* cannot be reached"):
        await SqlStore.open(tmp_path / "home")


@pytest.mark.anyio
@pytest.mark.postgres
async def test_a_server_that_is_not_there_is_said_in_one_line_without_the_password(
    tmp_path: Path,
) -> None:
    url = f"postgresql://u:secret@/d?host={tmp_path}"

    with pytest.raises(StoreError) as refused:
        schema.current(url)

    assert "\n" not in str(refused.value)
    assert "secret" not in str(refused.value)


def test_a_copied_file_is_whole_and_strict(tmp_path: Path) -> None:
    schema.upgrade(database_url(tmp_path))

    with closing(sqlite3.connect(tmp_path / "archiver.db")) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        strict = connection.execute(
            "SELECT name FROM pragma_table_list WHERE strict AND schema = 'main'"
        )
        assert {name for (name,) in strict} == set(METADATA.tables)
