"""HTTP/1.1 heads as the guard reads and writes them: strictly, and byte for byte where it may."""

from __future__ import annotations

import re
from base64 import b64encode
from dataclasses import dataclass

from archiver.errors import InputError
from archiver.net.decisions import Refusal
from archiver.net.policy import Upstream
from archiver.net.targets import Target, parse_absolute, parse_authority

_REQUEST_LINE = re.compile(rb"([!#$%&'*+.^_`|~0-9A-Za-z-]{1,32}) ([\x21-\x7e]+) HTTP/1\.[01]")
_FIELD = re.compile(rb"([!#$%&'*+.^_`|~0-9A-Za-z-]+):[ \t]*([^\x00-\x08\x0a-\x1f\x7f]*?)[ \t]*")
_LENGTH = re.compile(rb"[0-9]{1,15}")
_HOP_BY_HOP = {b"connection", b"keep-alive", b"te", b"trailer", b"upgrade"}  # RFC 9110, 7.6.1
_REASONS = {
    400: "Bad Request",
    403: "Forbidden",
    408: "Request Timeout",
    411: "Length Required",
    431: "Request Header Fields Too Large",
    502: "Bad Gateway",
    504: "Gateway Timeout",
}

ESTABLISHED = b"HTTP/1.1 200 Connection established\r\n\r\n"


@dataclass(frozen=True, slots=True)
class RequestHead:
    """One request to the guard. ``path`` is what the origin is to see, None for CONNECT."""

    method: str
    target: Target
    path: str | None
    version: str
    lines: tuple[tuple[bytes, bytes], ...]
    """Lower-case name and whole line of each field, as received."""
    length: int
    """Of the body, in bytes."""


def parse_request_head(raw: bytes, max_fields: int) -> RequestHead:
    """Read a request head, final blank line included.

    Raises:
        InputError: anything a browser or our client would not send: folded or nameless fields,
            control characters, two lengths, a transfer coding, a Host unlike the target.
    """
    first, *lines = raw.removesuffix(b"\r\n\r\n").split(b"\r\n")
    match = _REQUEST_LINE.fullmatch(first)
    if match is None:
        raise InputError("the request line cannot be read")
    if len(lines) > max_fields:
        raise InputError("too many header fields")
    fields = [_parse_field(line) for line in lines]
    method, where = match[1].decode("ascii"), match[2].decode("ascii")
    target, path = _parse_where(method, where)
    _check_host([value for name, value, _ in fields if name == b"host"], target, path)
    return RequestHead(
        method=method,
        target=target,
        path=path,
        version=first[-8:].decode("ascii"),
        lines=tuple((name, line) for name, _, line in fields),
        length=_body_length(fields),
    )


def _parse_field(line: bytes) -> tuple[bytes, bytes, bytes]:
    match = _FIELD.fullmatch(line)
    if match is None:
        raise InputError("a header field cannot be read")
    return match[1].lower(), match[2], line


def _parse_where(method: str, where: str) -> tuple[Target, str | None]:
    if method == "CONNECT":
        return parse_authority(where), None
    target, path = parse_absolute(where)
    return target, path


def _check_host(hosts: list[bytes], target: Target, path: str | None) -> None:
    """Hold ``Host`` to the target: a request for one site must not name another."""
    if not hosts and path is None:
        return
    if len(hosts) != 1:
        raise InputError("there must be one Host field")
    default = 80 if path is not None else target.port
    if parse_authority(hosts[0].decode("latin-1"), default) != target:
        raise InputError("Host differs from the target")


def _body_length(fields: list[tuple[bytes, bytes, bytes]]) -> int:
    lengths = {value for name, value, _ in fields if name == b"content-length"}
    if any(name == b"transfer-encoding" for name, _, _ in fields):
        raise InputError("a request body must come with its length")
    if len(lengths) > 1 or not all(_LENGTH.fullmatch(value) for value in lengths):
        raise InputError("the content length cannot be read")
    return int(lengths.pop()) if lengths else 0


def origin_head(head: RequestHead, upstream: Upstream | None = None) -> bytes:
    """Return the head for the origin: nothing of the proxy's, one request per connection.

    ``Connection: close`` stands where the client's own field stood. The other lines are the
    client's bytes. Through an upstream proxy the absolute form stays.
    """
    where = head.path or "/"
    if upstream is not None:
        where = f"http://{_host_field(head.target)}{where}"
    lines = [f"{head.method} {where} {head.version}".encode("ascii")]
    closing = b"Connection: close"
    for name, line in head.lines:
        if name in {b"connection", b"proxy-connection"} and closing not in lines:
            lines.append(closing)
        elif name not in _HOP_BY_HOP and not name.startswith(b"proxy-"):
            lines.append(line)
    if closing not in lines:
        lines.append(closing)
    lines += _upstream_lines(upstream)
    return b"\r\n".join([*lines, b"", b""])


def connect_head(target: Target, upstream: Upstream) -> bytes:
    """Return the head that asks an upstream proxy for a tunnel."""
    where = target.authority.encode("ascii")
    lines = [b"CONNECT " + where + b" HTTP/1.1", b"Host: " + where, *_upstream_lines(upstream)]
    return b"\r\n".join([*lines, b"", b""])


def _upstream_lines(upstream: Upstream | None) -> list[bytes]:
    if upstream is None or not upstream.username:
        return []
    pair = f"{upstream.username}:{upstream.password}".encode()
    return [b"Proxy-Authorization: Basic " + b64encode(pair)]


def _host_field(target: Target) -> str:
    return target.authority.removesuffix(":80")


def refusal_reply(refusal: Refusal) -> bytes:
    """Return the whole reply to a request that was not carried out.

    ``X-Archiver-Guard`` holds verdict and reason. In the answer to a forwarded request an origin
    could write that field too: the passage's log is what counts.
    """
    reason = refusal.reason.encode("ascii", "replace").decode("ascii")
    body = f"{refusal.verdict}; {reason}\n".encode("ascii")
    head = (
        f"HTTP/1.1 {refusal.status} {_REASONS.get(refusal.status, 'Refused')}\r\n"
        f"X-Archiver-Guard: {refusal.verdict}; {reason}\r\n"
        "Content-Type: text/plain; charset=us-ascii\r\n"
        f"Content-Length: {len(body)}\r\n"
        "Connection: close\r\n\r\n"
    )
    return head.encode("ascii") + body
