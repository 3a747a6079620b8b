"""Requests with a body and with a secret: who sees them, and what is kept of them."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from archiver.errors import SettingsError
from archiver.model.inquiry import Answer, Outcome, Question
from archiver.net.client import Client
from archiver.net.credentials import Credentials
from archiver.net.guard import Guard
from archiver.net.policy import ClientPolicy, GuardPolicy
from tests.authority import Authority
from tests.fakes import FrozenClock
from tests.net.site import Reader, Site, Talk, Writer, redirect, response, saying, serve

pytestmark = pytest.mark.anyio

TOKEN = "tok-3f9a-very-secret"
SECRETS = {"x": TOKEN, "wayback": "key:" + TOKEN, "reddit": ""}
POSTED = b"url=https%3A%2F%2Fs.test%2F&capture_all=1"


@asynccontextmanager
async def world(folder: Path, talk: Talk, *hosts: str) -> AsyncIterator[tuple[Site, Client]]:
    """A site that stands for those hosts over TLS, and a client that has the secrets."""
    authority = Authority.create()
    pem = folder / "authority.pem"
    pem.write_bytes(authority.pem)
    async with serve(talk, authority.server_context(*hosts)) as site:
        policy = GuardPolicy.build(
            allow=[site.allow],
            host_map={f"{host}:443": f"127.0.0.1:{site.port}" for host in hosts},
        )
        async with Guard(policy, FrozenClock()) as guard:
            asking = ClientPolicy(extra_ca=pem)
            yield site, Client(guard, asking, FrozenClock(), Credentials.of(SECRETS))


async def hear(head: bytes, reader: Reader) -> bytes:
    """Read a request's body by its length."""
    for line in head.split(b"\r\n"):
        name, _, value = line.partition(b":")
        if name.lower() == b"content-length":
            return await reader.readexactly(int(value))
    return b""


def told(answer: Answer) -> str:
    """Return all that is kept of an answer, as text."""
    kept = repr(answer) + "".join(repr(one) for one in (answer.exchanges, answer.hops))
    return kept + b"".join(one.request + one.head + one.body for one in answer.exchanges).decode()


@pytest.mark.parametrize(
    ("name", "url", "field"),
    [
        ("x", "https://api.x.com/2/tweets/20", f"Authorization: Bearer {TOKEN}"),
        ("wayback", "https://web.archive.org/save", f"Authorization: LOW key:{TOKEN}"),
    ],
)
async def test_a_secret_reaches_its_host_and_nothing_that_is_kept(
    tmp_path: Path, name: str, url: str, field: str
) -> None:
    async with world(tmp_path, saying(response(b"{}")), "api.x.com", "web.archive.org") as (
        site,
        client,
    ):
        answer = await client.ask(Question(url, credential=name))

    assert f"\r\n{field}\r\n".encode() in site.heads[0]
    assert (answer.outcome, answer.body) == (Outcome.ANSWERED, b"{}")
    assert TOKEN not in told(answer)
    assert b"\r\nAuthorization: [left out]\r\n" in answer.exchanges[0].request


@pytest.mark.parametrize(
    ("question", "error"),
    [
        (Question("https://oauth.reddit.com/", credential="reddit"),
         "credential: none is set for reddit"),
        (Question("https://api.x.com/", credential="nobody"),
         "credential: none is set for nobody"),
        (Question("https://other.test/", credential="x"),
         "credential: x is not for https://other.test/"),
        (Question("http://api.x.com/", credential="x"),
         "credential: x is not for http://api.x.com/"),
    ],
    ids=["not set", "unknown", "another host", "in the clear"],
)  # fmt: skip
async def test_a_secret_that_may_not_be_used_is_a_question_that_is_not_asked(
    tmp_path: Path, question: Question, error: str
) -> None:
    async with world(tmp_path, saying(response(b"{}")), "api.x.com") as (site, client):
        answer = await client.ask(question)

    assert (answer.outcome, answer.error) == (Outcome.REFUSED, error)
    assert site.heads == []


async def test_a_redirect_to_another_host_goes_without_the_secret(tmp_path: Path) -> None:
    async def talk(head: bytes, _reader: Reader, writer: Writer) -> None:
        here = b"Host: web.archive.org" in head
        writer.write(redirect("https://archive.org/there") if here else response(b"there"))

    async with world(tmp_path, talk, "web.archive.org", "archive.org") as (site, client):
        answer = await client.ask(Question("https://web.archive.org/", credential="wayback"))

    assert answer.body == b"there"
    assert [b"Authorization" in head for head in site.heads] == [True, False]


