"""Why a server of the fediverse does not give a post: the further questions, and what they mean.

Mastodon answers 404 alike for posts that are deleted, made private, or never were (its own
decision, mastodon/mastodon issue 10640). The same post as an ActivityPub object answers 403 while
its author is suspended for a time and 410 once the account is gone (pull requests 14989 and 7287,
issue 40296 of 2026-08), and the author's entry says ``suspended`` (pull request 14765).
"""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import dataclass
from enum import Enum
from urllib.parse import urlencode

from archiver.model.inquiry import Answer, Question
from archiver.model.post import Post
from archiver.model.signals import Signal
from archiver.platforms._api import JSON, Data, glance
from archiver.platforms._fediverse_address import Kind, PostAddress, is_at, names
from archiver.platforms._fediverse_post import is_tombstone, read_activity
from archiver.platforms._json import Object, text

_ACTIVITY = "application/activity+json, application/ld+json"
_ALIKE = "deleted, made private, or never there: it answers all three alike"


@dataclass(frozen=True, slots=True)
class Why:
    """What further questions came to: a signal and the end of a sentence, or the post itself."""

    signal: Signal
    reason: str
    confirmed: bool = False
    post: Post | None = None


class _Author(Enum):
    THERE = "the account is there"
    SUSPENDED = "the server says that the account is suspended"
    NAMESAKE = "the account in the address is suspended, which need not be its author's"
    ANOTHER = "asked for the account, the server answers with another"
    UNKNOWN = "the server knows no such account"
    UNTOLD = ""


def activity(post: PostAddress) -> Question:
    """Return the question for the post as an ActivityPub object."""
    return Question(post.url, accept=_ACTIVITY)


def is_object_of(post: PostAddress, value: Object, seen: Post | None) -> bool:
    """Tell whether an ActivityPub object is that of the post.

    Its ID is the post's address, or the ID that was seen with it, at its own server either way.
    Where the ID is neither (Pleroma's), the address that the object gives itself may name it.
    """
    own = text(value, "id")
    if not is_at(own, post.host):
        return False
    is_known = seen is not None and seen.id == own
    return is_known or names(own, post) or names(text(value, "url"), post)


def why_refused(
    post: PostAddress, refusal: Data, seen: Post | None
) -> Generator[Question, Answer, Why]:
    """Say why the server's own interface refused a post, which was ``seen`` before, if it was.

    1. Ask for the post as an ActivityPub object: it may be served there, or say that it is gone.
    2. Ask for the account: suspended, unknown, or there?
    3. Where the object is not given to strangers, ask oEmbed, which is the third voice.
    """
    found = yield from glance(activity(post))
    told = _by_object(post, found, refusal, seen)
    if told is not None:
        return told
    author = yield from _author(post, seen)
    if author is _Author.SUSPENDED:
        return Why(Signal.SUSPENDED, author.value, confirmed=bool(refusal.value))
    if refusal.status in (401, 403):
        return _closed(refusal.status, found, author)
    if 410 in (refusal.status, found.status if found else None):
        return _gone(author, is_data=bool(refusal.value or (found and found.value)))
    return (yield from _absent(post, refusal, found, author))


def _by_object(
    post: PostAddress, found: Data | None, refusal: Data, seen: Post | None
) -> Why | None:
    if found is None or not (found.status == 200 or is_tombstone(found.value)):
        return None
    is_absent = refusal.status in (400, 404, 410)
    if not is_object_of(post, found.value, seen):
        signal = Signal.ABSENT_UNEXPLAINED if is_absent else Signal.UNREADABLE
        return Why(signal, "at its address is an ActivityPub object of another name")
    if is_tombstone(found.value):
        both = is_absent and bool(refusal.value)
        return Why(Signal.DELETED, "its ActivityPub object is a tombstone", confirmed=both)
    read = read_activity(found.value)
    if read is None:
        return Why(Signal.UNREADABLE, "its ActivityPub object is none that can be read")
    return Why(Signal.PRESENT, "its ActivityPub object is served", post=read)


def _closed(status: int, found: Data | None, author: _Author) -> Why:
    if author is _Author.NAMESAKE:
        return Why(Signal.ABSENT_UNEXPLAINED, author.value)
    if found is not None and found.status in (404, 410):
        return Why(Signal.NOT_FOUND, "its ActivityPub object is not there; nothing else is told")
    if status == 401:
        return Why(Signal.LOGIN, "it hides its interface from strangers")
    return Why(Signal.WALL, "nothing tells whether the author is suspended or we are refused")


def _gone(author: _Author, *, is_data: bool) -> Why:
    # A host that is no longer a server of the fediverse answers 410 with a page to everything.
    if author is _Author.UNKNOWN:
        unknown = "it is gone for good (410), and the server knows no such account"
        return Why(Signal.ACCOUNT_GONE, unknown, confirmed=is_data)
    gone = "it is gone for good (410), as the server says of deleted accounts"
    return Why(Signal.GONE, gone, confirmed=is_data)


def _absent(
    post: PostAddress, refusal: Data, found: Data | None, author: _Author
) -> Generator[Question, Answer, Why]:
    # A server that is no longer what it was answers 404 with a page.
    agree = found is not None and found.status == 404
    if not agree and post.kind is Kind.STATUS:
        query = urlencode({"url": post.url})
        third = yield from glance(Question(f"https://{post.host}/api/oembed?{query}", accept=JSON))
        agree = third is not None and third.status == 404
    reason = f"{_ALIKE}; {author.value}" if author.value else _ALIKE
    sure = agree and bool(refusal.value) and author is not _Author.ANOTHER
    return Why(Signal.NOT_FOUND, reason, confirmed=sure)


def _author(post: PostAddress, seen: Post | None) -> Generator[Question, Answer, _Author]:
    seen_name = _local_name(post, seen)
    name = seen_name or post.user
    if name is None or post.kind is not Kind.STATUS:
        return _Author.UNTOLD
    query = urlencode({"acct": name})
    asked = Question(f"https://{post.host}/api/v1/accounts/lookup?{query}", accept=JSON)
    found = yield from glance(asked)
    if found is None:
        return _Author.UNTOLD
    # A name in an address may be anybody's; the one that was seen with the post is its author's.
    if found.status == 200:
        return _state(found.value, name, post.host, is_author=seen_name is not None)
    is_unknown = found.status in (404, 410) and bool(found.value) and seen_name is not None
    return _Author.UNKNOWN if is_unknown else _Author.UNTOLD


def _state(account: Object, name: str, host: str, *, is_author: bool) -> _Author:
    acct = (text(account, "acct") or "").casefold()
    if acct not in (name.casefold(), f"{name}@{host}".casefold()):
        return _Author.ANOTHER
    if account.get("suspended") is not True:
        return _Author.THERE
    return _Author.SUSPENDED if is_author else _Author.NAMESAKE


def _local_name(post: PostAddress, seen: Post | None) -> str | None:
    handle = seen.handle if seen is not None else None
    name, _, home = (handle or "").partition("@")
    return name if name and home == post.host else None
