"""Under which addresses a source is looked for, and which captures are of it."""

from __future__ import annotations

from datetime import date

import pytest

from archiver.archives.archive_today import MOST_QUESTIONS, ArchiveToday
from archiver.archives.days import posts_of_day, prefixes, wanted_of_day
from archiver.archives.places import MOST_SPELLINGS, is_copy_of, is_same_place, wanted_for
from archiver.archives.playback import read_wayback_address
from archiver.platforms import recognise
from archiver.platforms._snowflake import first_id, last_id
from tests.fakes import answered

POST = "1214956636730744833"


def test_a_post_is_asked_for_under_every_host_and_form():
    urls = [one.url for one in wanted_for(recognise(f"https://x.com/MinisterX/status/{POST}"))]

    assert f"https://twitter.com/MinisterX/status/{POST}" in urls
    assert f"https://mobile.twitter.com/MinisterX/status/{POST}" in urls
    assert f"https://x.com/i/status/{POST}" in urls
    assert len(urls) == len(set(urls)) == 9


def test_a_post_elsewhere_is_asked_for_as_cited_too_and_its_other_forms_are_copies_of_it():
    cited = "https://old.reddit.com/r/aww/comments/abc123/some_title/"
    ref = recognise(cited)

    urls = [one.url for one in wanted_for(ref, [cited, "https://news.example/other"])]

    assert urls == [cited, ref.url]


def test_of_a_cited_copy_the_original_is_asked_for_and_not_the_copys_own_address():
    original = "https://old.reddit.com/r/aww/comments/abc123/some_title/"
    cited = f"https://web.archive.org/web/20200114110000/{original}"
    ref = recognise(original)

    urls = [one.url for one in wanted_for(ref, [cited])]

    assert urls == [original, ref.url]
    assert not is_copy_of(cited, ref)


def test_no_source_is_asked_for_in_more_spellings_than_an_archive_can_be_asked():
    ref = recognise("https://youtu.be/dQw4w9WgXcQ")
    cited = [f"https://youtu.be/dQw4w9WgXcQ?si=a{number}" for number in range(40)]

    assert len(wanted_for(ref, cited)) <= MOST_SPELLINGS


def test_a_post_cited_under_many_handles_is_asked_of_a_timemap_within_the_bound():
    cited = [f"https://x.com/handle{number}/status/{POST}" for number in range(9)]
    asking = ArchiveToday().holds(wanted_for(recognise(cited[0]), cited), None)
    asked = next(asking)
    for _ in range(MOST_QUESTIONS - 1):
        asked = asking.send(answered(asked.url, 404, b"", "text/plain"))

    with pytest.raises(StopIteration) as end:
        asking.send(answered(asked.url, 404, b"", "text/plain"))

    assert not end.value.value.is_whole


def test_a_page_is_asked_for_once_however_it_is_spelled():
    ref = recognise("https://a.example/b?utm_source=x")
    cited = ["https://a.example/b?utm_source=x", "http://www.a.example/b/", "https://t.co/abc"]

    assert [one.url for one in wanted_for(ref, cited)] == ["https://a.example/b"] or len(
        wanted_for(ref, cited)
    ) == 1


COPIES = [
    (f"https://twitter.com/a/status/{POST}", f"http://mobile.twitter.com/B/status/{POST}?s=20", True),
    (f"https://twitter.com/a/status/{POST}", f"https://twitter.com/a/status/{POST}/photo/1", True),
    (f"https://twitter.com/a/status/{POST}", "https://twitter.com/a/status/1214956636730744834", False),
    (f"https://twitter.com/a/status/{POST}", "https://twitter.com/a", False),
    ("https://youtu.be/dQw4w9WgXcQ", "https://www.youtube.com/watch?v=dQw4w9WgXcQ&t=3", True),
    ("https://youtu.be/dQw4w9WgXcQ", "https://youtu.be/dQw4w9WgXcq", False),
    ("https://www.reddit.com/r/aww/comments/abc123/", "https://old.reddit.com/r/aww/comments/abc123/some_title/", True),
    ("https://www.reddit.com/r/aww/comments/abc123/", "https://old.reddit.com/r/aww/comments/abc124/some_title/", False),
    ("https://a.example/Code", "http://www.a.example:80/Code/", True),
    ("https://a.example/Code", "https://a.example/code", False),
    ("https://a.example/b?x=1", "https://a.example/b?x=2", False),
    ("https://a.example/b", "https://a.example:8443/b", False),
    ("https://a.example/b", "http://mailto:x@a.example/b", False),
]  # fmt: skip


@pytest.mark.parametrize(("cited", "original", "expected"), COPIES)
def test_a_capture_is_of_the_source_by_every_letter(cited, original, expected):
    assert is_copy_of(original, recognise(cited)) is expected


def test_what_is_no_address_is_the_same_place_as_itself_alone():
    assert is_same_place("nonsense", "nonsense")
    assert not is_same_place("nonsense", "https://a.example/")


@pytest.mark.parametrize(
    ("day", "expected"),
    [
        (date(2020, 1, 8), ("1214", "1215")),
        (date(2020, 1, 11), ("1215", "1216")),
        (date(2010, 1, 1), ()),
    ],
)
def test_a_day_has_the_prefixes_of_its_ids(day, expected):
    assert prefixes(day) == expected


@pytest.mark.parametrize("year", range(2011, 2030))
def test_every_id_of_a_day_begins_with_one_of_its_prefixes(year):
    day = date(year, 7, 3)
    first, last = first_id(day), last_id(day)
    assert first is not None
    assert last is not None

    found = prefixes(day)

    assert 1 <= len(found) <= 5
    for number in (first, (first + last) // 2, last):
        assert str(number).startswith(found)
    assert len(wanted_of_day("a", day)) <= 15


def test_only_that_authors_posts_of_that_day_are_candidates():
    def held(path: str):
        one = read_wayback_address(
            f"https://web.archive.org/web/20200109120000/https://x.com/{path}"
        )
        assert one is not None
        return one

    listed = [
        held(f"MinisterX/status/{POST}"),
        held(f"ministerx/status/{POST}?s=20"),
        held(f"other/status/{POST}"),
        held("MinisterX/status/1215060614968246272"),
        held("MinisterX/with_replies"),
    ]

    found = posts_of_day(listed, "@ministerX", date(2020, 1, 8))

    assert {key: len(copies) for key, copies in found.items()} == {POST: 2}
