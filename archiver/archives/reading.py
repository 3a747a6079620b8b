"""What a copy shows of a source: read as the platform was read when the copy was made."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import replace

from archiver.archives.places import is_copy_of
from archiver.archives.protocol import Copy
from archiver.archives.x_page import read_x_copy
from archiver.model.inquiry import Answer, Reading
from archiver.model.signals import Signal
from archiver.model.source import SourceRef
from archiver.platforms import _reddit_page, _youtube_page
from archiver.platforms._json import inner, text
from archiver.platforms._outline import words_in
from archiver.platforms._thin import FEW_WORDS
from archiver.platforms.web import THIN, read_answer

Vouch = Callable[[Reading], bool]
"""Tells whether a page has what the article prints of the source."""

_SCRIPT = re.compile(rb"<script\b", re.I)
_WANTS_SCRIPTS = re.compile(
    r"(?:enable|turn on|requires?|need) javascript|javascript (?:is )?(?:required|disabled)"
    r"|javascript (?:must|to be) ",
    re.I,
)


def nobody(reading: Reading) -> bool:
    """Vouch for no page."""
    del reading
    return False


def read_copy(copy: Copy, ref: SourceRef, vouch: Vouch = nobody) -> Reading:
    """Return what a copy shows of the source; only positive evidence makes it present.

    1. A capture of a redirect leads on to a capture of another address: that shows something else.
    2. The platform's own reader counts, where it has one for the page as archived.
    3. Else a platform's page shows the source when ``vouch`` says so: its log-in pages and pages
       for what is gone answer 200 like any other.
    4. A page of the open web shows itself, unless it has no words or scripts were to draw them.
    """
    if not is_copy_of(copy.held.original, ref):
        reason = f"The copy is of another address, {copy.held.original}."
        return Reading(Signal.UNREADABLE, reason, url=copy.held.original)
    if ref.platform == "x":
        return read_x_copy(copy.answer, ref.key)
    own = _OWN[ref.platform](copy.answer, ref) if ref.platform in _OWN else None
    if own is not None and own.signal is not Signal.UNREADABLE:
        return own
    # Links to media lead to places of today, and what drew the page then draws it no more.
    page = replace(read_answer(copy.answer, copy.held.original), media=(), page_url=None)
    if page.signal is not Signal.PRESENT or vouch(page):
        return page
    why = _no_evidence(page, copy.answer) if ref.platform == "web" else _UNVOUCHED
    return page if why is None else Reading(Signal.UNREADABLE, why, url=page.url)


_UNVOUCHED = (
    "The copy is a page of the platform, and nothing shows that the source stands in it: "
    "not its data, nor words printed of it."
)


def _no_evidence(page: Reading, answer: Answer) -> str | None:
    """Return why a page of the open web shows nothing; None when it does."""
    if page.page is None:
        return None if page.content_sha256 is not None else "The copy holds no content."
    shown = page.page.visible
    letters = sum(map(str.isalnum, shown))
    if not letters:
        return "The copy is a page without words."
    if _SCRIPT.search(answer.body) and letters < THIN:
        return "The copy is an empty page that scripts were to fill."
    if words_in(shown) < FEW_WORDS and _WANTS_SCRIPTS.search(shown):
        return "The copy is a page of few words that asks for JavaScript."
    return None


def _read_youtube(answer: Answer, ref: SourceRef) -> Reading:
    said = _youtube_page.read_watch_page(answer, ref.key)
    reason = f"The copy was read: {said.reason}."
    if said.signal is not Signal.PRESENT:
        return Reading(said.signal, reason, url=answer.url)
    if text(inner(said.player, "videoDetails"), "videoId") != ref.key:
        return Reading(Signal.UNREADABLE, "The copy does not name its video.", url=answer.url)
    post = _youtube_page.read_video(said.player, ref.key)
    return Reading(Signal.PRESENT, reason, url=answer.url, post=post)


def _read_reddit(answer: Answer, ref: SourceRef) -> Reading:
    said = _reddit_page.read_page(answer, ref.key)
    is_shown = said.signal is Signal.PRESENT and said.post is not None
    signal = Signal.UNREADABLE if said.signal is Signal.PRESENT and not is_shown else said.signal
    post = said.post if is_shown else None
    return Reading(signal, f"The copy was read: {said.reason}.", url=answer.url, post=post)


_OWN: Mapping[str, Callable[[Answer, SourceRef], Reading]] = {
    "reddit": _read_reddit,
    "youtube": _read_youtube,
}
"""Readers of platforms for the page as it was sent, before scripts ran."""


def shows_source(reading: Reading) -> bool:
    """Tell whether a reading shows the source itself, with content to compare."""
    return reading.signal is Signal.PRESENT and reading.fingerprint is not None
