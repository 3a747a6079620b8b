"""The real guard, client and platforms, asked of the miniature web: do they see what is played?"""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest

from archiver.demo.cast import PLAYERS
from archiver.demo.clock import MovableClock
from archiver.demo.miniweb import MiniWeb
from archiver.demo.pages import PAGES
from archiver.demo.script import Part
from archiver.model.inquiry import Reading
from archiver.model.signals import Signal
from archiver.net.client import Client
from archiver.net.guard import Guard
from archiver.net.policy import ClientPolicy, GuardPolicy
from archiver.platforms import PLATFORMS

POST, PAGE = PLAYERS[0], PAGES[0].url

POST_SIGNALS = {
    Part.INTACT: Signal.PRESENT,
    Part.EDITED: Signal.PRESENT,
    Part.DELETED: Signal.DELETED,
    Part.ACCOUNT_GONE: Signal.ACCOUNT_GONE,
    Part.SUSPENDED: Signal.SUSPENDED,
    Part.PROTECTED: Signal.PROTECTED,
    Part.REMOVED: Signal.REMOVED,
    Part.AGE_RESTRICTED: Signal.AGE_RESTRICTED,
    Part.EMPTY: Signal.ABSENT_UNEXPLAINED,
    Part.WITHHELD: Signal.WITHHELD,
    Part.LIMITED: Signal.RATE_LIMITED,
    Part.WALLED: Signal.WALL,
    Part.NOT_FOUND: Signal.NOT_FOUND,
}
PAGE_SIGNALS = {
    Part.INTACT: Signal.PRESENT,
    Part.ALTERED: Signal.PRESENT,
    Part.MOVED: Signal.PRESENT,
    Part.NOT_FOUND: Signal.NOT_FOUND,
    Part.GONE: Signal.GONE,
    Part.WALLED: Signal.WALL,
    Part.LOGIN: Signal.LOGIN,
    Part.FAILING: Signal.SERVER_ERROR,
}


def looks(player: str, part: Part, *days: float) -> list[Reading]:
    """Look at one player's source after so many days each, with everything real in between."""

    async def run():
        clock = MovableClock()
        async with MiniWeb(1, clock, parts={player: part}) as web, _guard(web, clock) as guard:
            client = Client(guard, ClientPolicy(extra_ca=web.ca_path), clock)
            platform, ref = _recognise(_address(web, player))
            readings, passed = [], 0.0
            for day in days:
                clock.advance(timedelta(days=day - passed))
                passed = day
                readings.append(await _drive(platform.inquire(ref), client))
            return readings

    return asyncio.run(run())


def _guard(web, clock):
    return Guard(GuardPolicy.build(allow=web.allow, host_map=web.host_map), clock)


def _address(web, player):
    if player.startswith("https:"):
        return player
    place = PLAYERS.index(player)
    status = [name for name in web.script.parts if name.startswith("x:")][place][2:]
    return f"https://x.com/{player}/status/{status}"


def _recognise(url):
    found = ((platform, platform.recognise(url)) for platform in PLATFORMS)
    return next((platform, ref) for platform, ref in found if ref is not None)


async def _drive(inquiry, client):
    try:
        question = next(inquiry)
        while True:
            question = inquiry.send(await client.ask(question))
    except StopIteration as end:
        return end.value


@pytest.mark.parametrize(("part", "signal"), POST_SIGNALS.items())
def test_a_post_is_seen_as_it_stands(part, signal):
    before, after = looks(POST, part, 0, 3)

    assert (before.signal, after.signal) == (Signal.PRESENT, signal)


def test_an_empty_tombstone_is_no_deletion():
    _, after = looks(POST, Part.EMPTY_TOMBSTONE, 0, 3)

    assert after.signal in {Signal.AGE_RESTRICTED, Signal.ABSENT_UNEXPLAINED}


@pytest.mark.parametrize(("part", "signal"), PAGE_SIGNALS.items())
def test_a_page_is_seen_as_it_stands(part, signal):
    before, after = looks(PAGE, part, 0, 3)

    assert (before.signal, after.signal) == (Signal.PRESENT, signal)


@pytest.mark.parametrize(
    ("player", "part", "is_same"),
    [
        (POST, Part.INTACT, True),
        (POST, Part.EDITED, False),
        (PAGE, Part.INTACT, True),
        (PAGE, Part.MOVED, True),
        (PAGE, Part.ALTERED, False),
    ],
)
def test_only_what_changed_has_another_fingerprint(player, part, is_same):
    before, after = looks(player, part, 0, 3)

    assert (before.fingerprint == after.fingerprint) is is_same


def test_a_post_that_came_back_is_seen_gone_and_back_again():
    before, gone, back = looks(POST, Part.CAME_BACK, 0, 3, 12)

    assert [r.signal for r in (before, gone, back)] == [
        Signal.PRESENT,
        Signal.DELETED,
        Signal.PRESENT,
    ]
    assert before.fingerprint == back.fingerprint


def test_a_moved_page_is_seen_at_its_new_address():
    _, after = looks(PAGE, Part.MOVED, 0, 3)

    assert after.url == f"https://{PAGES[0].host}{PAGES[0].later_path}"


def test_an_edited_post_is_seen_in_its_newest_words():
    before, after = looks(POST, Part.EDITED, 0, 0.02)

    assert before.post is not None
    assert after.post is not None
    assert before.post.edit_ids == (before.post.id,)
    assert after.post.edit_ids == (before.post.id, after.post.id)
    assert before.post.text != after.post.text
