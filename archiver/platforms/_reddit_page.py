"""What a page on Reddit says of a post or comment, by the elements its own scripts read.

Source: attributes of ``shreddit-post`` and ``shreddit-comment`` as many projects read them in 2025
and 2026 (weights differ; none is documented), sentences as in :mod:`_reddit_words`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from lxml.html import HtmlElement

from archiver.errors import AddressError
from archiver.model.inquiry import Answer
from archiver.model.post import Medium, Post
from archiver.model.signals import Signal
from archiver.platforms._address import same_site
from archiver.platforms._api import wall_of
from archiver.platforms._moments import moment
from archiver.platforms._outline import words_in as count_words
from archiver.platforms._page import clean, decoded, tree_of
from archiver.platforms._post_html import words_in
from archiver.platforms._reddit_address import read_thing_address
from archiver.platforms._reddit_media import picture, video
from archiver.platforms._reddit_words import (
    NOBODY,
    is_living,
    meaning_of_banner,
    meaning_of_body,
    meaning_of_parts,
    named,
)
from archiver.platforms._thin import FEW_WORDS
from archiver.platforms._walls import is_login_redirect


@dataclass(frozen=True, slots=True)
class Said:
    """One voice's word: a signal, the start of a sentence, and the post where it is served.

    ``is_gate`` says that it was read from the words of a page that shows no post.
    """

    signal: Signal
    reason: str
    post: Post | None = None
    is_gate: bool = False


_REFUSALS = {
    429: Said(Signal.RATE_LIMITED, "Reddit was asked too often (HTTP 429)"),
    451: Said(Signal.WITHHELD, "Reddit withholds it from where we ask (HTTP 451)"),
}
_WALLS = re.compile(
    r"blocked by network security|whoa there, pardner|please wait for verification"
    r"|prove (?:that )?you(?:['’]re| are) (?:not a robot|human)",
    re.I,
)
_CHALLENGE = re.compile(r"<input[^>]{1,200}name=[\"'](?:js_challenge|solution)[\"']", re.I)
# Looked for where the page shows no post, and few words besides.
_GATES = (
    (re.compile(r"mature content|\b18\+|over (?:18|eighteen)|nsfw", re.I), Signal.AGE_RESTRICTED),
    (re.compile(r"\bquarantined\b", re.I), Signal.AGE_RESTRICTED),
    (re.compile(r"\bis (?:a )?private\b|private community", re.I), Signal.PROTECTED),
    (re.compile(r"page not found|doesn['’]t exist|no longer available", re.I), Signal.NOT_FOUND),
)
# A line of its own: a gate shows what a community says of itself, too.
_BANNED = re.compile(
    r"(?:r/(?P<name>\w+)|this (?:community|subreddit)) (?:has been|was|is) banned"
    r"(?: (?:from reddit|for|due to)\b.{0,200})?\.?",
    re.I,
)
_ABSENCE = frozenset({Signal.DELETED, Signal.REMOVED, Signal.NOT_FOUND})
_MAX_WORDS = 200  # characters of what the page says, quoted in a reason
_EDITED = re.compile(r"edited\b.{0,40}", re.I)


def read_page(answer: Answer, key: str) -> Said:
    """Return what a rendered page says of the post or comment with that full name."""
    html = decoded(answer.body, answer.header("content-type"), is_utf8=True)
    tree = tree_of(html)
    words = words_in(tree) if tree is not None else ""
    said = _in_the_way(answer, html, words) or _read(tree, words, answer, key)
    here = read_thing_address(answer.url)
    if said.signal in _ABSENCE and (here is None or here.key != key):
        reason = f"{said.reason}, at an address that is not the one asked for"
        return Said(Signal.ABSENT_UNEXPLAINED, reason)
    return said


def _in_the_way(answer: Answer, html: str, words: str) -> Said | None:
    wall = wall_of(answer)
    if wall is not None:
        return Said(Signal.WALL, f"Reddit's page is behind {wall}")
    if is_login_redirect(answer.question.url, answer.url):
        return Said(Signal.LOGIN, "Reddit's page redirects to a log-in")
    if not _is_reddit(answer.url):
        return Said(Signal.UNREADABLE, "Reddit's page redirects to another site")
    status = answer.status or 0
    if status in _REFUSALS:
        return _REFUSALS[status]
    if count_words(words) < FEW_WORDS and (_WALLS.search(words) or _CHALLENGE.search(html)):
        return Said(Signal.WALL, "Reddit's page is a refusal or a question for robots")
    if status >= 500:
        return Said(Signal.SERVER_ERROR, f"Reddit failed (HTTP {status})")
    return None


def _is_reddit(url: str) -> bool:
    try:
        return same_site(url, "https://reddit.com")
    except AddressError:
        return False


def _read(tree: HtmlElement | None, words: str, answer: Answer, key: str) -> Said:
    post = _element(tree, "shreddit-post", key) if key.startswith("t3_") else None
    comment = _element(tree, "shreddit-comment", key) if key.startswith("t1_") else None
    if post is not None:
        return _of_post(post, key)
    if comment is not None:
        return _of_comment(comment, key)
    if tree is not None and next(tree.iter("shreddit-post"), None) is not None:
        return Said(Signal.ABSENT_UNEXPLAINED, f"Reddit's page does not show {key}")
    here = read_thing_address(answer.url)
    return _gate(words, answer.status or 0, here.place if here is not None else None)


def _element(tree: HtmlElement | None, tag: str, key: str) -> HtmlElement | None:
    if tree is None:
        return None
    for element in tree.iter(tag):
        if key in (element.get("id"), element.get("thingid"), element.get("post-id")):
            return element
    return None


def _gate(words: str, status: int, place: str | None) -> Said:
    quoted = " ".join(words.split())[:_MAX_WORDS]
    if count_words(words) < FEW_WORDS:
        for pattern, signal in _GATES:
            if pattern.search(words):
                return Said(signal, f"Reddit says: “{quoted}”", is_gate=True)
        if _is_banned(words, place):
            return Said(Signal.REMOVED, f"Reddit says: “{quoted}”", is_gate=True)
    if status in (404, 410):
        return Said(Signal.NOT_FOUND, f"Reddit has no such page (HTTP {status})")
    if status >= 400:
        return Said(Signal.WALL, f"Reddit refused us (HTTP {status})")
    return Said(Signal.UNREADABLE, "Reddit's page shows no post")


def _is_banned(words: str, place: str | None) -> bool:
    """Tell whether a line says that the community at that place is banned."""
    found = [match for line in words.split("\n") if (match := _BANNED.fullmatch(line.strip()))]
    names = {f"r/{match['name']}".casefold() for match in found if match["name"]}
    return bool(found) and (place is None or names <= {place.casefold()})


# --- posts --------------------------------------------------------------------------------------


def _of_post(element: HtmlElement, key: str) -> Said:
    body = _own_body(element, key, "text-body")
    text = words_in(body) if body is not None else ""
    author, target = _attribute(element, "author"), _attribute(element, "content-href")
    title = _title(element)
    around = _without(words_in(element), text, title or "", *_labels(element))
    absent = _absent(text, title or "", around, is_living=is_living(author))
    if absent is not None:
        return absent
    if title is None:
        return Said(Signal.UNREADABLE, "Reddit's page shows a post without a title")
    post = Post(
        id=key,
        text=text,
        author_id=named(author),
        author_name=named(author),
        handle=named(author),
        created_at=moment(_attribute(element, "created-timestamp")),
        links=tuple(dict.fromkeys((*links_out(target), *_links(body)))),
        media=_media(element),
        is_edited=_is_edited(around),
        title=title,
    )
    return Said(Signal.PRESENT, _served(author), post)


def _absent(text: str, title: str, around: str, *, is_living: bool) -> Said | None:
    """Return what stands in the post's place; a living author may write what Reddit writes."""
    is_served = is_living and text != "" and meaning_of_body(text) is None
    banner = None if is_served else meaning_of_banner(around)
    if banner is not None:
        return Said(banner[0], f"Reddit says: “{banner[1].rstrip('.')}”")
    instead = meaning_of_parts(text, title, is_living=is_living)
    if instead is not None:
        return Said(instead[0], f"Reddit shows “{instead[1]}” in its place")
    return None


