"""Which media of a post are captured with it, and what names a file."""

from __future__ import annotations

from urllib.parse import urlsplit

from archiver.model.post import Medium, Post


def media_urls(post: Post) -> tuple[str, ...]:
    """Return the addresses of the media of a post, of the one it quotes, and of its parent."""
    return tuple(dict.fromkeys(medium.url for medium in _media(post) if medium.available))


def _media(post: Post) -> list[Medium]:
    around = [other for other in (post.quoted, post.parent) if other is not None]
    return [*post.media, *(medium for other in around for medium in _media(other))]


def path_of(url: str) -> str:
    """Return what names the file: stores move to other hosts, the path stays."""
    try:
        return urlsplit(url).path.lstrip("/") or url
    except ValueError:
        return url
