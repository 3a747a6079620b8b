"""Pages of Instagram in the shapes that yt-dlp and readers of embeds know, 2022 to 2026."""

from __future__ import annotations

import json
from html import escape
from typing import Any

from tests.answers import Reply, html

CODE = "Chunk8-jurw"  # begun 2022-08-26 15:52:22.870 UTC
URL = f"https://www.instagram.com/p/{CODE}/"
TEXT = "12 towers 🗼 & 3 masts\n\n#tower"
BROKEN_WORDS = "The link to this photo or video may be broken, or the post may have been removed."


def cdn(name: str, sign: int = 1) -> str:
    return (
        f"https://scontent-ort2-2.cdninstagram.com/v/t51.2885-15/e35/{name}.jpg?_nc_ht=x&oh={sign}"
    )


def media(**changes: Any) -> dict[str, Any]:
    """Return the data of a post as embeds carry it."""
    made = {
        "__typename": "GraphImage",
        "id": "2913440072144448240",
        "shortcode": CODE,
        "display_url": cdn("24175699_171_222_n"),
        "is_video": False,
        "accessibility_caption": "Photo of a tower",
        "taken_at_timestamp": 1661529231,
        "owner": {"id": "25025320", "username": "towersight", "full_name": "Tower Sight"},
        "edge_media_to_caption": {"edges": [{"node": {"text": TEXT}}]},
        "edge_liked_by": {"count": 5},
    }
    return made | changes


def child(name: str, **changes: Any) -> dict[str, Any]:
    return {"node": {"display_url": cdn(name), "accessibility_caption": None} | changes}


def product(**changes: Any) -> dict[str, Any]:
    """Return the data of a post as pages carry it."""
    made = {
        "pk": "2913440072144448240",
        "code": CODE,
        "caption": {"text": TEXT},
        "taken_at": 1661529231,
        "user": {"pk": "25025320", "username": "towersight", "full_name": "Tower Sight"},
        "image_versions2": {
            "candidates": [
                {"width": 320, "url": cdn("24175699_171_222_n", 2)},
                {"width": 1080, "url": cdn("24175699_171_222_n", 3)},
            ]
        },
        "accessibility_caption": "Photo of a tower",
        "caption_is_edited": False,
    }
    return made | changes


def embed(found: dict[str, Any] | None) -> Reply:
    context = json.dumps({"context": {"likes_count": 5}, "gql_data": {"shortcode_media": found}})
    script = f'requireLazy(["x"],[{{"contextJSON":{json.dumps(context)},"y":1}}]);'
    return html(f"<!DOCTYPE html><title>Instagram</title><body><script>{script}</script></body>")


def drawn(text: str = TEXT, sign: int = 1, leads_to: str = "#") -> Reply:
    shown = escape(text).replace("\n", "<br>")
    picture = f'<img class="EmbeddedMediaImage" alt="Photo of a tower" src="{escape(cdn("a_b_n", sign))}">'
    return html(
        '<title>Instagram</title><body><div class="Embed"><a class="UsernameText">towersight</a>'
        f'<a class="EmbeddedMedia" href="{leads_to}">{picture}</a>'
        f'<div class="Caption"><a class="CaptionUsername">towersight</a><br>{shown}'
        '<div class="CaptionComments">View all 3 comments</div></div></div></body>'
    )


def broken(words: str = BROKEN_WORDS) -> Reply:
    return html(f'<title>Instagram</title><div class="EmbedIsBroken"><p>{words}</p></div>')


def page(found: dict[str, Any]) -> Reply:
    value = {"require": [["X", "next", [], [{"result": {"data": {"items": [found]}}}]]]}
    return html(
        "<title>Tower Sight on Instagram</title>"
        f'<script type="application/json" data-sjs>{json.dumps(value)}</script>'
    )


def tags(code: str = CODE) -> Reply:
    return html(
        "<title>Tower Sight on Instagram</title>"
        '<meta property="og:title" content="Tower Sight on Instagram: &quot;12 towers&quot;">'
        f'<meta property="og:url" content="https://www.instagram.com/p/{code}/">'
    )


SHELL = html("<!DOCTYPE html><title>Instagram</title><script>x()</script>")
LOGIN = html("<title>Login</title>", url="https://www.instagram.com/accounts/login/?next=x")
LOGIN_TITLE = html("<title>Login • Instagram</title><form>")
