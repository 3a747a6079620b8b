from __future__ import annotations

from dataclasses import replace
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
from archiver.platforms import (
    _fediverse_post,
    _fediverse_why,
    mastodon,
    platform,
    recognise,
)
from tests.answers import Reply, data, drive, drive_always, redirect, typed
from tests.answers.mastodon import (
    COPY_ID,
    HOST,
    ID,
    NOTE_ID,
    OTHER,
    PICTURE,
    URI,
    URL,
    USER,
    account,
    copy,
    error,
    note,
    note_object,
    page,
    picture,
    refusal,
    status,
)
from tests.build import found
from tests.cases.facts import signals_named_in
from tests.cases.mastodon import (
    EDITED,
    HISTORY,
    NAMED,
    NOT_NAMED,
    READ,
    READ_AGAIN,
    READ_COPY,
    READ_NOTE,
    READ_OBJECT,
    THERE,
    UUID,
)

MASTODON = platform("mastodon")
REF = SourceRef("mastodon", f"{HOST}/{ID}", URL)
COPY = SourceRef("mastodon", f"{OTHER}/{COPY_ID}", f"https://{OTHER}/@{USER}@{HOST}/{COPY_ID}")
NOTE = SourceRef("mastodon", f"{HOST}/{NOTE_ID}", f"https://{HOST}/notes/{NOTE_ID}")
OBJECT = SourceRef("mastodon", f"{HOST}/{UUID}", f"https://{HOST}/objects/{UUID}")


def look(*replies: Reply, ref: SourceRef = REF, shown: Reading | None = None) -> Reading:
    return drive(MASTODON.inquire(ref, shown), replies).result


SHOWN = look(data(status()))


# --- addresses ----------------------------------------------------------------------------------


@pytest.mark.parametrize(("address", "key", "url"), NAMED, ids=[address for address, _, _ in NAMED])
def test_an_address_names_a_post_by_its_server_and_id(address, key, url):
    assert MASTODON.recognise(address) == SourceRef("mastodon", key, url)


@pytest.mark.parametrize(("address", "key", "url"), NAMED, ids=[address for address, _, _ in NAMED])
def test_the_address_of_a_source_names_that_source(address, key, url):
    assert MASTODON.recognise(url) == SourceRef("mastodon", key, url)


@pytest.mark.parametrize("address", NOT_NAMED)
def test_other_addresses_name_no_post(address):
    assert MASTODON.recognise(address) is None


def test_a_post_is_recognised_before_the_open_web():
    assert recognise(URL).name == f"mastodon:{HOST}/{ID}"


def test_the_time_of_posting_is_in_the_id():
    at = datetime(2026, 8, 1, 13, 53, 15, 377000, tzinfo=UTC)

    assert MASTODON.posted_at(REF) == at


@pytest.mark.parametrize(
    "url",
    [
        f"https://{HOST}/users/Tower/statuses/6954",
        f"https://{HOST}/notice/9xKCdnqhKc6lUVwUGm",
        f"https://{HOST}/p/tower/{ID}",
        f"https://{HOST}/notes/{NOTE_ID}",
        f"https://{HOST}/objects/{UUID}",
    ],
)
def test_other_ids_hold_no_time_that_we_read(url):
    ref = MASTODON.recognise(url)

    assert ref is not None
    assert MASTODON.posted_at(ref) is None


# --- what is said -------------------------------------------------------------------------------

TABLES = [
    *((REF, None, row) for row in READ),
    *((REF, SHOWN, row) for row in READ_AGAIN),
    *((COPY, None, row) for row in READ_COPY),
    *((NOTE, None, row) for row in READ_NOTE),
    *((OBJECT, None, row) for row in READ_OBJECT),
]
NAMES = {REF: "post", COPY: "copy", NOTE: "note", OBJECT: "object"}


@pytest.mark.parametrize(
    ("ref", "shown", "row"), TABLES, ids=[f"{NAMES[ref]}: {row[0]}" for ref, _, row in TABLES]
)
def test_every_reply_makes_its_own_signal(ref, shown, row):
    _, fact, replies, signal, confirmed = row

    reading = look(*replies, ref=ref, shown=shown)

    assert (reading.signal, reading.confirmed) == (signal, confirmed), fact
    assert reading.reason.endswith(".")


def test_the_tables_reach_every_signal():
    reached = {row[3] for _, _, row in TABLES}

    # What other platforms say in words, no server of the fediverse does.
    named = signals_named_in(mastodon, _fediverse_why, _fediverse_post)
    assert named - reached == {Signal.REMOVED}


