"""Replies of X's public end-points, in the shapes measured in 2026 (see docs.x.com for oEmbed)."""

from __future__ import annotations

from collections.abc import Generator
from typing import Any, TypeVar

from archiver.model.inquiry import Answer, Outcome, Question
from tests.answers import Reply, data, failed, html

T = TypeVar("T")

ID = "1214956636730744833"  # 2020-01-08 17:06:49.656 UTC
EDITED_ID = "1214957000000000001"
HANDLE = "TowerSight"
NOT_FOUND_PAGE = "<!DOCTYPE html><title>Not Found</title><p>Not found.</p>"

GONE_WORDS = "This Post was deleted by the Post author. Learn more"
ACCOUNT_WORDS = "This Post is from an account that no longer exists. Learn more"
SUSPENDED_WORDS = "This Post is from a suspended account. Learn more"
REMOVED_WORDS = "This Post violated the X Rules. Learn more"
PROTECTED_WORDS = (
    "You’re unable to view this Post because this account owner limits who can view their Posts. "
    "Learn more"
)
AGE_WORDS = (
    "Age-restricted adult content. This content might not be appropriate for people under 18 years "
    "old. To view this media, you’ll need to log in to X. Learn more"
)


def tweet(**changes: Any) -> dict[str, Any]:
    """Return a living post with one link, one photo and hashtags."""
    made = {
        "__typename": "Tweet",
        "lang": "en",
        "favorite_count": 12,
        "possibly_sensitive": False,
        "created_at": "2020-01-08T17:06:49.000Z",
        "display_text_range": [0, 60],
        "entities": {
            "hashtags": [{"indices": [30, 36], "text": "tower"}],
            "urls": [
                {
                    "url": "https://t.co/PvWOVSMtuy",
                    "display_url": "news.example/2020/01/08/wor…",
                    "expanded_url": "https://www.news.example/2020/01/08/world/tower.html",
                    "indices": [40, 63],
                }
            ],
            "user_mentions": [],
            "symbols": [],
            "media": [
                {
                    "url": "https://t.co/y2MZyT187R",
                    "display_url": "pic.twitter.com/y2MZyT187R",
                    "expanded_url": f"https://twitter.com/{HANDLE}/status/{ID}/photo/1",
                    "indices": [64, 87],
                }
            ],
        },
        "id_str": ID,
        "text": (
            "12 towers &amp; 3 masts &lt; 40 m 🛩 #tower (https://t.co/PvWOVSMtuy) still stand "
            "https://t.co/y2MZyT187R"
        ),
        "user": {
            "id_str": "7001",
            "name": "The Tower – مراقب",
            "screen_name": HANDLE,
            "profile_image_url_https": "https://pbs.twimg.com/profile_images/7001/a_normal.jpg",
            "is_blue_verified": False,
        },
        "edit_control": {
            "edit_tweet_ids": [ID],
            "editable_until_msecs": "1578505009656",
            "is_edit_eligible": True,
            "edits_remaining": "5",
        },
        "mediaDetails": [photo()],
        "photos": [
            {"url": "https://pbs.twimg.com/media/ENxabcDEF.jpg", "width": 900, "height": 600}
        ],
        "conversation_count": 3,
        "news_action_type": "conversation",
        "isEdited": False,
        "isStaleEdit": False,
    }
    return made | changes


def photo(**changes: Any) -> dict[str, Any]:
    return {
        "type": "photo",
        "media_url_https": "https://pbs.twimg.com/media/ENxabcDEF.jpg",
        "url": "https://t.co/y2MZyT187R",
        "display_url": "pic.twitter.com/y2MZyT187R",
        "expanded_url": f"https://twitter.com/{HANDLE}/status/{ID}/photo/1",
        "ext_alt_text": "A tower at dawn",
        "ext_media_availability": {"status": "Available"},
        "original_info": {"height": 600, "width": 900, "focus_rects": []},
        "indices": [64, 87],
    } | changes


def video(*variants: dict[str, Any], kind: str = "video") -> dict[str, Any]:
    return photo(
        type=kind,
        media_url_https="https://pbs.twimg.com/ext_tw_video_thumb/1214956000000000000/pu/img/Q.jpg",
        video_info={"aspect_ratio": [16, 9], "variants": list(variants)},
    )


