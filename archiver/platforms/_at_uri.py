"""AT URIs, by which the AT Protocol names records, as the addresses people open.

Source: atproto.com's specifications of AT URIs, DIDs, handles and record keys; the paths of
bsky.app, read 2026-11-22.
"""

from __future__ import annotations

import re

from archiver.errors import AddressError

_URI = re.compile(
    r"at://(?P<who>did:[a-z]+:[A-Za-z0-9._:%-]{1,2000}(?<![:%])"
    r"|(?:[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?\.)+[A-Za-z](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?)"
    r"(?:/(?P<collection>[A-Za-z0-9.-]{1,317})(?:/(?P<key>[A-Za-z0-9._:~-]{1,512}))?)?",
    re.ASCII,
)
# The page of each kind of record; the key stands at the end.
_PAGES = {
    "app.bsky.feed.post": "/post/",
    "app.bsky.feed.generator": "/feed/",
    "app.bsky.graph.list": "/lists/",
}
_PACK = "app.bsky.graph.starterpack"


def is_at_uri(text: str) -> bool:
    """Tell whether a text claims to be an AT URI."""
    return text.lstrip().lower().startswith("at://")


def page_of(uri: str) -> str:
    """Return the address of the page that shows what an AT URI names.

    Raises:
        AddressError: it is not well formed, or no page shows such a record.
    """
    found = _URI.fullmatch(uri.strip())
    if found is None:
        raise AddressError(f"not a valid AT URI: {uri.strip()[:80]!a}")
    who, collection, key = found["who"], found["collection"], found["key"]
    who = who if who.startswith("did:") else who.lower()
    if collection in (None, "app.bsky.actor.profile"):
        return f"https://bsky.app/profile/{who}"
    if key in (None, ".", ".."):
        raise AddressError(f"an AT URI that names no record: at://{who}/{collection}")
    if collection == _PACK:
        return f"https://bsky.app/starter-pack/{who}/{key}"
    if collection in _PAGES:
        return f"https://bsky.app/profile/{who}{_PAGES[collection]}{key}"
    raise AddressError(f"no page shows records of {collection}")
