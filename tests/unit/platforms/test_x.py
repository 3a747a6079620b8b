from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archiver.model.citation import Author, CitationKind
from archiver.model.inquiry import Ask, Outcome, Reading
from archiver.model.signals import Signal
from archiver.model.source import SourceRef
from archiver.platforms import _x_api, _x_reply, platform, recognise, x
from archiver.platforms._short import is_short_link
from archiver.platforms._x_post import read_post
from tests.answers import (
    Driven,
    Reply,
    data,
    drive,
    drive_always,
    failed,
    html,
    redirect,
    typed,
    unverified,
)
from tests.answers.x import (
    EDITED_ID,
    HANDLE,
    ID,
    NO_TOKEN,
    api_serves,
    edited,
    mp4,
    oembed_404,
    photo,
    playlist,
    tombstone,
    tweet,
    video,
    with_api,
)
from tests.build import found
from tests.cases.facts import signals_named_in
from tests.cases.x import API_404, NAMED, NOT_NAMED, READ, READ_BY_API

REF = SourceRef("x", ID, f"https://x.com/{HANDLE}/status/{ID}")
X = platform("x")


def inquire(
    *replies: Reply, shown: Reading | None = None, api: Reply = NO_TOKEN
) -> Driven[Reading]:
    return drive(with_api(X.inquire(REF, shown), api), replies)


def look(*replies: Reply, shown: Reading | None = None, api: Reply = NO_TOKEN) -> Reading:
    return inquire(*replies, shown=shown, api=api).result


# --- addresses ----------------------------------------------------------------------------------


@pytest.mark.parametrize(("address", "status_id", "handle"), NAMED, ids=[a for a, _, _ in NAMED])
def test_an_address_names_a_post_by_its_id(address, status_id, handle):
    ref = X.recognise(address)

    assert ref == SourceRef("x", status_id, f"https://x.com/{handle}/status/{status_id}")


@pytest.mark.parametrize("address", NOT_NAMED)
def test_other_addresses_name_no_post(address):
    assert X.recognise(address) is None


def test_a_post_is_recognised_before_the_open_web():
    assert recognise(f"https://twitter.com/{HANDLE}/status/{ID}?s=20").name == f"x:{ID}"


def test_the_time_of_posting_is_in_the_id():
    assert X.posted_at(REF) == datetime(2020, 1, 8, 17, 6, 49, 656000, tzinfo=UTC)


# --- what is said -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "fact", "replies", "signal", "confirmed"), READ, ids=[row[0] for row in READ]
)
def test_every_reply_makes_its_own_signal(name, fact, replies, signal, confirmed):
    reading = look(*replies)

    assert (reading.signal, reading.confirmed) == (signal, confirmed)
    assert reading.reason.endswith(".")


@pytest.mark.parametrize(
    ("name", "fact", "replies", "api", "signal", "confirmed"),
    READ_BY_API,
    ids=[row[0] for row in READ_BY_API],
)
def test_the_paid_interface_is_asked_where_the_public_roads_settle_nothing(
    name, fact, replies, api, signal, confirmed
):
    reading = look(*replies, api=api)

    assert (reading.signal, reading.confirmed) == (signal, confirmed)
    assert reading.reason.endswith(".")
    assert ".;" not in reading.reason


def test_every_signal_that_x_can_give_is_in_the_table():
    reached = {row[3] for row in READ} | {row[4] for row in READ_BY_API}

    # The name of the end-point is not the post's: a missing one is a failure to reach it.
    assert signals_named_in(x, _x_reply, _x_api) - reached == {Signal.NO_HOST, Signal.LOGIN}


@pytest.mark.parametrize(
    "replies",
    [
        [data(tweet())],
        [tombstone("This Post was deleted by the Post author."), oembed_404()],
        [tombstone("These posts are protected.")],
        [failed(Outcome.REFUSED)],
        [failed(Outcome.TIMEOUT), failed(Outcome.UNREACHABLE)],
    ],
    ids=["living", "confirmed", "protected", "not asked", "offline"],
)
def test_the_paid_interface_is_left_alone_where_it_can_add_nothing(replies):
    driven = drive(X.inquire(REF), replies)

    assert not any(question.credential for question in driven.questions)


