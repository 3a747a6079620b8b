"""What is there now against what was cited: like with like, and a difference is no more than that.

Only the platform's own structured data makes an edit. A page whose text differs *differs*: 60 of
90 unchanged home pages differ in text at a second look. Of a post the words are compared, and what
is beside them is told apart: where a picture was withdrawn, no word is another one.
"""

from __future__ import annotations

from archiver.judge._diff import word_diff
from archiver.judge._likeness import like_with_like
from archiver.judge._parts import NOTHING_BESIDE, Parts, beside_words, have_same_words
from archiver.model.inquiry import PageText, Reading
from archiver.model.post import Post
from archiver.model.signals import Signal
from archiver.model.verdict import Content
from archiver.model.wording import normal_form

Comparison = tuple[Content, str | None]
_NOTHING: Comparison = (Content.INCOMPARABLE, None)


def compare(as_cited: Reading | None, now: Reading) -> Comparison:
    """Return how the content compares, and a word diff as plain text where it does not agree."""
    if as_cited is None or Signal.PRESENT is not as_cited.signal:
        return _NOTHING
    if now.signal is not Signal.PRESENT:
        return _NOTHING
    if as_cited.post is not None and now.post is not None:
        return _posts(as_cited.post, now.post)
    if as_cited.page is not None and now.page is not None:
        return _pages(as_cited.page, now.page)
    if as_cited.content_sha256 is not None and now.content_sha256 is not None:
        same = as_cited.content_sha256 == now.content_sha256
        return (Content.SAME if same else Content.DIFFERS), None
    return _NOTHING


def beside(as_cited: Reading | None, now: Reading | None) -> Parts:
    """Return what differs between two looks at a post beside its words; nothing of other things."""
    if as_cited is None or now is None or as_cited.post is None or now.post is None:
        return NOTHING_BESIDE
    if compare(as_cited, now)[0] not in (Content.SAME, Content.DIFFERS):
        return NOTHING_BESIDE
    return beside_words(as_cited.post, now.post)


def _posts(then: Post, now: Post) -> Comparison:
    if then.is_withheld or now.is_withheld:
        return _NOTHING
    if then.fingerprint == now.fingerprint and not now.is_cut:
        return Content.SAME, None
    diff = word_diff(then.words, now.words)
    if _was_edited(then, now):
        return Content.EDITED, diff or None
    if then.is_cut or now.is_cut:
        # Past the cut anything may have changed; a growing text may be a shorter cut.
        return _NOTHING
    if not have_same_words(then, now):
        return Content.DIFFERS, diff or None
    # The words are the same. What only one look tells beside them is noted, and no difference.
    return (Content.DIFFERS if beside_words(then, now).differences else Content.SAME), None


def _was_edited(then: Post, now: Post) -> bool:
    """Tell by the platform's own facts: its chain or its mark of edits, or its word."""
    known = {then.id, *then.edit_ids}
    if now.edit_ids and now.edit_ids[-1] not in known and not known.isdisjoint(now.edit_ids):
        return True
    if then.revision is not None and now.revision is not None and then.revision != now.revision:
        return True
    return now.is_edited and not then.is_edited and not have_same_words(then, now)


def _pages(then: PageText, now: PageText) -> Comparison:
    texts = like_with_like(then, now)
    if texts is None:
        return _NOTHING
    if _agree(*texts) or _agree(then.visible, now.visible):
        return Content.SAME, None
    return Content.DIFFERS, word_diff(*texts) or None


def _agree(then: str, now: str) -> bool:
    return normal_form(then) == normal_form(now)
