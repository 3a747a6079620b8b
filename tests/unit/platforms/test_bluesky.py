from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archiver.model.citation import CitationKind
from archiver.model.inquiry import Question, Reading
from archiver.model.signals import Signal
from archiver.model.source import SourceRef
from archiver.platforms import (
    _bluesky_home,
    _bluesky_post,
    _car,
    bluesky,
    platform,
    recognise,
)
from archiver.platforms._bluesky_address import posted_at
from tests.answers import Reply, data, drive, drive_always, redirect, typed
from tests.answers.bluesky import (
    AT_URI,
    BLOB,
    CID,
    DID,
    EDITED_CID,
    HANDLE,
    HOME,
    OTHER,
    RKEY,
    Blocks,
    Link,
    account,
    car,
    document,
    handle_is,
    no_record,
    node,
    not_found,
    plain,
    post,
    proof,
    thread,
)
from tests.build import found
from tests.cases.bluesky import NAMED, NOT_NAMED, READ, READ_BY_HANDLE
from tests.cases.facts import signals_named_in

BLUESKY = platform("bluesky")
REF = SourceRef("bluesky", f"{DID}/{RKEY}", f"https://bsky.app/profile/{DID}/post/{RKEY}")
BY_HANDLE = SourceRef(
    "bluesky", f"{HANDLE}/{RKEY}", f"https://bsky.app/profile/{HANDLE}/post/{RKEY}"
)
PUBLIC = "https://public.api.bsky.app/xrpc"


def look(*replies: Reply, ref: SourceRef = REF, shown: Reading | None = None) -> Reading:
    return drive(BLUESKY.inquire(ref, shown), replies).result


SHOWN = look(thread())


# --- addresses ----------------------------------------------------------------------------------


@pytest.mark.parametrize(("address", "actor"), NAMED, ids=[address for address, _ in NAMED])
def test_an_address_names_a_post_by_its_author_and_record_key(address, actor):
    ref = BLUESKY.recognise(address)

    assert ref == SourceRef(
        "bluesky", f"{actor}/{RKEY}", f"https://bsky.app/profile/{actor}/post/{RKEY}"
    )


@pytest.mark.parametrize("address", NOT_NAMED)
def test_other_addresses_name_no_post(address):
    assert BLUESKY.recognise(address) is None


def test_a_post_is_recognised_before_the_open_web():
    assert recognise(f"https://bsky.app/profile/{HANDLE}/post/{RKEY}").name == (
        f"bluesky:{HANDLE}/{RKEY}"
    )


def test_the_time_of_posting_is_in_the_record_key():
    assert BLUESKY.posted_at(REF) == datetime(2023, 9, 19, 11, 32, 54, 690359, tzinfo=UTC)


@pytest.mark.parametrize(
    "rkey", ["self", "3k7qmjev5lr2", "3k7qmjev5lr21", "zzzzzzzzzzzzz", "7777777777777", ""]
)
def test_other_record_keys_hold_no_time(rkey):
    assert posted_at(rkey) is None


# --- what is said -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "fact", "replies", "signal", "confirmed"), READ, ids=[row[0] for row in READ]
)
def test_every_reply_makes_its_own_signal(name, fact, replies, signal, confirmed):
    reading = look(*replies)

    assert (reading.signal, reading.confirmed) == (signal, confirmed), fact
    assert reading.reason.endswith(".")


@pytest.mark.parametrize(
    ("name", "fact", "replies", "signal", "confirmed"),
    READ_BY_HANDLE,
    ids=[row[0] for row in READ_BY_HANDLE],
)
def test_a_handle_is_resolved_first(name, fact, replies, signal, confirmed):
    reading = look(*replies, ref=BY_HANDLE)

    assert (reading.signal, reading.confirmed) == (signal, confirmed), fact


def test_the_tables_reach_every_signal():
    reached = {row[3] for row in (*READ, *READ_BY_HANDLE)}

    # A host of ours without a name is unreachable: it says nothing of the post.
    assert signals_named_in(bluesky, _bluesky_home, _bluesky_post) - reached == {Signal.NO_HOST}


def test_the_questions_go_from_the_app_view_to_the_authors_own_server():
    driven = drive(
        BLUESKY.inquire(REF, SHOWN), [not_found(), document(), account(), no_record(), proof()]
    )

    did, uri = DID.replace(":", "%3A"), AT_URI.replace(":", "%3A").replace("/", "%2F")
    record = f"collection=app.bsky.feed.post&rkey={RKEY}"
    assert driven.urls == [
        f"{PUBLIC}/app.bsky.feed.getPostThread?uri={uri}&depth=0&parentHeight=1",
        f"https://plc.directory/{DID}",
        f"{HOME}/xrpc/com.atproto.sync.getRepoStatus?did={did}",
        f"{HOME}/xrpc/com.atproto.repo.getRecord?repo={did}&{record}",
        f"{HOME}/xrpc/com.atproto.sync.getRecord?did={did}&{record}",
    ]


