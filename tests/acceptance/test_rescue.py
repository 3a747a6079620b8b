"""Rescue, roads and pushes as a user meets them, against the outside archive of the miniature web."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from archiver.demo.clock import MovableClock
from archiver.demo.miniweb import MiniWeb
from archiver.demo.story import START
from archiver.demo.wayback_site import Snapshot, WaybackSite
from tests.acceptance.world import archiver, environment
from tests.answers.wayback import old_page, sorry_page
from tests.flow.bench import HANDLE, WORDS, embedding, flattened, post_id, status_url

pytestmark = [pytest.mark.anyio, pytest.mark.browser]

POST = post_id()
COPY = Snapshot(
    status_url(POST), datetime(2020, 1, 12, 9, tzinfo=UTC), old_page(POST, HANDLE, WORDS)
)
SORRY = replace(COPY, at=datetime(2020, 1, 14, 9, tzinfo=UTC), body=sorry_page())


async def test_a_post_that_is_lost_at_registration_rests_on_an_outside_archives_copy(tmp_path):
    article = tmp_path / "article.html"
    article.write_bytes(embedding(POST))
    async with MiniWeb(1, MovableClock(START), wayback=WaybackSite([COPY, SORRY])) as web:
        env = environment(tmp_path / "home", web)
        added = await archiver("add", str(article), "--json", env=env)
        audit = await archiver("audit", added.document["article"], "--json", env=env)
        citation = added.document["citations"][0]["citation"]
        shown = await archiver("show", citation, "--json", env=env)
        lines = await archiver("show", citation, env=env)
        page = await archiver("report", added.document["article"], env=env)
        by_hand = await archiver("rescue", citation, "--json", env=env)

    (finding,) = audit.document["findings"]
    as_cited = finding["as_cited"]
    assert (as_cited["kind"], as_cited["lag_days"], as_cited["capture"]) == ("memento", -2, None)
    assert as_cited["memento"]["archive"] == "wayback"
    assert as_cited["memento"]["at"] == "2020-01-12T09:00:00Z"
    assert as_cited["memento"]["url"].endswith(f"/web/20200112090000/{status_url(POST)}")
    assert finding["finding"] in {"suspect", "gone"}
    assert "an outside archive's copy of 12 January 2020 (Wayback)" in finding["reason"].replace(
        "An outside", "an outside"
    )
    (memento,) = shown.document["mementos"]
    assert memento["signal"] == "present"
    assert "rests on memento" in lines.out
    assert as_cited["memento"]["url"] in page.out
    assert by_hand.code == 0, by_hand.err
    assert [one["memento"] for one in by_hand.document["rescued"][0]["mementos"]] == [
        memento["memento"]
    ]


async def test_a_flattened_post_is_found_in_an_index_when_it_is_asked_for_again(tmp_path):
    async with MiniWeb(1, MovableClock(START)) as web:
        env = environment(tmp_path, web)
        added = await archiver("add", "-", "--json", env=env, given=flattened())
        (citation,) = added.document["citations"]
        nothing = await archiver("resolve", citation["citation"], env=env)
        web.wayback.snapshots.append(COPY)
        found = await archiver("resolve", citation["citation"], "--json", env=env)
        shown = await archiver("show", citation["citation"], "--json", env=env)

    assert citation["resolution"] == "unresolved"
    assert nothing.code == 3
    assert f"archiver resolve {citation['citation']} URL" in nothing.out
    assert (found.document["citation"]["road"], found.document["citation"]["certainty"]) == (
        "index",
        "checked",
    )
    assert found.document["citation"]["source"] == f"x:{POST}"
    attempts = shown.document["citations"][0]["attempts"]
    assert [one["road"] for one in attempts] == ["index", "index", "index"]
    assert attempts[-1]["answers"]


async def test_what_was_captured_well_is_handed_on_when_asked_to(tmp_path):
    async with MiniWeb(1, MovableClock(START)) as web:
        env = environment(tmp_path, web) | {"ARCHIVER_CREDENTIALS__WAYBACK": "akey:asecretvalue"}
        ran = await archiver("capture", web.article_url, "--push-wayback", "--json", env=env)
        orders = list(web.wayback.orders.values())

    assert ran.code == 0, ran.err
    (pushed,) = ran.document["pushed"]
    assert (pushed["state"], pushed["url"]) == ("sent", web.article_url)
    assert [order.url for order in orders] == [web.article_url]
    assert "asecretvalue" not in ran.out + ran.err


@pytest.mark.parametrize("command", ["add", "capture"])
async def test_handing_on_is_refused_before_anything_is_done_when_archives_are_off(
    tmp_path, command
):
    async with MiniWeb(1, MovableClock(START)) as web:
        env = environment(tmp_path, web) | {"ARCHIVER_ARCHIVES__ENABLED": "false"}
        ran = await archiver(command, web.article_url, "--push-wayback", env=env)
        asked = list(web.requests)

    assert ran.code == 2
    assert "archives.enabled" in ran.err
    assert len(ran.err.strip().splitlines()) == 1
    assert asked == []
