"""Rows of the Wayback Machine's index, as recorded ones were, broken ones too."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from archiver.archives.cdx import MAX_PAGES, read_page, read_row, search
from archiver.archives.protocol import Trouble, TroubleKind, Wanted
from archiver.archives.wayback import MOST_QUESTIONS, Wayback
from archiver.model.inquiry import Outcome
from tests.fakes import answered, unanswered

INDEX = "https://web.archive.org/cdx/search/cdx"
ROW = (
    "com,twitter)/a/status/12 20200109120000 https://twitter.com/A/status/12 text/html 200 ABC 900"
)


def rows(*lines: str, **changes):
    body = "".join(f"{line}\n" for line in lines).encode()
    return answered(INDEX, 200, body, "text/plain;charset=UTF-8", **changes)


def test_a_row_is_a_capture_with_its_address_as_written():
    held = read_row(ROW)

    assert held is not None
    assert held.original == "https://twitter.com/A/status/12"
    assert held.at == datetime(2020, 1, 9, 12, tzinfo=UTC)
    assert (
        held.raw_url
        == "https://web.archive.org/web/20200109120000id_/https://twitter.com/A/status/12"
    )
    assert (held.status, held.media_type) == (200, "text/html")


# Weight: recorded 2020 to 2023 (edgi-govdata-archiving/wayback), but for those marked.
BROKEN = {
    "a month 00": "com,a)/ 20000012170449 http://a.example/ text/html 200 RT 6566",
    "an hour 24": "com,a)/ 20000800241623 http://a.example/ text/html 200 PA 6177",
    "too few columns": 'gov,a)/"data:image/jpeg;base64,/9j/4aaqskzjrg',
    "no http address": "com,a)/ 20200418003811 mailto:x@a.example text/html 200 B2 12929",
    "a status of words (documented)": "com,a)/ 20200418003811 http://a.example/ text/html ok B2 1",
    "nothing": "",
}


@pytest.mark.parametrize("line", BROKEN.values(), ids=BROKEN.keys())
def test_a_broken_row_is_passed_over_and_the_others_stay(line):
    page = read_page(rows(ROW, line, ROW))

    assert not isinstance(page, Trouble)
    assert len(page.held) == 2


@pytest.mark.parametrize(
    ("line", "status"),
    [
        (ROW.replace(" 900", " -"), 200),  # a length left out: recorded
        (ROW.replace("text/html 200", "warc/revisit -"), None),  # documented
    ],
)
def test_a_row_with_a_column_left_out_is_a_capture(line, status):
    held = read_row(line)

    assert held is not None
    assert held.status == status


def test_a_blank_answer_says_that_nothing_is_held():
    page = read_page(rows())

    assert not isinstance(page, Trouble)
    assert (page.held, page.resume) == ((), None)


def test_a_resume_key_stands_behind_a_blank_line():
    page = read_page(rows(ROW, "", "com%2Ca%29%2F+20220101013953"))

    assert not isinstance(page, Trouble)
    assert (len(page.held), page.resume) == (1, "com,a)/ 20220101013953")


BLOCKED = "org.archive.util.io.RuntimeIOException: org.archive.wayback.exception.AdministrativeAccessControlException: Blocked Site Error"
TROUBLE = {
    "excluded (recorded)": (
        answered(INDEX, 403, b"", headers=(("X-Archive-Wayback-Runtime-Error", BLOCKED),)),
        TroubleKind.EXCLUDED,
    ),
    "refused without that header (one voice)": (answered(INDEX, 403, b""), TroubleKind.DOWN),
    "limited (documented)": (answered(INDEX, 429, b""), TroubleKind.LIMITED),
    "failing (documented)": (answered(INDEX, 503, b""), TroubleKind.DOWN),
    "a page in place of rows (one voice)": (
        answered(INDEX, 200, b"<!DOCTYPE html><html><title>Internet Archive</title>"),
        TroubleKind.DOWN,
    ),
    "a page that calls itself text (one voice)": (
        answered(INDEX, 200, b"<html>Sorry</html>", "text/plain"),
        TroubleKind.DOWN,
    ),
    "a bad request (documented)": (answered(INDEX, 400, b"bad"), TroubleKind.UNREADABLE),
    "a timeout": (unanswered(INDEX, Outcome.TIMEOUT), TroubleKind.DOWN),
    "a body that broke off": (unanswered(INDEX, Outcome.TRUNCATED), TroubleKind.DOWN),
    "under a bad certificate": (replace(rows(ROW), error="tls: expired"), TroubleKind.DOWN),
    "not asked by us": (unanswered(INDEX, Outcome.REFUSED), TroubleKind.UNREADABLE),
}


@pytest.mark.parametrize(("answer", "kind"), TROUBLE.values(), ids=TROUBLE.keys())
def test_what_is_no_list_of_rows_is_trouble_and_never_nothing(answer, kind):
    page = read_page(answer)

    assert isinstance(page, Trouble)
    assert page.kind is kind


def test_a_limit_asks_for_a_minute_or_longer_when_the_archive_says_so():
    plain = read_page(answered(INDEX, 429, b""))
    longer = read_page(answered(INDEX, 429, b"", headers=(("Retry-After", "300"),)))
    shorter = read_page(answered(INDEX, 429, b"", headers=(("Retry-After", "1"),)))

    seconds = [
        page.pause.total_seconds()
        for page in (plain, longer, shorter)
        if isinstance(page, Trouble) and page.pause
    ]
    assert seconds == [60, 300, 60]


def drive(asking, answer):
    asked = []
    step = next(asking)
    while True:
        asked.append(step.url)
        try:
            step = asking.send(answer)
        except StopIteration as end:
            return end.value, asked


def test_a_list_that_goes_on_and_on_is_read_to_a_bound():
    listing, asked = drive(search(Wanted("https://a.example/")), rows(ROW, "", "key"))

    assert len(asked) == MAX_PAGES
    assert "resumeKey=key" in asked[1]
    assert not listing.is_whole


def test_a_prefix_and_a_span_are_asked_for():
    _, (asked,) = drive(
        search(
            Wanted("https://x.com/a/status/12", is_prefix=True),
            first=datetime(2020, 1, 1).date(),
            last=datetime(2020, 2, 1).date(),
        ),
        rows(),
    )

    assert "matchType=prefix" in asked
    assert "from=20200101&to=20200201" in asked


def test_a_search_under_many_spellings_is_bounded():
    wanted = [Wanted(f"https://a.example/{number}") for number in range(40)]

    listing, asked = drive(Wayback().holds(wanted, None), rows(ROW, "", "key"))

    assert len(asked) == MOST_QUESTIONS
    assert not listing.is_whole
