"""A post of the fediverse as each of three interfaces gives it.

All three give the same post the same identity (its ActivityPub ID) and the same revision (the
time of its last version, to the second), so that they can be compared with one another.

Source: docs.joinmastodon.org, entities Status, MediaAttachment and Quote (2026-07-02), with field
shapes measured 2026-08-02 (apricot-cake/hologram) and replies recorded 2026-08-01 (Mastodon.py);
ActivityStreams 2.0; Misskey's schema of Note.
"""

from __future__ import annotations

import re
from datetime import datetime

from archiver.model.post import Medium, Post
from archiver.platforms._json import Object, inner, objects, text, texts
from archiver.platforms._media import path_of
from archiver.platforms._moments import moment
from archiver.platforms._post_html import links_of, words_of

_PROFILE = re.compile(r"^(https?://[^/?#]+)/@([A-Za-z0-9_.-]+)/?$", re.ASCII)
_KINDS = {"image": "photo", "gifv": "video", "Image": "photo", "Video": "video", "Audio": "audio"}


# --- Mastodon's interface -----------------------------------------------------------------------


def read_status(status: Object, host: str, *, with_quoted: bool = True) -> Post | None:
    """Return the post of a status as the server ``host`` gives it; None when it is none."""
    account, markup = inner(status, "account"), text(status, "content")
    uri = text(status, "uri")
    if uri is None or markup is None or not account:
        return None
    acct = text(account, "acct") or text(account, "username") or ""
    created, edited = moment(text(status, "created_at")), moment(text(status, "edited_at"))
    return Post(
        id=uri,
        text=words_of(markup),
        author_id=text(account, "uri") or _actor_of(text(account, "url")),
        author_name=text(account, "display_name") or None,
        handle=acct if "@" in acct else f"{acct}@{host}",
        created_at=created,
        language=text(status, "language"),
        links=links_of(markup),
        media=tuple(m for e in objects(status, "media_attachments") if (m := _attachment(e))),
        is_edited=edited is not None,
        reply_to_id=text(status, "in_reply_to_id"),
        quoted=_quoted_status(status, host) if with_quoted else None,
        title=text(status, "spoiler_text") or None,
        revision=_revision(edited or created),
        edited_at=edited,
    )


def _actor_of(url: str | None) -> str | None:
    """Return the ActivityPub ID of an account by its page, where servers give no ID.

    Source: Mastodon before 4.2, GoToSocial and Pixelfed: ``/@NAME`` is the page of ``/users/NAME``.
    """
    return _PROFILE.sub(r"\1/users/\2", url) if url else None


def _quoted_status(status: Object, host: str) -> Post | None:
    """Return the post it boosts or quotes; Pleroma puts the quoted post where Mastodon wraps it."""
    quote = inner(status, "quote")
    found = inner(status, "reblog") or inner(quote, "quoted_status") or quote
    return read_status(found, host, with_quoted=False) if found else None


def _attachment(entry: Object) -> Medium | None:
    own, remote = text(entry, "url"), text(entry, "remote_url")
    urls = tuple(dict.fromkeys(url for url in (own, remote) if url))
    if not urls:
        return None
    kind = text(entry, "type") or "unknown"
    return Medium(
        key=path_of(remote or urls[0]),
        kind=_KINDS.get(kind, kind),
        url=urls[0],
        alt=text(entry, "description") or None,
        others=urls[1:],
    )


# --- ActivityPub --------------------------------------------------------------------------------

_OBJECTS = frozenset({"Note", "Article", "Question", "Page", "Image", "Video", "Audio", "Event"})


def is_tombstone(value: Object) -> bool:
    """Tell whether the object says that it was deleted. Source: ActivityStreams 2.0, Tombstone."""
    return text(value, "type") == "Tombstone"


def read_activity(value: Object) -> Post | None:
    """Return the post of an ActivityPub object; None when it is none."""
    uri, markup = text(value, "id"), text(value, "content")
    if uri is None or markup is None or text(value, "type") not in _OBJECTS:
        return None
    created, updated = moment(text(value, "published")), moment(text(value, "updated"))
    edited = updated if updated != created else None
    languages = list(inner(value, "contentMap"))
    quoted = text(value, "quote") or text(value, "quoteUri") or text(value, "quoteUrl")
    return Post(
        id=uri,
        text=words_of(markup),
        author_id=_actor(value),
        author_name=None,
        handle=None,
        created_at=created,
        language=languages[0] if len(languages) == 1 else None,
        links=links_of(markup),
        media=tuple(m for e in objects(value, "attachment") if (m := _document(e))),
        is_edited=edited is not None,
        reply_to_id=text(value, "inReplyTo"),
        quoted=Post(quoted, "", None, None, None, None, is_cut=True) if quoted else None,
        title=text(value, "name") or text(value, "summary") or None,
        revision=_revision(edited or created),
        edited_at=edited,
    )


def _actor(value: Object) -> str | None:
    actors = texts(value, "attributedTo")
    actor = text(value, "attributedTo") or (actors[0] if actors else None)
    return actor or text(inner(value, "attributedTo"), "id")


def _document(entry: Object) -> Medium | None:
    url = text(entry, "url") or text(entry, "href")
    if url is None:
        return None
    kind = (text(entry, "mediaType") or "").partition("/")[0] or text(entry, "type") or "unknown"
    alt = text(entry, "name") or text(entry, "summary") or None
    return Medium(path_of(url), _KINDS.get(kind, kind), url, alt)


# --- Misskey's interface ------------------------------------------------------------------------


def read_note(note: Object, host: str, *, with_others: bool = True) -> Post | None:
    """Return the post of a Misskey note; None when it is none."""
    note_id, user = text(note, "id"), inner(note, "user")
    if note_id is None or not user or "text" not in note:
        return None
    home = text(user, "host")
    created, updated = moment(text(note, "createdAt")), moment(text(note, "updatedAt"))
    return Post(
        id=text(note, "uri") or f"https://{host}/notes/{note_id}",
        text=(text(note, "text") or "").strip(),
        author_id=_user(user, host),
        author_name=text(user, "name") or None,
        handle=f"{text(user, 'username') or ''}@{home or host}",
        created_at=created,
        media=tuple(m for e in objects(note, "files") if (m := _file(e))),
        is_edited=updated is not None,
        reply_to_id=text(note, "replyId"),
        quoted=_other_note(note, "renote", host) if with_others else None,
        title=text(note, "cw") or None,
        revision=_revision(updated or created),
        edited_at=updated,
        parent=_other_note(note, "reply", host) if with_others else None,
    )


def _user(user: Object, host: str) -> str | None:
    """Return the ActivityPub ID of the server's own user; that of others is not told."""
    user_id = text(user, "id")
    return f"https://{host}/users/{user_id}" if user_id and not text(user, "host") else None


def _other_note(note: Object, name: str, host: str) -> Post | None:
    other = inner(note, name)
    return read_note(other, host, with_others=False) if other else None


def _file(entry: Object) -> Medium | None:
    url = text(entry, "url")
    if url is None:
        return None
    kind = (text(entry, "type") or "unknown").partition("/")[0]
    return Medium(path_of(url), _KINDS.get(kind, kind), url, text(entry, "comment") or None)


# --- parts --------------------------------------------------------------------------------------


def _revision(at: datetime | None) -> str | None:
    return at.replace(microsecond=0).isoformat() if at is not None else None
