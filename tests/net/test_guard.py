"""The guard over real sockets: what it carries, what it refuses, what it counts."""

from __future__ import annotations

import asyncio
import resource
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Any

import pytest

from archiver.daemon.metrics import PrometheusMeter
from archiver.net.decisions import Ruling
from archiver.net.guard import Guard, Passage
from archiver.net.policy import GuardPolicy, Limits
from tests.fakes import FrozenClock
from tests.net.site import Reader, Site, Writer, response, saying, serve, until_closed

pytestmark = pytest.mark.anyio

AT = datetime(2026, 11, 22, 12, tzinfo=UTC)


@asynccontextmanager
async def passage(
    site: Site | None = None, limits: Limits | None = None, **policy: Any
) -> AsyncIterator[Passage]:
    """Open a started passage that may reach the site; nothing of it is left afterwards."""
    policy.setdefault("allow", [site.allow] if site else [])
    before = asyncio.all_tasks()
    async with (
        Guard(GuardPolicy.build(**policy), FrozenClock(AT)) as guard,
        await guard.open("test", limits) as opened,
    ):
        opened.start()
        yield opened
    assert asyncio.all_tasks() - before == set()


async def say(opened: Passage, *pieces: bytes) -> bytes:
    """Send bytes to the guard and return all it says until it closes."""
    reader, writer = await asyncio.open_connection("127.0.0.1", opened.port)
    try:
        for piece in pieces:
            writer.write(piece)
            await writer.drain()
        return await reader.read()
    finally:
        writer.transport.abort()


def connect(authority: str) -> bytes:
    return f"CONNECT {authority} HTTP/1.1\r\nHost: {authority}\r\n\r\n".encode()


def get(site: Site, path: str = "/", *fields: str) -> bytes:
    lines = [f"GET {site.url(path)} HTTP/1.1", f"Host: 127.0.0.1:{site.port}", *fields, "", ""]
    return "\r\n".join(lines).encode("latin-1")


ANSWER = response(b"hello", b"sEt-Cookie: a", b"Set-Cookie: b=\xe9", b"Connection: keep-alive")
YES = b"HTTP/1.1 200 Connection established\r\n\r\n"


async def test_a_tunnel_carries_bytes_untouched_both_ways() -> None:
    async def echo(head: bytes, reader: Reader, writer: Writer) -> None:
        writer.write(head + await reader.readexactly(3))

    async with serve(echo) as site, passage(site) as opened:
        said = await say(opened, connect(f"127.0.0.1:{site.port}"), b"\x16\x03\x00\r\n\r\n", b"abc")

    assert said == YES + b"\x16\x03\x00\r\n\r\nabc"


async def test_bytes_sent_together_with_the_tunnel_request_are_not_lost() -> None:
    async with serve(saying(ANSWER)) as site, passage(site) as opened:
        target = f"127.0.0.1:{site.port}"
        said = await say(opened, connect(target) + b"GET / HTTP/1.1\r\n\r\n")

    assert said == YES + ANSWER
    assert site.heads == [b"GET / HTTP/1.1\r\n\r\n"]


async def test_a_half_closed_tunnel_still_carries_the_other_half() -> None:
    async def count(_head: bytes, reader: Reader, writer: Writer) -> None:
        rest = await reader.read()
        writer.write(b"%d" % len(rest))

    async with serve(count) as site, passage(site) as opened:
        reader, writer = await asyncio.open_connection("127.0.0.1", opened.port)
        writer.write(connect(f"127.0.0.1:{site.port}") + b"\r\n\r\n" + b"x" * 100_000)
        writer.write_eof()
        said = await reader.read()
        writer.close()

    assert said == YES + b"100000"


async def test_a_plain_request_reaches_the_origin_as_its_own() -> None:
    async with serve(saying(ANSWER)) as site, passage(site) as opened:
        said = await say(opened, get(site, "/a?b", "Proxy-Connection: keep-alive", "x-ODD: \xe9"))

    assert said == ANSWER
    assert site.heads == [
        b"GET /a?b HTTP/1.1\r\nHost: 127.0.0.1:%d\r\nConnection: close\r\nx-ODD: \xe9\r\n\r\n"
        % site.port
    ]


