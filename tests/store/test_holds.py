"""Holds, releases and takedowns at the same time: the one that comes second sees the other."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from functools import partial
from pathlib import Path

import pytest
from sqlalchemy import Connection, text

from archiver.errors import InputError
from archiver.model.custody import CustodyAct, CustodyEntry
from archiver.model.verdict import EventKind
from archiver.ports import Judged
from archiver.store.citing import hold_citation, resolve_citation
from archiver.store.database import Database
from archiver.store.entries import keep_entry
from archiver.store.store import SqlStore
from archiver.store.takedown import take_down
from tests import build, postgres
from tests.build import NOW

pytestmark = [pytest.mark.anyio, pytest.mark.postgres]

Change = Callable[[Connection], object]


@pytest.fixture
def database() -> str:
    return postgres.server().url(postgres.server().create(postgres.migrated()))


def entry(act: CustodyAct, *, source: str | None = None, article: str | None = None):
    return CustodyEntry(build.fresh("e"), act, NOW, "a clerk", "case 12/26", source, {}, article)


async def opened(
    tmp_path: Path, database: str, *, of_text: bool, on_source: bool = False
) -> tuple[SqlStore, Change, Change, CustodyEntry]:
    """Return a store, a hold, a takedown of its article's text or source, and the entry.

    The hold is on the article, or on the source that it cites.
    """
    store = await SqlStore.open(tmp_path, database)
    found = [build.found(build.ref())]
    kept = await store.articles.keep(build.article(), found, None, NOW)
    source_id = kept.citations[0].source_id
    assert source_id is not None
    covers = {"source": source_id} if on_source else {"article": kept.article.id}
    hold = partial(keep_entry, entry=entry(CustodyAct.HOLD, **covers))
    claim = await store.claims.claim(source_id, "clerk", timedelta(minutes=1))
    of_source = entry(CustodyAct.TAKEDOWN, source=source_id)
    taken = replace(of_source, source_id=None, article_id=kept.article.id) if of_text else of_source
    down = partial(take_down, entry=taken, claim=None if of_text else claim, keep_watching=False)
    return store, hold, down, taken


async def at_once(database: Database, first: Change, second: Change) -> list[object]:
    """Make two changes, the second while the first is not committed; return what came of them."""
    loop = asyncio.get_running_loop()
    with ThreadPoolExecutor(1) as threads:

        def both(connection: Connection) -> asyncio.Future[object]:
            first(connection)
            made = threads.submit(lambda: asyncio.run(database.write(second)))
            while not made.done() and not somebody_waits(connection):
                pass  # a server says nowhere that somebody waits
            return asyncio.wrap_future(made, loop=loop)

        return [*await asyncio.gather(await database.write(both), return_exceptions=True)]


def somebody_waits(connection: Connection) -> bool:
    waiting = text("SELECT count(*) FROM pg_locks WHERE NOT granted")
    return bool(connection.scalar(waiting))


@pytest.mark.parametrize("on_source", [True, False])
@pytest.mark.parametrize("of_text", [True, False])
async def test_a_takedown_sees_the_hold_that_was_under_way(tmp_path, database, of_text, on_source):
    store, hold, down, _ = await opened(tmp_path, database, of_text=of_text, on_source=on_source)

    [came] = await at_once(store.database, hold, down)

    assert isinstance(came, InputError)
    assert [one.act for one in await store.custody.all()] == [CustodyAct.HOLD]
    await store.close()


@pytest.mark.parametrize("on_source", [True, False])
@pytest.mark.parametrize("of_text", [True, False])
async def test_a_hold_sees_the_takedown_that_was_under_way(tmp_path, database, of_text, on_source):
    store, hold, down, taken = await opened(
        tmp_path, database, of_text=of_text, on_source=on_source
    )

    [came] = await at_once(store.database, down, hold)

    assert came is None
    [held] = await store.custody.holds()
    assert held.detail == {"taken_down_before": [taken.id]}
    await store.close()


async def test_a_takedown_sees_what_its_citation_was_resolved_to_just_now(tmp_path, database):
    store, _, down, taken = await opened(tmp_path, database, of_text=True)
    held = await store.sources.register(build.ref(), None, NOW)
    await store.custody.keep(entry(CustodyAct.HOLD, source=held.id))
    assert taken.article_id is not None
    [citation] = await store.articles.citations(taken.article_id)
    found = build.attempt(held.ref)
    resolved = partial(resolve_citation, citation_id=citation.id, attempt=found)

    [came] = await at_once(store.database, resolved, down)

    assert isinstance(came, InputError)
    assert (await store.articles.attempts(citation.id))[-1].answers == found.answers
    await store.close()


async def test_a_finding_that_is_noted_during_a_takedown_waits_for_it_with_no_source_in_hand(
    tmp_path, database
):
    store, _, _, taken = await opened(tmp_path, database, of_text=True)
    assert taken.article_id is not None
    [citation] = await store.articles.citations(taken.article_id)
    which = {"source_id": citation.source_id, "citation_id": citation.id}
    found = build.event(kind=EventKind.FINDING, **which)
    loop = asyncio.get_running_loop()
    with ThreadPoolExecutor(1) as threads:

        def take_both(connection: Connection) -> asyncio.Future[bool]:
            hold_citation(connection, citation.id)
            noted = threads.submit(lambda: asyncio.run(store.looks.note([found], Judged(None))))
            while not noted.done() and not somebody_waits(connection):
                pass
            connection.execute(text("SELECT FROM sources FOR UPDATE NOWAIT"))
            return asyncio.wrap_future(noted, loop=loop)

        noted = await store.database.write(take_both)

        assert await noted
    await store.close()


@pytest.mark.parametrize("of_text", [True, False])
async def test_a_release_sees_the_release_that_was_under_way(tmp_path, database, of_text):
    store, _, _, taken = await opened(tmp_path, database, of_text=of_text)
    hold = replace(taken, act=CustodyAct.HOLD)
    await store.custody.keep(hold)
    ends = replace(hold, act=CustodyAct.RELEASE, detail={"hold": hold.id})
    first, second = [
        partial(keep_entry, entry=replace(ends, id=build.fresh("r"))) for _ in range(2)
    ]

    [came] = await at_once(store.database, first, second)

    assert isinstance(came, InputError)
    acts = [one.act for one in await store.custody.all()]
    assert acts == [CustodyAct.HOLD, CustodyAct.RELEASE]
    await store.close()
