from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archiver.model.citation import CitationKind
from archiver.model.inquiry import Ask, Reading
from archiver.model.signals import Signal
from archiver.model.source import SourceRef
from archiver.platforms import platform, recognise
from tests.answers import Reply, drive, drive_always, redirect, typed
from tests.answers.odd import objects
from tests.answers.tiktok import ID, LOGIN, SHELL, TEXT, item, oembed, page, picture, refused
from tests.build import found
from tests.cases.tiktok import NAMED, NOT_NAMED, PAGE, READ

TIKTOK = platform("tiktok")
REF = SourceRef("tiktok", ID, PAGE)


def look(*replies: Reply) -> Reading:
    return drive(TIKTOK.inquire(REF), replies).result


@pytest.mark.parametrize(("address", "url"), NAMED)
def test_an_address_names_a_post_by_its_number(address, url):
    assert recognise(address) == SourceRef("tiktok", ID, url)


@pytest.mark.parametrize("address", NOT_NAMED)
def test_other_addresses_name_no_post(address):
    assert TIKTOK.recognise(address) is None


@pytest.mark.parametrize("case", READ, ids=[case.name for case in READ])
def test_every_answer_makes_its_own_signal(case):
    reading = look(*case.replies)

    assert (reading.signal, reading.confirmed) == (case.signal, case.confirmed)
    assert reading.reason.endswith(".")


def test_the_questions_are_oembed_the_page_and_its_rendering():
    driven = drive(TIKTOK.inquire(REF), [refused(), SHELL, page(code=10204)])

    assert driven.urls == [
        f"https://www.tiktok.com/oembed?url=https%3A%2F%2Fwww.tiktok.com%2F%40towersight%2Fvideo%2F{ID}",
        PAGE,
        PAGE,
    ]
    assert [question.ask for question in driven.questions] == [Ask.HTTP, Ask.HTTP, Ask.RENDER]
    assert driven.result.page_url == PAGE


def test_the_reason_says_why_an_absence_proves_nothing():
    reading = look(refused(), page(code=10204, message="item doesn't exist"))

    assert reading.reason == (
        "TikTok's oEmbed refused us (HTTP 400); TikTok's page answers with code 10204 "
        "(“item doesn't exist”), which it says of removed posts and to blocked visitors."
    )


def test_the_time_of_posting_is_in_the_id():
    assert TIKTOK.posted_at(REF) == datetime(2021, 7, 12, 20, 24, 57, tzinfo=UTC)


def test_a_video_is_read_with_its_file_and_its_mirrors():
    reading = look(oembed(), page(item()))

    post = reading.post
    assert post is not None
    assert (post.text, post.handle, post.author_name) == (TEXT, "towersight", "Tower Sight")
    assert post.created_at == datetime(2021, 7, 12, 20, 25, 3, tzinfo=UTC)
    (video,) = post.media
    assert (video.key, video.kind) == (f"{ID}/video", "video")
    assert reading.media == ("https://v16.tiktok.com/video/tos/abc/?sign=1",)
    assert len(video.others) == 2


def test_pictures_are_known_by_their_path():
    reading = look(oembed(), page(item(imagePost={"images": [picture("aaa"), picture("bbb")]})))

    assert reading.post is not None
    assert [m.key for m in reading.post.media] == ["aaa", "bbb"]


def test_counts_names_and_signatures_do_not_change_the_fingerprint():
    later = item(stats={"playCount": 9}, video={"playAddr": "https://v77.tiktok.com/x?sign=9"})

    assert look(oembed(), page(later)).fingerprint == look(oembed(), page(item())).fingerprint


def test_what_only_oembed_shows_is_known_to_be_a_part():
    reading = look(oembed(), LOGIN)

    assert reading.post is not None
    assert (reading.post.text, reading.post.is_cut) == (TEXT, True)
    assert reading.reason == "TikTok's oEmbed serves it; TikTok's page redirects to a log-in."


def test_a_short_link_leads_to_a_post():
    citation = found(kind=CitationKind.LINK, addresses=("https://t.co/AAAAAAAAAA",))

    driven = drive(TIKTOK.look_up(citation), [redirect(PAGE)])

    assert driven.result.source == REF


@pytest.mark.parametrize(
    "odd",
    [
        {"author": [], "video": 7},
        {"desc": None, "createTime": "soon", "imagePost": {"images": [{}, 7]}},
        {"video": {"playAddr": "", "bitrateInfo": [{"PlayAddr": {"UrlList": "x"}}]}},
    ],
)
def test_missing_and_odd_fields_do_not_stop_the_reading(odd):
    assert look(oembed(), page(item(**odd))).signal is Signal.PRESENT


@given(st.text(max_size=40))
def test_no_address_stops_the_recognition(text):
    TIKTOK.recognise(f"https://www.tiktok.com/{text}")


@given(
    st.binary(max_size=200),
    st.sampled_from([200, 400, 403, 404, 500]),
    st.sampled_from(["text/html", "application/json", ""]),
)
def test_no_bytes_stop_the_reading_or_confirm_an_absence(body, status, content_type):
    reading = drive_always(TIKTOK.inquire(REF), lambda _: typed(body, content_type, status))

    assert not reading.confirmed


@given(objects([*item(), "imagePost", "images", "imageURL", "urlList", "PlayAddr", "UrlList"], ID))
def test_no_data_stops_the_reading_or_confirms_an_absence(fields):
    odd = page(item() | fields)

    reading = drive_always(
        TIKTOK.inquire(REF), lambda asked: oembed(**fields) if "oembed" in asked.url else odd
    )

    assert not reading.confirmed
