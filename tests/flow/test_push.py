"""Addresses of good captures are handed to Save Page Now, within its limits."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from archiver.archives.save import SaveReply, SaveState
from archiver.demo.wayback_site import Mood
from archiver.flow.add import attend_all
from archiver.flow.attend import Take
from archiver.flow.push import MOST_TRIES, SERVICE, after, push_due, push_now
from archiver.flow.targets import find_target
from archiver.model.memento import Push, PushState
from tests.build import NOW
from tests.flow.bench import Bench, bench

pytestmark = pytest.mark.anyio

KEY = "anaccesskey:asecret"


async def captured(on: Bench, *urls: str):
    """Capture addresses of the miniature web, and return what a push is made of."""
    sources = [(await find_target(url, on.outside, register=True)).sources[0] for url in urls]
    taken = await attend_all(sources, on.outside, take=Take.ALWAYS)
    return [(one.attended.look, one.attended.capture) for one in taken if one.attended]


def pages(on: Bench) -> list[str]:
    return [name[4:] for name in on.web.script.parts if name.startswith("web:")]


async def settle(on: Bench, rounds: int = 6) -> None:
    for _ in range(rounds):
        on.clock.advance(timedelta(minutes=1))
        await push_due(on.outside)


async def test_a_good_capture_is_saved_there_and_the_copy_taken_over(tmp_path):
    async with bench(tmp_path, key=KEY) as on:
        looked = await captured(on, on.web.article_url)
        (sent,) = await push_now(looked, on.outside)
        await settle(on, 2)
        source = looked[0][0].source
        (done,) = await on.outside.store.pushes.of(source.id)
        (memento,) = await on.outside.store.mementos.of(source.id)
        posts = [one for one in on.web.requests if one.method == "POST"]

    assert sent.state is PushState.SENT
    assert sent.job is not None
    assert done.state is PushState.DONE
    assert done.memento_url == memento.url
    assert memento.note == "handed on by us"
    assert [(one.path, one.status) for one in posts] == [("/save", 200)]


async def test_without_a_key_the_plain_form_is_used(tmp_path):
    async with bench(tmp_path) as on:
        looked = await captured(on, on.web.article_url)
        (push,) = await push_now(looked, on.outside)

    assert push.state is PushState.DONE
    assert (push.memento_url or "").startswith("https://web.archive.org/web/2026")


async def test_a_capture_that_was_handed_on_is_not_handed_on_again(tmp_path):
    async with bench(tmp_path, key=KEY) as on:
        looked = await captured(on, on.web.article_url)
        await push_now(looked, on.outside)
        again = await push_now(looked, on.outside)

    assert len(again) == 1
    assert len(on.wayback.orders) == 1


async def test_an_address_it_does_not_save_is_refused_with_its_words(tmp_path):
    async with bench(tmp_path, key=KEY) as on:
        on.wayback.blocked.add("example,harbourpost)/")
        looked = await captured(on, "https://harbourpost.example/")
        pushed = await push_now(looked, on.outside)

    assert [push.state for push in pushed] == [PushState.REFUSED]
    assert "blocked-url" in (pushed[0].note or "")


async def test_a_recent_capture_there_is_as_good_as_a_new_one(tmp_path):
    async with bench(tmp_path, key=KEY) as on:
        looked = await captured(on, on.web.article_url)
        await push_now(looked, on.outside)
        await settle(on, 2)
        second = await captured(on, on.web.article_url)
        (push,) = await push_now(second, on.outside)

    assert push.state is PushState.DONE
    assert "recent capture" in (push.note or "")
    assert len(on.wayback.orders) == 1


async def test_no_more_are_sent_at_once_and_in_a_day_than_allowed(tmp_path):
    limits = {"push_at_once": 1, "push_per_day": 2}
    async with bench(tmp_path, key=KEY, archives=limits) as on:
        looked = await captured(on, *pages(on)[:4])
        pushed = await push_now(looked, on.outside)
        at_first = len(on.wayback.orders)
        await settle(on, 12)
        in_a_day = len(on.wayback.orders)
        on.clock.advance(timedelta(days=1))
        await settle(on, 12)

    assert len(pushed) == 4
    assert at_first == 1
    assert in_a_day == 2
    assert len(on.wayback.orders) == 4


async def test_no_more_are_in_flight_than_allowed_however_fast_they_are_handed_on(tmp_path):
    async with bench(tmp_path, key=KEY, archives={"push_at_once": 2}) as on:
        for url in pages(on)[:5]:
            await push_now(await captured(on, url), on.outside)
            on.clock.advance(timedelta(seconds=5))
        orders = len(on.wayback.orders)

    assert orders == 2


@pytest.mark.parametrize("mood", [Mood.LIMITED, Mood.FAILING])
async def test_a_door_that_is_closed_pauses_all_pushes_and_loses_none(tmp_path, mood):
    async with bench(tmp_path, key=KEY) as on:
        looked = await captured(on, *pages(on)[:2])
        on.wayback.mood = mood
        pushed = await push_now(looked, on.outside)
        state = await on.outside.store.services.state(SERVICE)
        meanwhile = await push_due(on.outside)
        on.wayback.mood = Mood.WELL
        on.clock.advance(timedelta(hours=7))
        await settle(on)
        kept = [await on.outside.store.pushes.of(look.source.id) for look, _ in looked]

    assert {push.state for push in pushed} == {PushState.WAITING}
    assert state is not None
    assert state.is_paused
    assert meanwhile == 0
    assert [push.state for pushes in kept for push in pushes] == [PushState.DONE] * 2


async def test_a_tombstone_is_not_handed_on(tmp_path):
    async with bench(tmp_path, key=KEY) as on:
        looked = await captured(on, "https://harbourpost.example/no-such-page")
        pushed = await push_now(looked, on.outside)

    assert pushed == []
    assert on.wayback.orders == {}


async def test_the_setting_hands_on_what_the_daemon_captures(tmp_path):
    async with bench(tmp_path, key=KEY, archives={"push_wayback": True}) as on:
        looked = await captured(on, on.web.article_url)
        done = await push_due(on.outside)
        (push,) = await on.outside.store.pushes.of(looked[0][0].source.id)

    assert done == 1
    assert push.state is PushState.SENT


@pytest.mark.parametrize("always", [True, False])
async def test_nothing_is_handed_on_when_outside_archives_are_off(tmp_path, always):
    off = {"enabled": False, "push_wayback": always}
    async with bench(tmp_path, key=KEY, archives=off) as on:
        looked = await captured(on, on.web.article_url)
        pushed = await push_now(looked, on.outside)
        asked = on.asked_of_wayback()

    assert pushed == []
    assert asked == []


async def test_what_waits_stays_while_outside_archives_are_off(tmp_path):
    async with bench(tmp_path, key=KEY, archives={"push_wayback": True}) as on:
        looked = await captured(on, on.web.article_url)
        off = replace(on.outside, archives=replace(on.outside.archives, enabled=False))
        done = await push_due(off)
        (push,) = await on.outside.store.pushes.of(looked[0][0].source.id)

    assert done == 0
    assert on.wayback.orders == {}
    assert push.state is PushState.WAITING


async def test_an_address_of_an_inner_network_is_not_handed_on(tmp_path):
    async with bench(tmp_path, key=KEY) as on:
        inner = replace(on.outside.archives, inner_hosts=frozenset({"harbourpost.example"}))
        looked = await captured(on, "https://harbourpost.example/")
        pushed = await push_now(looked, replace(on.outside, archives=inner))
        waits = replace(waiting(), source_id=looked[0][0].source.id, url="https://10.0.0.1/")
        waits = replace(waits, capture_id=looked[0][1].id, added_at=on.clock.now())
        await on.outside.store.pushes.add(replace(waits, next_try_at=on.clock.now()))
        await push_due(on.outside)
        (kept,) = await on.outside.store.pushes.of(looked[0][0].source.id)

    assert pushed == []
    assert on.wayback.orders == {}
    assert kept.state is PushState.REFUSED
    assert "nobody else learns it" in (kept.note or "")


def waiting(tries: int = 0) -> Push:
    return Push("p", "s", "c", "wayback", "https://a.example/", PushState.WAITING, NOW, NOW, tries)


@pytest.mark.parametrize(
    ("reply", "tries", "state", "wait"),
    [
        (SaveReply(SaveState.SAVED, ""), 0, PushState.DONE, None),
        (SaveReply(SaveState.ORDERED, "", "j"), 0, PushState.SENT, timedelta(seconds=15)),
        (SaveReply(SaveState.WORKING, "", "j"), 3, PushState.SENT, timedelta(seconds=60)),
        (SaveReply(SaveState.LATER, ""), 0, PushState.WAITING, timedelta(minutes=5)),
        (SaveReply(SaveState.LATER, ""), 2, PushState.WAITING, timedelta(minutes=20)),
        (SaveReply(SaveState.LATER, "", wait=timedelta(days=1)), 0, PushState.WAITING, timedelta(days=1)),
        (SaveReply(SaveState.LATER, ""), MOST_TRIES - 1, PushState.REFUSED, None),
        (SaveReply(SaveState.WORKING, "", "j"), MOST_TRIES - 1, PushState.REFUSED, None),
        (SaveReply(SaveState.REFUSED, ""), 0, PushState.REFUSED, None),
    ],
)  # fmt: skip
def test_a_push_after_each_reply(reply, tries, state, wait):
    push = after(waiting(tries), reply, NOW)

    assert push.state is state
    assert push.next_try_at == (NOW + wait if wait is not None else None)
