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
from tests.answers.facebook import (
    AVATAR,
    KEY,
    LIVING,
    LOGIN,
    MESSAGE,
    PHOTO,
    TIME,
    URL,
    VIDEO,
    absent,
    page,
    plugin,
)
from tests.build import found
from tests.cases.facebook import NAMED, NOT_NAMED, READ, REFUSED

FACEBOOK = platform("facebook")
REF = SourceRef("facebook", KEY, URL)


def look(*replies: Reply) -> Reading:
    return drive(FACEBOOK.inquire(REF), replies).result


@pytest.mark.parametrize(("address", "key", "url"), NAMED)
def test_an_address_names_one_thing_by_one_key(address, key, url):
    assert recognise(address) == SourceRef("facebook", key, url)


@pytest.mark.parametrize(("address", "key", "url"), NAMED)
def test_the_address_of_a_source_names_that_source(address, key, url):
    assert FACEBOOK.recognise(url) == SourceRef("facebook", key, url)


@pytest.mark.parametrize("address", NOT_NAMED)
def test_other_addresses_name_no_post(address):
    assert FACEBOOK.recognise(address) is None


@pytest.mark.parametrize("case", READ, ids=[case.name for case in READ])
def test_every_answer_makes_its_own_signal(case):
    reading = look(*case.replies)

    assert (reading.signal, reading.confirmed) == (case.signal, case.confirmed)
    assert reading.reason.endswith(".")


def test_the_questions_are_the_plugin_the_page_and_the_plugin_drawn():
    driven = drive(FACEBOOK.inquire(REF), [REFUSED, LOGIN, LIVING])

    assert driven.urls[0].startswith(
        "https://www.facebook.com/plugins/post.php?href=https%3A%2F%2Fwww.facebook.com%2Ftowersight"
    )
    assert driven.urls[0].endswith("&locale=en_US")
    assert driven.urls[1:] == [URL, driven.urls[0]]
    assert [question.ask for question in driven.questions] == [Ask.HTTP, Ask.HTTP, Ask.RENDER]


def test_the_reason_names_the_causes_that_cannot_be_told_apart():
    reason = look(absent(), LOGIN).reason

    assert "deleted, what is not public and what may not be embedded" in reason


def test_what_is_read_of_the_page_is_captured_from_the_page():
    assert look(absent(), page()).page_url == URL
    assert (look(LIVING).page_url or "").startswith("https://www.facebook.com/plugins/post.php")


def test_no_number_holds_a_time():
    assert FACEBOOK.posted_at(REF) is None


def test_a_post_is_read_whole_with_what_is_folded_away():
    reading = look(LIVING)

    post = reading.post
    assert post is not None
    assert post.text == "12 towers & 🗼 masts\nRead news.example/tower and all the rest."
    assert post.links == ("https://news.example/tower?id=1",)
    assert (post.author_name, post.is_cut) == ("Tower Sight", False)
    assert post.created_at == datetime(2024, 7, 1, 17, 0, tzinfo=UTC)
    (photo,) = post.media
    assert (photo.key, photo.alt) == ("450_122_333_n", "May be an image of a tower")
    assert reading.media == (photo.url,)


def test_a_video_comes_as_its_best_file_with_the_smaller_one_beside_it():
    post = look(plugin(AVATAR, VIDEO)).post

    assert post is not None
    (video,) = post.media
    assert video.url == "https://video.xx.fbcdn.net/v/hd.mp4?oe=1"
    assert video.others == ("https://video.xx.fbcdn.net/v/sd.mp4?oe=1",)


def test_the_author_is_read_from_a_link_when_there_is_no_picture():
    link = '<a title="Tower Sight" href="https://www.facebook.com/towersight?ref=embed">x</a>'

    post = look(plugin(link, MESSAGE)).post

    assert post is not None
    assert post.author_name == "Tower Sight"


