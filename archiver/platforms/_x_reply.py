"""What X's two public end-points say of a post, each by itself and both together.

HTTP statuses cannot decide: a deleted post answers 200 with a tombstone. Source of every row:
replies measured by several projects in 2026 (apricot-cake/hologram 2026-07-29, react-tweet,
yt-dlp), collected 2026-11-22.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import Enum
from html import unescape

from archiver.model.inquiry import Answer, Outcome
from archiver.model.signals import Signal
from archiver.platforms._json import Object, inner, number, objects, read_object, text
from archiver.platforms._page import decoded, page_text
from archiver.platforms._questions import is_unverified
from archiver.platforms._walls import wall_in_headers, wall_in_page


@dataclass(frozen=True, slots=True)
class Said:
    """One end-point's word: a signal and one sentence. ``reply`` is a live post's data."""

    signal: Signal
    reason: str
    reply: Object | None = None


class Voice(Enum):
    """What oEmbed, the second voice, says."""

    SERVES = "oEmbed still serves it"
    ABSENT = "oEmbed knows no such post (404)"
    PROTECTED = "oEmbed may not show it (403)"
    SUSPENDED = "oEmbed says that the user is suspended (403)"
    NOTHING = "oEmbed gave no usable answer"


# --- the first voice: tweet-result --------------------------------------------------------------

# Texts in English (``lang=en``), in the wording since mid-2023 ("Post", "X Rules"), matched whole.
# Source: measured by several projects in 2026; those of 2022 from public schemas of the same site.
_TOMBSTONES = {
    "this post was deleted by the post author": Signal.DELETED,
    "this post is from an account that no longer exists": Signal.ACCOUNT_GONE,
    "this post is from a suspended account": Signal.SUSPENDED,
    "this post violated the x rules": Signal.REMOVED,
    "this post is no longer available because it violated the x rules": Signal.REMOVED,
    "you're unable to view this post because this account owner limits who can view their posts": (
        Signal.PROTECTED
    ),
    "this post is from a protected account": Signal.PROTECTED,
    "these posts are protected": Signal.PROTECTED,
}
# One voice each for all but the first (public code of 2026): read as "exists, for others".
_AGE = re.compile(
    r"age-restricted adult content\b|this post is age[- ]restricted\b"
    r"|to view this media, you(?:'ll| will) need to log in\b|sensitive content\. this post may\b"
    r"|due to local laws, we are temporarily restricting access to this content until x estimates"
)
_WITHHELD = re.compile(r"\bhas been withheld\b|\bis withheld\b")
_APOSTROPHES = re.compile("[\u2018\u2019\u201b\u02bc\u00b4`]")
_UNSEEN = re.compile("[\u200b-\u200f\u202a-\u202e\u2060\u2066-\u2069\ufeff]")
_OLD_WORDS = ((r"\btweet(s?)\b", r"post\1"), (r"\btwitter rules\b", "x rules"))

# Codes of X's older interfaces that replies with an ``errors`` list carry.
# Source: the error table of the v1.1 documentation; yt-dlp and nitter read them in 2026.
_ERROR_CODES = {
    34: Signal.NOT_FOUND,
    144: Signal.NOT_FOUND,
    63: Signal.SUSPENDED,
    179: Signal.PROTECTED,
    88: Signal.RATE_LIMITED,
}


def read_tweet_result(answer: Answer, status_id: str) -> Said:
    """Return what ``tweet-result`` says of the post with that ID; ``answer`` has a status."""
    html = answer.content_type in ("text/html", "application/xhtml+xml")
    wall = _wall(answer, is_html=html)
    if wall is not None:
        return Said(Signal.WALL, f"X's structured source is behind {wall}.")
    by_status = _by_status(answer)
    if by_status is not None:
        return by_status
    if html:
        return Said(Signal.WALL, "X's structured source answered with a web page instead of data.")
    reply = read_object(answer.body) if answer.outcome is Outcome.ANSWERED else None
    if reply is None:
        return Said(
            Signal.UNREADABLE, "X's structured source answered with data that cannot be read."
        )
    return _read_reply(reply, status_id)


def _wall(answer: Answer, *, is_html: bool) -> str | None:
    return wall_of(answer) if is_html or answer.status != 200 else None


def wall_of(answer: Answer) -> str | None:
    """Return which wall an answer is, by its headers and, where it is HTML, by its page."""
    found = wall_in_headers(answer.status or 0, answer.headers, len(answer.body))
    if found is not None or "html" not in answer.content_type:
        return found
    page = page_text(answer.body, answer.url, answer.header("content-type"), main=False)
    return wall_in_page(decoded(answer.body, answer.header("content-type")), page.title)


def _by_status(answer: Answer) -> Said | None:
    """Return what the status alone says; None for 200."""
    status = answer.status
    if status == 200:
        return None
    if status == 404:
        return Said(Signal.NOT_FOUND, "X's structured source knows no such post (404).")
    if status == 429:
        return Said(Signal.RATE_LIMITED, "X's structured source was asked too often (429).")
    if status == 451:  # "Unavailable For Legal Reasons". Source: RFC 7725, February 2016.
        return Said(Signal.WITHHELD, "X's structured source withholds it for legal reasons (451).")
    if status is not None and status >= 500:
        return Said(Signal.SERVER_ERROR, f"X's structured source failed (HTTP {status}).")
    if status in (401, 402, 403, 406):
        return Said(Signal.WALL, f"X's structured source refused us (HTTP {status}).")
    return Said(Signal.UNREADABLE, f"X's structured source answered HTTP {status}.")


def _read_reply(reply: Object, status_id: str) -> Said:
    kind = reply.get("__typename")
    if kind == "Tweet":
        if text(reply, "id_str") != status_id:
            return Said(Signal.UNREADABLE, "X's structured source answered for another post.")
        return Said(Signal.PRESENT, "X serves the post.", reply)
    if kind == "TweetTombstone" or "tombstone" in reply:
        return _tombstone(reply)
    if "errors" in reply:
        return _errors(reply)
    if not reply:
        return Said(
            Signal.ABSENT_UNEXPLAINED, "X's structured source answered with an empty object."
        )
    return Said(Signal.UNREADABLE, "X's structured source answered in a shape nobody knows.")


def _tombstone(reply: Object) -> Said:
    words = text(inner(inner(reply, "tombstone"), "text"), "text") or ""
    if not words.strip():
        reason = "X answers with an empty tombstone, as for posts only logged-in visitors may see."
        return Said(Signal.AGE_RESTRICTED, reason)
    return Said(_meaning(words), f"X says: “{_shown(words)}”.")


def _meaning(words: str) -> Signal:
    plain = _APOSTROPHES.sub("'", _shown(words).casefold()).rstrip(".")
    for old, new in _OLD_WORDS:
        plain = re.sub(old, new, plain)
    if plain in _TOMBSTONES:
        return _TOMBSTONES[plain]
    if _AGE.match(plain):
        return Signal.AGE_RESTRICTED
    return Signal.WITHHELD if _WITHHELD.search(plain) else Signal.ABSENT_UNEXPLAINED


def _shown(words: str) -> str:
    words = " ".join(_UNSEEN.sub("", unescape(words)).split())
    return re.sub(r"\s*Learn more\.?$", "", words)


def _errors(reply: Object) -> Said:
    for error in objects(reply, "errors"):
        signal = _ERROR_CODES.get(number(error, "code") or 0)
        if signal is not None:
            return Said(signal, f"X answers with error {error.get('code')}.")
    return Said(Signal.UNREADABLE, "X answers with errors nobody knows.")


# --- the second voice: oEmbed -------------------------------------------------------------------


def read_oembed(answer: Answer) -> Voice:
    """Return what oEmbed says. Source: docs.x.com; wording of its 403s in issues, 2016 to 2022."""
    if answer.outcome is not Outcome.ANSWERED or is_unverified(answer):
        return Voice.NOTHING
    if wall_of(answer) is not None:
        return Voice.NOTHING
    if answer.status == 404:
        return Voice.ABSENT
    reply = read_object(answer.body) or {}
    if answer.status == 200:
        return Voice.SERVES if text(reply, "html") else Voice.NOTHING
    words = (text(reply, "error") or "").casefold()
    if answer.status == 403 and "suspended" in words:
        return Voice.SUSPENDED
    if answer.status == 403 and "not authorized" in words:
        return Voice.PROTECTED
    return Voice.NOTHING


# --- both together ------------------------------------------------------------------------------

# Which words of oEmbed agree with a tombstone. Suspended accounts were seen to give both 403s.
_AGREES = {
    Signal.DELETED: frozenset({Voice.ABSENT}),
    Signal.ACCOUNT_GONE: frozenset({Voice.ABSENT}),
    Signal.REMOVED: frozenset({Voice.ABSENT}),
    Signal.SUSPENDED: frozenset({Voice.ABSENT, Voice.SUSPENDED, Voice.PROTECTED}),
    Signal.NOT_FOUND: frozenset({Voice.ABSENT}),
}


def needs_second_voice(signal: Signal) -> bool:
    """Tell whether a word of absence is to be checked against oEmbed."""
    return signal in _AGREES or signal is Signal.ABSENT_UNEXPLAINED


def weigh(said: Said, voice: Voice) -> tuple[Said, bool]:
    """Return the word that counts, and whether two independent answers agree on it.

    A tombstone stands by itself, unconfirmed, when oEmbed is silent. When oEmbed serves the post,
    nothing explains it: false tombstones on living posts are reported (react-tweet issue 160,
    2024), and so are old oEmbed replies out of a cache. An empty object means several things to
    several projects, so a 404 beside it confirms nothing, nor does a lone word of a suspension.
    """
    if voice in _AGREES.get(said.signal, ()):
        return Said(said.signal, f"{said.reason} {voice.value}.".replace(". oE", "; oE")), True
    if said.signal is Signal.NOT_FOUND:
        return _weigh_404(said, voice), False
    if said.signal is Signal.ABSENT_UNEXPLAINED:
        return _weigh_empty(said, voice), False
    if voice is Voice.SERVES:
        return _with(said, Signal.ABSENT_UNEXPLAINED, voice), False
    return _with(said, said.signal, voice), False


def _weigh_404(said: Said, voice: Voice) -> Said:
    # The end-point also answers 404 to addresses it refuses (react-tweet issue 134, 2023).
    instead = {Voice.SERVES: Signal.WALL, Voice.PROTECTED: Signal.PROTECTED}
    return _with(said, instead.get(voice, Signal.NOT_FOUND), voice)


def _weigh_empty(said: Said, voice: Voice) -> Said:
    instead = {Voice.SERVES: Signal.AGE_RESTRICTED, Voice.PROTECTED: Signal.PROTECTED}
    return _with(said, instead.get(voice, Signal.ABSENT_UNEXPLAINED), voice)


def _with(said: Said, signal: Signal, voice: Voice) -> Said:
    return Said(signal, f"{said.reason.removesuffix('.')}; {voice.value}.")
