"""What stands round a citation: its sentence, quoted words near it, the headings above it."""

from __future__ import annotations

import re
from bisect import bisect_right
from dataclasses import replace
from functools import lru_cache

from archiver.citations.draft import Draft, Mark, MarkKind
from archiver.citations.quotes import is_quote, quoted
from archiver.citations.sentences import sentence_bounds
from archiver.model.citation import CitationKind, Context, FoundCitation

_BLANK_LINE = re.compile(r"\n[^\S\n]*\n\s*")
_NEW_LINE = re.compile(r"\n\s*")
_REACH = 1500  # code points on either side of a citation that are looked at
_LONGEST = 500  # code points of a sentence kept on either side of a citation
_LONGEST_QUOTE = 2000  # code points kept of a block of quoted words


class Surroundings:
    """A draft's paragraphs, headings and block quotes, looked up by place."""

    def __init__(self, draft: Draft) -> None:
        self._text = draft.article.text
        self._language = draft.article.language
        gaps = _NEW_LINE if draft.by_line else _BLANK_LINE
        found = list(gaps.finditer(self._text))
        self._starts = [0, *(gap.end() for gap in found)]
        self._ends = [*(gap.start() for gap in found), len(self._text)]
        self._paths = _paths(self._text, draft.marks)
        self._path_starts = [start for start, _ in self._paths]
        quotes = (mark for mark in draft.marks if mark.kind is MarkKind.QUOTE)
        self._quotes = sorted(quotes, key=lambda mark: (mark.start, -mark.end))
        self._quote_starts = [mark.start for mark in self._quotes]
        self._sentences = lru_cache(maxsize=8)(self._bounds)
        self._quotes_in = lru_cache(maxsize=8)(self._quoted_stretches)

    def context(self, citation: FoundCitation) -> Context:
        """Return what stands round a citation, after the words that it is known to quote.

        An embed is a block of its own: its sentence is the one that leads up to it.
        """
        start, end = citation.start, citation.end
        if citation.kind is CitationKind.EMBED:
            start, end = self._before(start)
            if start == end:
                return replace(citation.context, headings=self._headings(citation.start))
        near = self._near(start, end)
        quotes = self._quoted(near, start, end)
        return Context(
            sentence=" ".join(self._text[slice(*_holding(near, start, end))].split()),
            quotes=tuple(dict.fromkeys([*citation.context.quotes, *quotes])),
            headings=self._headings(citation.start),
        )

    def _before(self, start: int) -> tuple[int, int]:
        """Return the last word before an embed: in its own paragraph, else in the one before."""
        at = self._paragraph(start)
        first = self._starts[at]
        if not self._text[max(first, start - _REACH) : start].strip() and at:
            at -= 1
            first, start = self._starts[at], self._ends[at]
        stretch = self._text[max(first, start - _REACH) : start].rstrip()
        end = max(first, start - _REACH) + len(stretch)
        return max(first, end - 1), end

    def _paragraph(self, start: int) -> int:
        return max(0, bisect_right(self._starts, start) - 1)

    def _near(self, start: int, end: int) -> list[tuple[int, int]]:
        """Return the sentences of the paragraph, as far as they are within reach."""
        at = self._paragraph(start)
        first = max(self._starts[at], (start - _REACH) // _REACH * _REACH)
        last = min(max(self._ends[at], end), (end // _REACH + 2) * _REACH)
        return self._sentences(first, last)

    def _bounds(self, first: int, last: int) -> list[tuple[int, int]]:
        stretch = self._text[first:last]
        return [(first + a, first + b) for a, b in sentence_bounds(stretch, self._language)]

    def _quoted(self, near: list[tuple[int, int]], start: int, end: int) -> list[str]:
        """Return the quoted words in the sentence and its neighbours, then the blocks beside it."""
        if not near:
            return []
        holding = [n for n, (a, b) in enumerate(near) if a < end and b > start] or [0]
        begin = near[max(0, holding[0] - 1)][0]
        stop = near[min(len(near) - 1, holding[-1] + 1)][1]
        found = self._quotes_in(near[0][0], near[-1][1])
        words = [self._text[a:b].strip() for a, b in found if a < stop and b > begin]
        return [*words, *self._blocks(start)]

    def _quoted_stretches(self, first: int, last: int) -> list[tuple[int, int]]:
        return [(first + a, first + b) for a, b in quoted(self._text[first:last])]

    def _blocks(self, start: int) -> list[str]:
        """Return the block quotes that hold a place or stand right beside its paragraph."""
        at = self._paragraph(start)
        neighbours = (self._ends[at - 1] if at else -1, self._starts[at + 1 : at + 2])
        last = bisect_right(self._quote_starts, self._ends[at])
        if neighbours[1]:
            last = bisect_right(self._quote_starts, neighbours[1][0])
        near = self._quotes[max(0, last - 4) : last]
        return [
            words
            for mark in near
            if self._is_beside(mark, at)
            and is_quote(words := self._text[mark.start : mark.end][:_LONGEST_QUOTE].strip())
        ]

    def _is_beside(self, mark: Mark, at: int) -> bool:
        start, end = self._starts[at], self._ends[at]
        if mark.start <= start and end <= mark.end:
            return True
        before = at > 0 and self._starts[at - 1] < mark.end <= start
        behind = at + 1 < len(self._starts) and mark.start == self._starts[at + 1]
        return before or behind

    def _headings(self, start: int) -> tuple[str, ...]:
        at = bisect_right(self._path_starts, start) - 1
        return self._paths[at][1] if at >= 0 else ()


def _holding(near: list[tuple[int, int]], start: int, end: int) -> tuple[int, int]:
    """Return the stretch of the sentences that a citation touches."""
    touched = [(a, b) for a, b in near if a < max(end, start + 1) and b > start]
    if not touched:
        before = [(a, b) for a, b in near if b <= start]
        return before[-1] if before else (start, end)
    return max(touched[0][0], start - _LONGEST), min(touched[-1][1], end + _LONGEST)


def _paths(text: str, marks: tuple[Mark, ...]) -> list[tuple[int, tuple[str, ...]]]:
    """Return from where on which headings hold, in order."""
    open_headings: list[tuple[int, str]] = []
    paths = []
    headings = (mark for mark in marks if mark.kind is MarkKind.HEADING)
    for mark in sorted(headings, key=lambda mark: mark.start):
        words = " ".join(text[mark.start : mark.end].split())
        open_headings = [(level, held) for level, held in open_headings if level < mark.level]
        open_headings.append((mark.level, words))
        paths.append((mark.start, tuple(held for _, held in open_headings)))
    return paths
