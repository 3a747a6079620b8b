"""A page seen by a log-in: a real site with sessions, and every byte that is kept of the visit."""

from __future__ import annotations

import asyncio
import subprocess
import sys
from collections.abc import Iterator, Sequence
from dataclasses import asdict, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from playwright.async_api import async_playwright
from typing_extensions import override
from warcio.archiveiterator import ArchiveIterator

from archiver.capture.locate import find_browser
from archiver.capture.profile import read_profile
from archiver.errors import OutsideError
from archiver.model.capture import CaptureOutcome, Recording
from archiver.model.inquiry import Ask, Question
from archiver.net.accounts import Accounts, Cookie
from tests.authority import Authority
from tests.capture.archive import read_warc, request, response
from tests.capture.conftest import QUICK, Studio, SystemClock
from tests.site import Asked, Site, message

pytestmark = pytest.mark.browser

TOKEN = "b7e1-session-secret-of-ours"
ROTATED = "c9d4-session-secret-renewed"
AGAIN, LAST = "d1f8-session-secret-again", "e2a9-session-secret-at-last"
BEARER = "AAAA-bearer-of-the-page"
MEMBERS = f"""<!doctype html><title>Members</title><p>Words for members only</p>
<script>var session = "{TOKEN}";
fetch('/api?session={TOKEN}', {{method: 'POST', body: 'csrf={TOKEN}',
  headers: {{'authorization': 'Bearer ' + '{BEARER[:9]}' + '{BEARER[9:]}', 'x-csrf-token': '{TOKEN}'}}}});
</script><iframe src="https://other.test/frame"></iframe>"""


class PlatformSite(Site):
    """It stands for x.com and for a stranger, over TLS."""

    @property
    @override
    def host_map(self) -> dict[str, str]:
        over_tls = {f"{host}:443": f"127.0.0.1:{self.tls_port}" for host in ("x.com", "other.test")}
        return over_tls | {"x.com:80": f"127.0.0.1:{self.port}"}


async def members(asked: Asked, writer: asyncio.StreamWriter) -> None:
    """Serve members, renew their session; send others to the log-in page."""
    if TOKEN not in (asked.header("cookie") or ""):
        moved = ("Location: /login", "Content-Length: 0")
        writer.write(message("302 Found", moved))
        return
    body = MEMBERS.encode()
    fields = ("Content-Type: text/html", f"Content-Length: {len(body)}",
              f"Set-Cookie: auth_token={ROTATED}; Domain=x.com; Path=/; Secure; HttpOnly")  # fmt: skip
    writer.write(message("200 OK", fields, body))


@pytest.fixture(scope="module")
def authority() -> Authority:
    return Authority.create()


@pytest.fixture(scope="module")
def platform_site(authority: Authority) -> Iterator[PlatformSite]:
    site = PlatformSite(tls=authority.server_context("x.com", "other.test"))
    site.on("/members", members)
    site.page("/public", "<title>Public</title><p>Words for all</p>")
    ended = "auth_token=; Domain=x.com; Path=/; Secure; Max-Age=0"
    site.page("/ended", "<title>Ended</title><p>Your session has ended</p>", f"Set-Cookie: {ended}")
    site.page("/login", "<title>Log in</title><form><input type=password></form>")
    site.reply("/api", b'{"ok": true}', "Content-Type: application/json", f"X-Csrf-Token: {TOKEN}")
    site.page("/frame", "<p>Frame</p>")
    renewed = f"Set-Cookie: auth_token={ROTATED}; Domain=x.com; Path=/"
    moved = ("Location: http://x.com/open", renewed, "Content-Length: 0")
    site.on("/downwards", lambda _, writer: _write(writer, message("302 Found", moved)))
    echo = f"<title>Echo</title><p>Words</p><script>var s = '{AGAIN}'; fetch('/last')</script>"
    again = f"Set-Cookie: auth_token={AGAIN}; Domain=x.com; Path=/; Secure"
    site.page("/echo", echo, again)
    site.reply("/last", b"{}", again.replace(AGAIN, LAST), "Content-Type: application/json")
    site.page("/open", "<title>Open</title><p>Anybody may listen</p>")
    with site:
        yield site


async def _write(writer: asyncio.StreamWriter, data: bytes) -> None:
    writer.write(data)


@pytest.fixture(scope="module")
def member(
    authority: Authority, platform_site: PlatformSite, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Studio]:
    folder = tmp_path_factory.mktemp("login")
    pem = folder / "authority.pem"
    pem.write_bytes(authority.pem)
    until = int((datetime.now(UTC) + timedelta(days=9)).timestamp())
    jar = folder / "x.txt"
    jar.write_text(f"#HttpOnly_.x.com\tTRUE\t/\tFALSE\t{until}\tauth_token\t{TOKEN}\n")
    accounts = Accounts({"x": jar}, {}, no_profile, SystemClock())
    captures = folder / "captures"
    captures.mkdir()
    with Studio(platform_site, captures, replace(QUICK, extra_ca=pem), None, accounts) as studio:
        assert studio.run(accounts.use("x", is_open=True)) is None
        yield studio


async def no_profile(profile: Path) -> Sequence[Cookie]:
    raise AssertionError(profile)


