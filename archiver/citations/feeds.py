"""Feeds and sitemaps: which articles they announce, and which further sitemaps.

Read are RSS 0.9 to 2.0, Atom, JSON Feed, and sitemaps with their index and their news extension,
also compressed. No declaration of the document is carried out: what its DOCTYPE says is cut off
before any parser sees it, so that no entity can grow and none can be fetched.

Source: RSS 2.0, RFC 4287 (Atom), JSON Feed 1.1, sitemaps.org protocol 0.9 (50,000 addresses and
50 MB a file), Google's news sitemap 0.9; read 2026-11.
"""

from __future__ import annotations

import json
import re
import zlib
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import date
from email.utils import parsedate
from html import unescape
from html.entities import html5

from lxml import etree

from archiver.citations.encoding import charset_of, text_of
from archiver.citations.metadata import day_of, joined
from archiver.citations.tree import parse_html
from archiver.errors import InputError
from archiver.model.feed import ExpectedArticle

MAX_BYTES = 50_000_000  # uncompressed: a sitemap's, by its protocol; no feed comes near it
MAX_ATTRIBUTES = 1000  # in one tag; the parser compares each with all others
MAX_ENTRIES = 50_000  # of a sitemap, by its protocol; what a file holds beyond is left out

_GZIP = b"\x1f\x8b"
_XML_ENCODING = re.compile(rb"\s*<\?xml[^>]{0,100}?encoding\s*=\s*[\"']([A-Za-z0-9_.:-]{1,40})")
_PROLOGUE = re.compile(r"\s*(?:<\?[^>]{0,1000}\?>\s*|<!--.{0,5000}?-->\s*)*", re.DOTALL)
_DOCTYPE = re.compile(r"<!DOCTYPE", re.IGNORECASE)
# What does not end takes all the rest, so that the scan goes forward only.
_DOCTYPE_PART = re.compile(
    r"\"(?:[^\"]*\"|.*+)|'(?:[^']*'|.*+)|<!--(?:.*?-->|.*+)|[\[\]>]", re.DOTALL
)
_ROOT = re.compile(r"<(?:[\w.-]{1,40}:)?(?P<name>[A-Za-z]{1,20})[\s/>]")
_LISTED = re.compile(r"https?://[^\s<>]{1,4096}", re.IGNORECASE)
_END_CHARS = 2000  # that may stand behind the end of a feed: comments, mostly
_ENDS = re.compile(r"</(?:[\w.-]{1,40}:)?(?:rss|rdf|feed|channel)\s{0,9}>|/>\s*\Z", re.IGNORECASE)
_FEED_ROOTS = frozenset({"rss", "rdf", "feed", "channel"})
_ENTRIES = frozenset({"item", "entry"})
_DAYS = ("pubdate", "published", "issued", "date", "created", "updated", "modified")
_SITEMAP_ROOTS = frozenset({"urlset", "sitemapindex"})
_TITLE_CHARS = 2000  # of a title, tags included
_TAG = re.compile(r"<[^<>]{0,1000}>")
_LONG_TAG = re.compile(r"<[^<>!?]{4000,}+")
_ENTITY = re.compile(r"&(?:([A-Za-z][A-Za-z0-9]{1,31});|(#\w{1,8};))?")
_OF_XML = frozenset({"amp", "lt", "gt", "quot", "apos"})
_FEED_TYPES = ("application/rss+xml", "application/atom+xml", "application/feed+json")


@dataclass(frozen=True, slots=True)
class FeedContent:
    """What a feed or sitemap announces, in its own order, every address once.

    ``articles`` have absolute http(s) addresses. ``sitemaps`` are the files an index names.
    """

    title: str | None
    articles: tuple[ExpectedArticle, ...]
    sitemaps: tuple[str, ...] = ()


def read_feed(body: bytes, *, url: str, media_type: str | None) -> FeedContent:
    """Read a feed or a sitemap; ``url`` is where it was read, relative addresses are joined to it.

    Entries without an address are passed over. The work is bounded by ``MAX_BYTES`` and
    ``MAX_ENTRIES``; nothing is fetched.

    Raises:
        InputError: it is no feed and no sitemap, too large, damaged, or cannot be decoded.
    """
    body = _unpacked(body)
    declared = _XML_ENCODING.match(body[:300])
    charset = charset_of(media_type) or (declared[1].decode("ascii") if declared else None)
    text = text_of(body, charset=charset)
    if text.lstrip()[:1] == "{":
        return _json_feed(text, url)
    text = _without_declarations(text)
    root = _ROOT.match(text)
    name = root["name"].lower() if root else ""
    if name in _SITEMAP_ROOTS:
        return _sitemap(text, url)
    if name in _FEED_ROOTS:
        return _feed(text, url)
    if _is_list(text):
        return FeedContent(None, _each_once(map(_listed, text.split())))
    raise InputError(f"no feed and no sitemap: {_what_it_is(text, url)}")


