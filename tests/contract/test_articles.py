from __future__ import annotations

import hashlib
from dataclasses import replace
from datetime import date

import pytest
from sqlalchemy import update

from archiver.errors import NotFoundError
from archiver.model.citation import Certainty, CitationKind, Resolution, Road
from archiver.model.feed import ExpectedArticle
from archiver.store.store import SqlStore
from archiver.store.tables import articles
from tests import build
from tests.build import NOW, days

pytestmark = pytest.mark.anyio

URL = "https://news.example/tower"


async def test_an_article_comes_back_as_it_was_kept(store: SqlStore) -> None:
    own = build.page(URL)

    kept = await store.articles.keep(build.article(url=URL), [], own, NOW)

    assert kept.is_new_version
    assert kept.article.published_on == date(2020, 1, 14)
    assert kept.article == await store.articles.article(kept.article.id)
    assert kept.article == await store.articles.article(URL)
    assert kept.version == await store.articles.version(kept.article.id)
    assert kept.article.source_id == (await store.sources.source(own.name)).id


async def test_text_that_databases_refuse_comes_back_code_point_by_code_point(
    store: SqlStore,
) -> None:
    odd = build.article(
        url="https://news.example/\ud83d\x00", text="nul \x00, \ud83d, \udce9, \ufdd0 and مراقب 🛩"
    )

    kept = await store.articles.keep(odd, [build.found(text="\ud83d\ude00\x00")], None, NOW)

    assert (await store.articles.version(kept.article.id)).text == odd.text
    assert (await store.articles.article(odd.url or "")).url == odd.url
    [citation] = await store.articles.citations(kept.article.id)
    assert citation.found.text == "\ud83d\ude00\x00"


async def test_the_same_text_is_no_new_version(store: SqlStore) -> None:
    first = await store.articles.keep(build.article(url=URL), [build.found()], None, NOW)

    again = await store.articles.keep(build.article(url=URL), [build.found()], None, NOW + days(1))

    assert not again.is_new_version
    assert again == first.__class__(first.article, first.version, first.citations, False)


async def test_an_article_without_address_is_known_by_its_text(store: SqlStore) -> None:
    first = await store.articles.keep(build.article(), [], None, NOW)

    again = await store.articles.keep(build.article(title=None), [], None, NOW)
    other = await store.articles.keep(build.article(text="Other words.\n"), [], None, NOW)

    assert again.article == first.article
    assert other.article.id != first.article.id


async def test_a_text_that_comes_back_is_a_version_again(store: SqlStore) -> None:
    await store.articles.keep(build.article(url=URL), [], None, NOW)
    await store.articles.keep(build.article(url=URL, text="B\n"), [], None, NOW + days(1))

    third = await store.articles.keep(build.article(url=URL), [], None, NOW + days(2))

    assert third.is_new_version
    assert (await store.articles.version(third.article.id)).seen_at == NOW + days(2)


async def test_sources_of_a_kept_article_are_due_at_once(store: SqlStore) -> None:
    ref, own = build.ref(), build.page(URL)

    await store.articles.keep(build.article(url=URL), [build.found(ref)], own, NOW)

    due = await store.sources.due(NOW, limit=10)
    assert {source.ref for source in due} == {ref, own}


async def test_a_citation_that_stays_keeps_its_id_and_what_it_was_resolved_to(
    store: SqlStore,
) -> None:
    embed, code = build.found(build.ref()), build.found(position=2, text="Only a code")
    first = await store.articles.keep(build.article(url=URL), [embed, code], None, NOW)
    resolved = build.ref()
    await store.articles.resolve(first.citations[1].id, build.attempt(resolved))

    moved = [
        build.found(position=1, text="New", kind=CitationKind.LINK),
        build.found(position=2, text="Only a code", start=90, end=99),
        build.found(embed.source, position=3, text="edited words"),
    ]
    second = await store.articles.keep(build.article(url=URL, text="B\n"), moved, None, NOW)

    new, same_code, same_embed = second.citations
    assert same_embed.id == first.citations[0].id
    assert same_code.id == first.citations[1].id
    assert same_code.resolution is Resolution.RESOLVED
    assert same_code.source_id == (await store.sources.source(resolved.name)).id
    assert same_code.found.start == 90
    assert new.id not in {citation.id for citation in first.citations}