def test_a_handle_that_another_took_over_is_not_asked_for():
    driven = drive(BLUESKY.inquire(BY_HANDLE, SHOWN), [thread()])

    assert driven.result.signal is Signal.PRESENT
    assert len(driven.urls) == 1
    assert DID.replace(":", "%3A") in driven.urls[0]


def test_a_post_of_whoever_has_the_handle_now_is_not_taken_for_another():
    reading = look(handle_is(OTHER), thread(), ref=BY_HANDLE)

    assert reading.signal is Signal.UNREADABLE


@pytest.mark.parametrize(
    ("did", "urls"),
    [
        ("did:web:tower.example", ["https://tower.example/.well-known/did.json"]),
        ("did:web:tower.example:user", []),
        ("did:key:abc", []),
        ("did:web:1.2.3.400", []),
    ],
)
def test_an_identity_is_looked_up_by_its_own_method(did, urls):
    at_home = [document(did=did), account(did=did), no_record(did), proof(did=did)]
    replies = [not_found(did), *(at_home if urls else [])]

    driven = drive(BLUESKY.inquire(replace(REF, key=f"{did}/{RKEY}")), replies)

    assert driven.urls[1 : 1 + len(urls)] == urls


def test_an_author_who_hides_from_strangers_is_respected():
    reading = look(next(row for row in READ if row[0] == "for visitors who are logged in")[2][0])

    assert reading.post is None
    assert reading.media == ()


# --- the post -----------------------------------------------------------------------------------


def test_a_post_is_read_as_a_reader_sees_it():
    reading = look(thread(post()), document())

    read = reading.post
    assert read is not None
    assert read.text == "12 towers still stand 🛩 news.example/tower"
    assert read.links == ("https://news.example/tower",)
    assert (read.id, read.author_id, read.handle) == (f"{DID}/{RKEY}", DID, HANDLE)
    assert (read.author_name, read.language) == ("The Tower – مراقب", "en")
    assert read.created_at == datetime(2023, 9, 19, 11, 32, 54, 574000, tzinfo=UTC)
    assert read.revision == CID
    assert reading.url == REF.url
    assert reading.page_url == f"https://embed.bsky.app/embed/{DID}/app.bsky.feed.post/{RKEY}"


def test_a_picture_comes_at_full_size_and_as_uploaded():
    reading = look(thread(post()), document())

    assert reading.post is not None
    (medium,) = reading.post.media
    blob = f"{HOME}/xrpc/com.atproto.sync.getBlob?did={DID.replace(':', '%3A')}&cid={BLOB}"
    assert (medium.key, medium.kind, medium.alt) == (BLOB, "photo", "A tower")
    assert medium.url == f"https://cdn.bsky.app/img/feed_fullsize/plain/{DID}/{BLOB}@jpeg"
    assert medium.others == (blob,)
    assert reading.media == (medium.url,)


def test_the_key_of_a_picture_stays_when_its_server_is_not_known():
    views = post(record=plain()["record"])

    reading = look(thread(views), data({}, 404))

    assert reading.post is not None
    assert [(m.key, m.others) for m in reading.post.media] == [(BLOB, ())]


VIDEO = {
    "$type": "app.bsky.embed.video#view",
    "cid": BLOB,
    "playlist": "https://video.bsky.app/watch/x/playlist.m3u8",
    "alt": "The tower falls",
}


@pytest.mark.parametrize(
    "embed", [VIDEO, {"$type": "app.bsky.embed.recordWithMedia#view", "media": VIDEO}]
)
def test_a_video_comes_as_its_file_where_its_server_is_known(embed):
    with_file = look(thread(plain(embed=embed)), document()).post
    without = look(thread(plain(embed=embed)), data({}, 404)).post

    assert with_file is not None
    assert without is not None
    assert "getBlob" in with_file.media[0].url
    assert (without.media[0].url, without.media[0].is_stream) == (VIDEO["playlist"], True)
    assert (with_file.media[0].key, with_file.media[0].is_stream) == (BLOB, False)
    assert with_file.fingerprint == without.fingerprint


def test_a_gallery_is_read_like_images():
    images = post()["embed"]["images"]
    gallery = {"$type": "app.bsky.embed.gallery#view", "items": images}

    read = look(thread(plain(embed=gallery)), document()).post

    assert read is not None
    assert [medium.key for medium in read.media] == [BLOB]


@pytest.mark.parametrize(
    "embed",
    [
        {"images": [{"alt": "no address"}]},
        {"$type": "app.bsky.embed.video#view", "playlist": None},
    ],
)
def test_a_medium_without_an_address_is_left_out(embed):
    read = look(thread(plain(embed=embed))).post

    assert read is not None
    assert read.media == ()


