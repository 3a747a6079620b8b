"""Which addresses name a video on YouTube. Playlists, channels, searches and home pages do not."""

from __future__ import annotations

import re
from urllib.parse import parse_qsl, unquote, urlsplit

from archiver.errors import AddressError
from archiver.platforms._address import http_address

# Hosts, with any sub-domain. Source: the URL patterns of yt-dlp 81ecd58 (2026-08-20).
_OWN = ("youtube.com", "youtube-nocookie.com", "youtubekids.com", "youtube.googleapis.com")
_SHORT = ("youtu.be",)
_MIRRORS = ("yewtu.be", "invidio.us", "piped.video", "hooktube.com")
_MIRROR_NAME = re.compile(r"(?:www\.)?(?:redirect\.)?(?:invidious|piped)\.[\w.-]+")

_ID = re.compile(r"[A-Za-z0-9_-]{11}(?![A-Za-z0-9_-])")
_NO_IDS = frozenset({"videoseries", "live_stream"})  # embeds of a playlist and of a channel
_PATH = re.compile(r"/(?:v|vi|e|embed|shorts|live|watch)/(?P<id>[^/?&#]+)(?:[/?&].*)?")
_WATCH = re.compile(r"/(?:(?:watch|movie|watch_popup)(?:\.php)?/?)?")
_WRAPPERS = {"/attribution_link": ("u",), "/m": ("continue",), "/ml": ("continue",)}
_MAX_DEPTH = 3  # addresses inside addresses


def read_video_address(url: str) -> str | None:
    """Return the ID of the video that an address names, or None when it names none."""
    return _read(url, 0)


def video_url(video_id: str) -> str:
    """Return the address a person would open."""
    return f"https://www.youtube.com/watch?v={video_id}"


def _read(url: str, depth: int) -> str | None:
    try:
        parts = urlsplit(http_address(url))
    except AddressError:
        return None
    host = (parts.hostname or "").rstrip(".")
    path = re.sub(r"/{2,}", "/", unquote(parts.path))
    if _is_in(host, _SHORT):
        return _id(path.lstrip("/").partition("/")[0]) or _by_path(path, parts.query)
    if not _is_known(host):
        return None
    wrapped = _WRAPPERS.get(path)
    if wrapped is not None and depth < _MAX_DEPTH:
        return _inside(parts.query, wrapped, depth)
    return _by_path(path, parts.query) or _by_fragment(parts.fragment)


def _inside(query: str, names: tuple[str, ...], depth: int) -> str | None:
    for name, value in parse_qsl(query):
        if name in names:
            inner = value if "://" in value else f"https://www.youtube.com/{value.lstrip('/')}"
            return _read(inner, depth + 1)
    return None


def _by_path(path: str, query: str) -> str | None:
    found = _PATH.fullmatch(path)
    if found is not None:
        return _id(found["id"])
    return _in_query(query) if _WATCH.fullmatch(path) else None


def _by_fragment(fragment: str) -> str | None:
    # Addresses of the mobile site once kept the path, or the query, behind the mark.
    path, mark, query = fragment.lstrip("!").partition("?")
    if mark and path.startswith("/"):
        return _by_path(path, query)
    return _in_query(path) if path.startswith("v=") else None


def _in_query(query: str) -> str | None:
    for name, value in parse_qsl(query):
        # "&amp;" left in by an editor makes another name of it.
        if name in ("v", "amp;v"):
            return _id(value)
    return None


def _id(text: str) -> str | None:
    found = _ID.match(text)
    return found[0] if found and found[0] not in _NO_IDS else None


def _is_known(host: str) -> bool:
    return _is_in(host, _OWN + _MIRRORS) or _MIRROR_NAME.fullmatch(host) is not None


def _is_in(host: str, names: tuple[str, ...]) -> bool:
    return any(host == name or host.endswith(f".{name}") for name in names)