async def test_two_mentions_of_one_source_stay_two_citations(store: SqlStore) -> None:
    ref = build.ref()
    twice = [build.found(ref), build.found(ref, position=2)]
    first = await store.articles.keep(build.article(url=URL), twice, None, NOW)

    second = await store.articles.keep(build.article(url=URL, text="B\n"), twice, None, NOW)

    assert [one.id for one in first.citations] == [one.id for one in second.citations]
    assert len({one.id for one in first.citations}) == 2


async def test_a_citation_that_left_and_came_back_is_the_same(store: SqlStore) -> None:
    embed = build.found(build.ref())
    first = await store.articles.keep(build.article(url=URL), [embed], None, NOW)
    without = await store.articles.keep(build.article(url=URL, text="B\n"), [], None, NOW)

    back = await store.articles.keep(build.article(url=URL, text="C\n"), [embed], None, NOW)

    assert without.citations == ()
    assert back.citations == first.citations


async def test_a_citation_that_gets_an_address_keeps_its_id(store: SqlStore) -> None:
    bare, ref = build.found(), build.ref()
    first = await store.articles.keep(build.article(url=URL), [bare], None, NOW)

    second = await store.articles.keep(
        build.article(url=URL, text="B\n"), [build.found(ref)], None, NOW
    )

    assert second.citations[0].id == first.citations[0].id
    assert second.citations[0].resolution is Resolution.RESOLVED
    assert second.citations[0].source_id == (await store.sources.source(ref.name)).id


async def test_a_link_that_got_another_target_in_the_same_text_is_a_citation_more(
    store: SqlStore,
) -> None:
    old = build.found(build.page("https://a.example/"), text="here")
    new = build.found(build.page("https://b.example/"), text="here")
    first = await store.articles.keep(build.article(url=URL), [old], None, NOW)

    again = await store.articles.keep(build.article(url=URL), [new], None, NOW)

    assert not again.is_new_version
    assert [one.found for one in again.citations] == [old, new]
    assert again.citations[0] == first.citations[0]


async def test_citations_of_a_source_are_those_of_newest_versions(store: SqlStore) -> None:
    ref = build.ref()
    here = await store.articles.keep(build.article(url=URL), [build.found(ref)], None, NOW)
    there = await store.articles.keep(
        build.article(url="https://other.example/"), [build.found(ref)], None, NOW
    )
    dropped = build.article(url="https://third.example/")
    await store.articles.keep(dropped, [build.found(ref)], None, NOW)
    await store.articles.keep(build.article(url=dropped.url, text="B\n"), [], None, NOW)

    source = await store.sources.source(ref.name)
    living = await store.articles.citations_of(source.id)

    assert {one.id for one in living} == {here.citations[0].id, there.citations[0].id}


async def test_a_removed_article_keeps_its_row_and_has_no_living_citations(
    store: SqlStore,
) -> None:
    ref = build.ref()
    kept = await store.articles.keep(build.article(url=URL), [build.found(ref)], None, NOW)

    await store.articles.remove(kept.article.id, NOW + days(1))

    assert await store.articles.all() == []
    assert (await store.articles.article(URL)).removed_at == NOW + days(1)
    source = await store.sources.source(ref.name)
    assert await store.articles.citations_of(source.id) == []
    assert await store.articles.citation(kept.citations[0].id) == kept.citations[0]


async def test_a_removed_article_that_is_added_again_is_the_same_one(store: SqlStore) -> None:
    kept = await store.articles.keep(build.article(url=URL), [], None, NOW)
    await store.articles.remove(kept.article.id, NOW)

    again = await store.articles.keep(build.article(url=URL), [], None, NOW)

    assert await store.articles.all() == [kept.article] == [again.article]


async def test_all_articles_come_oldest_first(store: SqlStore) -> None:
    texts = [build.article(text=f"{number}\n") for number in range(5)]
    kept = [await store.articles.keep(text, [], None, NOW) for text in texts]

    assert await store.articles.all() == [one.article for one in kept]


