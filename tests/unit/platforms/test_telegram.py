from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archiver.model.citation import CitationKind
from archiver.model.inquiry import Reading
from archiver.model.post import Post
from archiver.model.signals import Signal
from archiver.model.source import SourceRef
from archiver.platforms import platform, recognise
from tests.answers import Reply, drive, drive_always, redirect, typed
from tests.answers.telegram import (
    DOCUMENT,
    FORWARDED,
    ID,
    KEY,
    NOT_SUPPORTED,
    PHOTO,
    POLL,
    REPLY,
    TEXT,
    VIDEO,
    album,
    error,
    history,
    message,
    widget,
)
from tests.build import found
from tests.cases.telegram import NAMED, NOT_NAMED, READ

TELEGRAM = platform("telegram")
REF = SourceRef("telegram", KEY, f"https://t.me/{KEY}")


def look(*replies: Reply) -> Reading:
    return drive(TELEGRAM.inquire(REF), replies).result


def read(*parts: str, meta: str = "", classes: str = "") -> Post:
    post = look(widget(message(*parts, meta=meta, classes=classes))).post
    assert post is not None
    return post


@pytest.mark.parametrize(("address", "key"), NAMED)
def test_an_address_names_a_post_by_channel_and_number(address, key):
    assert recognise(address) == SourceRef("telegram", key, f"https://t.me/{key}")


@pytest.mark.parametrize("address", NOT_NAMED)
def test_other_addresses_name_no_post(address):
    assert TELEGRAM.recognise(address) is None


@pytest.mark.parametrize("case", READ, ids=[case.name for case in READ])
def test_every_answer_makes_its_own_signal(case):
    reading = look(*case.replies)

    assert (reading.signal, reading.confirmed) == (case.signal, case.confirmed)
    assert reading.reason.endswith(".")


def test_the_widget_is_asked_in_english_and_then_the_list():
    driven = drive(TELEGRAM.inquire(REF), [error("Post not found"), history(ID - 1, ID + 1)])

    assert driven.urls == [f"https://t.me/{KEY}?embed=1&mode=tme", f"https://t.me/s/{KEY}"]
    assert driven.questions[0].headers == (("Accept-Language", "en-US,en;q=0.9"),)
    assert driven.result.page_url == f"https://t.me/{KEY}?embed=1&mode=tme"
    assert driven.result.reason == (
        "Telegram's widget says: “Post not found”; "
        "the channel's public page goes from its neighbours past it."
    )


def test_a_post_of_a_private_chat_is_not_asked_for():
    private = SourceRef("telegram", "c/1234567890/5", "https://t.me/c/1234567890/5")

    driven = drive(TELEGRAM.inquire(private), [])

    assert (driven.result.signal, driven.questions) == (Signal.LOGIN, [])


def test_a_number_holds_no_time():
    assert TELEGRAM.posted_at(REF) is None


def test_a_post_is_read_as_a_reader_sees_it():
    post = read(TEXT, PHOTO)

    assert post.text == ("«12 towers», — said the minister 🗼…\n\nRead the whole story and #tower")
    assert post.links == ("https://news.example/tower?id=1",)
    assert (post.id, post.handle, post.author_name) == (KEY, "towersight", "Tower Sight")
    assert post.created_at == datetime(2026, 9, 27, 7, 24, 1, tzinfo=UTC)
    assert (post.is_edited, post.is_cut) == (False, False)


def test_the_mark_of_an_edit_is_read():
    assert read(TEXT, meta="edited &nbsp;").is_edited


def test_a_picture_and_a_video_are_known_by_their_message_not_by_their_address():
    first, second = read(PHOTO, VIDEO).media

    assert (first.key, first.url) == (f"{ID}/photo", "https://cdn4.telesco.pe/file/abc.jpg?token=1")
    assert (second.key, second.kind) == (f"{ID}/video", "video")
    assert (second.url, second.others) == (
        "https://cdn4.telesco.pe/file/v.mp4?token=1",
        ("https://cdn4.telesco.pe/file/t.jpg",),
    )


