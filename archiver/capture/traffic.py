"""What the browser tells of its requests, put together into exchanges.

The browser speaks of one request in several voices that come in any order: the interception
(status and body), the page's network events (redirects, protocol) and the events of the wire
(headers as sent and received, cookies). Each voice speaks once per hop, in order, so they are kept
apart and joined by counting. No input or output happens here.

Source: Chrome DevTools Protocol, domains Fetch and Network; Playwright's
``ResponseExtraInfoTracker`` on the order of the wire events, read 2026-11.
"""

from __future__ import annotations

import base64
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

from archiver.capture.warc import HttpEntry, Payload
from archiver.capture.wire import Fields, parse_head, request_head, response_head, unfold

Event = Mapping[str, Any]

BROKEN_OFF = (
    "ERR_CONTENT_LENGTH_MISMATCH",
    "ERR_INCOMPLETE_CHUNKED_ENCODING",
    "ERR_CONTENT_DECODING",
    "ERR_CONNECTION",
    "ERR_EMPTY_RESPONSE",
    "ERR_HTTP2",
    "ERR_QUIC",
    "ERR_NETWORK",
    "ERR_TIMED_OUT",
    "ERR_SSL",
)
GUARD_FIELD = "x-archiver-guard"


@dataclass(slots=True)
class Pause:
    """One response held at the interception: its head, and its body once that was read."""

    event: Event
    at: datetime
    body: Payload | None = None
    truncated: str | None = None
    is_done: bool = False
    broke_off: bool = False

    @property
    def interception(self) -> str:
        """The name to continue it by."""
        return str(self.event["requestId"])

    @property
    def url(self) -> str:
        """The address without fragment."""
        return str(self.event["request"]["url"]).partition("#")[0]

    @property
    def method(self) -> str:
        """The request's method."""
        return str(self.event["request"]["method"])

    @property
    def kind(self) -> str:
        """The browser's resource type, in lower case."""
        return str(self.event.get("resourceType", "other")).lower()

    @property
    def status(self) -> int | None:
        """The response's status; None when the load failed instead."""
        status = self.event.get("responseStatusCode")
        return int(status) if status is not None else None

    @property
    def fields(self) -> Fields:
        """Response headers as the interception shows them: without cookies."""
        return tuple((h["name"], h["value"]) for h in self.event.get("responseHeaders") or ())

    def header(self, name: str) -> str | None:
        """Return the first response header of that name."""
        return next((value for key, value in self.fields if key.lower() == name), None)

    @property
    def refusal(self) -> str | None:
        """What our own guard answered instead of the origin; only plain HTTP can show it."""
        return self.header(GUARD_FIELD) if self.url.startswith("http:") else None

    @property
    def posted(self) -> bytes:
        """The request's body, every byte of it."""
        entries = self.event["request"].get("postDataEntries") or ()
        return b"".join(base64.b64decode(entry.get("bytes", "")) for entry in entries)


@dataclass(slots=True)
class Chain:
    """One request of the page with its redirects, in the browser's several voices."""

    key: str
    kind: str = "other"
    owner: object = None
    pauses: list[Pause] = field(default_factory=list)
    sent: list[Event] = field(default_factory=list)
    sent_wire: list[Event] = field(default_factory=list)
    answers: list[tuple[Event, bool]] = field(default_factory=list)
    answers_wire: list[Event] = field(default_factory=list)
    ended: bool = False
    error: str | None = None
    is_cached: bool = False
    is_streaming: bool = False

    @property
    def is_whole(self) -> bool:
        """Whether nothing more will be said of it."""
        wire_expected = sum(expected for _, expected in self.answers)
        return (
            self.ended
            and all(pause.is_done for pause in self.pauses)
            and len(self.sent_wire) >= wire_expected
            and len(self.answers_wire) >= wire_expected
        )


@dataclass(slots=True)
class Ledger:
    """All chains of a capture by the browser's name for them."""

    chains: dict[str, Chain] = field(default_factory=dict)

    def chain(self, key: str) -> Chain:
        """Return the chain of that name, begun now if need be."""
        return self.chains.setdefault(key, Chain(key))

    def pause(self, event: Event, at: datetime) -> tuple[Chain, Pause]:
        """Note a response held at the interception.

        A load that fails while its response is held is held once more: that is no hop of its own.
        """
        chain = self.chain(str(event.get("networkId") or event["requestId"]))
        pause = Pause(event, at)
        if pause.status is None and chain.pauses:
            chain.pauses[-1].broke_off = True
            return chain, pause
        chain.pauses.append(pause)
        if not chain.sent:
            chain.kind = pause.kind
        return chain, pause

    def will_be_sent(self, event: Event, owner: object) -> Chain:
        """Note a request of the page, or the next hop of a redirect."""
        chain = self.chain(str(event["requestId"]))
        if redirect := event.get("redirectResponse"):
            chain.answers.append((redirect, bool(event.get("redirectHasExtraInfo"))))
        chain.sent.append(event)
        chain.kind = str(event.get("type", "other")).lower()
        chain.owner = owner
        return chain

    def sent_on_wire(self, event: Event) -> Chain:
        """Note the headers as they were sent."""
        chain = self.chain(str(event["requestId"]))
        chain.sent_wire.append(event)
        return chain

    def received(self, event: Event) -> Chain:
        """Note the last response of a chain."""
        chain = self.chain(str(event["requestId"]))
        response = event["response"]
        chain.answers.append((response, bool(event.get("hasExtraInfo"))))
        chain.is_cached = bool(response.get("fromDiskCache"))
        return chain

    def received_on_wire(self, event: Event) -> Chain:
        """Note the headers as they were received."""
        chain = self.chain(str(event["requestId"]))
        chain.answers_wire.append(event)
        return chain

    def end(self, event: Event) -> Chain:
        """Note that a load finished, or failed and why."""
        chain = self.chain(str(event["requestId"]))
        chain.ended = True
        chain.error = event.get("errorText")
        return chain

    def take(self, chain: Chain) -> Chain:
        """Hand a chain out for writing; what is said of it later is not listened to."""
        return self.chains.pop(chain.key)


