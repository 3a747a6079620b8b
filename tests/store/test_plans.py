"""What a tick and the dashboard ask is answered by indexes, without statistics of the rows.

SQLite has none unless somebody runs ANALYZE, and plans by what a query says alone. PostgreSQL reads
a small table whole whatever there is, so that is forbidden here.
"""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import timedelta
from pathlib import Path

import pytest

from archiver.model.job import Lane
from archiver.store import schema
from archiver.store.engine import parse_url, write_engine
from archiver.store.store import SqlStore, database_url
from tests import postgres
from tests.bench.million import NOW, Size, body_of, fill
from tests.plans import explained

pytestmark = pytest.mark.anyio

SIZE = Size(sources=600, looks=3, articles=20)
HOST = "site0.example"
SOURCE = f"S{1:025}"
KEPT = body_of(SIZE.sources + 1)
"""A body of the first source."""
DAY = timedelta(days=1)


@pytest.fixture(
    scope="module", params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)]
)
def filled(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> str:
    """Return the address of a small archive of skewed hosts."""
    if request.param == "sqlite":
        url = str(database_url(tmp_path_factory.mktemp("plans")))
        schema.upgrade(url)
    else:
        server = postgres.server()
        url = server.url(server.create(postgres.migrated()))
    engine = write_engine(parse_url(url))
    fill(engine, SIZE)
    engine.dispose()
    return url


@pytest.fixture
async def store(filled: str, tmp_path: Path) -> AsyncIterator[SqlStore]:
    opened = await SqlStore.open(tmp_path, filled)
    yield opened
    await opened.close()


Asked = Callable[[SqlStore], Awaitable[object]]

ASKED: dict[str, tuple[Asked, tuple[str, ...]]] = {
    "sources in numbers": (
        lambda store: store.overview.sources(NOW),
        (
            "sources",  # the last settled one, those after it, all of them, those after it
            "sources",
            "sources",
            "sources",
            "ix_sources_verdict",
            "ix_sources_verdict",
            "ix_sources_verdict",
            "ix_sources_removed",
            "ix_sources_due",
            "ix_sources_in_hand",
            "ix_sources_paused",
            "ix_sources_due",
        ),
    ),
    "articles to be read": (lambda store: store.overview.waiting(), ("ix_articles_waiting",)),
    "newest articles with findings": (
        lambda store: store.overview.articles(5),
        (
            "pk_articles|sqlite_autoindex_articles_1",
            "version_id_citation_id|sqlite_autoindex_citation_places_1",
            "ix_events_citation_id",
        ),
    ),
    "newest events": (lambda store: store.overview.events(50), ("pk_events|SCAN events$",)),
    "a source's looks": (
        lambda store: store.looks.of(SOURCE, newest=50),
        ("ix_observations_source_id_at",),
    ),
    "its looks in lines": (
        lambda store: store.looks.glimpses(SOURCE),
        ("ix_observations_source_id_at",),
    ),
    "its newest verdict": (
        lambda store: store.looks.verdict(SOURCE),
        ("ix_verdicts_source_id_seq",),
    ),
    "all that is known of it before a look": (
        lambda store: store.features.known(SOURCE),
        (
            "ix_features_source_id",
            "ix_observations_source_id_at",
            "ix_observations_source_id_at",
            "ix_verdicts_source_id_seq",
        ),
    ),
    "what its captures come to": (
        lambda store: store.captures.holding(SOURCE),
        ("ix_captures_source_id|uq_captures_id",),  # of empty tables, the one or the other
    ),
    "payloads that its captures hold": (
        lambda store: store.captures.held(SOURCE),
        ("uq_records_capture_id_position|sqlite_autoindex_records_",),
    ),
    "when it was shown last": (
        lambda store: store.looks.shown(SOURCE),
        ("ix_observations_source_id_at",),
    ),
    "events of a source": (
        lambda store: store.looks.events(source_id=SOURCE),
        ("ix_events_source_id",),
    ),
    "what a host is asked": (
        lambda store: store.sources.busy(HOST, NOW, NOW + DAY),
        ("ix_sources_host",),
    ),
    "sources of an account": (
        lambda store: store.sources.of_author("x:1"),
        ("ix_sources_author",),
    ),
    "putting off a host": (
        lambda store: store.sources.hold_host(HOST, NOW - 2 * DAY, DAY),
        ("ix_sources_host",),
    ),
    "claiming what is due": (
        lambda store: store.queue.enqueue_due(NOW, 5),
        ("ix_sources_due",),
    ),
    "taking jobs": (
        lambda store: store.queue.take("w", DAY, lane=Lane.BROWSER, limit=2),
        ("", "ix_jobs_urgent", "ix_jobs_ready"),
    ),
    "what is due to somebody who is told": (
        lambda store: store.deliveries.due("desk", NOW, 1000),
        ("ix_deliveries_next_try_at",),
    ),
    "what is due to nobody any more": (
        lambda store: store.deliveries.due_to_others(["desk"], NOW, 1000),
        ("ix_deliveries_next_try_at",),
    ),
    "what waits for nobody any more": (
        lambda store: store.deliveries.waiting_for_others(["desk"]),
        ("ix_deliveries_next_try_at",),
    ),
    "putting off what is due": (
        lambda store: store.deliveries.put_off("desk", NOW, NOW + DAY, "answered 503"),
        ("ix_deliveries_next_try_at",),
    ),
    "making due what was put off": (
        lambda store: store.deliveries.make_due("desk", NOW),
        ("ix_deliveries_next_try_at",),
    ),
    "what waits for another hour": (
        lambda store: store.deliveries.reschedule("desk", NOW, NOW + DAY),
        ("ix_deliveries_next_try_at",),
    ),
    "whether anything rests on a body": (
        lambda store: store.custody.rested_on([KEPT]),
        (
            "USING PRIMARY KEY|pk_bodies",
            "ix_observations_source_id_at",
            "pk_observations|INTEGER PRIMARY KEY",
            "ix_attempts_citation_id",
            "ix_mementos_source_id_at",
            "pk_siblings|sqlite_autoindex_siblings_1",
        ),
    ),
    "what turned absent of late": (
        lambda store: store.features.turned_bad([HOST], NOW - DAY, NOW),
        ("ix_verdicts_first_gone",),
    ),
    "what ever turned absent": (
        lambda store: store.features.turned_bad([HOST], NOW - 1000 * DAY, NOW),
        ("ix_verdicts_absent|ix_verdicts_first_gone",),
    ),
}


@pytest.mark.parametrize("asked", ASKED)
async def test_it_is_answered_by_an_index(store: SqlStore, asked: str):
    ask, wanted = ASKED[asked]

    with explained() as plans:
        await ask(store)

    assert len(plans) >= len(wanted)
    for plan, name in zip(plans, wanted, strict=False):
        assert re.search(name, plan, re.DOTALL | re.MULTILINE), plan


async def test_a_body_is_listed_as_it_is_kept(store: SqlStore):
    looks = [body_of(number + 1) for number in range(SIZE.sources * SIZE.looks)]

    assert await store.custody.rested_on([*looks, "ef" * 32]) == set(looks)


COUNTED = ("sources in numbers", "articles to be read")


@pytest.mark.parametrize("asked", COUNTED)
async def test_counting_reads_no_row_beside_the_index(store: SqlStore, asked: str):
    with explained() as plans:
        await ASKED[asked][0](store)

    for plan in plans:
        assert "COVERING INDEX" in plan or "Index Only Scan" in plan, plan