@pytest.fixture(scope="module")
def seen(member: Studio) -> tuple[Recording, Path]:
    return member.capture("https://x.com/members")


def every_byte(folder: Path) -> bytes:
    """Return all that lies in a staging directory, WARC records unpacked."""
    data = b"".join(path.read_bytes() for path in sorted(folder.iterdir()))
    with (folder / "capture.warc.gz").open("rb") as stream:
        for record in ArchiveIterator(stream):
            data += str(record.rec_headers).encode() + str(record.http_headers).encode()
            data += record.raw_stream.read()
    return data


def test_a_page_for_members_is_seen(seen, platform_site):
    recording, folder = seen

    assert recording.outcome is CaptureOutcome.COMPLETE
    assert "Words for members only" in recording.text
    assert response(folder, "https://x.com/members").status == 200
    assert TOKEN in (platform_site.asked_for("/members")[0].header("cookie") or "")


@pytest.mark.parametrize("secret", [TOKEN, ROTATED, BEARER])
def test_no_secret_is_in_any_file_or_in_what_is_told(seen, secret):
    recording, folder = seen

    assert secret.encode() not in every_byte(folder)
    assert secret not in repr(asdict(recording))


def test_a_secret_given_and_replaced_during_the_visit_is_in_no_file(member):
    recording, folder = member.capture("https://x.com/echo")

    assert recording.outcome is CaptureOutcome.COMPLETE
    assert AGAIN.encode() not in every_byte(folder)
    assert AGAIN not in repr(asdict(recording))


def test_fields_are_named_and_their_values_left_out(seen):
    _, folder = seen
    masked = "x" * len(TOKEN)
    asked = request(folder, f"https://x.com/api?session={masked}")

    assert {asked.header(name) for name in ("authorization", "x-csrf-token", "cookie")} == {
        "[left out]"
    }
    assert asked.body == f"csrf={masked}".encode()
    assert response(folder, "https://x.com/members").headers("set-cookie") == ["[left out]"]
    assert len(response(folder, "https://x.com/members").body) == len(MEMBERS)


def test_a_stranger_on_the_page_sees_no_log_in(seen, platform_site):
    (asked,) = platform_site.asked_for("/frame")

    assert asked.header("cookie") is None


def test_no_open_line_to_the_platform_is_used_while_logged_in(member, platform_site):
    recording, _ = member.capture("https://x.com/downwards")

    assert platform_site.asked_for("/open") == []
    assert "target: a log-in goes over TLS alone" in repr(recording.provenance["guard"])


def test_provenance_and_warc_say_that_an_account_saw_it(seen):
    recording, folder = seen
    assert b"account: seen by an account at x; " in read_warc(folder)[0].body
    told = recording.provenance["account"]

    assert isinstance(told, dict)
    assert (told["platform"], told["logged_in"]) == ("x", True)
    assert "set-cookie" in told["left_out"]


def test_a_session_that_the_site_ended_is_told(member):
    recording, _ = member.capture("https://x.com/ended")

    assert recording.provenance["account"]["logged_in"] is False


def test_a_question_to_be_rendered_is_answered_without_secrets(member):
    answer = member.run(member.recorder.render(Question("https://x.com/members", ask=Ask.RENDER)))

    assert b"Words for members only" in answer.body
    assert not any(one in repr(answer) for one in (TOKEN, ROTATED, BEARER))


def test_a_page_of_another_site_is_seen_without_the_log_in(member):
    recording, _ = member.capture("https://other.test/public")

    assert recording.provenance["account"] is None


def test_a_log_in_is_never_sent_to_a_site_that_cannot_be_verified(member, platform_site, tmp_path):
    before = len(platform_site.asked)
    with Studio(platform_site, tmp_path, QUICK, None, member.accounts) as distrustful:
        recording, _ = distrustful.capture("https://x.com/members")

    assert recording.outcome is CaptureOutcome.FAILED
    assert "ERR_CERT_AUTHORITY_INVALID" in (recording.reason or "")
    assert platform_site.asked[before:] == []


def test_the_cookies_of_a_profile_are_read_by_the_browser(tmp_path):
    browser = str(find_browser(None).path)
    asyncio.run(_make_profile(browser, tmp_path / "profile"))

    cookies = asyncio.run(read_profile(browser, tmp_path / "profile"))

    assert [(one.name, one.value, one.domain) for one in cookies] == [
        ("auth_token", TOKEN, ".x.com")
    ]


async def _make_profile(browser: str, folder: Path) -> None:
    until = (datetime.now(UTC) + timedelta(days=9)).timestamp()
    async with async_playwright() as driver:
        context = await driver.chromium.launch_persistent_context(
            str(folder), executable_path=browser, args=["--password-store=basic"]
        )
        await context.add_cookies([
            {"name": "auth_token", "value": TOKEN, "domain": ".x.com", "path": "/",
             "expires": until, "secure": True},
        ])  # fmt: skip
        await context.close()


def test_a_folder_that_is_no_profile_is_told(tmp_path):
    with pytest.raises(OutsideError, match="cannot be read"):
        asyncio.run(read_profile(str(find_browser(None).path), tmp_path))


def test_commands_that_need_no_browser_do_not_load_its_library():
    code = "import sys, archiver.wiring; print('playwright.async_api' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert done.stdout.strip() == "False"
