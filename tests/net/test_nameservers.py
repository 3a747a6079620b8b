"""Asking name servers, over loopback: what each said, whatever it said."""

from __future__ import annotations

import asyncio
import json
import os
import random
import subprocess
import sys
from contextlib import AsyncExitStack
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import dns.message
import pytest

from archiver.errors import SettingsError
from archiver.model.inquiry import Answer, Ask, Outcome, Question, Wall
from archiver.model.signals import Signal
from archiver.net.client import Client
from archiver.net.guard import Guard
from archiver.net.nameservers import NameServers, Server, parse_server, system_servers
from archiver.net.policy import ClientPolicy, GuardPolicy
from archiver.platforms._dns import parking_service, read_absence, read_names
from tests.fakes import FrozenClock
from tests.net.nameserver import NameServer, Say, bytes_of, saying, serve_names, silent

pytestmark = pytest.mark.anyio

AT = datetime(2026, 11, 22, 12, tzinfo=UTC)
URL = "https://www.news.example/a?b=1"
GONE = saying(rcode="NXDOMAIN")
HERE = saying(
    "www.news.example CNAME edge.cdn.example.",
    "edge.cdn.example A 93.184.215.14",
    "edge.cdn.example AAAA 2606:2800:21f:cb07:6820:80da:af6b:8b2c",
    "news.example NS ns2.news.example.",
    "news.example NS ns1.news.example.",
)


def asking(*servers: NameServer, **policy: Any) -> NameServers:
    """Ask those servers, and be quick to take silence for silence."""
    settings = [server.setting for server in servers]
    return NameServers(settings, GuardPolicy.build(**policy), FrozenClock(AT), try_s=0.2)


async def ask_of(*say: Say, url: str = URL, **policy: Any) -> Answer:
    async with AsyncExitStack() as stack:
        servers = [await stack.enter_async_context(serve_names(one)) for one in say]
        names = asking(*servers, **policy)
        return await names.ask(Question(url, ask=Ask.DNS))


async def test_everything_that_a_resolver_says_of_a_name_is_kept() -> None:
    answer = await ask_of(HERE)

    document = json.loads(answer.body)
    assert (answer.outcome, answer.content_type, answer.at) == (
        Outcome.ANSWERED, "application/json", AT,
    )  # fmt: skip
    assert (document["name"], document["domain"]) == ("www.news.example", "news.example")
    (told,) = document["resolvers"]
    assert [(one["name"], one["type"], one["rcode"]) for one in told["answers"]] == [
        ("www.news.example", "A", "NOERROR"),
        ("www.news.example", "AAAA", "NOERROR"),
        ("news.example", "NS", "NOERROR"),
    ]
    assert told["answers"][0]["records"] == [
        {"owner": "www.news.example", "type": "CNAME", "value": "edge.cdn.example"},
        {"owner": "edge.cdn.example", "type": "A", "value": "93.184.215.14"},
    ]


async def test_what_is_kept_reads_back() -> None:
    names = read_names(await ask_of(HERE))

    assert names is not None
    (told,) = names.told
    assert (told.rcode, told.aliases) == ("NOERROR", ("edge.cdn.example",))
    assert told.addresses == ("93.184.215.14", "2606:2800:21f:cb07:6820:80da:af6b:8b2c")
    assert told.servers == ("ns1.news.example", "ns2.news.example")


async def test_the_same_records_make_the_same_bytes() -> None:
    one = saying("news.example NS a.example.", "news.example NS b.example.")
    async with serve_names(one) as server:
        names = asking(server)
        bodies = {(await names.ask(Question(URL, ask=Ask.DNS))).body for _ in range(3)}

    assert len(bodies) == 1


