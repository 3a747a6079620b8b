"""Posts of X as outside archives hold them: old pages, data, and what stands in their place."""

from __future__ import annotations

from datetime import UTC, datetime
from html import escape

import pytest

from archiver.archives.x_page import read_x_copy
from archiver.model.signals import Signal
from tests.answers.wayback import (
    EMOJI,
    LINK,
    PICTURE,
    json_v1,
    json_v2,
    old_page,
    script_page,
    sorry_page,
)
from tests.fakes import answered

POST = "1216650611226800128"
URL = f"https://twitter.com/towersight/status/{POST}"
WORDS = "We saw the lights & the sky went dark."


def copy(body: bytes, media_type: str = "text/html; charset=utf-8", status: int = 200):
    return read_x_copy(answered(URL, status, body, media_type), POST)


def test_an_old_page_gives_the_post_and_not_the_reply_nor_the_quoted_one():
    reading = copy(old_page(POST, "TowerSight", WORDS))

    assert reading.signal is Signal.PRESENT
    post = reading.post
    assert post is not None
    assert (post.id, post.text, post.handle, post.author_id) == (POST, WORDS, "TowerSight", "7")
    assert post.author_name == "The Tower"
    assert post.created_at == datetime(2020, 1, 13, 9, tzinfo=UTC)
    assert [medium.key for medium in post.media] == ["EOabcDEFghi"]


SHOWN = {
    "a picture's link is out of sight": (f"Look {PICTURE}", "Look"),
    "a link is shown as it was, cut": (
        "Read " + LINK.format(url="https://www.news.example/a/long/way", shown="news.example/a/lo", hidden="ng/way", dots="…"),
        "Read news.example/a/lo…",
    ),
    "a short link is shown whole": (
        "Read " + LINK.format(url="https://news.example/a", shown="news.example/a", hidden="", dots=""),
        "Read news.example/a",
    ),
    "emoji are pictures": (f"Up {EMOJI} there", "Up 🛩 there"),
    "hashtags and handles": (
        '<a class="twitter-hashtag" href="/hashtag/x"><s>#</s><b>Tower</b></a> by <a class="twitter-atreply" href="/a"><s>@</s><b>ana</b></a>',
        "#Tower by @ana",
    ),
    "lines": ("One\ntwo<br>three", "One\ntwo\nthree"),
    "a comment between": ("One <!-- x -->two", "One two"),
}  # fmt: skip


@pytest.mark.parametrize(("markup", "text"), SHOWN.values(), ids=SHOWN.keys())
def test_the_words_are_those_a_reader_saw(markup, text):
    reading = copy(old_page(POST, "towersight", markup, is_markup=True))

    assert reading.post is not None
    assert reading.post.text == text


# Weight: one voice each (pages seen in archives); the script page as recorded since June 2020.
INSTEAD = {
    "drawn by scripts": (script_page(), Signal.UNREADABLE),
    "no such page": (sorry_page(), Signal.NOT_FOUND),
    "suspended": (sorry_page("Account suspended"), Signal.SUSPENDED),
    "protected": (sorry_page("These Tweets are protected"), Signal.PROTECTED),
    "another post's page": (old_page("12", "towersight", WORDS), Signal.UNREADABLE),
    "nothing": (b"", Signal.UNREADABLE),
    "deep markup": (b"<div>" * 50_000, Signal.UNREADABLE),
    "no markup": (b"\xff\xfe\x00 what", Signal.UNREADABLE),
}


@pytest.mark.parametrize(("body", "signal"), INSTEAD.values(), ids=INSTEAD.keys())
def test_what_does_not_show_the_post_is_passed_over(body, signal):
    reading = copy(body)

    assert reading.signal is signal
    assert reading.post is None


def test_a_post_captured_with_another_status_is_not_shown():
    assert copy(old_page(POST, "a", WORDS), status=404).signal is Signal.NOT_FOUND


JSON = {
    # Weight: v2 as documented and seen by waybacktweets; v1.1 and GraphQL as documented.
    "v2": (json_v2(POST, "towersight", escape(WORDS, quote=False)), WORDS),
    "v2 with a picture": (json_v2(POST, "towersight", "Look https://t.co/y2MZyT187R"), "Look"),
    "v1.1": (json_v1(POST, "towersight", escape(WORDS, quote=False)), WORDS),
    "v2 of another post": (json_v2("12", "towersight", WORDS), None),
    "v1.1 of another post": (json_v1("12", "towersight", WORDS), None),
    "errors": (b'{"errors":[{"title":"Not Found Error"}]}', None),
    "a list": (b'[{"id_str":"1"}]', None),
    "broken": (b'{"data":{"id":', None),
    "no text": (b'{"data":{"id":"' + POST.encode() + b'"}}', None),
    "odd types": (b'{"data":{"id":"' + POST.encode() + b'","text":7,"entities":[]}}', None),
}


@pytest.mark.parametrize(("body", "text"), JSON.values(), ids=JSON.keys())
def test_data_is_read_in_the_shapes_of_xs_interfaces(body, text):
    reading = copy(body, "application/json")

    assert (reading.post.text if reading.post else None) == text


def test_the_time_of_v1_is_read_and_a_cut_text_is_called_cut():
    reading = copy(json_v1(POST, "towersight", WORDS, is_cut=True), "application/json")

    assert reading.post is not None
    assert reading.post.created_at == datetime(2020, 1, 13, 9, tzinfo=UTC)
    assert reading.post.is_cut
