"""A word diff as plain text: ``[-old-]{+new+}`` with some words around, for a person to read.

Time stays near linear on long pages: words that both texts hold once are the anchors, and only
what lies between two anchors is aligned word by word.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Sequence

from rapidfuzz.distance import Indel

CONTEXT = 8  # words kept on either side of a change
MAX_CHARS = 8000  # of the diff; a page that was replaced would otherwise be in it twice
_MAX_CELLS = 10**8  # words times words aligned exactly: 12 MB of bits
_SHINGLE = 3  # words that make an anchor; single words are seldom unique

Span = tuple[int, int, int, int]
"""Words ``old[a:b]`` became ``new[c:d]``."""


def word_diff(old: str, new: str) -> str:
    """Return the diff of two texts by words, an empty text when no word differs.

    Spacing is no difference. At most :data:`MAX_CHARS` characters; a cut diff says so at its end.
    """
    a, b = old.split(), new.split()
    changes = _joined(_changes(a, b))
    text = _written(a, b, changes)
    if len(text) <= MAX_CHARS:
        return text
    return f"{text[:MAX_CHARS]} … ({len(changes)} changes in all)"


def _changes(a: Sequence[str], b: Sequence[str]) -> Iterator[Span]:
    """Return the spans that differ, in order."""
    i, m, j, n = _trimmed(a, b, (0, len(a), 0, len(b)))
    start, at = i, j
    for x, y in [*_anchors(a[i:m], b[j:n]), (m - i, n - j)]:
        yield from _between(a, b, (start, i + x, at, j + y))
        start, at = i + x, j + y


def _trimmed(a: Sequence[str], b: Sequence[str], span: Span) -> Span:
    """Return the span without the words that both begin or end with."""
    i, m, j, n = span
    while i < m and j < n and a[i] == b[j]:
        i, j = i + 1, j + 1
    while i < m and j < n and a[m - 1] == b[n - 1]:
        m, n = m - 1, n - 1
    return i, m, j, n


def _between(a: Sequence[str], b: Sequence[str], span: Span) -> Iterator[Span]:
    i, m, j, n = _trimmed(a, b, span)
    if i == m and j == n:
        return
    if i == m or j == n or (m - i) * (n - j) > _MAX_CELLS:
        yield i, m, j, n
        return
    for step in Indel.opcodes(a[i:m], b[j:n]):
        if step.tag != "equal":
            yield i + step.src_start, i + step.src_end, j + step.dest_start, j + step.dest_end


def _anchors(a: Sequence[str], b: Sequence[str]) -> list[tuple[int, int]]:
    """Return the longest row of places, rising in both texts, where a unique shingle is shared."""
    in_a, in_b = _unique(a), _unique(b)
    shared = [(place, in_b[words]) for words, place in in_a.items() if words in in_b]
    return _rising(sorted(shared))


def _unique(words: Sequence[str]) -> dict[tuple[str, ...], int]:
    places: dict[tuple[str, ...], int] = {}
    for i in range(len(words) - _SHINGLE + 1):
        shingle = tuple(words[i : i + _SHINGLE])
        places[shingle] = -1 if shingle in places else i
    return {shingle: i for shingle, i in places.items() if i >= 0}


def _rising(pairs: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """Return a longest subsequence whose second numbers rise, by patience sorting."""
    tops: list[int] = []
    piles: list[int] = []
    below: list[int] = []
    for index, (_, place) in enumerate(pairs):
        pile = bisect_left(tops, place)
        below.append(piles[pile - 1] if pile else -1)
        tops[pile : pile + 1] = [place]
        piles[pile : pile + 1] = [index]
    row: list[tuple[int, int]] = []
    index = piles[-1] if piles else -1
    while index >= 0:
        row.append(pairs[index])
        index = below[index]
    return row[::-1]


def _joined(spans: Iterator[Span]) -> list[Span]:
    """Join spans that touch: a deletion and the insertion in its place are one change."""
    joined: list[Span] = []
    for span in spans:
        if joined and joined[-1][1] == span[0] and joined[-1][3] == span[2]:
            last = joined.pop()
            span = (last[0], span[1], last[2], span[3])  # noqa: PLW2901 - the longer one takes its place
        joined.append(span)
    return joined


def _written(a: Sequence[str], b: Sequence[str], changes: Sequence[Span]) -> str:
    pieces: list[str] = []
    shown = 0  # words of the old text that are written or left out
    starts = [*(change[0] for change in changes[1:]), len(a)]
    for (i, m, j, n), next_start in zip(changes, starts, strict=False):
        start = max(shown, i - CONTEXT)
        pieces += ["…"] if start > shown else []
        shown = min(m + CONTEXT, next_start)
        removed = f"[-{' '.join(a[i:m])}-]" if i < m else ""
        added = f"{{+{' '.join(b[j:n])}+}}" if j < n else ""
        pieces += [*a[start:i], removed + added, *a[m:shown]]
    pieces += ["…"] if changes and shown < len(a) else []
    return " ".join(pieces)
