"""Pictures and videos of a post on X, at the largest size there is.

Source: the dossiers of react-tweet (types of 2026), yt-dlp and gallery-dl on pbs.twimg.com and
video.twimg.com, read 2026-08. Avatars and banners are none of a post's media.
"""

from __future__ import annotations

import re
from urllib.parse import SplitResult, urlsplit

from archiver.errors import AddressError
from archiver.model.post import Medium
from archiver.platforms._address import http_address
from archiver.platforms._json import Object, inner, number, objects, text

# In these folders of pbs.twimg.com the ID stands before the name of one picture of it.
_VIDEO_FOLDERS = frozenset({"ext_tw_video_thumb", "amplify_video_thumb"})
_WIDTH_HEIGHT = re.compile(r"/(\d{2,5})x(\d{2,5})/", re.ASCII)
# Sizes of a photo, best first; the largest is refused at times (danbooru, gallery-dl).
_SIZES = ("orig", "4096x4096", "large", "medium", "small")


def media_of(reply: Object) -> tuple[Medium, ...]:
    """Return the media of a reply: by the details, else by the older lists beside them."""
    details = [entry for entry in objects(reply, "mediaDetails") if _picture_of(entry)]
    if details:
        return tuple(_medium(entry) for entry in details)
    return (
        *(_photo(entry) for entry in objects(reply, "photos") if text(entry, "url")),
        *_old(reply),
    )


def is_address(url: str) -> bool:
    """Tell whether a medium can be asked for at what a reply gives as its address."""
    try:
        http_address(url)
    except AddressError:
        return False
    return _parts(url) is not None


def _parts(url: str) -> SplitResult | None:
    try:
        return urlsplit(url)
    except ValueError:
        return None


def _picture_of(entry: Object) -> str | None:
    return text(entry, "media_url_https") if text(entry, "type") else None


def _medium(entry: Object) -> Medium:
    picture = _picture_of(entry) or ""
    kind = text(entry, "type") or ""
    availability = text(inner(entry, "ext_media_availability"), "status")
    available, alt = availability in (None, "Available"), text(entry, "ext_alt_text")
    files, playlist = _video(objects(inner(entry, "video_info"), "variants"))
    urls = files or ([playlist] if playlist else sizes_of(picture))
    return Medium(
        key=_key(picture),
        kind=kind,
        url=urls[0],
        alt=alt,
        available=available,
        others=tuple(urls[1:]),
        is_stream=not files and playlist is not None,
    )


def _photo(entry: Object) -> Medium:
    picture = text(entry, "url") or ""
    first, *others = sizes_of(picture)
    return Medium(_key(picture), "photo", first, others=tuple(others))


def _old(reply: Object) -> tuple[Medium, ...]:
    """Return the video of a reply without details (``type`` and ``src`` instead of their names)."""
    video = inner(reply, "video")
    poster = text(video, "poster")
    variants = [
        {"content_type": v.get("type"), "url": v.get("src")} for v in objects(video, "variants")
    ]
    files, playlist = _video(variants)
    urls = files or ([playlist] if playlist else [])
    if poster is None or not urls:
        return ()
    is_there = text(inner(video, "mediaAvailability"), "status") in (None, "available", "Available")
    return (
        Medium(
            _key(poster),
            "video",
            urls[0],
            available=is_there,
            others=tuple(urls[1:]),
            is_stream=not files,
        ),
    )


def _key(picture: str) -> str:
    """Return the identity in the path: sizes and formats vary, the key does not."""
    parts = _parts(picture)
    segments = [segment for segment in parts.path.split("/") if segment] if parts else []
    if len(segments) > 1 and segments[0] in _VIDEO_FOLDERS:
        return segments[1]
    return segments[-1].partition(".")[0] if segments else picture


def sizes_of(picture: str) -> list[str]:
    """Return a photo's addresses, best first; other pictures have one size only."""
    parts = _parts(picture)
    if parts is None:
        return [picture]
    stem, _, form = parts.path.partition(":")[0].rpartition(".")
    if not parts.path.startswith("/media/") or not stem:
        return [picture]
    file = f"https://{parts.netloc}{stem}"
    sizes = [f"{file}?format={form}&name={size}" for size in _SIZES]
    return [*sizes, f"{file}.{form}:orig", f"{file}.{form}"]  # the old form, and the bare file


def _video(variants: list[Object] | list[dict[str, object]]) -> tuple[list[str], str | None]:
    """Return the MP4 files, highest bitrate first, and the playlist of pieces if there is one."""
    files: list[tuple[int, int, str]] = []
    playlist = None
    for variant in variants:
        url = text(variant, "url")
        if url is None or not is_address(url):
            continue
        if text(variant, "content_type") == "video/mp4":
            files.append((number(variant, "bitrate") or 0, _area(url), url))
        else:
            playlist = playlist or url
    return list(dict.fromkeys(url for *_, url in sorted(files, reverse=True))), playlist


def _area(url: str) -> int:
    """Return the picture's size as the path tells it: older lists give no bitrate."""
    found = _WIDTH_HEIGHT.search(url)
    return int(found[1]) * int(found[2]) if found else 0
