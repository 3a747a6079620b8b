"""Elements that embed a post, a video or another piece of somebody else's.

Official embed codes, AMP elements, the frames of rendered widgets, WordPress' wrappers round a
bare address, lazy loaders that move the address to another attribute, and the placeholders of
consent walls, which keep it in one of theirs.

Source: the embed codes that the platforms hand out (docs.x.com, Meta for Developers, TikTok,
Telegram widgets, Bluesky, Mastodon, Reddit, LinkedIn), AMP's components, and saved pages
(eltiempo.com, standard.co.uk, unzensuriert.at); read 2026-11-22.
"""

from __future__ import annotations

import binascii
import re
from base64 import b64decode
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from itertools import islice

from lxml import etree

from archiver.citations.frames import LONGEST, Framed, framed, framed_in, posted
from archiver.citations.tree import classes
from archiver.platforms._x_address import read_post_address

_X_FRAME = re.compile(
    r"(?:https?:)?//platform\.(?:twitter|x)\.com/embed/[^?#]*[?#](?:[^#]*?[&#])?id=(?P<id>\d{2,20})(?!\d)",
    re.IGNORECASE,
)
_STATUS_ID = re.compile(r"\s*(\d{2,20})\s*\Z", re.ASCII)
_X_CLASSES = ("twitter-tweet", "twitter-video")
_X_ATTRIBUTES = ("data-tweet-id", "data-tweetid")
_CODE = re.compile(r"\s*([\w-]{1,40})\s*\Z", re.ASCII)
# (platform, class of the element, attributes that may hold the post's address)
_BY_CLASS: dict[str, tuple[str, tuple[str, ...]]] = {
    "instagram-media": ("instagram", ("data-instgrm-permalink",)),
    "fb-post": ("facebook", ("data-href",)),
    "fb-video": ("facebook", ("data-href",)),
    "fb-comment-embed": ("facebook", ("data-href",)),
    "tiktok-embed": ("tiktok", ("cite",)),
    "text-post-media": ("threads", ("data-text-post-permalink",)),
    "bluesky-embed": ("bluesky", ("data-bluesky-uri",)),
    "mastodon-embed": ("mastodon", ("data-embed-url", "src")),
    "truthsocial-embed": ("mastodon", ("src",)),
    "reddit-embed-bq": ("reddit", ()),
    "reddit-card": ("reddit", ()),
    "tumblr-post": ("tumblr", ()),
    "imgur-embed-pub": ("imgur", ()),
}
# Elements that name their video or post by its code alone.
_BY_CODE: dict[str, tuple[str, str, str]] = {
    "lite-youtube": ("youtube", "videoid", "https://www.youtube.com/watch?v={}"),
    "lite-vimeo": ("vimeo", "videoid", "https://vimeo.com/{}"),
    "amp-youtube": ("youtube", "data-videoid", "https://www.youtube.com/watch?v={}"),
    "amp-vimeo": ("vimeo", "data-videoid", "https://vimeo.com/{}"),
    "amp-dailymotion": ("dailymotion", "data-videoid", "https://www.dailymotion.com/video/{}"),
    "amp-instagram": ("instagram", "data-shortcode", "https://www.instagram.com/p/{}/"),
    "amp-tiktok": ("tiktok", "data-src", "https://www.tiktok.com/embed/v2/{}"),
}
_BY_ADDRESS: dict[str, tuple[str, str]] = {
    "amp-facebook": ("facebook", "data-href"),
    "amp-reddit": ("reddit", "data-src"),
    "amp-embedly-card": ("web", "data-url"),
    "amp-pinterest": ("pinterest", "data-url"),
    "amp-tiktok": ("tiktok", "data-src"),
}
_FRAMES = frozenset({"iframe", "amp-iframe", "embed", "object"})
_COPIES = frozenset({"noscript", "template"})  # what a lazy loader keeps for later
# What a consent wall or a publishing system calls the attribute that holds the address.
_HREF = re.compile(r"""href\s*=\s*["']([^"'<>]{1,500})""", re.IGNORECASE)
_PLACEHOLDER = re.compile(r"embed|src|url|permalink|href|content|consent|placeholder|html")
_NO_PLACEHOLDER = frozenset({"a", "img", "amp-img", "source", "video", "audio", "link", "meta"})
_WRAPPERS = ("wp-block-embed", "wp-block-embed__wrapper", "embed-responsive", "oembed")
_SHARING = re.compile(
    r"(?:^|[\s_-])(?:share|sharing|like|follow|comments?|page|button)(?:[\s_-]|\Z)"
)
_EMBED_URL = re.compile(r'"embedUrl"\s*:\s*"([^"]{10,500})"')
_BASE64 = re.compile(r"\s*[A-Za-z0-9+/]{40,}={0,2}\s*\Z")
_AT_URI = re.compile(r"at://(?P<did>[\w:.%-]+)/app\.bsky\.feed\.post/(?P<key>\w+)\Z")
_TELEGRAM = re.compile(r"\s*(\w{3,40}/\d{1,12})\s*\Z", re.ASCII)
_BARE = re.compile(r"\s*(https?://\S+)\s*\Z")
_LOOKED_AT = 200  # elements inside another; an embed's own wrappers hold a dozen


