from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from archiver.errors import ClaimError, NotFoundError, StoreError
from archiver.model.inquiry import Ask, Outcome, Reading
from archiver.model.signals import Signal
from archiver.model.verdict import Event, EventKind, Severity, VerdictKind
from archiver.ports import Claim, Judged
from archiver.store.store import SqlStore
from tests import build
from tests.build import NOW, days

pytestmark = pytest.mark.anyio


async def claimed(store: SqlStore) -> Claim:
    source = await store.sources.register(build.ref(), None, NOW)
    claim = await store.claims.claim(source.id, "w", timedelta(minutes=1))
    assert claim is not None
    return claim


READINGS = [
    build.reading(),
    build.reading(post=build.post(quoted=build.post(text="\x00 \ud83d"), editable_until=NOW)),
    Reading(Signal.PRESENT, "served", page=build.page_text(main=None), media=("https://a/1.jpg",)),
    Reading(Signal.PRESENT, "an image", content_sha256="ab" * 32, page_url="https://a/"),
    Reading(Signal.DELETED, "its author deleted it", confirmed=True),
    Reading(Signal.WALL, "a challenge", url="https://a/\udcff"),
]


@pytest.mark.parametrize("reading", READINGS, ids=lambda reading: reading.reason)
async def test_an_observation_comes_back_as_it_was_kept(store: SqlStore, reading: Reading) -> None:
    claim = await claimed(store)
    failed = build.kept_answer(
        outcome=Outcome.TIMEOUT,
        ask=Ask.CONTROL,
        status=None,
        headers=(),
        body_sha256=None,
        body_bytes=0,
        hops=(),
        ip=None,
        error="no answer within 20 s",
    )
    answers = (build.kept_answer(), failed)
    observation = build.observation(claim.source_id, reading=reading, answers=answers)

    await store.looks.keep(claim, observation, build.verdict(), [], None)

    assert await store.looks.observation(observation.id) == observation
    assert await store.looks.of(claim.source_id) == [observation]


async def test_a_look_is_kept_with_its_verdict_its_events_and_the_next_due_time(
    store: SqlStore,
) -> None:
    claim = await claimed(store)
    observation = build.observation(claim.source_id)
    verdict = build.verdict(
        VerdictKind.GONE,
        rests_on=(observation.id,),
        cause=Signal.DELETED.value,
        moved_to="https://elsewhere.example/",
    )
    event = build.event(source_id=claim.source_id)

    await store.looks.keep(claim, observation, verdict, [event], NOW + days(3))

    assert await store.looks.verdict(claim.source_id) == verdict
    assert await store.looks.events(source_id=claim.source_id) == [event]
    assert (await store.sources.source(claim.source_id)).next_due_at == NOW + days(3)


async def test_observations_come_oldest_first_and_the_newest_verdict_is_the_last_one_kept(
    store: SqlStore,
) -> None:
    claim = await claimed(store)
    looks = [build.observation(claim.source_id, NOW + days(day)) for day in (2, 0, 1)]
    for number, look in enumerate(looks):
        await store.looks.keep(claim, look, build.verdict(rule=f"rule {number}"), [], None)

    kept = await store.looks.of(claim.source_id)
    verdict = await store.looks.verdict(claim.source_id)

    assert kept == [looks[1], looks[2], looks[0]]
    assert verdict == build.verdict(rule="rule 2")


async def test_looks_of_one_source_are_not_those_of_another(store: SqlStore) -> None:
    one, other = await claimed(store), await claimed(store)
    await store.looks.keep(one, build.observation(one.source_id), build.verdict(), [], None)

    assert await store.looks.of(other.source_id) == []
    assert await store.looks.verdict(other.source_id) is None


async def test_a_look_with_an_event_that_cannot_be_kept_stores_nothing(store: SqlStore) -> None:
    claim = await claimed(store)
    bad = build.event(source_id="no such source")

    with pytest.raises(StoreError):
        await store.looks.keep(
            claim, build.observation(claim.source_id), build.verdict(), [bad], NOW + days(1)
        )

    assert await store.looks.of(claim.source_id) == []
    assert await store.looks.verdict(claim.source_id) is None
    assert (await store.sources.source(claim.source_id)).next_due_at == NOW


async def test_the_same_look_cannot_be_kept_twice(store: SqlStore) -> None:
    claim = await claimed(store)
    observation = build.observation(claim.source_id)
    await store.looks.keep(claim, observation, build.verdict(), [], None)

    with pytest.raises(StoreError):
        await store.looks.keep(
            claim, replace(observation, vantage=build.vantage()), build.verdict(), [], None
        )

    assert await store.looks.of(claim.source_id) == [observation]


async def test_events_can_be_asked_for_by_source_by_citation_or_all(store: SqlStore) -> None:
    ref = build.ref()
    kept = await store.articles.keep(build.article(), [build.found(ref)], None, NOW)
    source_id = (await store.sources.source(ref.name)).id
    citation_id = kept.citations[0].id
    of_source = build.event(source_id=source_id, at=NOW + days(1), before=None)
    of_citation = build.event(citation_id=citation_id, kind=EventKind.FINDING, reason="\ud83d")

    await store.looks.note([of_source, of_citation])
    await store.looks.note([])

    assert await store.looks.events() == [of_citation, of_source]
    assert await store.looks.events(source_id=source_id) == [of_source]
    assert await store.looks.events(citation_id=citation_id) == [of_citation]
    assert await store.looks.events(source_id=source_id, citation_id=citation_id) == []


