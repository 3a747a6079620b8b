"""Log-ins at the client: which host sees their cookies, and what is kept of them."""

from __future__ import annotations

import gzip
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from archiver.errors import OutsideError, SettingsError
from archiver.model.inquiry import Outcome, Question
from archiver.net.accounts import Accounts, check_platforms, mask_text, read_cookies, secret_forms
from archiver.net.client import Client
from archiver.net.guard import Guard
from archiver.net.policy import ClientPolicy, GuardPolicy
from tests.authority import Authority
from tests.fakes import FrozenClock
from tests.net.site import Reader, Site, Talk, Writer, redirect, response, saying, serve
from tests.net.test_credentials import told

pytestmark = pytest.mark.anyio

TOKEN = "5f3c9a-session-secret-of-ours"
NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)


def cookies_file(folder: Path, *, expires: datetime | None = None, token: str = TOKEN) -> Path:
    until = int((expires or NOW + timedelta(days=9)).timestamp())
    lines = [
        "# Netscape HTTP Cookie File",
        f"#HttpOnly_.x.com\tTRUE\t/\tTRUE\t{until}\tauth_token\t{token}",
        f".x.com\tTRUE\t/\tFALSE\t{until}\tlang\ten",
        f".other.test\tTRUE\t/\tTRUE\t{until}\tforeign\t{token}",
        "a line that is none",
    ]
    path = folder / "cookies.txt"
    path.write_text("\n".join(lines), encoding="utf-8")
    return path


def accounts(path: Path) -> Accounts:
    async def none(profile: Path) -> list[object]:
        raise AssertionError(profile)

    return Accounts({"x": path}, {}, none, FrozenClock(NOW))  # type: ignore[arg-type]


@asynccontextmanager
async def world(folder: Path, talk: Talk, *hosts: str) -> AsyncIterator[tuple[Site, Client]]:
    authority = Authority.create()
    pem = folder / "authority.pem"
    pem.write_bytes(authority.pem)
    logins = accounts(cookies_file(folder))
    assert await logins.use("x", is_open=True) is None
    async with serve(talk, authority.server_context(*hosts)) as site:
        mapped = {f"{host}:443": f"127.0.0.1:{site.port}" for host in hosts}
        policy = GuardPolicy.build(allow=[site.allow], host_map=mapped)
        async with Guard(policy, FrozenClock(NOW)) as guard:
            asking = ClientPolicy(extra_ca=pem)
            yield site, Client(guard, asking, FrozenClock(NOW), accounts=logins)


async def test_a_platform_sees_its_log_in_and_nothing_kept_shows_it(tmp_path: Path) -> None:
    echo = response(
        f"<p>Your session: {TOKEN}".encode(), f"Set-Cookie: auth_token={TOKEN}9; Path=/".encode(),
        b"X-CSRF-Token: 8f2d", f"X-Echo: {TOKEN}".encode(),
    )  # fmt: skip
    async with world(tmp_path, saying(echo), "x.com") as (site, client):
        answer = await client.ask(Question("https://x.com/a"))

    assert f"Cookie: auth_token={TOKEN}; lang=en".encode() in site.heads[0]
    assert answer.outcome is Outcome.ANSWERED
    assert TOKEN not in told(answer)
    assert answer.header("set-cookie") == answer.header("x-csrf-token") == "[left out]"
    assert answer.body == b"<p>Your session: " + b"x" * len(TOKEN)
    assert b"\r\nCookie: [left out]\r\n" in answer.exchanges[0].request


@pytest.mark.parametrize("url", ["https://other.test/", "http://x.com/"])
async def test_others_and_the_open_line_see_nothing_of_it(tmp_path: Path, url: str) -> None:
    async with (
        world(tmp_path, saying(response(b"in")), "other.test") as (site, _),
        serve(saying(response(b"in"))) as plain,
    ):
        policy = GuardPolicy.build(
            host_map={"x.com:80": f"127.0.0.1:{plain.port}",
                      "other.test:443": f"127.0.0.1:{site.port}"},
        )  # fmt: skip
        async with Guard(policy, FrozenClock(NOW)) as guard:
            logins = accounts(tmp_path / "cookies.txt")
            await logins.use("x", is_open=True)
            pem = ClientPolicy(extra_ca=tmp_path / "authority.pem")
            answer = await Client(guard, pem, FrozenClock(NOW), accounts=logins).ask(Question(url))

    assert answer.body == b"in"
    assert not any(b"ookie" in head for head in (*site.heads, *plain.heads))


