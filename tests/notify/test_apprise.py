"""Apprise in its own process: mail to a real SMTP server, HTTP through the real guard."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from archiver.errors import SettingsError
from archiver.model.news import Cited, Heard, Told
from archiver.net.guard import Guard
from archiver.net.policy import GuardPolicy
from archiver.notify.apprise import AppriseTarget
from tests import build
from tests.fakes import FrozenClock
from tests.net.site import redirect
from tests.notify.receiver import mail_server, receiver

pytestmark = pytest.mark.anyio

TOKEN = "tok5d2enot2bshown"


@asynccontextmanager
async def target(url: str, *allow: str, timeout_s: float = 60) -> AsyncIterator[AppriseTarget]:
    async with Guard(GuardPolicy.build(allow=list(allow)), FrozenClock()) as guard:
        yield AppriseTarget(url, guard, timeout_s)


async def test_mail_goes_to_the_smtp_server_that_its_address_names() -> None:
    async with mail_server() as there:
        url = f"mailto://127.0.0.1:{there.port}/?from=archiver@example.org&to=desk@example.org"
        async with target(url) as mail:
            told = await mail.tell(build.message())

    (received,) = there.mails
    plain = received.get_body(("plain",))
    assert plain is not None
    assert (told.heard, received["To"]) == (Heard.TOLD, "desk@example.org")
    assert "was deleted by its author" in str(received["Subject"])
    assert "archiver show 01CITATION" in plain.get_content()


async def test_mail_that_is_not_taken_is_tried_again() -> None:
    async with mail_server(b"554 no\r\n") as there:
        url = f"mailto://127.0.0.1:{there.port}/?from=a@example.org&to={TOKEN}@example.org"
        async with target(url) as mail:
            told = await mail.tell(build.message())

    assert told.heard is Heard.LATER
    assert TOKEN not in (told.note or "")


async def test_what_speaks_http_goes_through_the_guard() -> None:
    async with receiver() as there:
        url = f"json://user:{TOKEN}@127.0.0.1:{there.site.port}/path"
        async with target(url, there.site.allow) as json:
            told = await json.tell(build.message())
        async with target(url) as refused:
            denied = await refused.tell(build.message())

    (posted,) = there.posted
    assert told.heard is Heard.TOLD
    assert "was deleted by its author" in posted.document["message"]
    assert denied.heard is Heard.LATER
    assert "net.allow" in (denied.note or "")
    assert TOKEN not in f"{told.note} {denied.note}"


async def test_a_service_with_a_markdown_of_its_own_gets_words_that_are_no_markup() -> None:
    spiteful = build.news(cited=(Cited("01A", "<b>[a](http://b)</b> *c*", None, 1, "& <i>"),))
    async with receiver(200) as there:
        url = f"rocket://{TOKEN}/abcdefgh@127.0.0.1:{there.site.port}/#desk"
        async with target(url, there.site.allow) as chat:
            told = await chat.tell(build.message(spiteful))

    text = there.posted[0].document["text"]
    assert told.heard is Heard.TOLD, told
    assert "**Gone: " in text
    assert "](http://b)" not in text


@pytest.mark.parametrize("wish", ["", "?redirect=yes"])
async def test_what_is_answered_with_a_redirect_was_not_taken(wish: str) -> None:
    async with receiver(redirect("/page"), 200) as there:
        url = f"json://127.0.0.1:{there.site.port}/hook{wish}"
        async with target(url, there.site.allow) as json:
            told = await json.tell(build.message())

    assert len(there.posted) == 1
    assert told.heard is Heard.LATER
    assert "answered 302: redirects are not followed" in (told.note or "")


@pytest.mark.parametrize(
    ("url", "parts"),
    [
        ("matrix://user:ab/cd@host.example", ("ab", "cd")),
        ("discord://abc/", ("abc",)),
        ("mailto://desk:SECRETPASS3@127.0.0.1", ("S...3", "SECRET", "127")),
        ("nobody://key@here", ("key", "here")),
    ],
)
async def test_a_refused_address_is_told_by_its_kind_alone(
    url: str, parts: tuple[str, ...]
) -> None:
    async with target(url) as odd:
        told = await odd.tell(build.message())

    scheme = url.partition("://")[0]
    note = f"Apprise cannot use this address; check it against its list of {scheme}://"
    assert (told.heard, told.note) == (Heard.REFUSED, note)
    assert not [part for part in parts if part in note]


async def test_what_apprise_says_of_a_failure_is_not_passed_on_but_its_status_is() -> None:
    async with receiver(403) as there:
        url = f"rocket://bot/{TOKEN}@127.0.0.1:{there.site.port}/#abc"
        async with target(url, there.site.allow) as chat:
            told = await chat.tell(build.message())

    assert told == Told(Heard.LATER, "Rocket.Chat did not take it: answered 403")


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("rsyslog://127.0.0.1:1", "the guard does not see"),
        ("nobody://here", ""),
    ],
)
async def test_what_cannot_be_used_is_refused_and_says_why(url: str, said: str) -> None:
    async with target(url) as odd:
        told = await odd.tell(build.message())

    assert told.heard is Heard.REFUSED
    assert told.note
    assert said in told.note


async def test_a_target_is_checked_without_anything_being_sent() -> None:
    async with target("mailto://127.0.0.1:1/?from=a@b.org&to=c@d.org") as mail:
        told = await mail.check()

    assert (told.heard, told.note) == (Heard.TOLD, "E-Mail, by SMTP to its own server")


async def test_a_server_that_never_answers_leaves_no_process_behind() -> None:
    async with mail_server(b"") as there:  # it takes the letter and says nothing more
        url = f"mailto://127.0.0.1:{there.port}/?from=a@b.org&to=c@d.org"
        async with target(url, timeout_s=2) as mail:
            told = await mail.tell(build.message())

    assert told.heard is Heard.LATER
    assert _messengers() == []


def _messengers() -> list[str]:
    """Return the children of this process that send messages."""
    found = []
    for one in Path("/proc").glob("[0-9]*"):
        try:
            words = (one / "cmdline").read_text()
            parent = (one / "stat").read_text().rpartition(")")[2].split()[1]
        except OSError:
            continue
        if "notify.messenger" in words and int(parent) == os.getpid():
            found.append(words)
    return found


def test_an_address_that_is_none_is_refused_at_the_start() -> None:
    with pytest.raises(SettingsError, match="mailto"):
        AppriseTarget("desk@example.org", None, 1)  # type: ignore[arg-type]
