"""Posts of public channels and groups on Telegram, by the widget that it offers for embedding.

Keys are ``CHANNEL/ID``, the name in lower case (names are the same in any case). A post in a topic
of a group has the same ID with and without the topic. ``c/NUMBER/ID`` is a post of a private chat:
nobody outside sees it, so nothing is asked. A comment under a post (``?comment=``) is another
thing that no public page shows by itself; it stays an address of the open web.

Telegram documents the addresses (core.telegram.org/api/links, 2026), not what the pages hold.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Generator
from dataclasses import dataclass, replace
from datetime import datetime

import lxml.html

from archiver.model.citation import FoundCitation
from archiver.model.inquiry import Answer, Inquiry, Question, Reading
from archiver.model.signals import Signal
from archiver.model.source import SourceRef
from archiver.platforms._hosts import parts_at
from archiver.platforms._obstacles import Road, page_question, take
from archiver.platforms._short import follow_link
from archiver.platforms._telegram_message import (
    Listing,
    error_words,
    find_message,
    read_listing,
    read_message,
)
from archiver.platforms.protocol import Lookup

NAME = "telegram"

# telegram.me and telegram.dog are Telegram's own. Source: core.telegram.org/api/links, 2026.
_HOSTS = ("t.me", "telegram.me", "telegram.dog")
_CHANNEL = r"(?P<channel>[A-Za-z]\w{3,31})"
_ID = r"(?P<id>\d{1,10})"
_PATHS = (
    re.compile(rf"/(?:s/)?{_CHANNEL}/(?:\d{{1,10}}/)?{_ID}", re.ASCII),
    re.compile(rf"/(?P<private>c/\d{{1,20}})/(?:\d{{1,10}}/)?{_ID}", re.ASCII),
)
_BARE = re.compile(rf"/(?:s/)?(?:\d{{1,10}}/)?{_ID}", re.ASCII)
_NO_CHANNELS = frozenset(
    {
        "addemoji", "addlist", "addstickers", "addtheme", "boost", "confirmphone", "contact",
        "giftcode", "invoice", "joinchat", "login", "message", "proxy", "setlanguage", "share",
        "socks", "stickers",
    }
)  # fmt: skip
_PRIVATE = re.compile(r"\bprivate\b", re.I)
_NOT_FOUND = re.compile(r"post not found\.?", re.I)


@dataclass(frozen=True, slots=True)
class Telegram:
    """Posts at ``https://t.me/CHANNEL/ID``; ``recognise_any`` takes what a short link leads to."""

    recognise_any: Callable[[str], SourceRef]

    @property
    def name(self) -> str:
        """The word before the colon in a source's name."""
        return NAME

    def recognise(self, url: str) -> SourceRef | None:
        """Return the post that ``url`` names, or None when it is not one of this platform."""
        key = _key(url)
        return SourceRef(NAME, key, f"https://t.me/{key}") if key else None

    def posted_at(self, ref: SourceRef) -> datetime | None:
        """Return None: the IDs of posts are counted, and hold no time."""
        return None

    def inquire(self, ref: SourceRef, shown: Reading | None = None) -> Inquiry:
        """Ask the widget, and the channel's public page when the widget knows no such post.

        Deleted by its author, by an administrator or by Telegram, and never posted, look alike.
        A post that is not in the channel's list between its neighbours is confirmed to be absent.
        """
        if ref.key.startswith("c/"):
            return Reading(
                Signal.LOGIN, "Telegram shows posts of private chats to members only; not asked."
            )
        widget = f"{ref.url}?embed=1&mode=tme"
        road = Road(page_question(widget), "Telegram's widget", lambda a: read_widget(a, ref.key))
        said = yield from take(road)
        if said.signal is Signal.NOT_FOUND:
            said = yield from _second_voice(said, ref)
        return replace(said, page_url=widget)

    def look_up(self, found: FoundCitation) -> Lookup:
        """Expand a short link and recognise what it leads to."""
        return follow_link(found, self.recognise_any)