def test_the_paid_interface_is_asked_for_the_post_with_its_author_and_media():
    questions = drive(X.inquire(REF), [Reply(402), NO_TOKEN]).questions

    assert questions[-1].credential == "x"
    assert questions[-1].url.startswith(
        f"https://api.x.com/2/tweets?ids={ID}&expansions=author_id,"
    )


def test_without_a_token_the_reading_stands_as_it_was():
    assert "API" not in look(Reply(402)).reason


def test_why_the_paid_interface_said_nothing_is_told():
    reading = look(Reply(402), api=data({}, 401))

    assert reading.reason == (
        "X's structured source refused us (HTTP 402); X's API does not take the token (HTTP 401)."
    )


def test_both_sources_give_the_same_post():
    by_api, public = look(Reply(402), api=api_serves()).post, look(data(tweet())).post

    assert by_api is not None
    assert public is not None
    assert by_api.fingerprint == public.fingerprint
    assert replace(by_api, editable_until=public.editable_until) == public


def test_a_post_of_the_paid_interface_comes_with_those_around_it():
    others = [
        {"id": "12", "text": "Do they stand?", "author_id": "7002"},
        {"id": "13", "text": "Towers.", "author_id": "7002"},
    ]
    around = [{"type": "replied_to", "id": "12"}, {"type": "quoted", "id": "13"}]

    post = look(
        Reply(402), api=api_serves(referenced_tweets=around, includes={"tweets": others})
    ).post

    assert post is not None
    assert post.parent is not None
    assert post.quoted is not None
    assert (post.reply_to_id, post.parent.text, post.quoted.text) == (
        "12",
        "Do they stand?",
        "Towers.",
    )


def test_the_newest_version_may_be_answered_for_an_old_one():
    api = api_serves(id=EDITED_ID, text="13 towers", edit_history_tweet_ids=[ID, EDITED_ID])

    post = look(Reply(402), api=api).post

    assert post is not None
    assert (post.id, post.edit_ids, post.is_edited) == (EDITED_ID, (ID, EDITED_ID), True)


def test_the_whole_of_a_long_text_comes_from_the_paid_interface():
    cut = data(tweet(note_tweet={"id": "Tm90ZQ=="}, text="12 towers stand in", entities={}))
    whole = {"text": "12 towers stand in a row &amp; hold."}

    reading = look(cut, api=api_serves(text="12 towers stand in", note_tweet=whole))

    assert reading.post is not None
    assert (reading.post.text, reading.post.is_cut) == ("12 towers stand in a row & hold.", False)
    assert reading.reason == "X serves the post; X's API serves the whole of its text."


BY_LAW = (
    f"@{HANDLE}'s account has been withheld in Amalia in response to a legal demand. {'…' * 99}"
)


@pytest.mark.parametrize(
    "api",
    [api_serves(text="12"), api_serves(text=BY_LAW), api_serves(id="²"), API_404, data({}, 429)],
)
def test_a_cut_text_stays_cut_when_the_paid_interface_has_no_more(api):
    cut = data(tweet(note_tweet={"id": "Tm90ZQ=="}))

    reading = look(cut, api=api)

    assert reading.signal is Signal.PRESENT
    assert reading.post is not None
    assert reading.post.is_cut


def test_the_questions_pin_language_and_token_and_name_the_bare_status():
    driven = inquire(tombstone("This Post is unavailable."), oembed_404())

    assert driven.urls == [
        f"https://cdn.syndication.twimg.com/tweet-result?id={ID}&token=2ywcwheor3&lang=en",
        f"https://publish.x.com/oembed?url=https%3A%2F%2Ftwitter.com%2F{HANDLE}%2Fstatus%2F{ID}&omit_script=true&dnt=true&lang=en",
    ]


def test_the_control_is_asked_only_when_nothing_answers():
    driven = inquire(failed(Outcome.TIMEOUT), Reply(204))

    assert [question.ask for question in driven.questions] == [Ask.HTTP, Ask.CONTROL]


def test_a_reason_quotes_the_platform_and_both_voices():
    reading = look(tombstone("This Post was deleted by the Post author. Learn more"), oembed_404())

    assert reading.reason == (
        "X says: “This Post was deleted by the Post author.”; oEmbed knows no such post (404)."
    )


