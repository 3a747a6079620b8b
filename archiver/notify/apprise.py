"""Apprise targets: mail, Slack, Matrix and a hundred more, sent by a process of their own.

Most of an address is a secret, so notes are made of our own words: nothing of the address, and of
what Apprise says of a failure, the HTTP status alone.
"""

from __future__ import annotations

import asyncio
import json
import re
import sys
import tempfile
from dataclasses import replace
from pathlib import Path
from typing import Any

import certifi

from archiver.errors import SettingsError
from archiver.model.news import Heard, Message, News, Told
from archiver.net.confined import confined, end
from archiver.net.guard import Guard
from archiver.notify.wording import not_reached, text_of

_SCHEME = re.compile(r"[a-z][a-z0-9+.-]*://.+", re.IGNORECASE)


class AppriseTarget:
    """Implements :class:`archiver.ports.Teller`.

    ``extra_ca`` is one more authority to trust, or None.

    Raises:
        SettingsError: the address is none of Apprise's form.
    """

    def __init__(
        self, url: str, guard: Guard, timeout_s: float, extra_ca: Path | None = None
    ) -> None:
        if not _SCHEME.fullmatch(url):
            message = "an Apprise address is like mailto://… or slack://…; see Apprise's list"
            raise SettingsError(message)
        self._url = url
        self._guard = guard
        self._timeout_s = timeout_s
        self._extra_ca = extra_ca

    async def tell(self, message: Message) -> Told:
        """Send a message once; Apprise says no more than whether it was taken."""
        return await self._run(_job(message))

    def bytes_of(self, news: News) -> int:
        """Return how many bytes a message with one news alone has, in both its forms."""
        return len(json.dumps(_job(Message("", news.event.at, (news,)))))

    async def check(self) -> Told:
        """Return which road it goes, or why it cannot be used; nothing is sent."""
        return await self._run({"check": True})

    async def _run(self, job: dict[str, Any]) -> Told:
        limits = replace(self._guard.policy.limits, seconds=self._timeout_s + 10)
        passage = await self._guard.open("notify", limits, browser_hosts=())
        async with passage:
            passage.start()
            with tempfile.TemporaryDirectory(prefix="archiver-notify-") as home:
                authorities = self._authorities(Path(home))
                environment = _environment(home, passage.address, authorities)
                told = await self._ask({**job, "url": self._url}, environment)
            refused = next((d.reason for d in passage.log if d.reason and d.ip is None), None)
        if told.heard is Heard.LATER and refused is not None:
            return replace(told, note=not_reached(refused))
        return told

    def _authorities(self, home: Path) -> str:
        """Return a file with all who are trusted in TLS: requests takes one file and no more."""
        if self._extra_ca is None:
            return certifi.where()
        joined = home / "authorities.pem"
        ours = self._extra_ca.read_text("utf-8")
        joined.write_text(Path(certifi.where()).read_text("utf-8") + "\n" + ours, "utf-8")
        return str(joined)

    async def _ask(self, job: dict[str, Any], environment: dict[str, str]) -> Told:
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            "-P",  # what lies in the directory we were started in is none of ours
            "-m",
            "archiver.notify.messenger",
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.DEVNULL,
            env=environment,
            start_new_session=True,
        )
        given = json.dumps({**job, "timeout_s": self._timeout_s}).encode()
        try:
            async with asyncio.timeout(self._timeout_s):
                output, _ = await process.communicate(given)
            said = json.loads(output)
        except TimeoutError:
            return Told(Heard.LATER, f"it did not answer in {self._timeout_s:g} s")
        except ValueError:
            return Told(Heard.LATER, "the process that sends it ended before it said anything")
        finally:
            await end(process)
        return Told(Heard(said["heard"]), said["note"])


def _job(message: Message) -> dict[str, Any]:
    text = text_of(message)
    return {"title": text.title, "plain": text.plain, "html": text.html}


def _environment(home: str, proxy: str, authorities: str) -> dict[str, str]:
    """Return the environment of the process: nothing of ours, and no way out but the guard's."""
    ways = {f"{name}_proxy": proxy for name in ("http", "https", "all")}
    return {
        **confined(home),
        "REQUESTS_CA_BUNDLE": authorities,
        **ways,
        **{name.upper(): address for name, address in ways.items()},
    }
