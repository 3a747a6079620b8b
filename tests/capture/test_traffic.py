from __future__ import annotations

import base64
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from archiver.capture.traffic import Chain, Ledger, exchanges_of
from archiver.capture.warc import Payload

AT = datetime(2026, 5, 1, tzinfo=UTC)
URL = "http://s.test/a"


def paused(status: int | None = 200, key: str = "1", url: str = URL, **event):
    held: dict[str, Any] = {
        "requestId": f"interception-{status}",
        "networkId": key,
        "resourceType": "Image",
        "request": {"url": url, "method": "GET", "headers": {"Accept": "*/*", "Cookie": "never=1"}},
        "responseHeaders": [{"name": "content-type", "value": "image/png"}],
    }
    held.update({"responseStatusCode": status} if status else {"responseErrorReason": "Failed"})
    held.update(event)
    return held


def sent(key: str = "1", **event):
    return {
        "requestId": key,
        "request": {"url": URL},
        "type": "Image",
        "wallTime": 1777593600.5,
        **event,
    }


def answered(key: str = "1", *, has_wire: bool = True, **response):
    told = {"url": URL, "status": 200, "protocol": "h2", **response}
    return {"requestId": key, "response": told, "hasExtraInfo": has_wire}


def wire(headers: dict[str, str] | None = None, status: int = 200):
    return {"requestId": "1", "statusCode": status, "headers": headers or {}}


def with_body(ledger: Ledger, event, body: bytes = b"body") -> Chain:
    chain, pause = ledger.pause(event, AT)
    pause.body, pause.is_done = Payload.of(body), True
    return chain


def simple(ledger: Ledger) -> Chain:
    ledger.will_be_sent(sent(), "page")
    ledger.sent_on_wire(wire({"Accept": "*/*", "Cookie": "real=1"}))
    with_body(ledger, paused())
    ledger.received(answered())
    ledger.received_on_wire(wire({"content-type": "image/png", "set-cookie": "a=1\nb=2"}))
    return ledger.end({"requestId": "1"})


def test_the_voices_of_one_request_become_one_exchange():
    (entry,) = exchanges_of(simple(Ledger()))

    assert entry.url == URL
    assert entry.at == datetime.fromtimestamp(1777593600.5, UTC)
    assert (
        entry.request == b"GET /a HTTP/1.1\r\nHost: s.test\r\nAccept: */*\r\nCookie: real=1\r\n\r\n"
    )
    assert entry.head == (
        b"HTTP/1.1 200 \r\ncontent-type: image/png\r\nset-cookie: a=1\r\nset-cookie: b=2\r\n"
        b"Content-Length: 4\r\n\r\n"
    )
    assert entry.protocols == ("h2",)
    assert entry.resource_type == "image"
    assert entry.truncated is None


def test_a_request_is_whole_once_every_voice_has_spoken():
    ledger = Ledger()
    ledger.will_be_sent(sent(), "page")
    chain = with_body(ledger, paused())
    ledger.received(answered())
    ledger.end({"requestId": "1"})
    before = chain.is_whole
    ledger.sent_on_wire(wire())
    ledger.received_on_wire(wire())

    assert (before, chain.is_whole) == (False, True)


def test_a_request_no_page_tells_of_is_made_of_what_was_held_without_the_cookie_of_its_answer():
    ledger = Ledger()
    chain = with_body(ledger, paused())

    (entry,) = exchanges_of(chain)

    assert entry.at == AT
    assert entry.request == b"GET /a HTTP/1.1\r\nHost: s.test\r\nAccept: */*\r\n\r\n"
    assert b"content-type: image/png" in entry.head


def test_each_hop_of_a_redirect_gets_its_own_headers():
    ledger = Ledger()
    ledger.will_be_sent(sent(), "page")
    moved = [{"name": "location", "value": "/b"}]
    with_body(ledger, paused(301, responseHeaders=moved), b"")
    redirect = {"status": 301, "protocol": "h2", "url": URL}
    ledger.will_be_sent(sent(redirectResponse=redirect, redirectHasExtraInfo=True), "page")
    with_body(ledger, paused(200, url="http://s.test/b"))
    for status, name in ((301, "first"), (200, "second")):
        ledger.sent_on_wire(wire({"Cookie": name}))
        ledger.received_on_wire(wire({"x-hop": name}, status))
    ledger.received(answered())
    chain = ledger.end({"requestId": "1"})

    first, second = exchanges_of(chain)

    assert (first.url, second.url) == (URL, "http://s.test/b")
    assert (b"Cookie: first" in first.request, b"Cookie: second" in second.request) == (True, True)
    assert (b"x-hop: first" in first.head, b"x-hop: second" in second.head) == (True, True)


