"""Both sides of a citation: between which looks it changed, and what proves each."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from archiver.flow.add import add
from archiver.flow.audit import audit, known
from archiver.flow.evidence import proof_of
from archiver.flow.history import History
from archiver.flow.read import Supplied, fetch, find
from archiver.flow.repair import kept_page, public_copy
from archiver.flow.sides import Bracket, Side, Sides, sides_of
from archiver.flow.targets import find_target
from archiver.model.citation import Citation, Resolution
from archiver.model.memento import PushState
from archiver.model.observation import Observation
from archiver.model.signals import Signal
from archiver.model.verdict import (
    AsCited,
    AsCitedKind,
    Content,
    Finding,
    FindingKind,
    Quote,
    Verdict,
    VerdictKind,
)
from tests import build
from tests.build import NOW, days
from tests.flow.world import article, world

WORDS = "We counted twelve open gates from the tower at noon."


def look(text: str | None, age: float) -> Observation:
    at = NOW - days(age)
    if text is None:
        return build.observation("s", at, reading=build.reading(Signal.NOT_FOUND))
    page = build.page_text(text, text)
    return build.observation("s", at, reading=build.reading(post=None, page=page))


def cited() -> Citation:
    found = replace(build.found(build.page()), text=WORDS)
    return Citation("c", "a", found, Resolution.RESOLVED, "s", NOW)


def finding(kind: FindingKind, looks: list[Observation], **changes: object) -> Finding:
    pin = AsCited(AsCitedKind.CAPTURE, looks[0].at, timedelta(), None, looks[0].id)
    made = Finding("c", kind, None, Content.DIFFERS, Quote.UNDETERMINED, "rule", "It changed.", pin)
    return replace(made, **changes)  # type: ignore[arg-type]


def history(looks: list[Observation]) -> History:
    by_id = {look.id: look for look in looks}

    async def read(observation_id: str) -> Observation:
        return by_id[observation_id]

    return History([build.glimpse(look) for look in looks], [], None, read)


@pytest.mark.anyio
async def test_a_change_lies_between_the_last_look_as_cited_and_the_first_that_is_not():
    looks = [look("one", 9), look("one", 7), look(None, 6), look("two", 5), look("three", 1)]

    sides = await sides_of(cited(), finding(FindingKind.CHANGED, looks), history(looks))

    assert sides.bracket == Bracket(looks[1].at, looks[3].at)
    assert sides.last_present == looks[4].at
    assert sides.then is not None
    assert sides.then.observation == looks[0]


@pytest.mark.anyio
async def test_a_changed_quote_is_looked_for_whatever_else_differs():
    other = WORDS.replace("twelve", "twenty-one")
    texts = [WORDS, f"{WORDS} Two.", f"{WORDS} Three.", f"{other} Four.", f"{other} Five."]
    looks = [look(text, age) for text, age in zip(texts, (9, 7, 5, 3, 1), strict=True)]
    altered = finding(FindingKind.CHANGED, looks, quote=Quote.ALTERED)

    sides = await sides_of(cited(), altered, history(looks))

    assert sides.bracket == Bracket(looks[2].at, looks[3].at)
    assert sides.quote_diff is not None
    assert "[-twelve-]{+twenty-one+}" in sides.quote_diff


@pytest.mark.anyio
async def test_nothing_is_told_of_words_that_no_look_ever_showed():
    looks = [look("Nothing of it is here, and it never was.", age) for age in (5, 3)]
    rule = "words_missing_before_first_look"
    missing = finding(FindingKind.CHANGED, looks, quote=Quote.MISSING, rule=rule)

    assert (await sides_of(cited(), missing, history(looks))).bracket == Bracket()


@pytest.mark.anyio
async def test_quoted_words_of_a_link_are_bracketed_by_the_text_round_them():
    looks = [look("one", 9), look("two", 5), look("two", 1)]
    missing = finding(FindingKind.CHANGED, looks, quote=Quote.MISSING)

    assert (await sides_of(cited(), missing, history(looks))).bracket == Bracket(
        looks[0].at, looks[1].at
    )


@pytest.mark.anyio
@pytest.mark.parametrize("told", [True, False], ids=["by the verdict", "by the looks"])
async def test_an_absence_lies_between_what_was_last_seen_and_what_was_first_gone(told):
    looks = [look("one", 9), look("one", 7), look(None, 5), look(None, 1)]
    verdict = Verdict(VerdictKind.GONE, "r", "It is gone.", looks[2].at, (looks[2].id,))
    if told:
        verdict = replace(verdict, last_seen=looks[1].at, first_gone=looks[2].at)
    gone = finding(FindingKind.GONE, looks, verdict=verdict)

    assert (await sides_of(cited(), gone, history(looks))).bracket == Bracket(
        looks[1].at, looks[2].at
    )


@pytest.mark.anyio
async def test_what_stands_has_no_bracket():
    looks = [look("one", 9), look("one", 7)]

    sides = await sides_of(cited(), finding(FindingKind.INTACT, looks), history(looks))

    assert sides.bracket == Bracket()


URL = "https://news.example/gates"
PAGE = "https://ministry.example/a"


@pytest.mark.anyio
async def test_the_links_of_both_sides_are_read_from_what_was_kept(tmp_path):
    async with world(tmp_path) as (_, outside, web, clock):
        text = "<html><body><p>Some words of the ministry on its gates.</p>{}</body></html>"
        web.serve(PAGE, text.format("<a href='/old'>old</a><a href='mailto:a@b'>m</a>"))
        added = await add(find(Supplied(article(PAGE).encode(), media_type="text/html")), outside)
        clock.advance(days(2))
        web.serve(PAGE, text.format("<a href='/new#part'>new</a>"))
        target = await find_target(added.kept.article.id, outside)
        result = await audit(target, outside)
        looks = await outside.store.looks.of(target.sources[-1].id)
        (one,) = result.audited
        assert one.sides.now is not None
        sides = replace(one.sides, then=replace(one.sides.now, answers=looks[0].answers))

        proof = await proof_of(sides, outside)

    assert proof.then.links == frozenset({"https://ministry.example/old"})
    assert proof.now.links == frozenset({"https://ministry.example/new"})
    assert result.version is not None
    assert PAGE not in result.version.text


@pytest.mark.anyio
@pytest.mark.parametrize(
    ("archive", "links"),
    [("wayback", {"https://old.example/old", "https://base.example/b"}), ("archive.today", None)],
)
async def test_the_links_of_a_copy_lead_from_the_address_it_was_made_of(tmp_path, archive, links):
    page = "<html><body><p>Some words.</p><a href='/old'>old</a><a href='//base.example/b'>b</a>"
    async with world(tmp_path) as (_, outside, _, _):
        body = await outside.files.keep_blob(page.encode())
        reading = build.reading(post=None, page=build.page_text())
        answer = build.kept_answer(
            body_sha256=body, body_bytes=len(page), headers=(("Content-Type", "text/html"),)
        )
        made = build.memento("s1", archive=archive, original="https://old.example/page")
        then = Side(NOW, reading, (answer,), memento=made)

        proof = await proof_of(Sides(then=then), outside)

    assert proof.then.links == (frozenset(links) if links is not None else None)


@pytest.mark.anyio
async def test_the_page_of_an_article_is_that_of_its_newest_version(tmp_path):
    async with world(tmp_path) as (_, outside, web, clock):
        web.serve(PAGE, "<html><body><p>Words of the ministry.</p></body></html>")
        web.serve(URL, article(PAGE))
        added = await add(find(await fetch(URL, web)), outside)
        clock.advance(days(2))
        web.serve(URL, article(PAGE, more="It was corrected."))
        target = await find_target(added.kept.article.id, outside)
        result = await audit(target, outside)
        assert result.article is not None

        page = await kept_page(result.article, result.version, outside)

    assert page is not None
    assert page.is_newest
    assert page.url == URL
    assert "It was corrected." in page.html


@pytest.mark.anyio
async def test_an_article_that_somebody_supplied_has_no_page(tmp_path):
    async with world(tmp_path) as (_, outside, _web, _clock):
        added = await add(find(Supplied(b"A claim without a source.\n")), outside)

        assert await kept_page(added.kept.article, None, outside) is None


@pytest.mark.anyio
async def test_the_nearest_copy_that_showed_the_source_is_the_one_for_readers(tmp_path):
    async with world(tmp_path) as (_, outside, _web, _clock):
        text = find(Supplied(article(PAGE).encode(), media_type="text/html"))
        added = await add(text, outside, later=True)
        target = await find_target(added.kept.article.id, outside)
        source = target.sources[-1]
        one = (await known(target, outside)).audited[0]
        none = await public_copy(one, outside)
        claim = await outside.store.claims.claim(source.id, "w", timedelta(minutes=1))
        assert claim is not None
        kept = build.capture(source.id, observation_id=None)
        await outside.store.captures.keep(claim, kept, ())
        done = {"state": PushState.DONE, "memento_url": "https://w.example/1"}
        pushed = build.push(source.id, kept.id, **done)
        await outside.store.pushes.add(pushed)
        by_push = await public_copy(one, outside)
        wall = build.reading(Signal.WALL)
        for age, reading in ((9, build.reading()), (2, build.reading()), (1, wall)):
            at = NOW - days(age)
            await outside.store.mementos.keep(
                build.memento(source.id, at, url=f"https://w.example/{age}", reading=reading)
            )
        then = replace(one.sides, then=Side(NOW, None))
        by_memento = await public_copy(replace(one, sides=then), outside)

    assert none is None
    assert by_push is not None
    assert by_push.url == "https://w.example/1"
    assert by_memento is not None
    assert by_memento.url == "https://w.example/2"
