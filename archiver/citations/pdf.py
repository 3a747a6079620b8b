"""PDF to a draft: the words page by page, paragraphs told by their gaps, and what links cover.

A PDF knows no paragraphs and no anchors, only words at places and rectangles that lead somewhere.
Lines are joined where the gap between them is the usual one; a link's words are those under its
rectangle. The work is bounded: pages, decoded bytes, and drawing operations are counted.
"""

from __future__ import annotations

import io
import logging
import re
import struct
import zlib
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import islice, pairwise
from statistics import fmean, median

from pypdf import PageObject, PdfReader
from pypdf.errors import DependencyError, LimitReachedError, PyPdfError
from pypdf.generic import ArrayObject, DictionaryObject, PdfObject, StreamObject

from archiver.citations.draft import Draft, Mark, MarkKind
from archiver.citations.links import may_cite
from archiver.citations.metadata import joined
from archiver.errors import InputError
from archiver.model.article import ArticleText

# The reader's warnings about a file's small faults are no concern of who cites.
logging.getLogger("pypdf").addHandler(logging.NullHandler())

MAX_PAGES = 2000
MAX_DECODED_BYTES = 60_000_000  # drawing operations and fonts of all pages together
MAX_OPERATIONS = 500_000  # of drawing, some fifteen seconds' work; a dense page has a thousand
MAX_LINKS = 20_000

_DAMAGED = (
    PyPdfError, ValueError, KeyError, TypeError, AttributeError, IndexError, RecursionError,
    AssertionError, zlib.error, struct.error, NotImplementedError, OverflowError, OSError,
)  # fmt: skip
_FONT_WEIGHT = 8  # a byte of a font's table of characters costs more to read than one of drawing
_FORM_LEVELS = 4  # of drawings in drawings that are weighed
_WIDE_GAP = 1.35  # of the usual gap between lines; wider, and a paragraph begins
_OTHER_SIZE = 1.15  # of the type size of the line before; larger, and a paragraph begins
_SAME_LINE = 0.4  # of the type size; words less far apart in height stand in one line
_CHAR_WIDTH = 0.5  # of the type size, where nothing tells how wide the words are
_LETTERS = 256  # of a font without tables: one a byte
_UNITS = 1000  # of a font's widths in its type size
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
_DIGITS = re.compile(r"\d+")


Matrix = Sequence[float]
"""Six numbers: how points are turned, stretched and moved."""


@dataclass(slots=True)
class _Piece:
    """Words drawn in one go, from ``x`` to ``end`` at the height ``y``, in points."""

    text: str
    x: float
    y: float
    end: float
    size: float


@dataclass(slots=True)
class _Line:
    """Words at one height, in reading order."""

    pieces: list[_Piece] = field(default_factory=list)

    @property
    def text(self) -> str:
        return "".join(piece.text for piece in self.pieces).strip()

    @property
    def y(self) -> float:
        return self.pieces[0].y

    @property
    def size(self) -> float:
        return max(piece.size for piece in self.pieces)


@dataclass(frozen=True, slots=True)
class _Area:
    """A rectangle of a page that leads to an address, in points."""

    left: float
    bottom: float
    right: float
    top: float
    address: str


@dataclass(slots=True)
class _Page:
    lines: list[_Line]
    areas: list[_Area]


def read_pdf(body: bytes, url: str | None) -> Draft:
    """Read a PDF; its title and day are those of its metadata.

    Raises:
        InputError: it is locked, damaged, has only pictures, or is more than can be read.
    """
    try:
        reader = PdfReader(io.BytesIO(body))
        _unlock(reader)
        pages = _pages(reader, url)
        title, day = _about(reader)
    except DependencyError:
        raise InputError("cannot read the PDF: it is encrypted in a way not known here") from None
    except LimitReachedError:
        raise InputError("cannot read the PDF: it unpacks to more than any article") from None
    except _DAMAGED as error:
        raise InputError(f"cannot read the PDF: it is damaged ({type(error).__name__})") from None
    text, marks = _written(pages)
    if not text:
        raise InputError("cannot read the PDF: it shows pictures alone, no text (run OCR on it)")
    article = ArticleText(title, url, None, text, day.date() if day else None)
    return Draft(article, tuple(marks))


def _unlock(reader: PdfReader) -> None:
    if reader.is_encrypted and not reader.decrypt(""):
        raise InputError("cannot read the PDF: a password locks it")


