from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archiver.judge.compare import compare
from archiver.model.citation import CitationKind
from archiver.model.inquiry import Ask, Reading
from archiver.model.signals import Signal
from archiver.model.source import SourceRef
from archiver.model.verdict import Content
from archiver.platforms import (
    _reddit_data,
    _reddit_page,
    _reddit_words,
    platform,
    recognise,
    reddit,
)
from tests.answers import Reply, data, drive, drive_always, html, redirect, typed
from tests.answers.reddit import (
    BODY,
    COMMENT,
    COMMENT_URL,
    CREATED,
    ID,
    NO_TOKEN,
    POST,
    URL,
    USER,
    banner,
    comment,
    comment_page,
    listing,
    oembed,
    post_page,
    submission,
)
from tests.build import found
from tests.cases.facts import signals_named_in
from tests.cases.reddit import BY_AUTHOR, NAMED, NOT_NAMED, READ, READ_COMMENT

REDDIT = platform("reddit")
REF = SourceRef("reddit", POST, URL)
COMMENT_REF = SourceRef("reddit", COMMENT, COMMENT_URL)


def look(*replies: Reply, ref: SourceRef = REF) -> Reading:
    return drive(REDDIT.inquire(ref), replies).result


# --- addresses ----------------------------------------------------------------------------------


@pytest.mark.parametrize(("address", "key", "url"), NAMED, ids=[address for address, _, _ in NAMED])
def test_an_address_names_a_post_or_comment_by_its_full_name(address, key, url):
    assert REDDIT.recognise(address) == SourceRef("reddit", key, url)


@pytest.mark.parametrize(("address", "key", "url"), NAMED, ids=[address for address, _, _ in NAMED])
def test_the_address_of_a_source_names_that_source(address, key, url):
    assert REDDIT.recognise(url) == SourceRef("reddit", key, url)


@pytest.mark.parametrize("address", NOT_NAMED)
def test_other_addresses_name_nothing(address):
    assert REDDIT.recognise(address) is None


def test_a_post_is_recognised_before_the_open_web():
    assert recognise(f"https://redd.it/{ID}").name == f"reddit:{POST}"


def test_the_id_holds_no_time():
    assert REDDIT.posted_at(REF) is None


# --- what is said -------------------------------------------------------------------------------

TABLES = [*((REF, row) for row in READ), *((COMMENT_REF, row) for row in READ_COMMENT)]


@pytest.mark.parametrize(
    ("ref", "row"), TABLES, ids=[f"{ref.key[:2]}: {row[0]}" for ref, row in TABLES]
)
def test_every_reply_makes_its_own_signal(ref, row):
    _, fact, replies, signal, confirmed = row

    reading = look(*replies, ref=ref)

    assert (reading.signal, reading.confirmed) == (signal, confirmed), fact
    assert reading.reason.endswith(".")


def test_the_tables_reach_every_signal():
    reached = {row[3] for _, row in TABLES}

    # A host of ours without a name is unreachable: it says nothing of the post.
    named = signals_named_in(reddit, _reddit_data, _reddit_page, _reddit_words)
    assert named - reached == {Signal.NO_HOST}


def test_the_questions_are_the_interface_the_drawn_page_and_oembed():
    driven = drive(REDDIT.inquire(REF), [NO_TOKEN, banner(BY_AUTHOR), oembed()])

    assert driven.urls == [
        f"https://oauth.reddit.com/api/info?id={POST}&raw_json=1",
        URL,
        f"https://www.reddit.com/oembed?url=https%3A%2F%2Fwww.reddit.com%2Fr%2Ftowers%2Fcomments%2F{ID}%2F",
    ]
    interface, page, _ = driven.questions
    assert interface.credential == "reddit"
    assert page.ask is Ask.RENDER


def test_a_reason_quotes_what_stands_there():
    assert look(NO_TOKEN, banner(BY_AUTHOR), oembed()).reason == f"Reddit says: “{BY_AUTHOR[:-1]}”."


# --- the post -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "replies",
    [[NO_TOKEN, post_page(author="[deleted]")], [listing(submission(author="[deleted]"))]],
)
def test_an_account_that_is_gone_leaves_no_authors_name(replies):
    reading = look(*replies)

    assert reading.post is not None
    assert (reading.post.author_id, reading.post.author_name, reading.post.handle) == (None,) * 3
    assert "its author's account is gone" in reading.reason


