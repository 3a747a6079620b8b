"""Which addresses name a post or a comment on Reddit.

A shared link (``/r/SUB/s/CODE``) names none by itself: where it leads has to be asked.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import unquote, urlsplit

from archiver.errors import AddressError
from archiver.platforms._address import http_address

# Hosts, with any sub-domain (old, new, np, m, i, amp, sh, embed, languages).
# Source: the URL patterns of yt-dlp 81ecd58 and gallery-dl 86047cf, 2026-08; mirrors by their own
#   READMEs (vxreddit, rxddit, redlib, libreddit, teddit).
_OWN = (
    "reddit.com",
    "redditmedia.com",
    "reddittorjg6rue252oqsxryoxengawnmo46qy4kyii5wtqnwfj4ooad.onion",
)
_MIRRORS = ("rxddit.com", "vxreddit.com", "safereddit.com", "teddit.net", "libredd.it")
_MIRROR_NAME = re.compile(r"(?:redlib|libreddit|teddit)\.[\w.-]+")
_SHORT = "redd.it"
_NO_POSTS = frozenset({"i.redd.it", "v.redd.it", "preview.redd.it", "external-preview.redd.it"})

_ID = r"(?P<id>[0-9a-z]{2,10})"
_COMMENT = r"(?P<comment>[0-9a-z]{4,11})"
_SLUG = r"[^/]*"
_PLACE = r"(?:/(?:r|user|u)/(?P<place>[A-Za-z0-9_-]{2,32}))?"
_END = r"/?(?:\.(?:json|rss|compact|mobile|embed))?"
_PATHS = tuple(
    re.compile(path, re.I | re.ASCII)
    for path in (
        rf"{_PLACE}/comments/{_ID}/comment/{_COMMENT}{_END}",
        rf"{_PLACE}/comments/{_ID}/{_SLUG}/{_COMMENT}{_END}",
        rf"{_PLACE}/comments/{_ID}(?:/{_SLUG})?{_END}",
        rf"{_PLACE}/(?:gallery|poll|tb)/{_ID}{_END}",
        rf"/by_id/t3_{_ID}{_END}",
    )
)
_SHORT_PATH = re.compile(rf"/{_ID}/?", re.I | re.ASCII)
_USERS = re.compile(r"/(?:user|u)/", re.I)


@dataclass(frozen=True, slots=True)
class ThingAddress:
    """A post, or a comment on it; ``place`` is where it stands, ``r/NAME`` or ``user/NAME``."""

    post: str
    comment: str | None = None
    place: str | None = None

    @property
    def key(self) -> str:
        """The full name Reddit gives it."""
        return f"t1_{self.comment}" if self.comment else f"t3_{self.post}"

    @property
    def url(self) -> str:
        """The address a person would open."""
        place = f"/{self.place}" if self.place else ""
        comment = f"comment/{self.comment}/" if self.comment else ""
        return f"https://www.reddit.com{place}/comments/{self.post}/{comment}"


def read_thing_address(url: str) -> ThingAddress | None:
    """Return the post or comment that an address names, or None when it names none."""
    try:
        parts = urlsplit(http_address(url))
    except AddressError:
        return None
    host = (parts.hostname or "").rstrip(".").removeprefix("www.")
    path = re.sub(r"/{2,}", "/", unquote(parts.path))
    if host == _SHORT:
        found = _SHORT_PATH.fullmatch(path)
        return ThingAddress(found["id"].lower()) if found else _by_path(path)
    return _by_path(path) if _is_ours(host) else None


def _by_path(path: str) -> ThingAddress | None:
    for pattern in _PATHS:
        found = pattern.fullmatch(path)
        if found is not None:
            return _thing(found)
    return None


def _thing(found: re.Match[str]) -> ThingAddress:
    names = found.groupdict()
    comment, place = names.get("comment"), names.get("place")
    kind = "user" if _USERS.match(found.string) else "r"
    return ThingAddress(
        found["id"].lower(),
        comment.lower() if comment else None,
        f"{kind}/{place}" if place else None,
    )


def _is_ours(host: str) -> bool:
    if host in _NO_POSTS:
        return False
    known = any(host == name or host.endswith(f".{name}") for name in _OWN + _MIRRORS)
    return known or _MIRROR_NAME.fullmatch(host) is not None
