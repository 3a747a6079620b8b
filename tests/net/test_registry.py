"""Asking when a name was registered: a registry on loopback, through the real client and guard."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from archiver.errors import SettingsError
from archiver.model.inquiry import Answer, Ask, Outcome, Question
from archiver.net.client import Client
from archiver.net.guard import Guard
from archiver.net.policy import ClientPolicy, GuardPolicy
from archiver.net.registry import MAX_BYTES, Registry
from archiver.platforms._registry import registered_at
from tests.answers import registered
from tests.fakes import FrozenClock
from tests.net.site import Site, Talk, redirect, response, saying, serve

pytestmark = pytest.mark.anyio

AT = datetime(2026, 11, 22, 12, tzinfo=UTC)
URL = "https://www.paper.co.uk/a/b?c=1"
TOLD = registered("2026-03-02", name="paper.co.uk").body
NAME = b"Content-Type: application/rdap+json"


async def ask(site: Site, url: str = URL, service: str | None = None, **guard: Any) -> Answer:
    """Ask with the site for a bootstrap."""
    policy = ClientPolicy(rdap=site.url("/domain/") if service is None else service)
    allowed = GuardPolicy.build(allow=[site.allow], **guard)
    async with Guard(allowed, FrozenClock(AT)) as door:
        client = Client(door, policy, FrozenClock(AT))
        return await client.ask(Question(url, ask=Ask.REGISTRY))


async def ask_of(talk: Talk, url: str = URL, **guard: Any) -> tuple[Answer, list[bytes]]:
    async with serve(talk) as site:
        return await ask(site, url, **guard), site.heads


def bootstrap(to: str) -> Talk:
    """Send on from ``/domain/…``; what is asked there is answered as a registry does."""

    async def talk(head: bytes, _reader: Any, writer: Any) -> None:
        is_first = head.startswith(b"GET /domain/")
        writer.write(redirect(to) if is_first else response(TOLD, NAME))

    return talk


async def test_a_registry_is_found_by_its_bootstrap_and_what_it_says_is_kept() -> None:
    answer, heads = await ask_of(bootstrap("/uk/domain/paper.co.uk"))

    assert [head.split(b" ")[1] for head in heads] == [
        b"/domain/paper.co.uk", b"/uk/domain/paper.co.uk",
    ]  # fmt: skip
    assert b"accept: application/rdap+json, application/json\r\n" in heads[0].replace(b"A", b"a")
    assert (answer.outcome, answer.status, answer.body) == (Outcome.ANSWERED, 200, TOLD)
    assert answer.question == Question(URL, ask=Ask.REGISTRY)
    assert len(answer.exchanges) == 2
    assert registered_at(answer) == datetime(2026, 3, 2, 4, tzinfo=UTC)


async def test_only_the_registered_domain_is_told() -> None:
    _, heads = await ask_of(
        saying(response(TOLD)), "https://a.b.xn--bcher-kva.de:8443/secret?q=1#x"
    )

    assert [head.split(b" ")[1] for head in heads] == [b"/domain/xn--bcher-kva.de"]
    assert b"secret" not in heads[0]


@pytest.mark.parametrize(
    ("url", "why"),
    [
        ("http://localhost/a", "single label"),
        ("http://wiki.internal/a", "local"),
        ("http://93.184.215.14/a", "not a name"),
        ("http://[2606:2800::1]/a", "not a name"),
        ("https://www.mapped.com/a", "sent elsewhere"),
        ("http://gone.invalid/", "RFC 6761"),
        ("http://www.news.example/", "no public suffix"),
        ("http://co.uk/", "no public suffix"),
        ("ftp://paper.co.uk/", "scheme"),
    ],
)
async def test_there_is_nothing_to_ask_of_what_no_registry_keeps(url: str, why: str) -> None:
    mapped = {"www.mapped.com:80": "127.0.0.1:9"}

    answer, heads = await ask_of(saying(response(TOLD)), url, host_map=mapped)

    assert (answer.outcome, answer.status) == (Outcome.REFUSED, None)
    assert why in (answer.error or "")
    assert heads == []


async def test_without_a_service_nobody_is_asked() -> None:
    async with serve(saying(response(TOLD))) as site:
        answer = await ask(site, service="")

    assert answer.outcome is Outcome.REFUSED
    assert "net.rdap" in (answer.error or "")
    assert site.heads == []


async def test_an_answer_beyond_all_measure_is_cut_and_not_read() -> None:
    answer, _ = await ask_of(saying(response(TOLD + b" " * MAX_BYTES)))

    assert answer.outcome is Outcome.TRUNCATED
    assert registered_at(answer) is None


async def test_a_redirect_inside_is_refused_as_ever() -> None:
    answer, _ = await ask_of(bootstrap("http://169.254.169.254/latest/"))

    assert answer.outcome is Outcome.REFUSED
    assert registered_at(answer) is None


@pytest.mark.parametrize("status", [404, 429, 503])
async def test_a_registry_that_does_not_tell_is_an_answer_as_any(status: int) -> None:
    answer, _ = await ask_of(saying(response(b"{}", NAME, status=status)))

    assert (answer.outcome, answer.status) == (Outcome.ANSWERED, status)
    assert registered_at(answer) is None


@pytest.mark.parametrize("service", ["rdap.org", "ftp://rdap.org/", "https://me@rdap.org/domain/"])
def test_a_service_that_is_no_address_is_a_mistake(service: str) -> None:
    with pytest.raises(SettingsError, match=r"net\.rdap"):
        Registry(service, GuardPolicy())


def test_a_service_is_written_with_or_without_a_final_slash() -> None:
    with_one, without = (
        Registry(f"https://rdap.org/domain{end}", GuardPolicy()) for end in ("/", "")
    )

    assert with_one.address_for(URL) == without.address_for(URL)
