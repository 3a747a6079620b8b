"""What a page's own metadata say of it: when it was published, whether it is news, or paid for.

Sites fill these fields by hand and by plug-in, so every shape is met. What cannot be read is left
out, and how much is read is bounded.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

import lxml.html

# Source: schema.org, the types below NewsArticle, and LiveBlogPosting; 2026-11.
_NEWS = frozenset(
    {
        "newsarticle", "reportagenewsarticle", "analysisnewsarticle", "askpublicnewsarticle",
        "backgroundnewsarticle", "opinionnewsarticle", "reviewnewsarticle", "liveblogposting",
    }
)  # fmt: skip
_ARTICLES = _NEWS | {"article", "blogposting", "socialmediaposting", "report", "techarticle"}
_MAX_SCRIPTS = 10
_MAX_SCRIPT_CHARS = 256 * 2**10
_MAX_OBJECTS = 2_000
_MAX_TIME_CHARS = 64
_FIRST, _LAST = datetime(1990, 1, 1, tzinfo=UTC), datetime(2100, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Metadata:
    """What a page says of itself; times without a zone are taken as UTC, hours do not matter."""

    published_at: datetime | None = None
    is_news: bool = False
    is_paid_for: bool = False


def read_metadata(tree: lxml.html.HtmlElement) -> Metadata:
    """Return what the metadata of a document say."""
    metas = _metas(tree)
    published, is_news, is_paid = None, False, metas.get("article:content_tier") == "locked"
    for entry in _linked_objects(tree):
        types = _types(entry)
        if types & _ARTICLES:
            published = published or _time(entry.get("datePublished"))
            is_news = is_news or bool(types & _NEWS)
            is_paid = is_paid or _is_false(entry.get("isAccessibleForFree"))
    stated = _time(metas.get("article:published_time"))
    is_article = metas.get("og:type", "").lower() == "article"
    # Shops and blogs have the time, too: with the type it is an article, not yet news.
    published = published or (stated if is_article else None) or _pubdate(tree)
    is_news = is_news or (is_article and stated is not None and "article:section" in metas)
    return Metadata(published, is_news, is_paid)


def _metas(tree: lxml.html.HtmlElement) -> dict[str, str]:
    found: dict[str, str] = {}
    for tag in tree.iter("meta"):
        name = (tag.get("property") or tag.get("name") or "").strip().lower()
        content = (tag.get("content") or "").strip()
        if name and content:
            found.setdefault(name, content)
    return found


def _linked_objects(tree: lxml.html.HtmlElement) -> Iterator[dict[str, object]]:
    scripts = 0
    for script in tree.iter("script"):
        if "ld+json" not in (script.get("type") or "").lower():
            continue
        scripts += 1
        text = script.text or ""
        if scripts > _MAX_SCRIPTS:
            return
        if len(text) <= _MAX_SCRIPT_CHARS:
            yield from _objects(_json(text))


def _json(text: str) -> object:
    try:
        value: object = json.loads(text, strict=False)
    except (ValueError, RecursionError):
        return None
    return value


def _objects(value: object) -> Iterator[dict[str, object]]:
    waiting = [value]
    for _ in range(_MAX_OBJECTS):
        if not waiting:
            return
        entry = waiting.pop()
        if isinstance(entry, dict):
            yield entry
            waiting += reversed(list(entry.values()))
        elif isinstance(entry, list):
            waiting += reversed(entry)


def _types(entry: dict[str, object]) -> frozenset[str]:
    stated = entry.get("@type")
    names = stated if isinstance(stated, list) else [stated]
    return frozenset(name.rpartition("/")[2].lower() for name in names if isinstance(name, str))


def _is_false(value: object) -> bool:
    if isinstance(value, str):
        return value.rpartition("/")[2].strip().lower() == "false"
    return value is False


def _pubdate(tree: lxml.html.HtmlElement) -> datetime | None:
    marked = (time for time in tree.iter("time") if time.get("pubdate") is not None)
    return next((at for at in (_time(time.get("datetime")) for time in marked) if at), None)


def _time(value: object) -> datetime | None:
    """Return a time in ISO 8601 or as in mails as aware UTC; None for what is no time."""
    if isinstance(value, list):
        value = value[0] if value else None
    if not isinstance(value, str) or len(value) > _MAX_TIME_CHARS:
        return None
    at = _iso(value.strip()) or _mail(value.strip())
    if at is None:
        return None
    try:
        at = at.replace(tzinfo=UTC) if at.tzinfo is None else at.astimezone(UTC)
    except OverflowError:
        return None
    return at if _FIRST <= at < _LAST else None


def _iso(value: str) -> datetime | None:
    try:
        return datetime.fromisoformat(value)
    except ValueError:
        return None


def _mail(value: str) -> datetime | None:
    try:
        return parsedate_to_datetime(value)
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
