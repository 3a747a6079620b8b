"""X: replies with hostile values in any of their fields are read, or are unreadable; none raises."""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator
from typing import Any

import pytest

from archiver.judge.compare import compare
from archiver.judge.quotes import check_quote
from archiver.model.inquiry import Outcome, Question, Reading
from archiver.model.signals import Signal
from archiver.model.source import SourceRef
from archiver.platforms import platform
from archiver.platforms._address import http_address
from archiver.platforms._x_address import read_post_address
from archiver.platforms._x_post import read_post
from tests.answers import Reply, data, drive_always, failed
from tests.answers.x import (
    EDITED_ID,
    GONE_WORDS,
    HANDLE,
    ID,
    api_serves,
    edited,
    mp4,
    photo,
    playlist,
    tombstone,
    tweet,
    video,
)
from tests.build import found

REF = SourceRef("x", ID, f"https://x.com/{HANDLE}/status/{ID}")
PRINTED = found(text="12 towers & 3 masts < 40 m")
Path = tuple[str | int, ...]

NOT_ASCII_DIGITS = ["²", "٣", "1214956636730744833²", "１２１４"]
TOO_LONG = ["1" * 400, "1" * 5000, "9" * 21]
OUT_OF_RANGE = ["0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-12:00"]
BAD_ADDRESSES = [
    "https://[x",
    "https://",
    "//",
    "https://a.example:99999/x",
    "https://a℀b.example/",
]
WORDS = ["", "%", "\ud800", "\x00", "&#x110000;", "javascript:x", "a/../b", "<p>" * 300, "@"]
NUMBERS = [-1, 0, 10**30, 1e308, float("nan"), float("inf")]
SHAPES: list[Any] = [None, True, [], {}, [[]], [None], {"a": []}, [{}], ["²"]]
HOSTILE: list[Any] = [
    *NOT_ASCII_DIGITS, *TOO_LONG, *OUT_OF_RANGE, *BAD_ADDRESSES, *WORDS, *NUMBERS, *SHAPES,
]  # fmt: skip


def full() -> dict[str, Any]:
    """Return a reply in which every field that is read has a value."""
    other = tweet(id_str="1214000000000000000", text="Yes.")
    old = {
        "poster": "https://pbs.twimg.com/ext_tw_video_thumb/1214/pu/img/Q.jpg",
        "mediaAvailability": {"status": "available"},
        "variants": [{"type": "video/mp4", "src": "https://video.twimg.com/1/20x30/a.mp4"}],
    }
    return edited(
        id_str=EDITED_ID,
        mediaDetails=[photo(), video(mp4(832000, "a/320x180/b"), playlist())],
        video=old,
        quoted_tweet=other,
        parent=other,
        in_reply_to_status_id_str="1214000000000000000",
    )


def paths(value: Any, at: Path = ()) -> Iterator[Path]:
    if at:
        yield at
    entries: Any = ()
    if isinstance(value, dict):
        entries = value.items()
    elif isinstance(value, list):
        entries = enumerate(value)
    for key, entry in entries:
        yield from paths(entry, (*at, key))


def put(value: Any, at: Path, new: Any) -> Any:
    changed = copy.deepcopy(value)
    place = changed
    for key in at[:-1]:
        place = place[key]
    place[at[-1]] = new
    return changed


def read(reply: Any, *, api: Any = None) -> Reading:
    """Ask about the post when every question to the public source is answered with one reply."""

    def answer(question: Question) -> Reply:
        if question.credential:
            return data(api) if api is not None else failed(Outcome.REFUSED, "no token")
        if "oembed" in question.url:
            return Reply(403)
        return data(reply) if EDITED_ID in question.url or api is not None else data(edited())

    return drive_always(platform("x").inquire(REF), answer)


def use(reading: Reading) -> None:
    """Do with a reading what is done with every one: store, compare, print, capture."""
    assert compare(reading, reading).level
    assert check_quote(PRINTED, reading).reason
    (reading.fingerprint or "").encode()
    json.dumps([reading.reason, reading.post.text if reading.post else ""]).encode()
    for url in (reading.url, reading.page_url, *reading.media):
        assert url is None or http_address(url)
    if reading.post is not None:
        assert (reading.post.id, *reading.post.edit_ids) == tuple(
            one for one in (reading.post.id, *reading.post.edit_ids) if one.isascii()
        )
        named = read_post_address(reading.url or "")
        assert named is not None
        assert named.id == reading.post.id


@pytest.mark.parametrize("at", list(paths(full())), ids=lambda at: ".".join(map(str, at)))
def test_a_hostile_value_in_any_field_of_a_reply_stops_nothing(at):
    readings = [read(put(full(), at, value)) for value in HOSTILE]

    for reading in readings:
        use(reading)
        assert reading.signal in {
            Signal.PRESENT,
            Signal.UNREADABLE,
            Signal.ABSENT_UNEXPLAINED,
            Signal.WITHHELD,
        }


API = json.loads(api_serves(note_tweet={"text": "12 towers", "entities": {}}).body)


@pytest.mark.parametrize("at", list(paths(API)), ids=lambda at: ".".join(map(str, at)))
def test_a_hostile_value_in_any_field_of_the_paid_interface_stops_nothing(at):
    cut = tweet(note_tweet={"id": "x"})

    for value in HOSTILE:
        reading = read(cut, api=put(API, at, value))
        use(reading)
        assert reading.signal is Signal.PRESENT


GONE = json.loads(tombstone(GONE_WORDS).body)


@pytest.mark.parametrize("at", list(paths(GONE)), ids=lambda at: ".".join(map(str, at)))
def test_a_hostile_value_in_any_field_of_a_tombstone_confirms_nothing(at):
    for value in HOSTILE:
        reading = read(put(GONE, at, value))
        use(reading)
        assert not reading.confirmed


@pytest.mark.parametrize("number", [*NOT_ASCII_DIGITS, *TOO_LONG])
def test_what_is_no_id_is_no_version_of_a_post(number):
    reply = tweet(edit_control={"edit_tweet_ids": [ID, number]})

    post = read_post(reply)

    assert post is not None
    assert post.edit_ids == (ID,)
    assert read_post(tweet(id_str=number)) is None


@pytest.mark.parametrize("url", BAD_ADDRESSES)
def test_a_medium_without_an_address_is_kept_and_not_fetched(url):
    reading = read(full() | {"mediaDetails": [photo(media_url_https=url)], "quoted_tweet": None})

    assert reading.post is not None
    assert [medium.key for medium in reading.post.media]
    assert url not in reading.media


def test_links_that_grow_a_text_beyond_any_post_are_left_as_they_stand():
    doubling = [{"url": "a", "display_url": "aa", "expanded_url": "https://a.example/"}] * 100

    post = read_post(tweet(text="a", entities={"urls": doubling}))

    assert post is not None
    assert len(post.text) <= 2**20


def test_a_text_that_no_post_can_have_for_its_length_is_unreadable():
    assert read(edited(id_str=EDITED_ID, text="a" * (2**20 + 1))).signal is Signal.UNREADABLE
