"""Atom feeds of what changed: one of each article and one of all.

Source: RFC 4287, read 2026-11-29.
"""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import datetime
from urllib.parse import urlsplit
from xml.etree import ElementTree as ET

import archiver
from archiver.model.news import Message, News, Word
from archiver.model.verdict import EventKind
from archiver.notify.wording import LONGEST_NAME, MOST_LISTED, clean, text_of, title_of

NAMESPACE = "http://www.w3.org/2005/Atom"
_OURS = uuid.UUID("2f6d0c1e-7a64-5c0b-9a53-5a2f1f5f6b8e")
"""Names of feeds and entries are made in it, so that each has the same name for good."""


def lasting_id(kind: str, name: str) -> str:
    """Return the same URN for the same thing, wherever and whenever it is written."""
    return uuid.uuid5(_OURS, f"{kind}:{name}").urn


def atom(
    name: str, title: str, news: Sequence[News], *, updated: datetime, address: str | None
) -> bytes:
    """Return a feed as XML; ``news`` newest first.

    ``name`` is what the feed is of, ``updated`` counts where there is no news yet. ``address`` is
    where others read the feed. A takedown is an update: readers may go by that to drop old words.
    """
    ET.register_namespace("", NAMESPACE)
    feed = ET.Element(_tag("feed"))
    _add(feed, "id", lasting_id("feed", name))
    _add(feed, "title", clean(title, LONGEST_NAME) or name)
    _add(feed, "updated", _iso(max((one.updated_at for one in news), default=updated)))
    _add(_add(feed, "author"), "name", "Citation archiver")
    _add(feed, "generator", "Citation archiver", version=archiver.__version__)
    if address is not None:
        _add(feed, "link", rel="self", href=address, type="application/atom+xml")
    for one in _told_once(news):
        _entry(feed, one)
    xml: bytes = ET.tostring(feed, encoding="utf-8", xml_declaration=True)
    return xml + b"\n"


def _told_once(news: Sequence[News]) -> list[News]:
    """Leave out the news of a source that news of its citation told again, with the place.

    A feed reaches far back, so that only counts until the next news of the source: it may be gone
    anew, which its citation was all the while.
    """
    told: set[tuple[str | None, Word]] = set()
    left = []
    for one in news:
        if one.event.kind is not EventKind.VERDICT or (one.source, one.word) not in told:
            left.append(one)
        if one.event.kind is EventKind.FINDING:
            told.add((one.source, one.word))
        elif one.event.kind is EventKind.VERDICT:
            told = {each for each in told if each[0] != one.source}
    return left


def _entry(feed: ET.Element, one: News) -> None:
    entry = _add(feed, "entry")
    _add(entry, "id", lasting_id("event", one.event.id))
    _add(entry, "title", title_of(one))
    _add(entry, "updated", _iso(one.updated_at))
    _add(entry, "published", _iso(one.event.at))
    _add(entry, "category", term=one.word.value)
    links = [one.url, *(cited.url for cited in one.cited[:MOST_LISTED])]
    for href in dict.fromkeys(filter(None, links)):
        if _is_plain(href):
            _add(entry, "link", rel="related", href=href)
    text = text_of(Message(one.event.id, one.event.at, (one,)))
    _add(entry, "content", text.plain, type="text")


def _is_plain(href: str) -> bool:
    """Whether a reader may open it: an http(s) address of printable ASCII."""
    try:
        return urlsplit(href).scheme in ("http", "https") and href.isascii() and href.isprintable()
    except ValueError:
        return False


def _add(parent: ET.Element, name: str, text: str | None = None, **fields: str) -> ET.Element:
    made = ET.SubElement(parent, _tag(name), fields)
    made.text = text
    return made


def _tag(name: str) -> str:
    return f"{{{NAMESPACE}}}{name}"


def _iso(at: datetime) -> str:
    return at.isoformat(timespec="seconds").replace("+00:00", "Z")
