"""Recorded answers: nothing of ours in them, and a test that gets them sees the same."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path
from typing import Any

import pytest

from archiver.demo.cast import PLAYERS
from archiver.demo.clock import MovableClock
from archiver.demo.miniweb import MiniWeb
from archiver.demo.pages import PAGES
from archiver.demo.script import Part
from archiver.flow.inquire import drive
from archiver.flow.record import record
from archiver.model.inquiry import Answer, Reading
from archiver.net.client import Client
from archiver.net.guard import Guard
from archiver.net.policy import ClientPolicy, GuardPolicy
from archiver.platforms import platform, recognise
from tests.answers.recorded import load_recording, read_recording
from tests.fakes import FrozenClock, ScriptedFetcher, answered

URL = "https://s.test/page"


def write_down(answer: Answer, *secrets: str) -> dict[str, Any]:
    fetcher = ScriptedFetcher({URL: answer})
    return asyncio.run(record(URL, fetcher, FrozenClock(), secrets))


def played(player: str, part: Part, path: Path) -> tuple[str, Reading]:
    """Record one player's source on the miniature web into a file; return its address too."""

    async def run() -> tuple[str, dict[str, Any]]:
        clock = MovableClock()
        async with MiniWeb(1, clock, parts={player: part}) as web:
            policy = GuardPolicy.build(allow=web.allow, host_map=web.host_map)
            async with Guard(policy, clock) as guard:
                client = Client(guard, ClientPolicy(extra_ca=web.ca_path), clock)
                url = address(web, player)
                return url, await record(url, client, clock, ())

    url, document = asyncio.run(run())
    path.write_text(json.dumps(document), encoding="utf-8")
    replaying = ScriptedFetcher(load_recording(path))
    ref = recognise(url)
    return document["reading"]["signal"], asyncio.run(
        drive(platform(ref.platform).inquire(ref), replaying)
    ).result


def address(web: MiniWeb, player: str) -> str:
    if player.startswith("https:"):
        return player
    posts = [name for name in web.script.parts if name.startswith("x:")]
    return f"https://x.com/{player}/status/{posts[PLAYERS.index(player)][2:]}"


@pytest.mark.parametrize("player", [PLAYERS[0], PAGES[0].url])
def test_what_was_recorded_reads_the_same_when_it_is_given_again(
    player: str, tmp_path: Path
) -> None:
    recorded, reading = played(player, Part.INTACT, tmp_path / "answers.json")

    assert reading.signal.value == recorded == "present"
    assert reading.fingerprint is not None


def test_fields_that_say_something_stay_and_cookies_go() -> None:
    headers = (
        ("Set-Cookie", "session=1"), ("CF-Ray", "8f1"), ("x-rate-limit-remaining", "9"),
        ("Retry-After", "60"), ("Date", "today"), ("X-Served-By", "cache-1"),
    )  # fmt: skip

    document = write_down(answered(URL, 200, b"<p>Words", headers=headers))

    assert [name for name, _ in document["answers"][0]["headers"]] == [
        "Content-Type", "CF-Ray", "x-rate-limit-remaining", "Retry-After",
    ]  # fmt: skip
    assert "session=1" not in json.dumps(document)


def test_our_own_secrets_are_left_out_wherever_they_stand() -> None:
    headers = (("Location", "/next?key=tok-123"),)

    document = write_down(answered(URL, 200, b"<p>Your key: tok-123", headers=headers), "tok-123")

    assert "tok-123" not in json.dumps(document)
    assert document["answers"][0]["body"] == {"text": "<p>Your key: [left out]"}


def test_what_looks_like_a_person_is_flagged() -> None:
    body = b"<p>Write to jane.doe+x@example.org. Your IP: 198.51.100.7, 2001:db8:0:1:2:3:4:5"

    document = write_down(answered(URL, 200, body))

    assert [(one["kind"], one["token"]) for one in document["flagged"]] == [
        ("e-mail", "jane.doe+x@example.org"), ("ipv4", "198.51.100.7"),
        ("ipv6", "2001:db8:0:1:2:3:4:5"),
    ]  # fmt: skip


def test_bytes_that_are_no_text_come_back_as_they_were() -> None:
    document = write_down(answered(URL, 200, b"\xff\x00\xfe", "image/png"))

    (answer,) = read_recording(document)[f"http:{URL}"]
    assert answer.body == b"\xff\x00\xfe"
