"""Posts of X out of outside archives: pages drawn by the server, and data captured as JSON.

Source: pages were drawn by the server until 1 June 2020, copies made later replay badly and mix
times (WS-DL blog, 2020-07-15 and 2020-11-04); the marks in the page as scrapers of the time read
them (snscrape, 2020-03); JSON stands under twitter.com addresses (an Internet Archive reply of
2025-06; waybacktweets). Read 2026-11-22.
"""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import lxml.html

from archiver.model.inquiry import Answer, Reading
from archiver.model.post import Medium, Post
from archiver.model.signals import Signal
from archiver.model.wording import normal_form
from archiver.platforms._json import Object, inner, objects, read_object, text
from archiver.platforms._page import decoded, page_text, tree_of
from archiver.platforms._x_post import read_post
from archiver.platforms.web import read_answer

_UNIX = datetime(1970, 1, 1, tzinfo=UTC)
_MAX_S = 4_102_444_800  # the year 2100
_PHOTO_KEY = re.compile(r"/media/([\w-]+)")
# What X drew in place of a post, in English. Source: pages seen in archives, 2010s; one voice each.
_INSTEAD = (
    ("that page doesn't exist", Signal.NOT_FOUND, "shows X's page for posts that do not exist"),
    ("account has been suspended", Signal.SUSPENDED, "shows X's page for suspended accounts"),
    ("account suspended", Signal.SUSPENDED, "shows X's page for suspended accounts"),
    ("these tweets are protected", Signal.PROTECTED, "shows X's page for protected accounts"),
    ("this tweet is unavailable", Signal.ABSENT_UNEXPLAINED, "shows no post"),
    ("rate limit exceeded", Signal.RATE_LIMITED, "shows X's page for too many requests"),
    ("log in to twitter", Signal.LOGIN, "shows X's log-in page"),
)


def read_x_copy(answer: Answer, status_id: str) -> Reading:
    """Return what an archived answer of X says of the post with that ID.

    ``answer`` is as the original site gave it. What is neither page of the time nor data nor a
    page known to stand in place of a post is unreadable.
    """
    if answer.status != 200:
        return read_answer(answer, answer.url)
    source = decoded(answer.body, answer.header("content-type"))
    post = _from_json(answer.body, status_id)
    if post is None and "<" in source[:2000]:
        post = _from_page(source, status_id)
    if post is not None:
        reason = "The copy shows the post."
        return Reading(Signal.PRESENT, reason, url=answer.url, post=post)
    return _instead(answer)


def _instead(answer: Answer) -> Reading:
    page = page_text(answer.body, answer.url, answer.header("content-type"), main=False)
    words = normal_form(f"{page.title or ''} {page.visible[:5000]}")
    for mark, signal, what in _INSTEAD:
        if mark in words:
            return Reading(signal, f"The copy {what}.", url=answer.url)
    reason = "The copy does not show the post: X drew its pages by scripts when it was made."
    return Reading(Signal.UNREADABLE, reason, url=answer.url)


# --- pages drawn by the server ------------------------------------------------------------------


def _from_page(source: str, status_id: str) -> Post | None:
    tree = tree_of(source)
    if tree is None:
        return None
    for element in tree.xpath("//*[@data-tweet-id or @data-item-id]"):
        if status_id in (element.get("data-tweet-id"), element.get("data-item-id")):
            words = _first(element, "p", "js-tweet-text")
            if words is not None:
                return _post(element, words, status_id)
    return None


def _post(element: lxml.html.HtmlElement, words: lxml.html.HtmlElement, status_id: str) -> Post:
    stamp = _first(element, "span", "_timestamp")
    anchors = [a.get("data-expanded-url") for a in words.iter("a")]
    return Post(
        id=status_id,
        text=_shown(words),
        author_id=_attribute(element, "data-user-id"),
        author_name=_attribute(element, "data-name"),
        handle=_attribute(element, "data-screen-name"),
        created_at=_moment(stamp.get("data-time") if stamp is not None else None),
        language=words.get("lang"),
        links=tuple(dict.fromkeys(url for url in anchors if url)),
        media=_photos(element),
    )


def _first(element: lxml.html.HtmlElement, tag: str, name: str) -> lxml.html.HtmlElement | None:
    """Return the first element of a class, outside a post that is quoted in it."""
    for found in element.iter(tag):
        is_quoted = any(_has(above, "QuoteTweet") for above in found.iterancestors())
        if _has(found, name) and not is_quoted:
            return found
    return None


def _has(element: lxml.html.HtmlElement, name: str) -> bool:
    return name in (element.get("class") or "").split()


def _attribute(element: lxml.html.HtmlElement, name: str) -> str | None:
    """Return an attribute of the post, which stands on it or on an element inside."""
    own = element.get(name)
    return own or next((value for value in element.xpath(f".//@{name}") if value), None)


