"""Replies of Reddit: its interface, its page as the browser draws it, its oEmbed.

Shapes: a reply recorded by praw-dev/praw (2016), fields as yt-dlp reads them (2026-08), elements of
the page as projects read them in 2025 and 2026. Words and names are ours.
"""

from __future__ import annotations

from typing import Any

from archiver.model.inquiry import Outcome
from tests.answers import Reply, data, failed, html

ID, COMMENT_ID = "1tower2", "d7towr1"
POST, COMMENT = f"t3_{ID}", f"t1_{COMMENT_ID}"
URL = f"https://www.reddit.com/r/towers/comments/{ID}/"
COMMENT_URL = f"{URL}comment/{COMMENT_ID}/"
USER = "TowerSight"
CREATED = 1578503209
CREATED_AT = "2020-01-08T17:06:49.000000+0000"
BODY = '<div class="md"><p>12 towers &amp; 3 masts</p> <p>See <a href="https://news.example/tower">this</a></p></div>'
NO_TOKEN = failed(Outcome.REFUSED, "no credential is set for reddit")

# --- the interface ------------------------------------------------------------------------------


def submission(**changes: Any) -> dict[str, Any]:
    made = {
        "name": POST,
        "id": ID,
        "subreddit": "towers",
        "title": "The tower falls",
        "author": USER,
        "author_fullname": "t2_7001",
        "selftext": "12 towers & 3 masts\n\nSee [this](https://news.example/tower)",
        "selftext_html": f"<!-- SC_OFF -->{BODY}<!-- SC_ON -->",
        "url": URL,
        "permalink": f"/r/towers/comments/{ID}/the_tower_falls/",
        "created_utc": float(CREATED),
        "edited": False,
        "removed_by_category": None,
        "is_self": True,
        "score": 12,
    }
    return made | changes


def comment(**changes: Any) -> dict[str, Any]:
    made = {
        "name": COMMENT,
        "id": COMMENT_ID,
        "link_id": POST,
        "parent_id": POST,
        "author": USER,
        "body": "Yes.",
        "body_html": '<div class="md"><p>Yes.</p></div>',
        "created_utc": float(CREATED),
        "edited": False,
    }
    return made | changes


def listing(*things: dict[str, Any]) -> Reply:
    children = [{"kind": str(thing.get("name"))[:2], "data": thing} for thing in things]
    return data({"kind": "Listing", "data": {"after": None, "children": children}})


# --- the page -----------------------------------------------------------------------------------

HEAD = '<!DOCTYPE html><html lang="en"><head><title>The tower falls : r/towers</title></head>'


def attributes(**changes: str | None) -> str:
    made: dict[str, str | None] = {
        "id": POST,
        "post-title": "The tower falls",
        "author": USER,
        "created-timestamp": CREATED_AT,
        "post-type": "text",
        "content-href": URL,
        "permalink": f"/r/towers/comments/{ID}/the_tower_falls/",
        "subreddit-prefixed-name": "r/towers",
        "score": "12",
    }
    made |= {name.replace("_", "-"): value for name, value in changes.items()}
    return " ".join(f'{name}="{value}"' for name, value in made.items() if value is not None)


def post_page(inside: str | None = None, status: int = 200, **changes: str | None) -> Reply:
    """Return the page of a post; ``inside`` replaces its body."""
    body = f'<div slot="text-body"><div id="{POST}-post-rtjson-content">{BODY}</div><button>Read more</button></div>'
    inner = body if inside is None else inside
    bar = '<span slot="credit-bar"><a href="/r/towers/">r/towers</a> • <time>6y ago</time></span>'
    title = '<h1 slot="title">The tower falls</h1>'
    post = f"<shreddit-post {attributes(**changes)}>{bar}{title}{inner}</shreddit-post>"
    return html(
        f"{HEAD}<body><shreddit-app>{post}{comments()}</shreddit-app></body></html>", status
    )


def comments(own: str | None = None, *, meta: str = "", author: str = USER) -> str:
    """Return the comments of a page: ours, and an answer to it inside."""
    body = (
        own
        if own is not None
        else f'<div slot="comment"><div id="{COMMENT}-comment-rtjson-content"><p>Yes.</p></div></div>'
    )
    answer = (
        '<shreddit-comment thingid="t1_answer1" author="somebody"><div slot="comment">'
        "<p>[deleted]</p></div></shreddit-comment>"
    )
    named = f'thingid="{COMMENT}" author="{author}" created="{CREATED_AT}" parentid="{POST}"'
    about = f'<div slot="commentMeta"><a href="/user/x/">x</a> {meta}</div>'
    return f"<shreddit-comment {named}>{about}{body}{answer}</shreddit-comment>"


def comment_page(own: str | None = None, *, meta: str = "", author: str = USER) -> Reply:
    post = f"<shreddit-post {attributes()}></shreddit-post>"
    return html(f"{HEAD}<body>{post}{comments(own, meta=meta, author=author)}</body></html>")


def gate(words: str, status: int = 200) -> Reply:
    return html(f'{HEAD}<body><div id="shreddit-forbidden"><h1>{words}</h1></div></body>', status)


def banner(words: str) -> Reply:
    return post_page(f'<div slot="post-removed-banner"><p>{words}</p></div>', author="[deleted]")


# --- oEmbed -------------------------------------------------------------------------------------


def oembed() -> Reply:
    return data({"type": "rich", "title": "The tower falls", "html": "<blockquote></blockquote>"})


def oembed_404() -> Reply:
    return data({"message": "Not Found", "error": 404}, 404)
