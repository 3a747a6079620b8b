"""Which addresses name a post on a server of the fediverse, told by the address alone.

Any host may be such a server, so the shape of the ID has to be telling: ``/@user/a-title`` is a
page of any kind, ``/@user/117020583223442465`` is a post. IDs are each server's own: the identity
is host and ID.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from urllib.parse import unquote, urlsplit

from archiver.errors import AddressError
from archiver.platforms._address import http_address
from archiver.platforms._moments import moment_of_micros


class Kind(Enum):
    """How a server is asked for a post."""

    STATUS = "by the interface of Mastodon, which Pleroma and others share"
    NOTE = "by the interface of Misskey and its forks"
    OBJECT = "as an ActivityPub object"


@dataclass(frozen=True, slots=True)
class PostAddress:
    """A post by its server and the ID it has there; ``user`` is a local name in the address."""

    host: str
    id: str
    url: str
    kind: Kind
    user: str | None = None

    @property
    def key(self) -> str:
        """The identity of the post."""
        return f"{self.host}/{self.id}"


_USER = r"(?P<user>[A-Za-z0-9_](?:[A-Za-z0-9_.-]{0,62}[A-Za-z0-9_])?)"
_REMOTE = r"(?:@(?P<remote>[A-Za-z0-9.-]{3,253}))?"
_MIN_DIGITS = 15  # Mastodon's IDs since 2017 have 17 and more; shorter numbers are anything
_SNOWFLAKE = rf"(?P<id>\d{{{_MIN_DIGITS},20}})"
_NUMBER = r"(?P<id>\d{1,20})"
_FLAKE = r"(?P<id>[9A-C][A-Za-z0-9]{17})"
_ULID = r"(?P<id>0[1-9A-HJKMNP-TV-Z][0-9A-HJKMNP-TV-Z]{24})"
_UUID = r"(?P<id>[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12})"
_AIDX = r"(?P<id>(?=[a-z]{0,15}\d)[7-9a-f][0-9a-z]{15})"
_AID = r"(?P<id>[7-9a-f][0-9a-z]{9})"
_TAIL = r"(?:/(?:embed|activity|replies|favourites|reblogs|quotes|history))?/?"

# Source: docs.joinmastodon.org (routes), snapshot of 2026-07-02; Pleroma's and Akkoma's /notice and
#   /objects, Soapbox' /posts, GoToSocial's /statuses with ULIDs, Pixelfed's /p, Misskey's /notes
#   (aid, aidx and ulid), as their own documentation has them; read 2026-11-22.
_PATHS: tuple[tuple[re.Pattern[str], Kind, str], ...] = tuple(
    (re.compile(path + _TAIL, re.ASCII), kind, form)
    for path, kind, form in (
        (rf"/(?:web/|deck/)?@{_USER}{_REMOTE}/{_SNOWFLAKE}", Kind.STATUS, "/@{user}/{id}"),
        (rf"/users/{_USER}/statuses/{_NUMBER}", Kind.STATUS, "/@{user}/{id}"),
        (rf"/ap/users/(?P<number>\d{{1,20}})/statuses/{_NUMBER}", Kind.STATUS, ""),
        (rf"/web/statuses/{_SNOWFLAKE}", Kind.STATUS, ""),
        (rf"/@{_USER}/posts/(?P<id>\d{{15,20}}|[9A-C][A-Za-z0-9]{{17}})", Kind.STATUS, ""),
        (rf"/@{_USER}/statuses/{_ULID}", Kind.STATUS, ""),
        (rf"/users/{_USER}/statuses/{_ULID}", Kind.STATUS, "/@{user}/statuses/{id}"),
        (rf"/p/{_USER}/(?P<id>\d{{17,20}})", Kind.STATUS, ""),
        (rf"/notice/{_FLAKE}", Kind.STATUS, ""),
        (rf"/objects/{_UUID}", Kind.OBJECT, ""),
        (rf"/notes/{_AIDX}", Kind.NOTE, ""),
        (rf"/notes/{_ULID}", Kind.NOTE, ""),
    )
)
# Ten letters and digits are an ordinary word; only these hosts mean a note by them.
_SHORT_NOTE = re.compile(rf"/notes/{_AID}/?", re.ASCII)
_NOTE_HOST = re.compile(
    r"(?:^|\.)[\w-]*(?:misskey|sharkey|firefish|calckey|foundkey|iceshrimp)", re.I
)

# Sites with a form like these for something else.
_OTHERS = (
    "tiktok.com", "threads.net", "threads.com", "medium.com", "youtube.com", "instagram.com",
    "substack.com", "x.com", "twitter.com", "facebook.com", "reddit.com", "linkedin.com",
    "flipboard.com", "t.me", "bsky.app",
)  # fmt: skip


def read_post_address(url: str) -> PostAddress | None:
    """Return the post that an address names, or None when the address alone does not tell."""
    try:
        parts = urlsplit(http_address(url))
    except AddressError:
        return None
    host = (parts.hostname or "").rstrip(".")
    if parts.port is not None or not _may_be_server(host):
        return None
    path = re.sub(r"/{2,}", "/", unquote(parts.path))
    for pattern, kind, form in _PATHS:
        found = pattern.fullmatch(path)
        if found is not None:
            return _post(host, found, kind, form)
    note = _SHORT_NOTE.fullmatch(path) if _NOTE_HOST.search(host) else None
    return _post(host, note, Kind.NOTE, "") if note else None


def names(address: str | None, post: PostAddress) -> bool:
    """Tell whether an address, such as an ActivityPub ID, is that of the post at its server."""
    other = read_post_address(address) if address else None
    return other is not None and other.key == post.key


def is_at(address: str | None, host: str) -> bool:
    """Tell whether an address is one of the server ``host``."""
    try:
        return bool(address) and urlsplit(address or "").hostname == host
    except ValueError:
        return False


def posted_at(url: str) -> datetime | None:
    """Return the time inside a Mastodon ID, aware UTC; None for the IDs of other software.

    Source: Mastodon's timestamp_id: milliseconds above 16 bits, since version 2.0 (October 2017).
    """
    post = read_post_address(url)
    if post is None or not post.id.isdigit() or len(post.id) < _MIN_DIGITS or "/p/" in post.url:
        return None
    return moment_of_micros((int(post.id) >> 16) * 1000)


def _may_be_server(host: str) -> bool:
    is_name = "." in host and not host.startswith("[") and not host.replace(".", "").isdigit()
    return is_name and not any(host == name or host.endswith(f".{name}") for name in _OTHERS)


def _post(host: str, found: re.Match[str], kind: Kind, form: str) -> PostAddress:
    names = found.groupdict()
    user, remote, post_id = names.get("user"), names.get("remote"), found["id"]
    named = f"{user}@{remote}" if remote else user
    whole = found.string[: found.end("id")]
    # The short form of a short number names anything, so it would not be known again.
    is_short = post_id.isdigit() and len(post_id) < _MIN_DIGITS
    path = form.format(user=named, id=post_id) if form and not is_short else whole
    return PostAddress(host, post_id, f"https://{host}{path}", kind, None if remote else user)