@dataclass(frozen=True, slots=True)
class Embed:
    """What an embedding element says of its post.

    ``platform`` is as the embed code tells it. ``status_id`` (of X) and ``address`` are there as
    far as the element carries them, ``posted_on`` is the UTC day of a ``time`` in it. The words in
    a placeholder are not the post's.
    """

    platform: str
    status_id: str | None = None
    address: str | None = None
    posted_on: date | None = None
    is_placeholder: bool = False


def embed_of(element: etree._Element) -> Embed | None:
    """Return what an element embeds, or None when it embeds nothing."""
    tag = element.tag
    if tag == "script":
        return _in_script(element)
    if tag in _COPIES:
        return _in_copy(element)
    if not element.attrib:
        return None
    embed = _of_x(element)
    if embed is None and tag in _FRAMES:
        return _as_embed(_in_frame(element))
    if embed is None and isinstance(tag, str) and "-" in tag:
        embed = _by_tag(element)
    return embed or _by_class(element) or _in_placeholder(element)


def _of_x(element: etree._Element) -> Embed | None:
    if element.tag == "iframe":
        return _in_x_frame(element)
    for name in _X_ATTRIBUTES:
        found = _STATUS_ID.match(element.get(name) or "")
        if found:
            return Embed("x", found[1])
    if not any(name in _X_CLASSES for name in classes(element)):
        return None
    # A rendered widget keeps the class on a wrapper; its frame inside carries the ID.
    is_wrapper = element.tag != "blockquote" and next(element.iter("iframe"), None) is not None
    return None if is_wrapper else Embed("x")


def _in_x_frame(frame: etree._Element) -> Embed | None:
    for address in _addresses(frame):
        found = _X_FRAME.match(address)
        if found:
            return Embed("x", found["id"], f"https:{address}" if address[:2] == "//" else address)
    carried = _STATUS_ID.match(frame.get("data-tweet-id") or "")
    return Embed("x", carried[1]) if carried else None


def _addresses(element: etree._Element) -> Iterator[str]:
    """Yield every attribute that is an address: lazy loaders and consent walls rename ``src``."""
    for name in sorted(element.keys(), key=lambda name: name != "src"):
        value = (element.get(name) or "").strip()
        if value[:8].lower().startswith(("http://", "https://", "//")):
            yield value


def _in_frame(frame: etree._Element) -> Framed | None:
    found = (framed(address) for address in _addresses(frame))
    inside = frame.get("srcdoc") or ""
    return next(filter(None, found), None) or (framed_in(inside) if inside else None)


def _as_embed(found: Framed | None) -> Embed | None:
    return Embed(found.platform, address=found.address, is_placeholder=True) if found else None


def _by_tag(element: etree._Element) -> Embed | None:
    tag = str(element.tag)
    if tag in _BY_CODE:
        platform, attribute, made = _BY_CODE[tag]
        code = _CODE.match(element.get(attribute) or "")
        if code:
            return Embed(platform, address=made.format(code[1]))
    if tag in _BY_ADDRESS:
        platform, attribute = _BY_ADDRESS[tag]
        address = (element.get(attribute) or "").strip()
        shown = framed(address)
        return Embed(platform, address=shown.address if shown else address)
    return None


def _by_class(element: etree._Element) -> Embed | None:
    for name in classes(element):
        if name in _BY_CLASS:
            platform, attributes = _BY_CLASS[name]
            address = next(filter(None, (element.get(at) for at in attributes)), None)
            if element.tag != "blockquote" and not (address or _has_link(element)):
                return None
            return Embed(platform, address=_page(address), posted_on=_day(element))
        if name in _WRAPPERS and not _holds_embed(element):
            return _as_embed(_bare(element))
    return None


def _has_link(element: etree._Element) -> bool:
    return next(element.iter("a"), None) is not None


