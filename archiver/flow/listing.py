"""A list of articles as a person keeps it: addresses line by line, or a table with a header. Pure.

A bad line stops no other: each is told with its number and why.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from archiver.citations.encoding import text_of
from archiver.errors import AddressError, InputError
from archiver.model.feed import ExpectedArticle
from archiver.platforms import recognise

LONGEST_ROW = 20  # lines that one row's quoted fields may take; more is a quote left open
SHOWN_CHARS = 120
DELIMITERS = (",", ";", "\t")
_SPACE = re.compile(r"\s")
_ROW = re.compile(r"""[,;]"?[^\W\d_][^/?=&.,;]*"?$""")  # words behind a comma, as a title stands


@dataclass(frozen=True, slots=True)
class BadLine:
    """A line that names no article: its number from 1, its words cut short, and why."""

    number: int
    text: str
    why: str


@dataclass(frozen=True, slots=True)
class ArticleList:
    """The articles of a list in its order, each once, and the lines that are none."""

    articles: tuple[ExpectedArticle, ...]
    bad: tuple[BadLine, ...]


@dataclass(frozen=True, slots=True)
class _Line:
    number: int
    text: str


Read = ExpectedArticle | BadLine


def read_list(body: bytes) -> ArticleList:
    """Read a list: one address a line, or CSV with a column ``url`` (``title``, ``published``).

    Blank lines and those that begin with ``#`` are passed over.

    Raises:
        InputError: the file is empty, binary or in no known encoding.
    """
    lines = [_Line(n, t) for n, t in enumerate(text_of(body).split("\n"), 1)]
    start = next((index for index, line in enumerate(lines) if _is_meant(line.text)), None)
    if start is None:
        raise InputError("the list is empty: give one address a line, or CSV with a column url")
    header = _header(lines[start].text)
    read = (
        [_plain(line) for line in lines[start:] if _is_meant(line.text)]
        if header is None
        else list(_table(lines[start + 1 :], *header))
    )
    articles: dict[str, ExpectedArticle] = {}
    for one in read:
        if isinstance(one, ExpectedArticle):
            articles.setdefault(one.url, one)
    bad = tuple(one for one in read if isinstance(one, BadLine))
    return ArticleList(tuple(articles.values()), bad)


def _is_meant(text: str) -> bool:
    return bool(text.strip()) and not text.lstrip().startswith("#")


def _header(line: str) -> tuple[str, dict[str, int]] | None:
    """Return the delimiter and the columns by name, or None when the line is no header."""
    for delimiter in DELIMITERS:
        names = [name.strip().lower() for name in next(csv.reader([line], delimiter=delimiter))]
        if "url" in names:
            return delimiter, {name: index for index, name in reversed(list(enumerate(names)))}
    return None


def _plain(line: _Line) -> Read:
    if _ROW.search(line.text.strip()):
        why = "looks like a row: name the columns in a first line (url,title), or write , as %2C"
        return _bad(line, why)
    return _article(line, line.text.strip(), None, None)


def _article(line: _Line, address: str, title: str | None, published: date | None) -> Read:
    try:
        recognise(address)
    except AddressError as error:
        return _bad(line, str(error))
    if not address.lower().startswith(("http://", "https://")):
        return _bad(line, "is no http(s) address")
    if _SPACE.search(address):
        return _bad(line, "has a space in its address: write it as %20, or leave the rest out")
    return ExpectedArticle(address, title, published)


def _bad(line: _Line, why: str) -> BadLine:
    return BadLine(line.number, line.text.strip()[:SHOWN_CHARS], why)


def _table(lines: Sequence[_Line], delimiter: str, columns: dict[str, int]) -> Iterator[Read]:
    index = 0
    while index < len(lines):
        line = lines[index]
        if not _is_meant(line.text):
            index += 1
            continue
        row, taken = _row(lines[index : index + LONGEST_ROW], delimiter)
        index += taken
        if isinstance(row, str):
            yield _bad(line, row)
        elif any(field.strip() for field in row):
            yield _of_row(line, row, columns)


def _row(lines: Sequence[_Line], delimiter: str) -> tuple[list[str] | str, int]:
    """Return the fields of a row, or what is wrong with it, and how many lines it takes.

    A quoted field may hold line ends. When no line near closes it, the first is bad by itself, so
    that one stray quote does not swallow the rest of the list.
    """
    for count in range(1, len(lines) + 1):
        text = "\n".join(line.text for line in lines[:count])
        try:
            return next(csv.reader([text], delimiter=delimiter, strict=True)), count
        except csv.Error as error:
            why = str(error)
            if "unexpected end of data" not in why:
                return f"is no row of a table: {why}", 1
    return "a quotation mark is left open", 1


def _of_row(line: _Line, row: Sequence[str], columns: dict[str, int]) -> Read:
    def field(name: str) -> str:
        index = columns.get(name, len(row))
        return row[index].strip() if index < len(row) else ""

    if not field("url"):
        return _bad(line, "has no url")
    try:
        published = _day(field("published"))
    except ValueError:
        return _bad(line, f"published is no day: {field('published')!r}; write 2024-05-31")
    return _article(line, field("url"), " ".join(field("title").split()) or None, published)


def _day(text: str) -> date | None:
    """Return the day of ``2024-05-31``, with or without a time after it.

    Raises:
        ValueError: it is none.
    """
    if not text:
        return None
    day, rest = text[:10], text[10:11]
    if rest not in ("", "T", " "):
        raise ValueError(text)
    return date.fromisoformat(day)