@pytest.mark.parametrize(
    ("say", "signal", "confirmed", "wall"),
    [
        ((GONE, GONE), Signal.NO_HOST, True, None),
        ((GONE,), Signal.NO_HOST, False, None),
        ((GONE, HERE), Signal.UNREACHABLE, False, Wall.LOCAL),
        ((HERE, GONE), Signal.UNREACHABLE, False, Wall.LOCAL),
        ((GONE, saying(rcode="SERVFAIL")), Signal.UNREACHABLE, False, None),
        ((GONE, saying(rcode="REFUSED")), Signal.UNREACHABLE, False, None),
        ((GONE, silent), Signal.UNREACHABLE, False, None),
        ((GONE, saying()), Signal.UNREACHABLE, False, None),
        ((HERE, HERE), Signal.UNREACHABLE, False, None),
        ((GONE, saying(rcode="NXDOMAIN", extended=15)), Signal.UNREACHABLE, False, Wall.LOCAL),
        ((saying(rcode="REFUSED", extended=16), GONE), Signal.UNREACHABLE, False, Wall.LOCAL),
        ((GONE, saying(rcode="NXDOMAIN", extended=22)), Signal.NO_HOST, True, None),
    ],
)  # fmt: skip
async def test_a_name_is_gone_for_sure_when_two_resolvers_say_so(
    say: tuple[Say, ...], signal: Signal, confirmed: bool, wall: Wall | None
) -> None:
    answer = await ask_of(*say)

    reading = read_absence(answer, URL, "no-host")

    assert (reading.signal, reading.confirmed, reading.wall) == (signal, confirmed, wall)


async def test_one_server_under_two_names_is_one_voice() -> None:
    async with serve_names(GONE) as server:
        names = asking(server, server)
        answer = await names.ask(Question(URL, ask=Ask.DNS))

    assert len(json.loads(answer.body)["resolvers"]) == 1


async def test_an_answer_too_big_for_udp_is_asked_for_over_tcp() -> None:
    many = [f"www.news.example A 93.184.{n // 250}.{n % 250}" for n in range(400)]
    async with serve_names(saying(*many, big=True)) as server:
        names = asking(server)
        answer = await names.ask(Question(URL, ask=Ask.DNS))

    assert ("www.news.example", "A", True) in server.asked
    assert len(json.loads(answer.body)["resolvers"][0]["answers"][0]["records"]) == 64


async def test_a_circle_of_aliases_ends() -> None:
    circle = saying("www.news.example CNAME b.example.", "b.example CNAME www.news.example.")

    names = read_names(await ask_of(circle))

    assert names is not None
    assert names.told[0].aliases == ("b.example", "www.news.example")


async def test_a_lost_question_is_asked_again() -> None:
    heard: set[str] = set()

    def deaf_at_first(query: dns.message.Message, is_tcp: bool) -> bytes | None:
        kind = str(query.question[0].rdtype)
        if kind in heard:
            return saying(rcode="NXDOMAIN")(query, is_tcp)
        heard.add(kind)
        return None

    names = read_names(await ask_of(deaf_at_first))

    assert names is not None
    assert names.told[0].is_absent


async def test_bytes_that_are_no_answer_are_passed_over() -> None:
    chance = random.Random(7)

    def babble(query: dns.message.Message, is_tcp: bool) -> bytes:
        good = saying("www.news.example CNAME b.example.", extended=15)(query, is_tcp)
        wire = bytearray(good)
        for _ in range(chance.randint(1, 12)):
            wire[chance.randrange(2, len(wire))] = chance.randrange(256)
        return bytes(wire[: chance.randint(2, len(wire))])

    answers = await asyncio.gather(*(ask_of(babble, url=f"http://{n}.example/") for n in range(40)))

    assert {answer.outcome for answer in answers} == {Outcome.ANSWERED}
    assert all(read_names(answer) is not None for answer in answers)


async def test_silence_and_noise_are_told_as_such() -> None:
    for say in (silent, bytes_of(b""), bytes_of(b"\xff" * 600)):
        names = read_names(await ask_of(say))

        assert names is not None
        assert (names.told[0].rcode, names.told[0].error) == (None, "no answer in time")


async def test_nobody_at_the_address_is_told_as_such() -> None:
    async with serve_names(GONE) as server:
        names = asking(server)

    told = read_names(await names.ask(Question(URL, ask=Ask.DNS)))

    assert told is not None
    assert told.told[0].rcode is None
    assert told.told[0].error


@pytest.mark.parametrize(
    ("url", "why"),
    [
        ("http://localhost/a", "single label"),
        ("http://wiki.internal/a", "local"),
        ("http://93.184.215.14/a", "not a name"),
        ("http://[2606:2800::1]/a", "not a name"),
        ("http://mapped.example/a", "sent elsewhere"),
        ("https://mapped.example/a", "sent elsewhere"),
        ("http://gone.invalid/", "RFC 6761"),
        ("ftp://news.example/", "address"),
    ],
)
async def test_there_is_nothing_to_ask_of_what_is_no_public_name(url: str, why: str) -> None:
    async with serve_names(GONE) as server:
        names = asking(server, host_map={"mapped.example:80": "127.0.0.1:9"})
        answer = await names.ask(Question(url, ask=Ask.DNS))

    assert answer.outcome is Outcome.REFUSED
    assert why in (answer.error or "")
    assert server.asked == []