async def test_resolving_to_nothing_keeps_the_citation_without_a_source(store: SqlStore) -> None:
    kept = await store.articles.keep(build.article(), [build.found()], None, NOW)

    citation = await store.articles.resolve(
        kept.citations[0].id, build.attempt(note="asked t.co: 404")
    )

    assert citation.source_id is None
    assert citation.resolution is Resolution.UNRESOLVED
    assert citation.resolution_note == "asked t.co: 404"
    assert citation == await store.articles.citation(citation.id)


@pytest.mark.parametrize("noun", ["article", "version", "citation"])
async def test_what_is_not_there_is_said_to_be_unknown(store: SqlStore, noun: str) -> None:
    with pytest.raises(NotFoundError, match=r"no (article|citation) goes by 'nothing'"):
        await getattr(store.articles, noun)("nothing")


async def test_removing_or_resolving_what_is_not_there_is_refused(store: SqlStore) -> None:
    with pytest.raises(NotFoundError):
        await store.articles.remove("nothing", NOW)
    with pytest.raises(NotFoundError):
        await store.articles.resolve("nothing", build.attempt(build.ref()))
    with pytest.raises(NotFoundError):
        await store.articles.postpone("nothing", NOW, None)
    with pytest.raises(NotFoundError):
        await store.articles.keep(build.article(), [], None, NOW, article_id="nothing")
    assert await store.sources.all() == []


async def test_every_attempt_is_kept_with_its_answers_oldest_first(store: SqlStore) -> None:
    kept = await store.articles.keep(build.article(), [build.found()], None, NOW)
    citation_id, ref = kept.citations[0].id, build.ref()
    in_vain = build.attempt(resolution=Resolution.NEEDS_LOOKUP, note="t.co did not answer")
    in_the_end = build.attempt(ref, at=NOW + days(1), road=Road.INDEX, certainty=Certainty.LIKELY)

    await store.articles.resolve(citation_id, in_vain)
    citation = await store.articles.resolve(citation_id, in_the_end)

    assert await store.articles.attempts(citation_id) == [in_vain, in_the_end]
    assert (citation.road, citation.certainty) == (Road.INDEX, Certainty.LIKELY)
    assert citation.source_id == (await store.sources.source(ref.name)).id


async def test_an_attempt_in_vain_takes_no_source_away(store: SqlStore) -> None:
    kept = await store.articles.keep(build.article(), [build.found()], None, NOW)
    found = await store.articles.resolve(kept.citations[0].id, build.attempt(build.ref()))

    after = await store.articles.resolve(found.id, build.attempt())

    assert after == found
    assert len(await store.articles.attempts(found.id)) == 2


async def test_a_printed_source_is_found_by_its_address_for_certain(store: SqlStore) -> None:
    kept = await store.articles.keep(
        build.article(), [build.found(build.ref()), build.found(text="code")], None, NOW
    )

    told = [(one.road, one.certainty) for one in kept.citations]
    assert told == [(Road.ADDRESS, Certainty.CERTAIN), (None, None)]


EXPECTED = [
    ExpectedArticle("https://news.example/1", "One", date(2020, 1, 1)),
    ExpectedArticle("https://news.example/2"),
]


async def test_expected_articles_are_due_in_the_order_given(store: SqlStore) -> None:
    new = await store.articles.expect(EXPECTED, NOW)

    assert [one.url for one in new] == [one.url for one in EXPECTED]
    assert (new[0].title, new[0].published_on) == ("One", date(2020, 1, 1))
    assert await store.articles.due(NOW, limit=10) == new
    assert await store.articles.due(NOW, limit=1) == new[:1]
    assert await store.articles.due(NOW - days(1), limit=10) == []
    assert await store.articles.versions(new[0].id) == []


async def test_what_is_known_is_not_expected_again(store: SqlStore) -> None:
    kept = await store.articles.keep(build.article(url=EXPECTED[0].url), [], None, NOW)
    first = await store.articles.expect([EXPECTED[1], EXPECTED[1]], NOW)

    again = await store.articles.expect(EXPECTED, NOW + days(1))

    assert len(first) == 1
    assert again == []
    assert await store.articles.article(kept.article.id) == kept.article
    assert await store.articles.due(NOW + days(1), limit=10) == first


