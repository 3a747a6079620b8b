from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archiver.judge.compare import compare
from archiver.model.citation import CitationKind
from archiver.model.inquiry import Reading
from archiver.model.signals import Signal
from archiver.model.source import SourceRef
from archiver.model.verdict import Content
from archiver.platforms import _youtube_page, platform, recognise, youtube
from tests.answers import Reply, drive, drive_always, html, redirect, typed
from tests.answers.youtube import (
    CHANNEL,
    ID,
    URL,
    about,
    details,
    oembed,
    oembed_says,
    plays,
    refuses,
    watch,
)
from tests.build import found
from tests.cases.facts import signals_named_in
from tests.cases.youtube import BOT, BY_UPLOADER, NAMED, NOT_NAMED, READ

YOUTUBE = platform("youtube")
REF = SourceRef("youtube", ID, URL)


def look(*replies: Reply) -> Reading:
    return drive(YOUTUBE.inquire(REF), replies).result


# --- addresses ----------------------------------------------------------------------------------


@pytest.mark.parametrize("address", NAMED)
def test_an_address_names_a_video_by_its_id(address):
    assert YOUTUBE.recognise(address) == REF


@pytest.mark.parametrize("address", NOT_NAMED)
def test_other_addresses_name_no_video(address):
    assert YOUTUBE.recognise(address) is None


def test_addresses_inside_addresses_end_somewhere():
    address = URL
    for _ in range(6):
        address = f"https://www.youtube.com/attribution_link?u={address}"

    assert YOUTUBE.recognise(address) is None


def test_a_video_is_recognised_before_the_open_web():
    assert recognise(f"https://youtu.be/{ID}?t=3").name == f"youtube:{ID}"


def test_the_id_holds_no_time():
    assert YOUTUBE.posted_at(REF) is None


# --- what is said -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "fact", "replies", "signal", "confirmed"), READ, ids=[row[0] for row in READ]
)
def test_every_reply_makes_its_own_signal(name, fact, replies, signal, confirmed):
    reading = look(*replies)

    assert (reading.signal, reading.confirmed) == (signal, confirmed), fact
    assert reading.reason.endswith(".")


def test_the_table_reaches_every_signal():
    reached = {row[3] for row in READ}

    # A host of ours without a name is unreachable: it says nothing of the video.
    assert signals_named_in(youtube, _youtube_page) - reached == {Signal.NO_HOST}


def test_both_voices_are_asked_in_english():
    driven = drive(YOUTUBE.inquire(REF), [oembed(), plays()])

    assert driven.urls == [
        f"https://www.youtube.com/oembed?format=json&url=https%3A%2F%2Fwww.youtube.com%2Fwatch%3Fv%3D{ID}",
        f"https://www.youtube.com/watch?v={ID}&hl=en",
    ]
    assert driven.questions[1].headers == (("Accept-Language", "en"),)


def test_a_reason_quotes_the_platform_and_both_voices():
    reading = look(oembed_says(404), refuses("ERROR", more=BY_UPLOADER))

    assert reading.reason == (
        f"YouTube says: “Video unavailable {BY_UPLOADER}” (ERROR); "
        "oEmbed knows no such video (404)."
    )


# --- the video ----------------------------------------------------------------------------------


def test_a_video_is_read_as_a_post():
    reading = look(oembed(), plays())

    post = reading.post
    assert post is not None
    assert (post.id, post.title) == (ID, "The tower falls")
    assert post.text == "It fell at dawn.\nhttps://news.example/tower"
    assert (post.author_id, post.author_name, post.handle) == (CHANNEL, "The Tower", "TowerSight")
    assert post.created_at == datetime(2020, 1, 8, 17, 6, 49, tzinfo=UTC)
    assert not post.is_cut
    assert (reading.url, reading.page_url) == (URL, URL)


def test_the_picture_is_a_file_and_the_video_a_stream():
    post = look(oembed(), plays()).post

    assert post is not None
    picture, video = post.media
    folder = f"https://i.ytimg.com/vi/{ID}"
    assert (picture.key, picture.url) == (f"vi/{ID}", f"{folder}/maxresdefault.jpg")
    assert picture.others == tuple(f"{folder}/{n}.jpg" for n in ("sddefault", "hqdefault", "0"))
    assert not picture.is_stream
    assert (video.key, video.url, video.is_stream) == (ID, URL, True)


def test_what_only_oembed_tells_is_never_compared():
    whole = look(oembed(), plays())
    cut = look(oembed(), refuses("LOGIN_REQUIRED", BOT))

    assert cut.post is not None
    assert (cut.post.title, cut.post.handle) == ("The tower falls", "TowerSight")
    assert compare(whole, cut).level is Content.INCOMPARABLE
    assert compare(cut, whole).level is Content.INCOMPARABLE


@pytest.mark.parametrize("changed", [{"title": "The tower stands"}, {"shortDescription": "No."}])
def test_another_title_or_description_is_another_fingerprint(changed):
    later = look(oembed(), plays(videoDetails=details(**changed)))

    assert later.fingerprint != look(oembed(), plays()).fingerprint


def test_counters_and_names_do_not_change_the_fingerprint():
    renamed = details(author="Renamed", viewCount="99")

    later = look(
        oembed(), plays(videoDetails=renamed, microformat=about(ownerProfileUrl="http://["))
    )

    assert later.fingerprint == look(oembed(), plays()).fingerprint


# --- for all answers ----------------------------------------------------------------------------

KEYS = st.sampled_from(
    [
        "playabilityStatus",
        "status",
        "reason",
        "messages",
        "videoDetails",
        "title",
        "errorScreen",
        "subreason",
        "runs",
        "playerErrorMessageRenderer",
        "text",
        "simpleText",
        "microformat",
    ]
)
LEAVES = (
    st.none()
    | st.integers(-5, 5)
    | st.sampled_from(["OK", "ERROR", "UNPLAYABLE", BY_UPLOADER, ID, ""])
    | st.text(max_size=5)
)
VALUES = st.recursive(
    LEAVES,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=6),
    max_leaves=12,
)
ABSENT = {Signal.DELETED, Signal.ACCOUNT_GONE, Signal.SUSPENDED, Signal.REMOVED, Signal.NOT_FOUND}


@given(st.dictionaries(KEYS, VALUES, max_size=8))
def test_no_data_stops_the_reading_and_none_confirms_an_absence_alone(player):
    reading = look(typed(b"", "text/plain", 403), watch(player))

    assert not (reading.signal in ABSENT and reading.confirmed)


@given(
    st.binary(max_size=300),
    st.sampled_from([200, 403, 404, 500]),
    st.sampled_from(["", "text/html", "application/json"]),
)
def test_no_bytes_stop_the_reading(body, status, content_type):
    reading = drive_always(YOUTUBE.inquire(REF), lambda _: typed(body, content_type, status))

    assert not (reading.signal in ABSENT and reading.confirmed)


def test_a_page_of_another_language_is_read_by_its_state():
    page = html(
        '<script>var ytInitialPlayerResponse={"playabilityStatus":{"status":"ERROR","reason":"Видео недоступно"}};</script>'
    )

    assert look(oembed_says(404), page).signal is Signal.ABSENT_UNEXPLAINED


# --- look-ups -----------------------------------------------------------------------------------


def test_a_short_link_is_expanded():
    citation = found(kind=CitationKind.LINK, addresses=("https://t.co/AAAAAAAAAA",))

    driven = drive(YOUTUBE.look_up(citation), [redirect(f"https://youtu.be/{ID}")])

    assert driven.result.source == REF
