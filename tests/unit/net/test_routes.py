from __future__ import annotations

import asyncio
import socket
from collections.abc import Awaitable, Callable
from ipaddress import ip_address
from typing import Any

import pytest

from archiver.net.decisions import Refusal
from archiver.net.policy import GuardPolicy, Limits
from archiver.net.routes import Endpoint, Route, Router
from archiver.net.targets import parse_authority

pytestmark = pytest.mark.anyio

PUBLIC = "93.184.215.14"
OTHER = "93.184.215.15"


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


class Names:
    """A resolver by table: addresses, or the error to raise. Counts what it is asked."""

    def __init__(self, **answers: Any) -> None:
        self._answers = answers
        self.asked: list[str] = []

    async def __call__(self, host: str) -> list[str]:
        self.asked.append(host)
        none = socket.gaierror(socket.EAI_NONAME, "none")
        answer = self._answers.get(host.partition(".")[0], none)
        if isinstance(answer, Exception):
            raise answer
        if callable(answer):
            answer = await answer()
        return list(answer)


def router(
    resolver: Callable[[str], Awaitable[list[str]]] | None = None,
    *,
    limits: Limits | None = None,
    own: str = "192.0.2.99",
    guard: Endpoint | None = None,
    **policy: Any,
) -> Router:
    return Router(
        GuardPolicy.build(**policy),
        limits or Limits(),
        resolver or Names(),
        frozenset({ip_address(own)}),
        lambda endpoint: endpoint == guard,
    )


async def ask(asked: Router, target: str) -> Route | Refusal:
    return await asked.route(parse_authority(target))


def refused(outcome: Route | Refusal) -> str:
    assert isinstance(outcome, Refusal)
    return f"{outcome.verdict} {outcome.reason}"


async def test_a_name_gives_its_checked_addresses_in_the_resolvers_order() -> None:
    route = await ask(router(Names(a=[OTHER, PUBLIC])), "a.example:443")

    assert route == Route(((ip_address(OTHER), 443), (ip_address(PUBLIC), 443)), "public")


@pytest.mark.parametrize(
    "answers",
    [
        ["127.0.0.1"], [PUBLIC, "10.0.0.1"], ["10.0.0.1", PUBLIC], [PUBLIC, "::1"],
        [PUBLIC, "::ffff:127.0.0.1"], [PUBLIC, "fe80::1%eth0"], ["192.0.2.99"],
        [PUBLIC, "64:ff9b::7f00:1"], [f"93.184.215.{n}" for n in range(17)],
    ],
)  # fmt: skip
async def test_one_bad_address_refuses_the_whole_name(answers: list[str]) -> None:
    outcome = await ask(router(Names(a=answers)), "a.example:443")

    assert refused(outcome).startswith("denied address: ")


async def test_sixteen_answers_are_fine() -> None:
    answers = [f"93.184.215.{n}" for n in range(16)]

    assert isinstance(await ask(router(Names(a=answers)), "a.example:443"), Route)


async def test_a_name_is_resolved_once_whatever_it_would_say_later() -> None:
    answers = iter([[PUBLIC], ["127.0.0.1"]])

    async def flip() -> list[str]:
        return next(answers)

    names = Names(a=flip)
    asked = router(names)

    first = await asyncio.gather(*(ask(asked, "a.example:443") for _ in range(20)))
    later = await ask(asked, "A.example.:80")

    assert set(first) == {Route(((ip_address(PUBLIC), 443),), "public")}
    assert later == Route(((ip_address(PUBLIC), 80),), "public")
    assert names.asked == ["a.example"]


async def test_a_failed_lookup_is_not_repeated() -> None:
    names = Names(a=socket.gaierror(socket.EAI_AGAIN, "try again"))
    asked = router(names)

    outcomes = [await ask(asked, "a.example:443") for _ in range(3)]

    assert [refused(outcome) for outcome in outcomes] == ["failed resolver: try again"] * 3
    assert len(names.asked) == 1


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        (socket.gaierror(socket.EAI_NONAME, "no name"), "failed no-host"),
        (socket.gaierror(socket.EAI_AGAIN, "later"), "failed resolver: later"),
        (socket.gaierror(socket.EAI_FAIL, "bad\nserver"), "failed resolver: bad server"),
        (OSError("odd"), "failed resolver: OSError"),
        (["not an address"], "failed resolver: ValueError"),
        ([], "failed resolver: the name has no address"),
    ],
)
async def test_a_missing_name_is_told_from_a_broken_resolver(answer: object, reason: str) -> None:
    assert refused(await ask(router(Names(a=answer)), "a.example:443")) == reason


