"""Videos and picture posts on TikTok; the numeric ID alone is the identity.

oEmbed is asked first, for it is the one source TikTok documents (developers.tiktok.com, 2026); it
refuses with 400 what is gone and, at times, who asks. The data inside the page is the second
voice. Its code for "no such post" is given to blocked visitors, too, so nothing here ever proves
that a post is gone.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Generator
from dataclasses import dataclass, replace
from datetime import datetime
from urllib.parse import quote

from archiver.model.citation import FoundCitation
from archiver.model.inquiry import Answer, Inquiry, Question, Reading
from archiver.model.post import Medium, Post
from archiver.model.signals import Signal
from archiver.model.source import SourceRef
from archiver.platforms import _times
from archiver.platforms._hosts import parts_at
from archiver.platforms._json import Object, inner, number, objects, read_object, text, texts
from archiver.platforms._markup import path_key, read_markup
from archiver.platforms._moments import moment_of_unix
from archiver.platforms._obstacles import (
    Road,
    heavier,
    page_question,
    render_question,
    take,
)
from archiver.platforms._short import follow_link
from archiver.platforms.protocol import Lookup

NAME = "tiktok"

# The last ones are mirrors that people paste to make a video playable elsewhere.
# Source: the patterns of yt-dlp, okdargy/fxTikTok, Britmoji/tiktxk and of chat bots, 2023 to 2026.
_HOSTS = (
    "tiktok.com", "tiktokv.com", "tiktokv.us",
    "vxtiktok.com", "fxtiktok.com", "tnktok.com", "tiktxk.com", "tfxktok.com",
)  # fmt: skip
_CODES = frozenset({"vm", "vt"})  # below these stand short links, which need a look-up
_ID = r"(?P<id>\d{10,20})"
_PATHS = tuple(
    re.compile(path, re.ASCII)
    for path in (
        rf"/@(?P<user>[\w.-]*)/(?P<kind>video|photo)/{_ID}",
        rf"/v/{_ID}(?:\.html)?",
        rf"/embed/(?:v\d/)?{_ID}",
        rf"/player/v\d/{_ID}",
        rf"/(?:i18n/)?share/video/{_ID}",
    )
)
_SCOPES = ("webapp.video-detail", "webapp.photo-detail", "webapp.reflow.video.detail")

_EMBED_ID = re.compile(r"\bdata-video-id=[\"']?(?P<id>\d{1,20})", re.ASCII)

# After these, the page on the same host is not asked.
_ENDS = frozenset({Signal.RATE_LIMITED, Signal.UNREACHABLE, Signal.OFFLINE, Signal.REFUSED})

# Source: yt-dlp (2026-08) and davidteather/TikTok-Api, whose readings of 10204 differ.
_CODES_SAY = {
    10204: (Signal.ABSENT_UNEXPLAINED, "which it says of removed posts and to blocked visitors"),
    10216: (Signal.PROTECTED, "which it says of private posts"),
    10222: (Signal.PROTECTED, "which it says of private accounts"),
}


@dataclass(frozen=True, slots=True)
class TikTok:
    """Posts at ``https://www.tiktok.com/@USER/video/ID``; ``recognise_any`` takes the others."""

    recognise_any: Callable[[str], SourceRef]

    @property
    def name(self) -> str:
        """The word before the colon in a source's name."""
        return NAME

    def recognise(self, url: str) -> SourceRef | None:
        """Return the post that ``url`` names, or None when it is not one of this platform."""
        found = _read_path(url)
        return _ref(found) if found else None

    def posted_at(self, ref: SourceRef) -> datetime | None:
        """Return the time inside the ID: seconds before it was published."""
        return _times.in_tiktok_id(ref.key)

    def inquire(self, ref: SourceRef, shown: Reading | None = None) -> Inquiry:
        """Ask oEmbed, then the page, then the page as a browser draws it.

        1. Ask oEmbed. When nothing answers, ask the control address: is it them, or us?
        2. Ask for the page, which has more of a living post and says more of another one.
        3. Render the page when it came without data, as it does to visitors without scripts.
        """
        oembed = Question(
            f"https://www.tiktok.com/oembed?url={quote(ref.url, safe='')}",
            accept="application/json",
        )
        said = yield from take(Road(oembed, "TikTok's oEmbed", lambda a: _read_oembed(a, ref.key)))
        if said.signal in _ENDS:
            return said
        page = yield from _page(ref)
        return replace(_weigh(said, page), page_url=ref.url)

    def look_up(self, found: FoundCitation) -> Lookup:
        """Expand a short link and recognise what it leads to."""
        return follow_link(found, self.recognise_any)


def _read_path(url: str) -> re.Match[str] | None:
    parts = parts_at(url, _HOSTS)
    if parts is None or parts.sub.rpartition(".")[2] in _CODES:
        return None
    return next((found for p in _PATHS if (found := p.fullmatch(parts.path))), None)


def _id_in(url: str) -> str | None:
    found = _read_path(url)
    return str(int(found["id"])) if found else None


def _ref(found: re.Match[str]) -> SourceRef:
    groups = found.groupdict()
    # A page opens under any name before the ID; "_" is what yt-dlp asks for when it knows none.
    user, kind = groups.get("user") or "_", groups.get("kind") or "video"
    key = str(int(found["id"]))
    return SourceRef(NAME, key, f"https://www.tiktok.com/@{user}/{kind}/{key}")


def _page(ref: SourceRef) -> Generator[Question, Answer, Reading]:
    road = Road(page_question(ref.url), "TikTok's page", lambda a: _read_page(a, ref.key))
    said = yield from take(road)
    if said.signal not in (Signal.WALL, Signal.UNREADABLE, Signal.SERVER_ERROR):
        return said
    drawn = yield from take(replace(road, question=render_question(ref.url)))
    return heavier(said, drawn)


