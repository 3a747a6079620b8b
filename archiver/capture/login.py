"""A log-in in the browser: taken along for one visit, and left out of everything that is told."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from archiver.capture.messages import Message
from archiver.capture.warc import HttpEntry, Payload
from archiver.capture.wire import Fields
from archiver.net.accounts import (
    SECRET_FIELDS,
    SESSION,
    Account,
    Cookie,
    is_of,
    mask_bytes,
    mask_text,
    secret_forms,
)
from archiver.net.credentials import LEFT_OUT, without_fields
from archiver.net.silence import cookies_set

if TYPE_CHECKING:  # who starts a capture has no need of the library
    from playwright.async_api import BrowserContext


def login_to_json(account: Account) -> Message:
    """Write a log-in for the worker; the line between us is a socket nobody else holds."""
    return {"platform": account.platform, "cookies": [_param(one) for one in account.cookies]}


def _param(cookie: Cookie) -> Message:
    told = {
        "name": cookie.name,
        "value": cookie.value,
        "domain": cookie.domain,
        "path": cookie.path,
        "secure": True,  # whatever its file says: a log-in goes over TLS alone
        "httpOnly": cookie.http_only,
    }
    return told if cookie.expires is None else {**told, "expires": cookie.expires.timestamp()}


def seen_by(platform: str, told: Mapping[str, Any]) -> dict[str, object]:
    """Say in provenance that a log-in saw the page, and what was left out for it."""
    return {
        "platform": platform,
        "logged_in": told.get("logged_in"),
        "left_out": sorted(SECRET_FIELDS),
        "note": "seen by an account of the operator's; values of the fields named, and the "
        "account's cookies wherever they stood, were left out or overwritten with x; pictures "
        "and bodies may still show which account it was",
    }


def seen_in_warc(platform: str | None) -> dict[str, str]:
    """Say the same in a WARC, which leaves the house without its provenance."""
    if platform is None:
        return {}
    told = "values of cookie and authorisation fields read [left out], cookies elsewhere xxx"
    return {"account": f"seen by an account at {platform}; {told}"}


def silent_fields(fields: Fields) -> Fields:
    """Return header fields, of the secret ones the names alone."""
    return tuple((n, LEFT_OUT if n.lower() in SECRET_FIELDS else v) for n, v in fields)


class LoggedIn:
    """One log-in for one visit."""

    def __init__(self, platform: str, cookies: Sequence[Any]) -> None:
        self._platform = platform
        self._cookies = cookies
        self._values: frozenset[str] = frozenset()
        self._secrets: tuple[str, ...] = ()
        self._learn(one["value"] for one in cookies)

    @classmethod
    def of(cls, told: Message | None) -> LoggedIn | None:
        """Read a log-in, if there is one."""
        return cls(told["platform"], told["cookies"]) if told else None

    async def enter(self, context: BrowserContext) -> None:
        """Give the browser the cookies; it sends them to their own hosts.

        Raises:
            Error: one cannot be set.
        """
        await context.add_cookies(self._cookies)

    async def stands(self, context: BrowserContext) -> bool:
        """Tell whether the session is still there, and learn which secrets came to it.

        Raises:
            Error: the browser went away.
        """
        now = await context.cookies()
        own = [one for one in now if is_of(one["domain"].removeprefix("."), self._platform)]
        self._learn(one["value"] for one in own)
        name = SESSION.get(self._platform)
        return any(one["name"] == name and one["value"] for one in own) if name else bool(own)

    def _learn(self, values: Iterable[str]) -> None:
        """Remember secrets, those that were replaced too: they may stand in what came before."""
        self._values |= frozenset(values)
        self._secrets = secret_forms(self._values)

    def mask(self, *texts: str) -> tuple[str, ...]:
        """Return texts with every secret overwritten."""
        return tuple(mask_text(text, self._secrets) for text in texts)

    def masked(self, message: Mapping[str, object]) -> dict[str, object]:
        """Return a message with every secret in it overwritten."""
        return {name: self._masked(value) for name, value in message.items()}

    def _masked(self, value: object) -> object:
        if isinstance(value, str):
            return mask_text(value, self._secrets)
        if isinstance(value, Mapping):
            return {self._masked(name): self._masked(one) for name, one in value.items()}
        if isinstance(value, list | tuple):
            return [self._masked(one) for one in value]
        return value

    def silenced(self, entry: HttpEntry) -> HttpEntry:
        """Return an exchange with secret fields named alone, and secrets overwritten.

        A cookie that it sets is one more secret: the next may replace it before we look again.
        """
        if is_of(urlsplit(entry.url).hostname or "", self._platform):
            self._learn(cookies_set(_fields(entry.head)))
        body = b"".join(entry.body.chunks())
        clean = mask_bytes(body, self._secrets)
        return replace(
            entry,
            url=mask_text(entry.url, self._secrets),
            request=mask_bytes(without_fields(entry.request, SECRET_FIELDS), self._secrets),
            head=mask_bytes(without_fields(entry.head, SECRET_FIELDS), self._secrets),
            body=entry.body if clean == body else Payload.of(clean),
        )


def _fields(head: bytes) -> Fields:
    lines = (line.partition(":") for line in head.decode("latin-1").splitlines()[1:])
    return tuple((name, value.strip()) for name, _, value in lines)