def test_the_widget_page_shows_a_post_and_its_tombstone_alike():
    page = f"https://platform.twitter.com/embed/Tweet.html?id={ID}&theme=light&dnt=true&lang=en"

    assert look(data(tweet())).page_url == page
    assert look(tombstone(None)).page_url == page


# --- the post -----------------------------------------------------------------------------------


def test_a_post_is_read_as_a_reader_sees_it():
    post = look(data(tweet())).post

    assert post is not None
    assert post.text == (
        "12 towers & 3 masts < 40 m 🛩 #tower (news.example/2020/01/08/wor…) still stand"
    )
    assert post.links == ("https://www.news.example/2020/01/08/world/tower.html",)
    assert (post.author_id, post.author_name, post.handle) == ("7001", "The Tower – مراقب", HANDLE)
    assert post.created_at == datetime(2020, 1, 8, 17, 6, 49, tzinfo=UTC)
    assert post.editable_until == datetime(2020, 1, 8, 17, 36, 49, 656000, tzinfo=UTC)
    assert (post.is_edited, post.is_cut, post.is_withheld) == (False, False, False)


def test_text_is_unescaped_once():
    post = look(data(tweet(text="how to write &amp;amp; and &amp;copy", entities={}))).post

    assert post is not None
    assert post.text == "how to write &amp; and &copy"


def test_indices_are_not_trusted():
    counted_otherwise = tweet()
    counted_otherwise["entities"]["urls"][0]["indices"] = [0, 3]

    assert look(data(counted_otherwise)).post == look(data(tweet())).post


def test_a_photo_comes_at_original_size_with_its_key_and_alternative_text():
    reading = look(data(tweet()))

    assert reading.media == ("https://pbs.twimg.com/media/ENxabcDEF?format=jpg&name=orig",)
    assert reading.post is not None
    (medium,) = reading.post.media
    assert (medium.key, medium.kind, medium.alt) == ("ENxabcDEF", "photo", "A tower at dawn")


@pytest.mark.parametrize(
    ("entry", "url"),
    [
        (
            video(mp4(256_000, "low"), playlist(), mp4(2_176_000, "high")),
            "https://video.twimg.com/high.mp4",
        ),
        (video(mp4(None, "gif"), kind="animated_gif"), "https://video.twimg.com/gif.mp4"),
        (video(playlist()), "https://video.twimg.com/pl/Q.m3u8"),
        (video(), "https://pbs.twimg.com/ext_tw_video_thumb/1214956000000000000/pu/img/Q.jpg"),
    ],
    ids=["highest bitrate", "gif", "playlist only", "poster only"],
)
def test_a_video_comes_as_its_best_file(entry, url):
    reading = look(data(tweet(mediaDetails=[entry])))

    assert reading.media == (url,)
    assert reading.post is not None
    assert reading.post.media[0].key == "1214956000000000000"


def test_a_medium_that_was_taken_down_is_kept_and_not_fetched():
    reading = look(
        data(tweet(mediaDetails=[photo(ext_media_availability={"status": "Unavailable"})]))
    )

    assert reading.media == ()
    assert reading.post is not None
    assert not reading.post.media[0].available


def test_odd_media_addresses_are_kept_as_they_are():
    odd = [
        photo(media_url_https="https://pbs.twimg.com/"),
        photo(media_url_https=None),
        "text",
        photo(type=None),
    ]

    assert look(data(tweet(mediaDetails=odd))).media == ("https://pbs.twimg.com/",)


def test_a_quoted_post_comes_along_and_its_link_is_left_out_of_the_text():
    quoted = tweet(
        id_str="1214000000000000000",
        text="Yes.",
        entities={},
        mediaDetails=[photo(media_url_https="https://pbs.twimg.com/media/QQ.png")],
    )
    link = {
        "url": "https://t.co/AAAAAAAAAA",
        "display_url": "twitter.com/a/status/1214…",
        "expanded_url": "https://twitter.com/a/status/1214000000000000000",
    }
    reading = look(
        data(
            tweet(
                text="Look at this https://t.co/AAAAAAAAAA",
                entities={"urls": [link]},
                quoted_tweet=quoted,
            )
        )
    )

    assert reading.post is not None
    assert reading.post.quoted is not None
    assert (reading.post.text, reading.post.quoted.text) == ("Look at this", "Yes.")
    assert reading.media[-1] == "https://pbs.twimg.com/media/QQ?format=png&name=orig"


