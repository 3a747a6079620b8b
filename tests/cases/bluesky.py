"""Bluesky: addresses and what they name; replies and the signal they make."""

from __future__ import annotations

from dataclasses import replace

from archiver.model.inquiry import Outcome
from archiver.model.signals import Signal
from tests.answers import ONLINE, data, failed, html, redirect, typed, unverified
from tests.answers.bluesky import (
    AT_URI,
    DID,
    HANDLE,
    OTHER,
    RKEY,
    account,
    document,
    error,
    handle_is,
    labels,
    no_record,
    not_found,
    plain,
    post,
    proof,
    record,
    takedown,
    thread,
    tombstone_of_did,
)
from tests.cases.facts import TROUBLES, Case, Fact

# address, author in the key
NAMED = [
    (f"https://bsky.app/profile/{HANDLE}/post/{RKEY}", HANDLE),
    (f"https://bsky.app/profile/{DID}/post/{RKEY}", DID),
    (f"https://bsky.app/profile/{DID.replace(':', '%3A')}/post/{RKEY}", DID),
    (f"https://bsky.app/profile/Tower.News.Example/post/{RKEY}", HANDLE),
    (f"https://bsky.app/profile/@{HANDLE}/post/{RKEY}", HANDLE),
    (f"https://bsky.app/profile/did:web:tower.example/post/{RKEY}", "did:web:tower.example"),
    (f"https://bsky.app//profile/{HANDLE}/post/{RKEY}/", HANDLE),
    (f"https://bsky.app/profile/{HANDLE}/post/{RKEY}?ref_src=embed#x", HANDLE),
    (f"https://bsky.app/profile/{HANDLE}/post/{RKEY}/liked-by", HANDLE),
    (f"https://xbsky.app/profile/{HANDLE}/post/{RKEY}/photo/1", HANDLE),
    (f"http://www.bsky.app/profile/{HANDLE}/post/{RKEY}", HANDLE),
    (f"https://staging.bsky.app/profile/{HANDLE}/post/{RKEY}", HANDLE),
    (f"https://main.bsky.dev/profile/{HANDLE}/post/{RKEY}", HANDLE),
    (f"https://deer.social/profile/{HANDLE}/post/{RKEY}", HANDLE),
    (f"https://witchsky.app/profile/{HANDLE}/post/{RKEY}", HANDLE),
    (f"https://fxbsky.app/profile/{HANDLE}/post/{RKEY}", HANDLE),
    (f"https://bskx.app/profile/{HANDLE}/post/{RKEY}", HANDLE),
    (f"https://r.bskx.app/profile/{HANDLE}/post/{RKEY}", HANDLE),
    (f"https://bskyx.app/profile/{HANDLE}/post/{RKEY}", HANDLE),
    (f"https://bsyy.app/profile/{HANDLE}/post/{RKEY}", HANDLE),
    (f"https://vxbsky.app/profile/{HANDLE}/post/{RKEY}", HANDLE),
    (f"https://cbsky.app/profile/{HANDLE}/post/{RKEY}", HANDLE),
    (f"https://psky.app/profile/{HANDLE}/post/{RKEY}", HANDLE),
    (f"https://embed.bsky.app/embed/{DID}/app.bsky.feed.post/{RKEY}?id=1", DID),
    (AT_URI, DID),
    (f"at://{HANDLE}/app.bsky.feed.post/{RKEY}", HANDLE),
    (f"AT://{HANDLE}/app.bsky.feed.post/{RKEY}/", HANDLE),
]

NOT_NAMED = [
    f"https://bsky.app/profile/{HANDLE}",
    "https://bsky.app/search?q=tower",
    f"https://bsky.app/profile/{HANDLE}/feed/tower",
    f"https://bsky.app/profile/{HANDLE}/lists/{RKEY}",
    f"https://bsky.app/profile/{HANDLE}/post/",
    f"https://bsky.app/profile/{HANDLE}/post/..",
    f"https://bsky.app/profile/tower/post/{RKEY}",
    f"https://bsky.app/profile/handle.invalid/post/{RKEY}",
    f"https://bsky.app/profile/did:plc:/post/{RKEY}",
    f"https://bsky.app/profile/{HANDLE}/post/a%2Fb",
    "https://bsky.app/hashtag/tower",
    "https://bsky.app/",
    f"https://bsky.social/profile/{HANDLE}/post/{RKEY}",
    f"https://notbsky.app/profile/{HANDLE}/post/{RKEY}",
    f"https://bsky.app.evil.example/profile/{HANDLE}/post/{RKEY}",
    f"https://news.example/?u=https://bsky.app/profile/{HANDLE}/post/{RKEY}",
    f"at://{HANDLE}",
    f"at://{HANDLE}/app.bsky.feed.like/{RKEY}",
    f"at://{HANDLE}/app.bsky.feed.post/{RKEY}/text",
    "at://",
    "bsky.app",
]