async def test_a_large_answer_is_whole_before_the_connection_closes() -> None:
    body = bytes(range(256)) * 40_000

    async with serve(saying(response(body))) as site, passage(site) as opened:
        said = await say(opened, get(site))

    assert said == response(body)
    assert opened.usage.bytes_in == len(said)


async def test_a_request_body_is_carried_to_its_length() -> None:
    async def echo(_head: bytes, reader: Reader, writer: Writer) -> None:
        writer.write(response(await reader.readexactly(200_000)))

    body = b"form" * 50_000
    async with serve(echo) as site, passage(site) as opened:
        said = await say(opened, get(site, "/", f"Content-Length: {len(body)}"), body)

    assert said == response(body)


async def test_a_second_request_on_one_connection_ends_it() -> None:
    async def wait(_head: bytes, reader: Reader, writer: Writer) -> None:
        writer.write(ANSWER)
        await until_closed(reader)

    async with serve(wait) as site, passage(site) as opened:
        reader, writer = await asyncio.open_connection("127.0.0.1", opened.port)
        writer.write(get(site))
        first = await reader.readexactly(len(ANSWER))
        writer.write(get(site, "/second"))
        rest = await read_until_it_ends(reader)
        writer.transport.abort()

    assert (first, rest) == (ANSWER, 0)
    assert len(site.heads) == 1


@pytest.mark.parametrize(
    ("request_bytes", "status", "reason"),
    [
        (connect("10.0.0.1:80"), 403, "denied; address: 10.0.0.1 lies in 10.0.0.0/8 (private)"),
        (connect("127.1:80"), 400, "denied; target: the host ends in a number"),
        (connect("user@a.example:80"), 400, "denied; target: the host is not a plain ASCII name"),
        (connect("a.example:25"), 403, "denied; port: 25 is not open"),
        (connect("localhost:80"), 403, "denied; name: localhost is a single label"),
        (connect("clients2.google.com:443"), 403, "denied; background: "),
        (connect("gone.invalid:443"), 502, "failed; no-host"),
        (b"\x16\x03\x01\x02\x00\x01\r\n\r\n", 400, "denied; target: the request line"),
        (b"GET /\r\n\r\n", 400, "denied; target: the request line"),
        (b"GET http://a.example/ HTTP/1.1\r\nHost: b.example\r\n\r\n", 400, "denied; target: Host"),
        (b"GET http://a.example/ HTTP/1.1\r\nX: " + b"y" * 70_000, 431, "denied; target: "),
        (b"GET http://a.example/ HTTP/1.1\r\n" + b"X: y\r\n" * 300 + b"\r\n", 400, "denied; tar"),
    ],
)
async def test_a_refusal_says_why_and_nothing_is_dialled(
    request_bytes: bytes, status: int, reason: str
) -> None:
    async with passage() as opened:
        said = (await say(opened, request_bytes)).decode()

    assert said.startswith(f"HTTP/1.1 {status} ")
    assert f"\r\nX-Archiver-Guard: {reason}" in said
    assert opened.usage.connections == 0


async def test_every_decision_is_logged_with_the_address_that_was_dialled() -> None:
    async with (
        serve(saying(ANSWER)) as site,
        passage(site, host_map={"x.com:80": f"127.0.0.1:{site.port}"}) as opened,
    ):
        await say(opened, get(site))
        await say(opened, b"GET http://x.com/ HTTP/1.1\r\nHost: x.com\r\n\r\n")
        await say(opened, connect("10.0.0.1:443"))
        await say(opened, connect("update.googleapis.com:443"))

    first, mapped, refused, background = opened.log
    assert (first.at, first.host, first.port, first.verdict, first.method, first.ip) == (
        AT, "127.0.0.1", site.port, Ruling.ALLOWED, "GET", "127.0.0.1",
    )  # fmt: skip
    assert [one.reason for one in (first, mapped)] == [
        "allowed by the operator", "mapped by the operator",
    ]  # fmt: skip
    assert (mapped.host, mapped.port, mapped.mapped, mapped.ip) == ("x.com", 80, True, "127.0.0.1")
    assert (refused.verdict, refused.ip, refused.background) == (Ruling.DENIED, None, False)
    assert background.background
    assert opened.ip_of("X.com.", 80) == "127.0.0.1"
    assert opened.ip_of("10.0.0.1", 443) is None


