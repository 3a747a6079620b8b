"""One question carried out: hop by hop, every exchange kept, every failure a value."""

from __future__ import annotations

import asyncio
import http.cookiejar
import ssl
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from datetime import datetime

import httpcore
import httpx

from archiver.errors import AddressError
from archiver.model.inquiry import Answer, Exchange, Headers, Hop, Outcome, Question
from archiver.net.accounts import Account, Accounts, Cookie, secret_forms
from archiver.net.credentials import Credentials, without_fields
from archiver.net.decisions import Ruling
from archiver.net.decoding import Decoded, decode
from archiver.net.door import Door, Transfer
from archiver.net.guard import Passage
from archiver.net.limits import Courtesy
from archiver.net.policy import ClientPolicy
from archiver.net.silence import cookies_set, holds_secret, silence, uncoded
from archiver.net.tape import NoPassageError
from archiver.net.trust import Trust, certificate_fault, handshake_fault
from archiver.net.urls import Address, read_address, read_location
from archiver.ports import Clock

_REDIRECTS = {301, 302, 303, 307, 308}
_SAME_METHOD = {307, 308}  # RFC 9110, 15.4: the others lead to a GET, as browsers do it
_NEVER_KEPT = frozenset({"authorization", "proxy-authorization"})
_FRAMING = {"host", "connection", "content-length", "transfer-encoding", "upgrade", "expect", "te"}
_SECRETS = {"authorization", "cookie", "proxy-authorization"}
_TRUNCATIONS = {
    "length": "the body was cut at our cap",
    "disconnect": "the body broke off",
    "time": "our deadline passed in the middle of the body",
    "unspecified": "the body is coded in a way that is not read",
}


Permission = Callable[[str], Awaitable[bool]]


@dataclass(frozen=True, slots=True)
class Failure:
    """How asking ended without a response. ``certificate`` tells that nothing else was wrong."""

    outcome: Outcome
    error: str
    certificate: bool = False


@dataclass(frozen=True, slots=True)
class Received:
    """One response: what an answer tells of it, and its bytes for the WARC."""

    address: Address
    hop: Hop
    exchange: Exchange
    location: str | None
    codings: str
    decoded: Decoded | None = None


@dataclass(frozen=True, slots=True)
class Means:
    """What every visit of one client works with."""

    policy: ClientPolicy
    clock: Clock
    courtesy: Courtesy
    trust: Trust
    credentials: Credentials
    accounts: Accounts | None = None


