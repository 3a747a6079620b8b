"""A post as Facebook's plugin draws it, and as the tags of its page have it.

Source: plugin pages of 15 posts noted field by field (an embed service's plan, 2026-10-03), and
the parsers of other readers, 2024 to 2026. Nothing of it is documented.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from urllib.parse import urlsplit

import lxml.html

from archiver.model.post import Medium, Post
from archiver.platforms._markup import (
    Markup,
    elements,
    links_in,
    path_key,
    shown_text,
)
from archiver.platforms._moments import moment_of_unix

_HIDDEN = ("text_exposed_hide",)  # "… See more"; what it hides is in the markup, too
_VIDEO = re.compile(r'"(?:hd_src|sd_src)":"(?P<url>(?:[^"\\]|\\.){1,4000})"')
_COUNTS = re.compile(r"^[\d.,KMB]+ (?:views|reactions|likes|comments|shares)\b.*?\| ", re.I)
_MAX_VIDEOS = 4


def read_plugin(markup: Markup, key: str) -> Post | None:
    """Return the post of a plugin page, or None when it draws none."""
    message = markup.with_attribute("data-testid", "post_message")
    author, time = _author(markup), _time(markup)
    media = (*_videos(markup), *_pictures(markup))
    if author is None or (message is None and time is None and not media):
        return None
    return Post(
        id=key,
        text=shown_text(message, without=_HIDDEN) if message is not None else "",
        author_id=None,
        author_name=author,
        handle=None,
        created_at=moment_of_unix(int(time)) if time else None,
        links=links_in(message) if message is not None else (),
        media=media,
    )


def post_link(markup: Markup) -> str | None:
    """Return the address behind the time of a plugin's post, which is that of the post."""
    time = next((e for e in markup.tree.iter("abbr") if e.get("data-utime")), None)
    above = time.iterancestors("a") if time is not None else iter(())
    return next((href for a in above if "facebook.com/" in (href := a.get("href") or "")), None)


def author_link(markup: Markup) -> str | None:
    """Return the address of the page or person whose post the plugin draws."""
    links = (e.get("href") or "" for e in markup.tree.iter("a") if (e.get("title") or "").strip())
    return next((href for href in links if "facebook.com/" in href), None)


def read_tags(markup: Markup, key: str) -> Post | None:
    """Return what the tags of a page tell of a post: who, and the beginning of the words."""
    title, words = markup.meta("og:title"), markup.meta("og:description")
    if not title or not words:
        return None
    return Post(
        id=key,
        text=words,
        author_id=None,
        author_name=_COUNTS.sub("", title),
        handle=None,
        created_at=None,
        is_cut=True,
    )


def _author(markup: Markup) -> str | None:
    for picture in markup.tree.iter("img"):
        name = (picture.get("aria-label") or "").strip()
        if name and _is_picture(picture):
            return name
    for link in markup.tree.iter("a"):
        title = (link.get("title") or "").strip()
        if title and "facebook.com/" in (link.get("href") or ""):
            return title
    return None


def _time(markup: Markup) -> str | None:
    times = (e.get("data-utime") or "" for e in markup.tree.iter("abbr"))
    return next((t for t in times if t.isascii() and t.isdigit() and len(t) <= 11), None)


def _pictures(markup: Markup) -> Iterator[Medium]:
    seen: set[str] = set()
    for picture in markup.tree.iter("img"):
        # A label marks the picture of an author.
        if not _is_picture(picture) or picture.get("aria-label"):
            continue
        url = picture.get("src") or ""
        key, alt = path_key(url), picture.get("caption") or picture.get("alt") or None
        if key not in seen:
            seen.add(key)
            yield Medium(key, "photo", url, alt)


def _is_picture(picture: lxml.html.HtmlElement) -> bool:
    try:
        host = urlsplit(picture.get("src") or "").hostname or ""
    except ValueError:
        return False
    return host.startswith("scontent") and host.endswith(".fbcdn.net")


def _videos(markup: Markup) -> tuple[Medium, ...]:
    """Return the video of the page's scripts: best file first, smaller ones beside it."""
    urls: list[str] = []
    for script in (e for e in elements(markup.tree) if e.tag == "script"):
        urls += [url for found in _VIDEO.finditer(script.text or "") if (url := _unescaped(found))]
    found = tuple(dict.fromkeys(urls))[:_MAX_VIDEOS]
    return (Medium("video", "video", found[0], others=found[1:]),) if found else ()


def _unescaped(found: re.Match[str]) -> str | None:
    try:
        url = json.loads(f'"{found["url"]}"')
    except ValueError:
        return None
    return url if isinstance(url, str) and url.startswith("https://") else None
