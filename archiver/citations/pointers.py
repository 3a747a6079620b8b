"""Pointers to other articles of the house: ``READ: Title``, often without an address."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

# In capitals any of these opens a pointer. In small letters only the phrases that say "read": a
# paragraph may well begin with "Analysis:".
# Source: READ and OPINION as Middle East Monitor prints them (articles of January 2020); the rest
# are the usual headings of such lines in other houses and languages.
_LABEL = (
    r"(?:(?:READ|WATCH|LISTEN|SEE|RELATED|OPINION|ANALYSIS|EXPLAINER|INTERVIEW|REVIEW|BLOG)"
    r"(?:\s(?:MORE|ALSO|NOW|STOR(?:Y|IES)|ARTICLES?|HERE))?"
    r"|(?i:read\s(?:more|also|next|now)|also\sread|see\salso|related(?:\s(?:stor(?:y|ies)|articles?))?"
    r"|le(?:a|er?)\s(?:también|tambien|además|más)|lire\s(?:aussi|également)|à\slire(?:\saussi)?"
    r"|lesen\ssie\s(?:auch|mehr)|mehr\szum\sthema|leia\s(?:também|mais)|leggi\sanche"
    r"|читайте\s(?:также|ещё)|читайте\sтакож|[إا]قرأ(?:\sأيض(?:ا|اً|ًا))?|المزيد|baca\sjuga|lees\sook"
    r"|関連記事|あわせて読みたい|相关阅读|延伸閱讀))"
)
_POINTER = re.compile(rf"[^\S\n]*(?:[>*•▶►→-]\s?)?(?:{_LABEL})\s?[:：|»]\s*(?P<title>\S[^\n]*)")
_LABEL_BEFORE = re.compile(rf"(?:^|[\s(\[>•▶►→-])(?:{_LABEL})\s?[:：|»]?\s*\Z")
_LABEL_WINDOW = 40  # code points before a link in which its label stands
_TITLE_CHARS = 250  # code points; what is longer is a paragraph


@dataclass(frozen=True, slots=True)
class Pointer:
    """A pointer on a line of its own. ``start`` to ``end`` covers the label, too."""

    start: int
    title_start: int
    end: int


def find_pointers(text: str) -> Iterator[Pointer]:
    """Yield every line that is a pointer, in reading order."""
    for found in _lines(text):
        title = found["title"].rstrip()
        if len(title) <= _TITLE_CHARS:
            start = found.start() + len(found[0]) - len(found[0].lstrip())
            yield Pointer(start, found.start("title"), found.start("title") + len(title))


def _lines(text: str) -> Iterator[re.Match[str]]:
    start = 0
    while start <= len(text):
        found = _POINTER.match(text, start)
        if found:
            yield found
        stop = text.find("\n", found.end() if found else start)
        start = stop + 1 if stop >= 0 else len(text) + 1


def is_pointed_to(text: str, start: int) -> bool:
    """Tell whether a pointer's label stands right before ``start``, also inside a paragraph."""
    return _LABEL_BEFORE.search(text[max(0, start - _LABEL_WINDOW) : start]) is not None
