"""Whether a proof from a repository still lists a record, told by the identity of the record.

A proof is a CAR file of the blocks of a Merkle search tree between its root and where the record
is, or would be. A leaf names its record by the bytes of the CID, so a listed record shows them.
Source: atproto.com/specs/repository and multiformats' CID version 1, read 2026-08-20.
"""

from __future__ import annotations

import base64
import binascii

from archiver.model.inquiry import Answer, Outcome
from archiver.platforms._questions import is_unverified

_CAR = "application/vnd.ipld.car"
_CID_BYTES = 36  # version, codec, hash, length, and 32 bytes of SHA-256


def holds_cid(answer: Answer, cid: str) -> bool | None:
    """Tell whether the proof lists the record with that CID; None when the answer is no proof."""
    wanted = _bytes_of(cid)
    is_proof = answer.status == 200 and answer.content_type == _CAR and answer.body
    if wanted is None or not is_proof or is_unverified(answer):
        return None
    return wanted in answer.body if answer.outcome is Outcome.ANSWERED else None


def _bytes_of(cid: str) -> bytes | None:
    if not cid.startswith("b"):  # of the ways to write bytes, base 32 in lower case
        return None
    digits = cid[1:].upper()
    try:
        found = base64.b32decode(digits + "=" * (-len(digits) % 8))
    except (binascii.Error, ValueError):
        return None
    return found if len(found) == _CID_BYTES else None
