"""Which addresses name a post on Bluesky, and the time inside its record key."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import unquote, urlsplit

from archiver.errors import AddressError
from archiver.platforms._address import http_address
from archiver.platforms._moments import moment_of_micros

# Hosts, with any sub-domain: the app, its preview builds, other clients with the same paths, and
# mirrors that people paste to make a post show elsewhere.
# Source: yt-dlp (main.bsky.dev), the READMEs of FxEmbed (fxbsky), VixBluesky (bskx, bskyx),
#   FixBluesky (bsyy), vxBsky, xbsky, cbsky.app and psky.app, and the fork witchsky; 2026-11-22.
_HOSTS = (
    "bsky.app",
    "bsky.dev",
    "deer.social",
    "witchsky.app",
    "fxbsky.app",
    "bskx.app",
    "bskyx.app",
    "bsyy.app",
    "vxbsky.app",
    "xbsky.app",
    "cbsky.app",
    "psky.app",
)
_COLLECTION = "app.bsky.feed.post"
_PATHS = (
    re.compile(r"/profile/(?P<actor>[^/]+)/post/(?P<rkey>[^/]+)(?:/.*)?"),
    re.compile(rf"/embed/(?P<actor>[^/]+)/{re.escape(_COLLECTION)}/(?P<rkey>[^/]+)/?"),
)
_AT_URI = re.compile(rf"at://(?P<actor>[^/?#]+)/{re.escape(_COLLECTION)}/(?P<rkey>[^/?#]+)/?", re.I)

# Source: atproto.com/specs/did, /handle and /record-key, read 2026-08-20.
_DID = re.compile(r"did:[a-z]+:[a-zA-Z0-9._:%-]*[a-zA-Z0-9._-]")
_HANDLE = re.compile(
    r"(?=.{3,253}\Z)(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z](?:[a-z0-9-]{0,61}[a-z0-9])?"
)
_RKEY = re.compile(r"(?!\.{1,2}\Z)[A-Za-z0-9._:~-]{1,512}", re.ASCII)
_MAX_DID = 2048  # characters
_NOBODY = frozenset({"handle.invalid"})  # what the app shows for a handle that does not resolve

# Source: atproto.com/specs/tid: 64 bits, the highest 0, 53 of microseconds, 10 of a clock's ID.
_TID = re.compile(r"[234567abcdefghij][234567abcdefghijklmnopqrstuvwxyz]{12}")
_TID_DIGITS = {digit: n for n, digit in enumerate("234567abcdefghijklmnopqrstuvwxyz")}
_CLOCK_BITS = 10


@dataclass(frozen=True, slots=True)
class PostAddress:
    """A post by its author, DID or handle, and the key of its record."""

    actor: str
    rkey: str

    @property
    def key(self) -> str:
        """The identity: the handle is as lasting as its owner wants, the DID for ever."""
        return f"{self.actor}/{self.rkey}"

    @property
    def url(self) -> str:
        """The address a person would open."""
        return f"https://bsky.app/profile/{self.actor}/post/{self.rkey}"

    @property
    def at_uri(self) -> str:
        """The address of the record in the AT protocol."""
        return f"at://{self.actor}/{_COLLECTION}/{self.rkey}"

    @property
    def embed_url(self) -> str:
        """The widget that shows the post alone. Source: bskyembed's own script, 2026-08."""
        return f"https://embed.bsky.app/embed/{self.actor}/{_COLLECTION}/{self.rkey}"


def read_post_address(url: str) -> PostAddress | None:
    """Return the post that a web address or an AT URI names, or None when it names none."""
    at_uri = _AT_URI.fullmatch(url.strip())
    if at_uri is not None:
        return _post(at_uri["actor"], at_uri["rkey"])
    try:
        parts = urlsplit(http_address(url))
    except AddressError:
        return None
    if not _is_ours((parts.hostname or "").rstrip(".")):
        return None
    path = re.sub(r"/{2,}", "/", parts.path)
    found = next((found for p in _PATHS if (found := p.fullmatch(path))), None)
    return _post(found["actor"], found["rkey"]) if found else None


def posted_at(rkey: str) -> datetime | None:
    """Return the time inside a record key, aware UTC; None for keys that are no TID.

    The author's software wrote it, and could have written another.
    """
    if not _TID.fullmatch(rkey):
        return None
    number = 0
    for digit in rkey:
        number = number << 5 | _TID_DIGITS[digit]
    return moment_of_micros(number >> _CLOCK_BITS)


def _is_ours(host: str) -> bool:
    return any(host == name or host.endswith(f".{name}") for name in _HOSTS)


def _post(actor: str, rkey: str) -> PostAddress | None:
    actor, rkey = unquote(actor).removeprefix("@"), unquote(rkey)
    if not actor.lower().startswith("did:"):
        actor = actor.lower()
    if not _is_actor(actor) or not _RKEY.fullmatch(rkey):
        return None
    return PostAddress(actor, rkey)


def _is_actor(actor: str) -> bool:
    if _DID.fullmatch(actor):
        return len(actor) <= _MAX_DID
    return _HANDLE.fullmatch(actor) is not None and actor not in _NOBODY
