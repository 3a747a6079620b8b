"""What an exchange of the client holds, decoded within bounds."""

from __future__ import annotations

import zlib
from email.message import Message

from archiver.capture.policy import MIB
from archiver.capture.warc import HttpEntry
from archiver.model.inquiry import Exchange

MAX_DECODED_BYTES = 32 * MIB
TEXT_TYPES = ("text/",)
TEXTUAL = frozenset({
    "application/json", "application/ld+json", "application/xml", "application/xhtml+xml",
    "application/javascript", "application/rss+xml", "application/atom+xml",
})  # fmt: skip
WINDOW_BITS = {"gzip": 31, "x-gzip": 31, "deflate": 47}  # 47 finds out; 31 is gzip alone


def decode_body(exchange: Exchange) -> bytes | None:
    """Return the body without its content coding; None when that is unknown, broken or too big."""
    coding = (HttpEntry.from_exchange(exchange).header("content-encoding") or "").lower()
    if coding in {"", "identity"}:
        return exchange.body
    if coding not in WINDOW_BITS:
        return None
    unpacker = zlib.decompressobj(WINDOW_BITS[coding])
    try:
        body = unpacker.decompress(exchange.body, MAX_DECODED_BYTES)
    except zlib.error:
        return None
    return None if unpacker.unconsumed_tail else body


def decode_text(exchange: Exchange) -> str | None:
    """Return the body as text when its media type says that it is text."""
    content_type = HttpEntry.from_exchange(exchange).header("content-type") or ""
    told = Message()
    told["content-type"] = content_type
    media_type = told.get_content_type()
    if not content_type or not (media_type.startswith(TEXT_TYPES) or media_type in TEXTUAL):
        return None
    body = decode_body(exchange)
    if body is None:
        return None
    try:
        return body.decode(told.get_content_charset() or "utf-8", "replace")
    except LookupError:  # a charset nobody knows
        return body.decode("utf-8", "replace")
