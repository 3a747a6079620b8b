"""Evidence is written once, whoever holds the connection."""

from __future__ import annotations

import dataclasses
from datetime import timedelta

import pytest
from sqlalchemy import Connection, insert, select, text, update

from archiver.errors import SchemaError, StoreError
from archiver.model.custody import CustodyAct, CustodyEntry
from archiver.model.seen import seen_of
from archiver.ports import Digest
from archiver.store import triggers
from archiver.store.store import SqlStore
from archiver.store.tables import APPEND_ONLY, METADATA
from tests import build
from tests.build import NOW
from tests.withdrawn import (
    withdraw_attempts,
    withdraw_capture,
    withdraw_memento,
    withdraw_observation,
)

pytestmark = pytest.mark.anyio

TABLES = sorted(APPEND_ONLY)


@pytest.fixture
async def filled(store: SqlStore) -> SqlStore:
    """A store with a row in every table."""
    ref = build.ref()
    kept = await store.articles.keep(build.article(), [build.found(ref)], None, NOW)
    source = await store.sources.source(ref.name)
    claim = await store.claims.claim(source.id, "w", timedelta(minutes=1))
    assert claim is not None
    event = build.event(source_id=source.id)
    look = build.observation(source.id)
    await store.looks.keep(claim, look, build.verdict(), [event], None, Digest(seen_of(look)))
    capture = build.capture(source.id, artifacts=(build.artifact(note="truncated"),))
    await store.captures.keep(claim, capture, [build.record()])
    await store.pins.pin(kept.citations[0].id, build.as_cited(), "archiver", NOW)
    await store.articles.resolve(kept.citations[0].id, build.attempt(ref))
    await store.mementos.keep(build.memento(source.id))
    await store.custody.keep(
        CustodyEntry("c", CustodyAct.HOLD, NOW, "a clerk", "case 12/26", source.id)
    )
    return store


def rows(connection: Connection, name: str) -> list[tuple[object, ...]]:
    return [tuple(row) for row in connection.execute(select(METADATA.tables[name]))]


def change_every_column(connection: Connection, name: str, column: str) -> None:
    connection.execute(text(f'UPDATE "{name}" SET "{column}" = "{column}"'))


def delete(connection: Connection, name: str) -> None:
    connection.execute(text(f'DELETE FROM "{name}"'))


def delete_everything_at_once(connection: Connection, name: str) -> None:
    truncate = f'TRUNCATE "{name}" CASCADE'
    connection.execute(
        text(truncate if connection.dialect.name == "postgresql" else f'DELETE FROM "{name}"')
    )


def replace(connection: Connection, name: str) -> None:
    table = METADATA.tables[name]
    row = connection.execute(select(table)).mappings().one()
    connection.execute(insert(table).prefix_with("OR REPLACE", dialect="sqlite"), [dict(row)])


def upsert(connection: Connection, name: str) -> None:
    columns = ", ".join(f'"{column.name}"' for column in METADATA.tables[name].columns)
    connection.execute(
        text(
            f'INSERT INTO "{name}" ({columns}) SELECT {columns} FROM "{name}" WHERE true'
            " ON CONFLICT (seq) DO UPDATE SET withdrawn_at = NULL"
        )
    )


ATTACKS = [delete, delete_everything_at_once, replace, upsert]


def withdraw(connection: Connection, name: str) -> int:
    table = METADATA.tables[name]
    values = {"withdrawn_at": NOW, **dict.fromkeys(APPEND_ONLY[name])}
    return connection.execute(update(table).values(values)).rowcount


async def assert_refused(store: SqlStore, name: str, attack) -> None:
    before = await store.database.read(lambda connection: rows(connection, name))

    with pytest.raises(StoreError):
        await store.database.write(lambda connection: attack(connection, name))

    assert before
    assert await store.database.read(lambda connection: rows(connection, name)) == before


@pytest.mark.parametrize("attack", ATTACKS, ids=lambda attack: attack.__name__)
async def test_evidence_cannot_be_deleted_or_replaced(filled: SqlStore, attack) -> None:
    for name in TABLES:
        await assert_refused(filled, name, attack)


async def test_no_column_of_evidence_can_be_changed(filled: SqlStore) -> None:
    for name in TABLES:
        for column in METADATA.tables[name].columns:
            await assert_refused(
                filled,
                name,
                lambda connection, name, column=column.name: change_every_column(
                    connection, name, column
                ),
            )


async def test_the_refusal_says_why(filled: SqlStore) -> None:
    with pytest.raises(StoreError, match="observations is append-only"):
        await filled.database.write(lambda connection: delete(connection, "observations"))


@pytest.mark.parametrize("pragma", ["recursive_triggers = OFF", "foreign_keys = OFF"])
async def test_a_careless_connection_cannot_replace_evidence_either(
    filled: SqlStore, pragma: str
) -> None:
    def careless(connection: Connection, name: str) -> None:
        if connection.dialect.name == "sqlite":
            connection.exec_driver_sql(f"PRAGMA {pragma}")
        replace(connection, name)

    for name in TABLES:
        await assert_refused(filled, name, careless)


