"""A source seen by a log-in: the real browser and database, a real session, and nothing of it kept."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import structlog
from typing_extensions import override
from warcio.archiveiterator import ArchiveIterator

from archiver.errors import InputError
from archiver.flow.attend import Attended, Take, attend
from archiver.flow.outside import Outside
from archiver.model.capture import ArtifactKind, Capture, CaptureOutcome, Gate
from archiver.model.inquiry import Answer, Question
from archiver.model.source import Source
from archiver.platforms import recognise
from archiver.settings import load
from archiver.wiring import Archive
from tests.answers import data
from tests.answers.x import ID, tweet
from tests.authority import Authority
from tests.site import Asked, Site, message

pytestmark = [pytest.mark.anyio, pytest.mark.browser]

TOKEN = "a41f-session-secret-of-ours"
POST = recognise(f"https://x.com/TowerSight/status/{ID}")
SHOWN = "<title>The Tower</title><article><p>12 towers and 3 masts still stand</p></article>"
LOGIN = "<title>Log in</title><form>Log in <input type=password><button>Log in</button></form>"


class Syndication:
    """What X tells everybody of the post."""

    async def ask(self, question: Question) -> Answer:
        return data(tweet(photos=[], mediaDetails=[], entities={})).to(question)


class PlatformSite(Site):
    """It stands for x.com; a session that it ended counts no more."""

    has_ended = False

    @property
    @override
    def host_map(self) -> dict[str, str]:
        names = ("x.com:443", "platform.twitter.com:443")
        return dict.fromkeys(names, f"127.0.0.1:{self.tls_port}")

    async def serve(self, asked: Asked, writer: asyncio.StreamWriter) -> None:
        """Show the post to members, to others and to whose session has ended the log-in form."""
        is_member = TOKEN in (asked.header("cookie") or "") and not self.has_ended
        body = (SHOWN if is_member or "embed" in asked.path else LOGIN).encode()
        fields = ["Content-Type: text/html", f"Content-Length: {len(body)}"]
        if self.has_ended:
            fields.append("Set-Cookie: auth_token=; Domain=x.com; Path=/; Secure; Max-Age=0")
        writer.write(message("200 OK", fields, body))

    def cookies(self) -> list[bool]:
        """Return of each page asked for whether the session came with it."""
        pages = [one for one in self.asked if one.path.endswith((f"/{ID}", ".html"))]
        return [TOKEN in (one.header("cookie") or "") for one in pages]


@dataclass(frozen=True)
class World:
    """An archive with a log-in at X, and one post."""

    archive: Archive
    outside: Outside
    source: Source
    site: PlatformSite
    home: Path

    async def attend(self) -> Capture:
        attended: Attended = await attend(self.source, self.outside, take=Take.ALWAYS)
        assert attended.capture is not None
        return attended.capture


@asynccontextmanager
async def world(folder: Path, *, expired: bool = False) -> AsyncIterator[World]:
    authority = Authority.create()
    pem, jar, home = folder / "authority.pem", folder / "x.txt", folder / "home"
    pem.write_bytes(authority.pem)
    until = int((datetime.now(UTC) + timedelta(days=-1 if expired else 9)).timestamp())
    jar.write_text(f"#HttpOnly_.x.com\tTRUE\t/\tTRUE\t{until}\tauth_token\t{TOKEN}\n")
    site = PlatformSite(tls=authority.server_context("x.com", "platform.twitter.com"))
    for path in (POST.url.partition("x.com")[2], "/embed/Tweet.html"):
        site.on(path, site.serve)
    with site:
        net = {"host_map": site.host_map, "extra_ca": str(pem), "resolvers": [], "rdap": ""}
        settings: dict[str, Any] = {
            "net": net,
            "accounts": {"cookies": {"x": str(jar)}},
        }
        async with Archive(settings=load(home, settings)) as archive:
            outside = replace(archive.outside, fetcher=Syndication())
            source = await outside.store.sources.register(POST, None, datetime.now(UTC))
            yield World(archive, outside, source, site, home)


def every_byte(home: Path) -> bytes:
    """Return all that lies in the home directory, the database too, WARC records unpacked."""
    data = b""
    for path in sorted(home.rglob("*")):
        if path.is_file():
            data += path.read_bytes()
            if path.name.endswith(".warc.gz"):
                data += unpacked(path)
    return data


def unpacked(path: Path) -> bytes:
    with path.open("rb") as stream:
        return b"".join(
            str(record.rec_headers).encode()
            + str(record.http_headers).encode()
            + record.raw_stream.read()
            for record in ArchiveIterator(stream)
        )


async def test_a_post_seen_by_an_account_says_so_and_keeps_nothing_of_it(tmp_path: Path) -> None:
    with structlog.testing.capture_logs() as logs:
        async with world(tmp_path) as here:
            kept = await here.attend()
            post = kept.artifact(ArtifactKind.POST)
            assert post is not None
            told = Path(await here.archive.local(post)).read_text(encoding="utf-8")

    assert (kept.outcome, kept.gate, kept.reason) == (CaptureOutcome.COMPLETE, Gate.ACCEPTED, None)
    assert here.site.cookies() == [True]
    assert '"seen_by": "an account of the operator\'s at x"' in told
    assert TOKEN.encode() not in every_byte(here.home)
    assert TOKEN not in repr(logs)


async def test_a_session_that_ended_rests_and_looks_go_on_without_it(tmp_path: Path) -> None:
    async with world(tmp_path) as here:
        here.site.has_ended = True
        rejected = await here.attend()
        (state,) = await here.archive.accounts()
        here.site.has_ended = False
        accepted = await here.attend()

    assert rejected.gate is Gate.REJECTED
    assert (rejected.reason or "").startswith("logged out of x: ")
    assert (state.name, state.is_paused, state.failures) == ("account:x", True, 1)
    assert accepted.gate is Gate.ACCEPTED
    assert accepted.provenance["account"] is None
    assert here.site.cookies() == [True, False]


async def test_an_account_that_a_person_resumed_is_used_again(tmp_path: Path) -> None:
    async with world(tmp_path) as here:
        here.site.has_ended = True
        await here.attend()
        here.site.has_ended = False
        await here.archive.resume_account("x")
        await here.attend()
        (state,) = await here.archive.accounts()

    assert here.site.cookies() == [True, True]
    assert not state.is_paused


async def test_a_session_that_expired_is_never_sent(tmp_path: Path) -> None:
    async with world(tmp_path, expired=True) as here:
        kept = await here.attend()
        (state,) = await here.archive.accounts()

    assert kept.gate is Gate.ACCEPTED
    assert here.site.cookies() == [False]
    assert (state.is_paused, state.reason) == (True, "no cookie of x that is still valid")


async def test_only_an_account_that_is_there_can_be_resumed(tmp_path: Path) -> None:
    async with world(tmp_path) as here:
        with pytest.raises(InputError, match="no account for reddit"):
            await here.archive.resume_account("reddit")
