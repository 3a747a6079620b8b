"""A person names a citation's source: by its address, a short link, or an archived copy."""

from __future__ import annotations

import pytest

from archiver.errors import UnreachableError
from archiver.flow.name import resolve_by_hand
from archiver.flow.read import Supplied, find
from archiver.model.citation import Resolution, Road
from tests.flow.bench import article, bench, flattened
from tests.flow.test_rescue import at, good
from tests.flow.world import AT, Web, world

pytestmark = pytest.mark.anyio

TWEET = "Nobody saw it coming. — Ana Ruiz (@ana_tides) March 3, 2021\n"
SHORT, BETWEEN = "https://t.co/chain00001", "https://bit.ly/3abcDEF"
LONG = "https://ministry.example/2021/03/statement"


async def unresolved(outside):
    found = find(Supplied(TWEET.encode(), media_type="text/plain"))
    kept = await outside.store.articles.keep(found.article, found.citations, None, AT)
    return kept.citations[0]


def redirect(web: Web, url: str, to: str) -> None:
    web.serve(url, "", status=301, headers=(("Location", to),))


async def test_a_short_link_is_followed_and_every_hop_kept(tmp_path):
    async with world(tmp_path) as (_, outside, web, _clock):
        citation = await unresolved(outside)
        redirect(web, SHORT, BETWEEN)
        redirect(web, BETWEEN, LONG)

        named = await resolve_by_hand(citation, SHORT, outside)

        source = await outside.store.sources.source(named.source_id or "")
        (attempt,) = await outside.store.articles.attempts(citation.id)
        assert source.ref.name == f"web:{LONG}"
        assert (named.road, attempt.road) == (Road.PERSON, Road.PERSON)
        assert [answer.url for answer in attempt.answers] == [SHORT, BETWEEN]
        assert SHORT in attempt.note


async def test_a_short_link_that_leads_nowhere_names_nothing_and_is_told(tmp_path):
    async with world(tmp_path) as (_, outside, _web, _clock):
        citation = await unresolved(outside)

        with pytest.raises(UnreachableError, match=SHORT):
            await resolve_by_hand(citation, SHORT, outside)

        stays = await outside.store.articles.citation(citation.id)
        (attempt,) = await outside.store.articles.attempts(citation.id)
        assert (stays.source_id, stays.resolution) == (None, Resolution.UNRESOLVED)
        assert [answer.status for answer in attempt.answers] == [404]


async def test_an_archived_copy_names_the_original_and_is_taken_over(tmp_path):
    held = good(at(2020, 1, 14, 10))
    copy = f"https://web.archive.org/web/20200114100000/{held.url}"
    async with bench(tmp_path, [held]) as on:
        added = await on.outside.store.articles.keep(
            article(flattened()).article, article(flattened()).citations, None, AT
        )
        (citation, *_) = added.citations

        named = await resolve_by_hand(citation, copy, on.outside)

        source = await on.outside.store.sources.source(named.source_id or "")
        mementos = await on.outside.store.mementos.of(source.id)
    assert source.ref.url.endswith(held.url.rpartition("/")[2])
    assert [one.at for one in mementos] == [held.at]
    assert mementos[0].id in (named.resolution_note or "")