class Visit:
    """Asks one question through one passage.

    ``strict`` refuses bad certificates whatever the policy says; ``allow`` is asked before each
    hop, if there is one. The deadline runs while we wait
    for others, not while we wait for our own turn.
    """

    def __init__(
        self,
        question: Question,
        means: Means,
        passage: Passage,
        *,
        deadline_s: float,
        strict: bool = False,
        allow: Permission | None = None,
    ) -> None:
        self._question = question
        self._means = means
        self._passage = passage
        self._strict = strict
        self._allow = allow
        self._left_s = deadline_s
        self._max_bytes = question.max_bytes or means.policy.max_bytes
        self._at = means.clock.now()
        self._url = question.url
        self._method, self._content = question.method.upper(), question.content
        self._received: list[Received] = []
        self._warnings: list[str] = []
        self._door = Door(passage.port)
        self._cookies = httpx.Cookies()
        self._account: Account | None = None
        self._secrets: tuple[str, ...] = ()

    async def run(self) -> Answer:
        """Ask, follow, and return what came back.

        1. Read the address; one that is no plain http(s) address is refused.
        2. Wait for our turn at its domain, and ask.
        3. A redirect leads back to 1, as long as the question wants it and the limit allows.

        A request that is no GET is sent once: what it does, it may do twice.
        """
        step = self._first_address()
        while isinstance(step, Address):
            step = await self._step(step)
        return step

    def _first_address(self) -> Address | Answer:
        try:
            address = read_address(self._question.url)
        except AddressError as error:
            return self._failed(Failure(Outcome.REFUSED, f"address: {error}"))
        self._log_in(address)
        refusal = self._means.credentials.refusal(self._question, address)
        return self._failed(Failure(Outcome.REFUSED, refusal)) if refusal else address

    def _log_in(self, address: Address) -> None:
        """Take the log-in of the address's own platform along, if one is used."""
        accounts, now = self._means.accounts, self._means.clock.now()
        self._account = accounts.of_host(address.host) if accounts is not None else None
        if self._account is None or not address.secure:
            self._account = None
            return
        self._secrets = tuple(cookie.value for cookie in self._account.cookies)
        for cookie in self._account.cookies:
            if cookie.is_valid(now):
                self._cookies.jar.set_cookie(_jar_cookie(cookie))

    async def _step(self, address: Address) -> Address | Answer:
        self._url = address.url
        if self._allow is not None and not await self._allow(address.url):
            return self._failed(Failure(Outcome.REFUSED, "robots: not allowed"))
        async with self._means.courtesy.turn(address.host, address.port):
            outcome = await self._ask(address)
        if isinstance(outcome, Failure):
            return self._failed(outcome)
        self._received.append(outcome)
        hop = outcome.hop
        await self._means.courtesy.heed(address.host, address.port, hop.status, hop.headers)
        if not self._question.follow or not _redirects(outcome):
            return await self._answered(outcome)
        if len(self._received) > self._means.policy.max_redirects:
            return self._failed(Failure(Outcome.TOO_MANY_REDIRECTS, "redirects: too many"))
        return self._next_address(outcome)

    def _next_address(self, received: Received) -> Address | Answer:
        try:
            address = read_location(received.location or "", received.address)
        except AddressError as error:
            return self._failed(Failure(Outcome.REFUSED, f"address: redirected, {error}"))
        if self._would_tell(address):
            told = f"address: redirected to {address.host} with a secret of the log-in"
            return self._failed(Failure(Outcome.REFUSED, told))
        if received.hop.status not in _SAME_METHOD:
            self._method, self._content = "GET", b""
        elif self._method != "GET" and not _same_origin(address, self._question.url):
            told = f"address: {self._method} redirected to {address.host}, which was not asked"
            return self._failed(Failure(Outcome.REFUSED, told))
        return address

    def _would_tell(self, address: Address) -> bool:
        """Whether asking an address would tell others what logs us in."""
        if self._account is None or (address.secure and self._account.covers(address.host)):
            return False
        return holds_secret(address.url, self._secrets)

    async def _ask(self, address: Address) -> Received | Failure:
        """Ask once; after a bad certificate once more without verification, if that may be."""
        trust = self._means.trust
        outcome = await self._exchange(address, trust.verifying if address.secure else None)
        if isinstance(outcome, Failure) and outcome.certificate and self._may_accept():
            self._warnings.append(f"{outcome.error}, captured without verification")
            return await self._exchange(address, trust.accepting)
        return outcome

    def _may_accept(self) -> bool:
        """Whether an unverified peer may be asked: never with a secret, or to do something."""
        question, policy = self._question, self._means.policy
        secret = any(name.lower() in _SECRETS for name, _ in question.headers)
        secret = secret or self._account is not None
        is_harmless = not secret and question.credential is None and self._method == "GET"
        return policy.tls_invalid == "capture" and not self._strict and is_harmless

    async def _exchange(
        self, address: Address, context: ssl.SSLContext | None
    ) -> Received | Failure:
        """Do one exchange within what is left of the deadline and of the bytes."""
        transfer, at = Transfer(address, context), self._means.clock.now()
        loop = asyncio.get_running_loop()
        began = loop.time()
        failure: Failure | None = None
        try:
            async with asyncio.timeout(self._left_s):
                fields = self._headers(address)
                await transfer.run(
                    self._door,
                    fields,
                    self._cookies_for(address),
                    self._max_bytes,
                    method=self._method,
                    content=self._content,
                )
        except TimeoutError:
            failure = Failure(Outcome.TIMEOUT, "timeout: no response in time")
            transfer.truncated = "time"
        except (httpcore.NetworkError, httpcore.ProtocolError, httpx.InvalidURL) as error:
            failure = read_failure(error, address)
            transfer.truncated = "disconnect"
        self._left_s -= loop.time() - began
        if transfer.status is None:
            return failure or Failure(Outcome.UNREACHABLE, "protocol: no response")
        self._max_bytes -= len(transfer.body)
        received = _receive(transfer, at, self._passage.ip_of(address.host, address.port))
        return received if self._account is None else await self._overseen(received)

    async def _overseen(self, received: Received) -> Received:
        """Learn which secrets a response brings, and make it such that they can be masked."""
        if self._account is not None and self._account.covers(received.address.host):
            self._secrets += cookies_set(received.hop.headers)
        if not received.codings:
            return received
        decoded = await self._decode(received)
        exchange = uncoded(received.exchange, decoded)
        return replace(received, exchange=exchange, decoded=decoded)

    def _cookies_for(self, address: Address) -> httpx.Cookies:
        """Keep a log-in off the open line: nothing of it goes there, nothing set there joins it."""
        is_apart = self._account is not None and not address.secure
        return httpx.Cookies() if is_apart else self._cookies

    def _headers(self, address: Address) -> Headers:
        """Return the request's fields: ours, then the question's, which win.

        Framing is not the question's to say. Secrets go to the first address's own origin only.
        """
        policy, own = self._means.policy, _same_origin(address, self._question.url)
        barred = _FRAMING if own else _FRAMING | _SECRETS
        asked = tuple(f for f in self._question.headers if f[0].lower() not in barred)
        names = {name.lower() for name, _ in asked}
        ours = (
            ("Host", address.authority),
            ("User-Agent", policy.user_agent),
            ("Accept", self._question.accept),
            ("Accept-Language", policy.accept_language),
            # What is coded cannot be masked; see :mod:`archiver.net.accounts`.
            ("Accept-Encoding", "identity" if self._account else policy.accept_encoding),
            ("Connection", "close"),
        )
        secret = self._means.credentials.fields(self._question, address) if own else ()
        length = (("Content-Length", str(len(self._content))),) if self._method != "GET" else ()
        return (
            *((n, v) for n, v in ours if n.lower() not in names), *asked, *length, *secret,
        )  # fmt: skip

    async def _answered(self, received: Received) -> Answer:
        decoded = await self._decode(received)
        truncated = received.exchange.truncated
        faults = list(self._warnings)
        if truncated is not None:
            faults.append(f"{truncated}: {_TRUNCATIONS[truncated]}")
        elif decoded.error is not None:
            faults.append(f"decoding: {decoded.error}")
        whole = len(faults) == len(self._warnings)
        return self._answer(
            Outcome.ANSWERED if whole else Outcome.TRUNCATED, faults, received.hop, decoded.body
        )

    async def _decode(self, received: Received) -> Decoded:
        limit = self._question.max_bytes or self._means.policy.max_decoded_bytes
        body, ratio = received.exchange.body, self._means.policy.max_ratio
        if received.decoded is not None:
            return received.decoded
        if not received.codings:
            return Decoded(body)
        return await asyncio.to_thread(decode, body, received.codings, limit, ratio)

    def _failed(self, failure: Failure) -> Answer:
        return self._answer(failure.outcome, [*self._warnings, failure.error], None, b"")

    def _answer(self, outcome: Outcome, faults: list[str], hop: Hop | None, body: bytes) -> Answer:
        answer = Answer(
            question=self._question,
            outcome=outcome,
            at=self._at,
            url=hop.url if hop else self._url,
            status=hop.status if hop else None,
            headers=hop.headers if hop else (),
            body=body,
            hops=tuple(received.hop for received in self._received),
            ip=hop.ip if hop else None,
            error="; ".join(faults) or None,
            exchanges=tuple(received.exchange for received in self._received),
        )
        return answer if self._account is None else silence(answer, secret_forms(self._secrets))


