"""Replies of Bluesky's interface and of authors' servers.

Shapes: the lexicons of the AT protocol (2026-08-20), replies recorded 2025-05-19 and measured
2026-08-02. Words, names and identities are ours.
"""

from __future__ import annotations

import base64
import hashlib
from dataclasses import dataclass
from itertools import takewhile
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


def not_found(did: str = DID) -> Reply:
    return error("NotFound", f"Post not found: {AT_URI.replace(DID, did)}")


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


def account(status: str | None = None, did: str = DID) -> Reply:
    state = {"did": did, "active": status is None}
    return data(state | ({"status": status} if status else {"rev": "3lpis5o776z2g"}))


def record() -> Reply:
    return data({"uri": AT_URI, "cid": CID, "value": {"text": "12 towers"}})


def no_record(did: str = DID) -> Reply:
    return error("RecordNotFound", f"Could not locate record: {AT_URI.replace(DID, did)}")


# --- a repository's proof -----------------------------------------------------------------------


@dataclass(frozen=True)
class Link:
    cid: bytes


def cbor(value: Any) -> bytes:
    """Write a value as DAG-CBOR, as far as proofs need it."""
    if value is None or isinstance(value, bool):
        return bytes([{False: 0xF4, True: 0xF5, None: 0xF6}[value]])
    if isinstance(value, int):
        return head(0, value) if value >= 0 else head(1, -1 - value)
    if isinstance(value, Link):
        return b"\xd8\x2a" + cbor(b"\x00" + value.cid)
    if isinstance(value, bytes | str):
        raw = value if isinstance(value, bytes) else value.encode()
        return head(2 if isinstance(value, bytes) else 3, len(raw)) + raw
    if isinstance(value, list):
        return head(4, len(value)) + b"".join(map(cbor, value))
    return head(5, len(value)) + b"".join(cbor(k) + cbor(v) for k, v in value.items())


def head(kind: int, number: int) -> bytes:
    if number < 24:
        return bytes([kind << 5 | number])
    size, low = next(
        (s, low) for s, low in ((1, 24), (2, 25), (4, 26), (8, 27)) if number < 1 << 8 * s
    )
    return bytes([kind << 5 | low]) + number.to_bytes(size, "big")


def varint(number: int) -> bytes:
    low = number & 0x7F
    return bytes([low]) if number < 0x80 else bytes([low | 0x80]) + varint(number >> 7)


class Blocks:
    """The blocks of a proof, each under the hash of what it holds."""

    def __init__(self) -> None:
        self.raw = b""

    def add(self, value: Any, *, keep: bool = True) -> Link:
        data = cbor(value)
        cid = bytes([0x01, 0x71, 0x12, 0x20]) + hashlib.sha256(data).digest()
        self.raw += (varint(len(cid + data)) + cid + data) if keep else b""
        return Link(cid)


def node(*entries: tuple[str, Link | None], left: Link | None = None) -> dict[str, Any]:
    """Return a node of a tree: its keys in order, each with the tree behind it."""
    before, made = b"", []
    for name, behind in entries:
        key = f"app.bsky.feed.post/{name}".encode()
        pairs = zip(before, key, strict=False)
        shared = sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], pairs))
        value = Link(bytes([0x01, 0x71, 0x12, 0x20]) + b"\x07" * 32)
        made.append({"p": shared, "k": key[shared:], "v": value, "t": behind})
        before = key
    return {"l": left, "e": made}


def proof(*listed: str, did: str = DID, leave_out: bool = False) -> Reply:
    """Return a proof whose tree lists these keys, in two levels; or its lower one left out."""
    blocks = Blocks()
    lower = blocks.add(node(*((name, None) for name in sorted(listed))), keep=not leave_out)
    top = blocks.add(node(("2222222222222", lower), ("zzzzzzzzzzzzz", None)))
    return car(
        blocks, blocks.add({"did": did, "version": 3, "data": top, "rev": "3l", "sig": b"x"})
    )


def car(blocks: Blocks, root: Link) -> Reply:
    header = cbor({"roots": [root], "version": 1})
    return typed(varint(len(header)) + header + blocks.raw, "application/vnd.ipld.car")


def labels(*found: dict[str, Any]) -> Reply:
    return data({"cursor": "0", "labels": list(found)})


def takedown(**changes: Any) -> dict[str, Any]:
    made = {"src": "did:plc:labeller", "uri": AT_URI, "val": "!takedown", "cts": "2026-01-01"}
    return made | changes