def _labels(element: HtmlElement) -> list[str]:
    """Return what people chose as the heading and the flair of a post."""
    flairs = [words_in(flair) for flair in element.iter("shreddit-post-flair")]
    heading = _slot(element, "title")
    return [*flairs, words_in(heading) if heading is not None else ""]


def _served(author: str | None) -> str:
    gone = "; its author's account is gone" if author in NOBODY else ""
    return f"Reddit's page shows it{gone}"


def _title(element: HtmlElement) -> str | None:
    attribute = _attribute(element, "post-title")
    if attribute:
        return attribute
    heading = _slot(element, "title")
    return (words_in(heading) or None) if heading is not None else None


def _media(element: HtmlElement) -> tuple[Medium, ...]:
    target = _attribute(element, "content-href") or ""
    players = [player.get("src") or "" for player in element.iter("shreddit-player")]
    for address in (target, *players):
        clip = video(address)
        if clip is not None:
            return (clip,)
    shown = [(image.get("src") or "", image.get("alt")) for image in _pictures(element)]
    found = [medium for url, alt in ((target, None), *shown) if (medium := picture(url, alt))]
    return tuple({medium.key: medium for medium in reversed(found)}.values())[::-1]


def _pictures(element: HtmlElement) -> list[HtmlElement]:
    return [image for gallery in element.iter("gallery-carousel") for image in gallery.iter("img")]