# --- oEmbed -------------------------------------------------------------------------------------


def _read_oembed(answer: Answer, key: str) -> Reading:
    """Return what oEmbed says. Source: developers.tiktok.com/doc/embed-videos; issues, to 2026."""
    if answer.status in (404, 410):
        return Reading(Signal.ABSENT_UNEXPLAINED, f"TikTok's oEmbed refuses it ({answer.status}).")
    reply = read_object(answer.body)
    if reply is None:
        is_page = "html" in answer.content_type
        signal = Signal.WALL if is_page else Signal.UNREADABLE
        return Reading(signal, "TikTok's oEmbed answered without data.")
    if text(reply, "author_name") is None and text(reply, "author_unique_id") is None:
        reason = "TikTok's oEmbed answered without a post."
        return Reading(Signal.UNREADABLE, reason)
    if _ids_in(reply) != {key}:
        return Reading(Signal.UNREADABLE, "TikTok's oEmbed answered for another post.")
    return Reading(Signal.PRESENT, "TikTok's oEmbed serves it.", post=_oembed_post(reply, key))


def _ids_in(reply: Object) -> set[str]:
    """Return the IDs by which oEmbed says whose embed code it is: in its data, and in the code."""
    code = _EMBED_ID.search(text(reply, "html") or "")
    return {found for found in (text(reply, "embed_product_id"), code and code["id"]) if found}


def _oembed_post(reply: Object, key: str) -> Post:
    """Return what oEmbed has of a post: its words, but neither its time nor its files."""
    handle = text(reply, "author_unique_id")
    return Post(
        id=key,
        text=text(reply, "title") or "",
        author_id=None,
        author_name=text(reply, "author_name"),
        handle=handle,
        created_at=_times.in_tiktok_id(key),
        is_cut=True,
    )


# --- the page -----------------------------------------------------------------------------------


def _read_page(answer: Answer, key: str) -> Reading:
    """Return what the data inside the page says. Source: yt-dlp's reading of it, 2026-08."""
    detail = _detail(answer)
    if _id_in(answer.url) != key:
        return Reading(Signal.UNREADABLE, "TikTok's page led to another one.")
    if detail is None:
        return Reading(Signal.WALL, "TikTok's page comes without its data, as to machines.")
    code = number(detail, "statusCode") or 0
    item = inner(inner(detail, "itemInfo"), "itemStruct")
    if code:
        return _by_code(code, text(detail, "statusMsg"))
    if text(item, "id") != key:
        return Reading(Signal.UNREADABLE, "TikTok's page has data without the post.")
    if item.get("isContentClassified") is True and not (item.get("video") or item.get("imagePost")):
        reason = "TikTok's page shows it to visitors who are logged in only."
        return Reading(Signal.AGE_RESTRICTED, reason)
    post = read_item(item, key)
    urls = tuple(dict.fromkeys(medium.url for medium in post.media))
    return Reading(Signal.PRESENT, "TikTok's page shows it.", post=post, media=urls)


def _detail(answer: Answer) -> Object | None:
    markup = read_markup(answer)
    value = markup.script("__UNIVERSAL_DATA_FOR_REHYDRATION__") if markup is not None else None
    scope = inner(value, "__DEFAULT_SCOPE__") if isinstance(value, dict) else {}
    return next((found for name in _SCOPES if (found := inner(scope, name))), None)


def _by_code(code: int, words: str | None) -> Reading:
    signal, meaning = _CODES_SAY.get(code, (Signal.UNREADABLE, "which nobody knows"))
    quoted = f" (“{words}”)" if words else ""
    return Reading(signal, f"TikTok's page answers with code {code}{quoted}, {meaning}.")


def read_item(item: Object, key: str) -> Post:
    """Return a post from the page's data. Source: the fields that yt-dlp reads, 2026-08."""
    author = inner(item, "author")
    return Post(
        id=key,
        text=text(item, "desc") or "",
        author_id=text(author, "id"),
        author_name=text(author, "nickname"),
        handle=text(author, "uniqueId"),
        created_at=moment_of_unix(number(item, "createTime")) or _times.in_tiktok_id(key),
        language=text(item, "textLanguage"),
        media=_media(item, key),
    )


def _media(item: Object, key: str) -> tuple[Medium, ...]:
    pictures = [
        m for entry in objects(inner(item, "imagePost"), "images") if (m := _picture(entry))
    ]
    if pictures:
        return tuple(pictures)
    video = inner(item, "video")
    urls = [text(video, "playAddr"), text(video, "downloadAddr"), *_bitrates(video)]
    found = list(dict.fromkeys(url for url in urls if url))
    if not found:
        return ()
    # Every answer makes new addresses for the one file of a post.
    return (Medium(f"{key}/video", "video", found[0], others=tuple(found[1:])),)


def _bitrates(video: Object) -> list[str]:
    entries = [inner(entry, "PlayAddr") for entry in objects(video, "bitrateInfo")]
    return [url for entry in entries for url in texts(entry, "UrlList")]


def _picture(entry: Object) -> Medium | None:
    urls = texts(inner(entry, "imageURL"), "urlList")
    return Medium(path_key(urls[0]), "photo", urls[0], others=tuple(urls[1:])) if urls else None


# --- both together ------------------------------------------------------------------------------


def _weigh(oembed: Reading, page: Reading) -> Reading:
    """Return the word that counts.

    A living post of oEmbed stands against a page that says less, but not against one that says
    "private": oEmbed's replies may come out of a cache. Two refusals prove no deletion: both are
    given to visitors that TikTok does not like.
    """
    if page.signal in (Signal.PRESENT, Signal.PROTECTED, Signal.AGE_RESTRICTED):
        return page
    return heavier(oembed, page)
