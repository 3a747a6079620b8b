"""Nothing an archive sends makes a reader raise."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from archiver.archives.cdx import read_page
from archiver.archives.link_format import read_links
from archiver.archives.playback import read_playback, read_wayback_address
from archiver.archives.save import read_order, read_status
from archiver.archives.timemap import read_timemap
from archiver.archives.wayback import _as_held, read_availability
from archiver.archives.x_page import read_x_copy
from tests.fakes import answered

URL = (
    "https://web.archive.org/web/20200109120000id_/https://twitter.com/a/status/1214956636730744833"
)
PIECES = st.sampled_from(
    [
        "<", ">", '"', ";", ",", "rel=", "memento", "\\", " ", "\n", "\n\n", "-", "200", "20200109120000",
        "https://twitter.com/a/status/1", "{", "}", "[", "]", ":", "null", '"data"', '"id"', '"text"',
        '"archived_snapshots"', '"closest"', '"status"', '"job_id"', "<p class='js-tweet-text'>",
        "<div data-tweet-id='1214956636730744833'>", "</div>", "\x00", "\ud800", "é", "1" * 30,
    ]
)  # fmt: skip
TEXTS = st.one_of(st.lists(PIECES, max_size=40).map("".join), st.text(max_size=80))
STATUSES = st.sampled_from([200, 301, 404, 429, 503])
TYPES = st.sampled_from(
    ["text/html", "text/plain", "application/json", "application/link-format", ""]
)
DATE = (("Memento-Datetime", "Thu, 09 Jan 2020 12:00:00 GMT"),)


@settings(max_examples=400, deadline=None)
@given(TEXTS, STATUSES, TYPES)
def test_no_reader_raises_on_what_an_archive_sends(text, status, media_type):
    answer = answered(URL, status, text.encode("utf-8", "surrogatepass"), media_type, headers=DATE)
    held = read_wayback_address(URL)
    assert held is not None

    read_page(answer)
    read_links(text)
    read_timemap(answer, "it", _as_held)
    read_availability(answer, "https://twitter.com/a")
    read_playback(answer, held, "it")
    read_order(answer)
    read_status(answer, "job")
    read_x_copy(answer, "1214956636730744833")


@given(TEXTS)
def test_no_address_raises(text):
    read_wayback_address(f"https://web.archive.org/web/{text}")
    read_wayback_address(text)
