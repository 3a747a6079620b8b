"""A copy of an outside archive against what is there now: what cannot be told is not a difference.

An old page of X gives a post's words, and not all that X's data gives: links are shown cut short,
pictures are named otherwise, edits not at all. So of posts the words alone are compared.
"""

from __future__ import annotations

from dataclasses import replace

from archiver.judge._diff import word_diff
from archiver.judge._exact import bare_words
from archiver.judge.compare import NOTHING, compare
from archiver.judge.drift import is_alike_in_kind
from archiver.judge.noise import Noise
from archiver.model.comparison import Comparison
from archiver.model.inquiry import Reading
from archiver.model.post import Post
from archiver.model.signals import Signal
from archiver.model.verdict import Content


def compare_with_copy(
    copy: Reading | None, now: Reading, *, noise: Noise | None = None
) -> Comparison:
    """Return how the content compares with an archived copy's, like with like."""
    if copy is None or copy.post is None or now.post is None:
        return compare(copy, now, noise=noise)
    if Signal.PRESENT is not copy.signal or now.signal is not Signal.PRESENT:
        return NOTHING
    return _posts(copy.post, now.post)


def is_comparable(copy: Reading, ours: Reading) -> bool:
    """Tell whether an archived copy can be compared with what our own looks read of the source.

    A post with a post that is given whole, a page with a page of the same form, bytes with bytes.
    """
    if copy.post is not None and ours.post is not None:
        return not (copy.post.is_withheld or copy.post.is_cut)
    if copy.post is not None or ours.post is not None:
        return False
    if copy.page is not None and ours.page is not None:
        return is_alike_in_kind(copy.page, ours.page)
    return copy.content_sha256 is not None and ours.content_sha256 is not None


def _posts(then: Post, now: Post) -> Comparison:
    if then.is_withheld or now.is_withheld:
        return NOTHING
    told = compare(_reading(_as_told_alike(then, now)), _reading(now))
    if told.level is Content.EDITED:
        return told
    links = (*then.links, *now.links)
    before, after = bare_words(then.text, links), bare_words(now.text, links)
    if then.is_cut or now.is_cut:
        return NOTHING
    if before == after:
        return Comparison(Content.SAME)
    if _is_long_or_reply(before, after):
        # Interfaces differ in how much they give of a long post, and in the handles before a reply.
        return NOTHING
    return Comparison(Content.DIFFERS, diff=word_diff(then.text, now.text) or None)


def _as_told_alike(then: Post, now: Post) -> Post:
    """Return the copy's post as one of which only an edit chain can tell that it was edited."""
    return replace(then, revision=None, is_edited=now.is_edited)


def _reading(post: Post) -> Reading:
    return Reading(Signal.PRESENT, "", post=post)


def _is_long_or_reply(before: str, after: str) -> bool:
    """Tell whether one is the beginning or the end of the other."""
    short, long = sorted((before, after), key=len)
    return bool(short) and (long.startswith(short) or long.endswith(short))
