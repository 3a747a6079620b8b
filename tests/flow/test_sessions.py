"""Which looks put a log-in to rest: those whose answers speak of the session, and no others."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from archiver.flow.attend import attend
from archiver.model.capture import CaptureOutcome, Recording
from archiver.model.inquiry import Answer, Question
from archiver.model.service import ServiceState
from archiver.platforms import recognise
from archiver.ports import CaptureOrder
from archiver.settings import load
from archiver.wiring import Archive
from tests.answers import Reply, data, html

pytestmark = pytest.mark.anyio

AT = datetime(2026, 3, 2, tzinfo=UTC)
PRIVATE = "https://t.me/c/1234567/45"
VIDEO = "https://www.youtube.com/watch?v=dQw4gate9_c"
POST = "https://www.linkedin.com/feed/update/urn:li:activity:7468765250281046016/"
PAID = html(
    "<title>A film - YouTube</title><script>var ytInitialPlayerResponse = "
    '{"playabilityStatus":{"status":"UNPLAYABLE",'
    '"reason":"This video requires payment to watch."}};</script>'
)
CONSENT = html("<title>Before you continue</title>", url="https://consent.youtube.com/m?continue=x")
FORM = html("<title>Sign in | LinkedIn</title><form><input type=password></form>")
AUTHWALL = html("<title>Sign Up | LinkedIn</title>", url="https://www.linkedin.com/authwall?x=1")
COOKIES = {"telegram": ".t.me", "youtube": ".youtube.com", "linkedin": ".linkedin.com"}
NAMES = {"telegram": "stel_token", "youtube": "LOGIN_INFO", "linkedin": "li_at"}


class Member:
    """A browser that shows a member one page, whatever is to be recorded."""

    async def record(self, order: CaptureOrder) -> Recording:
        seen_by = {"account": {"platform": "youtube", "logged_in": True}}
        shown = "<title>A film - YouTube</title><h1>A film</h1><p>This video requires payment</p>"
        return Recording(
            CaptureOutcome.COMPLETE, None, order.page_url, 200, "A film - YouTube", shown, shown,
            (), (), AT, AT, provenance=seen_by,
        )  # fmt: skip


class Pages:
    """Answers whatever is asked by the first page whose name stands in the address."""

    def __init__(self, pages: dict[str, Reply]) -> None:
        self.pages = pages

    async def ask(self, question: Question) -> Answer:
        reply = next((r for part, r in self.pages.items() if part in question.url), data({}, 403))
        return reply.to(question)


async def state_after(url: str, pages: dict[str, Reply], folder: Path) -> ServiceState | None:
    """Look once, logged in, and return the state of the log-in."""
    ref = recognise(url)
    until = int((datetime.now(UTC) + timedelta(days=9)).timestamp())
    jar, domain, name = folder / "jar.txt", COOKIES[ref.platform], NAMES[ref.platform]
    jar.write_text(f"{domain}\tTRUE\t/\tTRUE\t{until}\t{name}\ta41f-session-secret-of-ours\n")
    settings = {
        "accounts": {"cookies": {ref.platform: str(jar)}},
        "archives": {"enabled": False},
    }
    async with Archive(settings=load(folder / "home", settings)) as archive:
        outside = replace(archive.outside, fetcher=Pages(pages), recorder=Member())
        source = await outside.store.sources.register(ref, None, datetime.now(UTC))
        await attend(source, outside)
        return await outside.store.services.state(f"account:{ref.platform}")


@pytest.mark.parametrize(
    ("url", "pages"),
    [
        (PRIVATE, {}),
        (VIDEO, {"watch?v=dQw4gate9_c&": PAID}),
        (VIDEO, {"watch?v=dQw4gate9_c&": CONSENT}),
    ],
    ids=["a private chat, not asked", "a video that is paid for", "a question for consent"],
)
async def test_what_says_nothing_of_the_session_leaves_the_account_alone(tmp_path, url, pages):
    assert await state_after(url, pages, tmp_path) is None


@pytest.mark.parametrize("page", [FORM, AUTHWALL], ids=["a form", "a redirect"])
async def test_a_page_that_asks_a_member_to_log_in_puts_the_account_to_rest(tmp_path, page):
    state = await state_after(POST, {"linkedin.com": page}, tmp_path)

    assert state is not None
    assert state.is_paused
    assert (state.reason or "").startswith("an answer asks to log in (")