async def test_an_address_that_nothing_answers_at_is_unreachable() -> None:
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        port = held.getsockname()[1]
        async with passage(allow=[f"127.0.0.0/8:{port}"]) as opened:
            said = await say(opened, connect(f"127.0.0.1:{port}"))

    assert b"HTTP/1.1 502 " in said
    assert b"X-Archiver-Guard: failed; unreachable: Connection refused\r\n" in said


async def test_the_next_checked_address_is_tried_when_one_does_not_answer() -> None:
    async def names(_host: str) -> list[str]:
        return ["127.0.0.2", "127.0.0.1"]

    async with serve(saying(ANSWER)) as site:
        policy = GuardPolicy.build(allow=[site.allow])
        async with Guard(policy, FrozenClock(), names) as guard, await guard.open("t") as opened:
            said = await say(opened, connect(f"a.example:{site.port}") + b"\r\n\r\n")

    assert said == YES + ANSWER
    assert opened.ip_of("a.example", site.port) == "127.0.0.1"


async def test_a_passage_does_not_lead_to_any_passage() -> None:
    policy = GuardPolicy.build(allow=["127.0.0.0/8:*", "[::1]/128:*"])

    async with (
        Guard(policy, FrozenClock()) as guard,
        await guard.open("one") as one,
        await guard.open("two") as two,
    ):
        replies = [await say(one, connect(f"127.0.0.1:{port}")) for port in (one.port, two.port)]

    assert all(b"X-Archiver-Guard: denied; guard: " in reply for reply in replies)


async def test_counts_begin_when_the_capture_does() -> None:
    async with serve(saying(ANSWER)) as site:
        policy = GuardPolicy.build(allow=[site.allow])
        async with Guard(policy, FrozenClock()) as guard, await guard.open("early") as opened:
            await say(opened, get(site))
            early = opened.usage
            opened.start()
            fresh = opened.usage

    assert (early.connections, early.seconds) == (1, 0.0)
    assert (fresh.connections, fresh.bytes_in, fresh.bytes_out) == (0, 0, 0)


async def endless(_head: bytes, _reader: Reader, writer: Writer) -> None:
    writer.write(b"HTTP/1.1 200 OK\r\n\r\n")
    while True:
        writer.write(b"x" * 10_000)
        await writer.drain()


async def silent(_head: bytes, reader: Reader, _writer: Writer) -> None:
    await until_closed(reader)
    raise ConnectionError


async def read_to_the_end(opened: Passage, request: bytes) -> int:
    """Return how many bytes came before the guard ended the connection, however it did."""
    reader, writer = await asyncio.open_connection("127.0.0.1", opened.port)
    writer.write(request)
    total = await read_until_it_ends(reader)
    writer.transport.abort()
    return total


async def read_until_it_ends(reader: Reader) -> int:
    total = 0
    try:
        while chunk := await reader.read(65536):
            total += len(chunk)
    except ConnectionResetError:
        return total
    return total


async def test_too_many_bytes_end_the_whole_passage() -> None:
    limits = Limits(bytes_in=1_000_000)

    async with serve(endless) as site, passage(site, limits) as opened:
        total = await read_to_the_end(opened, get(site))
        after = await say(opened, get(site))

    assert total <= 1_000_000
    assert opened.limits_hit == ("bytes_in",)
    assert b"X-Archiver-Guard: denied; limit: bytes_in\r\n" in after


