"""A message as Telegram's web pages draw it: the widget of one, the list of a channel.

Source: the markup of t.me as recorded in public notes (brieflyru, 2026-09-27) and read by
wptelegram, RSSHub, yt-dlp and others, 2023 to 2026. Nothing of it is documented.

Addresses of files are made anew for every answer, so a medium's identity is its message's ID: a
picture that was exchanged without a word changed cannot be told from a new address of the old one.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

import lxml.html

from archiver.model.inquiry import Answer
from archiver.model.post import Medium, Post
from archiver.platforms._markup import (
    Markup,
    background,
    elements,
    has_class,
    links_in,
    read_markup,
    shown_text,
)
from archiver.platforms._moments import moment

_MESSAGE = "tgme_widget_message"
_REPLY = "tgme_widget_message_reply"
_KEY = re.compile(r"(?P<channel>[A-Za-z]\w{2,31})/(?P<id>\d{1,10})", re.ASCII)
_LINK = re.compile(
    r"https?://t\.me/(?:s/)?(?P<channel>[A-Za-z]\w{2,31})/(?P<id>\d{1,10})(?:\?.*)?", re.ASCII
)

# class of what draws a medium → its kind
_KINDS = {
    "tgme_widget_message_photo_wrap": "photo",
    "tgme_widget_message_service_photo": "photo",
    "tgme_widget_message_video_player": "video",
    "tgme_widget_message_roundvideo_player": "video",
    "tgme_widget_message_voice_player": "audio",
    "tgme_widget_message_sticker_wrap": "sticker",
    "tgme_widget_message_document_wrap": "document",
}


@dataclass(frozen=True, slots=True)
class Listing:
    """A page with messages: the widget's one, or some of a channel."""

    markup: Markup
    messages: tuple[lxml.html.HtmlElement, ...]

    @property
    def is_history(self) -> bool:
        """True for the list of a channel, also an empty one."""
        return self.markup.one("tgme_channel_history") is not None

    @property
    def has_newer(self) -> bool:
        """True when the list goes on after its last message."""
        links = (e for e in elements(self.markup.tree) if e.tag in ("a", "link"))
        return any("after=" in (e.get("href") or "") for e in links)

    def ids_of(self, channel: str) -> set[int]:
        """Return the IDs shown of a channel, those of the pictures in an album included."""
        keys = (key for message in self.messages for key in _keys(message))
        split = (key.rpartition("/") for key in keys)
        return {int(number) for name, _, number in split if name == channel}


@dataclass(frozen=True, slots=True)
class Message:
    """A message as a post; ``is_notice`` for what Telegram itself wrote ("Channel created")."""

    post: Post
    is_notice: bool


def read_listing(answer: Answer) -> Listing | None:
    """Return the messages of a page, None when it is no HTML."""
    markup = read_markup(answer)
    if markup is None:
        return None
    found = markup.tree.find_class(_MESSAGE)
    return Listing(markup, tuple(m for m in found if m.get("data-post")))


def error_words(listing: Listing) -> str | None:
    """Return what the widget says in place of a message."""
    error = listing.markup.one("tgme_widget_message_error")
    return shown_text(error) if error is not None else None


def find_message(listing: Listing, key: str) -> lxml.html.HtmlElement | None:
    """Return the message of that key, or the album that holds it as one of its pictures."""
    return next((m for m in listing.messages if key in _keys(m)), None)


def _keys(message: lxml.html.HtmlElement) -> Iterator[str]:
    found = _KEY.fullmatch(message.get("data-post") or "")
    if found:
        yield f"{found['channel'].lower()}/{int(found['id'])}"
    for picture in message.find_class("grouped_media_wrap"):
        key = _key_of(picture.get("href"))
        if key:
            yield key


def _key_of(href: str | None) -> str | None:
    found = _LINK.fullmatch(href or "")
    return f"{found['channel'].lower()}/{int(found['id'])}" if found else None


