from __future__ import annotations

import gzip
import hashlib
import itertools
import os
from datetime import UTC, datetime
from pathlib import Path

import pytest
from warcio.archiveiterator import ArchiveIterator

from archiver.capture.warc import (
    HttpEntry,
    Payload,
    WarcFile,
    compression_level,
    rename_transfer_coding,
)
from archiver.model.capture import HeldPayload
from archiver.model.inquiry import Exchange
from tests.capture.archive import check

AT = datetime(2026, 3, 1, 12, 30, 0, 250, tzinfo=UTC)
HEAD = b"HTTP/1.1 200 OK\r\ncontent-TYPE:text/html\r\nX-Name:  caf\xe9 \r\nSet-Cookie: a=1\r\nSet-Cookie: b=2\r\n\r\n"
REQUEST = b"GET /p HTTP/1.1\r\nHost: site.test\r\nX-Odd:\tyes\r\n\r\n"


def numbered():
    count = itertools.count(1)
    return lambda: f"urn:uuid:00000000-0000-4000-8000-{next(count):012d}"


def open_warc(folder: Path) -> WarcFile:
    warc = WarcFile(folder / "capture.warc.gz", page_id="page-1", new_id=numbered())
    return warc.create({"software": "archiver-test", "format": "WARC File Format 1.1"}, AT)


def names_in(folder: Path) -> list[str]:
    return [path.name for path in folder.iterdir()]


def entry(**changes) -> HttpEntry:
    values = {
        "url": "http://site.test/p",
        "at": AT,
        "request": REQUEST,
        "head": HEAD,
        "body": Payload.of(b"<p>hello</p>"),
        "ip": "192.0.2.7",
        "protocols": ("h2", "tls/1.3"),
        "resource_type": "document",
    }
    return HttpEntry(**{**values, **changes})


def member(path: Path, record) -> bytes:
    raw = path.read_bytes()[record.offset : record.offset + record.length]
    return gzip.decompress(raw)


def fields_of(member_bytes: bytes) -> list[str]:
    return member_bytes.split(b"\r\n\r\n", 1)[0].decode().split("\r\n")


def records_of(path: Path):
    with path.open("rb") as stream:
        return [(r.rec_type, r.rec_headers) for r in ArchiveIterator(stream)]


def test_a_response_record_is_written_whole_and_in_order(tmp_path):
    warc = open_warc(tmp_path)
    response, _ = warc.add_exchange(entry())
    path = warc.close()

    sha = hashlib.sha256(b"<p>hello</p>").hexdigest()
    block = hashlib.sha256(HEAD + b"<p>hello</p>").hexdigest()
    assert member(path, response) == (
        b"WARC/1.1\r\n"
        b"WARC-Type: response\r\n"
        b"WARC-Record-ID: <urn:uuid:00000000-0000-4000-8000-000000000002>\r\n"
        b"WARC-Target-URI: http://site.test/p\r\n"
        b"WARC-Date: 2026-03-01T12:30:00.000250Z\r\n"
        b"WARC-Warcinfo-ID: <urn:uuid:00000000-0000-4000-8000-000000000001>\r\n"
        b"WARC-Page-ID: page-1\r\n"
        b"WARC-IP-Address: 192.0.2.7\r\n"
        b"WARC-Protocol: h2\r\n"
        b"WARC-Protocol: tls/1.3\r\n"
        b"WARC-Resource-Type: document\r\n"
        b"WARC-Payload-Digest: sha256:" + sha.encode() + b"\r\n"
        b"WARC-Block-Digest: sha256:" + block.encode() + b"\r\n"
        b"Content-Type: application/http; msgtype=response\r\n"
        b"Content-Length: %d\r\n\r\n" % (len(HEAD) + 12) + HEAD + b"<p>hello</p>\r\n\r\n"
    )


def test_the_request_follows_its_response_at_once_and_names_it(tmp_path):
    warc = open_warc(tmp_path)
    response, request = warc.add_exchange(entry(request=REQUEST + b"\x00\xff"))
    path = warc.close()

    written = member(path, request)
    assert request.offset == response.offset + response.length
    assert f"WARC-Concurrent-To: <{response.record_id}>" in fields_of(written)
    assert "WARC-Date: 2026-03-01T12:30:00.000250Z" in fields_of(written)
    assert written.endswith(REQUEST + b"\x00\xff\r\n\r\n")
    assert request.payload_sha256 == hashlib.sha256(b"\x00\xff").hexdigest()


