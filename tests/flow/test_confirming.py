"""From one bad answer to *gone*: second roads, incidents of a host, sinks, accounts, our own network."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from archiver.daemon.hands import Capacity
from archiver.daemon.service import Service
from archiver.flow.add import DOWN, attend_all
from archiver.flow.observe import Look, observe
from archiver.flow.outside import Outside
from archiver.flow.rejudge import explained, rejudge
from archiver.judge.budget import Budget
from archiver.model.inquiry import Answer, Ask, Outcome, Question
from archiver.model.source import Source
from archiver.model.verdict import VerdictKind
from archiver.platforms import platform, recognise
from tests.answers import registered, x
from tests.fakes import answered
from tests.flow.world import SENTENCE, Web, world

pytestmark = pytest.mark.anyio

CONTROL = ""  # its address is the operator's
SITE = "https://paper.example"
STORY = (
    f"<html><head><title>Gates</title></head><body><article>{SENTENCE * 9}</article></body></html>"
)
PAID_FOR = (
    '<script type="application/ld+json">{"@type": "NewsArticle", "isAccessibleForFree": false}'
    "</script>"
)
NOTICE = "<html><title>Notice</title><body><p>Our archive has closed. Write to the editors.</p></body></html>"


async def register(outside: Outside, url: str) -> Source:
    return await outside.store.sources.register(recognise(url), None, outside.clock.now())


async def look(source: Source, outside: Outside) -> Look:
    claim = await outside.store.claims.claim(source.id, outside.worker, outside.lease)
    assert claim is not None
    seen = await observe(source, claim, outside)
    await outside.store.claims.release(claim)
    return seen


async def test_a_page_is_gone_after_three_failures_one_of_them_seen_by_the_browser(tmp_path: Path):
    async with world(tmp_path) as (_, outside, web, clock):
        url = f"{SITE}/a/story"
        source = await register(outside, url)
        web.serve(url, STORY)
        await look(source, outside)
        del web.answers[url]
        verdicts = []
        for day in (1, 4, 4):
            clock.advance(timedelta(days=day))
            verdicts.append((await look(source, outside)).verdict)

        roads = [question.ask for question in web.asked_for(url)]

        assert [one.kind for one in verdicts] == ["suspect", "suspect", "gone"]
        assert verdicts[-1].last_seen == clock.now() - timedelta(days=9)
        assert verdicts[-1].first_gone == clock.now() - timedelta(days=8)
        assert roads.count(Ask.RENDER) == 1


async def test_what_the_browser_shows_is_there_whatever_the_plain_request_says(tmp_path: Path):
    async with world(tmp_path) as (_, outside, web, clock):
        url = f"{SITE}/a/story"
        source = await register(outside, url)
        web.serve(url, STORY)
        await look(source, outside)
        web.by_road[Ask.RENDER, url] = answered(url, 200, STORY.encode())
        del web.answers[url]
        verdicts = []
        for day in (1, 4, 4):
            clock.advance(timedelta(days=day))
            verdicts.append((await look(source, outside)).verdict)

        assert verdicts[0].kind is VerdictKind.SUSPECT
        assert verdicts[-1].kind is VerdictKind.PRESENT


@pytest.mark.parametrize(
    "met",
    [
        answered(
            "", 403, b"<title>Just a moment...</title>", headers=(("cf-mitigated", "challenge"),)
        ),
        answered("", 500, b"It is us, not you."),
        answered("", 200, STORY.replace("<head>", f"<head>{PAID_FOR}").encode()),
    ],
    ids=["challenge", "error", "teaser"],
)
async def test_a_browser_that_meets_a_wall_has_not_seen_the_failure(tmp_path: Path, met: Answer):
    async with world(tmp_path) as (_, outside, web, clock):
        url = f"{SITE}/a/story"
        source = await register(outside, url)
        web.serve(url, STORY)
        await look(source, outside)
        del web.answers[url]
        web.by_road[Ask.RENDER, url] = replace(met, question=Question(url), url=url)
        verdicts = []
        for _ in range(3):
            clock.advance(timedelta(days=4))
            verdicts.append((await look(source, outside)).verdict)
        failures = next(
            step
            for step in (await explained(source, outside)).steps
            if step.rule == "three_failures"
        )

        assert verdicts[-1].kind is VerdictKind.SUSPECT
        assert failures.why.endswith("but none by a browser or from another place")

        del web.by_road[Ask.RENDER, url]
        clock.advance(timedelta(days=4))
        assert (await look(source, outside)).verdict.kind is VerdictKind.GONE


async def test_addresses_of_a_host_that_fail_together_are_an_incident_until_a_later_look(
    tmp_path: Path,
):
    async with world(tmp_path) as (_, outside, web, clock):
        sources = [await register(outside, f"{SITE}/{name}/story") for name in "abc"]
        for source in sources:
            web.serve(source.ref.url, STORY)
            await look(source, outside)
        web.answers.clear()
        clock.advance(timedelta(days=1))
        rules = [(await look(source, outside)).verdict.rule for source in sources]
        clock.advance(timedelta(days=1))
        later = await look(sources[0], outside)
        first = await explained(sources[0], outside)

        assert rules == ["not_found_once", "not_found_once", "host_incident"]
        assert later.verdict.rule == "not_found_once"
        failures = next(step for step in first.steps if step.rule == "three_failures")
        assert failures.why.startswith("1 of 3 failures")


async def test_a_place_where_redirects_of_unrelated_addresses_end_is_a_sink(tmp_path: Path):
    async with world(tmp_path) as (_, outside, web, clock):
        sources = [await register(outside, f"{SITE}/{name}/story") for name in "abc"]
        for number, source in enumerate(sources):
            web.serve(source.ref.url, STORY.replace("gates", f"{number} other gates in the wall"))
            await look(source, outside)
        clock.advance(timedelta(days=1))
        for source in sources:
            web.redirect(source.ref.url, f"{SITE}/archive/notice", NOTICE)
        rules = [(await look(source, outside)).verdict.rule for source in sources]

        assert rules[0] == "redirected_elsewhere"
        assert rules[2] in ("redirected_away", "host_incident")


async def test_a_look_of_a_time_that_is_still_to_come_does_not_count(tmp_path: Path):
    async with world(tmp_path) as (_, outside, web, clock):
        source = await register(outside, f"{SITE}/a/story")
        clock.advance(timedelta(days=400))
        await look(source, outside)
        clock.advance(timedelta(days=-400))
        web.serve(source.ref.url, STORY)

        seen = await look(source, outside)

        assert seen.verdict.kind is VerdictKind.PRESENT


async def test_a_host_that_asks_us_to_wait_is_left_alone_at_all_its_addresses(tmp_path: Path):
    async with world(tmp_path) as (_, outside, web, clock):
        first, second = [await register(outside, f"{SITE}/{name}") for name in "ab"]
        web.serve(first.ref.url, "", status=429, headers=(("Retry-After", "7200"),))
        web.answers[first.ref.url] = replace(web.answers[first.ref.url], at=clock.now())
        await look(first, outside)

        other = await outside.store.sources.source(second.id)

        assert other.next_due_at == clock.now() + timedelta(hours=2)


async def test_nothing_more_is_asked_once_our_own_network_turns_out_to_be_down(tmp_path: Path):
    async with world(tmp_path) as (_, outside, web, _clock):
        sources = [await register(outside, f"{SITE}/{name}") for name in "abc"]
        for source in sources:
            web.serve_failure(failed(source.ref.url))
        web.serve_failure(failed(CONTROL))

        taken = await attend_all(sources, outside)

        assert [str(one.error) if one.error else None for one in taken] == [None, DOWN, DOWN]


async def test_the_daemon_pauses_the_whole_run_while_our_own_network_is_down(tmp_path: Path):
    async with world(tmp_path) as (_, outside, web, clock):
        sources = [await register(outside, f"{SITE}/{name}") for name in "abcd"]
        for source in sources:
            web.serve_failure(failed(source.ref.url))
        web.serve_failure(failed(CONTROL))
        timedelta(hours=1)
        service = Service(outside, capacity=Capacity(1, 1))
        await service.tick()
        await service.idle()
        asked = [question.url for question in web.asked]
        paused = await service.tick()
        clock.advance(outside.timetable.offline)
        web.answers.clear()
        tried = await service.tick()
        await service.idle()

        assert asked == [sources[0].ref.url, CONTROL]
        assert (paused, tried) == (0, 1)
        assert {question.url for question in web.asked[2:]} >= {one.ref.url for one in sources}


async def test_a_look_that_was_not_made_does_not_end_the_pause(tmp_path: Path):
    async with world(tmp_path) as (_, outside, web, clock):
        refused = await register(outside, f"{SITE}/a")
        down = await register(outside, f"{SITE}/b")
        told = Answer(Question(refused.ref.url), Outcome.REFUSED, clock.now(), refused.ref.url)
        web.serve_failure(told)
        web.serve_failure(failed(down.ref.url))
        web.serve_failure(failed(CONTROL))
        hour = timedelta(hours=1)
        service = Service(outside, capacity=Capacity(2, 2, per_domain=2))
        await outside.store.sources.schedule(refused.id, clock.now() + outside.timetable.offline)
        await service.tick()
        await service.idle()
        clock.advance(outside.timetable.offline)
        await outside.store.sources.schedule(down.id, clock.now() + hour)
        others = [await register(outside, f"{SITE}/{name}") for name in "cd"]
        for one in others:
            web.serve_failure(failed(one.ref.url))
        await service.tick()
        await service.idle()

        assert web.asked_for(refused.ref.url)
        assert sum(len(web.asked_for(one.ref.url)) for one in others) == 1


async def test_a_deletion_at_an_account_brings_its_other_posts_forward(tmp_path: Path):
    async with world(tmp_path) as (_, outside, web, clock):
        urls = [f"https://x.com/{x.HANDLE}/status/{int(x.ID) + number}" for number in range(3)]
        posts = [await register(outside, url) for url in urls]
        for number, post in enumerate(posts):
            serve_post(web, post, author=str(number // 2))
            await look(post, outside)
        far = clock.now() + timedelta(days=20)
        for post in posts:
            await outside.store.sources.schedule(post.id, far)
        clock.advance(timedelta(days=1))
        web.serve(asked_of_x(posts[0]), x.tombstone(x.GONE_WORDS).body, "application/json")
        deleted = await look(posts[0], outside)
        due = [(await outside.store.sources.source(post.id)).next_due_at for post in posts]

        assert deleted.verdict.cause == "deleted"
        assert due[1] is not None
        assert due[1] <= clock.now() + timedelta(minutes=5)
        assert due[2] == far


async def test_posts_known_to_be_missing_are_not_brought_forward_again(tmp_path: Path):
    async with world(tmp_path) as (_, outside, web, clock):
        urls = [f"https://x.com/{x.HANDLE}/status/{int(x.ID) + number}" for number in range(6)]
        posts = [await register(outside, url) for url in urls]
        for post in posts:
            serve_post(web, post, author="1")
            await look(post, outside)
            await outside.store.sources.schedule(post.id, clock.now() + timedelta(days=20))
        clock.advance(timedelta(days=1))
        for post in posts:
            web.serve(asked_of_x(post), x.tombstone(x.GONE_WORDS).body, "application/json")
        await look(posts[0], outside)
        looks = 1
        for _ in range(30):
            clock.advance(timedelta(minutes=1))
            for post in await outside.store.sources.due(clock.now(), 100):
                await look(post, outside)
                looks += 1

        assert looks == len(posts)


def serve_post(web: Web, post: Source, author: str) -> None:
    user = {**x.tweet()["user"], "id_str": author}
    told = x.tweet(id_str=post.ref.key, user=user)
    web.serve(asked_of_x(post), json.dumps(told), "application/json")


def asked_of_x(post: Source) -> str:
    """Return the address at which the data of a post are asked for."""
    return next(platform("x").inquire(post.ref)).url


async def test_a_full_host_is_asked_on_later_days_no_more_than_its_budget(tmp_path: Path):
    async with world(tmp_path) as (_, usual, web, _clock):
        table = replace(usual.timetable, budget=Budget(per_day=2, spacing=timedelta(hours=1)))
        outside = replace(usual, timetable=table)
        sources = [await register(outside, f"{SITE}/a/{number}") for number in range(9)]
        for source in sources:
            web.serve(source.ref.url, b"%PDF-1.7 no page to learn the noise of", "application/pdf")
            await look(source, outside)
        stored = await outside.store.sources.several([source.id for source in sources])
        due = sorted(one.next_due_at for one in stored if one.next_due_at is not None)

        assert len(due) == len(sources)
        assert all(
            third - first >= timedelta(days=1) for first, third in zip(due, due[2:], strict=False)
        )


async def test_nothing_would_change_when_the_rules_are_the_same(tmp_path: Path):
    async with world(tmp_path) as (_, outside, web, _clock):
        source = await register(outside, f"{SITE}/a/story")
        web.serve(source.ref.url, STORY)
        await look(source, outside)

        assert await rejudge([source], outside) == []


def failed(url: str) -> Answer:
    """An address that does not answer."""
    at = answered(url).at
    return Answer(Question(url), Outcome.UNREACHABLE, at, url, error="connection refused")


CASINO = (
    "<html><head><title>Spin and win</title></head><body><p>Our casino opens at nine. Spin the wheel "
    "for a bonus on your first deposit, play the slots all night, and win the jackpot that nobody "
    "has won since the spring. New players get twenty free rounds on every machine.</p></body></html>"
)


async def test_a_page_under_a_name_that_somebody_else_registered_is_gone_until_it_comes_back(
    tmp_path: Path,
):
    async with world(tmp_path) as (_, outside, web, clock):
        url = f"{SITE}/a/story"
        source = await register(outside, url)
        anew = registered("2026-03-03", name="paper.example").body
        web.by_road[Ask.REGISTRY, url] = answered(url, 200, anew, "application/rdap+json")
        looks = []
        for body in (STORY, CASINO, CASINO, CASINO, STORY):
            web.serve(url, body)
            looks.append(await look(source, outside))
            clock.advance(timedelta(days=4))
        roads = [question.ask for question in web.asked_for(url)]

    told = [(one.verdict.kind.value, one.verdict.rule) for one in looks]
    assert told == [
        ("present", "present"),
        ("suspect", "hijacked"),
        ("gone", "hijacked_repeated"),
        ("gone", "hijacked_repeated"),
        ("present", "came_back"),
    ]
    assert roads.count(Ask.REGISTRY) == 2  # when another page came, and when the old one did again
    assert Ask.RENDER not in roads