async def test_a_redirect_away_from_the_platform_goes_without_it(tmp_path: Path) -> None:
    async def talk(head: bytes, _reader: Reader, writer: Writer) -> None:
        here = b"Host: x.com" in head
        writer.write(redirect("https://other.test/") if here else response(b"there"))

    async with world(tmp_path, talk, "x.com", "other.test") as (site, client):
        answer = await client.ask(Question("https://x.com/a"))

    assert answer.body == b"there"
    assert [b"Cookie" in head for head in site.heads] == [True, False]


@pytest.mark.parametrize(
    "renewed", [b"X-Nothing: new", b"Set-Cookie: auth_token=renewed-1; Path=/"]
)
async def test_a_redirect_to_the_open_line_goes_without_any_cookie(
    tmp_path: Path, renewed: bytes
) -> None:
    moved = redirect("http://x.com/plain", renewed)
    async with (
        world(tmp_path, saying(moved), "x.com") as (site, _),
        serve(saying(response(b"in"))) as plain,
    ):
        mapped = {"x.com:443": f"127.0.0.1:{site.port}", "x.com:80": f"127.0.0.1:{plain.port}"}
        async with Guard(GuardPolicy.build(host_map=mapped), FrozenClock(NOW)) as guard:
            logins = accounts(tmp_path / "cookies.txt")
            await logins.use("x", is_open=True)
            pem = ClientPolicy(extra_ca=tmp_path / "authority.pem")
            client = Client(guard, pem, FrozenClock(NOW), accounts=logins)
            answer = await client.ask(Question("https://x.com/a"))

    assert answer.body == b"in"
    assert [b"Cookie" in head for head in (*site.heads, *plain.heads)] == [True, False]


async def test_what_the_open_line_sets_is_not_taken_into_the_log_in(tmp_path: Path) -> None:
    async def talk(head: bytes, _reader: Reader, writer: Writer) -> None:
        is_first = b"GET /a " in head
        writer.write(redirect("http://x.com/plain") if is_first else response(b"back"))

    planted = redirect("https://x.com/b", b"Set-Cookie: auth_token=planted; Path=/")
    async with (
        world(tmp_path, talk, "x.com") as (site, _),
        serve(saying(planted)) as plain,
    ):
        mapped = {"x.com:443": f"127.0.0.1:{site.port}", "x.com:80": f"127.0.0.1:{plain.port}"}
        async with Guard(GuardPolicy.build(host_map=mapped), FrozenClock(NOW)) as guard:
            logins = accounts(tmp_path / "cookies.txt")
            await logins.use("x", is_open=True)
            pem = ClientPolicy(extra_ca=tmp_path / "authority.pem")
            client = Client(guard, pem, FrozenClock(NOW), accounts=logins)
            await client.ask(Question("https://x.com/a"))

    assert f"auth_token={TOKEN}".encode() in site.heads[1]
    assert b"planted" not in site.heads[1]


async def test_a_log_in_is_never_sent_to_a_peer_that_cannot_be_verified(tmp_path: Path) -> None:
    logins = accounts(cookies_file(tmp_path))
    await logins.use("x", is_open=True)
    stranger = Authority.create("Stranger").server_context("x.com")
    async with serve(saying(response(b"in")), stranger) as site:
        policy = GuardPolicy.build(host_map={"x.com:443": f"127.0.0.1:{site.port}"})
        async with Guard(policy, FrozenClock(NOW)) as guard:
            client = Client(guard, ClientPolicy(), FrozenClock(NOW), accounts=logins)
            answer = await client.ask(Question("https://x.com/"))

    assert (answer.outcome, site.heads) == (Outcome.TLS, [])


RENEWED = "c9d4-session-secret-renewed/2"


@pytest.mark.parametrize(
    "target",
    [
        f"https://10.0.0.1/?t={TOKEN}",
        f"https://{TOKEN}.other.test/",
        f"http://x.com/?t={TOKEN}",
        f"https://x.com:99999/?t={TOKEN}",
        "https://other.test/?t=c9d4-session-secret-renewed%2F2",
        "https://other.test/?t=c9d4-session-secret-renewed%2f2",
    ],
)
async def test_a_secret_in_the_target_of_a_redirect_is_neither_sent_on_nor_told(
    tmp_path: Path, target: str
) -> None:
    renewed = f"Set-Cookie: auth_token={RENEWED}; Path=/".encode()
    async with world(tmp_path, saying(redirect(target, renewed)), "x.com") as (site, client):
        answer = await client.ask(Question("https://x.com/a"))

    assert (answer.outcome, len(site.heads)) == (Outcome.REFUSED, 1)
    assert not any(one in told(answer) for one in (TOKEN, RENEWED, "c9d4-session"))