def _about(reader: PdfReader) -> tuple[str | None, datetime | None]:
    about = reader.metadata
    if about is None:
        return None, None
    title = " ".join(str(about.title or "").split())
    try:
        return title or None, about.creation_date
    except ValueError:
        return title or None, None


def _pages(reader: PdfReader, url: str | None) -> list[_Page]:
    if len(reader.pages) > MAX_PAGES:
        raise InputError(f"cannot read the PDF: it has more than {MAX_PAGES:,} pages")
    budget = _Budget()
    return [_page(page, budget, url) for page in reader.pages]


class _Budget:
    """What may still be spent on a file."""

    def __init__(self) -> None:
        self._bytes = MAX_DECODED_BYTES
        self._operations = MAX_OPERATIONS
        self.links = MAX_LINKS

    def weigh(self, stream: object, times: int = 1) -> None:
        """Count a stream's decoded bytes."""
        if isinstance(stream, StreamObject):
            self._bytes -= len(stream.get_data()) * times
        if self._bytes < 0:
            raise InputError("cannot read the PDF: it holds too much on its pages")

    def operate(self, *_: object) -> None:
        """Count a drawing operation."""
        self._operations -= 1
        if self._operations < 0:
            raise InputError("cannot read the PDF: too much is drawn on its pages")


def _page(page: PageObject, budget: _Budget, url: str | None) -> _Page:
    contents = _resolved(page.get("/Contents"))
    for part in contents if isinstance(contents, ArrayObject) else [contents]:
        budget.weigh(_resolved(part))
    _weigh_resources(_resolved(page.get("/Resources")), budget, _FORM_LEVELS)
    pieces: list[_Piece] = []
    widths: dict[int, float] = {}

    def draw(text: str, cm: Matrix, tm: Matrix, font: object, size: float) -> None:
        size = abs(size * (cm[3] or cm[1]) * (tm[3] or tm[1] or 1))
        _draw(pieces, text, _place(cm, tm), size, _width(font, widths))

    page.extract_text(visitor_text=draw, visitor_operand_before=budget.operate)
    return _Page(_lines(pieces), list(_areas(page, budget, url)))


def _resolved(value: object) -> object:
    return value.get_object() if isinstance(value, PdfObject) else value


def _weigh_resources(resources: object, budget: _Budget, levels: int) -> None:
    """Count what fonts and inner drawings weigh: each page unpacks them anew."""
    if not isinstance(resources, DictionaryObject) or not levels:
        return
    for font in _values(resources, "/Font"):
        budget.weigh(_resolved(font.get("/ToUnicode")), _FONT_WEIGHT)
    for drawing in _values(resources, "/XObject"):
        if drawing.get("/Subtype") == "/Form":
            budget.weigh(drawing)
            _weigh_resources(_resolved(drawing.get("/Resources")), budget, levels - 1)


def _values(resources: DictionaryObject, name: str) -> Iterator[DictionaryObject]:
    held = _resolved(resources.get(name))
    for value in map(_resolved, held.values() if isinstance(held, DictionaryObject) else ()):
        if isinstance(value, DictionaryObject):
            yield value


def _place(cm: Matrix, tm: Matrix) -> tuple[float, float]:
    x, y = float(tm[4]), float(tm[5])
    return cm[0] * x + cm[2] * y + cm[4], cm[1] * x + cm[3] * y + cm[5]


def _width(font: object, known: dict[int, float]) -> float:
    """Return how wide a letter of a page's font is, reckoned once."""
    if id(font) not in known:
        known[id(font)] = _letter_width(font)
    return known[id(font)]


def _letter_width(font: object) -> float:
    """Return how wide a letter is in a font, as a share of the type size."""
    if not isinstance(font, DictionaryObject):
        return _CHAR_WIDTH
    if "Courier" in str(font.get("/BaseFont")):
        return 0.6  # of every letter, in any size
    widths = _resolved(font.get("/Widths"))
    known = list(islice(widths, _LETTERS)) if isinstance(widths, ArrayObject) else []
    told = [width for one in known if (width := float(str(_resolved(one)))) > 0]
    return fmean(told) / _UNITS if told else _CHAR_WIDTH