@pytest.mark.parametrize("replies", [[NO_TOKEN, post_page()], [listing(submission())]])
def test_a_post_is_read_alike_by_both_roads(replies):
    reading = look(*replies)

    post = reading.post
    assert post is not None
    assert (post.id, post.title) == (POST, "The tower falls")
    assert post.text == "12 towers & 3 masts\n\nSee this"
    assert post.links == ("https://news.example/tower",)
    assert (post.author_id, post.handle) == (USER, USER)
    assert post.created_at == datetime(2020, 1, 8, 17, 6, 49, tzinfo=UTC)
    assert not post.is_edited
    assert (reading.url, reading.page_url) == (URL, URL)


@pytest.mark.parametrize("replies", [[NO_TOKEN, comment_page()], [listing(comment())]])
def test_a_comment_is_read_alike_by_both_roads(replies):
    post = look(*replies, ref=COMMENT_REF).post

    assert post is not None
    assert (post.id, post.text, post.handle, post.reply_to_id) == (COMMENT, "Yes.", USER, POST)
    assert post.created_at == datetime(2020, 1, 8, 17, 6, 49, tzinfo=UTC)


def test_an_edit_is_known_by_its_time():
    then = look(listing(submission()))
    other = {"selftext": "13", "selftext_html": "<p>13</p>"}
    now = look(listing(submission(edited=float(CREATED + 60), **other)))
    again = look(listing(submission(edited=float(CREATED + 90), **other)))

    assert now.post is not None
    assert now.post.edited_at == datetime(2020, 1, 8, 17, 7, 49, tzinfo=UTC)
    assert compare(then, now).level is Content.EDITED
    assert compare(now, again).level is Content.EDITED


def test_an_edit_is_known_by_the_word_of_the_page():
    edited = '<div slot="comment"><p>No.</p></div>'
    then = look(NO_TOKEN, comment_page(), ref=COMMENT_REF)
    now = look(
        NO_TOKEN, comment_page(edited, meta="• <span>Edited 10h ago</span>"), ref=COMMENT_REF
    )

    assert compare(then, now).level is Content.EDITED


def test_a_link_is_a_link():
    page = look(NO_TOKEN, post_page("", content_href="https://news.example/a")).post
    by_data = look(
        listing(submission(selftext="", selftext_html=None, url="https://news.example/a"))
    )

    assert page is not None
    assert page.links == ("https://news.example/a",)
    assert by_data.fingerprint == page.fingerprint


@pytest.mark.parametrize("target", ["", "/r/towers/", "http://[", "https://i.redd.it/a b c.jpeg"])
def test_what_leads_nowhere_outside_is_no_link(target):
    reading = look(NO_TOKEN, post_page("", content_href=target))

    assert reading.post is not None
    assert (reading.post.links, reading.post.media) == ((), ())


def test_a_page_of_many_words_is_no_gate():
    reading = look(NO_TOKEN, html("<p>Reddit says the page not found. " + "word " * 200))

    assert reading.signal is Signal.UNREADABLE


PICTURE = "https://i.redd.it/abc123.jpeg"
PREVIEW = "https://preview.redd.it/the-tower-falls-v0-abc123.jpeg?width=640&s=x"


def test_a_picture_comes_at_original_size_by_both_roads():
    page = look(NO_TOKEN, post_page("", content_href=PICTURE))
    by_data = look(listing(submission(selftext="", selftext_html=None, url=PICTURE)))

    assert page.media == by_data.media == (PICTURE,)
    assert page.fingerprint == by_data.fingerprint


def test_a_gallery_is_read_alike_by_both_roads():
    items = [{"media_id": "abc123", "caption": "North"}, {"media_id": "def456"}, {"media_id": "x"}]
    kept = {"abc123": {"m": "image/jpeg"}, "def456": {"m": "image/png"}}
    gallery = submission(
        selftext="", selftext_html=None, url=f"https://www.reddit.com/gallery/{ID}",
        gallery_data={"items": items}, media_metadata=kept,
    )  # fmt: skip
    shown = (
        '<gallery-carousel><img alt="North" src="https://preview.redd.it/t-v0-abc123.jpg?s=1">'
        '<img src="https://preview.redd.it/t-v0-def456.png?s=2">'
        '<img src="https://elsewhere.example/x.png"></gallery-carousel>'
    )

    by_data, page = look(listing(gallery)), look(NO_TOKEN, post_page(shown))

    originals = ("https://i.redd.it/abc123.jpg", "https://i.redd.it/def456.png")
    assert by_data.media == page.media == originals
    assert by_data.post is not None
    assert by_data.post.media[0].alt == "North"
    assert by_data.fingerprint == page.fingerprint


