"""TimeMaps and Link headers (RFC 6690, RFC 7089)."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from archiver.archives.link_format import MAX_LINKS, read_http_date, read_links
from archiver.archives.protocol import TroubleKind
from archiver.archives.timemap import read_timemap
from archiver.archives.wayback import _as_held
from tests.fakes import answered

URL = "https://web.archive.org/web/timemap/link/http://a.example/"
LIST = """<http://a.example/>; rel="original",
<https://web.archive.org/web/timemap/link/http://a.example/>; rel="self"; type="application/link-format"; from="Wed, 01 Jan 2020 00:00:00 GMT",
<https://web.archive.org/web/20200101000000/http://a.example/?q=1,2;3>; rel="first memento"; datetime="Wed, 01 Jan 2020 00:00:00 GMT",
<https://web.archive.org/web/20210102030405/http://a.example/>; rel="memento last"; datetime="Sat, 02 Jan 2021 03:04:05 GMT"
"""


def test_a_timemap_is_the_captures_it_names():
    listing = read_timemap(
        answered(URL, 200, LIST.encode(), "application/link-format"), "it", _as_held
    )

    assert [one.original for one in listing.held] == [
        "http://a.example/?q=1,2;3",
        "http://a.example/",
    ]
    assert listing.held[1].at == datetime(2021, 1, 2, 3, 4, 5, tzinfo=UTC)


# Weight: RFC 8288 and RFC 7089, but for the recorded Link header of a memento.
LINKS = {
    "quoted commas": ('<http://a/>; title="a, b; c"; rel=next', [("http://a/", {"title": "a, b; c", "rel": "next"})]),
    "escaped quotes": (r'<http://a/>; title="a \"b\""', [("http://a/", {"title": 'a "b"'})]),
    "no attributes": ("<http://a/>", [("http://a/", {})]),
    "an attribute without a value": ("<http://a/>; crossorigin; rel=x", [("http://a/", {"crossorigin": "", "rel": "x"})]),
    "spaces round signs": ('<http://a/> ; rel = "x"', [("http://a/", {"rel": "x"})]),
    "the first of two counts": ('<http://a/>; rel="a"; rel="b"', [("http://a/", {"rel": "a"})]),
    "names in capitals": ('<http://a/>; REL="a"', [("http://a/", {"rel": "a"})]),
    "two links": ('<http://a/>; rel="a", <http://b/>; rel="b"', [("http://a/", {"rel": "a"}), ("http://b/", {"rel": "b"})]),
    "nothing": ("", []),
    "no link at all": ("<!doctype html><p class='x'>hello</p>", None),
}  # fmt: skip


@pytest.mark.parametrize(("text", "expected"), LINKS.values(), ids=LINKS.keys())
def test_links_are_read_as_written(text, expected):
    links = [(link.url, dict(link.attributes)) for link in read_links(text)]

    assert links == expected or expected is None


def test_hostile_lists_are_bounded_and_quick():
    assert len(read_links("<http://a/>," * (MAX_LINKS + 50))) == MAX_LINKS
    assert read_links("<http://a/>" + "; a" * 50_000 + '; b="' + "\\" * 50_000) is not None


@pytest.mark.parametrize(
    ("status", "body", "media_type", "kind"),
    [
        (404, b"", "text/plain", None),
        (200, b"", "application/link-format", None),
        (200, b"<html><body>Sorry</body></html>", "text/html", TroubleKind.DOWN),
        (200, b"<!DOCTYPE html><p>Sorry", "application/link-format", TroubleKind.DOWN),
        (429, b"", "text/html", TroubleKind.LIMITED),
        (503, b"", "text/html", TroubleKind.DOWN),
    ],
)
def test_nothing_held_is_told_from_trouble(status, body, media_type, kind):
    listing = read_timemap(answered(URL, status, body, media_type), "it", _as_held)

    assert listing.held == ()
    assert (listing.trouble.kind if listing.trouble else None) is kind


@pytest.mark.parametrize(
    "text",
    [
        "",
        "yesterday",
        "Wed, 99 Jan 2020 00:00:00 GMT",
        "0",
        "Fri, 31 Dec 9999 23:59:59 -1200",
        "Mon, 01 Jan 2020 00:00:00 +99999999",
    ],
)
def test_what_is_no_date_is_none(text):
    assert read_http_date(text) is None