def test_the_post_it_answers_comes_along_with_its_pictures():
    parent = tweet(
        id_str="1214000000000000001",
        text="Do they stand?",
        entities={},
        mediaDetails=[photo(media_url_https="https://pbs.twimg.com/media/PP.png")],
        parent=tweet(id_str="1213000000000000001"),
    )
    reading = look(data(tweet(parent=parent, in_reply_to_status_id_str="1214000000000000001")))

    assert reading.post is not None
    assert reading.post.parent is not None
    assert (reading.post.parent.text, reading.post.parent.parent) == ("Do they stand?", None)
    assert reading.media[-1] == "https://pbs.twimg.com/media/PP?format=png&name=orig"


@pytest.mark.parametrize("around", ["quoted_tweet", "parent"])
def test_a_post_around_it_that_is_gone_is_left_out(around):
    gone = {"__typename": "TweetTombstone", "tombstone": {}}

    post = look(data(tweet(**{around: gone}))).post

    assert post is not None
    assert (post.quoted, post.parent) == (None, None)


def test_a_photo_has_smaller_forms_for_when_the_largest_is_refused():
    post = look(data(tweet())).post

    assert post is not None
    file = "https://pbs.twimg.com/media/ENxabcDEF"
    assert post.media[0].others == (
        f"{file}?format=jpg&name=4096x4096",
        f"{file}?format=jpg&name=large",
        f"{file}?format=jpg&name=medium",
        f"{file}?format=jpg&name=small",
        f"{file}.jpg:orig",
        f"{file}.jpg",
    )


@pytest.mark.parametrize(
    ("entry", "others", "is_stream"),
    [
        (video(mp4(256_000, "low"), playlist(), mp4(2_176_000, "high")), ("https://video.twimg.com/low.mp4",), False),
        (video(playlist()), (), True),
        (video(mp4(None, "vid/720x1280/a"), mp4(None, "vid/320x568/b")), ("https://video.twimg.com/vid/320x568/b.mp4",), False),
    ],
    ids=["files", "playlist only", "sizes in the path"],
)  # fmt: skip
def test_a_video_has_its_other_files_and_says_when_it_is_a_stream(entry, others, is_stream):
    post = look(data(tweet(mediaDetails=[entry]))).post

    assert post is not None
    assert (post.media[0].others, post.media[0].is_stream) == (others, is_stream)


def test_media_without_details_are_read_from_the_older_lists():
    old = {
        "poster": "https://pbs.twimg.com/ext_tw_video_thumb/77/pu/img/Q.jpg",
        "mediaAvailability": {"status": "available"},
        "variants": [
            {"type": "application/x-mpegURL", "src": "https://video.twimg.com/pl/Q.m3u8"},
            {"type": "video/mp4", "src": "https://video.twimg.com/vid/320x568/b.mp4"},
            {"type": "video/mp4", "src": "https://video.twimg.com/vid/720x1280/a.mp4"},
        ],
    }

    reading = look(data(tweet(mediaDetails=[], video=old)))

    assert reading.media == (
        "https://pbs.twimg.com/media/ENxabcDEF?format=jpg&name=orig",
        "https://video.twimg.com/vid/720x1280/a.mp4",
    )
    assert reading.post is not None
    assert [medium.key for medium in reading.post.media] == ["ENxabcDEF", "77"]


def test_a_long_post_is_known_to_be_cut():
    post = look(data(tweet(note_tweet={"id": "Tm90ZQ=="}))).post

    assert post is not None
    assert post.is_cut


def test_an_edited_post_is_read_in_its_newest_version():
    newest = edited(id_str=EDITED_ID, text="13 towers", entities={})
    driven = drive(X.inquire(REF), [data(edited()), data(newest)])

    post = driven.result.post
    assert post is not None
    assert (post.id, post.text, post.edit_ids) == (EDITED_ID, "13 towers", (ID, EDITED_ID))
    assert post.is_edited
    assert driven.result.reason == "X serves the post, as edited."
    assert f"id={EDITED_ID}" in (driven.result.page_url or "")