async def test_too_many_bytes_out_end_the_whole_passage() -> None:
    limits = Limits(bytes_out=10_000)

    async with serve(silent) as site, passage(site, limits) as opened:
        await read_to_the_end(opened, get(site, "/", "Content-Length: 20000") + b"x" * 20_000)
        await site.closed.wait()

    assert opened.limits_hit == ("bytes_out",)


async def test_when_its_time_is_over_every_connection_is_dropped() -> None:
    limits = Limits(seconds=0.2)

    async with serve(silent) as site, passage(site, limits) as opened:
        await asyncio.gather(*(read_to_the_end(opened, get(site)) for _ in range(5)))

    assert opened.limits_hit == ("seconds",)
    assert opened.usage.connections == 5


async def test_an_idle_connection_is_dropped_alone() -> None:
    limits = Limits(idle_s=0.2)

    async with serve(silent) as site, passage(site, limits) as opened:
        total = await read_to_the_end(opened, get(site))
        await site.closed.wait()

    assert total == 0
    assert opened.limits_hit == ()


async def test_a_connection_that_is_open_for_too_long_is_dropped_and_named() -> None:
    limits = Limits(connection_s=0.3)

    async with serve(silent) as site, passage(site, limits) as opened:
        await read_to_the_end(opened, get(site))

    assert opened.limits_hit == ("connection_s",)


async def test_a_request_that_drips_is_not_waited_for() -> None:
    async with passage(limits=Limits(head_s=0.05)) as opened:
        said = await say(opened, b"GET http://a.exam")

    assert b"HTTP/1.1 408 " in said


async def test_too_many_connections_at_once_are_refused() -> None:
    limits = Limits(connections=2)

    async with serve(silent) as site, passage(site, limits) as opened:
        held = [await asyncio.open_connection("127.0.0.1", opened.port) for _ in range(2)]
        for _, writer in held:
            writer.write(get(site))
        for _ in held:
            await site.arrived.get()
        said = await say(opened, get(site))
        for _, writer in held:
            writer.transport.abort()

    assert b"X-Archiver-Guard: denied; limit: connections\r\n" in said
    assert opened.limits_hit == ("connections",)


async def test_too_many_requests_end_the_passage_and_the_log_stays_small() -> None:
    async with passage(limits=Limits(requests=10)) as opened:
        for _ in range(30):
            await say(opened, connect("10.0.0.1:80"))

    assert opened.limits_hit == ("requests",)
    assert len(opened.log) == 11


async def test_closing_drops_both_sides_of_every_connection() -> None:
    async with serve(silent) as site, passage(site) as opened:
        reader, writer = await asyncio.open_connection("127.0.0.1", opened.port)
        writer.write(get(site))
        await site.arrived.get()
        await opened.close()
        with pytest.raises((ConnectionError, EOFError)):
            await reader.readexactly(1)
        await site.closed.wait()
        with pytest.raises(ConnectionRefusedError):
            await asyncio.open_connection("127.0.0.1", opened.port)
        writer.transport.abort()


async def test_closing_in_the_moment_of_a_connection_leaves_nothing_open() -> None:
    for turns in range(6):
        async with passage() as opened:
            with socket.create_connection(("127.0.0.1", opened.port)):
                for _ in range(turns):
                    await asyncio.sleep(0)
                await opened.close()


async def test_clients_that_leave_at_any_moment_leave_nothing_behind() -> None:
    whole = connect("127.0.0.1:1")

    async with serve(endless) as site, passage(site) as opened:
        for cut in (0, 1, 10, len(whole)):
            _, writer = await asyncio.open_connection("127.0.0.1", opened.port)
            writer.write(connect(f"127.0.0.1:{site.port}")[:cut])
            await writer.drain()
            writer.transport.abort()
        for _ in range(20):
            reader, writer = await asyncio.open_connection("127.0.0.1", opened.port)
            writer.write(get(site))
            await reader.read(1)
            writer.transport.abort()
        await site.closed.wait()


