"""Posts and reels on Instagram, by the page that embeds them and their own page.

Keys are codes, in which capitals count. Logged out, Instagram answers alike for what was removed,
what is private, what may not be embedded and, at times, for every visitor; so an absence here is
never explained and never confirmed. Stories, profiles, hashtags and comments (``/p/CODE/c/ID``)
stay addresses of the open web.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime

import lxml.html

from archiver.model.citation import FoundCitation
from archiver.model.inquiry import Answer, Inquiry, Reading
from archiver.model.post import Medium, Post
from archiver.model.signals import Signal
from archiver.model.source import SourceRef
from archiver.platforms import _times
from archiver.platforms._hosts import parts_at
from archiver.platforms._markup import Markup, path_key, read_markup, shown_text
from archiver.platforms._meta_media import find_media, media_of_page, media_urls, read_media
from archiver.platforms._obstacles import Road, page_question, render_question, walk
from archiver.platforms._short import follow_link
from archiver.platforms.protocol import Lookup

NAME = "instagram"

# The last ones are mirrors that people paste to make a post playable elsewhere.
# Source: the patterns of yt-dlp (2026-10) and of chat bots, 2023 to 2026.
_HOSTS = (
    "instagram.com", "instagr.am",
    "ddinstagram.com", "eeinstagram.com", "kkinstagram.com", "rxinstagram.com", "uuinstagram.com",
    "vxinstagram.com", "fxstagram.com", "instagramez.com",
)  # fmt: skip
_PATH = re.compile(
    r"(?:/(?!share/|explore/|stories/)[\w.]{1,64})?/(?:p|reels?(?!/audio(?:/|$))|tv)/(?P<code>[\w-]{5,64})(?:/(?!c/).*)?",
    re.ASCII,
)
_SECRET = 28  # characters behind the code in the address of a private post. Source: yt-dlp, 2026
_MAX_CODE = 11  # characters; 64 bits take no more

# Source: the embed's words and class as read by maintained programs, 2022 to 2026; that it is
#   shown to every visitor without scripts: one voice, 2026-09.
_BROKEN = re.compile(
    r"the link to this photo or video may be broken, or the post may have been removed"
    r"|sorry, this page isn['’]t available",
    re.I,
)
_LOGIN_TITLE = re.compile(r"log ?in [•·-] instagram|instagram [•·-] log ?in|instagram login", re.I)
_CONTEXT = '"contextJSON":'
_MAX_CONTEXTS = 5  # of one page; an embed has one
_QUOTED = re.compile(r':\s*["“](?P<words>.*)["”]\.?\s*', re.S)
_CAPTION_PARTS = ("CaptionUsername", "CaptionComments")


@dataclass(frozen=True, slots=True)
class Instagram:
    """Posts at ``https://www.instagram.com/p/CODE/``; ``recognise_any`` takes the others."""

    recognise_any: Callable[[str], SourceRef]

    @property
    def name(self) -> str:
        """The word before the colon in a source's name."""
        return NAME

    def recognise(self, url: str) -> SourceRef | None:
        """Return the post that ``url`` names, or None when it is not one of this platform."""
        code = read_code(url)
        return SourceRef(NAME, code, f"https://www.instagram.com/p/{code}/") if code else None

    def posted_at(self, ref: SourceRef) -> datetime | None:
        """Return the time inside the code: when the post was begun, shortly before it appeared."""
        return _times.in_instagram_code(ref.key)

    def inquire(self, ref: SourceRef, shown: Reading | None = None) -> Inquiry:
        """Ask the embedding page, the same as a browser draws it, then the post's own page.

        The embed is drawn even when it called itself broken, for it says so to visitors without
        scripts, too; the page mostly asks for a log-in.
        """
        embed = f"{ref.url}embed/captioned/"

        def read(answer: Answer) -> Reading:
            return _read_embed(answer, ref.key)

        roads = (
            Road(page_question(embed), "Instagram's embed", read),
            Road(render_question(embed), "Instagram's embed, drawn,", read),
            Road(page_question(ref.url), "Instagram's page", lambda a: _read_page(a, ref)),
        )
        said = yield from walk(roads)
        return replace(said, page_url=said.page_url or embed)

    def look_up(self, found: FoundCitation) -> Lookup:
        """Expand a share link and recognise what it leads to."""
        return follow_link(found, self.recognise_any)


def read_code(url: str) -> str | None:
    """Return the code of the post that an address names, without what opens a private one."""
    parts = parts_at(url, _HOSTS)
    found = _PATH.fullmatch(parts.path) if parts is not None else None
    if found is None:
        return None
    code = found["code"]
    code = code[:-_SECRET] if len(code) > _SECRET else code
    return code if 5 <= len(code) <= _MAX_CODE else None


