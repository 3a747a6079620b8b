"""What Reddit writes where a post or a comment was, and what it means.

Whole words and whole lines only: people write these sentences into posts, too.
Source: the sentences of Reddit's own web client of 2020 to 2023 by ``removedByCategory``, the
recorded reply for a deleted comment (praw-dev/praw), and what projects met in 2025 and 2026.
"""

from __future__ import annotations

import re

from archiver.model.signals import Signal

_BODIES = (
    (re.compile(r"\[\s*deleted(?: by user)?\s*\]", re.I), Signal.DELETED),
    (re.compile(r"comment deleted by user", re.I), Signal.DELETED),
    (re.compile(r"\[\s*removed(?: by (?:moderator|reddit)s?)?\s*\]", re.I), Signal.REMOVED),
    (re.compile(r"comment removed by (?:moderator|reddit)s?", re.I), Signal.REMOVED),
)
_BANNERS = (
    (
        re.compile(
            r"sorry, this post was (?:deleted|removed) by the person who originally posted it\.?",
            re.I,
        ),
        Signal.DELETED,
    ),
    (re.compile(r"post is awaiting moderator approval\.?", re.I), Signal.ABSENT_UNEXPLAINED),
    (
        re.compile(
            r"sorry, this post (?:has been|was) removed"
            r"(?: by (?:the moderators of r/\w+|reddit(?:['’]s [\w -]{1,40})?))?\.?",
            re.I,
        ),
        Signal.REMOVED,
    ),
)
# Source: the field removed_by_category as Reddit's interface gives it, listed by several clients.
_CATEGORIES = {
    "deleted": Signal.DELETED,
    "author": Signal.DELETED,
    "moderator": Signal.REMOVED,
    "reddit": Signal.REMOVED,
    "anti_evil_ops": Signal.REMOVED,
    "community_ops": Signal.REMOVED,
    "legal_operations": Signal.REMOVED,
    "copyright_takedown": Signal.REMOVED,
    "content_takedown": Signal.REMOVED,
}

NOBODY = frozenset({"[deleted]", "[removed]"})


def is_living(author: str | None) -> bool:
    """Tell whether an author is named, so that what stands there may be the author's own words."""
    return author is not None and author not in NOBODY


def named(author: str | None) -> str | None:
    """Return an author's name, None where the account is gone: that is no change of the post."""
    return author if is_living(author) else None


def meaning_of_parts(text: str, title: str, *, is_living: bool) -> tuple[Signal, str] | None:
    """Return what a text and a title mean that may stand in the place of others, with the words.

    A living author may have written them, so they prove nothing then; and what has another text,
    or a living author, is there, whatever its title says.
    """
    signal = meaning_of_body(text)
    if signal is not None:
        return (Signal.ABSENT_UNEXPLAINED if is_living else signal), text.strip()
    signal = meaning_of_body(title) if not text and not is_living else None
    return (signal, title) if signal is not None else None


def meaning_of_body(words: str) -> Signal | None:
    """Return what stands for the text of a post or comment, or for its title, means."""
    plain = " ".join(words.split())
    return next((signal for pattern, signal in _BODIES if pattern.fullmatch(plain)), None)


def meaning_of_banner(words: str) -> tuple[Signal, str] | None:
    """Return what a line over a post means, with the line itself."""
    for line in words.split("\n"):
        plain = " ".join(line.split())
        for pattern, signal in _BANNERS:
            if pattern.fullmatch(plain):
                return signal, plain
    return None


def meaning_of_category(category: str) -> Signal:
    """Return what a category of removal means; one that nobody knows proves nothing."""
    return _CATEGORIES.get(category, Signal.ABSENT_UNEXPLAINED)