def test_the_questions_go_from_the_interface_to_the_object_the_account_and_oembed():
    driven = drive(MASTODON.inquire(REF), [error(404), error(401), THERE, error(404)])

    assert driven.urls == [
        f"https://{HOST}/api/v1/statuses/{ID}",
        URL,
        f"https://{HOST}/api/v1/accounts/lookup?acct={USER}",
        f"https://{HOST}/api/oembed?url=https%3A%2F%2F{HOST}%2F%40{USER}%2F{ID}",
    ]
    assert driven.questions[1].accept == "application/activity+json, application/ld+json"


def test_a_note_is_asked_for_by_a_post_with_its_id():
    driven = drive(MASTODON.inquire(NOTE), [data(note())])

    (question,) = driven.questions
    assert (question.method, question.url) == ("POST", f"https://{HOST}/api/notes/show")
    assert question.content == b'{"noteId": "%s"}' % NOTE_ID.encode()


def test_a_copy_is_asked_for_where_it_was_written():
    driven = drive(MASTODON.inquire(COPY), [data(copy()), data(status())])

    assert driven.urls == [
        f"https://{OTHER}/api/v1/statuses/{COPY_ID}",
        f"https://{HOST}/api/v1/statuses/{ID}",
    ]
    assert driven.result.url == URL


def test_a_copy_that_outlives_the_post_is_told_of():
    reading = look(data(copy()), error(404), error(404), THERE, ref=COPY)

    assert reading.reason.endswith(f"; {OTHER} still serves a copy.")


def test_a_copy_and_its_post_have_one_identity():
    files = picture(url=f"https://{OTHER}/cache/x.jpg", remote_url=PICTURE)
    from_copy = look(
        data(copy(media_attachments=[files])), error(401), error(401), error(401), ref=COPY
    )
    at_home = look(data(status(media_attachments=[picture()])))

    assert from_copy.post is not None
    assert at_home.post is not None
    assert from_copy.post.media[0].key == at_home.post.media[0].key
    assert from_copy.fingerprint == replace(at_home.post, revision=None).fingerprint


def test_a_copy_that_lags_behind_is_no_edit():
    edited = look(data(EDITED), HISTORY)
    silent = [error(401), error(401), error(401)]

    lagging = look(data(copy(content="<p>11 towers</p>")), *silent, ref=COPY, shown=edited)

    assert compare(edited, lagging).level is Content.DIFFERS


def test_an_object_and_its_status_have_one_fingerprint():
    by_object = look(error(401), note_object())

    assert by_object.fingerprint == SHOWN.fingerprint


@pytest.mark.parametrize(
    ("told", "author"),
    [
        ({"uri": None}, f"https://{HOST}/users/{USER}"),
        ({"uri": None, "url": f"https://{HOST}/{USER}"}, f"https://{HOST}/{USER}"),
        ({"uri": None, "url": None}, None),
    ],
)
def test_an_author_is_known_by_one_id_whichever_interface_tells(told, author):
    post = look(data(status(account=account(**told)))).post

    assert post is not None
    assert post.author_id == author


def test_a_note_and_its_object_have_one_author_and_one_picture():
    file = {"type": "image/png", "md5": "abc", "url": PICTURE}
    document = {"type": "Document", "mediaType": "image/png", "url": PICTURE}
    author = f"https://{HOST}/users/9abc"

    told = look(data(note(files=[file])), ref=NOTE).post
    served = look(
        refusal("NO_SUCH_NOTE"),
        note_object(id=NOTE.url, attributedTo=author, attachment=[document]),
        ref=NOTE,
    ).post

    assert told is not None
    assert served is not None
    assert (told.author_id, told.media[0].key) == (served.author_id, served.media[0].key)


def test_absence_says_what_cannot_be_told():
    reading = look(error(404), error(404), THERE)

    assert reading.reason == (
        f"{HOST} answers HTTP 404; deleted, made private, or never there: "
        "it answers all three alike; the account is there."
    )


def test_a_key_that_its_address_does_not_have_is_not_asked_for():
    driven = drive(MASTODON.inquire(SourceRef("mastodon", f"{HOST}/1", URL)), [])

    assert driven.result.signal is Signal.UNREADABLE


# --- the post -----------------------------------------------------------------------------------


