"""A database of an older version is upgraded with everything that is in it."""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from alembic import command
from alembic.config import Config
from sqlalchemy import (
    Column,
    Connection,
    TableClause,
    column,
    create_engine,
    insert,
    inspect,
    select,
    table,
    text,
    update,
)

from archiver.errors import SchemaError, StoreError
from archiver.model.citation import Certainty, Resolution, Road
from archiver.store import engine, schema, triggers
from archiver.store.engine import parse_url
from archiver.store.store import SqlStore
from archiver.store.tables import METADATA
from tests import build, postgres
from tests.build import NOW
from tests.migration.backwards import take_back_to_0004
from tests.migration.test_schema import on

pytestmark = pytest.mark.anyio

NEWER = {
    "attempts",
    "mementos",
    "pushes",
    "services",
    "feeds",
    "announcements",
    "features",
    "jobs",
    "turns",
    "workers",
    "incidents",
    "outbox",
    "deliveries",
    "custody",
    "uploads",
    "siblings",
    "bodies",
}
"""Tables that the first version did not have."""


ADDED = {
    "articles": {"read_due_at", "note"},
    "events": {"rule", "severity", "pins"},
    "article_versions": {"fetched_from"},
    "citations": {"road", "certainty"},
    "pins": {"memento_id", "selectors"},
    "sources": {"host", "author", "domain", "job_id", "verdict", "taken_down_at"},
    "verdicts": {"last_seen", "first_gone", "wall"},
}
"""Columns that the first version did not have."""


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def old(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """Return the address of a database as the first version left it, without rows."""
    if request.param == "sqlite":
        url = f"sqlite:///{tmp_path}/archiver.db"
    else:
        url = postgres.server().url(postgres.server().create())
    on(url, lambda connection: upgrade_to(connection, "0001"))
    return url


def upgrade_to(connection: Connection, revision: str) -> None:
    config = Config()
    config.set_main_option("script_location", str(schema.migrations()))
    config.set_main_option("path_separator", "os")
    config.attributes["connection"] = connection
    command.upgrade(config, revision)
    triggers.install(connection)


async def filled(home: Path) -> SqlStore:
    """Return a store with rows in every table that the first version had."""
    store = await SqlStore.open(home)
    ref = build.ref()
    found = [
        build.found(ref),
        build.found(text="code", position=2),
        build.found(text="named", position=3),
        build.found(text="not found", position=4),
    ]
    own = build.page()
    kept = await store.articles.keep(build.article(url=own.url), found, own, NOW)
    _, code, named, lost = kept.citations
    await store.articles.resolve(code.id, build.attempt(build.ref()))
    by_hand = build.attempt(build.ref(), note="named by a person: https://x.example/")
    await store.articles.resolve(named.id, by_hand)
    await store.articles.resolve(lost.id, build.attempt())
    source = await store.sources.source(ref.name)
    claim = await store.claims.claim(source.id, "w", timedelta(minutes=1))
    assert claim is not None
    observation = build.observation(source.id)
    event = build.event(source_id=source.id)
    await store.looks.keep(claim, observation, build.verdict(), [event], NOW)
    capture = build.capture(source.id, observation_id=observation.id)
    await store.captures.keep(claim, capture, [build.record()])
    pin = build.as_cited(capture_id=capture.id, observation_id=observation.id)
    await store.pins.pin(kept.citations[0].id, pin, "archiver", NOW)
    return store


def all_rows(
    connection: Connection, tables: dict[str, TableClause]
) -> dict[str, list[dict[str, Any]]]:
    return {
        name: [
            dict(row)
            for row in connection.execute(select(one).order_by(*list(one.c)[:1])).mappings()
        ]
        for name, one in tables.items()
        if name not in NEWER
    }


def first_tables() -> dict[str, TableClause]:
    """Return the tables with the columns that the first version had, by name."""
    return {
        name: table(name, *(column(c.name, c.type) for c in whole.columns if not is_newer(c)))
        for name, whole in METADATA.tables.items()
        if name not in NEWER
    }


def is_newer(of: Column[Any]) -> bool:
    return of.name in ADDED.get(of.table.name, ())


def copy_rows(connection: Connection, rows: dict[str, list[dict[str, Any]]]) -> None:
    tables = first_tables()
    for name in METADATA.sorted_tables:
        for row in rows.get(name.name, []):
            connection.execute(insert(tables[name.name]), [row])


async def test_every_row_of_the_first_version_lives_through_the_upgrade(
    old: str, tmp_path: Path
) -> None:
    source = await filled(tmp_path / "other")
    tables = first_tables()
    rows = await source.database.read(lambda connection: all_rows(connection, tables))
    await source.close()
    assert all(rows.values())
    on(old, lambda connection: copy_rows(connection, rows))

    schema.upgrade(old)

    assert on(old, lambda connection: all_rows(connection, tables)) == rows
    on(old, triggers.assert_triggers)


async def test_citations_of_the_first_version_say_how_their_source_was_found(
    old: str, tmp_path: Path
) -> None:
    source = await filled(tmp_path / "other")
    [article] = await source.articles.all()
    before = await source.articles.citations(article.id)
    rows = await source.database.read(lambda c: all_rows(c, first_tables()))
    await source.close()
    on(old, lambda connection: copy_rows(connection, rows))
    schema.upgrade(old)

    store = await SqlStore.open(tmp_path / "upgraded", old)
    after = await store.articles.citations(article.id)
    await store.close()

    assert [(one.road, one.certainty) for one in after] == [
        (Road.ADDRESS, Certainty.CERTAIN),
        (Road.CODE, Certainty.CHECKED),
        (Road.PERSON, Certainty.CERTAIN),
        (None, None),
    ]
    assert [one.resolution for one in after] == [Resolution.RESOLVED] * 3 + [Resolution.UNRESOLVED]
    assert [one.resolution_note for one in after] == [one.resolution_note for one in before]


async def test_an_upgraded_database_takes_the_new_evidence_and_protects_it(
    old: str, tmp_path: Path
) -> None:
    schema.upgrade(old)
    store = await SqlStore.open(tmp_path / "home", old)
    ref = build.ref()
    kept = await store.articles.keep(build.article(), [build.found(ref)], None, NOW)
    memento = build.memento((await store.sources.source(ref.name)).id)
    await store.mementos.keep(memento)
    await store.articles.resolve(kept.citations[0].id, build.attempt(ref))
    await store.pins.pin(kept.citations[0].id, build.as_cited(memento_id=memento.id), "a", NOW)

    for name in ("attempts", "mementos", "pins"):
        await assert_protected(store, name)
    await store.close()


async def assert_protected(store: SqlStore, name: str) -> None:
    evidence = METADATA.tables[name]
    change = update(evidence).values(seq=evidence.c.seq)

    with pytest.raises(StoreError, match="append-only"):
        await store.database.write(lambda connection: connection.execute(change).rowcount)
    with pytest.raises(StoreError, match="append-only"):
        await store.database.write(lambda c: c.execute(evidence.delete()).rowcount)


async def filled_with_bodies(home: Path, url: str) -> list[dict[str, Any]]:
    """Fill a database with answers of every kind; return its list of bodies as it was kept."""
    schema.upgrade(url)
    store = await SqlStore.open(home, url)
    ref = build.ref()
    kept = await store.articles.keep(build.article(), [build.found(ref)], None, NOW)
    source = await store.sources.source(ref.name)
    digests = iter([f"{number:064x}"[::-1] for number in range(1, 100)])
    for odd in ("", "\ud800", '"body_sha256":"' + "f" * 64):
        answers = tuple(
            build.kept_answer(body_sha256=one, headers=(("X-Odd", odd),))
            for one in (next(digests), next(digests), None, "a" * 64)
        )
        claim = await store.claims.claim(source.id, "w", timedelta(minutes=1))
        assert claim is not None
        look = build.observation(source.id, answers=answers)
        await store.looks.keep(claim, look, build.verdict(), [], NOW)
        await store.claims.release(claim)
        await store.mementos.keep(build.memento(source.id, url=f"{odd}/", answers=answers[1:]))
        await store.articles.resolve(kept.citations[0].id, build.attempt(ref, answers=answers))
    for number in range(20):
        answer = build.kept_answer(body_sha256=next(digests))
        await store.siblings.keep(f"site{number}.example", "/", answer)
    kept_list = await store.database.read(bodies_of)
    await store.close()
    return kept_list


def bodies_of(connection: Connection) -> list[dict[str, Any]]:
    listed = METADATA.tables["bodies"]
    rows = connection.execute(select(listed).order_by(listed.c.digest_start, listed.c.owner))
    return [dict(row) for row in rows.mappings()]


async def test_bodies_that_were_kept_before_are_listed(old: str, tmp_path: Path) -> None:
    before = await filled_with_bodies(tmp_path / "home", old)
    on(old, take_back_to_0004)
    copy = tmp_path / "migrations"
    shutil.copytree(schema.migrations(), copy)
    step = copy / "versions" / "0005_bodies.py"
    in_parts = step.read_text().replace("AT_ONCE = 500_000", "AT_ONCE = 7")
    step.write_text(in_parts.replace("AT_ONCE = 500\n", "AT_ONCE = 2\n"))
    told: list[tuple[str, int]] = []

    schema.upgrade(old, scripts=copy, told=lambda name, rows: told.append((name, rows)))

    assert on(old, bodies_of) == before
    assert len(before) == 6 + 1 + 6 + 1 + 20
    assert dict(told) == {"observations": 3, "attempts": 3, "mementos": 3, "siblings": 20}
    assert told[:2] == [("observations", 2), ("observations", 3)]


UPGRADE = "import sys; from archiver.store import schema; schema.upgrade(sys.argv[1])"
STAND_IDLE = """
import sys
from archiver.store.engine import parse_url, write_engine
engine = write_engine(parse_url(sys.argv[1]))
with engine.connect() as connection:
    connection.exec_driver_sql("SELECT count(*) FROM sources").scalar()
print("idle", flush=True)
sys.stdin.read()
"""
"""A process that has asked something once, as a daemon has, and keeps its connection for later."""


@contextmanager
def another_process(url: str) -> Iterator[None]:
    """Let another process have a database open, and stand idle."""
    process = subprocess.Popen(
        [sys.executable, "-c", STAND_IDLE, url], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    assert process.stdout is not None
    assert process.stdout.readline() == b"idle\n"
    try:
        yield
    finally:
        process.communicate()


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let an upgrade wait for others no longer than it must to see that they stay."""
    monkeypatch.setattr(schema, "LOCK_TIMEOUT_MS", 300)
    monkeypatch.setattr(engine, "BUSY_TIMEOUT_MS", 300)


def state_of(connection: Connection) -> tuple[object, list[str]]:
    version = connection.execute(text("SELECT version_num FROM alembic_version")).scalar()
    return version, sorted(inspect(connection).get_table_names())


@pytest.mark.usefixtures("impatient")
def test_nobody_upgrades_what_another_process_has_open(old: str) -> None:
    schema.upgrade(old)
    on(old, take_back_to_0004)
    before = on(old, state_of)

    with another_process(old):
        with pytest.raises(SchemaError, match=r"ha(s|ve) .* open") as refused:
            schema.upgrade(old)
        assert on(old, state_of) == before
    schema.upgrade(old)

    assert "stop daemon and workers, then run `archiver db upgrade`" in str(refused.value)
    assert "\n" not in str(refused.value)
    assert schema.current(old) == schema.head()


def test_what_is_of_the_newest_revision_may_be_open_elsewhere(old: str) -> None:
    schema.upgrade(old)

    with another_process(old):
        schema.upgrade(old)

    on(old, triggers.assert_triggers)


async def test_who_begins_during_an_upgrade_waits_and_finds_the_new_revision(
    old: str, tmp_path: Path
) -> None:
    await filled_with_bodies(tmp_path / "home", old)
    on(old, take_back_to_0004)
    begun: list[Future[str | None]] = []

    def begin(_table: str, _rows: int) -> None:
        if not begun:
            begun.append(threads.submit(schema.current, old))

    with ThreadPoolExecutor(1) as threads:
        schema.upgrade(old, told=begin)

        assert begun[0].result() == schema.head()


def test_processes_that_upgrade_what_is_old_at_once_all_succeed(old: str) -> None:
    processes = [
        subprocess.Popen([sys.executable, "-c", UPGRADE, old], stderr=subprocess.PIPE)
        for _ in range(3)
    ]

    errors = [process.communicate()[1] for process in processes]

    assert [process.returncode for process in processes] == [0, 0, 0], errors
    assert schema.current(old) == schema.head()


def test_an_upgrade_that_is_killed_leaves_what_the_next_one_brings_to_its_end(old: str) -> None:
    killed = UPGRADE.replace(
        "schema.upgrade(sys.argv[1])",
        "import os; schema.triggers.install = lambda c: os.kill(os.getpid(), 9);"
        " schema.upgrade(sys.argv[1])",
    )
    done = subprocess.run([sys.executable, "-c", killed, old], check=False)
    between = schema.current(old)

    schema.upgrade(old)

    assert (done.returncode, between) == (-9, "0001")
    assert schema.current(old) == schema.head()
    on(old, triggers.assert_triggers)


@pytest.mark.postgres
@pytest.mark.usefixtures("impatient")
def test_who_calls_workers_by_messages_has_the_database_open_too() -> None:
    url = postgres.server().url(postgres.server().create(postgres.migrated()))
    on(url, take_back_to_0004)
    listener = create_engine(
        parse_url(url), connect_args={"application_name": "citation-archiver messages"}
    )

    with listener.connect(), pytest.raises(SchemaError, match=r"open \(sessions of theirs: 1\)"):
        schema.upgrade(url)
    listener.dispose()

    schema.upgrade(url)