@pytest.mark.parametrize("name", TABLES)
async def test_a_withdrawal_keeps_the_row_and_drops_its_content(
    filled: SqlStore, name: str
) -> None:
    [before] = await filled.database.read(
        lambda c: c.execute(select(METADATA.tables[name])).mappings().all()
    )

    assert await filled.database.write(lambda connection: withdraw(connection, name)) == 1

    [after] = await filled.database.read(
        lambda c: c.execute(select(METADATA.tables[name])).mappings().all()
    )
    assert after == {**before, "withdrawn_at": NOW, **dict.fromkeys(APPEND_ONLY[name])}


@pytest.mark.parametrize("name", TABLES)
async def test_a_withdrawal_must_drop_all_content_change_nothing_else_and_be_final(
    filled: SqlStore, name: str
) -> None:
    table = METADATA.tables[name]
    content = dict.fromkeys(APPEND_ONLY[name])
    wrong = [
        {"withdrawn_at": NOW},
        {**content},
        {"withdrawn_at": NOW, **content, "seq": table.c.seq + 1},
    ]
    for values in wrong:
        await assert_refused(
            filled, name, lambda c, _, values=values: c.execute(update(table).values(values))
        )

    await filled.database.write(lambda connection: withdraw(connection, name))
    await assert_refused(filled, name, withdraw)


async def test_a_withdrawn_observation_still_says_what_was_seen_and_when(
    filled: SqlStore,
) -> None:
    [source] = await filled.sources.all()
    [before] = await filled.looks.of(source.id)

    await withdraw_observation(filled.database, before.id, NOW)

    [after] = await filled.looks.of(source.id)
    assert (after.id, after.at, after.vantage) == (before.id, before.at, before.vantage)
    assert after.reading.signal is before.reading.signal
    assert after.reading.post is None
    assert after.answers == ()
    verdict = await filled.looks.verdict(source.id)
    assert verdict is not None
    assert verdict.reason == "its content was withdrawn"


async def test_a_withdrawn_capture_keeps_its_digests_and_holds_no_payloads(
    filled: SqlStore,
) -> None:
    [source] = await filled.sources.all()
    [before] = await filled.captures.of(source.id)

    await withdraw_capture(filled.database, before.id, NOW)

    [after] = await filled.captures.of(source.id)
    assert [one.sha256 for one in after.artifacts] == [one.sha256 for one in before.artifacts]
    assert (after.title, after.final_url, after.provenance) == (None, None, {})
    assert await filled.captures.held(source.id) == {}


async def test_a_withdrawn_attempt_still_says_what_it_came_to(filled: SqlStore) -> None:
    [source] = await filled.sources.all()
    [citation] = await filled.articles.citations_of(source.id)
    [before] = await filled.articles.attempts(citation.id)

    await withdraw_attempts(filled.database, citation.id, NOW)

    [after] = await filled.articles.attempts(citation.id)
    assert after == dataclasses.replace(before, note="its content was withdrawn", answers=())


async def test_a_withdrawn_memento_stays_withdrawn_when_it_is_imported_again(
    filled: SqlStore,
) -> None:
    [source] = await filled.sources.all()
    [before] = await filled.mementos.of(source.id)
    await withdraw_memento(filled.database, before.id, NOW)

    await filled.mementos.keep(dataclasses.replace(before, id=build.fresh("01AGAIN")))

    [after] = await filled.mementos.of(source.id)
    assert (after.id, after.archive, after.at) == (before.id, before.archive, before.at)
    assert (after.url, after.answers) == ("(withdrawn)", ())
    assert (after.reading.signal, after.reading.post) == (before.reading.signal, None)


def some_trigger(connection: Connection) -> tuple[str, str]:
    """Return the name of a trigger and the statement that drops it."""
    if connection.dialect.name == "sqlite":
        return "pins_update", "DROP TRIGGER pins_update"
    return "pins_change", "DROP TRIGGER pins_change ON pins"


async def test_a_database_whose_evidence_is_unprotected_is_not_opened(
    store: SqlStore, database: str, tmp_path
) -> None:
    await store.database.write(lambda c: c.execute(text(some_trigger(c)[1])))

    with pytest.raises(SchemaError, match="nothing protects the evidence in pins"):
        await SqlStore.open(tmp_path, database)


async def test_a_trigger_that_was_altered_is_found(store: SqlStore) -> None:
    def alter(connection: Connection) -> None:
        if connection.dialect.name == "sqlite":
            connection.exec_driver_sql("DROP TRIGGER records_delete")
            connection.exec_driver_sql(
                "CREATE TRIGGER records_delete BEFORE DELETE ON records BEGIN SELECT 1; END"
            )
        else:
            connection.exec_driver_sql("ALTER TABLE records DISABLE TRIGGER records_change")

    await store.database.write(alter)

    with pytest.raises(SchemaError, match="records"):
        await store.database.read(triggers.assert_triggers)


async def test_installing_makes_lost_triggers_anew(store: SqlStore) -> None:
    await store.database.write(lambda c: c.execute(text(some_trigger(c)[1])))

    await store.database.write(triggers.install)

    await store.database.read(triggers.assert_triggers)
