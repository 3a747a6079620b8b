"""Replies of YouTube's oEmbed and watch pages, in the shapes that yt-dlp and NewPipe read."""

from __future__ import annotations

import json
from typing import Any

from tests.answers import Reply, data, html, typed

ID = "tower_-2020"
URL = f"https://www.youtube.com/watch?v={ID}"
CHANNEL = "UCtowersightaaaaaaaaaaaa"


def oembed(**changes: Any) -> Reply:
    made = {
        "title": "The tower falls",
        "author_name": "The Tower",
        "author_url": "https://www.youtube.com/@TowerSight",
        "type": "video",
        "thumbnail_url": f"https://i.ytimg.com/vi/{ID}/hqdefault.jpg",
        "html": f'<iframe src="https://www.youtube.com/embed/{ID}?feature=oembed"></iframe>',
    }
    return data(made | changes)


def oembed_says(status: int) -> Reply:
    words = {400: "Bad Request", 401: "Unauthorized", 403: "Forbidden", 404: "Not Found"}
    return typed(words[status].encode(), "text/plain", status)


def details(**changes: Any) -> dict[str, Any]:
    made = {
        "videoId": ID,
        "title": "The tower falls",
        "shortDescription": "It fell at dawn.\nhttps://news.example/tower\n",
        "channelId": CHANNEL,
        "author": "The Tower",
        "viewCount": "12",
    }
    return made | changes


def about(**changes: Any) -> dict[str, Any]:
    made = {
        "publishDate": "2020-01-08T09:06:49-08:00",
        "ownerProfileUrl": "http://www.youtube.com/@TowerSight",
        "isUnlisted": False,
    }
    return {"playerMicroformatRenderer": made | changes}


def watch(player: Any, status: int = 200) -> Reply:
    script = f"var ytInitialPlayerResponse = {json.dumps(player)};var meta = {{}};"
    return html(
        f"<title>The tower falls - YouTube</title><script>{script}</script><p>x</p>", status
    )


def plays(status: str = "OK", **changes: Any) -> Reply:
    player = {
        "playabilityStatus": {"status": status, "playableInEmbed": True},
        "videoDetails": details(),
        "microformat": about(),
    }
    return watch(player | changes)


def refuses(status: str, reason: str = "Video unavailable", more: str | None = None) -> Reply:
    """Return a watch page that says why nothing plays, as it is said in two places."""
    screen: dict[str, Any] = {"reason": {"simpleText": reason}}
    if more is not None:
        screen["subreason"] = {"runs": [{"text": more[:10]}, {"text": more[10:]}]}
    playability = {
        "status": status,
        "reason": reason,
        "errorScreen": {"playerErrorMessageRenderer": screen},
    }
    return watch({"playabilityStatus": playability})
