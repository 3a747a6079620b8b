"""Posts on Threads, by their public page.

Keys are codes, in which capitals count. The page carries the post's data for visitors it trusts,
tags for previews at times, and for everybody else a log-in in its place, with status 200. Deleted,
private and never posted look alike, so an absence here is never explained and never confirmed.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import pairwise

from archiver.model.citation import FoundCitation
from archiver.model.inquiry import Answer, Inquiry, Reading
from archiver.model.post import Post
from archiver.model.signals import Signal
from archiver.model.source import SourceRef
from archiver.platforms import _times
from archiver.platforms._hosts import parts_at
from archiver.platforms._json import Object, inner, objects, text
from archiver.platforms._markup import Markup, objects_in, read_markup, shown_text
from archiver.platforms._meta_media import media_of_page, media_urls, read_media
from archiver.platforms._obstacles import Road, page_question, render_question, walk
from archiver.platforms._short import follow_link
from archiver.platforms.protocol import Lookup

NAME = "threads"

# The last ones are mirrors that people paste to make a post readable elsewhere.
# Source: the patterns of FxEmbed and of chat bots, 2024 to 2026.
_HOSTS = (
    "threads.com", "threads.net",
    "fixthreads.net", "fixthreads.seria.moe", "fzthreads.com", "vxthreads.net", "threadsez.com",
)  # fmt: skip
_PATHS = (
    re.compile(
        r"/@(?P<user>[\w.]{1,64})/post/(?P<code>[\w-]{9,11})(?:/(?:embed|media))?", re.ASCII
    ),
    re.compile(r"/(?:t|post)/(?P<code>[\w-]{9,11})(?:/(?:embed|media))?", re.ASCII),
)

# Source: the page's title, words and component names in saved pages, 2023 to 2026.
_LOGIN_TITLE = re.compile(r"threads [•·-] log ?in", re.I)
_ABSENT = re.compile(
    r"(?:sorry, )?this page isn['’]t available|post (?:unavailable|not available)"
    r"|this post is(?:n['’]t| not) available|the page may have been removed",
    re.I,
)
_LIMITED = "BarcelonaGeoBlockedErrorRoot"
_NAMED = re.compile(r"(?P<name>.+?) \(@(?P<handle>[\w.]+)\)", re.S)


@dataclass(frozen=True, slots=True)
class Threads:
    """Posts at ``https://www.threads.com/@USER/post/CODE``."""

    recognise_any: Callable[[str], SourceRef]

    @property
    def name(self) -> str:
        """The word before the colon in a source's name."""
        return NAME

    def recognise(self, url: str) -> SourceRef | None:
        """Return the post that ``url`` names, or None when it is not one of this platform."""
        found = _read_path(url)
        if found is None:
            return None
        code, user = found["code"], found.groupdict().get("user")
        path = f"@{user}/post/{code}" if user else f"t/{code}"
        return SourceRef(NAME, code, f"https://www.threads.com/{path}")

    def posted_at(self, ref: SourceRef) -> datetime | None:
        """Return the time inside the code: when the post was begun, shortly before it appeared."""
        return _times.in_instagram_code(ref.key)

    def inquire(self, ref: SourceRef, shown: Reading | None = None) -> Inquiry:
        """Ask for the page, and for it as a browser draws it."""

        def read(answer: Answer) -> Reading:
            return _read_page(answer, ref.key)

        roads = (
            Road(page_question(ref.url), "Threads' page", read),
            Road(render_question(ref.url), "Threads' page, drawn,", read),
        )
        return replace((yield from walk(roads)), page_url=ref.url)

    def look_up(self, found: FoundCitation) -> Lookup:
        """Expand a share link and recognise what it leads to."""
        return follow_link(found, self.recognise_any)


def _read_path(url: str) -> re.Match[str] | None:
    parts = parts_at(url, _HOSTS)
    if parts is None:
        return None
    return next((found for p in _PATHS if (found := p.fullmatch(parts.path))), None)


def _read_page(answer: Answer, code: str) -> Reading:
    markup = read_markup(answer)
    if markup is None:
        return Reading(Signal.UNREADABLE, "Threads' page answered with nothing to read.")
    entry = media_of_page(markup, code)
    if entry is not None:
        post = replace(read_media(entry, code), parent=_parent(markup, code))
        urls = media_urls(post)
        return Reading(Signal.PRESENT, "Threads' page shows it.", post=post, media=urls)
    final = _read_path(answer.url)
    is_ours = final is not None and final["code"] == code
    tagged = _tags(markup, code) if is_ours else None
    if tagged is not None:
        return Reading(Signal.PRESENT, "Threads' page has it in its tags.", post=tagged)
    return _instead(markup, answer, is_ours=is_ours)


def _parent(markup: Markup, code: str) -> Post | None:
    """Return the post that it answers: the one before it in its thread."""
    for before, post in _neighbours(markup):
        name = text(before, "code")
        if name is not None and text(post, "code") == code:
            return read_media(before, name, with_quoted=False)
    return None


def _neighbours(markup: Markup) -> Iterator[tuple[Object, Object]]:
    for value in markup.data():
        for entry in objects_in(value):
            items = objects(entry, "thread_items")
            yield from pairwise(inner(item, "post") for item in items)


def _tags(markup: Markup, code: str) -> Post | None:
    """Return what the tags for previews tell; those of a log-in name the front page."""
    found = _read_path(markup.meta("og:url") or "")
    words = markup.meta("og:description")
    if found is None or found["code"] != code or not words:
        return None
    named = _NAMED.match(markup.meta("og:title") or "")
    return Post(
        id=code,
        text=words,
        author_id=None,
        author_name=named["name"] if named else None,
        handle=named["handle"] if named else found.groupdict().get("user"),
        created_at=None,
        is_cut=True,
    )


def _instead(markup: Markup, answer: Answer, *, is_ours: bool) -> Reading:
    """Return what a page without the post says."""
    if _LOGIN_TITLE.fullmatch(markup.title) or _LOGIN_TITLE.fullmatch(
        markup.meta("og:title") or ""
    ):
        return Reading(Signal.LOGIN, "Threads' page is a log-in in the place of the post.")
    if not is_ours:
        return Reading(Signal.UNREADABLE, "Threads' page led elsewhere and shows nothing of it.")
    if _LIMITED in markup.html:
        reason = "Threads' page says that it isn't available to everyone: by region, age or log-in."
        return Reading(Signal.WITHHELD, reason)
    shown = shown_text(markup.tree)
    if answer.status in (404, 410) or _ABSENT.search(shown):
        reason = (
            "Threads' page says that there is no such page, as it does of what was removed and "
            "what is private."
        )
        return Reading(Signal.ABSENT_UNEXPLAINED, reason)
    return Reading(Signal.UNREADABLE, "Threads' page shows visitors nothing of it.")
