"""Elements that embed a post of X.

Source: docs.x.com (embedded posts), AMP's amp-twitter, frames of rendered widgets in saved pages
(eltiempo.com, standard.co.uk); read 2026-11-22.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from lxml import etree

from archiver.citations.tree import classes

_FRAME = re.compile(
    r"(?:https?:)?//platform\.(?:twitter|x)\.com/embed/[^?#]*[?#](?:[^#]*?[&#])?id=(?P<id>\d{2,20})(?!\d)",
    re.IGNORECASE,
)
_STATUS_ID = re.compile(r"\s*(\d{2,20})\s*\Z", re.ASCII)
_CLASSES = ("twitter-tweet", "twitter-video")
_ID_ATTRIBUTES = ("data-tweet-id", "data-tweetid")
_FRAME_ATTRIBUTES = ("src", "data-src", "data-lazy-src")  # lazy loaders move the address away


@dataclass(frozen=True, slots=True)
class Embed:
    """What an embedding element says: its post's ID and address, as far as it carries them."""

    status_id: str | None = None
    address: str | None = None


def embed_of(element: etree._Element) -> Embed | None:
    """Return what an element embeds, or None when it embeds no post of X."""
    if element.tag == "iframe":
        return _in_frame(element)
    for name in _ID_ATTRIBUTES:
        found = _STATUS_ID.match(element.get(name) or "")
        if found:
            return Embed(found[1])
    if not any(name in _CLASSES for name in classes(element)):
        return None
    # A rendered widget keeps the class on a wrapper; its frame inside carries the ID.
    is_wrapper = element.tag != "blockquote" and next(element.iter("iframe"), None) is not None
    return None if is_wrapper else Embed()


def _in_frame(frame: etree._Element) -> Embed | None:
    addresses = [frame.get(name) or "" for name in _FRAME_ATTRIBUTES]
    for address in addresses:
        found = _FRAME.match(address.strip())
        if found:
            scheme = "https:" if address.strip().startswith("//") else ""
            return Embed(found["id"], scheme + address.strip())
    carried = _STATUS_ID.match(frame.get("data-tweet-id") or "")
    return Embed(carried[1]) if carried else None