async def test_many_articles_are_expected_in_one_go(store: SqlStore) -> None:
    many = [ExpectedArticle(f"https://news.example/{number}") for number in range(1203)]

    new = await store.articles.expect(many, NOW)

    assert [one.url for one in new] == [one.url for one in many]
    assert [one.id for one in new] == sorted(one.id for one in new)
    assert await store.articles.expect(many, NOW) == []


async def test_an_expected_article_that_is_read_keeps_its_address_and_what_the_page_lacks(
    store: SqlStore,
) -> None:
    [expected] = await store.articles.expect(EXPECTED[:1], NOW)
    text = build.article(url="https://moved.example/", title=None, published_on=None)
    text = replace(text, fetched_from="https://moved.example/")

    kept = await store.articles.keep(text, [], None, NOW + days(1), article_id=expected.id)

    assert kept.article == replace(expected, language="en", read_due_at=None)
    assert kept.version.fetched_from == "https://moved.example/"
    assert await store.articles.versions(expected.id) == [kept.version]
    assert await store.articles.due(NOW + days(9), limit=10) == []


async def test_an_article_that_cannot_be_read_is_due_later_with_the_reason(
    store: SqlStore,
) -> None:
    [expected] = await store.articles.expect(EXPECTED[:1], NOW)

    await store.articles.postpone(expected.id, NOW + days(1), "did not answer")

    assert await store.articles.due(NOW, limit=10) == []
    [later] = await store.articles.due(NOW + days(1), limit=10)
    assert later == replace(expected, read_due_at=NOW + days(1), note="did not answer")
    await store.articles.postpone(expected.id, None, "gone")
    assert await store.articles.due(NOW + days(9), limit=10) == []


async def test_a_removed_article_is_not_read(store: SqlStore) -> None:
    [expected] = await store.articles.expect(EXPECTED[:1], NOW)

    await store.articles.remove(expected.id, NOW)

    assert await store.articles.due(NOW, limit=10) == []


async def test_a_text_that_differs_in_white_space_alone_is_no_new_version(
    store: SqlStore,
) -> None:
    first = await store.articles.keep(
        build.article(url=URL, text="One two three.\n"), [], None, NOW
    )
    link = build.found(build.page(), text="two", start=7, end=10)

    again = await store.articles.keep(
        build.article(url=URL, text="\nOne\n\n two three."), [link], None, NOW
    )

    assert not again.is_new_version
    assert again.version == first.version
    place = again.citations[0].found
    assert first.version.text[place.start : place.end] == "two"


async def test_all_versions_come_oldest_first(store: SqlStore) -> None:
    texts = [build.article(url=URL, text=f"{number}\n") for number in range(3)]
    kept = [await store.articles.keep(text, [], None, NOW) for text in texts]

    versions = await store.articles.versions(kept[0].article.id)

    assert versions == [one.version for one in kept]


async def test_the_articles_at_a_source_are_those_that_are_followed(store: SqlStore) -> None:
    own = build.page(URL)
    here = await store.articles.keep(build.article(url=URL), [], own, NOW)
    there = await store.articles.keep(build.article(), [], own, NOW)
    assert here.article.source_id is not None
    await store.articles.remove(there.article.id, NOW)

    assert await store.articles.owned(here.article.source_id) == [here.article]


async def test_citations_to_look_up_are_the_living_ones_of_all_articles(store: SqlStore) -> None:
    here = await store.articles.keep(
        build.article(url=URL), [build.found(text="code"), build.found(build.ref())], None, NOW
    )
    there = await store.articles.keep(build.article(), [build.found(text="other")], None, NOW)
    gone = await store.articles.keep(build.article(text="C\n"), [build.found()], None, NOW)
    lost = await store.articles.keep(build.article(text="D\n"), [build.found()], None, NOW)
    await store.articles.remove(gone.article.id, NOW)
    await store.articles.resolve(lost.citations[0].id, build.attempt())

    bare = build.found(resolution=Resolution.UNRESOLVED)
    never = await store.articles.keep(build.article(text="E\n"), [bare], None, NOW)

    wanted = await store.articles.unresolved()

    assert wanted == [here.citations[0], there.citations[0], never.citations[0]]


