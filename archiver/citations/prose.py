"""Running text as it grows, and the marks in it; for formats that are no HTML."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager

from archiver.citations.draft import Mark, MarkKind, Note, check_count

_SPACE = re.compile(r"[ \t\n\f\r]+")
_LINE, _PARAGRAPH = 1, 2  # line feeds


class Prose:
    """Words put one after the other: white space made single, paragraphs apart by a blank line."""

    def __init__(self) -> None:
        self._parts: list[str] = []
        self._length = 0
        self._feeds = 0  # line feeds owed before the next word
        self._is_spaced = False  # a space is owed before the next word
        self._waiting: list[int] = []  # indices of spans whose first word is still to come
        self._starts: list[int] = []
        self._marks: list[Mark] = []
        self._notes = 0

    def put(self, words: str) -> None:
        """Put words behind what is there."""
        shown = _SPACE.sub(" ", words)
        self._is_spaced |= shown[:1] == " "
        if not shown.strip(" "):
            return
        self._write(shown.strip(" "))
        self._is_spaced = shown[-1] == " "

    def put_lines(self, words: str) -> None:
        """Put words whose line ends count."""
        for line in words.strip("\n").split("\n"):
            self.put(line)
            self.end_line()

    def end_line(self) -> None:
        """Let the next word begin a line."""
        self._feeds = max(self._feeds, _LINE)

    def end_paragraph(self) -> None:
        """Let the next word begin a paragraph."""
        self._feeds = _PARAGRAPH

    @contextmanager
    def span(
        self,
        kind: MarkKind,
        address: str | None = None,
        *,
        level: int = 0,
        note: Note | None = None,
    ) -> Iterator[None]:
        """Mark the words put meanwhile; a span without words lies where the text ends."""
        at = self.begin()
        yield
        self.end(at, kind, address, level=level, note=note)

    def begin(self) -> int:
        """Begin a span at the next word; the number returned ends it."""
        self._waiting.append(len(self._starts))
        self._starts.append(-1)
        return len(self._starts) - 1

    def end(
        self,
        at: int,
        kind: MarkKind,
        address: str | None = None,
        *,
        level: int = 0,
        note: Note | None = None,
    ) -> None:
        """End the span that began under a number, and mark it."""
        start = self._starts[at]
        if start < 0:
            self._waiting.remove(at)
            start = self._length
        if start < self._length or kind in (MarkKind.LINK, MarkKind.NOTE):
            self._marks.append(Mark(kind, start, self._length, address, level=level, note=note))

    def note(self, address: str, note: Note) -> None:
        """Mark where a footnote's number stands; notes used again and again are counted.

        Raises:
            InputError: footnotes cite more than ``MAX_CITATIONS`` sources in all.
        """
        self._notes += 1
        check_count(self._notes)
        self._marks.append(Mark(MarkKind.NOTE, self._length, self._length, address, note=note))

    def finished(self) -> tuple[str, tuple[Mark, ...]]:
        """Return the text and its marks in reading order."""
        return "".join(self._parts), tuple(sorted(self._marks, key=lambda mark: mark.start))

    def _write(self, words: str) -> None:
        owed = "\n" * self._feeds or " " * self._is_spaced
        owed = owed if self._length else ""
        self._feeds, self._is_spaced = 0, False
        for at in self._waiting:
            self._starts[at] = self._length + len(owed)
        self._waiting.clear()
        self._parts += [owed, words]
        self._length += len(owed) + len(words)
