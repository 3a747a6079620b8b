"""Words at places of a page to running text: lines, paragraphs, and the words that links cover."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import groupby, pairwise
from statistics import median

from archiver.citations.direction import reading_order, runs_from_right, strength
from archiver.citations.draft import Mark, MarkKind

CHAR_WIDTH = 0.5  # of the type size, where nothing tells how wide the words are
_WIDE_GAP = 1.35  # of the usual gap between lines; wider, and a paragraph begins
_OTHER_SIZE = 1.15  # of the type size of the line before; larger, and a paragraph begins
_SAME_LINE = 0.4  # of the type size; words less far apart in height stand in one line
_RUNNING = 3  # pages from which lines that come again count as running heads

_BROKEN_WORD = re.compile(r"[^\W\d_]-\Z")
_ADDRESS_END = re.compile(r"https?://[^\s<>\"]*\Z", re.IGNORECASE)
_ADDRESS_REST = re.compile(r"[A-Za-z0-9%._~/?#=&+:@!$,;-]+")
# What shows that a line goes on with an address: marks that words of a sentence do not hold.
_ADDRESS_MARK = re.compile(
    r"[/=?&%_#]|\w-\w+-|\d{3}|\.(?:html?|php|aspx?|pdf|jsp)\b", re.IGNORECASE
)
_OPEN_ENDED = ("-", "_", "=", "&", "?", "%", "#")
_SENTENCE_END = re.compile(r"[.!?:…。！？][\"”’»)\]]*\s*\Z")
_ENDS_RIGHT = re.compile(r"[A-Za-z][\"”’)]?[.!?]\s*\Z")  # as no line read from the right does
_MARKS = frozenset(".,:!?،؛؟")
_DIGITS = re.compile(r"\d+")
# Letters as drawn: ligatures of Latin, Hebrew and Arabic, and the forms that Arabic letters take.
_GOES_ON = re.compile("[\\x00-/:-@\\u0660-\\u066d\\u06f0-\\u06f9\\u2000-\\u206f\\u20a0-\\u21ff]*")
_DRAWN = re.compile("[\ufb00-\ufdcf\ufdf0-\ufdff\ufe70-\ufefc]")


@dataclass(slots=True)
class Piece:
    """Words drawn in one go, from ``x`` to ``end`` at the height ``y``, in points.

    ``is_turned`` says that they are given from right to left.
    """

    text: str
    x: float
    y: float
    end: float
    size: float
    is_turned: bool = False


@dataclass(slots=True)
class Line:
    """Words at one height, in reading order."""

    pieces: list[Piece] = field(default_factory=list)

    @property
    def text(self) -> str:
        """Its words, without space around them."""
        return "".join(piece.text for piece in self.pieces).strip()

    @property
    def y(self) -> float:
        """Its height on the page, in points."""
        return self.pieces[0].y

    @property
    def size(self) -> float:
        """Its largest type, in points."""
        return max(piece.size for piece in self.pieces)


@dataclass(frozen=True, slots=True)
class Area:
    """A rectangle of a page that leads to an address, in points."""

    left: float
    bottom: float
    right: float
    top: float
    address: str


@dataclass(slots=True)
class Page:
    """The lines of a page in the order they are drawn, and where it leads."""

    lines: list[Line]
    areas: list[Area]


def draw_words(
    pieces: list[Piece], text: str, place: tuple[float, float], size: float, letter: float
) -> None:
    """Take words; a call without words behind them tells where they ended."""
    x, y = place
    last = pieces[-1] if pieces else None
    if last and last.x < x and abs(last.y - y) < 1 and not text.startswith("\n"):
        last.end = min(x, max(last.end, x))
    if text.strip("\n"):
        width = len(text) * size * letter
        written = _DRAWN.sub(_as_written, text.replace("\n", " "))
        pieces.append(Piece(written, x, y, x + width, size, _is_turned(text, last)))


def _as_written(drawn: re.Match[str]) -> str:
    # Marks that are drawn alone stand on a space, which is no part of the words.
    return unicodedata.normalize("NFKC", drawn[0]).strip(" ")


def _is_turned(text: str, last: Piece | None) -> bool:
    """Tell whether words come from right to left: marks and digits go on as the words before.

    Source: pypdf 6.21, ``get_display_str`` and its neutral characters.
    """
    if runs_from_right(text):
        return True
    return last is not None and last.is_turned and _GOES_ON.fullmatch(text) is not None


def lines_of(pieces: list[Piece]) -> list[Line]:
    """Return the lines that pieces form: words at one height, drawn one after the other.

    Their words are in the order of reading.
    """
    lines: list[Line] = []
    for piece in pieces:
        last = lines[-1] if lines else None
        if last and abs(last.y - piece.y) <= _SAME_LINE * max(last.size, piece.size):
            last.pieces.append(piece)
        elif piece.text.strip():
            lines.append(Line([piece]))
    usual = sum(strength(piece.text) for piece in pieces)
    for line in lines:
        if any(piece.is_turned for piece in line.pieces):
            _order(line, usual)
        else:
            for before, piece in pairwise(line.pieces):
                _space(before, piece)
    return lines


def _order(line: Line, usual: int) -> None:
    """Put the words of a line in the order of reading; ``usual`` tells how its page is read."""
    line.pieces.sort(key=lambda piece: piece.x)
    cells = _cells(line.pieces)
    shown = "".join(cell.text for cell in cells)
    order = reading_order(shown, from_right=_is_from_right(shown, usual))
    in_order = [Piece(text, *_where(cells[n])) for n, text in order]
    words = groupby(in_order, lambda cell: cell.text.isspace())
    line.pieces = _with_marks([_joined(list(word)) for _, word in words])


def _with_marks(words: list[Piece]) -> list[Piece]:
    """Take out the spaces before the marks that end a sentence: they were guessed from places."""
    following = [*(word.text for word in words[1:]), ""]
    pairs = zip(words, following, strict=True)
    return [word for word, after in pairs if not (word.text.isspace() and after in _MARKS)]


def _is_from_right(shown: str, usual: int) -> bool:
    """Tell whether a line is read from the right: as its page, or as most of its letters."""
    if usual <= 0:
        return strength(shown) > 0
    return _ENDS_RIGHT.search(shown) is None or strength(shown) > 0


def _cells(pieces: list[Piece]) -> list[Piece]:
    """Return the characters of a line from left to right, with the spaces that gaps show."""
    cells: list[Piece] = []
    for _, same in groupby(pieces, lambda piece: piece.x):
        drawn = list(same)
        text = "".join(piece.text[::-1] if piece.is_turned else piece.text for piece in drawn)
        x, y, end, size = drawn[0].x, drawn[0].y, drawn[-1].end, drawn[0].size
        if (
            cells
            and x - cells[-1].end > CHAR_WIDTH * size
            and not (cells[-1].text + text[:1]).isspace()
        ):
            cells.append(Piece(" ", cells[-1].end, y, x, size))
        step = (end - x) / len(text)
        cells += [
            Piece(one, x + n * step, y, x + (n + 1) * step, size) for n, one in enumerate(text)
        ]
    return cells


def _where(cell: Piece) -> tuple[float, float, float, float]:
    return cell.x, cell.y, cell.end, cell.size


def _joined(cells: list[Piece]) -> Piece:
    first = cells[0]
    start, end = min(cell.x for cell in cells), max(cell.end for cell in cells)
    return Piece("".join(cell.text for cell in cells), start, first.y, end, first.size)


def _space(before: Piece, piece: Piece) -> None:
    """Put the space between two pieces that a gap shows and no character says."""
    is_apart = piece.x - before.end > CHAR_WIDTH * piece.size
    if is_apart and not before.text.endswith(" ") and not piece.text.startswith(" "):
        before.text += " "


def running_text(pages: list[Page]) -> tuple[str, list[Mark]]:
    """Return pages as one text, paragraphs apart by a blank line, and the links in it."""
    writer = _Writer()
    running = _running_heads(pages)
    for page in pages:
        lines = [line for line in page.lines if line.text]
        shown = [n for n, line in enumerate(lines) if not _is_running(n, lines, running)]
        usual = _usual_gap([lines[n] for n in shown])
        before: Line | None = None
        for line in (lines[n] for n in shown):
            is_new = _begins(before, line, usual) if before else writer.is_at_end
            writer.write(line, page.areas, is_new=is_new)
            before = line
    return writer.text, writer.marks


def _running_heads(pages: list[Page]) -> frozenset[str]:
    """Return the first and last lines that come again on most pages, figures left out."""
    found: Counter[str] = Counter()
    for page in pages:
        ends = {_bare(line) for line in (*page.lines[:1], *page.lines[-1:])}
        found.update(ends)
    if len(pages) < _RUNNING:
        return frozenset()
    return frozenset(text for text, count in found.items() if 2 * count > len(pages))


def _bare(line: Line) -> str:
    return _DIGITS.sub("#", line.text)


def _is_running(n: int, lines: list[Line], running: frozenset[str]) -> bool:
    return n in (0, len(lines) - 1) and _bare(lines[n]) in running


def _usual_gap(lines: list[Line]) -> float:
    gaps = [one.y - other.y for one, other in pairwise(lines)]
    return median(down) if (down := [gap for gap in gaps if gap > 0]) else 0.0


def _begins(before: Line, line: Line, usual: float) -> bool:
    """Tell whether a line begins a paragraph."""
    gap = before.y - line.y
    usual = min(usual or gap, 2 * line.size) if line.size else usual
    larger, smaller = max(before.size, line.size), min(before.size, line.size)
    return gap < 0 or gap > _WIDE_GAP * usual or larger > _OTHER_SIZE * smaller


class _Writer:
    """Joins lines to running text and notes which of their words links cover."""

    def __init__(self) -> None:
        self._parts: list[str] = []
        self._length = 0
        self._tail = ""
        self.marks: list[Mark] = []

    @property
    def text(self) -> str:
        """The text so far."""
        return "".join(self._parts)

    @property
    def is_at_end(self) -> bool:
        """Whether the words so far end a sentence: a paragraph may go on over the page."""
        return _SENTENCE_END.search(self._tail) is not None

    def write(self, line: Line, areas: list[Area], *, is_new: bool) -> None:
        """Put a line behind the text: as a paragraph of its own, or joined to the line before."""
        gap = "\n\n" if is_new else self._joint(line.text)
        self._put(gap if self._length else "")
        crossed = [area for area in areas if _crosses(area, line)]
        for words, start, end in _words(line):
            self._put(words, [area for area in crossed if _covers(area, start, end)])

    def _joint(self, text: str) -> str:
        """Return what stands between the text and its next line; takes a hyphen back."""
        address = _ADDRESS_END.search(self._tail)
        if address:
            return "" if _goes_on(address[0], text) else " "
        is_broken = _BROKEN_WORD.search(self._tail) and text[:1].islower()
        if is_broken or self._tail.endswith("\u00ad"):
            self._cut()
            return ""
        return " " if not self._tail[-1:].isspace() else ""

    def _cut(self) -> None:
        self._parts[-1] = self._parts[-1][:-1]
        self._length -= 1
        self.marks = [
            mark if mark.end <= self._length else _shorter(mark, self._length)
            for mark in self.marks
        ]

    def _put(self, words: str, areas: list[Area] | None = None) -> None:
        start = self._length
        self._parts.append(words)
        self._length += len(words)
        self._tail = (self._tail + words)[-400:]
        for area in (areas or ()) if words.strip() else ():
            end = start + len(words.rstrip())
            self.marks.append(Mark(MarkKind.LINK, start, end, area.address))


def _shorter(mark: Mark, end: int) -> Mark:
    return Mark(mark.kind, min(mark.start, end), end, mark.address)


def _goes_on(address: str, text: str) -> bool:
    """Tell whether a line goes on with the address that the line before ends in."""
    rest = _ADDRESS_REST.match(text)
    if rest is None or rest[0].lower().startswith(("http://", "https://")):
        return False
    first = rest[0].rstrip(".,;:!")
    return bool(_ADDRESS_MARK.search(first)) or (
        address.endswith(_OPEN_ENDED) and first[:1].isalnum() and not first[:1].isupper()
    )


def _words(line: Line) -> Iterator[tuple[str, float, float]]:
    """Yield the words of a line, the space behind each with it, and from where to where they go."""
    begun = False
    for n, piece in enumerate(line.pieces):
        text = piece.text if begun else piece.text.lstrip()
        text = text.rstrip() if n == len(line.pieces) - 1 else text
        offset = len(piece.text) - len(piece.text.lstrip()) if not begun else 0
        step = (piece.end - piece.x) / max(len(piece.text), 1)
        for found in re.finditer(r"\s+|\S+", text):
            start = piece.x + step * (found.start() + offset)
            yield " " if found[0].isspace() else found[0], start, start + step * len(found[0])
        begun |= bool(text)


def _crosses(area: Area, line: Line) -> bool:
    return area.bottom - 1 <= line.y + line.size * 0.25 <= area.top + 1


def _covers(area: Area, start: float, end: float) -> bool:
    return area.left - 1 <= (start + end) / 2 <= area.right + 1