def _key(url: str) -> str | None:
    parts = parts_at(url, _HOSTS)
    if parts is None or "comment" in parts.query:
        return None
    if parts.sub not in ("", "www"):
        found = _BARE.fullmatch(parts.path)
        named = re.fullmatch(_CHANNEL, parts.sub, re.ASCII)
        return _joined(named["channel"], found["id"]) if found and named else None
    for pattern in _PATHS:
        match = pattern.fullmatch(parts.path)
        if match is not None:
            groups = match.groupdict()
            return _joined(groups.get("private") or groups["channel"], groups["id"])
    return None


def _joined(channel: str, number: str) -> str | None:
    channel = channel.lower()
    if channel in _NO_CHANNELS or int(number) == 0:
        return None
    return f"{channel}/{int(number)}"


def read_widget(answer: Answer, key: str) -> Reading:
    """Return what the widget says of a post.

    Source: t.me's pages as read by wptelegram, RSSHub, yt-dlp and others, 2023 to 2026.
    """
    listing = read_listing(answer)
    if listing is None:
        return Reading(Signal.UNREADABLE, "Telegram's widget answered with nothing to read.")
    words = error_words(listing)
    if words:
        return _by_words(words)
    element = find_message(listing, key)
    if element is None:
        reason = "Telegram's widget answered without the post, in a shape nobody knows."
        return Reading(Signal.UNREADABLE, reason)
    return _live(element, key, "Telegram's widget shows the post")


def _live(element: lxml.html.HtmlElement, key: str, shows: str) -> Reading:
    message = read_message(element, key)
    note = ", a notice of the channel's own" if message.is_notice else ""
    note = f"{note}, in part: the rest only in its app" if message.post.is_cut else note
    urls = tuple(dict.fromkeys(m.url for m in message.post.media if m.available))
    return Reading(Signal.PRESENT, f"{shows}{note}.", post=message.post, media=urls)


def _by_words(words: str) -> Reading:
    # "Channel with username … not found" is said of living channels, too, so it explains nothing.
    # Source: telegramdesktop/tdesktop issue 7757, 2020.
    if _NOT_FOUND.fullmatch(words):
        return Reading(Signal.NOT_FOUND, f"Telegram's widget says: “{words}”.")
    if _PRIVATE.search(words):
        return Reading(Signal.PROTECTED, f"Telegram's widget says: “{words}”.")
    return Reading(Signal.ABSENT_UNEXPLAINED, f"Telegram's widget says: “{words}”.")


# --- the second voice: the channel's public page ------------------------------------------------


def _second_voice(said: Reading, ref: SourceRef) -> Generator[Question, Answer, Reading]:
    channel = ref.key.partition("/")[0]
    question = page_question(f"https://t.me/s/{ref.key}")
    road = Road(question, "the channel's public page", lambda a: _read_page(a, ref.key, channel))
    found = yield from take(road)
    if found.signal in (Signal.PRESENT, Signal.OFFLINE, Signal.WITHHELD):
        return found
    reason = f"{said.reason.removesuffix('.')}; {found.reason}"
    return replace(said, reason=reason, confirmed=found.confirmed)


def _read_page(answer: Answer, key: str, channel: str) -> Reading:
    listing = read_listing(answer)
    if listing is None or not listing.is_history:
        return Reading(Signal.UNREADABLE, "the channel has no public page to compare with.")
    element = find_message(listing, key)
    if element is not None:
        return _live(element, key, "The channel's public page shows the post; the widget does not")
    number = int(key.rpartition("/")[2])
    if _stands_around(listing, channel, number):
        reason = "the channel's public page goes from its neighbours past it."
        return Reading(Signal.NOT_FOUND, reason, confirmed=True)
    return Reading(Signal.UNREADABLE, "the channel's public page does not reach that far.")


def _stands_around(listing: Listing, channel: str, number: int) -> bool:
    ids = listing.ids_of(channel)
    if not ids or min(ids) > number:
        return False
    return max(ids) > number or not listing.has_newer
