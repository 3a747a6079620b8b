"""Replies of servers of the fediverse.

Shapes: docs.joinmastodon.org (2026-07-02), replies recorded 2026-08-01, shapes measured
2026-08-02; ActivityStreams 2.0; Misskey's own schema. Words and names are ours.
"""

from __future__ import annotations

from typing import Any

from tests.answers import Reply, data, html

HOST = "social.tower.example"
OTHER = "elsewhere.example"
ID = "117020583223442465"  # 2026-08-01 13:53:15.378 UTC
COPY_ID = "117020583290000001"
NOTE_ID = "apa8i2g808c009ch"
USER = "TowerSight"
URL = f"https://{HOST}/@{USER}/{ID}"
URI = f"https://{HOST}/users/{USER}/statuses/{ID}"
MARKUP = (
    "<p>12 towers &amp; 3 masts</p><p>See "
    '<a href="https://news.example/2026/08/01/tower"><span class="invisible">https://</span>'
    '<span class="ellipsis">news.example/2026/08</span>'
    '<span class="invisible">/01/tower</span></a> '
    f'<a href="https://{HOST}/tags/tower" class="mention hashtag" rel="tag">#<span>tower</span></a></p>'
)
PICTURE = "https://files.tower.example/media_attachments/files/117/original/5784df1febb9890a.jpg"


def account(**changes: Any) -> dict[str, Any]:
    made = {
        "id": "117020565966271181",
        "username": USER,
        "acct": USER,
        "display_name": "The Tower – مراقب",
        "url": f"https://{HOST}/@{USER}",
        "uri": f"https://{HOST}/users/{USER}",
        "followers_count": 3,
    }
    return made | changes


def status(**changes: Any) -> dict[str, Any]:
    made: dict[str, Any] = {
        "id": ID,
        "created_at": "2026-08-01T13:53:15.378Z",
        "in_reply_to_id": None,
        "sensitive": False,
        "spoiler_text": "",
        "visibility": "public",
        "language": "en",
        "uri": URI,
        "url": URL,
        "replies_count": 4,
        "edited_at": None,
        "content": MARKUP,
        "reblog": None,
        "account": account(),
        "media_attachments": [],
        "quote": None,
        "card": None,
        "poll": None,
    }
    return made | changes


def picture(**changes: Any) -> dict[str, Any]:
    made = {
        "id": "1",
        "type": "image",
        "url": PICTURE,
        "preview_url": PICTURE.replace("original", "small"),
        "remote_url": None,
        "description": "A tower at dawn",
    }
    return made | changes


def copy(**changes: Any) -> dict[str, Any]:
    """Return the status as another server has it: its own ID, the origin's addresses."""
    return status(id=COPY_ID, account=account(acct=f"{USER}@{HOST}")) | changes


def note_object(**changes: Any) -> Reply:
    """Return the post as an ActivityPub object."""
    made = {
        "@context": "https://www.w3.org/ns/activitystreams",
        "id": URI,
        "type": "Note",
        "summary": None,
        "published": "2026-08-01T13:53:15Z",
        "url": URL,
        "attributedTo": f"https://{HOST}/users/{USER}",
        "to": ["https://www.w3.org/ns/activitystreams#Public"],
        "content": MARKUP,
        "contentMap": {"en": MARKUP},
        "attachment": [],
    }
    return data(made | changes)


def tombstone(code: int = 410, **changes: Any) -> Reply:
    return data({"type": "Tombstone", "id": URI} | changes, code)


def error(code: int, words: str = "Record not found") -> Reply:
    return data({"error": words}, code)


def page(code: int) -> Reply:
    return html("<!DOCTYPE html><title>The page</title><p>The page you are looking for.</p>", code)


def looked_up(**changes: Any) -> Reply:
    return data(account(**changes))


def note(**changes: Any) -> dict[str, Any]:
    """Return a Misskey note."""
    made: dict[str, Any] = {
        "id": NOTE_ID,
        "createdAt": "2026-08-01T13:53:15.378Z",
        "text": "12 towers & 3 masts\nstill stand",
        "cw": None,
        "userId": "9abc",
        "user": {"id": "9abc", "username": USER, "host": None, "name": "The Tower"},
        "visibility": "public",
        "files": [],
        "renote": None,
        "reply": None,
    }
    return made | changes


def refusal(code: str, http: int = 400) -> Reply:
    return data({"error": {"message": "No.", "code": code, "id": "24fcbfc6"}}, http)
