"""The client over real sockets and the real guard: bytes, redirects, bounds, failures."""

from __future__ import annotations

import asyncio
import gzip
import socket
import ssl
import zlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from archiver.errors import ArchiverError, SettingsError
from archiver.model.inquiry import Answer, Ask, Outcome, Question
from archiver.net.client import Client
from archiver.net.guard import Guard
from archiver.net.limits import Manners
from archiver.net.policy import ClientPolicy, GuardPolicy, Limits
from tests.authority import LONG_AGO, Authority
from tests.fakes import FrozenClock
from tests.net.site import (
    Reader,
    Site,
    Talk,
    Writer,
    by_path,
    redirect,
    response,
    saying,
    serve,
    until_closed,
)

pytestmark = pytest.mark.anyio

MIB = 1024 * 1024
AT = datetime(2026, 11, 22, 12, tzinfo=UTC)


@asynccontextmanager
async def client(
    *sites: Site, host_map: dict[str, str] | None = None, **policy: Any
) -> AsyncIterator[Client]:
    """A client that may reach the sites; no task of it is left afterwards."""
    before = ours()
    allowed = GuardPolicy.build(allow=[site.allow for site in sites], host_map=host_map)
    async with Guard(allowed, FrozenClock(AT)) as guard:
        yield Client(guard, ClientPolicy(**policy), FrozenClock(AT))
    await asyncio.sleep(0)
    assert ours() - before == set()


def ours() -> set[asyncio.Task[Any]]:
    """Return the living tasks that are not a test site's own."""
    return {task for task in asyncio.all_tasks() if "serve." not in repr(task.get_coro())}


async def ask_of(
    talk: Talk, path: str = "/", max_bytes: int | None = None, **policy: Any
) -> Answer:
    async with serve(talk) as site, client(site, **policy) as asking:
        return await asking.ask(Question(site.url(path), max_bytes=max_bytes))


async def test_an_exchange_is_kept_byte_for_byte() -> None:
    packed = gzip.compress(b"the page" * 100)
    head = (
        b"HTTP/1.1 203 Oddly  Fine\r\nsEt-cOOkie: a=1\r\nSet-Cookie:b=2; Path=/\r\n"
        b"X-Name:  caf\xe9 \r\nTransfer-Encoding: chunked\r\nContent-Encoding: gzip\r\n\r\n"
    )
    chunks = [b"%x;ext=1\r\n%s\r\n" % (len(p), p) for p in (packed[:7], packed[7:])]
    early = b"HTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\n"

    answer = await ask_of(saying(early, head, *chunks, b"0\r\nTrailer: t\r\n\r\n"), "/a?b=%zz|")

    (exchange,) = answer.exchanges
    assert exchange.head == head
    assert exchange.body == packed
    assert (exchange.chunked, exchange.truncated, exchange.ip) == (True, None, "127.0.0.1")
    assert exchange.protocols == ("http/1.1",)
    assert exchange.request.startswith(b"GET /a?b=%zz| HTTP/1.1\r\nHost: 127.0.0.1:")
    assert (answer.outcome, answer.status, answer.body) == (
        Outcome.ANSWERED, 203, b"the page" * 100,
    )  # fmt: skip
    assert answer.headers[:3] == (
        ("sEt-cOOkie", "a=1"), ("Set-Cookie", "b=2; Path=/"), ("X-Name", "caf\xe9"),
    )  # fmt: skip
    assert answer.error is None


