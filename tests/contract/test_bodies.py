"""The list of bodies names everybody who has one, on both databases."""

from __future__ import annotations

import shutil
from asyncio import gather
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import delete, select, update

from archiver.model.custody import CustodyAct, CustodyEntry
from archiver.model.observation import Observation
from archiver.model.source import Source
from archiver.store.bodies import missing_entries, start_of
from archiver.store.duplicate import copy_in, copy_out
from archiver.store.inventory import Rests, blob_pages, list_again
from archiver.store.store import SqlStore
from archiver.store.tables import bodies, observations
from tests import build, postgres
from tests.build import NOW

pytestmark = pytest.mark.anyio

ONE, TWO, THREE, FOUR, FIVE = (digit * 64 for digit in "12345")
TWIN = ONE[:-1] + "f"
"""Another body, whose digest begins as the first one's does."""


async def registered(store: SqlStore) -> Source:
    return await store.sources.register(build.ref(), None, NOW)


async def looked(store: SqlStore, source: Source, *digests: str | None) -> None:
    claim = await store.claims.claim(source.id, "w", timedelta(minutes=1))
    assert claim is not None
    await store.looks.keep(claim, look_at(source, *digests), build.verdict(), [], NOW)
    await store.claims.release(claim)


def look_at(source: Source, *digests: str | None) -> Observation:
    answers = tuple(build.kept_answer(body_sha256=one) for one in digests)
    return build.observation(source.id, answers=answers)


async def taken_down(store: SqlStore, source: Source) -> None:
    claim = await store.claims.claim(source.id, "clerk", timedelta(minutes=1))
    act, name = CustodyAct.TAKEDOWN, build.fresh("e")
    entry = CustodyEntry(name, act, NOW, "a clerk", "order", source.id)
    await store.custody.take_down(entry, claim, keep_watching=True)
    assert claim is not None
    await store.claims.release(claim)


async def kept_of_all_kinds(store: SqlStore) -> Source:
    """Keep a look, a memento, an attempt and what a place answered, each with a body."""
    ref = build.ref()
    kept = await store.articles.keep(build.article(), [build.found(ref)], None, NOW)
    source = await store.sources.source(ref.name)
    await looked(store, source, ONE, None)
    answers = [build.kept_answer(body_sha256=one) for one in (TWO, THREE, FOUR, FIVE)]
    await store.mementos.keep(build.memento(source.id, answers=answers[:1]))
    await store.articles.resolve(kept.citations[0].id, build.attempt(ref, answers=answers[1:2]))
    await store.siblings.keep("site.example", "/", answers[2])
    await store.siblings.keep("site.example", "/", answers[3])
    return source


async def rests(store: SqlStore) -> list[Rests]:
    return [one async for page in blob_pages(store.database) for one in page]


async def listed(store: SqlStore) -> list[tuple[Any, ...]]:
    return await store.database.read(
        lambda c: [tuple(row) for row in c.execute(select(bodies).order_by(*bodies.c))]
    )


async def forget(store: SqlStore, which: Any) -> None:
    await store.database.write(lambda c: c.execute(delete(bodies).where(which)).rowcount)


async def test_whatever_keeps_answers_lists_their_bodies(store: SqlStore):
    await kept_of_all_kinds(store)

    entries = {(start_of(one.sha256), one.owner) for one in await rests(store)}

    assert len(entries) == 4
    assert await store.database.read(lambda c: missing_entries(c, entries)) == set()


async def test_what_a_place_answered_before_is_rested_on_no_more(store: SqlStore):
    await kept_of_all_kinds(store)

    found = await store.custody.rested_on([ONE, TWO, THREE, FOUR, FIVE])

    assert found == {ONE, TWO, THREE, FIVE}


async def test_the_same_body_again_adds_nothing(store: SqlStore):
    source = await registered(store)
    await looked(store, source, ONE)
    before = await listed(store)

    await looked(store, source, ONE, ONE)
    await store.mementos.keep(
        build.memento(source.id, answers=[build.kept_answer(body_sha256=ONE)])
    )

    assert await listed(store) == before == [(start_of(ONE), source.id)]


async def test_a_body_whose_digest_begins_alike_is_another_one(store: SqlStore):
    await looked(store, await registered(store), TWIN)

    assert await store.custody.rested_on([ONE, TWIN]) == {TWIN}


async def test_a_look_after_a_takedown_rests_on_its_body_again(store: SqlStore):
    source = await registered(store)
    await looked(store, source, ONE)
    await looked(store, source, TWO)
    await taken_down(store, source)
    gone = await store.custody.rested_on([ONE, TWO])

    await looked(store, source, ONE)

    assert (gone, await store.custody.rested_on([ONE, TWO])) == (set(), {ONE})


async def test_one_of_very_many_who_had_a_body_still_has_it(store: SqlStore):
    sources = sorted([await registered(store) for _ in range(230)], key=lambda one: one.id)
    for source in sources:
        await looked(store, source, ONE)
    last = sources[-1].id
    emptied = update(observations).where(observations.c.source_id != last)
    emptied = emptied.values(withdrawn_at=NOW, reading=None, answers=None)
    await store.database.write(lambda c: c.execute(emptied).rowcount)
    assert await store.custody.rested_on([ONE]) == {ONE}

    await taken_down(store, sources[-1])

    assert await store.custody.rested_on([ONE]) == set()


async def test_many_bodies_of_many_looks_are_asked_for_at_once(store: SqlStore):
    digests = [f"{number:064x}"[::-1] for number in range(1, 1301)]
    source = await registered(store)
    claim = await store.claims.claim(source.id, "w", timedelta(minutes=1))
    assert claim is not None
    looks = [look_at(source, *pair) for pair in zip(digests[::2], digests[1::2], strict=True)]
    await gather(*(store.looks.keep(claim, one, build.verdict(), [], NOW) for one in looks))

    assert await store.custody.rested_on([*digests, ONE]) == set(digests)


async def test_what_the_list_lacks_is_told_and_added(store: SqlStore):
    source = await kept_of_all_kinds(store)
    before, some = await listed(store), await rests(store)
    await forget(store, bodies.c.owner == source.id)

    lacking = await list_again(store.database, some)

    assert {replace(one, of="") for one in lacking} == {
        Rests("", source.id, ONE),
        Rests("", source.id, TWO),
    }
    assert await listed(store) == before
    assert await list_again(store.database, some) == []


@pytest.mark.parametrize(
    "target", ["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)]
)
async def test_a_backup_whose_list_lacks_bodies_is_restored_with_all_of_them(
    store: SqlStore, database: str, empty_sqlite: Path, tmp_path: Path, target: str
):
    source = await kept_of_all_kinds(store)
    before = await listed(store)
    await forget(store, bodies.c.owner == source.id)
    copy_out(database, tmp_path / "copy.db")
    url = f"sqlite:///{shutil.copy(empty_sqlite, tmp_path / 'new.db')}"
    if target == "postgresql":
        url = postgres.server().url(postgres.server().create(postgres.migrated()))

    copy_in(tmp_path / "copy.db", url)

    restored = await SqlStore.open(tmp_path / "new", url)
    assert await listed(restored) == before
    await restored.close()
