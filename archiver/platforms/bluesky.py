"""Posts on Bluesky, by what its public interface shows to everybody.

The app view is asked first; when it shows a post no longer, the author's own server is the second
voice. All of it is documented in the lexicons of the AT protocol. A name that an account gives
itself (a handle) may change hands: once a post was seen, it is asked for by its author's DID.
"""

from __future__ import annotations

from collections.abc import Callable, Generator
from dataclasses import dataclass, replace
from datetime import datetime

from archiver.model.citation import FoundCitation
from archiver.model.inquiry import Answer, Inquiry, Question, Reading
from archiver.model.signals import Signal
from archiver.model.source import SourceRef
from archiver.platforms._api import Data, ask
from archiver.platforms._bluesky_address import PostAddress, posted_at, read_post_address
from archiver.platforms._bluesky_home import APP_VIEW, home_of, names_another, question, why_absent
from archiver.platforms._bluesky_post import (
    has_files,
    hides_from_strangers,
    read_parent,
    read_post,
    what_is_missing,
)
from archiver.platforms._json import Object, inner, text
from archiver.platforms._media import media_urls
from archiver.platforms._short import follow_link
from archiver.platforms.protocol import Lookup

NAME = "bluesky"
_WHAT = "Bluesky's public interface"


@dataclass(frozen=True, slots=True)
class Bluesky:
    """Posts at ``https://bsky.app/profile/DID-or-handle/post/RKEY`` and their AT URIs.

    ``recognise_any`` takes what is none of them.
    """

    recognise_any: Callable[[str], SourceRef]

    @property
    def name(self) -> str:
        """The word before the colon in a source's name."""
        return NAME

    def recognise(self, url: str) -> SourceRef | None:
        """Return the post that ``url`` names, or None when it is not one of this platform."""
        post = read_post_address(url)
        return SourceRef(NAME, post.key, post.url) if post else None

    def posted_at(self, ref: SourceRef) -> datetime | None:
        """Return the time inside the record key; None for keys that hold none."""
        return posted_at(ref.key.rpartition("/")[2])

    def inquire(self, ref: SourceRef, shown: Reading | None = None) -> Inquiry:
        """Ask for the post by its author's DID.

        1. Find the DID: in the key, in the look that showed the post, else behind the handle.
        2. Ask the app view for the post and the one it answers.
        3. When it shows none, ask the author's own server: is the record gone, or the account?
        4. When it has pictures or a video, find the server that keeps them as uploaded.
        """
        actor, _, rkey = ref.key.rpartition("/")
        did = yield from _did_of(actor, shown)
        if isinstance(did, Reading):
            return did
        post = PostAddress(did, rkey)
        asked = question(
            APP_VIEW,
            "app.bsky.feed.getPostThread",
            uri=post.at_uri,
            depth="0",
            parentHeight="1",
        )
        found = yield from ask(asked, _WHAT)
        if isinstance(found, Reading):
            return found
        return (yield from _read(found, post))

    def look_up(self, found: FoundCitation) -> Lookup:
        """Expand a short link and recognise what it leads to."""
        return follow_link(found, self.recognise_any)


def _did_of(actor: str, shown: Reading | None) -> Generator[Question, Answer, str | Reading]:
    if actor.startswith("did:"):
        return actor
    seen = shown.post.author_id if shown is not None and shown.post is not None else None
    if seen is not None and seen.startswith("did:"):
        return seen
    asked = question(APP_VIEW, "com.atproto.identity.resolveHandle", handle=actor)
    found = yield from ask(asked, _WHAT)
    if isinstance(found, Reading):
        return found
    did = text(found.value, "did")
    if found.status == 200 and did is not None and did.startswith("did:"):
        return did
    if found.status == 400 and _says_no_handle(found.value):
        reason = f"No account is called @{actor} now: renamed, deleted, or its domain has lapsed."
        return Reading(Signal.ABSENT_UNEXPLAINED, reason)
    return _unknown(found)


def _says_no_handle(reply: Object) -> bool:
    # Source: the lexicon's HandleNotFound; the message is the app view's of 2023 to 2026.
    words = (text(reply, "message") or "").casefold()
    return text(reply, "error") == "HandleNotFound" or "unable to resolve handle" in words


def _read(found: Data, post: PostAddress) -> Inquiry:
    thread = inner(found.value, "thread")
    view = inner(thread, "post")
    if found.status == 200 and view:
        return (yield from _shown(thread, view, post))
    if text(thread, "uri") not in (None, post.at_uri) or names_another(found.value, post.actor):
        return Reading(Signal.UNREADABLE, f"{_WHAT} answered of another post.")
    if found.status == 200 and thread.get("blocked") is True:
        reason = "Bluesky does not show it across a block between accounts."
        return Reading(Signal.PROTECTED, reason, page_url=post.embed_url)
    is_missing = found.status == 200 and thread.get("notFound") is True
    if is_missing or (found.status == 400 and text(found.value, "error") == "NotFound"):
        why = yield from why_absent(post)
        reason = f"Bluesky shows no such post; {why.reason}."
        return Reading(why.signal, reason, confirmed=why.confirmed, page_url=post.embed_url)
    if found.status in (401, 403):
        return Reading(Signal.WALL, f"{_WHAT} refused us (HTTP {found.status}).")
    return _unknown(found)


def _unknown(found: Data) -> Reading:
    error = text(found.value, "error") or "a shape nobody knows"
    return Reading(Signal.UNREADABLE, f"{_WHAT} answered HTTP {found.status} with {error}.")


def _shown(thread: Object, view: Object, asked: PostAddress) -> Inquiry:
    post = read_post(view)
    if post is None or (post.id, post.author_id) != (asked.key, asked.actor):
        return Reading(Signal.UNREADABLE, f"{_WHAT} answered with another post, or with none.")
    if hides_from_strangers(view):
        reason = "The author asks that only visitors who are logged in see it; we respect that."
        return Reading(Signal.PROTECTED, reason, url=asked.url, page_url=asked.embed_url)
    if has_files(post):
        home = yield from home_of(asked.actor)
        post = read_post(view, home) or post if isinstance(home, str) else post
    post = replace(post, parent=read_parent(thread))
    return Reading(
        signal=Signal.PRESENT,
        reason=f"Bluesky shows the post{what_is_missing(post)}.",
        url=asked.url,
        post=post,
        media=media_urls(post),
        page_url=asked.embed_url,
    )
