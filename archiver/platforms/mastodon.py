"""Posts on Mastodon and other servers of the fediverse, by what each shows to everybody.

A post is the affair of the server it was written on. Where the address is that of a copy on
another server, the post's own server is asked; the copy is heard only when that is silent.
Followers-only posts answer as if they were not there: logged out, that cannot be told.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Generator
from dataclasses import dataclass, replace
from datetime import datetime
from urllib.parse import urlsplit

from archiver.model.citation import FoundCitation
from archiver.model.inquiry import Answer, Inquiry, Outcome, Question, Reading
from archiver.model.post import Post
from archiver.model.signals import Signal
from archiver.model.source import SourceRef
from archiver.platforms._api import JSON, Data, ask, glance
from archiver.platforms._fediverse_address import Kind, PostAddress, posted_at, read_post_address
from archiver.platforms._fediverse_post import is_tombstone, read_activity, read_note, read_status
from archiver.platforms._fediverse_why import activity, is_object_of, why_refused
from archiver.platforms._json import Object, inner, text
from archiver.platforms._media import media_urls
from archiver.platforms._short import follow_link
from archiver.platforms.protocol import Lookup

NAME = "mastodon"
_ABSENCE = frozenset(
    {
        Signal.DELETED,
        Signal.ACCOUNT_GONE,
        Signal.SUSPENDED,
        Signal.REMOVED,
        Signal.NOT_FOUND,
        Signal.GONE,
        Signal.NO_HOST,
    }
)
_SHOWN_ELSEWHERE = frozenset({Signal.PRESENT, Signal.PROTECTED, Signal.WITHHELD})


@dataclass(frozen=True, slots=True)
class Mastodon:
    """Posts at ``https://HOST/@USER/ID`` and the forms other software has.

    ``recognise_any`` takes what is none of them.
    """

    recognise_any: Callable[[str], SourceRef]

    @property
    def name(self) -> str:
        """The word before the colon in a source's name."""
        return NAME

    def recognise(self, url: str) -> SourceRef | None:
        """Return the post that ``url`` names, or None when the address alone does not tell."""
        post = read_post_address(url)
        return SourceRef(NAME, post.key, post.url) if post else None

    def posted_at(self, ref: SourceRef) -> datetime | None:
        """Return the time inside a Mastodon ID; None for the IDs of other software."""
        return posted_at(ref.url)

    def inquire(self, ref: SourceRef, shown: Reading | None = None) -> Inquiry:
        """Ask the server that the address names, and the post's own server where that is another.

        1. Ask its interface. When nothing answers, ask the control address: is it them, or us?
        2. When it gives a copy, ask the server the post was written on.
        3. When it refuses the post, ask for the ActivityPub object, the account, and oEmbed.
        4. When the post was edited since it was seen, ask for its history.
        """
        post = read_post_address(ref.url)
        if post is None or post.key != ref.key:
            return Reading(Signal.UNREADABLE, "The address does not say how to ask for the post.")
        found = yield from _ask(post, shown)
        origin = _origin(found, post)
        if origin is None:
            return found
        own = yield from _ask(origin, shown)
        return _of_both(found, own, post, origin)

    def look_up(self, found: FoundCitation) -> Lookup:
        """Expand a short link and recognise what it leads to."""
        return follow_link(found, self.recognise_any)


def _ask(post: PostAddress, shown: Reading | None) -> Inquiry:
    if post.kind is Kind.STATUS:
        return (yield from _by_status(post, shown))
    if post.kind is Kind.NOTE:
        return (yield from _by_note(post, shown))
    return (yield from _by_object(post, shown))


# --- copies -------------------------------------------------------------------------------------


def _origin(found: Reading, post: PostAddress) -> PostAddress | None:
    """Return the address at the post's own server, when what was found is a copy of it."""
    if found.post is None or found.url is None:
        return None
    for address in (found.url, found.post.id):
        origin = read_post_address(address)
        if origin is not None and origin.host != post.host:
            return origin
    return None


def _of_both(copy: Reading, own: Reading, post: PostAddress, origin: PostAddress) -> Reading:
    """Weigh the word of the post's own server against a copy that is still served."""
    if own.signal is Signal.PRESENT and not _is_same(copy.post, own.post):
        reason = f"{post.host} serves a copy of a post, and {origin.host} another post."
        return _reading(Signal.UNREADABLE, reason, post)
    if own.signal in _SHOWN_ELSEWHERE:
        return own
    still = f"{post.host} still serves a copy"
    if own.signal in _ABSENCE:
        reason = f"{own.reason.removesuffix('.')}; {still}."
        return replace(own, reason=reason, confirmed=False)
    reason = f"{still[:1].upper()}{still[1:]}; its own server says nothing: {own.reason}"
    # A copy may lag behind, so what version it is says nothing of edits.
    older = replace(copy.post, revision=None, is_edited=False) if copy.post is not None else None
    return replace(copy, reason=reason, post=older)