LOGGED_IN_ONLY = {"src": DID, "uri": f"at://{DID}/app.bsky.actor.profile/self", "val": "!no-unauthenticated"}  # fmt: skip
SHY = {"did": DID, "handle": HANDLE, "labels": [LOGGED_IN_ONLY]}
NOT_SHY = {"did": DID, "handle": HANDLE, "labels": [LOGGED_IN_ONLY | {"neg": True}]}
MISSING = {"thread": {"$type": "app.bsky.feed.defs#notFoundPost", "uri": AT_URI, "notFound": True}}
BLOCKED = {"thread": {"$type": "app.bsky.feed.defs#blockedPost", "uri": AT_URI, "blocked": True}}
GONE = [not_found(), document(), account(), no_record()]
NO_PROOF = error("InvalidRequest")
HELD = [not_found(), document(), account(), record()]
PROFILE = data({"did": DID, "handle": HANDLE})

# The key names the DID, so that no look-up of a handle comes first.
READ: list[Case] = [
    ("living", Fact.RECORDED, [thread()], Signal.PRESENT, False),
    ("living, without types", Fact.RECORDED, [data({"thread": {"post": plain()}})], Signal.PRESENT, False),
    ("living, with a picture", Fact.RECORDED, [thread(post()), document()], Signal.PRESENT, False),
    ("living, its server unknown", Fact.ANYWHERE, [thread(post()), failed(Outcome.TIMEOUT)], Signal.PRESENT, False),
    ("for visitors who are logged in", Fact.DOCUMENTED, [thread(plain(author=SHY))], Signal.PROTECTED, False),
    ("for all visitors again", Fact.DOCUMENTED, [thread(plain(author=NOT_SHY))], Signal.PRESENT, False),
    ("blocked", Fact.DOCUMENTED, [data(BLOCKED)], Signal.PROTECTED, False),
    ("no such record anywhere", Fact.DOCUMENTED, [*GONE, NO_PROOF], Signal.NOT_FOUND, True),
    ("deleted by its author", Fact.DOCUMENTED, [*GONE, proof("3k7qmjev5lr2r", "3k7qmjev5lr2t")], Signal.DELETED, True),
    ("deleted by its author, nothing near", Fact.DOCUMENTED, [*GONE, proof()], Signal.DELETED, True),
    ("hidden by its server", Fact.DOCUMENTED, [*GONE, proof("3k7qmjev5lr2r", RKEY)], Signal.REMOVED, True),
    ("proof of another repository", Fact.ANYWHERE, [*GONE, proof(did=f"{DID}x")], Signal.NOT_FOUND, True),
    ("proof without the blocks that matter", Fact.ANYWHERE, [*GONE, proof(leave_out=True)], Signal.NOT_FOUND, True),
    ("proof is a page", Fact.ANYWHERE, [*GONE, html("<p>Hello</p>")], Signal.NOT_FOUND, True),
    ("proof by a stranger", Fact.ANYWHERE, [*GONE, unverified(proof())], Signal.NOT_FOUND, True),
    ("proof does not answer", Fact.ANYWHERE, [*GONE, failed(Outcome.TIMEOUT)], Signal.NOT_FOUND, True),
    ("no such record, older server", Fact.DOCUMENTED, [*GONE[:3], error("InvalidRequest", "Could not locate record: at://"), NO_PROOF], Signal.NOT_FOUND, True),
    ("not found, as a view", Fact.DOCUMENTED, [data(MISSING), *GONE[1:], NO_PROOF], Signal.NOT_FOUND, True),
    ("no such record, state of account not told", Fact.ANYWHERE, [not_found(), document(), typed(b"", "text/plain", 501), no_record(), NO_PROOF], Signal.NOT_FOUND, True),
    ("server desynchronized", Fact.DOCUMENTED, [not_found(), document(), account("desynchronized"), no_record(), NO_PROOF], Signal.NOT_FOUND, True),
    ("account taken down", Fact.DOCUMENTED, [not_found(), document(), account("takendown")], Signal.SUSPENDED, True),
    ("account suspended", Fact.DOCUMENTED, [not_found(), document(), account("suspended")], Signal.SUSPENDED, True),
    ("account deleted", Fact.DOCUMENTED, [not_found(), document(), account("deleted")], Signal.ACCOUNT_GONE, True),
    ("account deactivated", Fact.DOCUMENTED, [not_found(), document(), account("deactivated")], Signal.ACCOUNT_GONE, True),
    ("account unknown to its server", Fact.DOCUMENTED, [not_found(), document(), error("RepoNotFound")], Signal.ACCOUNT_GONE, True),
    ("identity with a tombstone", Fact.DOCUMENTED, [not_found(), tombstone_of_did()], Signal.ACCOUNT_GONE, True),
    ("tombstone of another identity", Fact.MISNAMED, [not_found(), data({"message": f"DID not available: {OTHER}"}, 410)], Signal.NOT_FOUND, False),
    ("tombstone that is a page", Fact.MISNAMED, [not_found(), html("<p>Gone</p>", 410)], Signal.NOT_FOUND, False),
    ("tombstone brought by another host", Fact.MISNAMED, [not_found(), replace(tombstone_of_did(), url="https://parked.example/")], Signal.NOT_FOUND, False),
    ("document of another identity", Fact.MISNAMED, [not_found(), document(did=OTHER)], Signal.NOT_FOUND, False),
    ("state of another account", Fact.MISNAMED, [not_found(), document(), data({"did": OTHER, "active": False, "status": "deleted"}), error("AuthRequired", status=401)], Signal.NOT_FOUND, False),
    ("state of no account", Fact.MISNAMED, [not_found(), document(), data({"active": False, "status": "takendown"}), error("AuthRequired", status=401)], Signal.NOT_FOUND, False),
    ("another account unknown to its server", Fact.MISNAMED, [not_found(), document(), error("RepoNotFound", f"Could not find repo for DID: {OTHER}"), error("AuthRequired", status=401)], Signal.NOT_FOUND, False),
    ("another record not there", Fact.MISNAMED, [not_found(), document(), account(), error("RecordNotFound", f"Could not locate record: {AT_URI.replace(DID, OTHER)}")], Signal.NOT_FOUND, False),
    ("another record held", Fact.MISNAMED, [not_found(), document(), account(), data({"uri": AT_URI[:-1] + "3"})], Signal.NOT_FOUND, False),
    ("another profile taken down", Fact.MISNAMED, [*HELD, error("AccountTakedown", f"{OTHER} is taken down"), labels()], Signal.ABSENT_UNEXPLAINED, False),
    ("another post not found", Fact.MISNAMED, [error("NotFound", f"Post not found: {AT_URI.replace(DID, OTHER)}")], Signal.UNREADABLE, False),
    ("another post not found, as a view", Fact.MISNAMED, [data({"thread": MISSING["thread"] | {"uri": AT_URI[:-1] + "3"}})], Signal.UNREADABLE, False),
    ("another author's", Fact.MISNAMED, [thread(plain(author={"did": OTHER, "handle": HANDLE}))], Signal.UNREADABLE, False),
    ("identity unknown", Fact.DOCUMENTED, [not_found(), data({"message": "DID not registered"}, 404)], Signal.NOT_FOUND, False),
    ("identity with another service", Fact.DOCUMENTED, [not_found(), data({"service": [{"id": "#labeler", "serviceEndpoint": "https://a.example"}]})], Signal.NOT_FOUND, False),
    ("identity without a server", Fact.DOCUMENTED, [not_found(), data({"id": DID})], Signal.NOT_FOUND, False),
    ("server at no address", Fact.ANYWHERE, [not_found(), document("ftp://pds.example")], Signal.NOT_FOUND, False),
    ("server without TLS", Fact.ANYWHERE, [not_found(), document("http://pds.example")], Signal.NOT_FOUND, False),
    ("directory does not answer", Fact.ANYWHERE, [not_found(), failed(Outcome.TIMEOUT)], Signal.NOT_FOUND, False),
    ("server does not answer", Fact.ANYWHERE, [not_found(), document(), failed(Outcome.TIMEOUT), failed(Outcome.TIMEOUT)], Signal.NOT_FOUND, False),
    ("server behind a wall", Fact.ANYWHERE, [not_found(), document(), account(), html("<title>Just a moment...</title>", 403)], Signal.NOT_FOUND, False),
    ("server refuses", Fact.ANYWHERE, [not_found(), document(), account(), error("AuthRequired", status=401)], Signal.NOT_FOUND, False),
    ("a stranger speaks for the server", Fact.ANYWHERE, [not_found(), document(), account(), unverified(no_record())], Signal.NOT_FOUND, False),
    ("held, account taken down by Bluesky", Fact.DOCUMENTED, [*HELD, error("AccountTakedown")], Signal.SUSPENDED, True),
    ("held, account deactivated", Fact.DOCUMENTED, [*HELD, error("AccountDeactivated")], Signal.ACCOUNT_GONE, True),
    ("held, taken down by Bluesky", Fact.RECORDED, [*HELD, PROFILE, labels(takedown())], Signal.REMOVED, True),
    ("held, takedown taken back", Fact.DOCUMENTED, [*HELD, PROFILE, labels(takedown(), takedown(neg=True, cts="2026-02"))], Signal.ABSENT_UNEXPLAINED, False),
    ("held, another post taken down", Fact.MISNAMED, [*HELD, PROFILE, labels(takedown(uri="at://x"))], Signal.ABSENT_UNEXPLAINED, False),
    ("held, and nobody says why", Fact.DOCUMENTED, [*HELD, PROFILE, labels()], Signal.ABSENT_UNEXPLAINED, False),
    ("held, moderation does not answer", Fact.ANYWHERE, [*HELD, failed(Outcome.TIMEOUT), failed(Outcome.TIMEOUT)], Signal.ABSENT_UNEXPLAINED, False),
    ("another error", Fact.DOCUMENTED, [error("InvalidRequest", "Error: uri must be a valid at-uri")], Signal.UNREADABLE, False),
    ("refused", Fact.ANYWHERE, [error("AuthMissing", status=401)], Signal.WALL, False),
    ("another post", Fact.MISNAMED, [thread(plain(uri=AT_URI[:-1] + "3"))], Signal.UNREADABLE, False),
    ("no words", Fact.ANYWHERE, [thread(plain(record={"createdAt": "2023-09-19T11:32:54Z"}))], Signal.UNREADABLE, False),
    ("unknown shape", Fact.ANYWHERE, [data({"thread": {"$type": "x"}})], Signal.UNREADABLE, False),
    ("not there at all", Fact.ANYWHERE, [html("<title>404</title>", 404)], Signal.UNREADABLE, False),
    ("redirect to nowhere", Fact.ANYWHERE, [redirect("https://bsky.app/")], Signal.UNREADABLE, False),
    ("no such host", Fact.ANYWHERE, [failed(Outcome.NO_HOST), ONLINE], Signal.UNREACHABLE, False),
    *TROUBLES,
]  # fmt: skip

# The key names a handle, and no look showed the post before.
READ_BY_HANDLE: list[Case] = [
    ("living", Fact.RECORDED, [handle_is(), thread()], Signal.PRESENT, False),
    ("handle unknown", Fact.DOCUMENTED, [error("InvalidRequest", "Unable to resolve handle")], Signal.ABSENT_UNEXPLAINED, False),
    ("handle unknown, by name", Fact.DOCUMENTED, [error("HandleNotFound")], Signal.ABSENT_UNEXPLAINED, False),
    ("handle of no DID", Fact.ANYWHERE, [data({"did": "tower"})], Signal.UNREADABLE, False),
    ("other error", Fact.ANYWHERE, [error("InternalThing")], Signal.UNREADABLE, False),
    ("asked too often", Fact.DOCUMENTED, [typed(b"{}", "application/json", 429)], Signal.RATE_LIMITED, False),
]  # fmt: skip
