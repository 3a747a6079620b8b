"""How alike the pages of two looks are, from their features; made anew where none are kept."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache

from archiver.judge.features import (
    Features,
    containment,
    cosine,
    features_of,
    title_cosine,
    unpacked,
    visible_containment,
)
from archiver.model.inquiry import PageText
from archiver.model.seen import Seen


def alike(before: Seen, now: Seen) -> float | None:
    """Return the cosine of the words of two looks' pages, or None when like meets unlike.

    A rendered DOM is not compared with raw HTML, nor the text of one extractor with another's.
    """
    for here in _all_features(now):
        for then in _all_features(before):
            if then.is_comparable_with(here):
                return cosine(then, here)
    return None


def _all_features(seen: Seen) -> Iterator[Features]:
    """Give the features of a look's page, by every extractor that read it, the newest first."""
    newest = features(seen)
    if newest is not None:
        yield newest
    for _, packed in reversed(seen.others):
        other = _unpacked(packed)
        if other is not None:
            yield other


def kept(before: Seen, now: Seen) -> float | None:
    """Return the share of what the page before said that is still there; None if unlike.

    Menus and boxes of popular articles make two pages of a site alike in their words; of what one
    of them says in a row, the other has little.
    """
    then, here = features(before), features(now)
    if then is None or here is None or not then.is_comparable_with(here):
        return None
    return max(containment(then, here) or 0.0, visible_containment(then, here) or 0.0)


def titles_alike(before: Seen, now: Seen) -> float | None:
    """Return how alike the titles of two looks' pages are; None where either has none."""
    then, here = features(before), features(now)
    return title_cosine(then, here) if then is not None and here is not None else None


def features(seen: Seen) -> Features | None:
    """Return the features of a look's page; None where it has no page."""
    if seen.features is not None:
        return _unpacked(seen.features)
    return _of_page(seen.page) if seen.page is not None else None


@lru_cache(maxsize=64)  # the baseline of a source is compared with look after look
def _unpacked(packed: str) -> Features | None:
    return unpacked(packed)


@lru_cache(maxsize=16)
def _of_page(page: PageText) -> Features:
    return features_of(page)
