"""What is there now against what was cited: like with like, and a difference is no more than that.

Only the platform's own structured data makes an edit of a post: of posts the words are compared,
and what is beside them is told apart, for where a picture was withdrawn no word is another one. How
far a page has drifted is told by its sentences.
"""

from __future__ import annotations

from dataclasses import replace

from archiver.judge._diff import word_diff
from archiver.judge._parts import NOTHING_BESIDE, Parts, beside_words, have_same_words
from archiver.judge.drift import compare_pages
from archiver.judge.noise import Noise
from archiver.model.comparison import Comparison
from archiver.model.inquiry import Reading
from archiver.model.post import Post
from archiver.model.signals import Signal
from archiver.model.verdict import Content

NOTHING = Comparison(Content.INCOMPARABLE)
_SMALL = (Content.SAME, Content.MINOR)


def compare(as_cited: Reading | None, now: Reading, *, noise: Noise | None = None) -> Comparison:
    """Return how the content compares, with a word diff as plain text where it does not agree.

    ``noise`` is what of a page differs by itself, as two looks at capture time showed it.
    """
    if as_cited is None or Signal.PRESENT is not as_cited.signal:
        return NOTHING
    if now.signal is not Signal.PRESENT:
        return NOTHING
    if as_cited.post is not None and now.post is not None:
        return _posts(as_cited.post, now.post)
    if as_cited.page is not None and now.page is not None:
        found = compare_pages(as_cited.page, now.page, noise=noise)
        return _before_a_wall(found) if as_cited.wall or now.wall else found
    if as_cited.content_sha256 is not None and now.content_sha256 is not None:
        same = as_cited.content_sha256 == now.content_sha256
        return Comparison(Content.SAME if same else Content.DIFFERS)
    return NOTHING


def beside(as_cited: Reading | None, now: Reading | None) -> Parts:
    """Return what differs between two looks at a post beside its words; nothing of other things."""
    if as_cited is None or now is None or as_cited.post is None or now.post is None:
        return NOTHING_BESIDE
    if compare(as_cited, now).level not in (Content.SAME, Content.DIFFERS):
        return NOTHING_BESIDE
    return beside_words(as_cited.post, now.post)


def _posts(then: Post, now: Post) -> Comparison:
    if then.is_withheld or now.is_withheld:
        return NOTHING
    if then.fingerprint == now.fingerprint and not now.is_cut:
        return Comparison(Content.SAME)
    diff = word_diff(then.words, now.words)
    if _was_edited(then, now):
        return Comparison(Content.EDITED, diff=diff or None)
    if then.is_cut or now.is_cut:
        # Past the cut anything may have changed; a growing text may be a shorter cut.
        return NOTHING
    if not have_same_words(then, now):
        return Comparison(Content.DIFFERS, diff=diff or None)
    # The words are the same. What only one look tells beside them is noted, and no difference.
    has_other = beside_words(then, now).differences
    return Comparison(Content.DIFFERS if has_other else Content.SAME)


def _was_edited(then: Post, now: Post) -> bool:
    """Tell by the platform's own facts: its chain or its mark of edits, or its word."""
    known = {then.id, *then.edit_ids}
    if now.edit_ids and now.edit_ids[-1] not in known and not known.isdisjoint(now.edit_ids):
        return True
    if then.revision is not None and now.revision is not None and then.revision != now.revision:
        return True
    return now.is_edited and not then.is_edited and not have_same_words(then, now)


def _before_a_wall(found: Comparison) -> Comparison:
    """Return what can be told where one side may be a teaser: what it shows, not what it lacks."""
    if found.level in _SMALL:
        return found
    seen = tuple(one for one in found.changes if one.before is not None and one.after is not None)
    if found.level is Content.MAJOR and any(change.material for change in seen):
        return replace(found, changes=seen)
    return Comparison(Content.INCOMPARABLE, found.cosine, found.containment)