async def test_an_upstream_proxy_is_asked_for_tunnels_and_plain_requests() -> None:
    async def proxy(head: bytes, _reader: Reader, writer: Writer) -> None:
        writer.write(b"HTTP/1.1 200 Fine\r\nX: y\r\n\r\n" if head.startswith(b"CONNECT") else b"")
        writer.write(ANSWER)

    async with (
        serve(proxy) as site,
        passage(upstream=f"http://us:pw@127.0.0.1:{site.port}") as opened,
    ):
        tunnelled = await say(opened, connect("a.example:443") + b"hello")
        plain = await say(opened, b"GET http://a.example/x HTTP/1.1\r\nHost: a.example\r\n\r\n")

    assert (tunnelled, plain) == (YES + ANSWER, ANSWER)
    assert site.heads[0] == (
        b"CONNECT a.example:443 HTTP/1.1\r\nHost: a.example:443\r\n"
        b"Proxy-Authorization: Basic dXM6cHc=\r\n\r\n"
    )
    assert site.heads[1].startswith(b"GET http://a.example/x HTTP/1.1\r\n")
    assert [(d.ip, d.pinned) for d in opened.log] == [(None, False)] * 2


@pytest.mark.parametrize("reply", [response(b"", status=407), b"nonsense\r\n\r\n", b""])
async def test_an_upstream_that_refuses_is_a_failure_of_ours(reply: bytes) -> None:
    async with (
        serve(saying(reply)) as site,
        passage(upstream=f"http://127.0.0.1:{site.port}") as opened,
    ):
        said = await say(opened, connect("a.example:443"))

    assert b"HTTP/1.1 502 " in said
    assert b"X-Archiver-Guard: failed; upstream: " in said


async def test_an_upstream_that_never_answers_is_given_up() -> None:
    limits = Limits(connect_s=0.05)

    async with (
        serve(silent) as site,
        passage(limits=limits, upstream=f"http://127.0.0.1:{site.port}") as opened,
    ):
        said = await say(opened, connect("a.example:443"))
        await site.closed.wait()

    assert b"HTTP/1.1 504 " in said
    assert b"X-Archiver-Guard: failed; timeout: nothing answered in time\r\n" in said


async def test_an_upstream_that_is_not_there_is_a_failure_of_ours() -> None:
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        async with passage(upstream=f"http://127.0.0.1:{held.getsockname()[1]}") as opened:
            said = await say(opened, connect("a.example:443"))

    assert b"X-Archiver-Guard: failed; upstream: Connection refused\r\n" in said


async def test_a_guard_without_descriptors_serves_when_there_are_some_again() -> None:
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)

    async with passage() as opened:
        waiting = socket.create_connection(("127.0.0.1", opened.port))  # not yet accepted
        resource.setrlimit(resource.RLIMIT_NOFILE, (3, hard))
        try:
            for _ in range(5):
                await asyncio.sleep(0)
        finally:
            resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
        reader, writer = await asyncio.open_connection(sock=waiting)
        writer.write(connect("10.0.0.1:80"))
        said = await reader.read()
        writer.transport.abort()

    assert said.startswith(b"HTTP/1.1 403 ")


async def test_closing_twice_is_closing_once() -> None:
    async with passage() as opened:
        await opened.close()
        await opened.close()


async def test_what_went_through_a_passage_is_counted_when_it_closes_by_words_of_a_closed_list():
    meter = PrometheusMeter(is_strict=True)
    async with serve(saying(response(b"hello"))) as site:
        policy = GuardPolicy.build(allow=[site.allow])
        async with Guard(policy, FrozenClock(AT), tally=meter) as guard:
            opened = await guard.open("test")
            opened.start()
            await say(opened, get(site))
            await say(opened, connect("10.0.0.1:443"))
            await opened.close()

    page = meter.page().decode()
    assert 'guard_decisions_total{reason="allowed",verdict="allowed"} 1.0' in page
    assert 'guard_decisions_total{reason="address",verdict="denied"} 1.0' in page
    assert 'guard_bytes_total{direction="in"}' in page
    assert "10.0.0.1" not in page