def test_wire_headers_of_another_status_are_not_taken():
    ledger = Ledger()
    chain = simple(ledger)
    chain.answers_wire[0] = wire({"etag": "x"}, 304)

    (entry,) = exchanges_of(chain)

    assert b"etag" not in entry.head


@pytest.mark.parametrize(
    "event",
    [
        paused(None),
        paused(url="data:text/plain,x"),
        paused(403, responseHeaders=[{"name": "X-Archiver-Guard", "value": "denied; port"}]),
        paused(307, responseHeaders=[{"name": "Non-Authoritative-Reason", "value": "HSTS"}]),
    ],
    ids=["failed", "no address of the web", "refused by our guard", "made up by the browser"],
)
def test_what_no_origin_sent_is_not_recorded(event):
    chain = with_body(Ledger(), event)

    assert list(exchanges_of(chain)) == []


def test_an_origin_cannot_pass_as_our_guard_over_tls():
    told = [{"name": "X-Archiver-Guard", "value": "denied"}]
    chain = with_body(Ledger(), paused(url="https://s.test/", responseHeaders=told))

    assert len(list(exchanges_of(chain))) == 1


def test_what_came_from_the_cache_is_not_recorded_twice():
    ledger = Ledger()
    chain = simple(ledger)
    ledger.received(answered(fromDiskCache=True))

    assert list(exchanges_of(chain)) == []


@pytest.mark.parametrize(
    ("error", "truncated"),
    [
        (None, None),
        ("net::ERR_ABORTED", None),
        ("net::ERR_CONTENT_LENGTH_MISMATCH", "disconnect"),
        ("net::ERR_INCOMPLETE_CHUNKED_ENCODING", "disconnect"),
        ("net::ERR_CONNECTION_RESET", "disconnect"),
        ("net::ERR_HTTP2_PROTOCOL_ERROR", "disconnect"),
    ],
)
def test_the_browsers_error_tells_a_body_that_broke_off(error, truncated):
    chain = simple(Ledger())
    chain.error = error

    (entry,) = exchanges_of(chain)

    assert entry.truncated == truncated


def test_a_load_that_fails_while_held_is_held_twice_and_broke_off():
    ledger = Ledger()
    chain = with_body(ledger, paused())
    ledger.pause(paused(None), AT)

    (entry,) = exchanges_of(chain)

    assert entry.truncated == "disconnect"


@pytest.mark.parametrize(
    ("changes", "truncated"),
    [
        ({"length": "100"}, "disconnect"),
        ({"length": "4"}, None),
        ({"length": "100", "method": "HEAD"}, None),
        ({"length": "100", "status": 304}, None),
        ({"length": "100", "coding": "gzip"}, None),
    ],
)
def test_a_body_shorter_than_announced_broke_off(changes, truncated):
    fields = [{"name": "Content-Length", "value": changes["length"]}]
    if "coding" in changes:
        fields.append({"name": "Content-Encoding", "value": changes["coding"]})
    event = paused(changes.get("status", 200), responseHeaders=fields)
    event["request"]["method"] = changes.get("method", "GET")

    (entry,) = exchanges_of(with_body(Ledger(), event))

    assert entry.truncated == truncated


def test_a_posted_body_is_every_part_of_it():
    event = paused()
    event["request"] |= {
        "method": "POST",
        "postDataEntries": [
            {"bytes": base64.b64encode(b"\x00one").decode()},
            {"bytes": base64.b64encode(b"two\xff").decode()},
        ],
    }

    (entry,) = exchanges_of(with_body(Ledger(), event))

    assert entry.request.endswith(b"\r\n\r\n\x00onetwo\xff")


def test_dates_follow_the_captures_clock():
    (entry,) = exchanges_of(simple(Ledger()), timedelta(days=365))

    assert entry.at == datetime.fromtimestamp(1777593600.5, UTC) + timedelta(days=365)
