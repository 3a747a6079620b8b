"""Replies of Bluesky's interface and of authors' servers.

Shapes: the lexicons of the AT protocol (2026-08-20), replies recorded 2025-05-19 and measured
2026-08-02. Words, names and identities are ours.
"""

from __future__ import annotations

import base64
from typing import Any

from tests.answers import Reply, data, typed

DID = "did:plc:towersightaaaaaaaaaaaaaa"
OTHER = "did:plc:otherotherotherotheroth2"
HANDLE = "tower.news.example"
RKEY = "3k7qmjev5lr2s"  # 2023-09-19 11:32:54.690359 UTC
AT_URI = f"at://{DID}/app.bsky.feed.post/{RKEY}"
HOME = "https://pds.tower.example"


def cid(seed: int) -> str:
    """Return a CID, version 1, of a CBOR object; each seed gives another."""
    raw = bytes([0x01, 0x71, 0x12, 0x20]) + bytes([seed]) * 32
    return "b" + base64.b32encode(raw).decode().rstrip("=").lower()


CID, EDITED_CID, BLOB = cid(1), cid(2), cid(3)


def post(**changes: Any) -> dict[str, Any]:
    """Return a view of a post with a link and one picture."""
    made = {
        "uri": AT_URI,
        "cid": CID,
        "author": {"did": DID, "handle": HANDLE, "displayName": "The Tower – مراقب", "labels": []},
        "record": {
            "$type": "app.bsky.feed.post",
            "createdAt": "2023-09-19T11:32:54.574Z",
            "text": "12 towers still stand 🛩 news.example/tower",
            "langs": ["en", "de"],
            "facets": [
                {
                    "index": {"byteStart": 27, "byteEnd": 45},
                    "features": [
                        {
                            "$type": "app.bsky.richtext.facet#link",
                            "uri": "https://news.example/tower",
                        },
                        {"$type": "app.bsky.richtext.facet#tag", "tag": "tower"},
                    ],
                }
            ],
            "embed": {
                "$type": "app.bsky.embed.images",
                "images": [{"alt": "A tower", "image": {"ref": {"$link": BLOB}}}],
            },
        },
        "embed": {
            "$type": "app.bsky.embed.images#view",
            "images": [
                {
                    "thumb": f"https://cdn.bsky.app/img/feed_thumbnail/plain/{DID}/{BLOB}@jpeg",
                    "fullsize": f"https://cdn.bsky.app/img/feed_fullsize/plain/{DID}/{BLOB}@jpeg",
                    "alt": "A tower",
                }
            ],
        },
        "likeCount": 4,
        "indexedAt": "2023-09-19T11:32:54.574Z",
        "labels": [],
    }
    return made | changes


def plain(**changes: Any) -> dict[str, Any]:
    """Return a view of a post of words alone."""
    record = {"text": "12 towers", "createdAt": "2023-09-19T11:32:54.574Z"}
    return post(record=record, embed=None) | changes


def thread(view: dict[str, Any] | None = None, **changes: Any) -> Reply:
    found = {"$type": "app.bsky.feed.defs#threadViewPost", "post": view or plain()}
    return data({"thread": found | changes})


def error(name: str, message: str = "", status: int = 400) -> Reply:
    return data({"error": name, "message": message}, status)


def not_found() -> Reply:
    return error("NotFound", f"Post not found: {AT_URI}")


def handle_is(did: str = DID) -> Reply:
    return data({"did": did})


def document(endpoint: object = HOME, did: str = DID) -> Reply:
    service = {
        "id": "#atproto_pds",
        "type": "AtprotoPersonalDataServer",
        "serviceEndpoint": endpoint,
    }
    return data({"id": did, "alsoKnownAs": [f"at://{HANDLE}"], "service": [service]})


def tombstone_of_did() -> Reply:
    return data({"message": f"DID not available: {DID}"}, 410)


def account(status: str | None = None) -> Reply:
    state = {"did": DID, "active": status is None}
    return data(state | ({"status": status} if status else {"rev": "3lpis5o776z2g"}))


def record() -> Reply:
    return data({"uri": AT_URI, "cid": CID, "value": {"text": "12 towers"}})


def no_record() -> Reply:
    return error("RecordNotFound", f"Could not locate record: {AT_URI}")


def proof(*cids: str) -> Reply:
    """Return a repository's proof whose leaves name records with these CIDs."""
    leaves = b"".join(
        b"\xd8\x2a\x58\x25\x00" + base64.b32decode(c[1:].upper() + "=" * (-len(c[1:]) % 8))
        for c in cids
    )
    return typed(b"\x3a\xa2eroots" + leaves, "application/vnd.ipld.car")


def labels(*found: dict[str, Any]) -> Reply:
    return data({"cursor": "0", "labels": list(found)})


def takedown(**changes: Any) -> dict[str, Any]:
    made = {"src": "did:plc:labeller", "uri": AT_URI, "val": "!takedown", "cts": "2026-01-01"}
    return made | changes
