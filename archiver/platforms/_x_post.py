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
from urllib.parse import urlsplit

from archiver.model.post import Medium, Post
from archiver.platforms._json import Object, inner, number, objects, text, texts

_UNIX = datetime(1970, 1, 1, tzinfo=UTC)
_MAX_MS = 4_102_444_800_000  # the year 2100; later ones are no time of a post

# A withheld post comes back as a live one whose text is replaced.
# Source: nitter's parser and PR 429, cawbird issue 428 (2022), gallery-dl issue 8103 (2025-08).
_WITHHELD = re.compile(
    r"(?:@(?P<account>\w{1,15})['’]s account"
    r"|This (?:Tweet|Post) from @(?P<post>\w{1,15})) has been withheld\b.*",
    re.DOTALL,
)
# In these folders of pbs.twimg.com the ID stands before the name of one picture of it.
_VIDEO_FOLDERS = frozenset({"ext_tw_video_thumb", "amplify_video_thumb"})


def read_post(reply: Object, *, with_quoted: bool = True) -> Post | None:
    """Return the post, or None when the reply has no ID or no text."""
    number_text, raw = text(reply, "id_str"), text(reply, "text")
    if number_text is None or not number_text.isdigit() or raw is None:
        return None
    user, control = inner(reply, "user"), inner(reply, "edit_control")
    handle = text(user, "screen_name")
    quoted = inner(reply, "quoted_tweet") if with_quoted else {}
    return Post(
        id=number_text,
        text=_shown_text(reply, raw),
        author_id=text(user, "id_str"),
        author_name=text(user, "name"),
        handle=handle,
        created_at=_time(text(reply, "created_at")),
        language=text(reply, "lang"),
        links=_links(reply),
        media=tuple(m for entry in objects(reply, "mediaDetails") if (m := _medium(entry))),
        edit_ids=tuple(texts(control, "edit_tweet_ids")),
        editable_until=_moment(number(control, "editable_until_msecs")),
        is_edited=reply.get("isEdited") is True,
        # The whole long text is not in this reply: what is here is its beginning.
        is_cut="note_tweet" in reply,
        is_withheld=_is_withheld(raw, handle),
        reply_to_id=text(reply, "in_reply_to_status_id_str"),
        quoted=read_post(quoted, with_quoted=False) if quoted else None,
    )


def newer_id(reply: Object, asked: str) -> str | None:
    """Return the newest ID of the edit chain when ``asked`` is not it: its text is an old one."""
    chain = [
        entry for entry in texts(inner(reply, "edit_control"), "edit_tweet_ids") if entry.isdigit()
    ]
    newest = max(chain, key=int, default=asked)
    return newest if int(newest) > int(asked) else None


def media_urls(post: Post) -> tuple[str, ...]:
    """Return the media of a post and of the one it quotes, at original size."""
    media = (*post.media, *(post.quoted.media if post.quoted else ()))
    return tuple(dict.fromkeys(medium.url for medium in media if medium.available))


def _is_withheld(raw: str, handle: str | None) -> bool:
    found = _WITHHELD.fullmatch(raw)
    if found is None or handle is None:
        return False
    return (found["account"] or found["post"]).lower() == handle.lower()


def _shown_text(reply: Object, raw: str) -> str:
    """Return the text as a reader sees it: short links as shown, those of pictures left out."""
    entities = inner(reply, "entities")
    shown = unescape(raw)
    quoted = text(inner(reply, "quoted_tweet"), "id_str")
    for entry in objects(entities, "urls"):
        short, target = text(entry, "url"), text(entry, "expanded_url") or ""
        is_quote = quoted is not None and f"/status/{quoted}" in target
        if short:
            shown = shown.replace(short, "" if is_quote else text(entry, "display_url") or short)
    for entry in [*objects(entities, "media"), *objects(reply, "mediaDetails")]:
        shown = shown.replace(text(entry, "url") or "\0", "")
    return shown.strip()


def _links(reply: Object) -> tuple[str, ...]:
    entries = objects(inner(reply, "entities"), "urls")
    targets = (text(entry, "expanded_url") or text(entry, "url") for entry in entries)
    return tuple(dict.fromkeys(target for target in targets if target))


def _medium(entry: Object) -> Medium | None:
    picture, kind = text(entry, "media_url_https"), text(entry, "type")
    if picture is None or kind is None:
        return None
    availability = text(inner(entry, "ext_media_availability"), "status")
    return Medium(
        key=_key(picture),
        kind=kind,
        url=_video(entry) or _original(picture),
        alt=text(entry, "ext_alt_text"),
        available=availability in (None, "Available"),
    )


def _key(picture: str) -> str:
    """Return the identity in the path: sizes and formats vary, the key does not."""
    segments = [segment for segment in urlsplit(picture).path.split("/") if segment]
    if len(segments) > 1 and segments[0] in _VIDEO_FOLDERS:
        return segments[1]
    return segments[-1].partition(".")[0] if segments else picture


def _original(picture: str) -> str:
    """Return a photo's address at original size; other pictures have one size only."""
    parts = urlsplit(picture)
    stem, _, form = parts.path.partition(":")[0].rpartition(".")
    if not parts.path.startswith("/media/") or not stem:
        return picture
    return f"https://{parts.netloc}{stem}?format={form}&name=orig"


def _video(entry: Object) -> str | None:
    """Return the MP4 with the highest bitrate; a playlist only where there is no MP4."""
    variants = [(v, text(v, "url")) for v in objects(inner(entry, "video_info"), "variants")]
    files = [(number(v, "bitrate") or 0, url) for v, url in variants if url and _is_mp4(v)]
    if files:
        return max(files)[1]
    return next((url for _, url in variants if url), None)


def _is_mp4(variant: Object) -> bool:
    return text(variant, "content_type") == "video/mp4"


def _time(value: str | None) -> datetime | None:
    try:
        at = datetime.fromisoformat(value) if value else None
    except ValueError:
        return None
    return at.astimezone(UTC) if at is not None and at.tzinfo is not None else None


def _moment(ms: int | None) -> datetime | None:
    if ms is None or not 0 < ms < _MAX_MS:
        return None
    return _UNIX + timedelta(milliseconds=ms)