async def cited(store: SqlStore) -> tuple[Claim, str, Judged]:
    """Return the claim of a cited source, its citation, and the look that showed it."""
    ref = build.ref()
    kept = await store.articles.keep(
        build.article(text=build.fresh("text")), [build.found(ref)], None, NOW
    )
    source = await store.sources.source(ref.name)
    claim = await store.claims.claim(source.id, "w", timedelta(minutes=1))
    assert claim is not None
    look = build.observation(source.id)
    await store.looks.keep(claim, look, build.verdict(), [], None)
    return claim, kept.citations[0].id, Judged(look.id)


def finding(claim: Claim, citation_id: str, before: str | None, after: str) -> Event:
    of_both = {"source_id": claim.source_id, "citation_id": citation_id}
    return build.event(kind=EventKind.FINDING, before=before, after=after, **of_both)


async def test_a_finding_is_noted_while_nobody_told_another(store: SqlStore) -> None:
    claim, citation_id, judged = await cited(store)
    first = finding(claim, citation_id, None, "changed")
    again = finding(claim, citation_id, None, "changed")
    worse = finding(claim, citation_id, "changed", "changed")
    second = replace(worse, severity=Severity.MAJOR, rule="words_missing", pins=2)
    third = finding(claim, citation_id, "changed", "changed")

    noted = [await store.looks.note([event], judged) for event in (first, again)]
    after = replace(judged, told=first.id)
    noted += [await store.looks.note([event], after) for event in (second, third)]

    assert noted == [True, False, True, False]
    assert await store.looks.events(citation_id=citation_id) == [first, second]
    assert await store.deliveries.untold(9) == [first, second]


async def test_a_finding_from_before_a_later_look_is_not_noted(store: SqlStore) -> None:
    claim, citation_id, judged = await cited(store)
    later = build.observation(claim.source_id, NOW + days(1))
    await store.looks.keep(claim, later, build.verdict(), [], None)
    event = finding(claim, citation_id, None, "suspect")

    stale = await store.looks.note([event], judged)
    fresh = await store.looks.note([event], Judged(later.id, claim=claim))

    assert (stale, fresh) == (False, True)
    assert await store.looks.events(citation_id=citation_id) == [event]


async def test_a_finding_against_a_source_that_is_not_meant_any_more_is_not_noted(
    store: SqlStore,
) -> None:
    claim, citation_id, judged = await cited(store)
    await store.articles.resolve(citation_id, build.attempt(build.ref()))

    noted = await store.looks.note([finding(claim, citation_id, None, "gone")], judged)

    assert not noted
    assert await store.looks.events(citation_id=citation_id) == []


async def test_a_finding_of_a_citation_without_a_source_is_noted_once(store: SqlStore) -> None:
    kept = await store.articles.keep(build.article(), [build.found()], None, NOW)
    bare = {"citation_id": kept.citations[0].id, "kind": EventKind.FINDING, "before": None}
    events = [build.event(after="changed", **bare) for _ in range(2)]

    noted = [await store.looks.note([event], Judged(None)) for event in events]

    assert noted == [True, False]


async def test_a_finding_without_the_claim_it_was_made_under_is_refused(store: SqlStore) -> None:
    claim, citation_id, judged = await cited(store)
    await store.claims.release(claim)

    with pytest.raises(ClaimError, match="nothing was stored"):
        await store.looks.note(
            [finding(claim, citation_id, None, "suspect")], replace(judged, claim=claim)
        )

    assert await store.looks.events(citation_id=citation_id) == []


async def test_of_many_who_tell_the_same_at_once_one_is_heard(
    store: SqlStore, database: str, tmp_path: Path
) -> None:
    claim, citation_id, judged = await cited(store)
    others = [await SqlStore.open(tmp_path, database) for _ in range(4)]
    told = [finding(claim, citation_id, None, "suspect") for _ in others]

    noted = await asyncio.gather(
        *(one.looks.note([event], judged) for one, event in zip(others, told, strict=True))
    )

    for one in others:
        await one.close()
    assert sum(noted) == 1
    assert len(await store.looks.events(citation_id=citation_id)) == 1


async def test_an_observation_that_is_not_there_is_said_to_be_unknown(store: SqlStore) -> None:
    with pytest.raises(NotFoundError, match="no observation goes by 'nothing'"):
        await store.looks.observation("nothing")


async def test_many_looks_at_once_are_kept_and_those_whose_claim_was_lost_are_not(
    store: SqlStore,
) -> None:
    claims = [await claimed(store) for _ in range(6)]
    lost = replace(claims[2], fence=claims[2].fence + 1)
    claims[2] = lost
    looks = [build.observation(claim.source_id) for claim in claims]

    told = await asyncio.gather(
        *(
            store.looks.keep(claim, look, build.verdict(), [], NOW + days(1))
            for claim, look in zip(claims, looks, strict=True)
        ),
        return_exceptions=True,
    )

    assert [type(one) for one in told if one is not None] == [ClaimError]
    for claim, look in zip(claims, looks, strict=True):
        kept = await store.looks.of(claim.source_id)
        assert kept == ([] if claim is lost else [look])


async def test_a_look_that_the_database_refuses_takes_no_other_with_it(store: SqlStore) -> None:
    claims = [await claimed(store) for _ in range(5)]
    bad = build.event(source_id="no such source")

    told = await asyncio.gather(
        *(
            store.looks.keep(
                claim,
                build.observation(claim.source_id),
                build.verdict(),
                [bad] if number == 3 else [],
                None,
            )
            for number, claim in enumerate(claims)
        ),
        return_exceptions=True,
    )

    assert [isinstance(one, StoreError) for one in told] == [False, False, False, True, False]
    kept = [len(await store.looks.of(claim.source_id)) for claim in claims]
    assert kept == [1, 1, 1, 0, 1]
