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
from tests.answers.linkedin import (
    AUTHWALL,
    ID,
    IMAGES,
    KEY,
    SLUG,
    TEXT,
    URL,
    VIDEO,
    cards,
    embed,
    page,
    picture,
    posting,
    tags,
)
from tests.answers.odd import objects
from tests.build import found
from tests.cases.linkedin import BOT, LIVING, NAMED, NOT_NAMED, OTHER_ID, READ

LINKEDIN = platform("linkedin")
REF = SourceRef("linkedin", KEY, SLUG)
EMBED = f"https://www.linkedin.com/embed/feed/update/urn:li:activity:{ID}"


def look(*replies: Reply) -> Reading:
    return drive(LINKEDIN.inquire(REF), replies).result


@pytest.mark.parametrize(("address", "key", "url"), NAMED)
def test_an_address_names_a_post_by_type_and_number(address, key, url):
    assert recognise(address) == SourceRef("linkedin", key, url)


@pytest.mark.parametrize("address", NOT_NAMED)
def test_other_addresses_name_no_post(address):
    assert LINKEDIN.recognise(address) is None


@pytest.mark.parametrize("case", READ, ids=[case.name for case in READ])
def test_every_answer_makes_its_own_signal(case):
    reading = look(*case.replies)

    assert (reading.signal, reading.confirmed) == (case.signal, case.confirmed)
    assert reading.reason.endswith(".")


def test_the_questions_are_the_embed_the_page_and_the_embed_drawn():
    driven = drive(LINKEDIN.inquire(REF), [BOT, AUTHWALL, LIVING])

    assert driven.urls == [EMBED, SLUG, EMBED]
    assert [question.ask for question in driven.questions] == [Ask.HTTP, Ask.HTTP, Ask.RENDER]
    assert driven.result.page_url == EMBED


def test_a_block_is_said_to_be_one():
    assert look(BOT, AUTHWALL, AUTHWALL).reason.startswith(
        "LinkedIn's embed refused us, as it does to machines (HTTP 999); "
    )


def test_the_time_of_posting_is_in_the_number():
    assert LINKEDIN.posted_at(REF) == datetime(2026, 6, 5, 20, 46, 38, 615000, tzinfo=UTC)


def test_a_post_is_read_from_the_embed():
    reading = look(embed(images=IMAGES, video=VIDEO))

    post = reading.post
    assert post is not None
    assert (post.text, post.author_name, post.handle) == (TEXT, "Tower Sight", "towersight")
    photo, video = post.media
    assert (photo.key, photo.alt) == ("D5627AQEsQn05QPvAmA", "A tower at dawn")
    assert video.key == "D4D05AQFtower"
    assert (video.url, video.others) == (
        "https://dms.licdn.com/playlist/vid/v2/D4D05AQFtower/mp4-720p/0/1?e=1",
        ("https://dms.licdn.com/playlist/vid/v2/D4D05AQFtower/mp4-360p/0/1?e=1",),
    )
    assert not post.is_cut


def test_a_post_is_read_from_linked_data_and_not_from_its_comments():
    post = look(BOT, page(posting())).post

    assert post is not None
    assert (post.text, post.author_name, post.handle) == (TEXT, "Tower Sight", "towersight")
    assert post.created_at == datetime(2026, 6, 5, 20, 46, 38, 597000, tzinfo=UTC)


def test_both_roads_have_one_fingerprint():
    assert look(embed(images=IMAGES)).fingerprint == look(BOT, page(posting())).fingerprint


def test_pictures_of_people_are_not_those_of_the_post():
    avatar = f'<img src="{picture(kind="profile-displayphoto-shrink_100_100")}">'

    post = look(embed(images=avatar + IMAGES)).post

    assert post is not None
    assert [m.key for m in post.media] == ["D5627AQEsQn05QPvAmA"]


