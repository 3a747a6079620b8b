"""The forms in which a post goes about: structured data, embed code, flattened to plain text."""

from __future__ import annotations

import re
from datetime import datetime
from html import escape
from urllib.parse import quote, urlencode

from archiver.demo.cast import Picture, Post, moment_of
from archiver.demo.script import Standing
from archiver.demo.stage import Seen

Json = dict[str, object]

HASHTAG = re.compile(r"#(\w+)")
EDITS_ALLOWED = 5

# What a reader who is not logged in is told. Source: replies measured by several projects in
# 2026, collected 2026-11-22.
TOMBSTONES = {
    Standing.DELETED: "This Post was deleted by the Post author.",
    Standing.ACCOUNT_GONE: "This Post is from an account that no longer exists.",
    Standing.SUSPENDED: "This Post is from a suspended account.",
    Standing.PROTECTED: (
        "You’re unable to view this Post because this account owner limits who can view their "
        "Posts."
    ),
    Standing.REMOVED: "This Post violated the X Rules.",
    Standing.AGE_RESTRICTED: (
        "Age-restricted adult content. This content might not be appropriate for people under 18 "
        "years old. To view this media, you’ll need to log in to X."
    ),
}


def tombstone(standing: Standing) -> Json:
    """Return what stands in the place of a post that is not shown."""
    words = TOMBSTONES.get(standing)
    if words is None:
        return {"__typename": "TweetTombstone", "tombstone": {}}
    text = f"{words} Learn more"
    link = {
        "from_index": len(words) + 1,
        "to_index": len(text),
        "ref": {
            "__typename": "TimelineUrl",
            "url": "https://help.twitter.com/rules-and-policies/notices-on-twitter",
            "url_type": "ExternalUrl",
        },
    }
    return {
        "__typename": "TweetTombstone",
        "tombstone": {"text": {"text": text, "entities": [link], "rtl": False}},
    }


def structured(seen: Seen, at: datetime) -> Json:
    """Return a post as ``tweet-result`` gives it. Source: field shapes measured 2026-08-02."""
    post = seen.post
    if seen.standing is Standing.WITHHELD:
        return _live(post, _withheld(post), at) | {"entities": {}, "mediaDetails": [], "photos": []}
    reply = _live(post, full_text(post), at)
    if post.picture:
        reply |= {
            "mediaDetails": [_media_details(post, post.picture)],
            "photos": [_photo(post, post.picture)],
        }
    if post.quoted:
        quoted = structured(Seen(post.quoted, Standing.PRESENT), at)
        reply["quoted_tweet"] = quoted | {"reply_count": 1, "retweet_count": 4}
    return reply


def full_text(post: Post) -> str:
    """Return a post's text as the platform sends it: escaped, short links at the end."""
    links = [short_url(link.code) for link in post.links]
    pictures = [short_url(post.picture.code)] if post.picture else []
    return " ".join([escape(post.text, quote=False), *links, *pictures])


def short_url(code: str) -> str:
    """Return the short link of a code."""
    return f"https://t.co/{code}"


def media_url(picture: Picture) -> str:
    """Return the address of a picture without size."""
    return f"https://pbs.twimg.com/media/{picture.key}.jpg"


def photo_page(post: Post) -> str:
    """Return the address that a picture's code leads to."""
    return f"https://twitter.com/{post.role.handle}/status/{post.id}/photo/1"


def printed_day(post: Post) -> str:
    """Return the day as embeds print it: the UTC day of the ID."""
    return f"{post.posted_at:%B} {post.posted_at.day}, {post.posted_at.year}"


def embed(post: Post) -> str:
    """Return a post as the embed code that the platform hands out.

    Source: 6,157 of 6,157 recorded oEmbed replies of 2020 have this shape; read 2026-11-22.
    """
    text = HASHTAG.sub(_hashtag_link, escape(post.text, quote=False)).replace("\n", "<br>")
    links = [f'<a href="{short_url(k.code)}">{short_url(k.code)}</a>' for k in post.links]
    if post.picture:
        code = post.picture.code
        links.append(f'<a href="{short_url(code)}">pic.twitter.com/{code}</a>')
    direction = "rtl" if post.role.language == "ar" else "ltr"
    words = f'<p lang="{post.role.language}" dir="{direction}">{" ".join([text, *links])}</p>'
    permalink = f'<a href="{post.status_url}?ref_src=twsrc%5Etfw">{printed_day(post)}</a>'
    by = f"&mdash; {escape(post.role.name)} (@{post.role.handle}) {permalink}"
    return f'<blockquote class="twitter-tweet">{words}{by}</blockquote>'


def flattened(post: Post) -> str:
    """Return a post as an embed looks when a site kept only its words.

    Source: 1,604 such texts of public fact-checks; read 2026-11-22. Arabic ones carry marks that
    keep the Latin parts in order.
    """
    role = post.role
    words = " ".join([post.text, *(short_url(link.code) for link in post.links)])
    if post.picture:
        words += ("" if role.is_glued else " ") + f"pic.twitter.com/{post.picture.code}"
    handle = f"@{role.handle}"
    if role.language == "ar":
        words = words.replace("pic.twitter.com", "\u200epic.twitter.com") + "\u200f"
        handle = f"\u2066{handle}\u2069"
    return f"{words}{role.dash}{role.name} ({handle}) {printed_day(post)}"


def oembed(post: Post, asked: str) -> Json:
    """Return the oEmbed reply for a post. Source: docs.x.com, snapshot of 2026-08."""
    script = '<script async src="https://platform.twitter.com/widgets.js" charset="utf-8"></script>'
    return {
        "url": asked,
        "author_name": post.role.name,
        "author_url": f"https://twitter.com/{post.role.handle}",
        "html": f"{embed(post)}\n{script}\n\n",
        "width": 550,
        "height": None,
        "type": "rich",
        "cache_age": "3153600000",
        "provider_name": "Twitter",
        "provider_url": "https://twitter.com",
        "version": "1.0",
    }


