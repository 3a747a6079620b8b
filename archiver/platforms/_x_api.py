"""X's paid interface (API v2), asked with the operator's own token where the public roads are mute.

Optional: without a token the client refuses the question unasked, and what the public roads said
stands. A look-up costs money (half a cent a post in August 2026), so it is asked only when it can
change something: what cannot be told otherwise, an absence that nothing confirms, and the rest of
a text that is cut.

The other road to such answers, GraphQL with a guest token, is not taken: its query IDs and feature
flags change with every release of the site, guests are refused at times, and an answer to a stale
query looks like an absence.

Source: docs.x.com (post lookup, response codes), snapshots of 2026-08; replies recorded by
cjbarrie/academictwitteR, 2021 to 2022.
"""

from __future__ import annotations

from urllib.parse import urlencode

from archiver.model.inquiry import Answer, Outcome, Question
from archiver.model.signals import Signal
from archiver.platforms._json import Object, inner, objects, read_object, text, texts
from archiver.platforms._questions import is_unverified
from archiver.platforms._x_reply import Said

CREDENTIAL = "x"
_FIELDS = {
    "expansions": (
        "author_id,attachments.media_keys,referenced_tweets.id,referenced_tweets.id.author_id"
    ),
    "tweet.fields": (
        "attachments,author_id,created_at,edit_controls,edit_history_tweet_ids,entities,lang,"
        "note_tweet,referenced_tweets,withheld"
    ),
    "media.fields": "alt_text,media_key,preview_image_url,type,url,variants",
    "user.fields": "name,username",
}
# The ends of the problem types that name a post. Source: recorded replies; docs.x.com.
_PROBLEMS = {
    "resource-not-found": (
        Signal.ABSENT_UNEXPLAINED,
        "X's API finds no such post: deleted, never there, or its account suspended or closed.",
    ),
    "not-authorized-for-resource": (Signal.PROTECTED, "X's API may not show the post to others."),
    "resource-unavailable": (
        Signal.ABSENT_UNEXPLAINED,
        "X's API says that the post is unavailable, and not why.",
    ),
}
# What stopped the look-up itself, by status; the post is not concerned.
_STOPPED = {
    400: "does not take the question",
    401: "does not take the token",
    402: "wants to be paid first",
    403: "does not let this token look posts up",
    429: "was asked too often",
}


def lookup(status_id: str) -> Question:
    """Return the question for one post, with its author, media and the posts round it."""
    query = urlencode({"ids": status_id, **_FIELDS}, safe=",")
    return Question(
        f"https://api.x.com/2/tweets?{query}",
        accept="application/json",
        credential=CREDENTIAL,
    )


def read_lookup(answer: Answer, status_id: str) -> Said | str | None:
    """Return what the API says of a post, why it said nothing, or None when it was not asked.

    ``Said.reply`` is the post in the shape of the public source, so that both are read alike.
    """
    if answer.outcome is Outcome.REFUSED:
        return None
    if answer.outcome is not Outcome.ANSWERED or is_unverified(answer):
        return f"X's API did not answer ({answer.error or answer.outcome.value})"
    if answer.status != 200:
        return f"X's API {_STOPPED.get(answer.status or 0, 'answered')} (HTTP {answer.status})"
    reply = read_object(answer.body)
    if reply is None:
        return "X's API answered with data that cannot be read"
    said = _found(reply, status_id) or _problem(reply, status_id)
    return said or "X's API answered in a shape nobody knows"


def _found(reply: Object, status_id: str) -> Said | None:
    for data in objects(reply, "data"):
        chain = texts(data, "edit_history_tweet_ids")
        # An old version may be answered with the newest one.
        if status_id in (text(data, "id"), *chain) and text(data, "text") is not None:
            return Said(Signal.PRESENT, "X's API serves the post.", _as_reply(data, reply))
    return None


def _problem(reply: Object, status_id: str) -> Said | None:
    for error in objects(reply, "errors"):
        named = text(error, "resource_id") or text(error, "value")
        if named != status_id or text(error, "section") == "includes":
            continue
        if "has been suspended" in (text(error, "detail") or ""):
            return Said(Signal.SUSPENDED, "X's API says that the user has been suspended.")
        kind = (text(error, "type") or "").rpartition("/")[2]
        if kind in _PROBLEMS:
            return Said(*_PROBLEMS[kind])
    return None


# --- the post, in the public source's shape ------------------------------------------------------


def _as_reply(data: Object, reply: Object, *, with_others: bool = True) -> Object:
    includes = inner(reply, "includes")
    note = inner(data, "note_tweet")
    whole = text(note, "text")
    links = objects(inner(data if whole is None else note, "entities"), "urls")
    chain = texts(data, "edit_history_tweet_ids")
    made: dict[str, object] = {
        "__typename": "Tweet",
        "id_str": text(data, "id"),
        "text": text(data, "text") if whole is None else whole,
        "lang": text(data, "lang"),
        "created_at": text(data, "created_at"),
        "user": _user(data, includes),
        "entities": {
            "urls": [link for link in links if "media_key" not in link],
            "media": [link for link in links if "media_key" in link],
        },
        "mediaDetails": [
            _media(entry)
            for key in texts(inner(data, "attachments"), "media_keys")
            if (entry := _by(includes, "media", "media_key", key)) is not None
        ],
        "edit_control": {"edit_tweet_ids": chain},
        "isEdited": len(chain) > 1,
    }
    return made | (_around(data, reply, includes) if with_others else {})


def _user(data: Object, includes: Object) -> Object:
    author = text(data, "author_id")
    user = _by(includes, "users", "id", author) or {}
    return {"id_str": author, "name": text(user, "name"), "screen_name": text(user, "username")}


def _media(entry: Object) -> Object:
    variants = [
        {**variant, "bitrate": variant.get("bit_rate")} for variant in objects(entry, "variants")
    ]
    return {
        "type": text(entry, "type"),
        "media_url_https": text(entry, "url") or text(entry, "preview_image_url"),
        "ext_alt_text": text(entry, "alt_text"),
        "video_info": {"variants": variants},
    }


def _around(data: Object, reply: Object, includes: Object) -> dict[str, object]:
    found: dict[str, object] = {}
    for other in objects(data, "referenced_tweets"):
        kind, number = text(other, "type"), text(other, "id")
        there = _by(includes, "tweets", "id", number)
        shape = _as_reply(there, reply, with_others=False) if there is not None else None
        if kind == "quoted" and shape is not None:
            found["quoted_tweet"] = shape
        if kind == "replied_to":
            found["in_reply_to_status_id_str"] = number
            found["parent"] = shape
    return found


def _by(includes: Object, name: str, field: str, wanted: str | None) -> Object | None:
    entries = objects(includes, name)
    return next((entry for entry in entries if wanted and text(entry, field) == wanted), None)
