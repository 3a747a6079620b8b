"""Posts, photos and videos on Facebook, by the plugin that embeds them and the tags of their page.

Logged out, Facebook answers alike for what was deleted, what is not public, and what may not be
embedded (its plugin refuses posts in public groups, and at times public posts of pages). So an
absence here is never explained and never confirmed, however often it is said.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from urllib.parse import urlsplit

from archiver.model.citation import FoundCitation
from archiver.model.inquiry import Answer, Inquiry, Reading
from archiver.model.signals import Signal
from archiver.model.source import SourceRef
from archiver.platforms._facebook_address import (
    NAME,
    is_page_of,
    is_same,
    plugin_url,
    read_address,
)
from archiver.platforms._facebook_post import author_link, post_link, read_plugin, read_tags
from archiver.platforms._markup import Markup, read_markup
from archiver.platforms._obstacles import Road, page_question, render_question, walk
from archiver.platforms._page import page_text
from archiver.platforms._short import follow_link
from archiver.platforms.protocol import Lookup

# Source: the plugin's words as measured 2026-08-12 and 2026-10-03, for deleted and private posts,
#   and for public ones that it does not embed.
_ABSENT = re.compile(r"this facebook (?:post|video) is no longer available", re.I)
# Source: yt-dlp's marks of a log-in page, 2026-10; the page's words for visitors, issues to 2026.
_LOGIN_IDS = frozenset({"login_form", "loginbutton", "login_popup_cta_form"})
_LOGIN_TITLE = re.compile(
    r"log ?(?:in(?:to)?|in to) (?:to )?facebook.*|facebook.{0,3}log in.*", re.I
)
_UNAVAILABLE = re.compile(r"this (?:content|page) isn['’]t available", re.I)


@dataclass(frozen=True, slots=True)
class Facebook:
    """Posts on Facebook; ``recognise_any`` takes what a share link leads to."""

    recognise_any: Callable[[str], SourceRef]

    @property
    def name(self) -> str:
        """The word before the colon in a source's name."""
        return NAME

    def recognise(self, url: str) -> SourceRef | None:
        """Return the post that ``url`` names, or None when it is not one of this platform."""
        return read_address(url)

    def posted_at(self, ref: SourceRef) -> datetime | None:
        """Return None: Facebook's numbers hold no time that is known."""
        return None

    def inquire(self, ref: SourceRef, shown: Reading | None = None) -> Inquiry:
        """Ask the plugin, then the page, then the plugin as a browser draws it.

        1. Ask the plugin, which has the whole text, the time and the pictures.
        2. Ask for the page: its tags have the beginning of what the plugin does not embed.
        3. Draw the plugin when neither said anything: some clients are refused by their headers.
        """
        plugin = plugin_url(ref)

        def read(answer: Answer) -> Reading:
            return read_plugin_answer(answer, ref.key)

        roads = (
            Road(page_question(plugin), "Facebook's plugin", read),
            Road(page_question(ref.url), "Facebook's page", lambda a: _read_page(a, ref)),
            Road(render_question(plugin), "Facebook's plugin, drawn,", read, is_resort=True),
        )
        said = yield from walk(roads)
        return replace(said, page_url=said.page_url or plugin)

    def look_up(self, found: FoundCitation) -> Lookup:
        """Expand a share link and recognise what it leads to."""
        return follow_link(found, self.recognise_any)


def read_plugin_answer(answer: Answer, key: str) -> Reading:
    """Return what the plugin shows of a post."""
    markup = read_markup(answer)
    if markup is None:
        return Reading(Signal.UNREADABLE, "Facebook's plugin answered with nothing to read.")
    post = read_plugin(markup, key) if answer.status == 200 else None
    if post is not None and not _draws(markup, answer, key):
        return Reading(Signal.UNREADABLE, "Facebook's plugin shows another post.")
    if post is not None:
        urls = tuple(dict.fromkeys(medium.url for medium in post.media))
        return Reading(Signal.PRESENT, "Facebook's plugin shows it.", post=post, media=urls)
    if _ABSENT.search(_visible(answer)):
        reason = (
            "Facebook's plugin says that it is no longer available, as it does of what was "
            "deleted, what is not public and what may not be embedded."
        )
        return Reading(Signal.ABSENT_UNEXPLAINED, reason)
    return _wall(markup, answer, "Facebook's plugin") or Reading(
        Signal.UNREADABLE, "Facebook's plugin answered in a shape nobody knows."
    )


def _read_page(answer: Answer, ref: SourceRef) -> Reading:
    markup = read_markup(answer)
    if markup is None:
        return Reading(Signal.UNREADABLE, "Facebook's page answered with nothing to read.")
    wall = _wall(markup, answer, "Facebook's page")
    # A lost post leads to a profile, a list, or to another post.
    tagged = is_same(markup.meta("og:url") or "", ref.key)
    is_ours = answer.status == 200 and _is_ours(is_same(answer.url, ref.key), tagged)
    post = read_tags(markup, ref.key) if wall is None and is_ours else None
    if post is not None:
        reason = "Facebook's page has the beginning of it in its tags."
        return Reading(Signal.PRESENT, reason, post=post, page_url=ref.url)
    return wall or Reading(Signal.UNREADABLE, "Facebook's page shows visitors nothing of it.")


def _draws(markup: Markup, answer: Answer, key: str) -> bool:
    """Tell whether a plugin draws the post asked for: the one it was sent to, and no other."""
    link, author = post_link(markup), author_link(markup)
    told = is_same(link, key) if link and read_address(link) else None
    if told is None and author and is_page_of(author, key) is False:
        return False
    return _is_ours(is_same(answer.url, key), told)


def _is_ours(*told: bool | None) -> bool:
    """Tell whether one address names the very post, and none names another or no post at all."""
    return True in told and False not in told


def _wall(markup: Markup, answer: Answer, what: str) -> Reading | None:
    if urlsplit(answer.url).path.startswith("/unsupportedbrowser"):
        return Reading(Signal.WALL, f"{what} refuses our browser.")
    is_form = any(e.get("id") in _LOGIN_IDS for e in markup.tree.iter("form", "button"))
    if _LOGIN_TITLE.fullmatch(markup.title) or (is_form and not markup.meta("og:description")):
        return Reading(Signal.LOGIN, f"{what} asks for a log-in.")
    if _UNAVAILABLE.search(_visible(answer)):
        reason = f"{what} says that this content isn't available, as to visitors of any post."
        return Reading(Signal.WALL, reason)
    return None


def _visible(answer: Answer) -> str:
    return page_text(answer.body, answer.url, answer.header("content-type"), main=False).visible