def test_a_post_is_read_as_a_reader_sees_it():
    post = look(data(status())).post

    assert post is not None
    assert post.text == "12 towers & 3 masts\n\nSee news.example/2026/08… #tower"
    assert post.links == ("https://news.example/2026/08/01/tower",)
    assert (post.id, post.handle) == (URI, f"{USER}@{HOST}")
    assert post.author_id == f"https://{HOST}/users/{USER}"
    assert (post.author_name, post.language) == ("The Tower – مراقب", "en")
    assert post.created_at == datetime(2026, 8, 1, 13, 53, 15, 378000, tzinfo=UTC)
    assert (post.revision, post.is_edited) == ("2026-08-01T13:53:15+00:00", False)


def test_an_edit_is_known_by_its_time_whatever_it_changed():
    reading = look(data(EDITED), HISTORY, shown=SHOWN)

    assert reading.reason == f"{HOST} serves the post, edited 2 times, last on 2026-08-02."
    assert compare(SHOWN, reading).level is Content.EDITED


def test_the_history_is_asked_for_once_for_every_edit():
    edited = look(data(EDITED), HISTORY)

    driven = drive(MASTODON.inquire(REF, edited), [data(EDITED)])

    assert driven.result.reason == f"{HOST} serves the post, as edited before."
    assert compare(edited, driven.result).level is Content.SAME


def test_an_id_that_is_no_address_is_taken_for_a_copy():
    reading = look(data(status(uri="http://[", url=None)))

    assert reading.signal is Signal.PRESENT
    assert reading.url == "http://["


def test_a_medium_of_no_address_that_can_be_read_is_named_by_it():
    post = look(data(status(media_attachments=[picture(url="http://[")]))).post

    assert post is not None
    assert post.media[0].key == "http://["


@pytest.mark.parametrize(
    ("markup", "words"),
    [
        ("", ""),
        ("no markup", "no markup"),
        ("<p>a<br>b</p><p>c</p>", "a\nb\n\nc"),
        ("<ul><li>a</li> <li>b</li></ul>", "a\nb"),
        ("<div>a</div><div>b<br></div>c", "a\nb\nc"),
        ("<pre>a\n  <code>b  c</code></pre>", "a\nb  c"),
        ("<p>a\n  b</p>", "a b"),
        ('<p class="quote-inline">RE: x</p><p>a</p>', "a"),
        ("<blockquote>a</blockquote>b<!-- c -->", "a\n\nb"),
        ("<p>" * 3000 + "a", "a"),
    ],
)
def test_markup_is_read_as_it_is_drawn(markup, words):
    post = look(data(status(content=markup))).post

    assert post is not None
    assert post.text == words


def test_a_warning_is_the_title():
    post = look(data(status(spoiler_text="Height"))).post

    assert post is not None
    assert post.title == "Height"


@pytest.mark.parametrize(
    ("kind", "read"),
    [
        ("image", "photo"),
        ("gifv", "video"),
        ("video", "video"),
        ("audio", "audio"),
        (None, "unknown"),
    ],
)
def test_a_medium_comes_at_original_size(kind, read):
    reading = look(data(status(media_attachments=[picture(type=kind), {"url": None}])))

    assert reading.post is not None
    (medium,) = reading.post.media
    assert (medium.kind, medium.alt, medium.url) == (read, "A tower at dawn", PICTURE)
    assert medium.key == "media_attachments/files/117/original/5784df1febb9890a.jpg"
    assert reading.media == (PICTURE,)


OTHERS_POST = status(id="1", uri="https://a.example/1", content="<p>Yes.</p>")


@pytest.mark.parametrize(
    "changes",
    [
        {"reblog": OTHERS_POST, "content": ""},
        {"quote": {"state": "accepted", "quoted_status": OTHERS_POST}},
        {"quote": OTHERS_POST},
    ],
)
def test_a_boosted_or_quoted_post_comes_along(changes):
    post = look(data(status(**changes))).post

    assert post is not None
    assert post.quoted is not None
    assert (post.quoted.id, post.quoted.text) == ("https://a.example/1", "Yes.")


@pytest.mark.parametrize("state", ["deleted", "revoked", "unauthorized", "pending"])
def test_a_quote_that_is_not_shown_brings_no_post(state):
    post = look(data(status(quote={"state": state, "quoted_status": None}))).post

    assert post is not None
    assert post.quoted is None


def test_the_parent_comes_along_at_the_first_look():
    reading = look(data(status(in_reply_to_id="1")), data(OTHERS_POST))

    assert reading.post is not None
    assert reading.post.parent is not None
    assert reading.post.parent.text == "Yes."


