"""Videos on YouTube, by what oEmbed and the watch page show to everybody.

oEmbed tells by its status whether a video is public; the watch page tells why not, and holds the
description. The page is often behind a question for robots or for consent: then oEmbed alone is
heard, and it never proves a deletion. The ID holds no time.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from urllib.parse import urlencode

from archiver.model.citation import FoundCitation
from archiver.model.inquiry import Answer, Inquiry, Outcome, Question, Reading
from archiver.model.post import Post
from archiver.model.signals import Signal
from archiver.model.source import SourceRef
from archiver.platforms._api import JSON, is_own_word, wall_of
from archiver.platforms._json import Object, read_object
from archiver.platforms._media import media_urls
from archiver.platforms._questions import is_unverified, unanswered
from archiver.platforms._short import follow_link
from archiver.platforms._youtube_address import read_video_address, video_url
from archiver.platforms._youtube_page import (
    Said,
    names,
    read_oembed_video,
    read_video,
    read_watch_page,
)
from archiver.platforms.protocol import Lookup

NAME = "youtube"
_WHAT = "YouTube's oEmbed"


class Voice(Enum):
    """What oEmbed says. Source: iamcal/oembed issue 847 (2026-06), one voice for 400 to 404."""

    SERVES = "oEmbed serves it"
    NO_EMBED = "oEmbed answers 401, as for videos that may not be embedded"
    REFUSED = "oEmbed answers 403, as for private videos"
    ABSENT = "oEmbed knows no such video (404)"
    MALFORMED = "oEmbed does not take the address (400)"
    ANOTHER = "oEmbed serves what does not bear its ID"
    NOTHING = "oEmbed gave no usable answer"


_VOICES = {401: Voice.NO_EMBED, 403: Voice.REFUSED, 404: Voice.ABSENT, 400: Voice.MALFORMED}

# Words of the watch page that oEmbed can contradict, or agree with.
_ABSENCE = frozenset(
    {Signal.DELETED, Signal.ACCOUNT_GONE, Signal.SUSPENDED, Signal.REMOVED, Signal.NOT_FOUND}
)
# Voices that the video is there, or that speak of another one: they and an absence contradict.
_CONTRARY = frozenset({Voice.SERVES, Voice.NO_EMBED, Voice.ANOTHER})
_SILENCE = frozenset(
    {
        Signal.WALL,
        Signal.LOGIN,
        Signal.RATE_LIMITED,
        Signal.SERVER_ERROR,
        Signal.UNREACHABLE,
        Signal.UNREADABLE,
    }
)


@dataclass(frozen=True, slots=True)
class YouTube:
    """Videos at ``https://www.youtube.com/watch?v=ID``; ``recognise_any`` takes what is none."""

    recognise_any: Callable[[str], SourceRef]

    @property
    def name(self) -> str:
        """The word before the colon in a source's name."""
        return NAME

    def recognise(self, url: str) -> SourceRef | None:
        """Return the video that ``url`` names, or None when it is not one of this platform."""
        video_id = read_video_address(url)
        return SourceRef(NAME, video_id, video_url(video_id)) if video_id else None

    def posted_at(self, ref: SourceRef) -> datetime | None:
        """Return None: the ID of a video holds no time."""
        return None

    def inquire(self, ref: SourceRef, shown: Reading | None = None) -> Inquiry:
        """Ask both voices.

        1. Ask oEmbed. When nothing answers, ask the control address: is it them, or us?
        2. Ask for the watch page, which tells the description, or why there is no video.
        """
        answer = yield _oembed(ref)
        failed = yield from unanswered(answer, _WHAT)
        if failed is not None:
            return _failure(failed)
        voice, reply = _read_oembed(answer, ref.key)
        page = yield _watch_page(ref)
        return _weigh(read_watch_page(page, ref.key), voice, reply, ref)

    def look_up(self, found: FoundCitation) -> Lookup:
        """Expand a short link and recognise what it leads to."""
        return follow_link(found, self.recognise_any)


def _oembed(ref: SourceRef) -> Question:
    query = urlencode({"format": "json", "url": ref.url})
    return Question(f"https://www.youtube.com/oembed?{query}", accept=JSON)


def _watch_page(ref: SourceRef) -> Question:
    # What is said instead of a video is read by its English words.
    english = (("Accept-Language", "en"),)
    return Question(f"{ref.url}&hl=en", accept="text/html", headers=english)


def _failure(failed: Reading) -> Reading:
    # The interface's own name is gone, not the video.
    if failed.signal is Signal.NO_HOST:
        return Reading(Signal.UNREACHABLE, failed.reason)
    return failed


def _read_oembed(answer: Answer, video_id: str) -> tuple[Voice, Object]:
    """Return what oEmbed says, and its data where it serves the video."""
    usable = answer.outcome is Outcome.ANSWERED and not is_unverified(answer)
    if not usable or wall_of(answer) is not None or not is_own_word(answer):
        return Voice.NOTHING, {}
    if answer.status != 200:
        return _VOICES.get(answer.status or 0, Voice.NOTHING), {}
    reply = read_object(answer.body) or {}
    if "title" not in reply:
        return Voice.NOTHING, {}
    return (Voice.SERVES if names(reply, video_id) else Voice.ANOTHER), reply


def _weigh(said: Said, voice: Voice, reply: Object, ref: SourceRef) -> Reading:
    if said.signal is Signal.PRESENT:
        return _served(f"{said.reason}.", read_video(said.player, ref.key), ref)
    both = f"{_start(said.reason)}; {voice.value}."
    if said.signal in _SILENCE:
        return _by_oembed(said, both, voice, reply, ref)
    if said.signal in _ABSENCE and voice in _CONTRARY:
        return _reading(Signal.ABSENT_UNEXPLAINED, both, ref)
    agree = said.signal in _ABSENCE and voice is Voice.ABSENT
    return _reading(said.signal, both, ref, confirmed=agree)


def _by_oembed(said: Said, both: str, voice: Voice, reply: Object, ref: SourceRef) -> Reading:
    """Return what oEmbed's word comes to when the watch page says nothing of the video."""
    post = read_oembed_video(reply, ref.key) if voice is Voice.SERVES else None
    if post is not None:
        reason = f"oEmbed serves it; {said.reason}, so its description is not known."
        return _served(_start(reason), post, ref)
    return _reading(Signal.NOT_FOUND if voice is Voice.ABSENT else said.signal, both, ref)


def _served(reason: str, post: Post, ref: SourceRef) -> Reading:
    return Reading(
        Signal.PRESENT,
        reason,
        url=ref.url,
        post=post,
        media=media_urls(post),
        page_url=ref.url,
    )


def _reading(signal: Signal, reason: str, ref: SourceRef, *, confirmed: bool = False) -> Reading:
    return Reading(signal, reason, confirmed=confirmed, page_url=ref.url)


def _start(words: str) -> str:
    return words[:1].upper() + words[1:]