@pytest.mark.parametrize(
    "image", [picture(), [picture()], [{"url": picture()}], {"contentUrl": picture(t=3)}]
)
def test_pictures_are_read_in_every_form_of_linked_data(image):
    post = look(BOT, page(posting(image=image))).post

    assert post is not None
    assert [m.key for m in post.media] == ["D5627AQEsQn05QPvAmA"]


def test_both_roads_know_a_video_by_the_same_key():
    url = "https://dms.licdn.com/playlist/vid/v2/D4D05AQFtower/mp4-360p/0/9?e=2"
    data = posting(image=None, video={"@type": "VideoObject", "contentUrl": url})

    assert look(embed(video=VIDEO)).fingerprint == look(BOT, page(data)).fingerprint


def test_the_picture_of_a_linked_page_is_not_one_of_the_post():
    card = {"@type": "ImageObject", "url": picture(kind="articleshare-shrink_800")}

    post = look(BOT, page(posting(image=card))).post

    assert post is not None
    assert post.media == ()


def test_a_shared_post_is_told_from_the_words_about_it():
    post = look(embed("Look!", reshared="12 towers")).post

    assert post is not None
    assert post.quoted is not None
    assert (post.text, post.quoted.text, post.author_name) == ("Look!", "12 towers", "Tower Sight")


def test_signatures_and_names_do_not_change_the_fingerprint():
    later = posting(author={"name": "Renamed"}, image={"url": picture(t=9)}, commentCount=99)

    assert look(BOT, page(later)).fingerprint == look(BOT, page(posting())).fingerprint


def test_the_post_is_found_among_the_data_of_others():
    other = posting(**{"@id": SLUG.replace(ID, OTHER_ID), "articleBody": "Another"})

    post = look(BOT, page(other, posting())).post

    assert post is not None
    assert post.text == TEXT


def test_the_post_is_found_among_the_cards_of_others():
    post = look(cards((OTHER_ID, "Another"), (ID, "12 towers"))).post

    assert post is not None
    assert (post.text, post.author_name) == ("12 towers", f"By {ID}")


def test_tags_hold_a_part_without_the_count_of_comments():
    post = look(BOT, tags()).post

    assert post is not None
    assert (post.text, post.is_cut) == ("12 towers", True)


@pytest.mark.parametrize(
    "odd",
    [
        {"author": None, "image": 7},
        {"datePublished": "soon", "image": [7, {}]},
        {"author": {"url": "https://["}},
    ],
)
def test_missing_and_odd_fields_do_not_stop_the_reading(odd):
    assert look(BOT, page(posting(**odd))).signal is Signal.PRESENT


@pytest.mark.parametrize("sources", ["[7]", "{", '[{"src": 7}]', "7"])
def test_odd_sources_of_a_video_are_left_out(sources):
    post = look(embed(video=f"<video data-sources='{sources}'></video>")).post

    assert post is not None
    assert post.media == ()


def test_a_short_link_leads_to_a_post():
    citation = found(kind=CitationKind.LINK, addresses=("https://t.co/AAAAAAAAAA",))

    driven = drive(LINKEDIN.look_up(citation), [redirect(URL)])

    assert driven.result.source == SourceRef("linkedin", KEY, URL)


@given(st.text(max_size=40))
def test_no_address_stops_the_recognition(text):
    LINKEDIN.recognise(f"https://www.linkedin.com/{text}")


@given(st.binary(max_size=200), st.sampled_from([200, 400, 404, 999]))
def test_no_bytes_stop_the_reading_or_confirm_an_absence(body, status):
    reading = drive_always(LINKEDIN.inquire(REF), lambda _: typed(body, "text/html", status))

    assert not reading.confirmed


@given(objects([*posting(), "url", "name"], SLUG, "SocialMediaPosting"))
def test_no_data_stops_the_reading_or_confirms_an_absence(fields):
    reading = drive_always(LINKEDIN.inquire(REF), lambda _: page(posting() | fields))

    assert not reading.confirmed
