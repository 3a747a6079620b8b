"""Posts on X (Twitter), by what it shows to everybody.

The structured source is the syndication end-point behind embedded posts; oEmbed is the second
voice when a post is said to be absent; the widget page is what is drawn. None of them is
documented to stay: an answer of another shape is *unreadable*, never a deletion. Where they cannot
tell, X's paid interface is asked, if the operator has a token.
"""

from __future__ import annotations

from collections.abc import Callable, Generator
from dataclasses import dataclass, replace
from datetime import datetime
from urllib.parse import quote, urlencode

from archiver.model.citation import CitationKind, FoundCitation
from archiver.model.inquiry import Answer, Inquiry, Question, Reading
from archiver.model.post import Post
from archiver.model.signals import Signal
from archiver.model.source import SourceRef
from archiver.platforms import _snowflake
from archiver.platforms._json import Object
from archiver.platforms._questions import is_unverified, unanswered
from archiver.platforms._short import expand, follow_link, pictures_first
from archiver.platforms._x_address import PostAddress, read_post_address
from archiver.platforms._x_api import lookup, read_lookup
from archiver.platforms._x_post import is_replaced, media_urls, newer_id, read_post
from archiver.platforms._x_reply import (
    Said,
    needs_second_voice,
    read_oembed,
    read_tweet_result,
    weigh,
)
from archiver.platforms._x_token import syndication_token
from archiver.platforms.protocol import Lookup, Resolved

NAME = "x"
_MAX_EDITS = 5  # of one post; source: docs.x.com, snapshot of 2026-08
_JSON = "application/json"


@dataclass(frozen=True, slots=True)
class X:
    """Posts at ``https://x.com/HANDLE/status/ID``; ``recognise_any`` takes what is none of them."""

    recognise_any: Callable[[str], SourceRef]

    @property
    def name(self) -> str:
        """The word before the colon in a source's name."""
        return NAME

    def recognise(self, url: str) -> SourceRef | None:
        """Return the post that ``url`` names, or None when it is not one of this platform."""
        post = read_post_address(url)
        return _ref(post) if post else None

    def posted_at(self, ref: SourceRef) -> datetime | None:
        """Return the time inside the ID; None for IDs from before November 2010."""
        return _snowflake.posted_at(ref.key)

    def inquire(self, ref: SourceRef, shown: Reading | None = None) -> Inquiry:
        """Ask for the post, and for its newest version when it was edited.

        1. Ask the structured source, and again for a newer ID of the edit chain: the old ID keeps
           showing the old text.
        2. When nothing answers, ask the control address: is it them, or us?
        3. When the post is said to be absent, ask oEmbed whether it agrees.
        4. When that settles nothing, or the text is cut, ask X's API, if there is a token.
        """
        reading = yield from _public(ref, shown)
        if not _wants_api(reading):
            return reading
        return (yield from _with_api(reading, ref, shown))

    def look_up(self, found: FoundCitation) -> Lookup:
        """Find the post an embed shows by its codes; a plain link is only expanded.

        A post is accepted only when its handle is the one in the attribution and the UTC day of
        its ID is the printed day: a bare code at the end of a post usually leads to the post it
        quotes or to a page outside.
        """
        if found.kind is not CitationKind.EMBED:
            return follow_link(found, self.recognise_any)
        return _by_attribution(found)


def _ref(post: PostAddress) -> SourceRef:
    return SourceRef(NAME, post.id, post.url)


# --- asking -------------------------------------------------------------------------------------


def _tweet_result(status_id: str) -> Question:
    # Tombstones are read by their English words.
    query = urlencode({"id": status_id, "token": syndication_token(status_id), "lang": "en"})
    return Question(f"https://cdn.syndication.twimg.com/tweet-result?{query}", accept=_JSON)


def _oembed(ref: SourceRef) -> Question:
    # The bare status address on the older host: forms with more failed at times, and x.com
    # addresses gave 404 for living posts in October 2023.
    post = read_post_address(ref.url)
    handle = (post.handle if post else None) or "i"
    url = quote(f"https://twitter.com/{handle}/status/{ref.key}", safe="")
    query = f"url={url}&omit_script=true&dnt=true&lang=en"
    return Question(f"https://publish.x.com/oembed?{query}", accept=_JSON)


def _page_url(status_id: str) -> str:
    query = f"id={status_id}&theme=light&dnt=true&lang=en"
    return f"https://platform.twitter.com/embed/Tweet.html?{query}"


def _public(ref: SourceRef, shown: Reading | None) -> Inquiry:
    said = yield from _newest(ref.key)
    if isinstance(said, Reading):
        return said
    if said.reply is not None:
        return _live(said.reply, ref, shown)
    return (yield from _not_served(said, ref))


def _newest(status_id: str) -> Generator[Question, Answer, Said | Reading]:
    """Ask for a post and then for its newest version; a reading when nothing answered."""
    asked = status_id
    for _ in range(_MAX_EDITS):
        said = yield from _ask(asked)
        if isinstance(said, Reading) or said.reply is None:
            return said
        newer = newer_id(said.reply, asked)
        if newer is None:
            return said
        asked = newer
    return (yield from _ask(asked))


def _ask(status_id: str) -> Generator[Question, Answer, Said | Reading]:
    answer = yield _tweet_result(status_id)
    failed = yield from unanswered(answer, "X's structured source")
    if failed is not None:
        return _failure(failed)
    if is_unverified(answer):
        reason = "X's structured source answers under a bad certificate: a stranger stands between."
        return Reading(Signal.WALL, reason)
    return read_tweet_result(answer, status_id)


