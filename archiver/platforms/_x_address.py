"""Which addresses name a post on X. The numeric ID alone is the identity: handles change."""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import parse_qs, urlsplit

from archiver.errors import AddressError
from archiver.platforms._address import http_address

# Hosts, with any sub-domain. Mirrors are what people paste to make a post readable elsewhere.
# Source: the URL patterns of FxEmbed, BetterTwitFix, yt-dlp and gallery-dl, read 2026-08.
_OWN = ("twitter.com", "x.com", "twitter3e4tixl4xyajtrzo62zg5vztmjuricljdp2c5kshju4avyoid.onion")
_MIRRORS = (
    "fxtwitter.com",
    "fixupx.com",
    "vxtwitter.com",
    "fixvx.com",
    "xcancel.com",
    "nitter.net",
)
_NITTER = re.compile(r"nitter\.[\w.-]+")  # instances come and go; they keep the name as first label

_ID = r"(?P<id>\d{2,20})"
_HANDLE = r"(?P<handle>\w{1,15})"
_PATHS = tuple(
    re.compile(rf"{path}(?:/.*)?", re.ASCII)
    for path in (
        rf"/(?:i|i/web)/status(?:es)?/{_ID}",
        rf"/i/(?:article|videos/tweet|cards/tfw/v1|videos)/{_ID}",
        rf"/status(?:es)?/{_ID}",
        rf"/{_HANDLE}/(?:status(?:es)?|article)/{_ID}",
    )
)
_NOBODY = frozenset({"i", "anyone", "statuses", "status", "web"})


@dataclass(frozen=True, slots=True)
class PostAddress:
    """A post's ID, and the handle when the address names one; whose handle that is, is not sure."""

    id: str
    handle: str | None

    @property
    def url(self) -> str:
        """The address a person would open."""
        return f"https://x.com/{self.handle or 'i'}/status/{self.id}"


def read_post_address(url: str) -> PostAddress | None:
    """Return the post that an address names, or None when it names none."""
    try:
        parts = urlsplit(http_address(url))
    except AddressError:
        return None
    if not _is_ours((parts.hostname or "").rstrip(".")):
        return None
    if parts.path.lower().startswith("/embed/"):
        return _post(parse_qs(parts.query).get("id", [""])[0], None)
    # Old addresses keep the path behind a hash-bang; the server never saw it.
    path = parts.fragment.removeprefix("!") if parts.fragment.startswith("!/") else parts.path
    path = re.sub(r"/{2,}", "/", path)
    found = next((found for p in _PATHS if (found := p.fullmatch(path.partition("?")[0]))), None)
    return _post(found["id"], found.groupdict().get("handle")) if found else None


def _is_ours(host: str) -> bool:
    known = any(host == name or host.endswith(f".{name}") for name in _OWN + _MIRRORS)
    return known or _NITTER.fullmatch(host) is not None


def _post(number: str, handle: str | None) -> PostAddress | None:
    if not (number.isascii() and number.isdigit() and len(number) <= 20 and int(number) >= 10):
        return None
    return PostAddress(str(int(number)), None if (handle or "i").lower() in _NOBODY else handle)
