from __future__ import annotations

import asyncio
import gc
import gzip
import logging
import ssl

import pytest

from archiver.demo.authority import Authority
from archiver.demo.calls import Reply, plain
from archiver.demo.clock import MovableClock
from archiver.demo.server import Server
from tests.demo.caller import ask, connect, get, visit

NEWS = "https://harbourpost.example/"


async def say(port: int, words: bytes) -> bytes:
    """Send bytes, close our half, and return all that comes back."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(words)
    writer.write_eof()
    answer = await reader.read()
    writer.close()
    await writer.wait_closed()
    return answer


def port_of(web, port):
    return int(web.host_map[f"t.co:{port}"].partition(":")[2])


@pytest.mark.parametrize(
    ("words", "status"),
    [
        (b"rubbish\r\n\r\n", b"400"),
        (b"GET / HTTP/1.1\r\n\r\n", b"400"),
        (b"GET http://t.co/ HTTP/1.1\r\nHost: t.co\r\n\r\n", b"400"),
        (b"GET / HTTP/1.0\r\n\r\n", b"400"),
        (b"GET / HTTP/1.1\r\nHost: t.co\r\nX: " + b"a" * 70_000 + b"\r\n\r\n", b"431"),
        (b"POST / HTTP/1.1\r\nHost: t.co\r\nContent-Length: 70000\r\n\r\n" + b"a" * 70_000, b"413"),
        (b"GET / HTTP/1.1\r\nHost: nowhere.example\r\n\r\n", b"421"),
        (b"DELETE /a HTTP/1.1\r\nHost: t.co\r\n\r\n", b"405"),
        (b"POST / HTTP/1.1\r\nHost: t.co\r\nContent-Length: 10\r\n\r\nabc", b"400"),
    ],
)
def test_a_request_that_cannot_be_served_gets_a_reason(words, status):
    async def story(web, _):
        return await say(port_of(web, 80), words)

    assert visit(story).startswith(b"HTTP/1.1 " + status)


@pytest.mark.parametrize("port", [80, 443])
@pytest.mark.parametrize("words", [b"", b"\x16\x03\x01", b"GET / HT"])
def test_a_caller_that_breaks_off_does_no_harm(port, words):
    async def story(web, _):
        await say(port_of(web, port), words)
        return (await get(web, NEWS)).status

    assert visit(story) == 200


def test_a_name_without_a_certificate_is_refused():
    async def story(web, _):
        context = ssl.create_default_context(cafile=web.ca_path)
        port = port_of(web, 443)
        await asyncio.open_connection(
            "127.0.0.1", port, ssl=context, server_hostname="nowhere.example"
        )

    with pytest.raises(OSError, match=r"(?i)unrecognized|^$"):  # asyncio may drop the alert
        visit(story)


def test_a_caller_that_does_not_know_the_authority_does_not_trust_it():
    async def story(web, _):
        await asyncio.open_connection(
            "127.0.0.1", port_of(web, 443), ssl=ssl.create_default_context(), server_hostname="t.co"
        )

    with pytest.raises(ssl.SSLCertVerificationError):
        visit(story)


def test_the_strictest_checks_of_a_certificate_pass():
    async def story(web, _):
        context = ssl.create_default_context(cafile=web.ca_path)
        context.verify_flags |= ssl.VERIFY_X509_STRICT
        _, writer = await asyncio.open_connection(
            "127.0.0.1", port_of(web, 443), ssl=context, server_hostname="t.co"
        )
        names = writer.get_extra_info("peercert")["subjectAltName"]
        writer.close()
        await writer.wait_closed()
        return names

    assert visit(story) == (("DNS", "t.co"),)


def test_a_connection_serves_the_host_of_its_certificate_alone():
    got = ask(NEWS, headers={"Host": "x.com"})

    assert got.status == 421


def test_a_caller_that_can_unpack_gets_a_packed_page_in_chunks():
    got = ask(NEWS, headers={"Accept-Encoding": "gzip, br"})

    assert got.headers["content-encoding"] == "gzip"
    assert got.headers["transfer-encoding"] == "chunked"
    assert "The Harbour Post" in gzip.decompress(got.body).decode()


def test_a_caller_that_cannot_unpack_gets_a_counted_page():
    got = ask(NEWS)

    assert int(got.headers["content-length"]) == len(got.body)
    assert "content-encoding" not in got.headers


def test_head_has_the_headers_alone():
    got = ask(NEWS, method="HEAD")

    assert (got.status, got.body) == (200, b"")


def test_a_body_that_waits_to_be_invited_is_read():
    async def story(web, _):
        url = "https://api.x.com/1.1/guest/activate.json"
        reader, writer = await connect(web, url)
        writer.write(
            b"POST /1.1/guest/activate.json HTTP/1.1\r\nHost: api.x.com\r\n"
            b"Content-Length: 3\r\nExpect: 100-continue\r\n\r\n"
        )
        invitation = await reader.readline()
        writer.write(b"a=b")
        rest = await reader.readuntil(b"}")
        writer.close()
        await writer.wait_closed()
        return invitation, rest

    invitation, rest = visit(story)

    assert invitation.startswith(b"HTTP/1.1 100")
    assert b"guest_token" in rest


def test_a_site_that_fails_is_told_of_and_answers_500(caplog, tmp_path):
    def broken(_):
        raise RuntimeError("on purpose")

    async def run():
        server = Server(broken, MovableClock(), {})
        port, _ = server.start()
        answer = await say(port, b"GET / HTTP/1.1\r\nHost: a\r\n\r\n")
        await server.stop()
        return answer

    with caplog.at_level(logging.ERROR):
        answer = asyncio.run(run())

    assert answer.startswith(b"HTTP/1.1 500")
    assert "a site failed" in caplog.text


def test_it_stops_while_callers_are_in_the_middle_of_everything(tmp_path):
    async def run():
        contexts = Authority(tmp_path).contexts(["a.example"])
        server = Server(lambda _: plain("hello", 200), MovableClock(), contexts)
        plain_port, tls_port = server.start()
        callers = [
            await asyncio.open_connection("127.0.0.1", port)
            for port in (plain_port, tls_port)
            for _ in range(3)
        ]
        callers[1][1].write(b"GET / HTTP/1.1\r\nHo")
        callers[4][1].write(b"\x16\x03\x01\x02\x00")
        callers[2][1].write(b"GET / HTTP/1.1\r\nHost: a.example\r\n\r\n")
        await callers[2][0].readline()

        await server.stop()

        ends = [await reader.read() for reader, _ in callers]
        for _, writer in callers:
            writer.close()
            await writer.wait_closed()
        return ends, asyncio.all_tasks() - {asyncio.current_task()}

    ends, left = asyncio.run(run())
    gc.collect()

    assert len(ends) == 6
    assert left == set()


def test_a_stopped_server_can_be_reached_no_more():
    async def run():
        server = Server(lambda _: Reply(204, b"", "text/plain"), MovableClock(), {})
        port, _ = server.start()
        await server.stop()
        await asyncio.open_connection("127.0.0.1", port)

    with pytest.raises(ConnectionRefusedError):
        asyncio.run(run())
