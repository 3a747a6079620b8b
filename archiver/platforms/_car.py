"""Whether a repository of the AT protocol lists a record, by the proof its server gives.

A proof is a CAR file: the signed commit, and the blocks of a Merkle search tree from its root to
where the record is, or would be. Each block is named by its own hash, so a tree that was tampered
with does not hold together; the signature of the commit is not checked.
Source: atproto.com/specs/repository, CAR version 1, DAG-CBOR and CID version 1, read 2026-08-20.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass

from archiver.model.inquiry import Answer, Outcome
from archiver.platforms._questions import is_unverified

_CAR = "application/vnd.ipld.car"
_CID_HEAD = bytes([0x01, 0x71, 0x12, 0x20])  # version 1, DAG-CBOR, SHA-256 of 32 bytes
_CID_BYTES = len(_CID_HEAD) + 32
_MAX_DEPTH = 64  # of lists in lists, and of the tree; real trees have a handful of levels
_MAX_VARINT = 9  # bytes
_TAG_LINK = 42


@dataclass(frozen=True, slots=True)
class _Link:
    cid: bytes


def lists_record(answer: Answer, did: str, path: str) -> bool | None:
    """Tell whether the repository of ``did`` lists a record; None when the answer proves nothing.

    ``path`` is the collection, a slash and the record's key.
    """
    is_proof = answer.status == 200 and answer.content_type == _CAR
    if answer.outcome is not Outcome.ANSWERED or is_unverified(answer) or not is_proof:
        return None
    try:
        root, blocks = _read_car(answer.body)
        commit = _map(blocks[root])
        if commit.get("did") != did:
            return None
        return _search(blocks, _linked(commit.get("data")), path.encode())
    except (ValueError, KeyError, IndexError):
        return None


def _search(blocks: Mapping[bytes, bytes], cid: bytes | None, wanted: bytes) -> bool:
    """Walk down to where the key is or would be; a missing block is a ``KeyError``."""
    for _ in range(_MAX_DEPTH):
        if cid is None:
            return False
        node = _map(blocks[cid])
        below, before = node.get("l"), b""
        for entry in _maps(node.get("e")):
            key = _key(entry, before)
            if key == wanted:
                return True
            if key > wanted:
                break
            below, before = entry.get("t"), key
        cid = _linked(below) if below is not None else None
    raise ValueError("deeper than any tree")


def _key(entry: Mapping[object, object], before: bytes) -> bytes:
    shared, rest = entry.get("p"), entry.get("k")
    if not isinstance(shared, int) or not isinstance(rest, bytes) or shared > len(before):
        raise ValueError("an entry without a key")
    return before[:shared] + rest


# --- CAR ----------------------------------------------------------------------------------------


def _read_car(body: bytes) -> tuple[bytes, dict[bytes, bytes]]:
    """Return the name of the root and all blocks, each checked against its name."""
    length, at = _varint(body, 0)
    roots = _map(body[at : at + length]).get("roots")
    root = _linked(roots[0] if isinstance(roots, list) and roots else None)
    at += length
    blocks = {}
    while at < len(body):
        length, at = _varint(body, at)
        cid, data = body[at : at + _CID_BYTES], body[at + _CID_BYTES : at + length]
        if cid != _CID_HEAD + hashlib.sha256(data).digest():
            raise ValueError("a block that is not what its name says")
        blocks[cid] = data
        at += length
    return root, blocks


def _varint(data: bytes, at: int) -> tuple[int, int]:
    number = 0
    for place in range(_MAX_VARINT):
        byte = data[at + place]
        number |= (byte & 0x7F) << (7 * place)
        if byte < 0x80:
            return number, at + place + 1
    raise ValueError("a number without an end")


# --- DAG-CBOR -----------------------------------------------------------------------------------

_SIMPLE = {20: False, 21: True, 22: None}
_EXTRA_BYTES = {24: 1, 25: 2, 26: 4, 27: 8}


def _map(data: bytes) -> Mapping[object, object]:
    value, end = _item(data, 0, 0)
    if not isinstance(value, dict) or end != len(data):
        raise ValueError("no map")
    return value


def _maps(value: object) -> list[Mapping[object, object]]:
    if not isinstance(value, list) or not all(isinstance(entry, dict) for entry in value):
        raise ValueError("no list of maps")
    return value


def _linked(value: object) -> bytes:
    if isinstance(value, _Link):
        return value.cid
    raise ValueError("no link")


def _item(data: bytes, at: int, depth: int) -> tuple[object, int]:
    """Read one item; floats are the only kind that is passed over unread."""
    if depth > _MAX_DEPTH:
        raise ValueError("nested too deep")
    kind = data[at] >> 5
    number, at = _argument(data, at)
    if kind in (2, 3):
        piece = data[at : at + number]
        if len(piece) != number:
            raise ValueError("cut off")
        return (piece if kind == 2 else piece.decode("utf-8", "replace")), at + number
    if kind in (4, 5):
        return _collection(data, at, depth, number, is_map=kind == 5)
    if kind == 6:
        return _link(data, at, depth, number)
    return _number(kind, number), at


def _number(kind: int, number: int) -> object:
    if kind == 0:
        return number
    return -1 - number if kind == 1 else _SIMPLE.get(number)


def _argument(data: bytes, at: int) -> tuple[int, int]:
    low = data[at] & 0x1F
    extra = _EXTRA_BYTES.get(low, 0)
    if not extra:
        return low, at + 1
    return int.from_bytes(data[at + 1 : at + 1 + extra], "big"), at + 1 + extra


def _collection(
    data: bytes, at: int, depth: int, count: int, *, is_map: bool
) -> tuple[object, int]:
    if count > len(data):
        raise ValueError("more items than bytes")
    found = []
    for _ in range(count * 2 if is_map else count):
        value, at = _item(data, at, depth + 1)
        found.append(value)
    if not is_map:
        return found, at
    if not all(isinstance(name, str) for name in found[::2]):
        raise ValueError("a name that is no text")
    return dict(zip(found[::2], found[1::2], strict=True)), at


def _link(data: bytes, at: int, depth: int, tag: int) -> tuple[object, int]:
    value, at = _item(data, at, depth + 1)
    if tag != _TAG_LINK or not isinstance(value, bytes):
        raise ValueError("a tag that is no link")
    return _Link(value[1:]), at
