"""Removing a content coding, bounded in size and in ratio.

980 bytes of gzip in gzip once became one chunk of 512 MB in an ordinary client: a body is decoded
in small steps, one coding only, and what is over the bound is cut and said to be cut.
"""

from __future__ import annotations

import zlib
from dataclasses import dataclass

_STEP = 64 * 1024  # bytes of output at a time
_RATIO_FROM = 1024 * 1024  # bytes of output below which any ratio is fine
_STREAMS = 1000  # joined in one body; a megabyte of empty ones would take minutes
_GZIP = 16 + zlib.MAX_WBITS
_RAW_DEFLATE = -zlib.MAX_WBITS
_WINDOW_BITS = {"gzip": _GZIP, "x-gzip": _GZIP, "deflate": zlib.MAX_WBITS}


@dataclass(frozen=True, slots=True)
class Decoded:
    """A body without its content coding; ``error`` says why it is not whole, if it is not."""

    body: bytes
    error: str | None = None


def decode(body: bytes, codings: str, max_bytes: int, max_ratio: int) -> Decoded:
    """Undo the ``Content-Encoding`` field's value, if it names one coding that we know.

    ``max_ratio`` is of decoded to coded bytes, looked at from 1 MiB of output on.
    """
    names = [name for name in codings.lower().replace(" ", "").split(",") if name]
    names = [name for name in names if name != "identity"]
    if not names or not body:
        return Decoded(body)
    if len(names) > 1:
        return Decoded(b"", f"{len(names)} content codings, one is decoded at most")
    if names[0] not in _WINDOW_BITS:
        return Decoded(b"", f"the content coding {names[0][:20]!r} is not decoded")
    bits = _WINDOW_BITS[names[0]]
    if bits == zlib.MAX_WBITS and not _has_zlib_header(body):
        bits = _RAW_DEFLATE
    return _inflate(body, bits, min(max_bytes, max(_RATIO_FROM, len(body) * max_ratio)))


def _has_zlib_header(body: bytes) -> bool:
    """Tell zlib from raw deflate, which some servers send as "deflate" (RFC 9110, 8.4.1.2)."""
    return len(body) > 1 and body[0] & 0x0F == 8 and (body[0] << 8 | body[1]) % 31 == 0


def _inflate(body: bytes, bits: int, limit: int) -> Decoded:
    out = bytearray()
    try:
        finished = _inflate_into(out, body, bits, limit)
    except zlib.error as error:
        return Decoded(bytes(out[:limit]), f"the body is not what its coding says ({error})")
    if len(out) > limit:
        return Decoded(bytes(out[:limit]), f"decoded to more than {limit} bytes")
    return Decoded(bytes(out), None if finished else "the compressed stream breaks off")


def _inflate_into(out: bytearray, body: bytes, bits: int, limit: int) -> bool:
    """Inflate until the end or just past ``limit``; tell whether the stream was whole.

    Gzip files may be joined (RFC 1952, 2.2), and servers do; what follows the last one is
    padding.
    """
    inflater, at, streams = zlib.decompressobj(bits), 0, 1
    while at < len(body) and len(out) <= limit:
        piece = body[at : at + _STEP]
        out += inflater.decompress(piece, _STEP)
        left = inflater.unused_data if inflater.eof else inflater.unconsumed_tail
        at += len(piece) - len(left)
        if inflater.eof:
            if bits != _GZIP or streams == _STREAMS or body[at : at + 2] != b"\x1f\x8b":
                return body[at : at + 2] != b"\x1f\x8b"
            inflater, streams = zlib.decompressobj(bits), streams + 1
    while len(out) <= limit and (more := inflater.decompress(b"", _STEP)):
        out += more
    return inflater.eof
