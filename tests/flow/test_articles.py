"""Following an article, naming its sources, letting it go."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from archiver.cli.show import _show as show_dossier
from archiver.errors import InputError, NotFoundError
from archiver.flow.cited import cited_on
from archiver.flow.name import resolve_by_hand
from archiver.flow.pin import accept
from archiver.flow.read import Supplied, find
from archiver.flow.targets import find_target
from archiver.settings import load
from archiver.wiring import Archive, Dossier

pytestmark = pytest.mark.anyio

AT = datetime(2026, 3, 2, tzinfo=UTC)
SHARED = "https://ministry.example/statement"
ONE = f"As they said ({SHARED}), the gates were open. See also https://one.example/only.\n"
TWO = f"The ministry ({SHARED}) said otherwise, and so did everybody who was there.\n"
TWEET = "Nobody saw it coming. — Ana Ruiz (@ana_tides) March 3, 2021\n"


async def follow(archive: Archive, text: str):
    found = find(Supplied(text.encode(), media_type="text/plain"))
    return await archive.outside.store.articles.keep(found.article, found.citations, None, AT)


async def test_a_removed_article_takes_along_the_sources_nobody_else_cites(tmp_path):
    async with Archive(settings=load(tmp_path)) as archive:
        one = await follow(archive, ONE)
        await follow(archive, TWO)

        await archive.remove(one.article.id)

        left = await archive.outside.store.sources.all()
        assert [source.ref.name for source in left] == [f"web:{SHARED}"]
        status = await archive.status()
        assert len(status.articles) == 1


async def test_a_post_named_by_a_person_knows_when_it_was_posted(tmp_path):
    async with Archive(settings=load(tmp_path)) as archive:
        (citation,) = (await follow(archive, TWEET)).citations

        address = "https://x.com/ana_tides/status/1367000000000000000"
        named = await resolve_by_hand(citation, address, archive.outside)

        source = await archive.outside.store.sources.source("x:1367000000000000000")
        assert named.source_id == source.id
        assert source.posted_at is not None
        assert source.posted_at.date() == date(2021, 3, 3)
        assert await cited_on(named, archive.outside) == date(2021, 3, 3)


async def test_nothing_captured_cannot_be_accepted(tmp_path):
    async with Archive(settings=load(tmp_path)) as archive:
        (unnamed,) = (await follow(archive, TWEET)).citations
        linked = (await follow(archive, ONE)).citations[0]

        with pytest.raises(InputError, match="archiver resolve"):
            await accept(unnamed, "seen", "me", archive.outside)
        with pytest.raises(InputError, match="nobody has looked"):
            await accept(linked, "seen", "me", archive.outside)


async def test_a_target_is_an_article_a_citation_a_source_or_an_address(tmp_path):
    async with Archive(settings=load(tmp_path)) as archive:
        kept = await follow(archive, ONE)
        outside = archive.outside
        citation = kept.citations[0]

        assert (await find_target(kept.article.id, outside)).article == kept.article
        assert (await find_target(citation.id, outside)).citations == (citation,)
        assert (await find_target(f"web:{SHARED}", outside)).citations == (citation,)
        assert (await find_target(SHARED, outside)).sources[0].id == citation.source_id
        with pytest.raises(NotFoundError):
            await find_target("https://never.example/seen", outside)
        fresh = await find_target("https://never.example/seen", outside, register=True)
        assert fresh.sources[0].ref.name == "web:https://never.example/seen"


async def test_what_is_paused_is_not_due_until_it_is_resumed(tmp_path):
    async with Archive(settings=load(tmp_path)) as archive:
        kept = await follow(archive, TWO)
        sources = archive.outside.store.sources

        assert await archive.pause(kept.article.id, paused=True) == [f"web:{SHARED}"]
        assert await sources.due(AT, 10) == []
        await archive.pause(kept.article.id, paused=False)
        assert [source.ref.name for source in await sources.due(AT, 10)] == [f"web:{SHARED}"]


async def test_a_mention_is_not_counted_as_unresolved(tmp_path):
    async with Archive(settings=load(tmp_path)) as archive:
        page = f"<article><p>{TWEET}</p><p>“It was open,” she told Reuters then.</p></article>"
        found = find(Supplied(page.encode(), media_type="text/html"))
        await archive.outside.store.articles.keep(found.article, found.citations, None, AT)

        (known,) = (await archive.status()).articles

        assert (known.citations, known.unresolved) == (2, 1)


async def test_showing_a_citation_without_a_source_says_how_to_name_it(tmp_path, capsys):
    async with Archive(settings=load(tmp_path)) as archive:
        (citation,) = (await follow(archive, TWEET)).citations
        dossier = await archive.show(citation.id)
        assert isinstance(dossier, Dossier)

        show_dossier(dossier)

    told = capsys.readouterr().out
    assert f"archiver resolve {citation.id} URL" in told
    assert "looked at" not in told
