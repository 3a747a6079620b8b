"""A copy counts only on positive evidence: a page in a platform's place shows no source."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest

from archiver.archives.protocol import Copy, Held
from archiver.archives.reading import read_copy, shows_source
from archiver.model.signals import Signal
from archiver.platforms import recognise
from tests.fakes import answered

AT = datetime(2020, 1, 9, 12, tzinfo=UTC)
FILLER = "<p>" + "Explore more videos and accounts of people near you. " * 60 + "</p>"
INSTAGRAM = "https://www.instagram.com/p/CCCCCCCCCCC/"
YOUTUBE = "https://www.youtube.com/watch?v=dQw4w9WgXcQ"
REDDIT = "https://www.reddit.com/r/aww/comments/abc123/t/"


def copy_of(url: str, body: str, original: str | None = None) -> Copy:
    original = original or recognise(url).url
    shown = f"https://web.archive.org/web/20200109120000/{original}"
    held = Held("wayback", shown, shown, original, AT, 200)
    return Copy(held, answered(original, 200, body.encode(), "text/html; charset=utf-8"))


def page(title: str, body: str) -> str:
    return f"<html><head><title>{title}</title></head><body>{body}</body></html>"


# Wordings as the platforms showed them between 2020 and 2026; the pages round them are ours.
IN_PLACE = {
    "Instagram's log-in": (INSTAGRAM, page("Login • Instagram", "Log in <form><input></form>")),
    "Instagram's absence": (
        INSTAGRAM,
        page("Instagram", "<h2>Sorry, this page isn’t available.</h2><p>It may be removed."),
    ),
    "Facebook's absence": (
        "https://www.facebook.com/nasa/posts/1234567890",
        page("Facebook", "<h2>This content isn't available right now</h2>"),
    ),
    "an account terminated": (YOUTUBE, page("YouTube", f"<h1>Account terminated.</h1>{FILLER}")),
    "a player without a video": (
        YOUTUBE,
        page("YouTube", '<script>var ytInitialPlayerResponse = {"playabilityStatus":{"status":"OK"},'
        '"videoDetails":{"title":"Recommended"}};</script>' + FILLER),
    ),
    "scripts wanted": (
        "https://bsky.app/profile/alice.example.com/post/3kabcdefghi2x",
        page("Bluesky", "<noscript><h1>JavaScript Required</h1></noscript><p>It is required.</p>"),
    ),
    "Reddit's refusal": (REDDIT, page("Blocked", "whoa there, pardner! You have been blocked.")),
    "a post deleted": (REDDIT, page("[deleted by user] : a", f"Sorry, it was deleted.{FILLER}")),
    "LinkedIn's log-in": (
        "https://www.linkedin.com/feed/update/urn:li:activity:7111111111111111111/",
        page("LinkedIn: Log In or Sign Up", f"Join LinkedIn.{FILLER}"),
    ),
    "Mastodon's shell": (
        "https://m.example/@bob/111111111111111111",
        page("Mastodon", "<div id=mastodon></div>To use it, please enable JavaScript."),
    ),
    "a channel instead of a message": (
        "https://t.me/chan/123",
        page("Telegram: Contact @chan", "If you have Telegram, you can view and join Chan."),
    ),
    "an empty page": ("https://news.example/a", "<html><body></body></html>"),
    "a shell drawn by scripts": (
        "https://news.example/a",
        page("News", '<script src="/app.js"></script><div id="root"></div>'),
    ),
    "a shell that wants scripts": (
        "https://news.example/a",
        page("News", "You need to enable JavaScript to run this app."),
    ),
}  # fmt: skip


@pytest.mark.parametrize(("url", "body"), IN_PLACE.values(), ids=IN_PLACE.keys())
def test_a_page_in_place_of_the_source_does_not_show_it(url, body):
    reading = read_copy(copy_of(url, body), recognise(url))

    assert not shows_source(reading)
    assert reading.reason


def test_a_page_of_a_platform_shows_its_post_when_the_printed_words_stand_in_it():
    body = page("A post", f"<p>We saw the lights from the tower.</p>{FILLER}")

    reading = read_copy(
        copy_of(INSTAGRAM, body),
        recognise(INSTAGRAM),
        lambda read: read.page is not None and "from the tower" in read.page.visible,
    )

    assert shows_source(reading)


def test_a_page_of_a_video_is_read_by_the_data_of_its_player():
    details = {"videoId": "dQw4w9WgXcQ", "title": "The tower", "shortDescription": "At night."}
    player = json.dumps({"playabilityStatus": {"status": "OK"}, "videoDetails": details})
    body = page("The tower", f"<script>var ytInitialPlayerResponse = {player};</script>")

    reading = read_copy(copy_of(YOUTUBE, body), recognise(YOUTUBE))

    assert shows_source(reading)
    assert reading.post is not None
    assert (reading.post.id, reading.post.title) == ("dQw4w9WgXcQ", "The tower")
    assert reading.media == ()


def test_a_page_of_a_post_on_reddit_is_read_by_its_elements():
    post = (
        '<shreddit-post id="t3_abc123" post-title="A cat" author="bob" post-type="text">'
        '<div slot="text-body"><p>The cat sat there all night.</p></div></shreddit-post>'
    )

    reading = read_copy(copy_of(REDDIT, page("A cat", post)), recognise(REDDIT))

    assert shows_source(reading)
    assert reading.post is not None
    assert "all night" in reading.post.words


def test_a_short_page_of_the_open_web_with_words_shows_itself():
    url = "https://news.example/a"
    reading = read_copy(copy_of(url, page("Log", "<p>The pier stood under water.")), recognise(url))

    assert reading.signal is Signal.PRESENT
    assert shows_source(reading)