async def test_a_resolver_that_does_not_answer_is_given_up() -> None:
    never = asyncio.Event()

    async def hang() -> list[str]:
        await never.wait()
        return []

    outcome = await ask(router(Names(a=hang), limits=Limits(resolve_s=0.01)), "a.example:443")

    assert refused(outcome) == "failed resolver: no answer in time"


@pytest.mark.parametrize(
    ("target", "reason"),
    [
        ("127.0.0.1:80", "denied address: 127.0.0.1 lies in 127.0.0.0/8 (loopback)"),
        ("[::1]:443", "denied address: ::1 lies in ::/96 (IPv4-compatible)"),
        ("192.0.2.99:443", "denied address: 192.0.2.99 lies in 192.0.2.0/24 (documentation)"),
        (f"{PUBLIC}:25", "denied port: 25 is not open"),
        ("a.example:22", "denied port: 22 is not open"),
        ("localhost:80", "denied name: localhost is a single label"),
        ("a.local:80", "denied name: names under .local are local"),
        ("update.googleapis.com:443", "denied background: the browser's own call"),
    ],
)
async def test_a_target_is_refused_without_asking_the_resolver(target: str, reason: str) -> None:
    names = Names()

    assert refused(await ask(router(names), target)) == reason
    assert names.asked == []


@pytest.mark.parametrize(
    ("target", "reached"),
    [
        ("127.0.0.1:8001", True),
        ("inside.example:8001", True),
        ("localhost:8001", True),
        ("127.0.0.1:8002", False),
        ("mixed.example:8001", False),
        ("wiki.corp:8001", False),
        (f"{PUBLIC}:8001", False),
    ],
)
async def test_what_the_operator_allows_is_reached_and_nothing_beside_it(
    target: str, reached: bool
) -> None:
    names = Names(
        inside=["127.0.0.1"], localhost=["127.0.0.1"], mixed=["127.0.0.1", "10.0.0.1"],
        wiki=[PUBLIC],
    )  # fmt: skip

    outcome = await ask(router(names, allow=["127.0.0.0/8:8001"]), target)

    assert isinstance(outcome, Route) is reached


async def test_a_mapped_name_leads_to_the_operators_address_alone() -> None:
    names = Names(x=[PUBLIC])
    asked = router(names, host_map={"x.com:443": "127.0.0.1:9443"})

    assert await ask(asked, "x.com:443") == Route(
        ((ip_address("127.0.0.1"), 9443),), "mapped by the operator", mapped=True
    )
    assert await ask(asked, "x.com:80") == Route(((ip_address(PUBLIC), 80),), "public")


async def test_the_guard_is_never_led_to_itself() -> None:
    asked = router(
        Names(a=["127.0.0.1"]),
        guard=(ip_address("127.0.0.1"), 4444),
        allow=["127.0.0.0/8:*"],
        host_map={"x.com:443": "127.0.0.1:4444"},
    )

    for target in ("127.0.0.1:4444", "a.example:4444", "x.com:443"):
        assert refused(await ask(asked, target)).startswith("denied guard: ")


async def test_through_an_upstream_names_go_unresolved_and_addresses_stay_judged() -> None:
    names = Names()
    asked = router(names, upstream="http://proxy.example:3128", allow=["10.0.0.0/8:80"])

    named = await ask(asked, "a.example:443")
    literal = await ask(asked, f"{PUBLIC}:443")
    allowed = await ask(asked, "10.1.1.1:80")

    assert isinstance(named, Route)
    assert isinstance(literal, Route)
    assert named.upstream == literal.upstream is not None
    assert allowed == Route(((ip_address("10.1.1.1"), 80),), "allowed by the operator")
    assert refused(await ask(asked, "127.0.0.1:80")).startswith("denied address: ")
    assert refused(await ask(asked, "printer.local:80")).startswith("denied name: ")
    assert names.asked == ["printer.local"]


async def test_closing_stops_waiting_for_the_resolver() -> None:
    asking = asyncio.Event()

    async def hang() -> list[str]:
        asking.set()
        await asyncio.Event().wait()
        return []

    asked = router(Names(a=hang))
    waiting = asyncio.create_task(ask(asked, "a.example:443"))
    await asking.wait()

    await asked.close()

    with pytest.raises(asyncio.CancelledError):
        await waiting