def _is_same(copy: Post | None, own: Post | None) -> bool:
    if copy is None or own is None or copy.id != own.id:
        return False
    # What stands behind the @ may differ: a server's own name and the one its accounts have.
    users = {handle.partition("@")[0].casefold() for handle in (copy.handle, own.handle) if handle}
    return len(users) < 2


# --- the interface of Mastodon ------------------------------------------------------------------


def _by_status(post: PostAddress, shown: Reading | None) -> Inquiry:
    found = yield from ask(_status(post, post.id), post.host, is_source=True)
    if isinstance(found, Reading):
        return (yield from _by_object_instead(post, found, shown))
    if found.status != 200:
        return (yield from _refused(post, found, shown))
    read = read_status(found.value, post.host)
    if read is None or text(found.value, "id") != post.id:
        unreadable = _reading(Signal.UNREADABLE, f"{post.host} answered with no such post.", post)
        return (yield from _by_object_instead(post, unreadable, shown))
    if not _is_copy(read, post):
        read = yield from _with_parent(read, post, shown)
    times = yield from _times_edited(read, post, shown)
    return _served(read, post, f"{post.host} serves the post{times}.", _address_of(found.value))


def _status(post: PostAddress, number: str, more: str = "") -> Question:
    return Question(f"https://{post.host}/api/v1/statuses/{number}{more}", accept=JSON)


def _address_of(status: Object) -> str | None:
    return text(status, "url") or text(status, "uri")


def _is_copy(read: Post, post: PostAddress) -> bool:
    try:
        return urlsplit(read.id).hostname != post.host
    except ValueError:
        return True


def _with_parent(
    read: Post, post: PostAddress, shown: Reading | None
) -> Generator[Question, Answer, Post]:
    """Ask once, at the first look, for the post it answers: it stands for the conversation."""
    if shown is not None or read.reply_to_id is None or not read.reply_to_id.isalnum():
        return read
    found = yield from glance(_status(post, read.reply_to_id))
    is_served = found is not None and text(found.value, "id") == read.reply_to_id
    parent = read_status(found.value, post.host) if found and is_served else None
    return replace(read, parent=parent)


def _times_edited(
    read: Post, post: PostAddress, shown: Reading | None
) -> Generator[Question, Answer, str]:
    """Return how often it was edited, as the end of a sentence; the answer holds every version."""
    if read.edited_at is None or _is_copy(read, post):
        return ""
    seen = shown.post.revision if shown is not None and shown.post is not None else None
    if seen == read.revision:
        return ", as edited before"
    answer = yield _status(post, post.id, "/history")
    edits = _versions(answer) - 1
    often = f" {edits} times" if edits > 1 else ""
    return f", edited{often}, last on {read.edited_at.date().isoformat()}"


def _versions(answer: Answer) -> int:
    if answer.outcome is not Outcome.ANSWERED or answer.status != 200:
        return 0
    try:
        versions = json.loads(answer.body)
    except (ValueError, RecursionError):
        return 0
    return len(versions) if isinstance(versions, list) else 0


def _refused(post: PostAddress, refusal: Data, shown: Reading | None) -> Inquiry:
    status = refusal.status
    if status not in (401, 403, 404, 410):
        return _reading(Signal.UNREADABLE, f"{post.host} answered HTTP {status}.", post)
    return (yield from _why(post, refusal, shown))


def _why(post: PostAddress, refusal: Data, shown: Reading | None) -> Inquiry:
    why = yield from why_refused(post, refusal, _post_of(shown))
    reason = f"{post.host} answers HTTP {refusal.status}; {why.reason}."
    if why.post is not None:
        return _served(why.post, post, reason, post.url)
    return replace(_reading(why.signal, reason, post), confirmed=why.confirmed)


# --- ActivityPub --------------------------------------------------------------------------------


