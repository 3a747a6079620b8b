"""What Reddit's interface says of a post or comment.

Source: a reply recorded by praw-dev/praw (2016), fields as yt-dlp and several clients read them.
Without a log-in the interface has answered 403 since about 30 May 2026, so it is asked with the
operator's own token, or not at all.
"""

from __future__ import annotations

from archiver.model.inquiry import Question
from archiver.model.post import Post
from archiver.model.signals import Signal
from archiver.platforms._api import JSON, Data
from archiver.platforms._json import Object, inner, objects, text
from archiver.platforms._moments import moment_of_unix
from archiver.platforms._post_html import links_of, words_of
from archiver.platforms._reddit_media import media_in
from archiver.platforms._reddit_page import Said, links_out
from archiver.platforms._reddit_words import (
    NOBODY,
    is_living,
    meaning_of_category,
    meaning_of_parts,
    named,
)

_WHAT = "Reddit's interface"


def info_of(key: str) -> Question:
    """Return the question for a post or comment by its full name."""
    url = f"https://oauth.reddit.com/api/info?id={key}&raw_json=1"
    return Question(url, accept=JSON, credential="reddit")


def read_info(found: Data, key: str) -> Said | None:
    """Return what the interface says, or None when it gave no usable answer."""
    if found.status != 200 or text(found.value, "kind") != "Listing":
        return None
    children = [inner(child, "data") for child in objects(inner(found.value, "data"), "children")]
    if not children:
        return Said(Signal.NOT_FOUND, f"{_WHAT} knows no {key}")
    thing = next((child for child in children if text(child, "name") == key), None)
    return _read(thing, key) if thing is not None else None


def _read(thing: Object, key: str) -> Said | None:
    category = text(thing, "removed_by_category")
    if category is not None:
        return Said(meaning_of_category(category), f"{_WHAT} calls it removed by “{category}”")
    body = text(thing, "body" if key.startswith("t1_") else "selftext") or ""
    living = is_living(text(thing, "author"))
    instead = meaning_of_parts(body, text(thing, "title") or "", is_living=living)
    if instead is not None:
        return Said(instead[0], f"{_WHAT} shows “{instead[1]}” in its place")
    post = _post(thing, key)
    if post is None:
        return None
    gone = "; its author's account is gone" if text(thing, "author") in NOBODY else ""
    return Said(Signal.PRESENT, f"{_WHAT} serves it{gone}", post)


def _post(thing: Object, key: str) -> Post | None:
    body = "body" if key.startswith("t1_") else "selftext"
    plain, markup = text(thing, body), text(thing, f"{body}_html")
    if plain is None:
        return None
    author = named(text(thing, "author"))
    created = moment_of_unix(thing.get("created_utc"))
    edited = moment_of_unix(thing.get("edited"))
    other = next(iter(objects(thing, "crosspost_parent_list")), None)
    return Post(
        id=key,
        text=words_of(markup) if markup else plain.strip(),
        author_id=author,
        author_name=author,
        handle=author,
        created_at=created,
        links=tuple(dict.fromkeys((*links_out(text(thing, "url")), *links_of(markup or "")))),
        media=media_in(thing),
        is_edited=edited is not None,
        reply_to_id=text(thing, "parent_id"),
        quoted=_post(other, text(other, "name") or "t3_") if other else None,
        title=text(thing, "title"),
        revision=edited.isoformat() if edited else None,
        edited_at=edited,
    )
