"""What an archive plays back: the copy, or the archive's own words."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from archiver.archives.archive_today import ArchiveToday
from archiver.archives.playback import read_playback, read_wayback_address
from archiver.archives.protocol import Copy, Held, Trouble, TroubleKind, Wanted
from archiver.archives.reading import read_copy, shows_source
from archiver.archives.wayback import read_availability
from archiver.model.inquiry import Outcome
from archiver.model.signals import Signal
from archiver.platforms import recognise
from tests.fakes import answered, unanswered

ORIGINAL = "http://www.a.example/Story?id=1"
RAW = f"https://web.archive.org/web/20200109120000id_/{ORIGINAL}"
THEN = (("Memento-Datetime", "Thu, 09 Jan 2020 12:00:00 GMT"),)
PAGE = ("<html><title>Story</title><body><article><p>" + "Words of the story. " * 30).encode()


def held_at(url: str) -> Held:
    held = read_wayback_address(url)
    assert held is not None
    return held


HELD = held_at(RAW)

ADDRESSES = {
    f"https://web.archive.org/web/20200109120000/{ORIGINAL}": (ORIGINAL, 9),
    f"http://web.archive.org/web/20200109120000if_/{ORIGINAL}": (ORIGINAL, 9),
    "https://web.archive.org/web/20200109120000/a.example/x": ("http://a.example/x", 9),
    "https://web.archive.org/web/202001/http://a.example/": ("http://a.example/", 1),
    "https://web.archive.org/web/2020/http://a.example/": ("http://a.example/", 1),
    "https://web.archive.org/web/*/http://a.example/": None,
    "https://web.archive.org/web/20201309120000/http://a.example/": None,
    "https://web.archive.org/about/": None,
    "https://a.example/web/20200109120000/http://a.example/": None,
}


@pytest.mark.parametrize(("url", "expected"), ADDRESSES.items())
def test_an_address_of_the_wayback_machine_names_a_capture(url, expected):
    held = read_wayback_address(url)

    assert (held and (held.original, held.at.day)) == expected


def test_a_copy_is_the_answer_of_the_original_site():
    headers = (
        *THEN,
        ("Server", "nginx"),
        ("x-archive-orig-server", "Apache of 2020"),
        ("x-archive-orig-content-encoding", "gzip"),
        ("X-Archive-Orig-Set-Cookie", "a=b"),
    )

    copy = read_playback(answered(RAW, 200, PAGE, headers=headers), HELD, "it")

    assert isinstance(copy, Copy)
    assert copy.answer.url == ORIGINAL
    assert copy.answer.header("server") == "Apache of 2020"
    assert copy.answer.header("content-encoding") is None
    assert copy.answer.content_type == "text/html"
    assert copy.held.at == datetime(2020, 1, 9, 12, tzinfo=UTC)


def test_the_capture_that_came_is_named_and_not_the_one_asked_for():
    other = "https://web.archive.org/web/20211224151315id_/https://a.example/other"
    headers = (("Memento-Datetime", "Fri, 24 Dec 2021 15:13:15 GMT"),)
    answer = replace(answered(RAW, 200, PAGE, headers=headers), url=other)

    copy = read_playback(answer, HELD, "it")

    assert isinstance(copy, Copy)
    assert copy.held.original == "https://a.example/other"
    assert copy.held.at == datetime(2021, 12, 24, 15, 13, 15, tzinfo=UTC)
    assert not shows_source(read_copy(copy, recognise(ORIGINAL)))


# What the original site answered then. Weight: recorded (429), documented (the others).
COPIES = {
    "the page": (200, PAGE, Signal.PRESENT),
    "a limit of that time (recorded)": (429, b"<p>whoa there, pardner!</p>", Signal.RATE_LIMITED),
    "a 404 of that time": (404, b"<p>none</p>", Signal.NOT_FOUND),
    "a failure of that time": (503, b"<p>sorry</p>", Signal.SERVER_ERROR),
    "a soft 404": (200, b"<html><title>Page not found</title><p>Sorry", Signal.SOFT_404),
    "nothing": (200, b"", Signal.UNREADABLE),
}


@pytest.mark.parametrize(("status", "body", "signal"), COPIES.values(), ids=COPIES.keys())
def test_a_copy_is_read_as_its_site_was(status, body, signal):
    copy = read_playback(answered(RAW, status, body, headers=THEN), HELD, "it")

    assert isinstance(copy, Copy)
    reading = read_copy(copy, recognise(ORIGINAL))
    assert reading.signal is signal
    assert shows_source(reading) is (signal is Signal.PRESENT)


EXCLUDED = b"<title>Wayback Machine</title><p>This URL has been excluded from the Wayback Machine."
# The archive's own words: no Memento-Datetime. Weight: recorded, but for 429, 5xx and refusals.
NO_COPY = {
    "excluded, with a 200": (answered(RAW, 200, EXCLUDED), TroubleKind.EXCLUDED),
    "excluded, with a 403": (answered(RAW, 403, EXCLUDED), TroubleKind.EXCLUDED),
    "not archived": (answered(RAW, 404, b"<p>not archived"), TroubleKind.UNREADABLE),
    "a page of its own": (answered(RAW, 200, b"<p>Welcome"), TroubleKind.UNREADABLE),
    "limited": (answered(RAW, 429, b""), TroubleKind.LIMITED),
    "failing": (answered(RAW, 502, b""), TroubleKind.DOWN),
    "no answer": (unanswered(RAW, Outcome.TIMEOUT), TroubleKind.DOWN),
    "a copy that broke off": (
        replace(answered(RAW, 200, PAGE, headers=THEN), outcome=Outcome.TRUNCATED, error="cut"),
        TroubleKind.DOWN,
    ),
    "under a bad certificate": (
        replace(answered(RAW, 200, PAGE, headers=THEN), error="tls: expired"),
        TroubleKind.DOWN,
    ),
    "no end of redirects": (unanswered(RAW, Outcome.TOO_MANY_REDIRECTS), TroubleKind.DOWN),
}


@pytest.mark.parametrize(("answer", "kind"), NO_COPY.values(), ids=NO_COPY.keys())
def test_the_archives_own_words_are_never_a_copy(answer, kind):
    came = read_playback(answer, HELD, "it")

    assert isinstance(came, Trouble)
    assert came.kind is kind


ELSEWHERE = [
    "https://evil.example/x",
    f"https://evil.example/web/20200109120000id_/{ORIGINAL}",
    f"https://web.archive.org.evil.example/web/20200109120000id_/{ORIGINAL}",
    f"http://web.archive.org/web/20200109120000id_/{ORIGINAL}",
]


@pytest.mark.parametrize("url", ELSEWHERE)
def test_what_another_host_plays_back_is_no_copy_of_the_archives(url):
    answer = replace(answered(RAW, 200, PAGE, headers=THEN), url=url)

    came = read_playback(answer, HELD, "it")

    assert isinstance(came, Trouble)
    assert came.kind is TroubleKind.UNREADABLE
    assert "another host" in came.reason


@pytest.mark.parametrize(
    ("host", "count"), [("archive.ph", 1), ("www.archive.is", 1), ("evil.example", 0)]
)
def test_a_timemap_names_snapshots_of_its_own_archive_alone(host, count):
    text = (
        f'<{ORIGINAL}>; rel="original",<https://{host}/20200109120000/{ORIGINAL}>; rel="memento"; '
        'datetime="Thu, 09 Jan 2020 12:00:00 GMT"'
    )
    asking = ArchiveToday().holds([Wanted(ORIGINAL)], None)
    question = next(asking)

    with pytest.raises(StopIteration) as end:
        asking.send(answered(question.url, 200, text.encode(), "application/link-format"))

    assert len(end.value.value.held) == count


def test_a_code_in_other_letters_is_another_address():
    copy = read_playback(answered(RAW, 200, PAGE, headers=THEN), HELD, "it")

    assert isinstance(copy, Copy)
    assert not shows_source(read_copy(copy, recognise(ORIGINAL.replace("Story", "story"))))


AVAILABLE = {
    "a capture": (
        b'{"archived_snapshots":{"closest":{"available":true,"status":"200","timestamp":"20200109120000","url":"http://web.archive.org/web/20200109120000/http://a.example/Story?id=1"}}}',
        1,
        None,
    ),
    "none": (b'{"url":"a","archived_snapshots":{}}', 0, None),
    "of a 404": (
        b'{"archived_snapshots":{"closest":{"available":true,"status":"404","url":"http://web.archive.org/web/20200109120000/http://a.example/Story?id=1"}}}',
        0,
        None,
    ),
    "of other letters": (
        b'{"archived_snapshots":{"closest":{"available":true,"status":"200","url":"http://web.archive.org/web/20200109120000/http://a.example/story?id=1"}}}',
        0,
        None,
    ),
    "no object": (b"[]", 0, TroubleKind.UNREADABLE),
    "a page": (b"<html>", 0, TroubleKind.UNREADABLE),
    "depth": (b"[" * 100_000, 0, TroubleKind.UNREADABLE),
}


@pytest.mark.parametrize(("body", "count", "kind"), AVAILABLE.values(), ids=AVAILABLE.keys())
def test_availability_names_the_nearest_capture_and_proves_no_absence(body, count, kind):
    answer = answered("https://archive.org/wayback/available", 200, body, "application/json")

    listing = read_availability(answer, ORIGINAL)

    assert len(listing.held) == count
    assert (listing.trouble.kind if listing.trouble else None) is kind
    assert not listing.is_whole


def test_archive_today_is_read_by_its_timemap_alone():
    archive = ArchiveToday()
    asking = archive.holds([], None)
    held = archive.holding_at("https://archive.ph/20200109120000/http://a.example/x")

    with pytest.raises(StopIteration):
        next(asking)
    assert held is not None
    assert (held.archive, held.original) == ("archive.today", "http://a.example/x")
    assert archive.holding_at("https://archive.ph/AbC12") is None
