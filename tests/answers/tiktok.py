"""Answers of TikTok in the shapes that yt-dlp, TikTok-Api and public notes read, 2023 to 2026."""

from __future__ import annotations

import json
from typing import Any

from tests.answers import Reply, data, html

ID = "6984138651336838402"  # made 2021-07-12 20:24:57 UTC
USER = "towersight"
TEXT = "12 towers 🗼 & 3 masts #tower"


def oembed(**changes: Any) -> Reply:
    made = {
        "version": "1.0",
        "type": "video",
        "title": TEXT,
        "author_url": f"https://www.tiktok.com/@{USER}",
        "author_name": "Tower Sight",
        "author_unique_id": USER,
        "html": f'<blockquote class="tiktok-embed" data-video-id="{ID}"></blockquote>',
        "thumbnail_url": "https://p16.tiktokcdn.com/obj/abc?x-expires=1",
        "provider_name": "TikTok",
        "embed_product_id": ID,
        "embed_type": "video",
    }
    return data(made | changes)


def refused(status: int = 400) -> Reply:
    return data({"code": status, "message": "Something went wrong"}, status)


def item(**changes: Any) -> dict[str, Any]:
    made = {
        "id": ID,
        "desc": TEXT,
        "createTime": "1626121503",
        "textLanguage": "en",
        "author": {"id": "6974687867511718913", "uniqueId": USER, "nickname": "Tower Sight"},
        "stats": {"playCount": 5, "diggCount": 3},
        "video": {
            "id": ID,
            "playAddr": "https://v16.tiktok.com/video/tos/abc/?sign=1",
            "downloadAddr": "https://v16.tiktok.com/video/tos/def/?sign=1",
            "bitrateInfo": [
                {"PlayAddr": {"UrlList": ["https://v19.tiktok.com/video/tos/abc/?sign=2"]}}
            ],
        },
    }
    return made | changes


def picture(name: str) -> dict[str, Any]:
    return {"imageURL": {"urlList": [f"https://p16.tiktokcdn.com/tos/{name}~tplv-q75.jpeg?x=1"]}}


def page(
    struct: dict[str, Any] | None = None,
    code: int = 0,
    message: str = "",
    scope: str = "webapp.video-detail",
) -> Reply:
    detail = {"statusCode": code, "statusMsg": message}
    if struct is not None:
        detail["itemInfo"] = {"itemStruct": struct}
    value = {"__DEFAULT_SCOPE__": {"webapp.app-context": {"language": "en"}, scope: detail}}
    return html(
        "<!DOCTYPE html><html><head><title>TikTok - Make Your Day</title></head><body>"
        '<script id="__UNIVERSAL_DATA_FOR_REHYDRATION__" type="application/json">'
        f"{json.dumps(value)}</script></body></html>"
    )


SHELL = html("<!DOCTYPE html><title>Please wait...</title><p id='wci'></p><script>x()</script>")
LOGIN = html("<title>Log in | TikTok</title>", url="https://www.tiktok.com/login?redirect_url=x")