def _is_list(text: str) -> bool:
    """Tell whether a text is a sitemap of one address a line."""
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    return bool(lines) and all(_LISTED.fullmatch(line) for line in lines)


def _listed(address: str) -> ExpectedArticle | None:
    absolute = joined(None, address)
    return ExpectedArticle(absolute) if absolute else None


def _unpacked(body: bytes) -> bytes:
    if not body.strip():
        raise InputError("no feed: the answer is empty")
    if body.startswith(_GZIP):
        unpacker = zlib.decompressobj(16 + zlib.MAX_WBITS)
        try:
            body = unpacker.decompress(body, MAX_BYTES + 1)
        except zlib.error:
            body = b""
        if not unpacker.eof and len(body) <= MAX_BYTES:
            raise InputError("no feed: its gzip compression is damaged or cut off")
    if len(body) > MAX_BYTES:
        raise InputError(f"the feed has more than {MAX_BYTES:,} bytes")
    return body


def _without_declarations(text: str) -> str:
    """Return the document from its root element on: without declaration, comments and DOCTYPE."""
    start = _end_of_prologue(text, 0)
    if not _DOCTYPE.match(text, start):
        return text[start:]
    depth = 0
    for part in _DOCTYPE_PART.finditer(text, start):
        depth += {"[": 1, "]": -1}.get(part[0], 0)
        if part[0] == ">" and depth <= 0:
            return text[_end_of_prologue(text, part.end()) :]
    raise InputError("no feed: its DOCTYPE does not end")


def _end_of_prologue(text: str, start: int) -> int:
    found = _PROLOGUE.match(text.removeprefix("\ufeff") if not start else text, start)
    return found.end() if found else start


def _what_it_is(text: str, url: str) -> str:
    """Say what a text is instead of a feed, and where the page it is names its feed."""
    if not re.match(r"<(?:html|head|body)[\s>]", text, re.IGNORECASE):
        return "the file begins with neither rss, feed, urlset nor sitemapindex"
    links = parse_html(text).iter("link")
    feeds = (link.get("href") for link in links if link.get("type") in _FEED_TYPES)
    named = next(filter(None, (joined(url, href or "") for href in feeds)), None)
    return f"it is a web page; its feed is {named}" if named else "it is a web page without a feed"


def _feed(text: str, url: str) -> FeedContent:
    root = _tree(text)
    channel = next(_children(root, "channel"), root)
    # RSS 1.0 sets its items beside the channel, RSS 0.9 and 2.0 inside it.
    entries = [child for part in (root, channel) for child in part if _local(child) in _ENTRIES]
    if not _ENDS.search(text, max(0, len(text) - _END_CHARS)):
        entries = entries[:-1]  # the last may be half an address
        if not entries:
            raise InputError("no feed: the file is cut off before its first article ends")
    return FeedContent(
        _plain(_said(channel, "title")), _each_once(_entry(entry, url) for entry in entries)
    )


def _entry(entry: etree._Element, url: str) -> ExpectedArticle | None:
    base = joined(url, entry.base or "") or url
    address = next(filter(None, (joined(base, link) for link in _links(entry) if link)), None)
    if address is None:
        return None
    day = next(filter(None, (_printed_day(_said(entry, name)) for name in _DAYS)), None)
    return ExpectedArticle(address, _plain(_said(entry, "title")), day)


def _links(entry: etree._Element) -> Iterator[str]:
    """Yield where an entry may lead, the surest first."""
    # Before 2012 FeedBurner put its own counting address in the place of the article's.
    yield _said(entry, "origlink")
    for link in _children(entry, "link"):
        if (link.get("rel") or "alternate") == "alternate":
            yield (link.get("href") or link.text or "").strip()
    for guid in _children(entry, "guid"):
        written = (guid.text or "").strip()
        is_permalink = guid.get("isPermaLink", "true").lower() == "true"
        yield written if is_permalink and "://" in written[:8] else ""


def _printed_day(written: object) -> date | None:
    """Read the day as printed: the publisher's own, whatever its time zone."""
    text = str(written or "").strip()
    found = parsedate(text) if not text[:4].isdecimal() else None
    try:
        return date(*found[:3]) if found else day_of(text)
    except ValueError:
        return None


