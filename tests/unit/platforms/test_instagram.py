from __future__ import annotations

from datetime import UTC, datetime
from functools import partial

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archiver.model.citation import CitationKind
from archiver.model.inquiry import Ask, Reading
from archiver.model.signals import Signal
from archiver.model.source import SourceRef
from archiver.platforms import platform, recognise
from tests.answers import Reply, drive, drive_always, html, redirect, typed
from tests.answers.instagram import (
    CODE,
    LOGIN,
    TEXT,
    URL,
    broken,
    cdn,
    child,
    drawn,
    embed,
    media,
    page,
    product,
    tags,
)
from tests.answers.odd import objects
from tests.build import found
from tests.cases.instagram import NAMED, NOT_NAMED, READ

INSTAGRAM = platform("instagram")
REF = SourceRef("instagram", CODE, URL)
EMBED = f"{URL}embed/captioned/"


def look(*replies: Reply) -> Reading:
    return drive(INSTAGRAM.inquire(REF), replies).result


@pytest.mark.parametrize(("address", "code"), NAMED)
def test_an_address_names_a_post_by_its_code(address, code):
    expected = SourceRef("instagram", code, f"https://www.instagram.com/p/{code}/")

    assert recognise(address) == expected


@pytest.mark.parametrize("address", NOT_NAMED)
def test_other_addresses_name_no_post(address):
    assert INSTAGRAM.recognise(address) is None


@pytest.mark.parametrize("case", READ, ids=[case.name for case in READ])
def test_every_answer_makes_its_own_signal(case):
    reading = look(*case.replies)

    assert (reading.signal, reading.confirmed) == (case.signal, case.confirmed)
    assert reading.reason.endswith(".")


def test_the_questions_are_the_embed_its_rendering_and_the_page():
    driven = drive(INSTAGRAM.inquire(REF), [broken(), broken(), LOGIN])

    assert driven.urls == [EMBED, EMBED, URL]
    assert [question.ask for question in driven.questions] == [Ask.HTTP, Ask.RENDER, Ask.HTTP]
    assert driven.result.page_url == EMBED
    assert "what was removed, what is private and what may not be embedded" in driven.result.reason


def test_the_time_of_posting_is_in_the_code():
    assert INSTAGRAM.posted_at(REF) == datetime(2022, 8, 26, 15, 52, 22, 870000, tzinfo=UTC)


@pytest.mark.parametrize("reply", [embed(media()), page(product())], ids=["embed", "page"])
def test_a_post_is_read_from_either_form_of_its_data(reply):
    reading = look(reply)

    post = reading.post
    assert post is not None
    assert (post.text, post.handle, post.author_name) == (TEXT, "towersight", "Tower Sight")
    assert (post.author_id, post.is_cut, post.is_edited) == ("25025320", False, False)
    assert post.created_at == datetime(2022, 8, 26, 15, 53, 51, tzinfo=UTC)
    (photo,) = post.media
    assert (photo.key, photo.kind, photo.alt) == ("24175699_171_222_n", "photo", "Photo of a tower")
    assert reading.media == (photo.url,)


def test_both_forms_have_one_fingerprint():
    assert look(embed(media())).fingerprint == look(page(product())).fingerprint


def test_the_largest_picture_comes_first():
    post = look(page(product())).post

    assert post is not None
    assert post.media[0].url == cdn("24175699_171_222_n", 3)


def test_an_album_comes_whole():
    children = [child("a_1_n"), child("b_2_n", is_video=True, video_url="https://x.cdn/v.mp4?oh=1")]

    post = look(embed(media(edge_sidecar_to_children={"edges": children}))).post

    assert post is not None
    assert [(m.key, m.kind) for m in post.media] == [("a_1_n", "photo"), ("b_2_n", "video")]
    assert post.media[1].url == "https://x.cdn/v.mp4?oh=1"


def test_an_edited_caption_is_known_to_be_edited():
    post = look(page(product(caption_is_edited=True))).post

    assert post is not None
    assert post.is_edited


def test_what_the_embed_draws_is_a_part_with_its_caption_alone():
    reading = look(drawn())

    assert reading.post is not None
    assert (reading.post.text, reading.post.handle) == (TEXT, "towersight")
    assert reading.post.is_cut
    assert reading.reason == "Instagram's embed shows it, in part."


def test_signatures_counts_and_names_do_not_change_the_fingerprint():
    later = media(display_url=cdn("24175699_171_222_n", 9), edge_liked_by={"count": 99})
    later["owner"] = later["owner"] | {"username": "renamed", "full_name": "Renamed"}

    assert look(embed(later)).fingerprint == look(embed(media())).fingerprint


def test_tags_hold_the_words_in_a_sentence():
    reading = look(broken(), broken(), tags())

    assert reading.post is not None
    assert (reading.post.text, reading.post.author_name) == ("12 towers", "Tower Sight")
    assert reading.post.is_cut
    assert reading.page_url == URL


def test_tags_without_quoted_words_show_nothing():
    bare = html(f'<title>x</title><meta property="og:url" content="{URL}">')

    assert look(broken(), broken(), bare).signal is Signal.ABSENT_UNEXPLAINED


def test_only_so_many_contexts_are_read():
    many = html("<script>" + '"contextJSON":"{}" ' * 9 + "</script>")

    assert look(many, LOGIN, LOGIN).signal is Signal.LOGIN


@pytest.mark.parametrize(
    "odd",
    [
        {"owner": None, "edge_media_to_caption": {"edges": []}},
        {"taken_at_timestamp": "soon", "display_url": None},
        {"edge_sidecar_to_children": {"edges": [7, {"node": 7}]}},
    ],
)
def test_missing_and_odd_fields_do_not_stop_the_reading(odd):
    assert look(embed(media(**odd))).signal is Signal.PRESENT


def test_a_short_link_leads_to_a_post():
    citation = found(kind=CitationKind.LINK, addresses=("https://t.co/AAAAAAAAAA",))

    driven = drive(INSTAGRAM.look_up(citation), [redirect(f"{URL}?igsh=abc")])

    assert driven.result.source == REF


@given(st.text(max_size=40))
def test_no_address_stops_the_recognition(text):
    INSTAGRAM.recognise(f"https://www.instagram.com/{text}")


@given(st.binary(max_size=200), st.sampled_from([200, 400, 404, 500]))
def test_no_bytes_stop_the_reading_or_confirm_an_absence(body, status):
    reading = drive_always(INSTAGRAM.inquire(REF), lambda _: typed(body, "text/html", status))

    assert not reading.confirmed


@given(objects([*media(), *product(), "edges", "node", "text", "candidates", "url"], CODE))
def test_no_data_stops_the_reading_or_confirms_an_absence(fields):
    forms = (embed(media() | fields), page(product() | fields), embed(fields))

    readings = [drive_always(INSTAGRAM.inquire(REF), partial(always, form)) for form in forms]

    assert not any(reading.confirmed for reading in readings)


def always(reply: Reply, asked: object) -> Reply:
    return reply