def test_the_cited_id_stays_in_the_chain_when_the_newest_version_leaves_it_out():
    newest = edited(id_str=EDITED_ID) | {"edit_control": {}}

    post = look(data(edited()), data(newest)).post

    assert post is not None
    assert post.edit_ids == (ID,)


def test_a_chain_without_end_is_not_followed_for_ever():
    ids = [str(int(ID) + n) for n in range(8)]
    replies = [data(edited(newest=ids[n + 1], id_str=ids[n])) for n in range(6)]

    assert look(*replies).signal is Signal.PRESENT


@pytest.mark.parametrize(
    "words",
    [
        f"@{HANDLE}'s account has been withheld in Amalia, Borduria in response to a legal demand. Learn more.",
        f"@{HANDLE.lower()}’s account has been withheld in Amalia in response to a legal demand.",
        f"This Post from @{HANDLE} has been withheld in response to a report from the copyright holder. Learn more.",
    ],
)
def test_replaced_text_of_a_withheld_post_is_no_edit(words):
    reading = look(data(tweet(text=words, entities={}, mediaDetails=[])))

    assert reading.signal is Signal.WITHHELD
    assert reading.post is not None
    assert reading.post.is_withheld


SHOWN = look(data(tweet()))


@pytest.mark.parametrize(
    "words",
    [
        "This content has been withheld in Amalia.",
        "Withheld in Amalia in response to a legal demand. Learn more.",
        f"@{HANDLE}'s account is temporarily unavailable because it violates the X Media Policy.",
    ],
)
def test_words_about_withholding_where_another_text_stood_are_no_edit(words):
    reading = look(data(tweet(text=words, entities={})), shown=SHOWN)

    assert reading.signal is Signal.WITHHELD
    assert reading.post is not None
    assert reading.post.is_withheld


@pytest.mark.parametrize(
    ("now", "shown"),
    [
        (tweet(text="The tower was withheld in June.", entities={}), None),
        (
            tweet(text="The tower was withheld in June.", entities={}),
            look(data(tweet(text="The tower was withheld in June.", entities={}))),
        ),
        (tweet(text="13 towers", entities={}), SHOWN),
        (edited(id_str=EDITED_ID, text="The tower was withheld in June.", entities={}), SHOWN),
    ],
    ids=["never seen", "always said it", "other words", "an edit"],
)
def test_what_an_author_wrote_is_never_taken_for_withholding(now, shown):
    first = [data(edited())] if now["id_str"] == EDITED_ID else []

    assert look(*first, data(now), shown=shown).signal is Signal.PRESENT


def test_replaced_text_counts_when_the_reply_names_nobody():
    words = f"@{HANDLE}&#39;s account has been withheld in Amalia in response to a legal demand."

    assert look(data(tweet(text=words, user=None, entities={}))).signal is Signal.WITHHELD


def test_a_post_about_a_withheld_account_is_a_post():
    words = (
        "@SomebodyElse's account has been withheld in Amalia in response to a legal demand. Shame!"
    )

    assert look(data(tweet(text=words, entities={}))).signal is Signal.PRESENT


@pytest.mark.parametrize(
    "odd",
    [
        {"user": None, "entities": [], "edit_control": "no", "mediaDetails": {}},
        {"created_at": "yesterday", "edit_control": {"editable_until_msecs": True}},
        {"created_at": "2020-01-08T17:06:49", "edit_control": {"editable_until_msecs": "9" * 19}},
        {"created_at": 7, "edit_control": {"editable_until_msecs": -1, "edit_tweet_ids": [7, "x"]}},
        {"entities": {"urls": [{}, {"url": 7}], "media": [{}]}, "quoted_tweet": {"text": "?"}},
    ],
)
def test_missing_and_odd_fields_do_not_stop_the_reading(odd):
    reading = look(data(tweet(**odd)))

    assert reading.signal is Signal.PRESENT
    assert reading.post is not None
    assert reading.post.id == ID


def test_text_no_store_can_keep_is_mended():
    body = b'{"__typename":"Tweet","id_str":"%s","text":"a\\u0000b\\ud83dc"}' % ID.encode()

    post = look(typed(body, "application/json")).post

    assert post is not None
    assert post.text == "a\N{REPLACEMENT CHARACTER}b\N{REPLACEMENT CHARACTER}c"


