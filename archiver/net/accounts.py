"""Log-ins of the operator's: cookies that go to their platform's own hosts and into nothing kept.

Source of hosts and session cookies: the cookies each site sets at log-in, as named in the open
documentation of yt-dlp and gallery-dl on cookies, read 2026-11-22. A platform without a known
session cookie is told logged out by its pages alone.
"""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from html import escape
from pathlib import Path
from urllib.parse import quote, unquote, urlsplit

from archiver.errors import OutsideError, SettingsError
from archiver.ports import Clock

DOMAINS: Mapping[str, tuple[str, ...]] = {
    "x": ("x.com", "twitter.com"),
    "bluesky": ("bsky.app", "bsky.social"),
    "reddit": ("reddit.com",),
    "youtube": ("youtube.com",),
    "tiktok": ("tiktok.com",),
    "instagram": ("instagram.com",),
    "facebook": ("facebook.com",),
    "telegram": ("t.me", "telegram.org"),
    "threads": ("threads.net", "threads.com"),
    "linkedin": ("linkedin.com",),
}
SESSION: Mapping[str, str] = {
    "x": "auth_token",
    "reddit": "reddit_session",
    "youtube": "LOGIN_INFO",
    "tiktok": "sessionid",
    "instagram": "sessionid",
    "facebook": "c_user",
    "threads": "sessionid",
    "linkedin": "li_at",
}
SECRET_FIELDS = frozenset({
    "authorization", "cookie", "set-cookie", "proxy-authorization", "csrf-token", "x-csrf-token",
    "x-csrftoken", "x-guest-token", "x-client-transaction-id", "x-fb-lsd", "x-asbd-id",
    "x-ig-www-claim", "x-ig-set-www-claim", "x-restli-id", "x-xsrf-token", "x-modhash",
})  # fmt: skip
LEAST_SECRET = 12  # characters; a shorter value ("en", "dark") stands in any page
MASK = "x"


@dataclass(frozen=True, slots=True)
class Cookie:
    """One cookie; ``domain`` begins with a dot when it is for subdomains too."""

    domain: str
    path: str
    name: str
    value: str = field(repr=False)
    secure: bool = True
    http_only: bool = False
    expires: datetime | None = None

    def is_valid(self, now: datetime) -> bool:
        """Tell whether it still counts."""
        return self.expires is None or self.expires > now


@dataclass(frozen=True, slots=True)
class Account:
    """A log-in at one platform."""

    platform: str
    cookies: tuple[Cookie, ...] = field(repr=False)

    def covers(self, host: str) -> bool:
        """Tell whether a host is the platform's own."""
        return is_of(host, self.platform)

    def fault(self, now: datetime) -> str | None:
        """Say why it cannot log us in, or None when it may."""
        if not any(cookie.is_valid(now) for cookie in self.cookies):
            return f"no cookie of {self.platform} that is still valid"
        name = SESSION.get(self.platform)
        named = [cookie for cookie in self.cookies if cookie.name == name]
        if name is not None and not any(cookie.is_valid(now) for cookie in named):
            return f"the cookie {name} of {self.platform} is {'expired' if named else 'missing'}"
        return None