@pytest.mark.parametrize(
    ("url", "key"),
    [("https://cdn.example/a/b.jpg", "a/b.jpg"), ("http://[", "http://["), ("x:", "x:")],
)
def test_a_picture_of_no_known_blob_is_named_by_its_path(url, key):
    read = look(thread(plain(embed={"images": [{"fullsize": url}]})), data({}, 404)).post

    assert read is not None
    assert [medium.key for medium in read.media] == [key]


@pytest.mark.parametrize(
    "written", ["yesterday", "2023-09-19T11:32:54", "0001-01-01T00:00:00+14:00", 7]
)
def test_a_time_that_is_none_is_left_out(written):
    read = look(thread(plain(record={"text": "12 towers", "createdAt": written}))).post

    assert read is not None
    assert read.created_at is None


def test_a_card_of_a_link_is_a_link():
    card = {"$type": "app.bsky.embed.external#view", "external": {"uri": "https://a.example/"}}

    read = look(thread(plain(embed=card))).post

    assert read is not None
    assert read.links == ("https://a.example/",)


QUOTED = plain(uri=f"at://{OTHER}/app.bsky.feed.post/3jzfcijpj2z2a", author={"did": OTHER})


def as_record(view: dict[str, object]) -> dict[str, object]:
    """Return a quoted post as an embed has it: its record is called value."""
    rest = {key: value for key, value in view.items() if key != "record"}
    return {"$type": "app.bsky.embed.record#viewRecord", "value": view["record"], **rest}


@pytest.mark.parametrize(
    "embed",
    [
        {"$type": "app.bsky.embed.record#view", "record": as_record(QUOTED)},
        {
            "$type": "app.bsky.embed.recordWithMedia#view",
            "record": {"record": as_record(QUOTED)},
            "media": {"external": {"uri": "https://a.example/"}},
        },
    ],
)
def test_a_quoted_post_comes_along(embed):
    read = look(thread(plain(embed=embed))).post

    assert read is not None
    assert read.quoted is not None
    assert (read.quoted.id, read.quoted.text) == (f"{OTHER}/3jzfcijpj2z2a", "12 towers")


@pytest.mark.parametrize(
    "view",
    [
        {"$type": "app.bsky.embed.record#viewNotFound", "notFound": True},
        {"$type": "app.bsky.embed.record#viewBlocked", "blocked": True},
        {"$type": "app.bsky.embed.record#viewDetached", "detached": True},
        {"$type": "app.bsky.embed.record#viewRecord", "notFound": True, "cid": CID},
    ],
)
def test_a_quoted_post_that_is_not_shown_keeps_its_identity(view):
    living = {"$type": "app.bsky.embed.record#view", "record": as_record(QUOTED)}
    missing = {"record": view | {"uri": QUOTED["uri"]}}

    reading = look(thread(plain(embed=missing)))

    assert reading.reason.endswith("is not shown (deleted, blocked or detached).")
    assert reading.fingerprint == look(thread(plain(embed=living))).fingerprint


def test_a_quoted_list_is_no_post():
    feed = {"record": {"uri": f"at://{OTHER}/app.bsky.graph.list/3jzfcijpj2z2a"}}

    read = look(thread(plain(embed=feed))).post

    assert read is not None
    assert read.quoted is None


def test_the_parent_comes_along():
    reply = {"parent": {"uri": QUOTED["uri"]}, "root": {"uri": QUOTED["uri"]}}
    view = plain(record=plain()["record"] | {"reply": reply})

    shown = look(thread(view, parent={"post": QUOTED})).post
    missing = look(thread(view, parent={"uri": QUOTED["uri"], "notFound": True})).post

    assert shown is not None
    assert missing is not None
    assert shown.reply_to_id == f"{OTHER}/3jzfcijpj2z2a"
    assert shown.parent is not None
    assert shown.parent.text == "12 towers"
    assert missing.parent is not None
    assert missing.parent.is_cut


def test_a_record_that_was_replaced_is_a_new_revision():
    later = look(thread(plain(cid=EDITED_CID, record=plain()["record"] | {"text": "13 towers"})))

    assert later.post is not None
    assert later.post.revision == EDITED_CID
    assert later.fingerprint != SHOWN.fingerprint


def test_counters_names_and_handles_do_not_change_the_fingerprint():
    renamed = {"did": DID, "handle": "other.example", "displayName": "Renamed"}

    later = look(thread(plain(author=renamed, likeCount=99, repostCount=8)))

    assert later.fingerprint == SHOWN.fingerprint


def test_a_limit_says_when_it_ends():
    limited = Reply(429, b"{}", (("RateLimit-Reset", "1747676784"), ("content-type", "a/b")))

    assert "ratelimit-reset 1747676784" in look(limited).reason


