"""What is told of citations is what was found: nothing is there again because somebody said so."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from archiver.flow.audit import Audited, judge_citation, note_change
from archiver.flow.news import news_of
from archiver.flow.pin import accept
from archiver.judge.rules import Rule
from archiver.model.news import Word
from archiver.model.signals import Signal
from archiver.model.verdict import (
    AsCited,
    AsCitedKind,
    Content,
    Event,
    Finding,
    FindingKind,
    Quote,
    Severity,
    VerdictKind,
)
from archiver.notify.wording import text_of
from tests import build
from tests.flow.test_announce import Desk, desk

pytestmark = pytest.mark.anyio

HOUR = timedelta(hours=1)
PRINTED = AsCited(AsCitedKind.PRINTED)
CHANGED = Finding(
    "", FindingKind.CHANGED, None, Content.MINOR, Quote.STANDS, "words_added", "More stands there.",
    PRINTED,
)  # fmt: skip
WORSE = replace(
    CHANGED, content=Content.MAJOR, quote=Quote.MISSING, rule="words_missing", reason="It is away."
)
INTACT = replace(
    CHANGED, kind=FindingKind.INTACT, content=Content.SAME, quote=Quote.UNDETERMINED, rule="same"
)


async def note(on: Desk, finding: Finding) -> list[Event]:
    """Note what was found of the citation, tell it, and return the events of it."""
    on.clock.advance(HOUR)
    citation = await on.outside.store.articles.citation(on.citation_id)
    found = replace(finding, citation_id=citation.id)
    looks = await on.outside.store.looks.of(on.source.id)
    looked = looks[-1].id if looks else None
    audited = Audited(citation, on.source, found, None, looked=looked)
    await note_change(citation, audited, on.outside)
    await on.run()
    return await on.outside.store.looks.events(citation_id=citation.id)


async def look_at_what_is_gone(on: Desk) -> None:
    on.clock.advance(HOUR)
    gone = build.observation(
        on.source.id, on.clock.now(), reading=build.reading(signal=Signal.DELETED)
    )
    verdict = build.verdict(VerdictKind.GONE, cause="deleted", since=build.NOW)
    await on.outside.store.looks.keep(on.claim, gone, verdict, [], None)
    citation = await on.outside.store.articles.citation(on.citation_id)
    await note_change(citation, await judge_citation(citation, on.outside, {}), on.outside)
    await on.run()


async def test_a_loss_that_a_person_accepted_is_not_told_as_there_again(tmp_path: Path) -> None:
    async with desk(tmp_path, repeat=HOUR) as on:
        await look_at_what_is_gone(on)
        citation = await on.outside.store.articles.citation(on.citation_id)
        await accept(citation, "the article says so", "a clerk", on.outside)
        await look_at_what_is_gone(on)
        await on.run(10 * HOUR)

        assert on.listener.words == [["gone"]]
        seen = await on.outside.store.looks.events(citation_id=on.citation_id)
        assert [one.after for one in seen] == ["gone", "settled"]


async def test_with_the_last_citation_that_was_settled_news_of_its_source_ends(
    tmp_path: Path,
) -> None:
    pin = AsCited(AsCitedKind.NONE, note="a clerk has seen it")
    gone = replace(WORSE, kind=FindingKind.GONE, as_cited=pin)
    async with desk(tmp_path, repeat=HOUR) as on:
        ref = on.source.ref
        await on.outside.store.articles.keep(
            build.article(text="another"), [build.found(ref)], None, on.clock.now()
        )
        of_source = await on.look(VerdictKind.GONE, was="present")
        assert of_source is not None
        both = [one.id for one in await on.outside.store.articles.citations_of(on.source.id)]
        repeated = []
        for on.citation_id in both:
            await note(on, gone)
        for on.citation_id in both:
            await on.outside.store.pins.pin(on.citation_id, pin, "a clerk", on.clock.now())
            await note(on, replace(gone, kind=FindingKind.INTACT))
            repeated.append((await on.delivery(of_source)).next_try_at)

        assert repeated[0] is not None
        assert repeated[1] is None


async def test_a_change_that_comes_to_matter_more_is_told(tmp_path: Path) -> None:
    rule = Rule("desk", frozenset({Word.CHANGED}), severity=Severity.MAJOR)
    async with desk(tmp_path, words=rule.words, severity=rule.severity) as on:
        await note(on, CHANGED)
        await note(on, CHANGED)
        assert on.listener.words == []

        seen = await note(on, WORSE)
        await note(on, WORSE)

        assert on.listener.words == [["changed"]]
        assert [one.severity for one in seen] == [Severity.MINOR, Severity.MAJOR]


async def test_a_change_is_told_with_its_own_rule_and_no_date_of_its_source(tmp_path: Path) -> None:
    async with desk(tmp_path) as on:
        await on.look(VerdictKind.PRESENT)
        *_, event = await note(on, WORSE)
        ((told,),) = [message.news for message in on.listener.heard]

        assert told == await news_of(event, on.outside)
        assert (told.rule, told.since, told.looks) == ("words_missing", None, None)
        assert "confirmed by rule words_missing" in text_of(on.listener.heard[0]).plain


async def test_what_was_accepted_and_changes_again_is_told(tmp_path: Path) -> None:
    pin = AsCited(AsCitedKind.PRINTED, note="a clerk has seen it")
    async with desk(tmp_path) as on:
        await note(on, WORSE)
        await on.outside.store.pins.pin(on.citation_id, pin, "a clerk", on.clock.now())
        await note(on, replace(INTACT, as_cited=pin))
        await note(on, replace(WORSE, as_cited=pin))
        await on.outside.store.pins.pin(on.citation_id, pin, "a clerk", on.clock.now())
        await note(on, replace(WORSE, as_cited=pin))
        await note(on, replace(WORSE, as_cited=pin))
        await note(on, replace(INTACT, as_cited=pin))

        assert on.listener.words == [["changed"], ["changed"], ["changed"], ["restored"]]
        assert "says what was cited" in text_of(on.listener.heard[-1]).plain


async def test_news_from_before_pins_were_counted_goes_by_the_time_of_the_pins(
    tmp_path: Path,
) -> None:
    pin = AsCited(AsCitedKind.PRINTED, note="a clerk has seen it")
    async with desk(tmp_path) as on:
        await on.outside.store.pins.pin(on.citation_id, pin, "a clerk", on.clock.now())
        on.clock.advance(HOUR)
        await on.find("changed")
        await on.run()
        await note(on, replace(WORSE, as_cited=pin))
        seen = await note(on, replace(INTACT, as_cited=pin))

        assert [one.after for one in seen] == ["changed", "intact"]
        assert on.listener.words == [["changed"], ["restored"]]


@pytest.mark.parametrize(
    ("quote", "told"), [(Quote.UNDETERMINED, []), (Quote.STANDS, ["restored"])]
)
async def test_what_is_compared_with_another_pin_is_as_cited_again_by_its_words_alone(
    quote: Quote, told: list[str], tmp_path: Path
) -> None:
    async with desk(tmp_path) as on:
        store = on.outside.store
        other = await store.sources.register(build.ref(), None, on.clock.now())
        claim = await store.claims.claim(other.id, "w", HOUR)
        assert claim is not None
        theirs = build.capture(other.id)  # as after a takedown: none of the source's own
        await store.captures.keep(claim, theirs, [])
        pin = AsCited(AsCitedKind.CAPTURE, at=on.clock.now(), capture_id=theirs.id)
        await store.pins.pin(on.citation_id, pin, "archiver", on.clock.now())

        await note(on, WORSE)
        await note(on, replace(INTACT, quote=quote))

        assert on.listener.words == [["changed"], *([told] if told else [])]