async def test_a_secret_is_never_sent_to_a_peer_that_cannot_be_verified(tmp_path: Path) -> None:
    stranger = Authority.create("Stranger").server_context("api.x.com")
    async with serve(saying(response(b"in")), stranger) as site:
        policy = GuardPolicy.build(host_map={"api.x.com:443": f"127.0.0.1:{site.port}"})
        async with Guard(policy, FrozenClock()) as guard:
            client = Client(guard, ClientPolicy(), FrozenClock(), Credentials.of(SECRETS))
            answer = await client.ask(Question("https://api.x.com/", credential="x"))

    assert answer.outcome is Outcome.TLS
    assert site.heads == []


async def test_what_is_posted_arrives_and_is_kept(tmp_path: Path) -> None:
    bodies: asyncio.Queue[bytes] = asyncio.Queue()

    async def talk(head: bytes, reader: Reader, writer: Writer) -> None:
        bodies.put_nowait(await hear(head, reader))
        writer.write(response(b'{"job_id":"1"}'))

    form = (("Content-Type", "application/x-www-form-urlencoded"),)
    async with world(tmp_path, talk, "web.archive.org") as (_, client):
        answer = await client.ask(
            Question(
                "https://web.archive.org/save",
                method="POST",
                content=POSTED,
                headers=form,
                credential="wayback",
            )
        )

    assert bodies.get_nowait() == POSTED
    assert bodies.empty()
    assert answer.exchanges[0].request.startswith(b"POST /save HTTP/1.1\r\n")
    assert answer.exchanges[0].request.endswith(b"\r\n\r\n" + POSTED)
    assert TOKEN not in told(answer)


@pytest.mark.parametrize(
    ("status", "methods"), [(303, [b"POST", b"GET"]), (302, [b"POST", b"GET"]),
                            (307, [b"POST", b"POST"])],
)  # fmt: skip
async def test_a_redirect_of_a_post_within_its_origin_is_followed_as_the_standard_says(
    tmp_path: Path, status: int, methods: list[bytes]
) -> None:
    async def talk(head: bytes, reader: Reader, writer: Writer) -> None:
        await hear(head, reader)
        first = head.startswith(b"POST /save ")
        writer.write(redirect("/done", status=status) if first else response(b"done"))

    async with world(tmp_path, talk, "archive.org") as (site, client):
        question = Question("https://archive.org/save", method="POST", content=POSTED)
        answer = await client.ask(question)

    assert answer.body == b"done"
    assert [head.split(b" ")[0] for head in site.heads] == methods


async def test_what_is_posted_is_not_carried_to_another_host(tmp_path: Path) -> None:
    talk = saying(redirect("https://other.test/", status=307))
    async with world(tmp_path, talk, "archive.org", "other.test") as (site, client):
        question = Question("https://archive.org/save", method="POST", content=POSTED)
        answer = await client.ask(question)

    assert answer.outcome is Outcome.REFUSED
    assert answer.error == "address: POST redirected to other.test, which was not asked"
    assert len(site.heads) == 1


async def test_a_post_that_breaks_off_is_not_sent_again(tmp_path: Path) -> None:
    async def hang_up(head: bytes, reader: Reader, _writer: Writer) -> None:
        await hear(head, reader)

    async with world(tmp_path, hang_up, "archive.org") as (site, client):
        question = Question("https://archive.org/save", method="POST", content=POSTED)
        answer = await client.ask(question)

    assert answer.outcome is Outcome.UNREACHABLE
    assert len(site.heads) == 1


@pytest.mark.parametrize("secret", ["two\r\nlines", "caf\xe9", "a\x00b"])
def test_a_token_that_cannot_be_sent_is_refused_without_being_told(secret: str) -> None:
    with pytest.raises(SettingsError) as caught:
        Credentials.of({"x": secret})

    assert "credentials.x" in str(caught.value)
    assert secret not in str(caught.value)


def test_credentials_tell_their_names_alone() -> None:
    assert repr(Credentials.of(SECRETS)) == "Credentials(wayback, x)"
