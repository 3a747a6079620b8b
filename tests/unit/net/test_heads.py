from __future__ import annotations

import pytest

from archiver.errors import InputError
from archiver.net.decisions import Refusal, Ruling
from archiver.net.heads import connect_head, origin_head, parse_request_head, refusal_reply
from archiver.net.policy import Upstream
from archiver.net.targets import parse_authority

UPSTREAM = Upstream("proxy.example", 3128, "user", "pass")


def head(*lines: bytes) -> bytes:
    return b"\r\n".join([*lines, b"", b""])


def test_a_tunnel_request_has_a_target_and_no_path() -> None:
    read = parse_request_head(head(b"CONNECT a.example:443 HTTP/1.1", b"Host: a.example:443"), 200)

    assert (read.method, read.target.authority, read.path) == ("CONNECT", "a.example:443", None)


def test_the_origin_sees_the_clients_lines_without_the_proxys() -> None:
    raw = head(
        b"POST http://a.example/form?x HTTP/1.1",
        b"Host: a.example",
        b"Proxy-Connection: keep-alive",
        b"Proxy-Authorization: Basic Zm9v",
        b"x-ODD:  spaced \xe9 ",
        b"Upgrade: websocket",
        b"Content-Length: 3",
    )

    sent = origin_head(parse_request_head(raw, 200))

    assert sent == head(
        b"POST /form?x HTTP/1.1",
        b"Host: a.example",
        b"Connection: close",
        b"x-ODD:  spaced \xe9 ",
        b"Content-Length: 3",
    )


def test_through_an_upstream_the_address_stays_absolute() -> None:
    raw = head(b"GET http://a.example:8080/x HTTP/1.1", b"Host: a.example:8080")

    sent = origin_head(parse_request_head(raw, 200), UPSTREAM)

    assert sent == head(
        b"GET http://a.example:8080/x HTTP/1.1",
        b"Host: a.example:8080",
        b"Connection: close",
        b"Proxy-Authorization: Basic dXNlcjpwYXNz",
    )


def test_an_upstream_is_asked_for_a_tunnel_with_its_credentials() -> None:
    sent = connect_head(parse_authority("[2001:db8::1]:443"), UPSTREAM)

    assert sent == head(
        b"CONNECT [2001:db8::1]:443 HTTP/1.1",
        b"Host: [2001:db8::1]:443",
        b"Proxy-Authorization: Basic dXNlcjpwYXNz",
    )


A = b"GET http://a.example/ HTTP/1.1"
HOST = b"Host: a.example"


@pytest.mark.parametrize(
    "lines",
    [
        [b""],
        [b"GET"],
        [b"GET  http://a.example/ HTTP/1.1", HOST],
        [b"GET http://a.example/ HTTP/2.0", HOST],
        [b"GET http://a.example/ HTTP/1.1 ", HOST],
        [b"GET http://a.example/\xff HTTP/1.1", HOST],
        [b"G(T http://a.example/ HTTP/1.1", HOST],
        [b"GET / HTTP/1.1", HOST],
        [A],
        [A, HOST, HOST],
        [A, b"Host: b.example"],
        [A, b"Host: a.example:81"],
        [A, b"Host: a.example@b.example"],
        [A, HOST, b" folded"],
        [A, HOST, b"no colon"],
        [A, HOST, b"Name : x"],
        [A, HOST, b": x"],
        [A, HOST, b"X: a\nY: b"],
        [A, HOST, b"X: a\rY: b"],
        [A, HOST, b"X: a\x00b"],
        [A, HOST, b"Content-Length: 1", b"Content-Length: 2"],
        [A, HOST, b"Content-Length: +1"],
        [A, HOST, b"Content-Length: 1, 1"],
        [A, HOST, b"Content-Length: 3", b"Transfer-Encoding: chunked"],
        [A, HOST, b"Transfer-Encoding: chunked"],
        [A, HOST, *[b"X: y"] * 200],
        [b"CONNECT a.example:443 HTTP/1.1", b"Host: b.example:443"],
        [b"CONNECT http://a.example:443/ HTTP/1.1"],
    ],
)
def test_a_head_that_two_readers_may_read_differently_is_refused(lines: list[bytes]) -> None:
    with pytest.raises(InputError):
        parse_request_head(head(*lines), 200)


def test_a_refusal_says_verdict_and_reason_in_one_line() -> None:
    reply = refusal_reply(Refusal(Ruling.DENIED, "port: 25 is not open", 403))

    assert reply.startswith(b"HTTP/1.1 403 Forbidden\r\n")
    assert b"\r\nX-Archiver-Guard: denied; port: 25 is not open\r\n" in reply
    assert reply.endswith(b"\r\n\r\ndenied; port: 25 is not open\n")