def exchanges_of(chain: Chain, shift: timedelta = timedelta()) -> Iterator[HttpEntry]:
    """Join the voices of a chain into the exchanges that crossed the wire, oldest first.

    Left out: what came from the browser's cache, redirects the browser made up itself, loads
    without a response, and refusals of our own guard. ``shift`` is how far the capture's clock is
    ahead of the browser's.
    """
    if chain.is_cached:
        return
    hops = _wire_hops(chain)
    for number, pause in enumerate(chain.pauses):
        answer, sent_wire, answer_wire = next(hops)
        is_last = number == len(chain.pauses) - 1
        if pause.status is None or not pause.url.startswith("http") or pause.refusal:
            continue
        if any(name.lower() == "non-authoritative-reason" for name, _ in pause.fields):
            continue
        error = chain.error if is_last else None
        sent = chain.sent[number] if number < len(chain.sent) else None
        at = _begun_at(sent, shift) or pause.at
        yield _entry(pause, at, answer, sent_wire, answer_wire, error)


def _wire_hops(chain: Chain) -> Iterator[tuple[Event | None, Event | None, Event | None]]:
    """Deal out answers and wire events hop by hop, then nothing for ever."""
    sent_wire, answers_wire = iter(chain.sent_wire), iter(chain.answers_wire)
    for answer, has_wire in chain.answers:
        if has_wire:
            yield answer, next(sent_wire, None), next(answers_wire, None)
        else:
            yield answer, None, None
    while True:
        yield None, next(sent_wire, None), next(answers_wire, None)


def _entry(
    pause: Pause,
    at: datetime,
    answer: Event | None,
    sent_wire: Event | None,
    answer_wire: Event | None,
    error: str | None,
) -> HttpEntry:
    body = pause.body or Payload.of(b"")
    return HttpEntry(
        url=pause.url,
        at=at,
        request=_request(pause, sent_wire),
        head=_response(pause, answer_wire, body.length),
        body=body,
        protocols=_protocols(answer),
        truncated=pause.truncated or _broken_off(pause, body, error),
        resource_type=pause.kind,
    )


def _begun_at(sent: Event | None, shift: timedelta) -> datetime | None:
    if not sent or not sent.get("wallTime"):
        return None
    return datetime.fromtimestamp(sent["wallTime"], UTC) + shift


def _request(pause: Pause, wire: Event | None) -> bytes:
    if wire is not None:
        fields = unfold(wire["headers"])
    else:  # the interception adds cookies that were set by this very response: leave them out
        told = unfold(pause.event["request"].get("headers") or {})
        fields = tuple((name, value) for name, value in told if name.lower() != "cookie")
    authority = (wire or {}).get("headers", {}).get(":authority")
    host = str(authority or urlsplit(pause.url).netloc.rpartition("@")[2])
    return request_head(pause.method, pause.url, fields, host) + pause.posted


def _response(pause: Pause, wire: Event | None, length: int) -> bytes:
    reason = pause.event.get("responseStatusText") or ""
    line, fields = f"HTTP/1.1 {pause.status} {reason}", pause.fields
    if wire is not None and wire.get("statusCode") == pause.status:
        fields = unfold(wire["headers"])
        line, fields = parse_head(wire.get("headersText"), fields) or (line, fields)
    return response_head(line, fields, length)


def _protocols(answer: Event | None) -> tuple[str, ...]:
    if answer is None:
        return ()
    tls = (answer.get("securityDetails") or {}).get("protocol", "")
    names = (str(answer.get("protocol") or ""), tls.lower().replace(" ", "/"))
    return tuple(name for name in names if name)


def _broken_off(pause: Pause, body: Payload, error: str | None) -> str | None:
    """Tell a body that is not whole, by the browser's own error or by its announced length."""
    if pause.broke_off or (error and any(code in error for code in BROKEN_OFF)):
        return "disconnect"
    announced = pause.header("content-length")
    if pause.method == "HEAD" or pause.header("content-encoding") or not announced:
        return None
    has_body = is_body_expected(pause.method, pause.status)
    return (
        "disconnect" if has_body and announced.isdigit() and int(announced) > body.length else None
    )


def is_body_expected(method: str, status: int | None) -> bool:
    """Whether a response of that status has a body the browser hands out (RFC 9110, 6.4.1).

    Redirect bodies exist on the wire but the browser gives none.
    """
    return (
        method != "HEAD"
        and status is not None
        and status >= 200
        and status not in {204, 205, 304, 301, 302, 303, 307, 308}
    )


def unfinished(chains: Sequence[Chain]) -> list[Chain]:
    """Return those with a response whose end was never told."""
    return [chain for chain in chains if chain.pauses and not chain.ended]
