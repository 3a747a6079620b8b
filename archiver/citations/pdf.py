"""PDF to a draft: the words page by page, paragraphs told by their gaps, and what links cover.

A PDF knows no paragraphs and no anchors, only words at places and rectangles that lead somewhere.
Lines are joined where the gap between them is the usual one; a link's words are those under its
rectangle. The work is bounded: pages, decoded bytes, and drawing operations are counted.
"""

from __future__ import annotations

import io
import logging
import struct
import zlib
from collections.abc import Iterator, Sequence
from datetime import datetime
from itertools import islice
from statistics import fmean

from pypdf import PageObject, PdfReader
from pypdf.errors import DependencyError, LimitReachedError, PyPdfError
from pypdf.generic import ArrayObject, DictionaryObject, PdfObject, StreamObject

from archiver.citations.draft import Draft
from archiver.citations.links import may_cite
from archiver.citations.metadata import joined
from archiver.citations.pages import (
    CHAR_WIDTH,
    Area,
    Page,
    Piece,
    draw_words,
    lines_of,
    running_text,
)
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
_LETTERS = 256  # of a font without tables: one a byte
_UNITS = 1000  # of a font's widths in its type size


Matrix = Sequence[float]
"""Six numbers: how points are turned, stretched and moved."""


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
    text, marks = running_text(pages)
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


def _pages(reader: PdfReader, url: str | None) -> list[Page]:
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


def _page(page: PageObject, budget: _Budget, url: str | None) -> Page:
    contents = _resolved(page.get("/Contents"))
    for part in contents if isinstance(contents, ArrayObject) else [contents]:
        budget.weigh(_resolved(part))
    _weigh_resources(_resolved(page.get("/Resources")), budget, _FORM_LEVELS)
    pieces: list[Piece] = []
    widths: dict[int, float] = {}

    def draw(text: str, cm: Matrix, tm: Matrix, font: object, size: float) -> None:
        size = abs(size * (cm[3] or cm[1]) * (tm[3] or tm[1] or 1))
        draw_words(pieces, text, _place(cm, tm), size, _width(font, widths))

    page.extract_text(visitor_text=draw, visitor_operand_before=budget.operate)
    return Page(lines_of(pieces), list(_areas(page, budget, url)))


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
        return CHAR_WIDTH
    if "Courier" in str(font.get("/BaseFont")):
        return 0.6  # of every letter, in any size
    widths = _resolved(font.get("/Widths"))
    known = list(islice(widths, _LETTERS)) if isinstance(widths, ArrayObject) else []
    told = [width for one in known if (width := float(str(_resolved(one)))) > 0]
    return fmean(told) / _UNITS if told else CHAR_WIDTH


def _areas(page: PageObject, budget: _Budget, url: str | None) -> Iterator[Area]:
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


def _area(rectangle: ArrayObject, address: str) -> Area:
    left, bottom, right, top = (float(str(_resolved(side))) for side in rectangle)
    return Area(min(left, right), min(bottom, top), max(left, right), max(bottom, top), address)


def _as_text(value: object) -> str:
    return value.decode("latin-1") if isinstance(value, bytes) else str(value)