def _same_origin(address: Address, url: str) -> bool:
    first = read_address(url)
    return (first.secure, first.host, first.port) == (address.secure, address.host, address.port)


def _redirects(received: Received) -> bool:
    return received.hop.status in _REDIRECTS and received.location is not None


def _receive(transfer: Transfer, at: datetime, ip: str | None) -> Received:
    address, tape, status = transfer.address, transfer.tape, transfer.status
    exchange = Exchange(
        url=address.url,
        request=without_fields(tape.request, _NEVER_KEPT),
        head=tape.head or b"",
        body=bytes(transfer.body),
        at=at,
        ip=ip,
        protocols=tape.protocols,
        truncated=transfer.truncated,
        chunked=tape.chunked,
    )
    return Received(
        address=address,
        hop=Hop(address.url, status or 0, transfer.headers, at, ip),
        exchange=exchange,
        location=next((v for n, v in transfer.headers if n.lower() == "location"), None),
        codings=transfer.field("content-encoding") or "",
    )


def _jar_cookie(cookie: Cookie) -> http.cookiejar.Cookie:
    """Write a cookie as the standard library's jar keeps it; whatever its file says, for TLS."""
    return http.cookiejar.Cookie(
        version=0, name=cookie.name, value=cookie.value, port=None, port_specified=False,
        domain=cookie.domain, domain_specified=cookie.domain.startswith("."),
        domain_initial_dot=cookie.domain.startswith("."), path=cookie.path, path_specified=True,
        secure=True, expires=None, discard=True, comment=None, comment_url=None, rest={},
    )  # fmt: skip


def read_failure(error: Exception, address: Address) -> Failure:
    """Return what an exception of the transport means in the product's words."""
    if isinstance(error, NoPassageError):
        return _read_refusal(error)
    certificate = certificate_fault(error)
    if certificate is not None:
        fault = f"tls: certificate of {address.host}: {certificate}"
        return Failure(Outcome.TLS, fault, certificate=True)
    handshake = handshake_fault(error)
    if handshake is not None:
        return Failure(Outcome.TLS, f"tls: handshake: {handshake}")
    if isinstance(error, httpcore.LocalProtocolError | httpx.InvalidURL):
        return Failure(Outcome.REFUSED, f"address: {error}")
    words = str(error) or type(error).__name__
    kind = "protocol" if isinstance(error, httpcore.ProtocolError) else "connection"
    return Failure(Outcome.UNREACHABLE, f"{kind}: {words}")


def _read_refusal(error: NoPassageError) -> Failure:
    if error.verdict == Ruling.DENIED:
        return Failure(Outcome.REFUSED, f"guard: {error.reason}")
    if error.reason == "no-host":
        return Failure(Outcome.NO_HOST, "no-host: the name does not exist")
    if error.reason.startswith("timeout"):
        return Failure(Outcome.TIMEOUT, error.reason)
    return Failure(Outcome.UNREACHABLE, error.reason)