async def test_a_look_up_that_was_tried_is_no_new_one(store: SqlStore) -> None:
    codes = [build.found(text=text) for text in ("one", "two", "three")]
    first, second, third = (await store.articles.keep(build.article(), codes, None, NOW)).citations
    in_vain = build.attempt(resolution=Resolution.NEEDS_LOOKUP)
    await store.articles.resolve(first.id, in_vain)

    assert await store.articles.untried(limit=9) == [second, third]
    assert await store.articles.untried(limit=1) == [second]


SPELLINGS = [
    f"{URL}?utm_source=rss",
    f"{URL}#comments",
    "http://news.example/tower",
    "HTTP://News.example:80/tower?fbclid=x",
    "https://news.example/%74ower",
]


@pytest.mark.parametrize("spelt", SPELLINGS)
@pytest.mark.parametrize("swapped", [False, True], ids=["plain first", "plain second"])
async def test_one_article_is_one_however_its_address_is_spelt(
    store: SqlStore, spelt: str, swapped: bool
) -> None:
    first, second = (spelt, URL) if swapped else (URL, spelt)
    kept = await store.articles.keep(build.article(url=first), [], build.page(URL), NOW)

    again = await store.articles.keep(build.article(url=second), [], build.page(URL), NOW)
    expected = await store.articles.expect([ExpectedArticle(second)], NOW)

    assert again.article.id == kept.article.id
    assert again.article.url == first
    assert expected == []
    assert (await store.articles.article(second)).id == kept.article.id


async def test_other_pages_of_one_host_are_other_articles(store: SqlStore) -> None:
    others = [f"{URL}/", f"{URL}?id=1", f"{URL}?id=2", "https://www.news.example/tower", URL]

    new = await store.articles.expect([ExpectedArticle(url) for url in others], NOW)

    assert [one.url for one in new] == others


async def test_spellings_of_one_address_in_a_list_are_one_article(store: SqlStore) -> None:
    new = await store.articles.expect([ExpectedArticle(one) for one in (URL, *SPELLINGS)], NOW)

    assert [one.url for one in new] == [URL]


async def test_an_archived_copy_is_another_article_than_its_original(store: SqlStore) -> None:
    copy = f"https://web.archive.org/web/20200101000000/{URL}"
    kept = await store.articles.keep(build.article(url=copy), [], build.page(URL), NOW)

    other = await store.articles.keep(build.article(url=URL), [], build.page(URL), NOW)

    assert other.article.id != kept.article.id


@pytest.mark.parametrize("written", [f"{URL}?utm_source=rss", URL, "http://news.example/tower"])
async def test_an_article_known_by_its_address_as_written_is_found_by_every_spelling(
    store: SqlStore, written: str
) -> None:
    kept = await store.articles.keep(build.article(url=written), [], build.page(URL), NOW)
    as_written = hashlib.sha256(f"url:{written}".encode()).hexdigest()
    older = update(articles).values(identity_sha256=as_written)
    await store.database.write(lambda connection: connection.execute(older))

    found = [(await store.articles.article(one)).id for one in (URL, *SPELLINGS, written)]
    new = await store.articles.expect([ExpectedArticle(one) for one in SPELLINGS], NOW)

    assert set(found) == {kept.article.id}
    assert new == []


async def test_twins_of_one_source_that_change_places_keep_their_own_identity(
    store: SqlStore,
) -> None:
    said = build.page("https://ministry.example/statement")
    one, two = (build.found(said, text=words, position=n) for n, words in ((1, "one"), (2, "two")))
    first = await store.articles.keep(build.article(url=URL), [one, two], None, NOW)
    moved = [replace(two, position=1), replace(one, position=2)]

    again = await store.articles.keep(build.article(url=URL, text="B\n"), moved, None, NOW)

    before = {each.found.text: each.id for each in first.citations}
    assert {each.found.text: each.id for each in again.citations} == before
