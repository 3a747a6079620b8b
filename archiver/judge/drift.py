"""How far a page has drifted from what it was: the same, small things, sentences, another page.

Counts of words tell another page from the same one, and cannot see an edit: one "not" in a long
page leaves them near 1. Edits are seen sentence by sentence. An extractor may take another part of
the same page for its main text, so a sentence is gone only when it is in none of the other side's
visible text.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from rapidfuzz.distance import Indel

from archiver.judge._alignment import Aligned, Pair, Sentence, Side, Text, aligned
from archiver.judge._diff import MAX_CHARS, word_diff
from archiver.judge._furniture import is_furniture, is_ticking
from archiver.judge._headline import headline_change
from archiver.judge.features import (
    Features,
    are_same,
    containment,
    cosine,
    features_of,
    title_cosine,
    visible_containment,
)
from archiver.judge.material import Usage, material_between
from archiver.judge.noise import NO_NOISE, Masks, Noise
from archiver.model.comparison import Change, Comparison
from archiver.model.inquiry import PageText
from archiver.model.verdict import Content

# Source: AlNoamany 2015 and the Off-Topic Memento Toolkit (cosine < .10 to .12 is another topic),
# Reyes Ayala 2022 (titles), 90 pairs of one page against 400 of two (containment .17); the rest is
# tuned on pages of our own making, by ``tests/measure/drift.py``.
MINOR_COSINE = 0.90
MINOR_CONTAINMENT = 0.85
REPLACED_COSINE = 0.30
OTHER_TITLE = 0.30
OTHER_CONTAINMENT = 0.17
_KEPT_TITLE = 0.60  # words of a title that show the same page, rewritten
_SURELY_OTHER = 0.12
_SOME_LEFT = 0.30  # of the old text; what two articles of a site share beside their words is less
_MOST_CHANGES = 500  # that are told; of more, the rest is counted in the level all the same
_EMPTY = 0.05  # of the words there were: a page that was not drawn, not one that was emptied
_ONE_LINE = 0.75  # share of words that two forms of a line have in common
_MAIN_CHARS = 250  # from which a main text stands for its page
_MAIN_SHARE = 0.2  # of the visible text, from which a shorter one does


def is_alike_in_kind(one: PageText, other: PageText) -> bool:
    """Tell whether two texts may be compared: both rendered or both raw, by one extractor."""
    return one.rendered == other.rendered and one.extractor == other.extractor


def compare_pages(then: PageText, now: PageText, *, noise: Noise | None = None) -> Comparison:
    """Return how two readings of one page compare; like with like only.

    ``noise`` is what two looks minutes apart showed to differ by itself: left out, and counted.
    """
    if not is_alike_in_kind(then, now):
        return Comparison(Content.INCOMPARABLE)
    old, new = features_of(then), features_of(now)
    if are_same(old, new):
        return _with_headline(then, now, Comparison(Content.SAME, cosine=1.0, containment=1.0))
    if _is_undrawn(old, new) or _is_undrawn(new, old):
        return Comparison(Content.INCOMPARABLE, cosine(old, new), containment(old, new))
    pages = _Pages(then, now, old, new)
    if pages.is_replaced:
        return Comparison(Content.REPLACED, pages.cosine, pages.containment)
    return _compared(pages, noise or NO_NOISE)


def changes_of(old: str, new: str) -> tuple[Change, ...]:
    """Return the sentences of two texts that differ, in the order of the text.

    Moved sentences are no change, nor are other spaces, cases and marks. At most
    :data:`_MOST_CHANGES`; near linear in the length, whatever the texts are.
    """
    usage = Usage((old, new))
    there, here = Text(old), Text(new)
    found = aligned(old, new)
    left = [pair for pair in found.pairs if not _is_elsewhere(pair, there, here)]
    return tuple(_change(pair, usage) for pair in left[:_MOST_CHANGES])


@dataclass(frozen=True, slots=True)
class _Pages:
    """Two pages with their features."""

    then: PageText
    now: PageText
    old: Features
    new: Features

    @property
    def cosine(self) -> float:
        return cosine(self.old, self.new) or 0.0

    @property
    def containment(self) -> float:
        """The old text in the new one, or in all that is visible there: the extractor may flip."""
        return max(
            containment(self.old, self.new) or 0.0, visible_containment(self.old, self.new) or 0.0
        )

    @property
    def has_main(self) -> bool:
        """Whether both have a main text that stands for the page."""
        return _has_main(self.then) and _has_main(self.now)

    @property
    def texts(self) -> tuple[str, str]:
        if self.has_main and self.then.main is not None and self.now.main is not None:
            return self.then.main, self.now.main
        return self.then.visible, self.now.visible

    @property
    def is_replaced(self) -> bool:
        if self.cosine < _SURELY_OTHER and self.containment < _SOME_LEFT:
            return True
        if self.containment >= OTHER_CONTAINMENT:
            return False
        title = title_cosine(self.old, self.new)
        if title is not None and title >= _KEPT_TITLE:
            return False
        return self.cosine < REPLACED_COSINE or (title is not None and title < OTHER_TITLE)


def _has_main(page: PageText) -> bool:
    main = len(page.main or "")
    return main >= _MAIN_CHARS or (main > 0 and main >= _MAIN_SHARE * len(page.visible))


def _is_undrawn(one: Features, other: Features) -> bool:
    """Tell a page of which next to nothing came: a script that did not run, an empty answer."""
    return one.visible.words < _EMPTY * other.visible.words


def _compared(pages: _Pages, noise: Noise) -> Comparison:
    then, now = pages.then, pages.now
    usage = Usage(pages.texts)
    there, here = Text(then.visible), Text(now.visible)
    found = aligned(*pages.texts)
    masks = Masks(noise, then.visible, now.visible)
    differing = [pair for pair in found.pairs if not _is_elsewhere(pair, there, here)]
    told = [pair for pair in differing if not _is_noise(pair, masks, usage)]
    weigh = _Weigher(found, told, usage, has_main=pages.has_main)
    changes = [weigh.change(pair) for pair in told]
    headline = headline_change(then, now, there, here)
    changes = [*([headline] if headline is not None else []), *changes]
    return Comparison(
        level=_level(pages, changes, weigh.share),
        cosine=pages.cosine,
        containment=pages.containment,
        changes=tuple(changes[:_MOST_CHANGES]),
        diff=_diff(changes),
        noise=len(differing) - len(told),
    )


def _with_headline(then: PageText, now: PageText, same: Comparison) -> Comparison:
    """Return what is told of a text that is the same, whose headline may have been edited."""
    headline = headline_change(then, now, Text(then.visible), Text(now.visible))
    if headline is None:
        return same
    level = Content.MAJOR if headline.material else Content.MINOR
    return replace(same, level=level, changes=(headline,), diff=_diff([headline]))


def _level(pages: _Pages, changes: Sequence[Change], share: float) -> Content:
    if any(change.material for change in changes):
        return Content.MAJOR
    if share <= 1 - MINOR_CONTAINMENT:
        return Content.MINOR
    is_near = pages.cosine >= MINOR_COSINE and pages.containment >= MINOR_CONTAINMENT
    return Content.MINOR if is_near else Content.MAJOR


def _diff(changes: Sequence[Change]) -> str | None:
    """Return a word diff of each sentence that differs, one a line, what says more first."""
    lines: list[str] = []
    size = 0
    for change in sorted(changes, key=lambda change: not change.material):
        line = word_diff(change.before or "", change.after or "")
        size += len(line)
        if size > MAX_CHARS:
            return "\n".join([*lines, f"… ({len(changes)} changes in all)"])
        lines += [line] if line else []
    return "\n".join(lines) or None


def _is_elsewhere(pair: Pair, there: Text, here: Text) -> bool:
    """Tell whether nothing of a pair came or went: it stands elsewhere on the other side."""
    before, after = pair.before, pair.after
    is_kept = before is None or here.has(before)
    return is_kept and (after is None or there.has(after))


def _is_noise(pair: Pair, masks: Masks, usage: Usage) -> bool:
    before, after = pair.before, pair.after
    if before is not None and after is not None:
        if is_ticking(before, after):
            return True
        is_edit = (before.is_prose or after.is_prose) and bool(
            material_between(before.text, after.text, usage)
        )
        return masks.hides(pair, is_edit=is_edit)
    one = before or after
    return one is not None and (is_furniture(one) or masks.hides(pair, is_edit=False))


def _change(pair: Pair, usage: Usage) -> Change:
    before = pair.before.text if pair.before is not None else None
    after = pair.after.text if pair.after is not None else None
    return Change(before, after, material_between(before, after, usage))


class _Weigher:
    """Tells of each pair whether what it says counts, by where it stands in the text."""

    def __init__(
        self, found: Aligned, told: Sequence[Pair], usage: Usage, *, has_main: bool
    ) -> None:
        self._usage = usage
        self._has_main = has_main
        lost = [pair.before for pair in told if pair.before is not None]
        come = [pair.after for pair in told if pair.after is not None]
        self._rooted_old = _rooted(found.old.sentences, lost, by_line=not has_main)
        self._rooted_new = _rooted(found.new.sentences, come, by_line=not has_main)
        self.share = max(_share(lost, found.old), _share(come, found.new))
        """Of the running text that is lost, or that is new: the larger."""

    def change(self, pair: Pair) -> Change:
        change = _change(pair, self._usage)
        return change if self._counts(pair) else Change(change.before, change.after)

    def _counts(self, pair: Pair) -> bool:
        before, after = pair.before, pair.after
        if before is not None and after is not None:
            if before.is_prose and after.is_prose:
                return True
            return self._has_main and _is_one_line(before, after)
        if before is not None:
            return before.place in self._rooted_old
        return after is not None and after.place in self._rooted_new


def _is_one_line(before: Sentence, after: Sentence) -> bool:
    """Tell another form of a line (a cell, a caption) from another line in its place.

    Headlines in a box that rotates share a word or two.
    """
    named = [[word for word in one.words if not word[-1].isdecimal()] for one in (before, after)]
    if named[0] == named[1]:
        return True
    return Indel.normalized_similarity(before.words, after.words) >= _ONE_LINE


def _rooted(
    sentences: Sequence[Sentence], changed: Sequence[Sentence], *, by_line: bool
) -> frozenset[int]:
    """Return the places of running text that stands beside running text which stayed.

    Teasers of a box that rotates are running text, too, but stand between headlines. Where no main
    text is known (``by_line``), only what is in the same paragraph is sure to belong to the text.
    """
    candidates = {one.place for one in changed if one.is_prose}
    rooted: set[int] = set()
    for step in (1, -1):
        reached: Sentence | None = None
        for sentence in sentences[::step]:
            is_near = reached is None or abs(reached.line - sentence.line) <= 1
            if not sentence.is_prose or not (sentence.stays or sentence.place in candidates):
                reached = None
            elif sentence.stays:
                reached = sentence
            elif reached is not None and is_near and (not by_line or reached.line == sentence.line):
                rooted.add(sentence.place)
                reached = sentence
    return frozenset(rooted)


def _share(changed: Sequence[Sentence], side: Side) -> float:
    """Return the share of a text that changed, of its running text where it has much of it."""
    if side.prose * 3 < side.characters:
        return sum(len(one.text) for one in changed) / max(1, side.characters)
    return sum(len(one.text) for one in changed if one.is_prose) / max(1, side.prose)