def test_new_addresses_views_and_names_do_not_change_the_fingerprint():
    later = PHOTO.replace("abc.jpg?token=1", "xyz.jpg?token=2")
    renamed = message(TEXT, later).replace("4.85K", "5.1K").replace("Tower Sight<", "Renamed<")

    assert look(widget(renamed)).fingerprint == look(widget(message(TEXT, PHOTO))).fingerprint


def test_a_changed_word_changes_the_fingerprint():
    changed = message(TEXT.replace("12 towers", "13 towers"), PHOTO)

    assert look(widget(changed)).fingerprint != look(widget(message(TEXT, PHOTO))).fingerprint


def test_a_document_is_named_and_not_fetched():
    reading = look(widget(message(TEXT, DOCUMENT)))

    assert reading.media == ()
    assert reading.post is not None
    assert [(m.kind, m.alt, m.available) for m in reading.post.media] == [
        ("document", "report.pdf", False)
    ]


def test_a_poll_is_read_without_its_counts():
    assert read(POLL).text == "Which tower?\n- North\n- South"


def test_the_post_it_forwards_and_the_one_it_answers_come_along():
    forwarded, answering = read(FORWARDED, TEXT), read(REPLY, TEXT)

    assert forwarded.quoted is not None
    assert (forwarded.quoted.id, forwarded.quoted.author_name) == ("othertower/12", "Other Tower")
    assert answering.parent is not None
    assert (answering.parent.text, answering.reply_to_id) == (
        "Towers, first part",
        "towersight/47001",
    )
    assert answering.text.startswith("«12 towers»")


def test_an_album_is_one_post_for_each_of_its_pictures():
    reading = look(widget(album(ID - 1, ID, ID + 1)))

    assert reading.post is not None
    assert [m.key for m in reading.post.media] == [f"{n}/photo" for n in (ID - 1, ID, ID + 1)]
    assert reading.post.text.count("said the minister") == 1


def test_odd_links_name_no_other_post():
    odd = REPLY.replace("TowerSight/47001", "+AbCdEf").replace("text js-message_reply", "x")
    album = '<a class="tgme_widget_message_photo_wrap grouped_media_wrap" href="tg://x"></a>'
    hidden = FORWARDED.replace('href="https://t.me/OtherTower/12"', "")

    post = read(odd, album, hidden, TEXT)

    assert (post.parent, post.reply_to_id, post.quoted) == (None, None, None)


def test_a_message_without_a_name_is_none():
    picture = '<a class="grouped_media_wrap" href="tg://x"></a>'
    odd = message(TEXT, picture).replace(f"TowerSight/{ID}", "?")

    assert look(widget(odd)).signal is Signal.UNREADABLE


def test_a_notice_of_the_channel_is_said_to_be_one():
    assert "a notice" in look(widget(message(TEXT, classes="service_message"))).reason


def test_what_only_the_app_shows_is_known_to_be_missing():
    reading = look(widget(message(NOT_SUPPORTED)))

    assert reading.post is not None
    assert reading.post.is_cut
    assert "in part" in reading.reason


def test_a_short_link_leads_to_a_post():
    citation = found(kind=CitationKind.LINK, addresses=("https://t.co/AAAAAAAAAA",))

    driven = drive(TELEGRAM.look_up(citation), [redirect(f"https://t.me/TowerSight/{ID}")])

    assert driven.result.source == REF


@given(st.text(max_size=40))
def test_no_address_stops_the_recognition(text):
    TELEGRAM.recognise(f"https://t.me/{text}")
    TELEGRAM.recognise(text)


@given(st.binary(max_size=200), st.sampled_from([200, 403, 404, 500]))
def test_no_bytes_stop_the_reading_or_confirm_an_absence(body, status):
    reading = drive_always(TELEGRAM.inquire(REF), lambda _: typed(body, "text/html", status))

    assert not reading.confirmed
