from __future__ import annotations

import pytest

from archiver.capture.wire import field_bytes, parse_head, request_head, response_head, unfold


def test_joined_values_become_fields_of_their_own():
    assert unfold({"Set-Cookie": "a=1\nb=2", ":status": "200", "X": "y"}) == (
        ("Set-Cookie", "a=1"), ("Set-Cookie", "b=2"), ("X", "y"),
    )  # fmt: skip


@pytest.mark.parametrize(
    ("value", "written"),
    [
        ("plain", b"X: plain\r\n"),
        ("caf\xe9", b"X: caf\xe9\r\n"),
        ("☃", b"X: \xe2\x98\x83\r\n"),
        ("one\r\nSet-Cookie: forged", b"X: one  Set-Cookie: forged\r\n"),
    ],
)
def test_a_field_is_one_line_of_bytes(value, written):
    assert field_bytes("X", value) == written


def test_a_head_of_the_wire_keeps_order_and_case():
    fields = (("b-two", "2"), ("A-One", "1"))
    head = "HTTP/1.1 200 Fine\r\nA-One: 1\r\nB-Two: 2\r\n\r\n"

    assert parse_head(head, fields) == ("HTTP/1.1 200 Fine", (("A-One", "1"), ("B-Two", "2")))


@pytest.mark.parametrize(
    "head",
    [
        None,
        "",
        "HTTP/1.1 200 OK\r\nX-Place: cafSet-Cookie: a=1\r\n\r\n",
        "HTTP/2 200\r\nX-Place: caf\r\n\r\n",
        "HTTP/1.1 200 OK\r\nnot a field\r\n\r\n",
    ],
)
def test_a_damaged_head_is_not_used(head):
    assert parse_head(head, (("X-Place", "caf\xe9"), ("Set-Cookie", "a=1"))) is None


def test_a_response_head_describes_the_body_as_it_is_stored():
    fields = (
        ("Content-Encoding", "gzip"), ("transfer-encoding", "chunked"),
        ("Content-Length", "40"), ("X", "y"),
    )  # fmt: skip

    assert response_head("HTTP/1.1 200 OK", fields, 100) == (
        b"HTTP/1.1 200 OK\r\n"
        b"x-orig-Content-Encoding: gzip\r\n"
        b"x-orig-transfer-encoding: chunked\r\n"
        b"x-orig-Content-Length: 40\r\n"
        b"X: y\r\n"
        b"Content-Length: 100\r\n\r\n"
    )


def test_a_length_that_is_right_stays_where_it_is():
    head = response_head("HTTP/1.1 200 OK", (("content-length", "3"), ("X", "y")), 3)

    assert head == b"HTTP/1.1 200 OK\r\ncontent-length: 3\r\nX: y\r\n\r\n"


def test_a_request_is_in_origin_form_without_what_was_for_our_proxy():
    fields = (("Proxy-Connection", "keep-alive"), ("Accept", "*/*"))

    head = request_head("GET", "https://s.test:8443/a?b=c", fields, "s.test:8443")

    assert head == b"GET /a?b=c HTTP/1.1\r\nHost: s.test:8443\r\nAccept: */*\r\n\r\n"


def test_an_address_without_a_path_asks_for_the_root():
    assert request_head("GET", "http://s.test", (), "s.test").startswith(b"GET / HTTP/1.1\r\n")