def _shown(words: lxml.html.HtmlElement) -> str:
    """Return the text as a reader saw it: emoji are pictures, pictures are links out of sight."""
    pieces: list[str] = []
    _gather(words, pieces)
    lines = ("".join(pieces)).replace("\xa0", " ").split("\n")
    return "\n".join(" ".join(line.split()) for line in lines).strip()


def _gather(element: lxml.html.HtmlElement, pieces: list[str]) -> None:
    pieces.append(element.text or "")
    for child in element:
        if isinstance(child.tag, str):
            pieces += _piece(child)
        pieces.append(child.tail or "")


def _piece(child: lxml.html.HtmlElement) -> list[str]:
    if child.tag == "img":
        return [child.get("alt") or ""]
    if child.tag == "br":
        return ["\n"]
    if child.tag == "a" and (_has(child, "u-hidden") or _is_picture(child)):
        return []
    if child.tag == "a" and child.get("data-expanded-url"):
        return [_link(child)]
    inside: list[str] = []
    _gather(child, inside)
    return inside


def _is_picture(anchor: lxml.html.HtmlElement) -> bool:
    shown: str = anchor.text_content()
    return shown.startswith(("pic.twitter.com/", "pic.x.com/"))


def _link(anchor: lxml.html.HtmlElement) -> str:
    """Return a link as it was shown: cut short, with dots where it was."""
    shown = next((span for span in anchor.iter("span") if _has(span, "js-display-url")), None)
    whole: str = anchor.text_content()
    if shown is None:
        return whole
    is_cut = "…" in whole
    return f"{shown.text_content()}{'…' if is_cut else ''}"


def _photos(element: lxml.html.HtmlElement) -> tuple[Medium, ...]:
    urls = [url for url in element.xpath(".//@data-image-url") if _PHOTO_KEY.search(url)]
    keys = {match[1]: url for url in urls if (match := _PHOTO_KEY.search(url)) is not None}
    return tuple(Medium(key, "photo", url, available=False) for key, url in keys.items())


def _moment(seconds: str | None) -> datetime | None:
    if seconds is None or not (seconds.isascii() and seconds.isdigit()) or len(seconds) > 10:
        return None
    return _UNIX + timedelta(seconds=int(seconds)) if int(seconds) < _MAX_S else None


# --- data ---------------------------------------------------------------------------------------


def _from_json(body: bytes, status_id: str) -> Post | None:
    """Read the shapes of X's interfaces: the widget's, v1.1, v2, and what its own pages load."""
    reply = read_object(body) if body.lstrip()[:1] == b"{" else None
    if reply is None:
        return None
    data = inner(reply, "data")
    result = inner(inner(data, "tweetResult"), "result")
    if result:
        return _of_version_1(_flat(result), status_id)
    if text(data, "id") is not None:
        return _of_version_2(data, inner(reply, "includes"), status_id)
    return _of_version_1(reply, status_id)


def _flat(result: Object) -> Object:
    user = inner(inner(inner(inner(result, "core"), "user_results"), "result"), "legacy")
    return {**inner(result, "legacy"), "user": user, "id_str": result.get("rest_id")}


def _of_version_1(reply: Object, status_id: str) -> Post | None:
    """Read a post whose fields are those of v1.1, which the widget's are a later form of."""
    if text(reply, "id_str") != status_id:
        return None
    whole = inner(reply, "extended_tweet")
    words = text(whole, "full_text") or text(reply, "full_text") or text(reply, "text")
    post = read_post({**reply, **whole, "text": words}) if words is not None else None
    if post is None:
        return None
    old_form = _old_time(text(reply, "created_at"))
    is_cut = post.is_cut or (reply.get("truncated") is True and not whole)
    return replace(post, created_at=post.created_at or old_form, is_cut=is_cut)


def _of_version_2(data: Object, includes: Object, status_id: str) -> Post | None:
    words, author = text(data, "text"), text(data, "author_id")
    if text(data, "id") != status_id or words is None:
        return None
    user = next((u for u in objects(includes, "users") if text(u, "id") == author), {})
    entities = inner(data, "entities")
    return read_post(
        {
            "id_str": status_id,
            "text": words,
            "created_at": data.get("created_at"),
            "lang": data.get("lang"),
            "user": {
                "id_str": author,
                "name": user.get("name"),
                "screen_name": user.get("username"),
            },
            "entities": {"urls": [_url(entry) for entry in objects(entities, "urls")]},
            "edit_control": {"edit_tweet_ids": data.get("edit_history_tweet_ids") or []},
        }
    )


def _url(entry: Object) -> Object:
    """Return a link of v2; one that leads to the post's own picture is not shown in the text."""
    is_own = (text(entry, "display_url") or "").startswith(("pic.twitter.com/", "pic.x.com/"))
    return {**entry, "display_url": " "} if is_own else entry


def _old_time(value: str | None) -> datetime | None:
    """Return the moment in the form of v1.1: ``Wed Jan 08 17:06:49 +0000 2020``."""
    try:
        return datetime.strptime(value or "", "%a %b %d %H:%M:%S %z %Y").astimezone(UTC)
    except ValueError:
        return None