def _draw(
    pieces: list[_Piece], text: str, place: tuple[float, float], size: float, letter: float
) -> None:
    """Take words; a call without words behind them tells where they ended."""
    x, y = place
    last = pieces[-1] if pieces else None
    if last and last.x < x and abs(last.y - y) < 1 and not text.startswith("\n"):
        last.end = min(x, max(last.end, x))
    if text.strip("\n"):
        width = len(text) * size * letter
        pieces.append(_Piece(text.replace("\n", " "), x, y, x + width, size))


def _lines(pieces: list[_Piece]) -> list[_Line]:
    lines: list[_Line] = []
    for piece in pieces:
        last = lines[-1] if lines else None
        if last and abs(last.y - piece.y) <= _SAME_LINE * max(last.size, piece.size):
            _space(last.pieces[-1], piece)
            last.pieces.append(piece)
        elif piece.text.strip():
            lines.append(_Line([piece]))
    return lines


def _space(before: _Piece, piece: _Piece) -> None:
    """Put the space between two pieces that a gap shows and no character says."""
    is_apart = piece.x - before.end > _CHAR_WIDTH * piece.size
    if is_apart and not before.text.endswith(" ") and not piece.text.startswith(" "):
        before.text += " "


def _areas(page: PageObject, budget: _Budget, url: str | None) -> Iterator[_Area]:
    annotations = _resolved(page.get("/Annots"))
    for reference in annotations if isinstance(annotations, ArrayObject) else ():
        budget.links -= 1
        annotation = _resolved(reference)
        if budget.links < 0 or not isinstance(annotation, DictionaryObject):
            continue
        action = _resolved(annotation.get("/A"))
        target = _resolved(action.get("/URI")) if isinstance(action, DictionaryObject) else None
        rectangle = _resolved(annotation.get("/Rect"))
        address = joined(url, _as_text(target)) if target is not None else None
        if address and may_cite(address, url) and isinstance(rectangle, ArrayObject):
            yield _area(rectangle, address)


def _area(rectangle: ArrayObject, address: str) -> _Area:
    left, bottom, right, top = (float(str(_resolved(side))) for side in rectangle)
    return _Area(min(left, right), min(bottom, top), max(left, right), max(bottom, top), address)


def _as_text(value: object) -> str:
    return value.decode("latin-1") if isinstance(value, bytes) else str(value)


def _written(pages: list[_Page]) -> tuple[str, list[Mark]]:
    writer = _Writer()
    running = _running_heads(pages)
    for page in pages:
        lines = [line for line in page.lines if line.text]
        shown = [n for n, line in enumerate(lines) if not _is_running(n, lines, running)]
        usual = _usual_gap([lines[n] for n in shown])
        before: _Line | None = None
        for line in (lines[n] for n in shown):
            is_new = _begins(before, line, usual) if before else writer.is_at_end
            writer.write(line, page.areas, is_new=is_new)
            before = line
    return writer.text, writer.marks


def _running_heads(pages: list[_Page]) -> frozenset[str]:
    """Return the first and last lines that come again on most pages, figures left out."""
    found: Counter[str] = Counter()
    for page in pages:
        ends = {_bare(line) for line in (*page.lines[:1], *page.lines[-1:])}
        found.update(ends)
    if len(pages) < _RUNNING:
        return frozenset()
    return frozenset(text for text, count in found.items() if 2 * count > len(pages))


def _bare(line: _Line) -> str:
    return _DIGITS.sub("#", line.text)


def _is_running(n: int, lines: list[_Line], running: frozenset[str]) -> bool:
    return n in (0, len(lines) - 1) and _bare(lines[n]) in running


def _usual_gap(lines: list[_Line]) -> float:
    gaps = [one.y - other.y for one, other in pairwise(lines)]
    return median(down) if (down := [gap for gap in gaps if gap > 0]) else 0.0


def _begins(before: _Line, line: _Line, usual: float) -> bool:
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

    def write(self, line: _Line, areas: list[_Area], *, is_new: bool) -> None:
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

    def _put(self, words: str, areas: list[_Area] | None = None) -> None:
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


def _words(line: _Line) -> Iterator[tuple[str, float, float]]:
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


def _crosses(area: _Area, line: _Line) -> bool:
    return area.bottom - 1 <= line.y + line.size * 0.25 <= area.top + 1


def _covers(area: _Area, start: float, end: float) -> bool:
    return area.left - 1 <= (start + end) / 2 <= area.right + 1