async def test_the_request_in_the_record_is_what_the_origin_saw() -> None:
    async with serve(saying(response(b"x"))) as site, client(site) as asking:
        answer = await asking.ask(
            Question(site.url("/"), accept="text/html", headers=(("user-agent", "Odd/1"),))
        )

    assert site.heads == [answer.exchanges[0].request]
    assert answer.exchanges[0].request.decode().split("\r\n")[2:] == [
        "Accept: text/html",
        "Accept-Language: en-US,en;q=0.9",
        "Accept-Encoding: gzip, deflate",
        "Connection: close",
        "user-agent: Odd/1",
        "",
        "",
    ]


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
async def test_every_kind_of_redirect_is_followed(status: int) -> None:
    talk = by_path(a=redirect("b?x#frag", status=status), b=response(b"end"))

    async with serve(talk) as site, client(site) as asking:
        answer = await asking.ask(Question(site.url("/a#start")))

    assert [(hop.url, hop.status) for hop in answer.hops] == [
        (site.url("/a"), status), (site.url("/b?x"), 200),
    ]  # fmt: skip
    assert [exchange.url for exchange in answer.exchanges] == [hop.url for hop in answer.hops]
    assert all(hop.ip == "127.0.0.1" and hop.at == AT for hop in answer.hops)
    assert (answer.url, answer.body) == (site.url("/b?x"), b"end")


async def test_cookies_of_one_hop_are_sent_on_the_next_and_forgotten_afterwards() -> None:
    talk = by_path(a=redirect("/b", b"Set-Cookie: seen=1; Path=/"), b=response(b"end"))

    async with serve(talk) as site, client(site) as asking:
        await asking.ask(Question(site.url("/a")))
        await asking.ask(Question(site.url("/b")))

    assert [b"Cookie: seen=1" in head for head in site.heads] == [False, True, False]


async def test_secrets_stay_with_the_first_origin() -> None:
    secret = (("Authorization", "Bearer x"), ("X-Plain", "y"))

    async with (
        serve(saying(response(b"end"))) as other,
        serve(saying(redirect(other.url()))) as site,
        client(site, other) as asking,
    ):
        await asking.ask(Question(site.url(), headers=secret))

    assert b"Authorization: Bearer x" in site.heads[0]
    assert b"Authorization" not in other.heads[0]
    assert b"X-Plain: y" in other.heads[0]


async def test_a_question_that_wants_no_redirects_gets_the_redirect_itself() -> None:
    async with serve(saying(redirect("/b"))) as site, client(site) as asking:
        answer = await asking.ask(Question(site.url(), follow=False))

    assert (answer.outcome, answer.status, answer.header("Location")) == (
        Outcome.ANSWERED, 302, "/b",
    )  # fmt: skip


async def test_redirects_end_at_the_limit() -> None:
    async with serve(saying(redirect("/again"))) as site, client(site) as asking:
        answer = await asking.ask(Question(site.url()))

    assert answer.outcome is Outcome.TOO_MANY_REDIRECTS
    assert len(answer.hops) == len(answer.exchanges) == 11


@pytest.mark.parametrize(
    "location",
    ["file:///etc/passwd", "ftp://127.0.0.1/", "javascript:alert(1)", "http://a@b.example/",
     "http://a.example\\@127.0.0.1/", "http://"],
)  # fmt: skip
async def test_a_redirect_to_no_web_address_is_refused_and_its_hop_kept(location: str) -> None:
    answer = await ask_of(saying(redirect(location)))

    assert answer.outcome is Outcome.REFUSED
    assert answer.error is not None
    assert answer.error.startswith("address: redirected, ")
    assert [hop.status for hop in answer.hops] == [302]


async def test_a_redirect_inside_is_refused_by_the_guard() -> None:
    answer = await ask_of(saying(redirect("http://169.254.169.254/latest/meta-data/")))

    assert answer.outcome is Outcome.REFUSED
    assert answer.error == "guard: address: 169.254.169.254 lies in 169.254.0.0/16 (link-local)"
    assert answer.url == "http://169.254.169.254/latest/meta-data/"
    assert len(answer.exchanges) == 1


async def drip(_head: bytes, reader: Reader, writer: Writer) -> None:
    writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\nsome")
    await writer.drain()
    await until_closed(reader)


async def silence(_head: bytes, reader: Reader, _writer: Writer) -> None:
    await until_closed(reader)