def test_counters_names_and_avatars_do_not_change_the_fingerprint():
    later = tweet(favorite_count=99, conversation_count=8, news_action_type="none")
    later["user"] = later["user"] | {"name": "Renamed", "screen_name": "renamed"}

    assert look(data(later)).fingerprint == look(data(tweet())).fingerprint


@pytest.mark.parametrize(
    ("replies", "stored"),
    [
        (
            [tweet()],
            "02336de469d1ad06c5a45970a84bb14a2ec5f852e48e8f3e177b7decd691a143",
        ),
        (
            [edited(), edited(id_str=EDITED_ID)],
            "bedf9ffa418b3c664eb5b976aa9fe169d7ee610827dc573805e7c9372008ec87",
        ),
    ],
)
def test_a_fingerprint_stays_what_older_looks_stored(replies, stored):
    assert look(*map(data, replies)).fingerprint == stored


def test_a_post_without_a_number_for_an_id_is_none():
    assert read_post({"id_str": "abc", "text": "x"}) is None


# --- for all answers ----------------------------------------------------------------------------

KEYS = st.sampled_from(
    [*tweet(), *photo(), "tombstone", "errors", "code", "video_info", "variants"]
)
LEAVES = (
    st.none()
    | st.booleans()
    | st.integers(-(10**20), 10**20)
    | st.floats()
    | st.sampled_from(
        [ID, EDITED_ID, "Tweet", "TweetTombstone", "", "https://pbs.twimg.com/media/a.jpg"]
    )
    | st.text(max_size=5)
)
VALUES = st.recursive(
    LEAVES,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=6),
    max_leaves=12,
)
ABSENT = {Signal.DELETED, Signal.ACCOUNT_GONE, Signal.SUSPENDED, Signal.REMOVED, Signal.NOT_FOUND}


def answer_always(first: Reply) -> Reading:
    """Answer every question for data alike, the API's too, and refuse oEmbed."""
    return drive_always(
        X.inquire(REF), lambda asked: Reply(403) if "oembed" in asked.url else first
    )


@given(st.dictionaries(KEYS, VALUES, max_size=8), st.booleans())
def test_no_data_stops_the_reading_and_none_confirms_an_absence_alone(fields, as_tweet):
    reading = answer_always(data(tweet() | fields if as_tweet else fields))

    assert not (reading.signal in ABSENT and reading.confirmed)


@given(
    st.binary(max_size=300),
    st.sampled_from([200, 403, 404, 500]),
    st.sampled_from(["", "text/html", "application/json"]),
)
def test_no_bytes_stop_the_reading(body, status, content_type):
    reading = answer_always(typed(body, content_type, status))

    assert not (reading.signal in ABSENT and reading.confirmed)


# --- look-ups -----------------------------------------------------------------------------------

PICTURE = "https://pic.twitter.com/y2MZyT187R"
EMBED = found(addresses=(PICTURE,), author=Author("The Tower", HANDLE), posted_on=date(2020, 1, 8))
STATUS = f"https://twitter.com/{HANDLE}/status/{ID}"
REFRESH = '<head><META http-equiv="refresh" content="0;URL={0}"></head><script>location.replace("x")</script>'


def resolve(citation, *replies):
    return drive(X.look_up(citation), replies)


@pytest.mark.parametrize(
    "reply",
    [
        redirect(f"{STATUS}/photo/1"),
        redirect(f"{STATUS.lower()}/video/1", 302),
        Reply(301, b"", (("Location", f"{STATUS}/photo/1"),)),
        html(REFRESH.format(f"{STATUS}/photo/1")),
        html(REFRESH.format(f"{STATUS}/photo/1").replace('"', "'")),
        redirect(f"https://x.com/i/flow?a=b#!/{HANDLE}/status/{ID}".replace("/i/flow?a=b", "/")),
    ],
)
def test_a_picture_code_leads_to_its_post(reply):
    driven = resolve(EMBED, reply)

    assert driven.result.source is not None
    assert driven.result.source.name == f"x:{ID}"
    assert driven.urls == ["https://t.co/y2MZyT187R"]
    assert not driven.questions[0].follow


def test_a_quoted_post_is_refused():
    driven = resolve(EMBED, redirect(f"https://twitter.com/somebody/status/{ID}"))

    assert driven.result.source is None
    assert driven.result.final
    assert "a post of @somebody, not of @TowerSight" in driven.result.note


