from __future__ import annotations

import pytest

from archiver.net.tape import Tape

HEAD = (
    b"HTTP/1.1 200 OK\r\nsEt-Cookie: a\r\nSet-Cookie: b=\xe9\r\nTransfer-Encoding: Chunked\r\n\r\n"
)
EARLY = b"HTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\n"
CONTINUE = b"HTTP/1.1 100 Continue\r\n\r\n"


@pytest.mark.parametrize("size", [1, 2, 3, 7, 10_000])
@pytest.mark.parametrize("before", [b"", CONTINUE, EARLY, CONTINUE + EARLY + EARLY])
def test_the_final_head_is_kept_byte_for_byte(before: bytes, size: int) -> None:
    wire = before + HEAD + b"5\r\nhello\r\n0\r\n\r\n"
    tape = Tape()

    for at in range(0, len(wire), size):
        tape.received(wire[at : at + size])

    assert tape.head == HEAD
    assert tape.chunked


@pytest.mark.parametrize(
    "head",
    [b"HTTP/1.1 200 OK\n\n", b"HTTP/1.1 200 OK\nA: b\r\n\r\n", b"HTTP/1.1 101 Switching\r\n\r\n"],
)
def test_a_head_ends_where_the_parser_sees_its_end(head: bytes) -> None:
    tape = Tape()

    tape.received(head + b"body")

    assert tape.head == head


def test_half_a_head_is_none() -> None:
    tape = Tape()

    tape.received(EARLY + b"HTTP/1.1 200 OK\r\nX: y\r\n")

    assert tape.head is None


def test_the_protocols_are_named_as_in_a_warc() -> None:
    tape = Tape()
    tape.tls = "TLSv1.3"

    tape.received(b"HTTP/1.0 200 OK\r\n\r\n")

    assert tape.protocols == ("http/1.0", "tls/1.3")


def test_the_request_is_what_was_sent() -> None:
    tape = Tape()

    tape.sent(b"GET / HTTP/1.1\r\n")
    tape.sent(b"\r\n")

    assert tape.request == b"GET / HTTP/1.1\r\n\r\n"