def mp4(bitrate: int | None, name: str) -> dict[str, Any]:
    rate = {} if bitrate is None else {"bitrate": bitrate}
    return {"content_type": "video/mp4", "url": f"https://video.twimg.com/{name}.mp4", **rate}


def playlist() -> dict[str, Any]:
    return {"content_type": "application/x-mpegURL", "url": "https://video.twimg.com/pl/Q.m3u8"}


def edited(newest: str = EDITED_ID, **changes: Any) -> dict[str, Any]:
    """Return a version of a post that was edited once; the old one unless ``id_str`` is given."""
    control = {"edit_tweet_ids": [ID, newest], "editable_until_msecs": "1578508609656"}
    stale = {"isStaleEdit": changes.get("id_str", ID) == ID}
    return tweet(edit_control=control, isEdited=True, **stale) | changes


def tombstone(words: str | None) -> Reply:
    if words is None:
        return data({"__typename": "TweetTombstone", "tombstone": {}})
    link = {
        "from_index": 42,
        "to_index": 52,
        "ref": {"__typename": "TimelineUrl", "url": "https://help.x.com/"},
    }
    text = {"text": words, "entities": [link], "rtl": False}
    return data({"__typename": "TweetTombstone", "tombstone": {"text": text}})


def oembed_serves() -> Reply:
    return data(
        {"type": "rich", "version": "1.0", "html": "<blockquote>…</blockquote>", "height": None}
    )


def oembed_404() -> Reply:
    return data({"error": "Sorry, that page does not exist"}, 404)


def oembed_protected() -> Reply:
    words = "Sorry, you are not authorized to see this status."
    return data({"error": words, "request": "/oembed"}, 403)


def oembed_suspended() -> Reply:
    return data({"error": "User has been suspended.", "request": "/oembed"}, 403)


def refused_with_a_page(status: int = 403) -> Reply:
    return html("<!DOCTYPE html><title>Access denied</title><p>Access denied.</p>", status)


# --- the paid interface: shapes of api.x.com/2/tweets, recorded 2021 and documented 2026-08 -------

NO_TOKEN = failed(Outcome.REFUSED, "credential: none is set")


def with_api(
    inquiry: Generator[Question, Answer, T], api: Reply = NO_TOKEN
) -> Generator[Question, Answer, T]:
    """Answer the questions that need the operator's token, and hand the others on."""
    answer: Answer | None = None
    while True:
        try:
            question = next(inquiry) if answer is None else inquiry.send(answer)
        except StopIteration as end:
            result: T = end.value
            return result
        answer = api.to(question) if question.credential else (yield question)


def api_problem(
    kind: str,
    title: str,
    detail: str,
    *,
    resource_id: str = ID,
    host: str = "api.twitter.com",
    **more: str,
) -> Reply:
    error = {
        "value": resource_id,
        "detail": detail,
        "title": title,
        "resource_type": "tweet",
        "parameter": "ids",
        "resource_id": resource_id,
        "type": f"https://{host}/2/problems/{kind}",
    }
    return data({"errors": [error | more]})


def api_serves(**changes: Any) -> Reply:
    """Return the post of :func:`tweet` as the API gives it."""
    picture = "3_1214956600000000001"
    made: dict[str, Any] = {
        "id": ID,
        "author_id": "7001",
        "lang": "en",
        "created_at": "2020-01-08T17:06:49.000Z",
        "text": tweet()["text"],
        "edit_history_tweet_ids": [ID],
        "attachments": {"media_keys": [picture]},
        "entities": {
            "urls": [
                tweet()["entities"]["urls"][0] | {"start": 40, "end": 63},
                tweet()["entities"]["media"][0] | {"media_key": picture},
            ]
        },
    }
    media = {
        "media_key": picture,
        "type": "photo",
        "url": "https://pbs.twimg.com/media/ENxabcDEF.jpg",
        "alt_text": "A tower at dawn",
    }
    user = {"id": "7001", "name": "The Tower – مراقب", "username": HANDLE}
    includes = {"users": [user], "media": [media], **changes.pop("includes", {})}
    return data({"data": [made | changes], "includes": includes})
