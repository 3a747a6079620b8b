"""Pages of LinkedIn: linked data as in a saved public post of 2026-06-05, markup as readers know it."""

from __future__ import annotations

import json
from html import escape
from typing import Any

from tests.answers import Reply, html

ID = "7468765250281046016"  # 2026-06-05 20:46:38.615 UTC
KEY = f"activity:{ID}"
SLUG = f"https://www.linkedin.com/posts/towersight_what-the-tower-saw-activity-{ID}-5CCd"
URL = f"https://www.linkedin.com/feed/update/urn:li:{KEY}/"
TEXT = "12 towers 🗼 & 3 masts\n\nRead: https://lnkd.in/gmtbQDG5"


def picture(
    name: str = "D5627AQEsQn05QPvAmA", kind: str = "feedshare-shrink_800", t: int = 1
) -> str:
    return f"https://media.licdn.com/dms/image/v2/{name}/{kind}/B56Z/0/178?e=214&v=beta&t={t}"


def posting(**changes: Any) -> dict[str, Any]:
    made = {
        "@context": "http://schema.org",
        "@type": "SocialMediaPosting",
        "@id": SLUG,
        "datePublished": "2026-06-05T20:46:38.597Z",
        "headline": "12 towers",
        "articleBody": TEXT,
        "author": {
            "@type": "Organization",
            "name": "Tower Sight",
            "url": "https://www.linkedin.com/company/towersight",
        },
        "image": {"@type": "ImageObject", "url": picture()},
        "comment": [{"@type": "Comment", "text": "No.", "author": {"name": "Somebody"}}],
        "commentCount": 1,
    }
    return made | changes


def page(*found: dict[str, Any]) -> Reply:
    scripts = (f'<script type="application/ld+json">{json.dumps(one)}</script>' for one in found)
    return html(
        "<!DOCTYPE html><title>Tower Sight on LinkedIn: 12 towers | 21 comments</title>"
        f"{''.join(scripts)}<body><form></form>"
    )


def cards(*shown: tuple[str, str]) -> Reply:
    """Return a page with cards, as a public page has of its post and of more posts below."""
    drawn = "".join(_card(number, text) for number, text in shown)
    return html(f"<!DOCTYPE html><title>LinkedIn</title><body>{drawn}")


def _card(number: str, text: str) -> str:
    return (
        f'<article data-activity-urn="urn:li:activity:{number}">'
        '<a data-tracking-control-name="public_post_feed-actor-name" '
        f'href="https://www.linkedin.com/in/by-{number}">By {number}</a>'
        f'<p data-test-id="main-feed-activity-card__commentary">{text}</p></article>'
    )


def embed(
    text: str = TEXT, *, images: str = "", video: str = "", reshared: str = "", author: bool = True
) -> Reply:
    actor = (
        '<a class="share-update-card__actor-text-link" '
        'href="https://www.linkedin.com/company/towersight?trk=x">Tower Sight</a>'
    )
    body = f'<p class="share-update-card__update-text">{escape(text)}</p>' if text else ""
    inner = (
        '<div class="share-update-card--reshare"><a class="share-update-card__actor-text-link" '
        'href="https://www.linkedin.com/in/other">Other</a>'
        f'<p class="share-update-card__update-text">{reshared}</p></div>'
    )
    return html(
        "<!DOCTYPE html><title>LinkedIn</title><body><article>"
        f"{actor if author else ''}{body}{images}{video}{inner if reshared else ''}</article></body>"
    )


IMAGES = f'<img class="share-images__image" alt="A tower at dawn" data-delayed-url="{escape(picture())}">'
VIDEO = "<video class='share-native-video__node' data-sources='{}'></video>".format(
    json.dumps(
        [
            {
                "src": "https://dms.licdn.com/playlist/vid/v2/D4D05AQFtower/mp4-360p/0/1?e=1",
                "type": "video/mp4",
                "data-bitrate": 5,
            },
            {
                "src": "https://dms.licdn.com/playlist/vid/v2/D4D05AQFtower/mp4-720p/0/1?e=1",
                "type": "video/mp4",
                "data-bitrate": 9,
            },
        ]
    )
)
PUBLIC = html(
    "<!DOCTYPE html><title>Tower Sight on LinkedIn</title><body><article>"
    '<a data-tracking-control-name="public_post_feed-actor-name" href="https://www.linkedin.com/company/towersight">Tower Sight</a>'
    f'<p class="whitespace-pre-wrap" data-test-id="main-feed-activity-card__commentary">{escape(TEXT)}</p></article>'
)


def tags(url: str = SLUG) -> Reply:
    return html(
        '<title>12 towers</title><meta property="og:description" content="12 towers | 21 comments on LinkedIn">'
        f'<meta property="og:url" content="{url}">'
    )


AUTHWALL = html("<title>Sign Up | LinkedIn</title>", url="https://www.linkedin.com/authwall?x=1")
SIGN_UP = html("<title>Sign Up | LinkedIn</title><form><input type=password></form>")
GONE = html("<title>LinkedIn</title><h1>This post cannot be displayed</h1>")
