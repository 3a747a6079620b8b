"""A text cut into sentences, to compare it with another: the same words are cut the same way.

A line break always ends a sentence. A full stop ends none behind an initial or an abbreviation.
Where the cut is wrong it is wrong on both sides, and nothing is lost but a little of the picture.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from archiver.judge._tokens import UNSPACED

_MAX_LINE = 20_000  # characters of a line in which a sentence is looked for
MAX_CHARS = 1200  # of a sentence; text without stops is cut at a space near it
_CLOSERS = r"[\"”’»›)\]}」』）》】]*"
_END = re.compile(
    rf"[。！？｡]+{_CLOSERS}|[।॥؟۔։።]+{_CLOSERS}(?=\s|\Z)|(?P<stop>[.!?…]+){_CLOSERS}(?=\s|\Z)"
)
_BEFORE = re.compile(r"[^\s\"“„«(\[]*\Z")
_LISTED = """
    mr mrs ms dr prof gen col lt sgt capt maj adm rep sen gov pres hon rev st mt no nos vol pp fig
    inc ltd co corp vs etc al jan feb mar apr jun jul aug sep sept oct nov dec
    bzw usw nr abs str ca mio mrd hr fr mm mme mlle m av sr sra sres dra núm pág
    sig dott ing avv dhr mevr ul np tzw г гг ул им тыс млн млрд стр см
"""
_ABBREVIATIONS = frozenset(_LISTED.split())
_PROSE_END = re.compile(rf"[.!?…。！？｡।॥؟۔։።]{_CLOSERS}\s*\Z")
_THAI_LIKE = re.compile(r"[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff]")
_UNSPACED = re.compile(rf"[{UNSPACED}]")
_PROSE_WORDS = 6
_PROSE_CHARACTERS = 12  # in a script without spaces
_LONG = 25  # words that are prose without a stop at their end


def sentences_of(text: str) -> list[str]:
    """Return the sentences of a text in order, white space at their ends taken away."""
    return [
        piece
        for line in text.split("\n")
        for whole in _cut(line)
        for piece in _bounded(whole)
        if piece
    ]


def sentence_at(text: str, start: int, end: int) -> tuple[int, int]:
    """Return where the sentences begin and end that hold a stretch of a text, within its lines."""
    first = text.rfind("\n", 0, start) + 1
    stop = text.find("\n", end)
    line = text[first : stop if stop >= 0 else len(text)][:_MAX_LINE]
    bounds = [first + at for at in _stops(line)]
    begin = max((at for at in bounds if at <= start), default=first)
    finish = min((at for at in bounds if at >= end), default=first + len(line))
    return begin, max(finish, end)


def is_prose(sentence: str) -> bool:
    """Tell a sentence of running text from a headline, a label, a button or a list of links."""
    dense = len(_UNSPACED.findall(sentence))
    words = sentence.count(" ") + 1
    if words < _PROSE_WORDS and dense < _PROSE_CHARACTERS:
        return False
    if _PROSE_END.search(sentence[-12:]):
        return True
    return words >= _LONG or len(_THAI_LIKE.findall(sentence)) >= 3 * _PROSE_CHARACTERS


def _cut(line: str) -> Iterator[str]:
    start = 0
    for end in _stops(line):
        yield line[start:end].strip()
        start = end
    yield line[start:].strip()


def _stops(line: str) -> Iterator[int]:
    for found in _END.finditer(line):
        if not _is_abbreviated(line, found):
            yield found.end()


def _is_abbreviated(line: str, found: re.Match[str]) -> bool:
    if found["stop"] != ".":
        return False
    before = _BEFORE.search(line[max(0, found.start() - 20) : found.start()])
    word = before[0].casefold().replace(".", "") if before else ""
    return (len(word) == 1 and not word.isdigit()) or word in _ABBREVIATIONS


def _bounded(sentence: str) -> Iterator[str]:
    while len(sentence) > MAX_CHARS:
        space = sentence.rfind(" ", MAX_CHARS // 2, MAX_CHARS)
        end = space if space > 0 else MAX_CHARS
        yield sentence[:end].strip()
        sentence = sentence[end:].strip()
    yield sentence
