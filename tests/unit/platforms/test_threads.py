from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archiver.model.citation import CitationKind
from archiver.model.inquiry import Ask, Reading
from archiver.model.source import SourceRef
from archiver.platforms import platform, recognise
from tests.answers import Reply, drive, drive_always, redirect, typed
from tests.answers.odd import objects
from tests.answers.threads import CODE, LIMITED, SHELL, TEXT, URL, cdn, page, post, tags
from tests.build import found
from tests.cases.threads import NAMED, NOT_NAMED, READ

THREADS = platform("threads")
REF = SourceRef("threads", CODE, URL)


def look(*replies: Reply) -> Reading:
    return drive(THREADS.inquire(REF), replies).result


@pytest.mark.parametrize(("address", "url"), NAMED)
def test_an_address_names_a_post_by_its_code(address, url):
    assert recognise(address) == SourceRef("threads", CODE, url)


@pytest.mark.parametrize("address", NOT_NAMED)
def test_other_addresses_name_no_post(address):
    assert THREADS.recognise(address) is None


@pytest.mark.parametrize("case", READ, ids=[case.name for case in READ])
def test_every_answer_makes_its_own_signal(case):
    reading = look(*case.replies)

    assert (reading.signal, reading.confirmed) == (case.signal, case.confirmed)
    assert reading.reason.endswith(".")


def test_the_questions_are_the_page_and_its_rendering():
    driven = drive(THREADS.inquire(REF), [SHELL, page(post())])

    assert driven.urls == [URL, URL]
    assert [question.ask for question in driven.questions] == [Ask.HTTP, Ask.RENDER]
    assert driven.result.page_url == URL


def test_the_time_of_posting_is_in_the_code():
    at = THREADS.posted_at(REF)

    assert at is not None
    assert at.year == 2025


def test_a_post_is_read_with_its_picture_and_its_link():
    reading = look(page(post()))

    read = reading.post
    assert read is not None
    assert (read.text, read.handle, read.author_id) == (TEXT, "towersight", "314216")
    assert read.created_at == datetime(2025, 3, 17, 8, 26, 40, tzinfo=UTC)
    assert read.links == ("https://news.example/tower",)
    assert [(m.key, m.alt) for m in read.media] == [("480_1_2_n", "Photo of a tower")]
    assert (read.is_edited, read.is_cut, read.parent) == (False, False, None)
    assert reading.media == (cdn("480_1_2_n"),)


def test_a_quoted_post_and_the_one_it_answers_come_along():
    quoted = post(code="DHquotedAAA", caption={"text": "Yes."})
    info = {"share_info": {"quoted_post": quoted}}
    parent = post(code="DHparentAAA", caption={"text": "Towers, first part"})

    read = look(page(parent, post(text_post_app_info=info))).post

    assert read is not None
    assert read.quoted is not None
    assert read.parent is not None
    assert (read.quoted.text, read.parent.id) == ("Yes.", "DHparentAAA")


def test_a_post_that_others_answer_has_no_parent():
    read = look(page(post(), post(code="DHanswerAAA"), post(code=None))).post

    assert read is not None
    assert read.parent is None


def test_counts_names_and_signatures_do_not_change_the_fingerprint():
    later = post(
        like_count=99,
        user={"pk": "314216", "username": "renamed", "full_name": "Renamed"},
        image_versions2={"candidates": [{"width": 1080, "url": cdn("480_1_2_n", 9)}]},
    )

    assert look(page(later)).fingerprint == look(page(post())).fingerprint


def test_a_changed_caption_is_an_edit_by_the_platforms_own_word():
    read = look(page(post(caption={"text": "13 towers"}, caption_is_edited=True))).post

    assert read is not None
    assert read.is_edited


def test_tags_hold_a_part():
    read = look(tags()).post

    assert read is not None
    assert (read.text, read.author_name, read.handle) == ("12 towers", "Tower Sight", "towersight")
    assert read.is_cut


def test_what_is_not_for_everyone_is_said_to_exist():
    assert "by region, age or log-in" in look(LIMITED, LIMITED).reason


def test_a_short_link_leads_to_a_post():
    citation = found(kind=CitationKind.LINK, addresses=("https://t.co/AAAAAAAAAA",))

    driven = drive(THREADS.look_up(citation), [redirect(URL)])

    assert driven.result.source == REF


@given(st.text(max_size=40))
def test_no_address_stops_the_recognition(text):
    THREADS.recognise(f"https://www.threads.com/{text}")


@given(st.binary(max_size=200), st.sampled_from([200, 400, 404, 500]))
def test_no_bytes_stop_the_reading_or_confirm_an_absence(body, status):
    reading = drive_always(THREADS.inquire(REF), lambda _: typed(body, "text/html", status))

    assert not reading.confirmed


@given(objects([*post(), "share_info", "quoted_post", "text", "candidates", "thread_items"], CODE))
def test_no_data_stops_the_reading_or_confirms_an_absence(fields):
    reading = drive_always(THREADS.inquire(REF), lambda _: page(fields, post() | fields))

    assert not reading.confirmed