def _page(address: str | None) -> str | None:
    """Return the address of a post's page from what an embed code carries."""
    address = (address or "").strip()
    record = _AT_URI.match(address)
    if record:
        return f"https://bsky.app/profile/{record['did']}/post/{record['key']}"
    shown = framed(address)
    whole = f"https:{address}" if address.startswith("//") else address
    return shown.address if shown else whole or None


def _day(element: etree._Element) -> date | None:
    for time in element.iter("time"):
        try:
            at = datetime.fromisoformat(time.get("datetime") or "")
        except ValueError:
            continue
        return (at.astimezone(UTC) if at.tzinfo else at).date()
    return None


def _holds_embed(element: etree._Element) -> bool:
    """Tell whether an embed code is inside; it says more than what is around it."""
    return any(map(_is_code, islice(element.iterdescendants(), _LOOKED_AT)))


def _is_code(element: etree._Element) -> bool:
    tag = element.tag
    if tag in _FRAMES:
        return bool(_of_x(element) or _in_frame(element))
    by_tag = tag in _BY_CODE or tag in _BY_ADDRESS or element.get("data-telegram-post")
    named = any(name in _BY_CLASS for name in classes(element))
    return bool(by_tag or named or _of_x(element))


def _bare(wrapper: etree._Element) -> Framed | None:
    """Return the post whose address is all that a wrapper holds: what never was turned into it."""
    words = "".join(str(text) for text in wrapper.itertext() if "://" in text)
    found = _BARE.match(words)
    if found is None:
        return None
    return framed(found[1]) or posted(found[1]) or Framed("web", found[1])


def _in_placeholder(element: etree._Element) -> Embed | None:
    """Return the post whose address a consent wall or a lazy loader keeps in an attribute."""
    if element.tag in _NO_PLACEHOLDER:
        return None
    for name, value in _texts(element):
        if not (name.startswith("data-") and _PLACEHOLDER.search(name)) or len(value) < 12:
            continue
        markup = _in_markup(value) if "<" in value else None
        if markup is not None and not _holds_embed(element):
            return markup
        found = framed_in(value) or (posted(value) if "//" in value[:10] else None)
        if found and not _SHARING.search(element.get("class") or "") and not _holds_embed(element):
            return _as_embed(found)
    return None


def _texts(element: etree._Element) -> Iterator[tuple[str, str]]:
    return ((str(name), str(value)) for name, value in element.items())


def _in_copy(element: etree._Element) -> Embed | None:
    """Return the embed that a fall-back for browsers without scripts holds."""
    copies = islice(element.iterdescendants("iframe", "blockquote", "amp-iframe"), _LOOKED_AT)
    for copy in copies:
        found = embed_of(copy)
        if found is not None:
            bare = found.platform == "x" and not (found.status_id or found.address)
            return (
                _by_permalink(str(a.get("href") or "") for a in copy.iter("a")) if bare else found
            )
    if element.text and "<" in element.text:
        return _as_embed(framed_in(element.text)) or _in_markup(element.text)
    return None


def _in_markup(text: str) -> Embed | None:
    """Return the X post of an embed code that stands as text: in a copy, or in an attribute."""
    if len(text) > LONGEST or not any(name in text for name in _X_CLASSES):
        return None
    return _by_permalink(found[1] for found in _HREF.finditer(text))


def _by_permalink(addresses: Iterable[str]) -> Embed | None:
    """Return the post that the last of an embed's links to posts names: its permalink."""
    posts = [(read_post_address(address), address) for address in addresses]
    named = [(post, address) for post, address in posts if post is not None]
    return Embed("x", named[-1][0].id, named[-1][1]) if named else None


def _in_script(script: etree._Element) -> Embed | None:
    telegram = _TELEGRAM.match(script.get("data-telegram-post") or "")
    if telegram:
        return Embed("telegram", address=f"https://t.me/{telegram[1]}")
    kind = (script.get("type") or "").lower()
    text = script.text or ""
    if len(text) > LONGEST or script.getparent() is None:
        return None
    if kind == "application/ld+json":
        told = _EMBED_URL.search(text)
        return _as_embed(framed_in(told[1])) if told else None
    if kind in ("text/template", "text/html", "text/x-template", "text/plain"):
        return _as_embed(framed_in(_decoded(text)))
    return None


def _decoded(text: str) -> str:
    """Return what a consent wall hides as Base64; anything else as it is."""
    if not _BASE64.match(text):
        return text
    try:
        return b64decode(text, validate=False).decode("utf-8", "replace")
    except binascii.Error:
        return text