async def test_behind_an_upstream_proxy_no_name_is_asked_past_it() -> None:
    answer = await ask_of(GONE, upstream="http://proxy.example:3128")

    assert answer.outcome is Outcome.REFUSED


async def test_without_resolvers_nothing_is_asked() -> None:
    assert (await ask_of()).outcome is Outcome.REFUSED


async def test_the_client_carries_the_question_out() -> None:
    async with serve_names(GONE) as server, Guard(GuardPolicy(), FrozenClock(AT)) as guard:
        policy = ClientPolicy(resolvers=(server.setting,))
        answer = await Client(guard, policy, FrozenClock(AT)).ask(Question(URL, ask=Ask.DNS))

    assert answer.outcome is Outcome.ANSWERED
    assert {kind for _, kind, _ in server.asked} == {"A", "AAAA", "NS"}


async def test_a_name_is_known_as_parked_by_its_servers() -> None:
    parked = saying("www.news.example A 192.0.2.7", "news.example NS ns1.sedoparking.com.")

    assert parking_service(await ask_of(parked)) == "Sedo, by its name server"


def test_the_servers_of_the_system_are_read_from_its_file(tmp_path: Path) -> None:
    file = tmp_path / "resolv.conf"
    file.write_text(
        "# nameserver 192.0.2.9\nsearch example\nnameserver 192.0.2.1\nnameserver junk\n"
        "nameserver\nnameserver 2001:db8::1\nnameserver 192.0.2.3\nnameserver 192.0.2.4\n"
    )

    assert system_servers(file) == (
        Server("192.0.2.1"), Server("2001:db8::1"), Server("192.0.2.3"),
    )  # fmt: skip
    assert system_servers(tmp_path / "none") == ()


async def test_the_system_s_next_server_is_asked_when_the_first_is_silent() -> None:
    async with serve_names(silent) as dead, serve_names(HERE) as alive:
        servers = tuple(Server("127.0.0.1", one.port) for one in (dead, alive))
        names = NameServers(
            ["system"], GuardPolicy(), FrozenClock(AT), system=lambda: servers, try_s=0.2
        )
        answer = await names.ask(Question(URL, ask=Ask.DNS))

    (told,) = json.loads(answer.body)["resolvers"]
    assert (told["resolver"], told["server"]) == ("system", alive.setting)
    assert dead.asked


@pytest.mark.parametrize(
    ("text", "server"),
    [
        ("9.9.9.10", Server("9.9.9.10")),
        ("127.0.0.1:5353", Server("127.0.0.1", 5353)),
        ("2620:fe::10", Server("2620:fe::10")),
        ("[2620:fe::10]", Server("2620:fe::10")),
        ("[2620:FE::10]:54", Server("2620:fe::10", 54)),
    ],
)
def test_a_resolver_is_an_address_with_or_without_port(text: str, server: Server) -> None:
    assert parse_server(text) == server
    assert parse_server(server.written) == server


@pytest.mark.parametrize(
    "text", ["", "dns.example", "1.1.1.1:", "1.1.1.1:0", "1.1.1.1:70000", "::1:x"]
)
def test_a_resolver_that_is_no_address_is_a_mistake(text: str) -> None:
    with pytest.raises(SettingsError, match=r"net\.resolvers"):
        parse_server(text)


@pytest.mark.netns
def test_by_default_two_resolvers_are_asked_on_port_53_and_nobody_else_is_dialled() -> None:
    done = subprocess.run(
        ["unshare", "--net", sys.executable, "-W", "error", "-m", "tests.net.names_probe"],
        cwd=Path(__file__).parents[2],
        env={k: v for k, v in os.environ.items() if not k.startswith("ARCHIVER_")},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )

    assert (done.returncode, done.stderr) == (0, "")
    found = json.loads(done.stdout)
    questions = [
        ["trap.example", "A", False],
        ["trap.example", "AAAA", False],
        ["trap.example", "NS", False],
    ]
    assert found["asked"] == {"10.9.9.53": questions, "1.1.1.1": questions}
    assert [one["server"] for one in found["told"]["resolvers"]] == ["10.9.9.53:53", "1.1.1.1:53"]
    assert found["dialled"] == {}
