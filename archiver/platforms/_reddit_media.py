"""Pictures and videos of a post on Reddit: the same identities from its data and from its page.

Source: the media of Reddit as yt-dlp 81ecd58 and gallery-dl 86047cf take them, 2026-08. A preview's
name ends in the name of the file it was made from (``…-v0-abc123.jpg``).
"""

from __future__ import annotations

import re
from urllib.parse import urlsplit

from archiver.model.post import Medium
from archiver.platforms._json import Object, inner, objects, text

_PREVIEW_NAME = re.compile(r"(?:.*-v0-)?([\w-]+\.\w{2,5})", re.ASCII)
_PICTURES = frozenset({"i.redd.it", "preview.redd.it"})
_VIDEO = re.compile(r"/([0-9a-z]{6,20})(?:/.*)?", re.ASCII)
_EXTENSIONS = {"image/jpg": "jpg", "image/jpeg": "jpg", "image/png": "png", "image/gif": "gif"}
_EXTENSIONS |= {"image/webp": "webp"}


def picture(url: str, alt: str | None = None) -> Medium | None:
    """Return a picture of Reddit's own hosts at original size; None for one of elsewhere."""
    parts = _split(url)
    if parts is None or parts[0] not in _PICTURES:
        return None
    name = _PREVIEW_NAME.fullmatch(parts[1].rpartition("/")[2])
    if name is None:
        return None
    original = f"https://i.redd.it/{name[1]}"
    others = (url,) if url != original else ()
    return Medium(name[1], "photo", original, alt or None, others=others)


def video(url: str, file: str | None = None) -> Medium | None:
    """Return a video of Reddit's own host: its file (which has no sound), else its playlist."""
    parts = _split(url)
    found = _VIDEO.fullmatch(parts[1]) if parts is not None and parts[0] == "v.redd.it" else None
    if found is None:
        return None
    if file is not None:
        return Medium(found[1], "video", file)
    playlist = f"https://v.redd.it/{found[1]}/HLSPlaylist.m3u8"
    return Medium(found[1], "video", playlist, is_stream=True)


def media_in(thing: Object) -> tuple[Medium, ...]:
    """Return the media of a post as Reddit's interface gives it."""
    url = text(thing, "url_overridden_by_dest") or text(thing, "url") or ""
    gallery = tuple(m for item in _gallery(thing) if (m := picture(*item)))
    clip = _clip(thing, url)
    one = picture(url)
    return gallery or ((clip,) if clip else (one,) if one else ())


def _clip(thing: Object, url: str) -> Medium | None:
    for holder in (thing, *objects(thing, "crosspost_parent_list")):
        for name in ("secure_media", "media"):
            fallback = text(inner(inner(holder, name), "reddit_video"), "fallback_url")
            if fallback is not None:
                return video(fallback, fallback)
    return video(url)


def _gallery(thing: Object) -> list[tuple[str, str | None]]:
    """Return address and caption of each picture of a gallery, in its own order."""
    kept = inner(thing, "media_metadata")
    found = []
    for item in objects(inner(thing, "gallery_data"), "items"):
        name = text(item, "media_id") or ""
        extension = _EXTENSIONS.get(text(inner(kept, name), "m") or "")
        if name and extension:
            found.append((f"https://i.redd.it/{name}.{extension}", text(item, "caption")))
    return found


def _split(url: str) -> tuple[str, str] | None:
    try:
        parts = urlsplit(url)
    except ValueError:
        return None
    return (parts.hostname or "", parts.path)