def graphql(seen: Seen, at: datetime) -> Json:
    """Return what the status page's own script is told of a post."""
    reasons = {
        Standing.DELETED: "Deleted",
        Standing.SUSPENDED: "Suspended",
        Standing.PROTECTED: "Protected",
        Standing.AGE_RESTRICTED: "NsfwLoggedOut",
    }
    if seen.standing in reasons:
        result: Json = {"__typename": "TweetUnavailable", "reason": reasons[seen.standing]}
        return {"data": {"tweetResult": {"result": result}}}
    if not is_shown(seen.standing):
        return {"data": {"tweetResult": {}}}
    post = seen.post
    author = {"core": {"name": post.role.name, "screen_name": post.role.handle}}
    result = {
        "__typename": "Tweet",
        "rest_id": post.id,
        "core": {"user_results": {"result": {"rest_id": post.user_id, **author}}},
        "legacy": {
            "full_text": full_text(post),
            "created_at": f"{post.posted_at:%a %b %d %H:%M:%S +0000 %Y}",
            "favorite_count": _likes(post, at),
            "entities": _entities(post, full_text(post)),
        },
    }
    return {"data": {"tweetResult": {"result": result}}}


def is_shown(standing: Standing) -> bool:
    """Tell whether a post of that standing is served as a post."""
    return standing in {Standing.PRESENT, Standing.EDITED, Standing.WITHHELD}


def _withheld(post: Post) -> str:
    return (
        f"@{post.role.handle}'s account has been withheld in Amalia in response to a legal demand. "
        "Learn more."
    )


def _live(post: Post, text: str, at: datetime) -> Json:
    is_edited = len(post.chain) > 1
    return {
        "__typename": "Tweet",
        "lang": post.role.language,
        "favorite_count": _likes(post, at),
        "possibly_sensitive": False,
        "created_at": _iso(post.posted_at),
        "display_text_range": [0, len(escape(post.text, quote=False))],
        "entities": _entities(post, text),
        "id_str": post.id,
        "text": text,
        "user": _user(post),
        "edit_control": {
            "edit_tweet_ids": list(post.chain),
            "editable_until_msecs": str(round(post.editable_until.timestamp() * 1000)),
            "is_edit_eligible": True,
            "edits_remaining": str(EDITS_ALLOWED + 1 - len(post.chain)),
        },
        "conversation_count": _likes(post, at) // 7,
        "news_action_type": "conversation",
        "isEdited": is_edited,
        "isStaleEdit": is_edited and post.id != post.chain[-1],
    }


def _likes(post: Post, at: datetime) -> int:
    return post.likes + int((at - moment_of(post.chain[0])).total_seconds() // 600)


def _iso(at: datetime) -> str:
    return f"{at:%Y-%m-%dT%H:%M:%S}.000Z"


def _user(post: Post) -> Json:
    picture = f"https://pbs.twimg.com/profile_images/{post.user_id}/{post.role.handle}_normal.jpg"
    return {
        "id_str": post.user_id,
        "name": post.role.name,
        "profile_image_url_https": picture,
        "profile_image_shape": "Circle",
        "screen_name": post.role.handle,
        "verified": False,
        "is_blue_verified": False,
        "highlighted_label": {},
    }


def _entities(post: Post, text: str) -> Json:
    entities: Json = {
        "hashtags": [
            {"indices": list(found.span()), "text": found[1]} for found in HASHTAG.finditer(text)
        ],
        "urls": [
            {
                "display_url": link.target.removeprefix("https://"),
                "expanded_url": link.target,
                **_place(short_url(link.code), text),
            }
            for link in post.links
        ],
        "user_mentions": [],
        "symbols": [],
    }
    if post.picture:
        entities["media"] = [_media(post, post.picture, text)]
    return entities


def _place(url: str, text: str) -> Json:
    start = text.find(url)
    return {"url": url, "indices": [start, start + len(url)]}


def _media(post: Post, picture: Picture, text: str) -> Json:
    return {
        "display_url": f"pic.twitter.com/{picture.code}",
        "expanded_url": photo_page(post),
        **_place(short_url(picture.code), text),
    }


def _media_details(post: Post, picture: Picture) -> Json:
    width, height = picture.width, picture.height
    alt = {"ext_alt_text": picture.alt} if picture.alt else {}
    return {
        **_media(post, picture, full_text(post)),
        **alt,
        "ext_media_availability": {"status": "Available"},
        "media_url_https": media_url(picture),
        "original_info": {"height": height, "width": width, "focus_rects": []},
        "sizes": {
            "large": {"h": height, "resize": "fit", "w": width},
            "small": {"h": height * 2 // 3, "resize": "fit", "w": width * 2 // 3},
            "thumb": {"h": 150, "resize": "crop", "w": 150},
        },
        "type": "photo",
    }


def _photo(post: Post, picture: Picture) -> Json:
    return {
        "backgroundColor": {"red": 204, "green": 214, "blue": 221},
        "cropCandidates": [],
        "expandedUrl": photo_page(post),
        "url": media_url(picture),
        "width": picture.width,
        "height": picture.height,
    }


def _hashtag_link(found: re.Match[str]) -> str:
    query = urlencode({"src": "hash", "ref_src": "twsrc^tfw"})
    url = f"https://twitter.com/hashtag/{quote(found[1])}?{query}"
    return f'<a href="{escape(url)}">{found[0]}</a>'