# --- comments -----------------------------------------------------------------------------------


def _of_comment(element: HtmlElement, key: str) -> Said:
    body = _own_body(element, key, "comment")
    text = words_in(body) if body is not None else ""
    meta = _slot(element, "commentMeta")
    about = words_in(meta) if meta is not None else ""
    author = _attribute(element, "author")
    for line in ("", *about.split("\n")):
        instead = meaning_of_parts(text, line, is_living=is_living(author))
        if instead is not None:
            return Said(instead[0], f"Reddit shows “{instead[1]}” in its place")
    if not text:
        return Said(Signal.ABSENT_UNEXPLAINED, "Reddit's page shows the comment without words")
    post = Post(
        id=key,
        text=text,
        author_id=named(author),
        author_name=named(author),
        handle=named(author),
        created_at=moment(_attribute(element, "created")),
        links=_links(body),
        is_edited=_is_edited(about),
        reply_to_id=_attribute(element, "parentid") or _attribute(element, "postid"),
    )
    return Said(Signal.PRESENT, _served(author), post)


def _own_body(element: HtmlElement, key: str, slot: str) -> HtmlElement | None:
    """Return the thing's own body: answers to a comment are elements inside it."""
    for name in (f"{key}-comment-rtjson-content", f"{key}-post-rtjson-content"):
        for found in element.iter("div"):
            if found.get("id") == name:
                return found
    return _slot(element, slot)


# --- parts --------------------------------------------------------------------------------------


def _slot(element: HtmlElement, name: str) -> HtmlElement | None:
    """Return the part in that slot, of this element and not of one of its own kind inside it."""
    for part in element.iter():
        if isinstance(part.tag, str) and part.get("slot") == name:
            owner = next(part.iterancestors(element.tag), None)
            return part if owner is element else None
    return None


def _attribute(element: HtmlElement, name: str) -> str | None:
    value = element.get(name)
    return clean(value).strip() or None if value is not None else None


def _without(words: str, *parts: str) -> str:
    lines = {line for part in parts for line in part.split("\n")}
    return "\n".join(line for line in words.split("\n") if line and line not in lines)


def _is_edited(words: str) -> bool:
    parts = (part.strip() for line in words.split("\n") for part in line.split("•"))
    return any(_EDITED.fullmatch(part) for part in parts)


def _links(body: HtmlElement | None) -> tuple[str, ...]:
    if body is None:
        return ()
    found = (clean(link.get("href") or "") for link in body.iter("a"))
    return tuple(dict.fromkeys(href for href in found if href.startswith("http")))


def links_out(url: str | None) -> tuple[str, ...]:
    """Return what a post links to, when that is no page or file of Reddit's own."""
    if not url or not url.startswith("http"):
        return ()
    try:
        own = any(same_site(url, site) for site in ("https://reddit.com", "https://redd.it"))
    except AddressError:
        return ()
    return () if own else (url,)