def test_an_object_is_read_like_a_status():
    document = {"type": "Document", "mediaType": "image/jpeg", "url": PICTURE, "name": "A tower"}
    reply = note_object(
        id=OBJECT.url,
        attachment=[document, {"type": "Link"}],
        updated="2026-08-02T10:00:00Z",
        attributedTo=[{"id": "x"}, f"https://{HOST}/users/{USER}"],
        summary="Height",
        quoteUrl="https://a.example/1",
        inReplyTo="https://a.example/2",
    )

    post = look(reply, ref=OBJECT).post

    assert post is not None
    assert [(medium.kind, medium.alt) for medium in post.media] == [("photo", "A tower")]
    assert (post.title, post.language, post.reply_to_id) == ("Height", "en", "https://a.example/2")
    assert post.revision == "2026-08-02T10:00:00+00:00"
    assert post.quoted is not None
    assert (post.quoted.id, post.quoted.is_cut) == ("https://a.example/1", True)


def test_a_note_is_read_with_what_it_answers_and_renotes():
    other = note(id="apa8i2g808c009c0", text="Yes.")
    file = {"type": "image/png", "md5": "abc", "url": PICTURE, "comment": "A tower"}

    post = look(data(note(renote=other, reply=other, files=[file, {}])), ref=NOTE).post

    assert post is not None
    assert post.text == "12 towers & 3 masts\nstill stand"
    assert (post.id, post.handle) == (NOTE.url, f"{USER}@{HOST}")
    assert post.quoted is not None
    assert post.parent is not None
    assert (post.quoted.text, post.parent.text) == ("Yes.", "Yes.")
    assert [(m.key, m.kind, m.alt) for m in post.media] == [
        ("media_attachments/files/117/original/5784df1febb9890a.jpg", "photo", "A tower")
    ]


def test_a_note_from_elsewhere_is_asked_for_at_home():
    at_home = f"https://{OTHER}/@{USER}/{ID}"
    from_elsewhere = note(uri=at_home, url=at_home)
    living = status(uri=at_home, url=at_home)

    driven = drive(MASTODON.inquire(NOTE), [data(from_elsewhere), data(living)])

    assert driven.urls[1] == f"https://{OTHER}/api/v1/statuses/{ID}"


def test_counters_and_names_do_not_change_the_fingerprint():
    renamed = status()["account"] | {"display_name": "Renamed", "followers_count": 9}

    later = look(data(status(account=renamed, replies_count=99)))

    assert later.fingerprint == SHOWN.fingerprint


# --- for all answers ----------------------------------------------------------------------------

KEYS = st.sampled_from(
    [*status(), *picture(), "type", "error", "attributedTo", "attachment", "acct"]
)
LEAVES = (
    st.none()
    | st.booleans()
    | st.integers(-5, 5)
    | st.sampled_from([ID, URI, URL, "Note", "", "<p>", "http://["])
    | st.text(max_size=5)
)
VALUES = st.recursive(
    LEAVES,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=6),
    max_leaves=12,
)
ABSENT = {Signal.DELETED, Signal.ACCOUNT_GONE, Signal.SUSPENDED, Signal.REMOVED, Signal.NOT_FOUND}


@given(
    st.dictionaries(KEYS, VALUES, max_size=8),
    st.booleans(),
    st.sampled_from([REF, NOTE]),
    st.sampled_from([200, 400, 401, 404]),
)
def test_no_data_stops_the_reading_and_none_confirms_an_absence_alone(fields, as_post, ref, code):
    first = data(status() | note() | fields if as_post else fields, code)

    reading = drive_always(
        MASTODON.inquire(ref), lambda asked: first if "/api/" in asked.url else page(403)
    )

    assert not (reading.signal in ABSENT - {Signal.NOT_FOUND} and reading.confirmed) or (
        fields.get("suspended") is True
    )


@given(
    st.binary(max_size=300),
    st.sampled_from([200, 403, 404, 500]),
    st.sampled_from(["", "text/html", "application/json"]),
    st.sampled_from([REF, COPY, NOTE, OBJECT]),
)
def test_no_bytes_stop_the_reading(body, code, content_type, ref):
    reading = drive_always(MASTODON.inquire(ref), lambda _: typed(body, content_type, code))

    assert reading.signal is not Signal.PRESENT


# --- look-ups -----------------------------------------------------------------------------------


def test_a_short_link_is_expanded():
    citation = found(kind=CitationKind.LINK, addresses=("https://t.co/AAAAAAAAAA",))

    driven = drive(MASTODON.look_up(citation), [redirect(URL)])

    assert driven.result.source == REF
