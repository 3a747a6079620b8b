"""What a page says of itself: title, address, language, day of publication."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

import ada_url
from lxml import etree

from archiver.errors import AddressError
from archiver.platforms._address import canonical, http_address, same_site

_DAY = re.compile(r"\s*(\d{4})-(\d{2})-(\d{2})")
_LANGUAGE = re.compile(r"[A-Za-z]{2,3}(?:[-_][A-Za-z0-9]{2,8})*\Z")
_ARTICLE_TYPES = re.compile(
    r"Article|Posting|Report|Review|WebPage|Analysis|Opinion", re.IGNORECASE
)
# Source: Open Graph's article:published_time, schema.org's datePublished, Dublin Core, Parse.ly,
# and names that publishing systems print; as known in November 2026.
_PUBLISHED = (
    "article:published_time", "og:article:published_time", "article:published", "datepublished",
    "parsely-pub-date", "sailthru.date", "date.issued", "dcterms.created", "dcterms.date",
    "dc.date", "dc.date.issued", "publish-date", "publish_date", "pubdate",
    "publication_date", "date",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Metadata:
    """``url`` is the article's own address; ``base`` is what relative links are joined to."""

    title: str | None
    url: str | None
    base: str | None
    language: str | None
    published_on: date | None


def read_metadata(root: etree._Element, url: str | None) -> Metadata:
    """Read what a page says of itself; ``url`` is where it was read, when that is known."""
    metas = dict(_metas(root))
    own = _own_address(root, metas, url)
    return Metadata(
        title=_title(root, metas),
        url=own,
        base=base_of(root, url or own),
        language=_language(root, metas),
        published_on=_published(root, metas),
    )


def base_of(root: etree._Element, url: str | None) -> str | None:
    """Return what relative links are joined to: the first base that has an address, if it is http.

    Source: HTML standard, 4.2.3 (the base element) and its fallback base URL, as of 2026-11.
    """
    written = (base.get("href") for base in root.iter("base"))
    href = next((href for href in written if href is not None), None)
    return url if href is None else joined(url, href) or url


def joined(base: str | None, href: str) -> str | None:
    """Return the absolute http(s) address a link leads to, as written when it is absolute."""
    href = href.strip()
    absolute = href if href[:8].lower().startswith(("http://", "https://")) else None
    absolute = absolute or _joined(base, href) or (f"https:{href}" if href[:2] == "//" else None)
    try:
        normalised = http_address(absolute or "")
    except AddressError:
        return None
    return href if absolute == href and not re.search(r"\s", href) else normalised


def _joined(base: str | None, href: str | None) -> str | None:
    if not base or href is None:
        return None
    try:
        return ada_url.join_url(base, href)
    except (ValueError, UnicodeError):
        return None


def _metas(root: etree._Element) -> Iterator[tuple[str, str]]:
    """Yield (name, content) of every meta tag, the first of a name last: it shall win."""
    for meta in reversed(list(root.iter("meta"))):
        name = meta.get("property") or meta.get("name") or meta.get("itemprop") or ""
        content = (meta.get("content") or "").strip()
        if name and content:
            yield name.strip().lower(), content


def _title(root: etree._Element, metas: dict[str, str]) -> str | None:
    shared = " ".join(metas.get("og:title", "").split())
    headings = (_words(heading) for heading in root.iter("h1"))
    titles = (_words(title) for title in root.iterfind(".//head/title"))
    return shared or next(filter(None, headings), None) or next(filter(None, titles), None)


def _words(element: etree._Element) -> str:
    return " ".join("".join(map(str, element.itertext())).split())


def _language(root: etree._Element, metas: dict[str, str]) -> str | None:
    declared = root.get("lang") or metas.get("og:locale") or metas.get("content-language") or ""
    return declared.strip() if _LANGUAGE.match(declared.strip()) else None


def _own_address(root: etree._Element, metas: dict[str, str], url: str | None) -> str | None:
    """Return the address the page gives itself, when it may be believed: another page of the site.

    A page that calls the site's front page its own address is mistaken.
    """
    links = (link.get("href") for link in root.iter("link") if _is_canonical(link))
    for written in (*links, metas.get("og:url")):
        address = joined(url, written or "")
        if address and (url is None or _may_be(address, url)):
            return http_address(address)
    return url


def _is_canonical(link: etree._Element) -> bool:
    return "canonical" in (link.get("rel") or "").lower().split()


def _may_be(address: str, url: str) -> bool:
    try:
        is_front = canonical(address).count("/") == 3 and canonical(address).endswith("/")
        return same_site(address, url) and (not is_front or canonical(url) == canonical(address))
    except AddressError:
        return False


def _published(root: etree._Element, metas: dict[str, str]) -> date | None:
    written = [
        *_linked_data_days(root),
        *(metas.get(name) for name in _PUBLISHED),
        *(time.get("datetime") for time in root.iter("time") if _is_publication(time)),
    ]
    return next((day for day in map(day_of, written) if day), None)


def _is_publication(time: etree._Element) -> bool:
    marked = " ".join([time.get("itemprop") or "", time.get("class") or ""]).lower()
    return time.get("pubdate") is not None or "publish" in marked or "entry-date" in marked


def day_of(written: str | None) -> date | None:
    """Read the day as printed: the publisher's own, whatever its time zone."""
    found = _DAY.match(written or "")
    try:
        return date(*map(int, found.groups())) if found else None
    except ValueError:
        return None


def _linked_data_days(root: etree._Element) -> Iterator[str]:
    for script in root.iter("script"):
        if "ld+json" not in (script.get("type") or "").lower():
            continue
        try:
            data = json.loads(script.text or "")
        except (ValueError, RecursionError):
            continue
        yield from _published_in(data)


def _published_in(data: object) -> Iterator[str]:
    """Yield the days of the articles in linked data, of whatever shape, articles first."""
    waiting, others = [data], []
    while waiting:
        node = waiting.pop(0)
        if isinstance(node, list):
            waiting += node
        elif isinstance(node, dict):
            waiting += [node[key] for key in ("@graph", "mainEntity") if key in node]
            others.append(node)
    for node in others:
        day = node.get("datePublished")
        if isinstance(day, str) and _ARTICLE_TYPES.search(str(node.get("@type"))):
            yield day