def read_message(element: lxml.html.HtmlElement, key: str) -> Message:
    """Return a message as a post; its text has the lines that a reader sees."""
    text = "\n".join(piece for piece in (_text(element), _poll(element)) if piece)
    media = tuple(_media(element, key))
    reply = _first(element, _REPLY)
    post = Post(
        id=key,
        text=text,
        author_id=None,
        author_name=_shown(element, "tgme_widget_message_owner_name"),
        handle=key.partition("/")[0],
        created_at=_time(element),
        links=_links(element),
        media=media,
        is_edited=(_shown(element, "tgme_widget_message_meta") or "").lower().startswith("edited"),
        # Every message carries a note for old programs; nothing else to read means it counts.
        is_cut=not text and not any(medium.available for medium in media),
        reply_to_id=_key_of(reply.get("href")) if reply is not None else None,
        quoted=_forwarded(element),
        parent=_parent(reply),
    )
    return Message(post, has_class(element, {"service_message"}))


def _text(element: lxml.html.HtmlElement) -> str:
    found = _body(element)
    return shown_text(found) if found is not None else ""


def _body(element: lxml.html.HtmlElement) -> lxml.html.HtmlElement | None:
    """Return the element of the text; the one in a quoted reply is not it."""
    for found in element.find_class("tgme_widget_message_text"):
        if not any(has_class(above, {_REPLY}) for above in found.iterancestors()):
            return found
    return None


def _links(element: lxml.html.HtmlElement) -> tuple[str, ...]:
    found = _body(element)
    return links_in(found) if found is not None else ()


def _poll(element: lxml.html.HtmlElement) -> str:
    """Return the question and the choices of a poll, without the counts, which change."""
    poll = _first(element, "tgme_widget_message_poll")
    if poll is None:
        return ""
    lines = [_shown(poll, "tgme_widget_message_poll_question") or ""]
    choices = poll.find_class("tgme_widget_message_poll_option_text")
    return "\n".join([*lines, *(f"- {shown_text(choice)}" for choice in choices)])


def _time(element: lxml.html.HtmlElement) -> datetime | None:
    times = (t for t in element.iter("time") if t.get("datetime"))
    found = next(times, None)
    return moment(found.get("datetime")) if found is not None else None


def _forwarded(element: lxml.html.HtmlElement) -> Post | None:
    """Return the post that was forwarded, as far as it is named: where it is and whose."""
    found = _first(element, "tgme_widget_message_forwarded_from_name")
    key = _key_of(found.get("href")) if found is not None else None
    return _stub(key, shown_text(found), "") if found is not None and key else None


def _parent(reply: lxml.html.HtmlElement | None) -> Post | None:
    if reply is None:
        return None
    key = _key_of(reply.get("href"))
    if key is None:
        return None
    author = _shown(reply, "tgme_widget_message_author_name")
    words = _shown(reply, "tgme_widget_message_metatext")
    return _stub(key, author, words or _shown(reply, "tgme_widget_message_text") or "")


def _stub(key: str, author: str | None, text: str) -> Post:
    channel = key.partition("/")[0]
    return Post(key, text, None, author, channel, None, is_cut=True)


def _media(element: lxml.html.HtmlElement, key: str) -> Iterator[Medium]:
    seen: dict[str, int] = {}
    for part in elements(element):
        kind = next((k for name, k in _KINDS.items() if has_class(part, {name})), None)
        if kind is None:
            continue
        name = f"{(_key_of(part.get('href')) or key).rpartition('/')[2]}/{kind}"
        seen[name] = seen.get(name, 0) + 1
        yield _medium(part, kind, name if seen[name] == 1 else f"{name}/{seen[name]}")


def _medium(part: lxml.html.HtmlElement, kind: str, name: str) -> Medium:
    title = _shown(part, "tgme_widget_message_document_title")
    addresses = [url for url in _addresses(part) if url]
    if kind == "document" or not addresses:
        # Only members' programs are given the file; its page is no file.
        return Medium(name, kind, part.get("href") or "", alt=title, available=False)
    return Medium(name, kind, addresses[0], others=tuple(addresses[1:]))


def _addresses(part: lxml.html.HtmlElement) -> Iterator[str | None]:
    for inner in elements(part):
        if inner.tag in ("video", "audio"):
            yield inner.get("src")
        yield inner.get("data-webp")
    for inner in elements(part):
        yield background(inner)


def _first(element: lxml.html.HtmlElement, name: str) -> lxml.html.HtmlElement | None:
    return next(iter(element.find_class(name)), None)


def _shown(element: lxml.html.HtmlElement, name: str) -> str | None:
    found = _first(element, name)
    return (shown_text(found) or None) if found is not None else None
