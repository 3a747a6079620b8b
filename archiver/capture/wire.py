"""Heads of browser exchanges, written as HTTP/1.1 from what the browser tells.

The browser hands out decoded bodies and parsed headers, so these records are reconstructions:
``warcinfo`` says so. What no longer describes the stored body is kept under an ``x-orig-`` name,
as replay software expects; nothing is invented.

Source: browsertrix-crawler's and warcio.js's practice, iipc/warc-specifications issue 42 (HTTP/2
in HTTP/1.1 syntax with WARC-Protocol), read 2026-11.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from urllib.parse import urlsplit

Fields = tuple[tuple[str, str], ...]

RENAMED = frozenset({"content-encoding", "transfer-encoding"})
PROXY_FIELDS = frozenset({"proxy-connection"})  # added for our guard; the origin never saw it


def unfold(headers: Mapping[str, str]) -> Fields:
    """Take apart what the browser joins: one line feed between values of one name."""
    return tuple(
        (name, value)
        for name, joined in headers.items()
        if not name.startswith(":")
        for value in joined.split("\n")
    )


def field_bytes(name: str, value: str) -> bytes:
    """Write one header line; the browser hands bytes out as Latin-1 unless they were UTF-8."""
    line = f"{name}: {value}".replace("\r", " ").replace("\n", " ")
    try:
        return line.encode("latin-1") + b"\r\n"
    except UnicodeEncodeError:
        return line.encode("utf-8") + b"\r\n"


def parse_head(text: str | None, fields: Fields) -> tuple[str, Fields] | None:
    """Read the browser's own copy of a head, when it says the same as ``fields``.

    It has the order and the case of the wire, which ``fields`` have not. A byte that is not ASCII
    damages it: it disappears with the line end after it. Source: measured with Chromium 156.
    """
    if not text:
        return None
    first, *lines = text.rstrip("\r\n").split("\r\n")
    pairs = [line.partition(":") for line in lines]
    if not first.startswith("HTTP/1.") or not all(colon for _, colon, _ in pairs):
        return None
    told = tuple((name, value.strip()) for name, _, value in pairs)
    return (first, told) if _sorted(told) == _sorted(fields) else None


def _sorted(fields: Fields) -> list[tuple[str, str]]:
    return sorted((name.lower(), value.strip()) for name, value in fields)


def response_head(status_line: str, fields: Fields, length: int) -> bytes:
    """Write a response head for a body of ``length`` bytes with no coding left on it."""
    lines = [status_line.encode("latin-1", "replace") + b"\r\n"]
    told = False
    for name, value in fields:
        lower = name.lower()
        if lower in RENAMED:
            lines.append(field_bytes(f"x-orig-{name}", value))
        elif lower != "content-length":
            lines.append(field_bytes(name, value))
        elif value == str(length) and not told:
            lines.append(field_bytes(name, value))
            told = True
        else:
            lines.append(field_bytes(f"x-orig-{name}", value))
    if not told:
        lines.append(field_bytes("Content-Length", str(length)))
    return b"".join(lines) + b"\r\n"


def request_head(method: str, url: str, fields: Iterable[tuple[str, str]], host: str) -> bytes:
    """Write a request head in origin form."""
    parts = urlsplit(url)
    target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    kept = [(name, value) for name, value in fields if name.lower() not in PROXY_FIELDS]
    if not any(name.lower() == "host" for name, _ in kept):
        kept.insert(0, ("Host", host))
    first = f"{method} {target} HTTP/1.1\r\n".encode("utf-8", "replace")
    return first + b"".join(field_bytes(name, value) for name, value in kept) + b"\r\n"