def test_signatures_and_names_do_not_change_the_fingerprint():
    later = PHOTO.replace("oh=00_AY", "oh=00_BZ").replace("p394x394", "p720x720")
    renamed = AVATAR.replace("Tower Sight", "Renamed")

    changed = look(plugin(renamed, MESSAGE, TIME, later))

    assert changed.fingerprint == look(LIVING).fingerprint


def test_what_is_made_anew_for_every_visitor_does_not_change_the_fingerprint():
    def drawn(token: str) -> Reply:
        tag = f"https://www.facebook.com/hashtag/moon?__eep__=6&__cft__[0]=AZX{token}&__tn__=*NK-R"
        gate = f"https://l.facebook.com/l.php?u=https%3A%2F%2Fa.example%2F%3Ffbclid%3D{token}&h={token}"
        words = f'<a href="{tag}">#moon</a> <a href="{gate}">a.example</a>'
        return plugin(AVATAR, f'<div data-testid="post_message">{words}</div>')

    assert look(drawn("aaaa")).fingerprint == look(drawn("bbbb")).fingerprint


def test_what_the_tags_hold_is_known_to_be_a_part():
    title = "40M views · 241K reactions | Tower Sight"

    post = look(absent(), page(title=title)).post

    assert post is not None
    assert (post.author_name, post.text, post.is_cut) == (
        "Tower Sight",
        "12 towers and 3 masts",
        True,
    )


def test_a_picture_shown_twice_is_one_and_odd_addresses_are_none():
    odd = '<img src="https://["><img><img src="https://scontent.evil.example/1_2_n.jpg">'

    post = look(plugin(AVATAR, PHOTO, PHOTO.replace("p394x394", "s206x206"), odd)).post

    assert post is not None
    assert [medium.key for medium in post.media] == ["450_122_333_n"]


def test_odd_addresses_of_videos_are_left_out():
    odd = """<script>x({"hd_src":"\\q","sd_src":"javascript:1"})</script>"""

    post = look(plugin(AVATAR, MESSAGE, odd)).post

    assert post is not None
    assert post.media == ()


def test_a_page_with_a_title_alone_shows_nothing():
    assert look(absent(), page(words="")).signal is Signal.ABSENT_UNEXPLAINED


@pytest.mark.parametrize(
    ("url", "signal"),
    [
        ("https://www.facebook.com/towersight/videos/3676516585958356", Signal.PRESENT),
        ("https://www.facebook.com/reel/3676516585958356", Signal.PRESENT),
        ("https://www.facebook.com/reel/999999999999", Signal.ABSENT_UNEXPLAINED),
        (URL, Signal.ABSENT_UNEXPLAINED),
    ],
)
def test_the_tags_of_another_video_are_not_taken(url, signal):
    ref = SourceRef(
        "facebook", "video:3676516585958356", "https://www.facebook.com/watch/?v=3676516585958356"
    )

    reading = drive(FACEBOOK.inquire(ref), [absent(), page(url=url)]).result

    assert reading.signal is signal


def test_words_without_an_author_are_no_post():
    link = '<a title="Elsewhere" href="https://news.example/">x</a>'

    assert look(plugin(link, MESSAGE), LOGIN, LOGIN).signal is Signal.LOGIN


def test_a_share_link_leads_to_a_post():
    citation = found(kind=CitationKind.LINK, addresses=("https://t.co/AAAAAAAAAA",))

    driven = drive(FACEBOOK.look_up(citation), [redirect(URL)])

    assert driven.result.source == REF


@given(st.text(max_size=40))
def test_no_address_stops_the_recognition(text):
    FACEBOOK.recognise(f"https://www.facebook.com/{text}")
    FACEBOOK.recognise(f"https://www.facebook.com/plugins/post.php?href={text}")


@given(st.binary(max_size=200), st.sampled_from([200, 400, 404, 500]))
def test_no_bytes_stop_the_reading_or_confirm_an_absence(body, status):
    reading = drive_always(FACEBOOK.inquire(REF), lambda _: typed(body, "text/html", status))

    assert not reading.confirmed