def _failure(failed: Reading) -> Reading:
    # The end-point's own name is gone, not the post.
    if failed.signal is Signal.NO_HOST:
        return replace(failed, signal=Signal.UNREACHABLE, confirmed=False)
    return failed


def _not_served(said: Said, ref: SourceRef) -> Generator[Question, Answer, Reading]:
    confirmed = False
    if needs_second_voice(said.signal):
        answer = yield _oembed(ref)
        said, confirmed = weigh(said, read_oembed(answer))
    return Reading(said.signal, said.reason, confirmed=confirmed, page_url=_page_url(ref.key))


def _live(reply: Object, ref: SourceRef, shown: Reading | None) -> Reading:
    post = read_post(reply)
    if post is None:
        return Reading(Signal.UNREADABLE, "X serves a post without an ID or a text to read.")
    if ref.key != post.id and ref.key not in post.edit_ids:
        post = replace(post, edit_ids=(ref.key, *post.edit_ids))
    url = _url(post)
    if is_replaced(post, shown.post if shown else None):
        reason = f"X shows in its place: “{post.text}”."
        post = replace(post, is_withheld=True)
        return Reading(Signal.WITHHELD, reason, url=url, post=post, page_url=_page_url(post.id))
    return Reading(
        signal=Signal.PRESENT,
        reason="X serves the post." if post.id == ref.key else "X serves the post, as edited.",
        url=url,
        post=post,
        media=media_urls(post),
        page_url=_page_url(post.id),
    )


def _url(post: Post) -> str:
    """Return a post's address; by its ID alone where what stands for a handle is none."""
    url = PostAddress(post.id, post.handle).url
    return url if read_post_address(url) else PostAddress(post.id, None).url


# --- the paid interface -------------------------------------------------------------------------

# Nothing of the post itself was heard. An empty tombstone has several causes, too.
_UNHEARD = frozenset(
    {
        Signal.WALL,
        Signal.LOGIN,
        Signal.RATE_LIMITED,
        Signal.SERVER_ERROR,
        Signal.UNREACHABLE,
        Signal.UNREADABLE,
        Signal.ABSENT_UNEXPLAINED,
    }
)


def _wants_api(reading: Reading) -> bool:
    """Tell whether the answer of the API can change anything: a look-up costs money."""
    if reading.post is not None:
        return reading.signal is Signal.PRESENT and reading.post.is_cut
    if reading.signal in _UNHEARD or reading.signal is Signal.AGE_RESTRICTED:
        return True
    return needs_second_voice(reading.signal) and not reading.confirmed


def _with_api(reading: Reading, ref: SourceRef, shown: Reading | None) -> Inquiry:
    asked = reading.post.id if reading.post else ref.key
    said = read_lookup((yield lookup(asked)), asked)
    if said is None:
        return reading
    if isinstance(said, str):
        return replace(reading, reason=_and(reading.reason, f"{said}."))
    if said.reply is not None:
        return _served_by_api(reading, _live(said.reply, ref, shown))
    return _denied_by_api(reading, said)


def _served_by_api(reading: Reading, by_api: Reading) -> Reading:
    if by_api.post is None:
        return replace(reading, reason=_and(reading.reason, "X's API serves what cannot be read."))
    if reading.post is None:
        return replace(
            by_api, reason=_and(by_api.reason.replace("X", "X's API", 1), reading.reason)
        )
    is_more = len(by_api.post.text) > len(reading.post.text)
    if by_api.signal is not Signal.PRESENT or not is_more:
        return reading
    whole = replace(reading.post, text=by_api.post.text, links=by_api.post.links, is_cut=False)
    reason = _and(reading.reason, "X's API serves the whole of its text.")
    return replace(reading, post=whole, reason=reason)


def _denied_by_api(reading: Reading, said: Said) -> Reading:
    reason = _and(reading.reason, said.reason)
    if reading.post is not None or reading.signal is Signal.AGE_RESTRICTED:
        return replace(reading, reason=reason)
    if reading.signal in _UNHEARD:
        return replace(reading, signal=said.signal, reason=reason)
    # It says absent, as the tombstone or the 404 did: two voices that do not know of each other.
    agrees = said.signal in (Signal.ABSENT_UNEXPLAINED, reading.signal)
    return replace(reading, reason=reason, confirmed=agrees)


def _and(one: str, other: str) -> str:
    return f"{one.removesuffix('.')}; {other}"


# --- looking up ---------------------------------------------------------------------------------


def _by_attribution(found: FoundCitation) -> Lookup:
    notes: list[str] = []
    is_final = True
    for address in pictures_first(found.addresses):
        expanded = yield from expand(address)
        if expanded.url is None:
            notes.append(expanded.note)
            is_final = is_final and expanded.is_final
            continue
        post = read_post_address(expanded.url)
        objection = _objection(found, post)
        if post is not None and objection is None:
            agree = f"{expanded.note}; handle and day agree with the article"
            return Resolved(_ref(post), agree)
        notes.append(f"{expanded.note}, {objection}")
    return Resolved(None, "; ".join(notes) or "there is no code to ask", is_final)


def _objection(found: FoundCitation, post: PostAddress | None) -> str | None:
    """Return why a post is not taken for the one the article shows, or None when it is."""
    if post is None:
        return "which is no post"
    handle, day = found.author.handle, _snowflake.day_of(post.id)
    if handle is None or found.posted_on is None:
        return "but the article prints no handle or no day to check it against"
    if post.handle is None:
        return "which names no handle to check"
    if post.handle.lower() != handle.lstrip("@").lower():
        return f"a post of @{post.handle}, not of @{handle}"
    if day is None:
        return "a post from before IDs held a time, so the printed day cannot be checked"
    if day != found.posted_on:
        return f"a post of {day}, not of {found.posted_on}"
    return None
