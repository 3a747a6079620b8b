"""A post as X's syndication end-point gives it.

Source: field shapes measured 2026-08-02 (apricot-cake/hologram, snapshots/x.json) and the types
of vercel/react-tweet.

Nothing is cut out by ``indices`` or ``display_text_range``: some replies count code points in
them, others UTF-16 units. Links are found by their text, which is unique.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from html import unescape

from archiver.model.post import Post
from archiver.platforms._json import Object, inner, number, objects, text, texts
from archiver.platforms._x_media import is_address, media_of

_UNIX = datetime(1970, 1, 1, tzinfo=UTC)
_MAX_MS = 4_102_444_800_000  # the year 2100; later ones are no time of a post
_ID = re.compile(r"[0-9]{1,20}")  # IDs are 64-bit
# Bounds far beyond any post (25,000 characters), so that no reply can grow without end.
_MAX_CHARS = 2**20
_MAX_ENTITIES = 1000

# A withheld post comes back as a live one whose text is replaced.
# Source: nitter's parser and PR 429, cawbird issue 428 (2022), gallery-dl issue 8103 (2025-08).
_WITHHELD = re.compile(
    r"(?:@(?P<account>\w{1,20})['’]s account"
    r"|This (?:Tweet|Post) from @(?P<post>\w{1,20})) has been withheld\b.*",
    re.DOTALL,
)
# Other words of the same kind count only where the post once showed a text of its own.
_REPLACED = re.compile(
    r"\b(?:has been|is|was) withheld\b|\bin response to a (?:legal demand|report from)\b"
    r"|\baccount is temporarily unavailable because it violates\b",
    re.I,
)


def read_post(reply: Object, *, with_others: bool = True) -> Post | None:
    """Return the post, with those it quotes and answers, or None when it has no ID or no text.

    A text that no post can have, for its length, is none.
    """
    number_text, raw = text(reply, "id_str"), text(reply, "text")
    if number_text is None or _ID.fullmatch(number_text) is None:
        return None
    if raw is None or len(raw) > _MAX_CHARS:
        return None
    user, control = inner(reply, "user"), inner(reply, "edit_control")
    handle = text(user, "screen_name")
    quoted = inner(reply, "quoted_tweet") if with_others else {}
    parent = inner(reply, "parent") if with_others else {}
    return Post(
        id=number_text,
        text=_shown_text(reply, raw),
        author_id=text(user, "id_str"),
        author_name=text(user, "name"),
        handle=handle,
        created_at=_time(text(reply, "created_at")),
        language=text(reply, "lang"),
        links=_links(reply),
        media=media_of(reply),
        edit_ids=tuple(_chain(reply)),
        editable_until=_moment(number(control, "editable_until_msecs")),
        is_edited=reply.get("isEdited") is True,
        # The whole long text is not in this reply: what is here is its beginning.
        is_cut="note_tweet" in reply,
        is_withheld=_is_withheld(unescape(raw), handle),
        reply_to_id=text(reply, "in_reply_to_status_id_str"),
        quoted=read_post(quoted, with_others=False) if quoted else None,
        parent=read_post(parent, with_others=False) if parent else None,
    )


def is_replaced(post: Post, shown: Post | None) -> bool:
    """Tell whether the text is X's own in place of the author's, by its words and what it was.

    No post can be edited later than its ``editable_until``, so words about withholding where
    another text once stood are not the author's.
    """
    if post.is_withheld:
        return True
    if shown is None or shown.is_withheld or post.id not in (shown.id, *shown.edit_ids):
        return False
    return post.text != shown.text and _REPLACED.search(post.text) is not None


def newer_id(reply: Object, asked: str) -> str | None:
    """Return the newest ID of the edit chain when ``asked`` is not it: its text is an old one."""
    newest = max(_chain(reply), key=int, default=asked)
    return newest if int(newest) > int(asked) else None


def media_urls(post: Post) -> tuple[str, ...]:
    """Return the media of a post and of those it quotes and answers, at original size."""
    around = (other for other in (post.quoted, post.parent) if other is not None)
    media = (*post.media, *(medium for other in around for medium in other.media))
    urls = (medium.url for medium in media if medium.available and is_address(medium.url))
    return tuple(dict.fromkeys(urls))


def _chain(reply: Object) -> list[str]:
    """Return the IDs of the edit chain; what is none is left out."""
    entries = texts(inner(reply, "edit_control"), "edit_tweet_ids")
    return [entry for entry in entries if _ID.fullmatch(entry)]


def _is_withheld(raw: str, handle: str | None) -> bool:
    found = _WITHHELD.fullmatch(raw)
    if found is None:
        return False
    return handle is None or (found["account"] or found["post"]).lower() == handle.lower()


def _shown_text(reply: Object, raw: str) -> str:
    """Return the text as a reader sees it: short links as shown, those of pictures left out."""
    entities = inner(reply, "entities")
    shown = unescape(raw)
    quoted = text(inner(reply, "quoted_tweet"), "id_str")
    for entry in objects(entities, "urls")[:_MAX_ENTITIES]:
        short, target = text(entry, "url"), text(entry, "expanded_url") or ""
        is_quote = quoted is not None and f"/status/{quoted}" in target
        if short:
            words = "" if is_quote else text(entry, "display_url") or short
            shown = _replaced(shown, short, words)
    pictures = [*objects(entities, "media"), *objects(reply, "mediaDetails")]
    for entry in pictures[:_MAX_ENTITIES]:
        shown = shown.replace(text(entry, "url") or "\0", "")
    return shown.strip()


def _replaced(shown: str, short: str, words: str) -> str:
    """Put the words of a link in its place, unless the text would grow beyond any post."""
    grows = shown.count(short) * max(0, len(words) - len(short))
    return shown.replace(short, words) if len(shown) + grows <= _MAX_CHARS else shown


def _links(reply: Object) -> tuple[str, ...]:
    entries = objects(inner(reply, "entities"), "urls")
    targets = (text(entry, "expanded_url") or text(entry, "url") for entry in entries)
    return tuple(dict.fromkeys(target for target in targets if target))


def _time(value: str | None) -> datetime | None:
    try:
        at = datetime.fromisoformat(value) if value else None
        return at.astimezone(UTC) if at is not None and at.tzinfo is not None else None
    except (ValueError, OverflowError):
        return None


def _moment(ms: int | None) -> datetime | None:
    if ms is None or not 0 < ms < _MAX_MS:
        return None
    return _UNIX + timedelta(milliseconds=ms)