async def test_a_secret_in_the_platform_s_own_addresses_is_masked_there(tmp_path: Path) -> None:
    async def talk(head: bytes, _reader: Reader, writer: Writer) -> None:
        is_first = b"GET /a " in head
        writer.write(redirect(f"/b?t={TOKEN}") if is_first else response(b"there"))

    async with world(tmp_path, talk, "x.com") as (_, client):
        answer = await client.ask(Question("https://x.com/a"))

    assert (answer.body, answer.url) == (b"there", f"https://x.com/b?t={'x' * len(TOKEN)}")
    assert TOKEN not in told(answer)


async def test_a_session_renewed_under_way_is_masked_in_all_of_the_visit(tmp_path: Path) -> None:
    async def talk(head: bytes, _reader: Reader, writer: Writer) -> None:
        renewed = f"Set-Cookie: auth_token={RENEWED}; Path=/".encode()
        moved = redirect("/b", renewed, f"X-Echo: {RENEWED}".encode())
        writer.write(moved if b"GET /a " in head else response(f"<p>{RENEWED}".encode()))

    async with world(tmp_path, talk, "x.com") as (_, client):
        answer = await client.ask(Question("https://x.com/a"))

    assert answer.body == b"<p>" + b"x" * len(RENEWED)
    assert RENEWED not in told(answer)


async def test_what_a_site_codes_unasked_is_kept_plain_so_that_it_can_be_masked(
    tmp_path: Path,
) -> None:
    coded = response(gzip.compress(f"<p>{TOKEN}".encode()), b"Content-Encoding: gzip")
    async with world(tmp_path, saying(coded), "x.com") as (_, client):
        answer = await client.ask(Question("https://x.com/a"))

    masked = b"<p>" + b"x" * len(TOKEN)
    assert (answer.outcome, answer.body) == (Outcome.ANSWERED, masked)
    assert answer.exchanges[0].body == masked
    assert b"x-orig-Content-Encoding: gzip\r\n" in answer.exchanges[0].head


async def test_a_cookie_that_is_an_address_does_not_hide_where_we_were_led(tmp_path: Path) -> None:
    async def talk(head: bytes, _reader: Reader, writer: Writer) -> None:
        seen = b"Set-Cookie: next=https%3A%2F%2Fother.test%2Fpage; Path=/"
        here = b"Host: x.com" in head
        writer.write(redirect("https://other.test/page", seen) if here else response(b"there"))

    async with world(tmp_path, talk, "x.com", "other.test") as (_, client):
        answer = await client.ask(Question("https://x.com/a"))

    assert (answer.url, answer.body) == ("https://other.test/page", b"there")


async def test_a_log_in_that_was_put_to_rest_is_not_used(tmp_path: Path) -> None:
    logins = accounts(cookies_file(tmp_path))
    await logins.use("x", is_open=True)
    await logins.use("x", is_open=False)

    assert not logins.is_used("x")
    assert logins.of_host("x.com") is None


async def test_an_expired_session_is_told_and_not_used(tmp_path: Path) -> None:
    logins = accounts(cookies_file(tmp_path, expires=NOW - timedelta(days=1)))

    assert await logins.use("x", is_open=True) == "no cookie of x that is still valid"
    assert not logins.is_used("x")


async def test_a_cookies_file_that_cannot_be_read_is_told(tmp_path: Path) -> None:
    fault = await accounts(tmp_path / "none.txt").use("x", is_open=True)

    assert fault == f"the cookies file {tmp_path / 'none.txt'} cannot be read"


def test_a_cookies_file_is_read_line_by_line(tmp_path: Path) -> None:
    names = {cookie.name for cookie in read_cookies(cookies_file(tmp_path))}

    assert names == {"auth_token", "lang", "foreign"}
    with pytest.raises(OutsideError):
        read_cookies(tmp_path)


def test_a_log_in_for_nobody_is_refused() -> None:
    with pytest.raises(SettingsError, match="nobody"):
        check_platforms(["nobody"])


def test_secrets_are_masked_in_each_way_of_writing_them() -> None:
    secrets = secret_forms(['"ab%2Fcdefghijkl"', "en"])
    text = "ab%2Fcdefghijkl ab/cdefghijkl ab%252Fcdefghijkl en"

    assert mask_text(text, secrets) == "xxxxxxxxxxxxxxx xxxxxxxxxxxxx xxxxxxxxxxxxxxxxx en"