@pytest.mark.parametrize(
    ("changes", "target", "note"),
    [
        ({}, f"https://twitter.com/{HANDLE}/status/1215956636730744833", "not of 2020-01-08"),
        ({}, f"https://twitter.com/{HANDLE}/status/20", "before IDs held a time"),
        ({}, f"https://twitter.com/i/web/status/{ID}", "names no handle"),
        ({}, "https://news.example/a-long-story-about-towers", "which is no post"),
        ({"posted_on": None}, STATUS, "prints no handle or no day"),
        ({"author": Author("The Tower", None)}, STATUS, "prints no handle or no day"),
    ],
)
def test_a_post_that_does_not_agree_with_the_article_is_refused(changes, target, note):
    result = resolve(replace(EMBED, **changes), redirect(target)).result

    assert result.source is None
    assert note in result.note


def test_several_codes_are_asked_pictures_first():
    citation = found(
        addresses=("https://t.co/AAAAAAAAAA", PICTURE),
        author=Author(None, f"@{HANDLE}"),
        posted_on=date(2020, 1, 8),
    )
    driven = resolve(
        citation, redirect("https://news.example/story-of-a-tower/1"), redirect(STATUS)
    )

    assert driven.urls == ["https://t.co/y2MZyT187R", "https://t.co/AAAAAAAAAA"]
    assert driven.result.source is not None


@pytest.mark.parametrize(
    ("reply", "note"),
    [
        (failed(Outcome.TIMEOUT, "60 s passed"), "does not answer (60 s passed)"),
        (typed(b"", "text/html", 403), "answered HTTP 403"),
        (
            html("<title>Just a moment...</title>", 403, ("cf-mitigated", "challenge")),
            "is behind a Cloudflare",
        ),
        (html("<p>no redirect here</p>"), "leads nowhere"),
        (Reply(301), "answered HTTP 301 and leads nowhere"),
        (unverified(redirect(STATUS)), "answered HTTP 301 and leads nowhere"),
        (redirect("http://["), "answered HTTP 301 and leads nowhere"),
    ],
)
def test_a_code_that_does_not_answer_is_asked_again_later(reply, note):
    result = resolve(EMBED, reply).result

    assert (result.source, result.final) == (None, False)
    assert note in result.note


def test_the_warning_page_for_blocked_targets_names_the_target():
    warning = f"https://twitter.com/safety/unsafe_link_warning?unsafe_link={STATUS}"

    assert resolve(EMBED, redirect(warning)).result.source is not None


def test_a_warning_page_that_hides_no_address_leads_nowhere():
    warning = "https://twitter.com/safety/unsafe_link_warning?unsafe_link=javascript:alert(1)"

    result = resolve(EMBED, redirect(warning)).result

    assert (result.source, result.final) == (None, True)


def test_an_address_that_is_none_is_noted_and_not_asked():
    result = resolve(found(addresses=("mailto:tower@news.example",))).result

    assert (result.source, result.final) == (None, True)
    assert "not an http(s) address" in result.note


@pytest.mark.parametrize(
    ("address", "is_short"),
    [
        ("https://t.co/AAAAAAAAAA", True),
        ("https://pic.x.com/AAAAAAAAAA", True),
        ("http://www.bit.ly/a", True),
        ("https://news.example/a", False),
        ("mailto:a@t.co", False),
    ],
)
def test_short_links_are_known_by_their_hosts(address, is_short):
    assert is_short_link(address) is is_short


def test_an_embed_without_codes_is_not_asked_for():
    result = resolve(found(addresses=())).result

    assert (result.source, result.note) == (None, "there is no code to ask")


def test_a_plain_short_link_is_expanded_without_an_author():
    citation = found(
        kind=CitationKind.LINK, addresses=("https://t.co/AAAAAAAAAA",), author=Author()
    )
    driven = resolve(
        citation,
        redirect("https://bit.ly/3abc"),
        redirect("https://news.example/world/tower?utm_source=x"),
    )

    assert driven.result.source is not None
    assert driven.result.source.name == "web:https://news.example/world/tower"
    assert driven.urls == ["https://t.co/AAAAAAAAAA", "https://bit.ly/3abc"]
