"""Pages of Threads in the shapes that readers of them know, 2023 to 2026."""

from __future__ import annotations

import json
from typing import Any

from tests.answers import Reply, html

CODE = "DHV7vTivqWD"
USER = "towersight"
URL = f"https://www.threads.com/@{USER}/post/{CODE}"
TEXT = "12 towers 🗼 & 3 masts"


def cdn(name: str, sign: int = 1) -> str:
    return f"https://scontent.cdninstagram.com/v/t51.75761-15/{name}.jpg?oh={sign}"


def post(**changes: Any) -> dict[str, Any]:
    made = {
        "pk": "3589512345678901234",
        "code": CODE,
        "user": {"pk": "314216", "username": USER, "full_name": "Tower Sight"},
        "caption": {"text": TEXT},
        "taken_at": 1742200000,
        "like_count": 5,
        "image_versions2": {"candidates": [{"width": 1080, "url": cdn("480_1_2_n")}]},
        "carousel_media": None,
        "video_versions": None,
        "accessibility_caption": "Photo of a tower",
        "caption_is_edited": False,
        "text_post_app_info": {
            "direct_reply_count": 2,
            "reply_to_author": None,
            "share_info": {"quoted_post": None},
            "link_preview_attachment": {
                "url": "https://l.threads.com/?u=https%3A%2F%2Fnews.example%2Ftower%3Ffbclid%3DPAZ&e=AT"
            },
        },
    }
    return made | changes


def page(*posts: dict[str, Any]) -> Reply:
    """Return a page whose data holds these posts as one thread, and a reply below it."""
    below = {"post": {"code": "DHWreplyAAA", "caption": {"text": "No."}, "user": {}}}
    value = {
        "require": [
            ["Scheduled", "handle", None, [{"__bbox": {"result": {"data": {"data": {"edges": [
                {"node": {"thread_items": [{"post": found} for found in posts]}},
                {"node": {"thread_items": [below]}},
            ]}}}}}]]
        ]
    }  # fmt: skip
    return html(
        "<!DOCTYPE html><title>Tower Sight (@towersight) on Threads</title><body>"
        '<script type="application/json">{"unrelated": [1]}</script>'
        f'<script type="application/json" data-sjs>{json.dumps(value)}</script></body>'
    )


def tags(url: str = URL, title: str = "Tower Sight (@towersight) on Threads") -> Reply:
    return html(
        f'<title>{title}</title><meta property="og:title" content="{title}">'
        f'<meta property="og:description" content="12 towers"><meta property="og:url" content="{url}">'
    )


SHELL = html("<!DOCTYPE html><title>Threads</title><script>x()</script>")
LOGIN_IN_PLACE = tags("https://www.threads.com/", "Threads • Log in")
LOGIN = html("<title>Threads</title>", url="https://www.threads.com/login?next=x")
GONE = html("<title>Threads</title><h1>Sorry, this page isn't available</h1>")
LIMITED = html(
    '<title>Threads</title><script type="application/json" data-sjs>{"require":[["X","y",[],'
    '[{"rootView":{"resource":{"__dr":"BarcelonaGeoBlockedErrorRoot.react"},"props":{"title":'
    '"This content isn\'t available to everyone"}}}]]]}</script>'
)