def _by_object_instead(post: PostAddress, instead: Reading, shown: Reading | None) -> Inquiry:
    """Ask for the ActivityPub object where the interface gives a page or what nobody can read."""
    if instead.signal not in (Signal.WALL, Signal.UNREADABLE):
        return instead
    found = yield from glance(activity(post))
    read = read_activity(found.value) if found is not None and found.status == 200 else None
    if found is None or read is None or not is_object_of(post, found.value, _post_of(shown)):
        return instead
    reason = f"{post.host} serves the post as an ActivityPub object."
    return _served(read, post, reason, post.url)


def _by_object(post: PostAddress, shown: Reading | None) -> Inquiry:
    found = yield from ask(activity(post), post.host, is_source=True)
    if isinstance(found, Reading):
        return found
    if (found.value and found.status < 400) or is_tombstone(found.value):
        return _told(post, found, shown)
    return _by_code(post, found)


def _told(post: PostAddress, found: Data, shown: Reading | None) -> Reading:
    if not is_object_of(post, found.value, _post_of(shown)):
        return _reading(Signal.UNREADABLE, f"{post.host} answered with another object.", post)
    if is_tombstone(found.value):
        reason = f"{post.host} serves a tombstone in its place (HTTP {found.status})."
        return _reading(Signal.DELETED, reason, post)
    read = read_activity(found.value)
    if read is None:
        return _reading(Signal.UNREADABLE, f"{post.host} answered with what nobody can read.", post)
    return _served(read, post, f"{post.host} serves the post.", read.id)


_CODES = {
    401: (Signal.LOGIN, "gives its objects to other servers alone"),
    403: (Signal.WALL, "refused us"),
    404: (Signal.NOT_FOUND, "has no such object: deleted, made private, or never there"),
    410: (Signal.GONE, "says that it is gone"),
}


def _by_code(post: PostAddress, found: Data) -> Reading:
    status = found.status
    signal, says = _CODES.get(status, (Signal.UNREADABLE, "answered with what nobody can read"))
    reading = _reading(signal, f"{post.host} {says} (HTTP {status}).", post)
    # Stated by the protocol itself (RFC 9110); the judge still wants it to last. A page may be
    # anybody's who has the host now.
    is_data = "json" in found.answer.content_type
    return replace(reading, confirmed=is_data and status in (404, 410))


# --- the interface of Misskey -------------------------------------------------------------------


def _by_note(post: PostAddress, shown: Reading | None) -> Inquiry:
    found = yield from ask(_note(post), post.host, is_source=True)
    if isinstance(found, Reading):
        return (yield from _by_object_instead(post, found, shown))
    if found.status == 200:
        return _shown_note(post, found.value)
    code = text(inner(found.value, "error"), "code") or ""
    if code in ("SIGNIN_REQUIRED", "CONTENT_RESTRICTED_BY_USER"):
        reason = f"{post.host} says that its author shows it to visitors who are logged in."
        return _reading(Signal.PROTECTED, reason, post)
    if code in ("CREDENTIAL_REQUIRED", "CONTENT_RESTRICTED_BY_SERVER"):
        return _reading(Signal.LOGIN, f"{post.host} hides its interface from strangers.", post)
    if code == "NO_SUCH_NOTE":
        return (yield from _why(post, found, shown))
    return _reading(Signal.UNREADABLE, f"{post.host} answered HTTP {found.status} {code}.", post)


def _note(post: PostAddress) -> Question:
    # Source: Misskey's API documentation: every method is a POST; a note needs no credential.
    return Question(
        f"https://{post.host}/api/notes/show",
        accept=JSON,
        headers=(("Content-Type", JSON),),
        method="POST",
        content=json.dumps({"noteId": post.id}).encode(),
    )


def _shown_note(post: PostAddress, note: Object) -> Reading:
    if note.get("isHidden") is True:
        reason = f"{post.host} hides what it says from visitors who are not logged in."
        return _reading(Signal.PROTECTED, reason, post)
    read = read_note(note, post.host)
    if read is None or text(note, "id") != post.id:
        return _reading(Signal.UNREADABLE, f"{post.host} answered with no such note.", post)
    url = text(note, "url") or text(note, "uri") or post.url
    return _served(read, post, f"{post.host} serves the note.", url)


# --- readings -----------------------------------------------------------------------------------


def _post_of(shown: Reading | None) -> Post | None:
    return shown.post if shown is not None else None


def _reading(signal: Signal, reason: str, post: PostAddress) -> Reading:
    return Reading(signal, reason, page_url=post.url)


def _served(read: Post, post: PostAddress, reason: str, url: str | None) -> Reading:
    return Reading(
        Signal.PRESENT,
        reason,
        url=url or post.url,
        post=read,
        media=media_urls(read),
        page_url=post.url,
    )