def _plain(title: str) -> str | None:
    words = " ".join(unescape(_TAG.sub("", title[:_TITLE_CHARS])).split())
    return words or None


def _each_once(articles: Iterable[ExpectedArticle | None]) -> tuple[ExpectedArticle, ...]:
    by_url: dict[str, ExpectedArticle] = {}
    for article in articles:
        if article is not None:
            by_url.setdefault(article.url, article)
        if len(by_url) == MAX_ENTRIES:
            break
    return tuple(by_url.values())


def _json_feed(text: str, url: str) -> FeedContent:
    try:
        data = json.loads(text)
    except (ValueError, RecursionError):
        raise InputError("no feed: it begins like JSON and is none") from None
    items = data.get("items")
    if not isinstance(items, list) or "jsonfeed" not in str(data.get("version")):
        raise InputError("no feed: the JSON names no version of JSON Feed, or has no items")
    found = (_item(item, url) for item in items if isinstance(item, dict))
    return FeedContent(_plain(str(data.get("title") or "")), _each_once(found))


def _item(item: dict[str, object], url: str) -> ExpectedArticle | None:
    # An identifier need not be an address; joined to the feed's own it would become a false one.
    tried = ((url, item.get("url")), (url, item.get("external_url")), (None, item.get("id")))
    addresses = (joined(base, name) for base, name in tried if isinstance(name, str) and name)
    address = next(filter(None, addresses), None)
    if address is None:
        return None
    day = _printed_day(item.get("date_published")) or _printed_day(item.get("date_modified"))
    return ExpectedArticle(address, _plain(str(item.get("title") or "")), day)


def _sitemap(text: str, url: str) -> FeedContent:
    root = _tree(text)
    if _local(root) == "sitemapindex":
        return FeedContent(None, (), tuple(dict.fromkeys(_indexed(root, url))))
    return FeedContent(None, _each_once(_announced(entry, url) for entry in _children(root, "url")))


def _tree(text: str) -> etree._Element:
    """Parse XML, mended when it is not well-formed: the parsers that mend by themselves can hang.

    Its depth and the length of its texts are bounded by the parser.
    """
    _check_attributes(text)
    for document, mends in ((text, False), (_ENTITY.sub(_numbered, text), True)):
        parser = etree.XMLParser(
            resolve_entities=False,
            no_network=True,
            load_dtd=False,
            recover=mends,
            remove_comments=True,
            remove_pis=True,
        )
        with suppress(etree.XMLSyntaxError):
            root = etree.fromstring(document.encode("utf-8", "replace"), parser)
            if root is not None:
                return root
    raise InputError("no feed: the file is damaged")


def _check_attributes(text: str) -> None:
    if any(part.count("=") > MAX_ATTRIBUTES for part in _LONG_TAG.findall(text)):
        raise InputError(f"the feed has a tag of more than {MAX_ATTRIBUTES:,} attributes")


def _numbered(entity: re.Match[str]) -> str:
    """Return an entity of HTML, which XML does not know, as the characters it stands for."""
    known = html5.get(f"{entity[1]};") if entity[1] and entity[1] not in _OF_XML else None
    if known:
        return "".join(f"&#{ord(character)};" for character in known)
    return entity[0] if entity[1] or entity[2] else "&amp;"


def _indexed(root: etree._Element, url: str) -> Iterator[str]:
    for entry in list(_children(root, "sitemap"))[:MAX_ENTRIES]:
        address = joined(url, _said(entry, "loc"))
        if address and address != joined(None, url):
            yield address  # an index that names itself is not asked for again


def _announced(entry: etree._Element, url: str) -> ExpectedArticle | None:
    address = joined(url, _said(entry, "loc"))
    if address is None:
        return None
    news = next(_children(entry, "news"), entry)
    # The day of the last change is the best there is when nobody says when it was published.
    day = _printed_day(_said(news, "publication_date")) or _printed_day(_said(entry, "lastmod"))
    return ExpectedArticle(address, _plain(_said(news, "title")), day)


def _children(element: etree._Element, name: str) -> Iterator[etree._Element]:
    return (child for child in element if _local(child) == name)


def _said(element: etree._Element, name: str) -> str:
    child = next(_children(element, name), None)
    return "".join(map(str, child.itertext())).strip() if child is not None else ""


def _local(element: etree._Element) -> str:
    return str(element.tag).rpartition("}")[2].lower()