@pytest.mark.parametrize(
    ("talk", "word", "body"),
    [
        (saying(b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nshort"), "disconnect", b"short"),
        (saying(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nshort\r\n"),
         "disconnect", b"short"),
        (saying(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nshort\r\nnonsense"),
         "disconnect", b"short"),
        (saying(response(b"x" * 5000)), "length", b"x" * 1000),
        (saying(b"HTTP/1.1 200 OK\r\n\r\n" + b"x" * 5000), "length", b"x" * 1000),
        (drip, "time", b"some"),
    ],
)  # fmt: skip
async def test_a_body_that_is_not_whole_is_kept_and_marked(
    talk: Talk, word: str, body: bytes
) -> None:
    answer = await ask_of(talk, max_bytes=1000, deadline_s=0.5 if talk is drip else 60)

    assert answer.outcome is Outcome.TRUNCATED
    assert (answer.status, answer.body) == (200, body)
    assert (answer.exchanges[0].truncated, answer.exchanges[0].body) == (word, body)
    assert answer.error is not None
    assert answer.error.startswith(f"{word}: ")


async def test_a_body_of_just_the_limit_is_whole() -> None:
    answer = await ask_of(saying(response(b"x" * 1000)), max_bytes=1000)

    assert (answer.outcome, len(answer.body)) == (Outcome.ANSWERED, 1000)


async def test_a_body_that_ends_with_the_connection_is_whole() -> None:
    answer = await ask_of(saying(b"HTTP/1.0 200 OK\r\n\r\nall of it"))

    assert (answer.outcome, answer.body) == (Outcome.ANSWERED, b"all of it")
    assert answer.exchanges[0].protocols == ("http/1.0",)


async def drip_head(_head: bytes, _reader: Reader, writer: Writer) -> None:
    for _ in range(1_000_000):
        writer.write(b"X")
        await writer.drain()
        await asyncio.sleep(0)


@pytest.mark.parametrize(
    ("talk", "outcome", "error"),
    [
        (saying(), Outcome.UNREACHABLE, "protocol: Server disconnected"),
        (saying(b"SSH-2.0-OpenSSH\r\n\r\n"), Outcome.UNREACHABLE, "protocol: "),
        (saying(b"HTTP/1.1 200 OK\r\nno colon\r\n\r\n"), Outcome.UNREACHABLE, "protocol: "),
        (saying(b"HTTP/1.1 200 OK\r\nX: " + b"y" * 300_000), Outcome.UNREACHABLE, "protocol: "),
        (saying(b"\x00" * 300_000), Outcome.UNREACHABLE, "protocol: "),
        (silence, Outcome.TIMEOUT, "timeout: "),
        (drip_head, Outcome.TIMEOUT, "timeout: "),
    ],
    ids=["nothing", "ssh", "no colon", "long head", "zeros", "silence", "drip"],
)
async def test_no_response_is_a_failure_with_its_reason(
    talk: Talk, outcome: Outcome, error: str
) -> None:
    answer = await ask_of(talk, deadline_s=0.5)

    assert answer.outcome is outcome
    assert answer.error is not None
    assert answer.error.startswith(error)
    assert (answer.status, answer.exchanges, answer.hops) == (None, (), ())


@pytest.mark.parametrize(
    ("url", "outcome", "error"),
    [
        ("http://gone.invalid/", Outcome.NO_HOST, "no-host: "),
        ("http://127.0.0.1:9/", Outcome.REFUSED, "guard: "),
        ("http://10.1.1.1/", Outcome.REFUSED, "guard: address: "),
        ("http://a.example:25/", Outcome.REFUSED, "guard: port: "),
        ("ftp://a.example/", Outcome.REFUSED, "address: "),
        ("http://u:p@a.example/", Outcome.REFUSED, "address: "),
        ("", Outcome.REFUSED, "address: "),
        ("\ud800", Outcome.REFUSED, "address: "),
        ("http://\ud800.example/", Outcome.REFUSED, "address: "),
    ],
)
async def test_what_is_never_asked_is_an_answer_too(url: str, outcome: Outcome, error: str) -> None:
    async with client() as asking:
        answer = await asking.ask(Question(url))

    assert answer.outcome is outcome
    assert answer.error is not None
    assert answer.error.startswith(error)
    assert (answer.question.url, answer.at) == (url, AT)


async def test_a_surrogate_in_the_path_is_asked_or_refused_but_never_raised() -> None:
    async with serve(saying(response(b""))) as site, client(site) as asking:
        answer = await asking.ask(Question(site.url("/\ud800")))

    assert answer.outcome in {Outcome.ANSWERED, Outcome.REFUSED}


def bomb() -> bytes:
    packer = zlib.compressobj(9, zlib.DEFLATED, 31)
    return b"".join(packer.compress(bytes(8 * MIB)) for _ in range(64)) + packer.flush()


@pytest.mark.parametrize(
    ("coding", "make", "decoded"),
    [
        ("gzip", bomb, 32 * MIB),
        ("gzip, gzip", lambda: gzip.compress(gzip.compress(bytes(64 * MIB))), 0),
        ("br", lambda: b"\x5b\xff\xff\x1f" * 100, 0),
        ("zstd", lambda: b"\x28\xb5\x2f\xfd" * 100, 0),
        ("gzip", lambda: b"no gzip at all", 0),
    ],
    ids=["gzip bomb", "gzip in gzip", "brotli", "zstd", "mislabelled"],
)
async def test_a_hostile_coding_is_kept_raw_and_decoded_within_bounds(
    coding: str, make: Any, decoded: int
) -> None:
    raw = make()

    answer = await ask_of(
        saying(response(raw, b"Content-Encoding: " + coding.encode())), max_ratio=1_000_000
    )

    assert answer.outcome is Outcome.TRUNCATED
    assert answer.exchanges[0].body == raw
    assert answer.exchanges[0].truncated is None
    assert len(answer.body) == decoded
    assert answer.error is not None
    assert answer.error.startswith("decoding: ")


async def test_no_answer_of_many_hops_holds_more_than_one_cap() -> None:
    hop = response(b"x" * 600, b"Location: /again", status=302)

    answer = await ask_of(saying(hop), max_bytes=1000)

    assert sum(len(exchange.body) for exchange in answer.exchanges) == 1000


async def test_files_are_fetched_whole_and_capped() -> None:
    async with serve(saying(response(b"\x89PNG" * 100))) as site, client(site) as asking:
        whole = await asking.ask(Question(site.url(), max_bytes=400))
        cut = await asking.ask(Question(site.url(), max_bytes=399))

    assert (whole.outcome, whole.body) == (Outcome.ANSWERED, b"\x89PNG" * 100)
    assert (cut.outcome, len(cut.body)) == (Outcome.TRUNCATED, 399)


async def test_rendering_is_somebody_elses_work() -> None:
    async with client() as asking:
        with pytest.raises(ArchiverError, match="browser"):
            await asking.ask(Question("http://a.example/", ask=Ask.RENDER))


# --- TLS and mapped hosts


def trust(folder: Path, authority: Authority) -> Path:
    pem = folder / "authority.pem"
    pem.write_bytes(authority.pem)
    return pem


def mapped(site: Site, name: str = "x.com:443") -> dict[str, str]:
    return {name: f"127.0.0.1:{site.port}"}


async def test_a_mapped_host_is_verified_by_its_own_name(tmp_path: Path) -> None:
    authority = Authority.create()
    tls = authority.server_context("x.com")

    async with (
        serve(saying(response(b"in")), tls) as site,
        client(host_map=mapped(site), extra_ca=trust(tmp_path, authority)) as asking,
    ):
        answer = await asking.ask(Question("https://x.com/a"))

    assert (answer.outcome, answer.body, answer.ip) == (Outcome.ANSWERED, b"in", "127.0.0.1")
    assert answer.exchanges[0].protocols == ("http/1.1", "tls/1.3")
    assert answer.exchanges[0].url == "https://x.com/a"
    assert b"\r\nHost: x.com\r\n" in site.heads[0]
    assert answer.error is None


def expired(authority: Authority) -> ssl.SSLContext:
    return authority.server_context("x.com", until=LONG_AGO)


def other_name(authority: Authority) -> ssl.SSLContext:
    return authority.server_context("y.com")


def stranger(_: Authority) -> ssl.SSLContext:
    return Authority.create("Stranger").server_context("x.com")


BAD = pytest.mark.parametrize(
    ("make", "fault"),
    [(expired, "expired"), (other_name, "mismatch"), (stranger, "unable to get local issuer")],
)


@BAD
async def test_a_bad_certificate_is_captured_with_a_warning(
    tmp_path: Path, make: Any, fault: str
) -> None:
    authority = Authority.create()

    async with (
        serve(saying(response(b"in")), make(authority)) as site,
        client(host_map=mapped(site), extra_ca=trust(tmp_path, authority)) as asking,
    ):
        answer = await asking.ask(Question("https://x.com/"))

    assert (answer.outcome, answer.body) == (Outcome.ANSWERED, b"in")
    assert answer.error is not None
    assert answer.error.startswith("tls: certificate of x.com: ")
    assert fault in answer.error.lower()
    assert answer.error.endswith(", captured without verification")


@BAD
async def test_a_bad_certificate_is_refused_when_the_policy_says_so(
    tmp_path: Path, make: Any, fault: str
) -> None:
    authority = Authority.create()

    async with (
        serve(saying(response(b"in")), make(authority)) as site,
        client(
            host_map=mapped(site), extra_ca=trust(tmp_path, authority), tls_invalid="refuse"
        ) as asking,
    ):
        answer = await asking.ask(Question("https://x.com/"))

    assert (answer.outcome, answer.body, answer.exchanges) == (Outcome.TLS, b"", ())
    assert answer.error is not None
    assert fault in answer.error.lower()


async def test_a_question_with_a_secret_is_never_sent_unverified() -> None:
    tls = Authority.create().server_context("x.com")

    async with (
        serve(saying(response(b"in")), tls) as site,
        client(host_map=mapped(site)) as asking,
    ):
        answer = await asking.ask(Question("https://x.com/", headers=(("Cookie", "session=1"),)))

    assert answer.outcome is Outcome.TLS
    assert site.heads == []


async def test_a_server_that_speaks_no_tls_is_a_failed_handshake() -> None:
    async def plain(reader: Reader, writer: Writer) -> None:
        await reader.read(100)
        writer.write(b"HTTP/1.1 400 Bad Request\r\n\r\n")
        writer.close()
        await writer.wait_closed()

    server = await asyncio.start_server(plain, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    async with server, client(host_map={"x.com:443": f"127.0.0.1:{port}"}) as asking:
        answer = await asking.ask(Question("https://x.com/"))

    assert answer.outcome is Outcome.TLS
    assert answer.error is not None
    assert answer.error.startswith("tls: handshake: ")


async def test_a_handshake_that_is_cut_off_is_no_fault_of_the_certificate() -> None:
    async def cut(reader: Reader, writer: Writer) -> None:
        await reader.read(100)
        writer.transport.abort()

    server = await asyncio.start_server(cut, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    async with server, client(host_map={"x.com:443": f"127.0.0.1:{port}"}) as asking:
        answer = await asking.ask(Question("https://x.com/"))

    assert answer.outcome is Outcome.UNREACHABLE


async def test_a_handshake_that_never_ends_meets_the_deadline() -> None:
    async def hang(reader: Reader, _writer: Writer) -> None:
        await until_closed(reader)
        _writer.close()

    server = await asyncio.start_server(hang, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    async with (
        server,
        client(host_map={"x.com:443": f"127.0.0.1:{port}"}, deadline_s=0.3) as asking,
    ):
        answer = await asking.ask(Question("https://x.com/"))

    assert answer.outcome is Outcome.TIMEOUT


async def test_an_extra_authority_must_be_readable(tmp_path: Path) -> None:
    empty = tmp_path / "empty.pem"
    empty.write_bytes(b"")

    with pytest.raises(SettingsError, match=r"net\.extra_ca"):
        async with client(extra_ca=empty):
            pass


# --- Control, robots, courtesy


async def control(*sites: Site, authority: Path | None = None, **policy: Any) -> Answer:
    urls = tuple(site.url() for site in sites)
    async with client(*sites, control_urls=urls, extra_ca=authority, **policy) as asking:
        return await asking.ask(Question("control:", ask=Ask.CONTROL))


async def test_one_control_address_that_answers_is_enough() -> None:
    async with serve(saying()) as dead, serve(saying(response(status=204))) as alive:
        answer = await control(dead, alive)

    assert (answer.outcome, answer.status) == (Outcome.ANSWERED, 204)
    assert answer.question.ask is Ask.CONTROL


async def test_a_portal_that_redirects_is_no_network() -> None:
    async with serve(saying(redirect("http://portal.example/login"))) as portal:
        answer = await control(portal)

    assert answer.outcome is Outcome.UNREACHABLE
    assert answer.error == "control: answered 302"


async def test_a_portal_with_its_own_certificate_is_no_network() -> None:
    tls = Authority.create("Portal").server_context("control.example")

    async with (
        serve(saying(response(status=204)), tls) as portal,
        client(
            host_map=mapped(portal, "control.example:443"),
            control_urls=("https://control.example/",),
        ) as asking,
    ):
        answer = await asking.ask(Question("control:", ask=Ask.CONTROL))

    assert answer.outcome is Outcome.TLS


@pytest.mark.parametrize(
    ("path", "said", "is_known"),
    [
        ("/generate_204", response(status=204), True),
        ("/generate_204", response(b"<h1>Welcome to our network</h1>"), False),
        ("/generate_204", response(b"", status=200), False),
        ("/cdn-cgi/trace", response(b"fl=12f34\nh=www.cloudflare.com\nts=1.5\n"), True),
        ("/cdn-cgi/trace", response(b"<html><p>h=1</p></html>"), False),
        ("/cdn-cgi/trace", response(status=204), False),
        ("/our-own", response(b"anything"), True),
        ("/our-own", response(b"sorry", status=503), False),
    ],
)
async def test_a_control_address_must_answer_what_it_is_known_to(
    path: str, said: bytes, is_known: bool
) -> None:
    async with serve(saying(said)) as site, client(site, control_urls=(site.url(path),)) as asking:
        answer = await asking.ask(Question("control:", ask=Ask.CONTROL))

    assert (answer.outcome is Outcome.ANSWERED) == is_known


async def test_what_is_made_up_wants_a_road_of_its_own() -> None:
    async with client() as asking:
        with pytest.raises(ArchiverError):
            await asking.ask(Question("http://news.example/a", ask=Ask.SIBLING))


async def test_without_control_addresses_nothing_is_asked() -> None:
    assert (await control()).outcome is Outcome.REFUSED


ROBOTS = b"User-agent: *\nDisallow: /private"


@pytest.mark.parametrize(
    ("policy", "outcome", "asked"),
    [("ignore", Outcome.ANSWERED, [b"/private"]), ("respect", Outcome.REFUSED, [b"/robots.txt"])],
)
async def test_robots_are_ignored_or_respected_as_the_policy_says(
    policy: str, outcome: Outcome, asked: list[bytes]
) -> None:
    talk = by_path(**{"robots.txt": response(ROBOTS), "private": response(b"secret")})

    async with serve(talk) as site, client(site, robots=policy) as asking:
        answer = await asking.ask(Question(site.url("/private")))

    assert answer.outcome is outcome
    assert [head.split(b" ")[1] for head in site.heads] == asked


async def test_robots_hold_for_every_hop() -> None:
    talk = by_path(**{"robots.txt": response(ROBOTS), "open": redirect("/private")})

    async with serve(talk) as site, client(site, robots="respect") as asking:
        answer = await asking.ask(Question(site.url("/open")))

    assert (answer.outcome, answer.error) == (Outcome.REFUSED, "robots: not allowed")
    assert [hop.status for hop in answer.hops] == [302]


async def test_waiting_for_our_own_turn_is_not_held_against_the_site() -> None:
    clock = FrozenClock(AT)
    policy = GuardPolicy()
    spaced = ClientPolicy(manners=Manners(spacing=timedelta(hours=1)), deadline_s=5)

    async with Guard(policy, clock) as guard:
        asking = Client(guard, spaced, clock)
        answers = [await asking.ask(Question(f"http://{n}.gone.invalid/")) for n in range(3)]

    assert [answer.outcome for answer in answers] == [Outcome.NO_HOST] * 3
    assert clock.slept == [timedelta(hours=1)] * 2


async def test_many_questions_at_once_leave_nothing_open() -> None:
    async with serve(saying(response(b"x" * 100_000))) as site, client(site) as asking:
        answers = await asyncio.gather(*(asking.ask(Question(site.url())) for _ in range(50)))

    assert {answer.outcome for answer in answers} == {Outcome.ANSWERED}
    assert site.opened == 50
    assert replace(answers[0], exchanges=(), hops=()) == replace(answers[-1], exchanges=(), hops=())


async def test_hosts_that_httpx_cannot_spell_are_asked_all_the_same() -> None:
    async with (
        serve(saying(response(b"in"))) as site,
        client(host_map=mapped(site, "xn--i-7iq.ws:80")) as asking,
    ):
        answer = await asking.ask(Question("http://i❤.ws/"))

    assert answer.body == b"in"
    assert b"\r\nHost: xn--i-7iq.ws\r\n" in site.heads[0]


async def test_a_question_cannot_change_where_its_request_goes() -> None:
    fields = (("host", "other.example"), ("Content-Length", "5"), ("Transfer-Encoding", "chunked"))

    async with serve(saying(response(b"in"))) as site, client(site) as asking:
        answer = await asking.ask(Question(site.url(), headers=fields))

    assert answer.outcome is Outcome.ANSWERED
    assert site.heads[0].lower().count(b"host:") == 1
    assert b"other.example" not in site.heads[0]
    assert b"chunked" not in site.heads[0]


@pytest.mark.parametrize("field", [("X", "a\r\nB: c"), ("X\x00", "y"), ("\ud800", "é")])
async def test_a_field_that_cannot_be_sent_is_refused_or_sent_but_never_raised(
    field: tuple[str, str],
) -> None:
    async with serve(saying(response(b"in"))) as site, client(site) as asking:
        answer = await asking.ask(Question(site.url(), headers=(field,)))

    assert answer.outcome in {Outcome.ANSWERED, Outcome.REFUSED}
    assert all(b"\r\nB: c" not in head for head in site.heads)


async def test_a_port_that_nobody_listens_at_is_unreachable() -> None:
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        port = held.getsockname()[1]
        async with client(host_map={"x.com:80": f"127.0.0.1:{port}"}) as asking:
            answer = await asking.ask(Question("http://x.com/"))

    assert (answer.outcome, answer.error) == (
        Outcome.UNREACHABLE, "unreachable: Connection refused",
    )  # fmt: skip


async def test_a_host_that_does_not_take_the_connection_is_a_time_out() -> None:
    async with serve(silence) as site:
        policy = GuardPolicy.build(
            upstream=f"http://127.0.0.1:{site.port}", limits=Limits(connect_s=0.05)
        )
        async with Guard(policy, FrozenClock(AT)) as guard:
            asking = Client(guard, ClientPolicy(), FrozenClock(AT))
            answer = await asking.ask(Question("http://a.example/"))

    assert answer.outcome is Outcome.TIMEOUT