# --- for all answers ----------------------------------------------------------------------------

KEYS = st.sampled_from(
    [
        *post(),
        *post()["record"],
        "thread",
        "error",
        "message",
        "images",
        "fullsize",
        "alt",
        "$type",
        "playlist",
        "value",
        "ref",
    ]
)
LEAVES = (
    st.none()
    | st.booleans()
    | st.integers(-5, 5)
    | st.sampled_from([AT_URI, DID, CID, "NotFound", "RepoNotFound", ""])
    | st.text(max_size=5)
)
VALUES = st.recursive(
    LEAVES,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=6),
    max_leaves=12,
)
ABSENT = {Signal.DELETED, Signal.ACCOUNT_GONE, Signal.SUSPENDED, Signal.REMOVED, Signal.NOT_FOUND}


@given(st.dictionaries(KEYS, VALUES, max_size=8), st.booleans(), st.sampled_from([200, 400, 404]))
def test_no_data_stops_the_reading_and_none_confirms_an_absence_alone(fields, as_post, status):
    first = thread(plain() | fields) if as_post else data({"thread": fields, **fields}, status)

    reading = drive_always(
        BLUESKY.inquire(REF), lambda asked: first if "getPostThread" in asked.url else Reply(403)
    )

    assert not (reading.signal in ABSENT and reading.confirmed)


@given(st.binary(max_size=300), st.sampled_from([200, 400, 404, 410]), st.booleans())
def test_no_bytes_of_the_authors_server_stop_the_reading(body, status, as_json):
    kind = "application/json" if as_json else "application/vnd.ipld.car"

    reading = drive_always(
        BLUESKY.inquire(REF, SHOWN),
        lambda asked: not_found() if "getPostThread" in asked.url else typed(body, kind, status),
    )

    assert reading.signal in {Signal.NOT_FOUND, Signal.ACCOUNT_GONE}


def proves(reply: Reply) -> bool | None:
    answer = reply.to(Question("https://pds.example/"))
    return _car.lists_record(answer, DID, f"app.bsky.feed.post/{RKEY}")


def test_a_tree_that_was_tampered_with_proves_nothing():
    whole = proof("3k7qmjev5lr2r")

    tampered = whole.body.replace(b"3k7qmjev5lr2r", b"3k7qmjev5lr2s")

    assert proves(whole) is False
    assert proves(replace(whole, body=tampered)) is None


def test_a_tree_without_end_proves_nothing():
    blocks = Blocks()
    below: Link | None = None
    for _ in range(80):
        below = blocks.add(node(left=below))

    assert proves(car(blocks, blocks.add({"did": DID, "data": below}))) is None


@pytest.mark.parametrize(
    "tree",
    [
        {"l": None, "e": None},
        {"l": None, "e": [1]},
        {"l": None, "e": [{"p": 0}]},
        {"l": None, "e": [{"p": 3, "k": b"x"}]},
        {"l": 7, "e": []},
        {"l": [[[]]], "e": [True, -300, 70_000, "x" * 300]},
        [],
        7,
    ],
)
def test_a_tree_of_another_shape_proves_nothing(tree):
    blocks = Blocks()
    root = blocks.add({"did": DID, "data": blocks.add(tree)})

    assert proves(car(blocks, root)) is None


@pytest.mark.parametrize("cut", range(0, 400, 7))
def test_a_proof_that_was_cut_proves_nothing(cut):
    whole = proof(RKEY)

    assert proves(replace(whole, body=whole.body[: -cut - 1])) is None


@pytest.mark.parametrize(
    "header",
    [
        b"\x81" * 70 + b"\x00",
        b"\xc0\x00",
        b"\xa1\x00\x00",
        b"\x9b" + b"\xff" * 8,
        b"\xa1\x65roots\x80",
        b"\xa1\x65roots\x81\xd8\x2a\x00",
        b"\xa1\x65roots\x81\xfb" + b"\x00" * 8,
    ],
)
def test_a_header_of_another_shape_proves_nothing(header):
    body = bytes([len(header)]) + header

    assert proves(typed(body, "application/vnd.ipld.car")) is None


def test_a_length_without_an_end_proves_nothing():
    assert proves(typed(b"\x80" * 12, "application/vnd.ipld.car")) is None


@given(st.binary(max_size=300))
def test_no_bytes_prove_anything(body):
    assert proves(typed(body, "application/vnd.ipld.car")) is None


# --- look-ups -----------------------------------------------------------------------------------


def test_a_short_link_is_expanded():
    citation = found(kind=CitationKind.LINK, addresses=("https://t.co/AAAAAAAAAA",))

    driven = drive(BLUESKY.look_up(citation), [redirect(REF.url)])

    assert driven.result.source == REF