class Accounts:
    """Implements :class:`archiver.ports.Logins`: the log-ins there are, and which are in use."""

    def __init__(
        self,
        files: Mapping[str, Path],
        profiles: Mapping[str, Path],
        read_profile: Callable[[Path], Awaitable[Sequence[Cookie]]],
        clock: Clock,
    ) -> None:
        self._files = files
        self._profiles = profiles
        self._read_profile = read_profile
        self._clock = clock
        self._open: dict[str, Account] = {}

    def __contains__(self, platform: object) -> bool:
        """Tell whether there is a log-in for a platform, used or not."""
        return platform in self._files or platform in self._profiles

    async def use(self, platform: str, *, is_open: bool) -> str | None:
        """Let a log-in be used from now on, or not; return why it cannot be, if it should be."""
        if not is_open:
            self._open.pop(platform, None)
            return None
        if platform not in self._open:
            try:
                self._open[platform] = await self._read(platform)
            except OutsideError as error:
                return str(error)
        fault = self._open[platform].fault(self._clock.now())
        if fault is not None:
            del self._open[platform]
        return fault

    def is_used(self, platform: str) -> bool:
        """Tell whether a log-in is used now."""
        return platform in self._open

    def goes_to(self, platform: str, url: str) -> bool:
        """Tell whether a log-in is used now and goes along to that address."""
        parts = urlsplit(url)
        return (
            self.is_used(platform)
            and parts.scheme == "https"
            and is_of(parts.hostname or "", platform)
        )

    def of_host(self, host: str) -> Account | None:
        """Return the log-in that a host may see, if one is used."""
        return next((one for one in self._open.values() if one.covers(host)), None)

    async def _read(self, platform: str) -> Account:
        if platform in self._files:
            cookies: Sequence[Cookie] = read_cookies(self._files[platform])
        else:
            cookies = await self._read_profile(self._profiles[platform])
        own = tuple(c for c in cookies if is_of(c.domain.removeprefix("."), platform))
        return Account(platform, own)


def is_of(host: str, platform: str) -> bool:
    """Tell whether a host lies in a platform's domains."""
    return any(host == d or host.endswith(f".{d}") for d in DOMAINS.get(platform, ()))


def check_platforms(names: Iterable[str]) -> None:
    """Refuse a log-in for a platform whose hosts are not known.

    Raises:
        SettingsError: there is one; the message names it.
    """
    for name in names:
        if name not in DOMAINS:
            message = f"accounts: {name} is none of {', '.join(sorted(DOMAINS))}"
            raise SettingsError(message)


def read_cookies(path: Path) -> list[Cookie]:
    """Read a cookies file in Netscape's format, as browsers' extensions and curl write it.

    Raises:
        OutsideError: it cannot be read; the message names it and shows nothing of it.
    """
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise OutsideError(f"the cookies file {path} cannot be read") from error
    read = (_cookie(line) for line in lines)
    return [cookie for cookie in read if cookie is not None]


def _cookie(line: str) -> Cookie | None:
    http_only = line.startswith("#HttpOnly_")
    fields = line.removeprefix("#HttpOnly_").split("\t")
    if len(fields) != 7 or (line.startswith("#") and not http_only):
        return None
    domain, wide, path, secure, expires, name, value = fields
    bare = domain.lstrip(".").lower()
    return Cookie(
        domain=f".{bare}" if wide.upper() == "TRUE" else bare,
        path=path or "/",
        name=name,
        value=value.strip(),
        secure=secure.upper() == "TRUE",
        http_only=http_only,
        expires=_moment(expires),
    )


def _moment(text: str) -> datetime | None:
    """Read seconds since 1970; 0 and what is no number mean the end of a session."""
    seconds = int(text) if re.fullmatch(r"\d{1,11}", text) else 0
    return datetime.fromtimestamp(seconds, UTC) if seconds else None


def secret_forms(values: Iterable[str]) -> tuple[str, ...]:
    """Return each value long enough to be a secret, in each way of writing it, longest first."""
    plain = {value.strip('"') for value in values if len(value) >= LEAST_SECRET}
    forms = {form for one in plain for form in _forms(one)}
    return tuple(sorted((one for one in forms if len(one) >= LEAST_SECRET), key=len, reverse=True))


def _forms(value: str) -> tuple[str, ...]:
    """Return a value plain, percent-coded in both cases, as HTML and as JSON write it."""
    coded = quote(value, safe="")
    small = re.sub("%[0-9A-F]{2}", lambda match: match[0].lower(), coded)
    return (value, coded, small, unquote(value), escape(value), value.replace("/", r"\/"))


def mask_text(text: str, secrets: Sequence[str]) -> str:
    """Write ``x`` over every secret, so that lengths stay true."""
    for secret in secrets:
        text = text.replace(secret, MASK * len(secret))
    return text


def mask_bytes(data: bytes, secrets: Sequence[str]) -> bytes:
    """Write ``x`` over every secret, so that lengths stay true."""
    for secret in secrets:
        coded = secret.encode()
        data = data.replace(coded, MASK.encode() * len(coded))
    return data