def test_the_same_ids_make_the_same_bytes(tmp_path):
    paths = []
    for name in ("one", "two"):
        folder = tmp_path / name
        folder.mkdir()
        warc = open_warc(folder)
        warc.add_exchange(entry())
        paths.append(warc.close())

    assert paths[0].read_bytes() == paths[1].read_bytes()


def test_the_index_entry_says_what_the_response_was(tmp_path):
    warc = open_warc(tmp_path)
    response, _ = warc.add_exchange(entry())
    warc.close()

    assert (response.type, response.status, response.media_type) == ("response", 200, "text/html")
    assert response.at == AT
    assert response.page_id == "page-1"
    assert response.payload_sha256 == hashlib.sha256(b"<p>hello</p>").hexdigest()


def test_a_held_payload_becomes_a_revisit_that_keeps_the_headers(tmp_path):
    body = Payload.of(b"picture" * 1000)
    held = HeldPayload(
        body.sha256, "http://site.test/old", "urn:uuid:held", datetime(2026, 1, 2, tzinfo=UTC), "c1"
    )
    warc = open_warc(tmp_path)
    revisit, _ = warc.add_exchange(entry(body=body), held)
    path = warc.close()

    written = member(path, revisit)
    assert revisit.type == "revisit"
    assert revisit.refers_to == "urn:uuid:held"
    assert written.endswith(b"\r\n\r\n" + HEAD + b"\r\n\r\n")
    assert set(fields_of(written)) >= {
        "WARC-Profile: http://netpreserve.org/warc/1.1/revisit/identical-payload-digest",
        "WARC-Refers-To: <urn:uuid:held>",
        "WARC-Refers-To-Target-URI: http://site.test/old",
        "WARC-Refers-To-Date: 2026-01-02T00:00:00.000000Z",
        "WARC-Truncated: length",
        f"WARC-Payload-Digest: sha256:{body.sha256}",
    }


def test_a_chunked_exchange_keeps_every_header_byte_but_the_coding_that_is_gone():
    head = b"HTTP/1.1 200 OK\r\ntransfer-Encoding: chunked\r\nX-A:  b\r\n\r\n"
    exchange = Exchange("http://s.test/", REQUEST, head, b"5\r\nbody", AT, None, chunked=True)

    taken = HttpEntry.from_exchange(exchange)

    assert taken.head == b"HTTP/1.1 200 OK\r\nx-orig-transfer-Encoding: chunked\r\nX-A:  b\r\n\r\n"
    assert rename_transfer_coding(HEAD) == HEAD


def test_an_exchange_of_the_client_goes_in_as_it_was_on_the_wire(tmp_path):
    squeezed = gzip.compress(b"words", mtime=0)
    head = b"HTTP/1.1 200 Fine\r\nContent-Encoding: gzip\r\nX-B: \xfc\r\n\r\n"
    exchange = Exchange("http://s.test/a", REQUEST, head, squeezed, AT, "::1", truncated="time")
    warc = open_warc(tmp_path)
    response, _ = warc.add_exchange(HttpEntry.from_exchange(exchange))
    path = warc.close()

    written = member(path, response)
    assert written.endswith(head + squeezed + b"\r\n\r\n")
    assert {"WARC-IP-Address: ::1", "WARC-Protocol: http/1.1", "WARC-Truncated: time"} <= set(
        fields_of(written)
    )


def test_a_line_feed_in_an_address_forges_no_field(tmp_path):
    warc = open_warc(tmp_path)
    response, _ = warc.add_exchange(entry(url="http://s.test/\r\nWARC-Type: warcinfo"))
    path = warc.close()

    assert fields_of(member(path, response))[1] == "WARC-Type: response"
    assert "WARC-Target-URI: http://s.test/ WARC-Type: warcinfo" in fields_of(
        member(path, response)
    )


def test_a_screenshot_is_a_resource_beside_the_page(tmp_path):
    warc = open_warc(tmp_path)
    response, _ = warc.add_exchange(entry())
    shot = warc.add_resource(
        "urn:view:http://site.test/p", "image/png", Payload.of(b"\x89PNG"), AT, response.record_id
    )
    path = warc.close()

    written = member(path, shot)
    assert f"WARC-Concurrent-To: <{response.record_id}>" in fields_of(written)
    assert "Content-Type: image/png" in fields_of(written)
    assert written.endswith(b"\r\n\r\n\x89PNG\r\n\r\n")


