"""What happens to one body at the same time, on PostgreSQL: SQLite has one writer."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import Connection, Engine, create_engine, insert, select

from archiver.store import schema
from archiver.store.bodies import add_entries
from archiver.store.engine import parse_url, write_engine
from archiver.store.tables import bodies, siblings
from tests import postgres
from tests.build import NOW
from tests.migration.backwards import take_back_to_0004
from tests.store.test_holds import somebody_waits

pytestmark = pytest.mark.postgres

ONE = "1" * 64
ENTRY = (int("1" * 15, 16), "S1")


@pytest.fixture
def engine() -> Iterator[Engine]:
    opened = write_engine(
        parse_url(postgres.server().url(postgres.server().create(postgres.migrated())))
    )
    yield opened
    opened.dispose()


def listed(connection: Connection) -> list[tuple[int, str]]:
    return [tuple(row) for row in connection.execute(select(bodies))]


@pytest.mark.parametrize("is_kept", [True, False])
def test_an_entry_that_another_transaction_makes_is_there_whether_it_is_kept_or_not(
    engine: Engine, is_kept: bool
):
    with ThreadPoolExecutor(1) as threads, engine.connect() as first:

        def add() -> None:
            with engine.begin() as second:
                add_entries(second, [ENTRY])

        with first.begin() as began:
            add_entries(first, [ENTRY])
            made = threads.submit(add)
            while not made.done() and not somebody_waits(first):
                pass
            assert not made.done()
            if not is_kept:
                began.rollback()
        made.result()

        assert listed(first) == [ENTRY]


def test_an_upgrade_waits_for_a_row_that_is_being_written_and_lists_its_body(engine: Engine):
    with engine.begin() as connection:
        take_back_to_0004(connection)
    engine.dispose()
    somebody = create_engine(engine.url)  # as who works on it by hand: no process of ours
    row = {
        "place_sha256": "2" * 64,
        "host": "site.example",
        "directory": "/",
        "asked_at": NOW,
        "answer": {"body_sha256": ONE},
    }
    with ThreadPoolExecutor(1) as threads, somebody.connect() as writer:
        with writer.begin():
            writer.execute(insert(siblings), [row])
            upgraded = threads.submit(schema.upgrade, engine.url)
            while not upgraded.done() and not somebody_waits(writer):
                pass
            assert not upgraded.done()
        upgraded.result()

        assert listed(writer) == [(ENTRY[0], "2" * 64)]
    somebody.dispose()