def test_a_video_comes_as_file_or_playlist_under_one_key():
    fallback = "https://v.redd.it/zv89llsvexdz/DASH_720.mp4?source=fallback"
    clip = submission(
        selftext="", selftext_html=None, url="https://v.redd.it/zv89llsvexdz",
        secure_media={"reddit_video": {"fallback_url": fallback}},
    )  # fmt: skip
    player = '<shreddit-player src="https://v.redd.it/zv89llsvexdz/HLSPlaylist.m3u8?f=sd"></shreddit-player>'

    by_data, page = look(listing(clip)), look(NO_TOKEN, post_page(player))

    assert by_data.post is not None
    assert page.post is not None
    assert [(m.key, m.url, m.is_stream) for m in by_data.post.media] == [
        ("zv89llsvexdz", fallback, False)
    ]
    playlist = "https://v.redd.it/zv89llsvexdz/HLSPlaylist.m3u8"
    assert [(m.key, m.url, m.is_stream) for m in page.post.media] == [
        ("zv89llsvexdz", playlist, True)
    ]
    assert by_data.fingerprint == page.fingerprint


def test_a_crosspost_brings_the_post_it_repeats():
    other = submission(name="t3_other1", title="The first")

    post = look(listing(submission(crosspost_parent_list=[other]))).post

    assert post is not None
    assert post.quoted is not None
    assert (post.quoted.id, post.quoted.title) == ("t3_other1", "The first")


def test_scores_do_not_change_the_fingerprint():
    assert look(NO_TOKEN, post_page(score="99")).fingerprint == (
        look(NO_TOKEN, post_page()).fingerprint
    )


def test_an_answer_to_a_comment_does_not_speak_for_it():
    reading = look(NO_TOKEN, comment_page("<p></p>"), oembed(), ref=COMMENT_REF)

    assert reading.signal is Signal.ABSENT_UNEXPLAINED


# --- for all answers ----------------------------------------------------------------------------

KEYS = st.sampled_from([*submission(), "kind", "data", "children", "items", "media_metadata", "m"])
LEAVES = (
    st.none()
    | st.booleans()
    | st.floats()
    | st.sampled_from([POST, "Listing", "[deleted]", "deleted", "", "http://[", PICTURE])
    | st.text(max_size=5)
)
VALUES = st.recursive(
    LEAVES,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=6),
    max_leaves=12,
)
ABSENT = {Signal.DELETED, Signal.ACCOUNT_GONE, Signal.SUSPENDED, Signal.REMOVED, Signal.NOT_FOUND}


@given(st.dictionaries(KEYS, VALUES, max_size=8), st.booleans())
def test_no_data_stops_the_reading_and_none_confirms_an_absence_alone(fields, as_thing):
    first = listing(submission() | fields) if as_thing else data(fields)

    reading = drive_always(
        REDDIT.inquire(REF), lambda asked: first if "api/info" in asked.url else Reply(403)
    )

    assert not (reading.signal in ABSENT and reading.confirmed)


TAGS = st.sampled_from(
    [
        f'<shreddit-post id="{POST}" post-title="x">',
        "</shreddit-post>",
        '<div slot="text-body">',
        "<p>",
        "</div>",
        "[deleted]",
        BODY,
        '<gallery-carousel><img src="http://[">',
        "<h1 slot=title>",
    ]
)


@given(st.lists(TAGS, max_size=8), st.sampled_from([200, 403, 404, 500]))
def test_no_page_stops_the_reading_and_none_confirms_an_absence_alone(tags, status):
    reading = look_always(html("".join(tags), status))

    assert not (reading.signal in ABSENT and reading.confirmed)


@given(st.binary(max_size=300), st.sampled_from([200, 403, 404, 500]))
def test_no_bytes_stop_the_reading(body, status):
    assert look_always(typed(body, "text/html", status)).signal is not Signal.PRESENT


def look_always(page: Reply) -> Reading:
    return drive_always(
        REDDIT.inquire(REF), lambda asked: page if asked.ask is Ask.RENDER else Reply(403)
    )


# --- look-ups -----------------------------------------------------------------------------------


def test_a_short_link_is_expanded():
    citation = found(kind=CitationKind.LINK, addresses=("https://t.co/AAAAAAAAAA",))

    driven = drive(REDDIT.look_up(citation), [redirect(f"{URL}the_tower_falls/")])

    assert driven.result.source == REF
