"""Asking a platform: questions, answers, and what the platform makes of them."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Generator
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from functools import lru_cache

from archiver.model.post import Post
from archiver.model.signals import Signal
from archiver.model.wording import normal_form

Headers = tuple[tuple[str, str], ...]


class Ask(StrEnum):
    """By which road a question is asked."""

    HTTP = "http"
    """The HTTP client: raw bytes, no script runs."""
    RENDER = "render"
    """The browser: the body of the answer is the rendered DOM as HTML."""
    CONTROL = "control"
    """The operator's control address: does our own network work at all?"""
    DNS = "dns"
    """The records of the address's name, as two resolvers tell them: a JSON document."""
    REGISTRY = "registry"
    """When the address's name was registered, as its registry tells (RDAP): a JSON document."""
    SIBLING = "sibling"
    """A made-up name beside the address: what does this site answer where there is nothing?"""


class Wall(StrEnum):
    """What stands between us and a source; it says nothing of the source itself."""

    CHALLENGE = "challenge"
    """A test for robots: a challenge page, a captcha."""
    FORBIDDEN = "forbidden"
    """A refusal without a reason (403, 406, 999 …), or a delivery network's own."""
    LOGIN = "login"
    PAYWALL = "paywall"
    CONSENT = "consent"
    RATE_LIMIT = "rate_limit"
    LEGAL = "legal"
    """Withheld from where we ask (451, "not available in your region")."""
    ROBOTS = "robots"
    LOCAL = "local"
    """Our own side: network down, resolver, a filter between us and the world."""


class Outcome(StrEnum):
    """How asking ended, before anybody reads the answer."""

    ANSWERED = "answered"
    """A complete HTTP response, whatever its status."""
    TRUNCATED = "truncated"
    """A response whose body broke off, or was cut at our cap; ``error`` says which."""
    NO_HOST = "no_host"
    """The name does not exist."""
    UNREACHABLE = "unreachable"
    """The name did not resolve, the connection failed or broke before a response."""
    TIMEOUT = "timeout"
    """Our deadline passed before a response."""
    TLS = "tls"
    """The certificate or the handshake was refused."""
    REFUSED = "refused"
    """The guard or a policy of ours refused to ask."""
    TOO_MANY_REDIRECTS = "too_many_redirects"
    """More hops than the limit."""


@dataclass(frozen=True, slots=True)
class Question:
    """One thing a platform wants asked. Redirects are followed hop by hop when ``follow``.

    ``credential`` names a secret of the operator's that the client adds as a header, and leaves
    out of everything that is kept; where there is none the question is refused, unasked.
    ``content`` is the body of a request that is no GET.
    """

    url: str
    ask: Ask = Ask.HTTP
    accept: str = "*/*"
    headers: Headers = ()
    follow: bool = True
    max_bytes: int | None = None
    method: str = "GET"
    content: bytes = b""
    credential: str | None = None


@dataclass(frozen=True, slots=True)
class Hop:
    """One request and response on the way to an answer; the last hop is the answer itself."""

    url: str
    status: int
    headers: Headers
    at: datetime
    ip: str | None = None


@dataclass(frozen=True, slots=True)
class Exchange:
    """One HTTP exchange as it was on the wire, ready for a WARC.

    ``request`` is the whole request in bytes. ``head`` is the response's status line and header
    block in bytes, final blank line included; ``body`` is the payload with the transfer coding
    removed and the content coding kept. ``truncated`` is the WARC-Truncated word, when the body
    is not whole. ``at`` is when the request began, aware UTC.
    """

    url: str
    request: bytes
    head: bytes
    body: bytes
    at: datetime
    ip: str | None
    protocols: tuple[str, ...] = ("http/1.1",)
    truncated: str | None = None
    chunked: bool = False


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back. ``body`` has its content coding removed; header names are as received.

    ``url`` is the last address asked. ``exchanges`` are the raw bytes of every hop, in order, for
    the WARC; they are not kept with the observation.
    """

    question: Question
    outcome: Outcome
    at: datetime
    url: str
    status: int | None = None
    headers: Headers = ()
    body: bytes = b""
    hops: tuple[Hop, ...] = ()
    ip: str | None = None
    error: str | None = None
    exchanges: tuple[Exchange, ...] = ()

    def header(self, name: str) -> str | None:
        """Return the first header of that name, in any case."""
        wanted = name.lower()
        return next((value for key, value in self.headers if key.lower() == wanted), None)

    @property
    def content_type(self) -> str:
        """The media type in lower case without parameters, or an empty string."""
        return (self.header("content-type") or "").partition(";")[0].strip().lower()

    @property
    def body_sha256(self) -> str:
        """Lower-case hex digest of ``body``: the name of its blob."""
        return hashlib.sha256(self.body).hexdigest()


@dataclass(frozen=True, slots=True)
class PageText:
    """What a page says, as text.

    ``visible`` is all visible text, ``main`` the main text of the same bytes by one extractor
    (None when it found none). ``rendered`` tells a rendered DOM from raw HTML: the two are never
    compared with one another. ``extractor`` names what took the main text out, with its version:
    main texts of two extractors are not compared either. ``published_at`` and ``is_news`` are what
    the page's own metadata say: a news article is looked at on another timetable.
    """

    title: str | None
    visible: str
    main: str | None
    language: str | None
    rendered: bool = False
    extractor: str = ""
    published_at: datetime | None = None
    is_news: bool = False


@dataclass(frozen=True, slots=True)
class Reading:
    """What a platform makes of the answers.

    ``reason`` is one English sentence for a person. ``confirmed`` is true when the signal rests on
    two independent answers, or on one that the platform documents; a signal of absence that is not
    confirmed never reaches *gone* by itself. ``url`` is where the thing is now. ``media`` are
    addresses of media at original size, to be captured with it. ``page_url`` is the address whose
    rendering shows the thing best.
    """

    signal: Signal
    reason: str
    confirmed: bool = False
    url: str | None = None
    post: Post | None = None
    page: PageText | None = None
    media: tuple[str, ...] = ()
    page_url: str | None = None
    content_sha256: str | None = field(default=None)
    """For a source that is neither post nor text (an image, a PDF): digest of its bytes."""
    registered_at: datetime | None = None
    """When its name was registered, aware UTC. Told of a page that is parked, or unlike the one
    shown before, when the registry says so; kept on while the page is the same."""
    wall: Wall | None = None
    """Which wall it is, of a signal that says nothing; of a served page: it may be a teaser."""
    not_found: float | None = None
    """How much a served page reads like "not found", 0 to 1, where it does at all."""
    unheard: bool = False
    """True when the browser was asked for its word on an absence, and met something else."""

    @property
    def fingerprint(self) -> str | None:
        """Digest of what is stable in the content, or None when there is none to compare.

        Counters, names and avatars are left out: they change without an edit.
        """
        if self.post is not None:
            return self.post.fingerprint
        if self.content_sha256 is not None:
            return self.content_sha256
        if self.page is None:
            return None
        basis = self.page.main if self.page.main is not None else self.page.visible
        return _fingerprint(self.page.rendered, basis)


@lru_cache(maxsize=32)  # one text is often that of look after look
def _fingerprint(rendered: bool, text: str) -> str:  # noqa: FBT001 - part of what is digested
    words = json.dumps([rendered, normal_form(text)])
    return hashlib.sha256(words.encode("utf-8", "surrogatepass")).hexdigest()


Inquiry = Generator[Question, Answer, Reading]
"""A platform's questions one by one; it is sent each answer and returns the reading."""