@pytest.mark.parametrize(
    ("media_type", "coding", "length", "level"),
    [
        ("image/jpeg", None, 200_000, 0),
        ("video/mp4", None, 200_000, 0),
        ("text/html", "gzip", 200_000, 0),
        ("text/html", None, 200_000, 6),
        ("image/svg+xml", None, 200_000, 6),
        ("image/jpeg", None, 100, 6),
        (None, None, 200_000, 6),
    ],
)
def test_what_is_compressed_already_is_not_compressed_again(media_type, coding, length, level):
    assert compression_level(media_type, coding, length) == level


def test_a_file_is_a_part_until_it_is_closed(tmp_path):
    warc = open_warc(tmp_path)
    before = names_in(tmp_path)
    warc.close()

    assert before == ["capture.warc.gz.part"]
    assert names_in(tmp_path) == ["capture.warc.gz"]


def test_records_can_be_added_to_a_closed_file(tmp_path):
    warc = open_warc(tmp_path)
    warc.add_exchange(entry())
    path = warc.close()
    again = WarcFile(path, page_id="page-1").reopen()
    added, _ = again.add_exchange(entry(url="http://site.test/media"))
    again.close()

    kinds = [(kind, fields.get_header("WARC-Target-URI")) for kind, fields in records_of(path)]
    assert kinds == [
        ("warcinfo", None),
        ("response", "http://site.test/p"),
        ("request", "http://site.test/p"),
        ("response", "http://site.test/media"),
        ("request", "http://site.test/media"),
    ]
    assert "WARC-Warcinfo-ID: <urn:uuid:00000000-0000-4000-8000-000000000001>" in fields_of(
        member(path, added)
    )


def test_a_torn_tail_is_cut_before_anything_is_added(tmp_path):
    warc = open_warc(tmp_path)
    warc.add_exchange(entry())
    whole = warc.flush()
    warc.add_exchange(entry(body=Payload.of(os.urandom(50_000))))
    torn = warc.flush() - 20_000
    warc.abandon()
    part = tmp_path / "capture.warc.gz.part"
    os.truncate(part, torn)

    mended = WarcFile(tmp_path / "capture.warc.gz").reopen(keep_bytes=whole)
    mended.add_exchange(entry(url="http://site.test/later"))
    path = mended.close()

    kinds = [kind for kind, _ in records_of(path)]
    assert kinds == ["warcinfo", "response", "request", "response", "request"]


CHUNKED = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nContent-Encoding: gzip\r\n\r\n"


@pytest.mark.parametrize(
    "program",
    [["warcio", "check"], ["fastwarc", "check", "-q"], ["fastwarc", "check", "-p", "-q"]],
    ids=["warcio", "fastwarc", "fastwarc payloads"],
)
def test_independent_readers_find_every_digest_right(tmp_path, program):
    squeezed = gzip.compress(b"x" * 9000)
    exchange = Exchange("http://s.test/z", REQUEST, CHUNKED, squeezed, AT, None, chunked=True)
    warc = open_warc(tmp_path)
    warc.add_exchange(entry(body=Payload.of(os.urandom(700_000))))
    warc.add_exchange(entry(body=Payload.of(b""), head=b"HTTP/1.1 204 No Content\r\n\r\n"))
    warc.add_exchange(entry(request=b"POST / HTTP/1.1\r\nHost: a\r\n\r\n\x00\x01"))
    warc.add_exchange(HttpEntry.from_exchange(exchange))
    path = warc.close()

    verdict = check(program, path)

    assert verdict == "right"


@pytest.mark.parametrize(
    "program", [["warcio", "check"], ["fastwarc", "check", "-q"]], ids=["warcio", "fastwarc"]
)
def test_independent_readers_accept_a_revisit_and_a_resource(tmp_path, program):
    big = Payload.of(os.urandom(50_000))
    warc = open_warc(tmp_path)
    warc.add_exchange(
        entry(body=big), HeldPayload(big.sha256, "http://s.test/o", "urn:uuid:held", AT, "c1")
    )
    warc.add_resource("urn:text:http://s.test/", "text/plain", Payload.of("é".encode()), AT)
    path = warc.close()

    verdict = check(program, path)

    assert verdict == "right"