# --- the embed ----------------------------------------------------------------------------------


def _read_embed(answer: Answer, code: str) -> Reading:
    markup = read_markup(answer)
    if markup is None:
        return Reading(Signal.UNREADABLE, "Instagram's embed answered with nothing to read.")
    entry = find_media(_contexts(markup), code) or media_of_page(markup, code)
    post = read_media(entry, code) if entry is not None else _drawn(markup, answer, code)
    if post is not None:
        part = ", in part" if post.is_cut else ""
        reason = f"Instagram's embed shows it{part}."
        return Reading(Signal.PRESENT, reason, post=post, media=media_urls(post))
    return _instead(markup, answer, "Instagram's embed")


def _contexts(markup: Markup) -> Iterator[object]:
    """Yield the data that the embed's scripts carry as text inside of text."""
    at = 0
    for _ in range(_MAX_CONTEXTS):
        at = markup.html.find(_CONTEXT, at) + len(_CONTEXT)
        if at < len(_CONTEXT):
            return
        try:
            text, _end = json.JSONDecoder().raw_decode(markup.html, at)
            yield json.loads(text)
        except (ValueError, RecursionError, TypeError):
            continue


def _drawn(markup: Markup, answer: Answer, code: str) -> Post | None:
    """Return the post as the embed draws it: of an album, only its first picture."""
    user, picture = markup.one("UsernameText"), markup.one("EmbeddedMediaImage")
    caption = markup.one("Caption")
    if user is None or (picture is None and caption is None):
        return None
    if read_code(answer.url) != code or not _codes_round(user, picture, caption) <= {code}:
        return None
    url = (picture.get("src") or "") if picture is not None else ""
    alt = picture.get("alt") if picture is not None else None
    return Post(
        id=code,
        text=shown_text(caption, without=_CAPTION_PARTS) if caption is not None else "",
        author_id=None,
        author_name=None,
        handle=shown_text(user) or None,
        created_at=None,
        media=(Medium(path_key(url), "photo", url, alt or None),) if url else (),
        is_cut=True,
    )


def _codes_round(*parts: lxml.html.HtmlElement | None) -> set[str]:
    """Return the codes of the posts to which these parts of an embed lead."""
    links = (link for part in parts if part is not None for link in part.iterancestors("a"))
    codes = (read_code(link.get("href") or "") for link in links)
    return {code for code in codes if code is not None}


# --- the page -----------------------------------------------------------------------------------


def _read_page(answer: Answer, ref: SourceRef) -> Reading:
    markup = read_markup(answer)
    if markup is None:
        return Reading(Signal.UNREADABLE, "Instagram's page answered with nothing to read.")
    entry = media_of_page(markup, ref.key)
    post = read_media(entry, ref.key) if entry is not None else _tags(markup, answer, ref.key)
    if post is not None:
        part = ", in part" if post.is_cut else ""
        reason = f"Instagram's page shows it{part}."
        urls = media_urls(post)
        return Reading(Signal.PRESENT, reason, post=post, media=urls, page_url=ref.url)
    return _instead(markup, answer, "Instagram's page")


def _tags(markup: Markup, answer: Answer, code: str) -> Post | None:
    """Return what the tags tell: the author and the caption, quoted in a sentence."""
    if {read_code(answer.url), read_code(markup.meta("og:url") or "")} != {code}:
        return None
    title = markup.meta("og:title") or ""
    quoted = _QUOTED.search(title) or _QUOTED.search(markup.meta("og:description") or "")
    if quoted is None:
        return None
    name = title.partition(" on Instagram")[0] if " on Instagram" in title else None
    return Post(code, quoted["words"].strip(), None, name, None, None, is_cut=True)


def _instead(markup: Markup, answer: Answer, what: str) -> Reading:
    """Return what a page without the post says."""
    if _LOGIN_TITLE.fullmatch(markup.title):
        return Reading(Signal.LOGIN, f"{what} asks for a log-in.")
    shown = shown_text(markup.tree)
    if answer.status in (404, 410):
        says = f"answers {answer.status}"
    elif markup.one("EmbedIsBroken") is not None or _BROKEN.search(shown):
        says = "says that the link may be broken or the post removed"
    else:
        return Reading(Signal.UNREADABLE, f"{what} shows visitors nothing of it.")
    reason = (
        f"{what} {says}, as it does of what was removed, what is private and what may not be "
        "embedded."
    )
    return Reading(Signal.ABSENT_UNEXPLAINED, reason)
