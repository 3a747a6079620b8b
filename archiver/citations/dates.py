"""The day printed after a flattened post, in any language of X's embeds.

X's embeds print the date in the CLDR *long* form of the widget's language, and the attribute that
names the language can lie: every language is tried, and what none reads for sure is no date.

Source: docs.x.com, X for Websites, supported languages (34 of them, read 2026-08); forms seen in
recorded embeds of 2013 to 2023.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from functools import cache

from babel import Locale

# The widget languages by their CLDR names, then variants that name months differently, then
# languages that other platforms and earlier widgets print.
_LOCALES = (
    "en", "ar", "bn", "cs", "da", "de", "el", "es", "fa", "fi", "fil", "fr", "he", "hi", "hu",
    "id", "it", "ja", "ko", "ms", "nl", "nb", "pl", "pt", "ro", "ru", "sv", "th", "tr", "uk",
    "ur", "vi", "zh_Hans", "zh_Hant",
    "en_GB", "de_AT", "ar_LB", "ar_DZ",
    "gu", "kn", "mr", "ta", "ca", "gl", "sk", "sl", "bg", "sr", "sr_Latn", "et", "lt",
)  # fmt: skip
# How English-language desks rewrite the month; "Sept." is the Associated Press's.
_SHORT_ENGLISH = {
    "jan": 1, "feb": 2, "mar": 3, "apr": 4, "jun": 6, "jul": 7, "aug": 8, "sep": 9, "sept": 9,
    "oct": 10, "nov": 11, "dec": 12,
}  # fmt: skip
# Vietnamese months in words; the languages' tables number them.
_VIETNAMESE = {
    "một": 1, "giêng": 1, "hai": 2, "ba": 3, "tư": 4, "bốn": 4, "năm": 5, "sáu": 6, "bảy": 7,
    "bẩy": 7, "tám": 8, "chín": 9, "mười": 10, "mười một": 11, "mười hai": 12, "chạp": 12,
}  # fmt: skip
# Forms that stand beside the languages' own.
_MORE_SHAPES = frozenset({"y-MM-dd", "'Ngày' d MMMM 'năm' y", "d MMMM 'năm' y", "d MMMM, 'năm' y"})
_ORDINAL = "(?:st|nd|rd|th|er|ro|[º°])?"  # behind a day: "8th", "1er", "1ro", "1º"
_FIRST_YEAR = 2006  # the first post is of March 2006: an earlier year is a slip of the pen
_LAST_YEAR = 2099
_BUDDHIST = 543  # years that the Thai calendar is ahead

_TOKEN = re.compile(r"'(?P<quoted>[^']*)'|(?P<field>y+|M+|d+|G+)|(?P<literal>[^'yMdG]+)")
_TAIL = re.compile(r"(?:[^yMdG']|'[^']*')+\Z")  # the "г." of a Russian date is easily lost
_HAMZA = "\u0654"  # Persian months are printed with and without it
_MARKS = r"[\s.,،]{1,4}"
# What every date begins with; a glance that spares text full of handles the long pattern.
_BEGINNING = re.compile(r"[^\W\d_]|\d{1,4}+[\s.,،/-]{0,4}+\w|\d{1,2}(?:st|nd|rd|th|er|ro|[º°])")
_BROKEN_NUMERIC = r"\d{1,2}[/.]\d{1,2}[/.]\d{2,4}"


@dataclass(frozen=True, slots=True)
class PrintedDate:
    """A date as printed. ``end`` is its offset; ``day`` is None when no reading is sure."""

    end: int
    day: date | None


def date_at(text: str, start: int) -> PrintedDate | None:
    """Read the date that begins exactly at ``start``, or return None when there is none.

    What follows may be glued to the year. A date somebody edited until it says no day
    (``December 14, 201``) is found, with ``day`` None.
    """
    if not _BEGINNING.match(text, start):
        return None
    whole = _whole().match(text, start)
    if whole:
        return PrintedDate(whole.end(), _day(whole))
    broken = _broken().match(text, start)
    return PrintedDate(broken.end(), None) if broken else None


def _day(found: re.Match[str]) -> date | None:
    shape = found.lastgroup or ""
    year = int(found[f"{shape}_y"])
    if year > _LAST_YEAR:
        year -= _BUDDHIST
    number = _month(found[f"{shape}_m"])
    if not _FIRST_YEAR <= year <= _LAST_YEAR:
        return None
    try:
        return date(year, number, int(found[f"{shape}_d"]))
    except ValueError:
        return None


def _month(name: str) -> int:
    digits = "".join(character for character in name if character.isdecimal())
    return int(digits) if digits else _months()[_folded(name)]


@cache
def _months() -> dict[str, int]:
    """Return the number of every month by its folded name."""
    return {_folded(name): number for name, number in _names()}


@cache
def _names() -> frozenset[tuple[str, int]]:
    """Return every month that is a word, as printed, with its number."""
    wide = (Locale.parse(locale).months["format"]["wide"] for locale in _LOCALES)
    words = {(name, number) for months in wide for number, name in months.items()}
    words |= {(f"tháng {name}", number) for name, number in _VIETNAMESE.items()}
    bare = {(name.replace(_HAMZA, ""), number) for name, number in words}
    words |= bare | set(_SHORT_ENGLISH.items())
    return frozenset(pair for pair in words if not any(map(str.isdecimal, pair[0])))


def _folded(name: str) -> str:
    return " ".join(name.casefold().split())


@cache
def _whole() -> re.Pattern[str]:
    """Return one pattern of every language's long date; group ``s1_d`` is the day of shape 1."""
    patterns = {Locale.parse(locale).date_formats["long"].pattern for locale in _LOCALES}
    patterns |= {_TAIL.sub("", pattern) for pattern in patterns} | _MORE_SHAPES
    shapes = sorted(patterns, key=lambda shape: (-len(shape), shape))
    parts = (f"(?P<s{n}>{_shape(pattern, f's{n}')})" for n, pattern in enumerate(shapes))
    return re.compile("|".join(parts), re.IGNORECASE)


def _shape(pattern: str, name: str) -> str:
    *parts, (kind, value) = _tokens(pattern)
    inner = "".join(_part(kind, value, name) for kind, value in parts)
    # The mark behind a date belongs to it ("2020. január 8."), the space behind it does not.
    is_mark = kind == "literal" and not any(map(str.isalpha, value))
    return inner + (re.escape(value.strip()) if is_mark else _part(kind, value, name))


def _tokens(pattern: str) -> Iterator[tuple[str, str]]:
    """Yield (kind, value), quoted and plain literals joined."""
    literal = ""
    for token in _TOKEN.finditer(pattern):
        if token["field"] is None:
            literal += token["quoted"] or token["literal"] or ""
            continue
        if literal:
            yield "literal", literal
        yield token["field"][0], token["field"]
        literal = ""
    if literal:
        yield "literal", literal


def _part(kind: str, value: str, name: str) -> str:
    if kind == "d":
        return rf"(?P<{name}_d>\d{{1,2}}){_ORDINAL}"
    if kind == "y":
        return rf"(?P<{name}_y>\d{{4}})"
    if kind == "M":
        names = r"\d{1,2}" if len(value) < 3 else _any_month()
        return rf"(?P<{name}_m>{names})"
    if kind == "G":
        return r"(?:ค\.?ศ\.?|พ\.?ศ\.?)?"
    return _literal(value)


def _literal(value: str) -> str:
    """Return a pattern for what stands between two fields; desks differ in marks and space."""
    if not any(character.isalpha() or character == "-" for character in value):
        return r"[\s.,،]{0,4}" if value.isspace() else _MARKS
    words = ["del?" if word == "de" else re.escape(word) for word in value.split()]
    before = r"\s{1,3}" if value[0].isspace() else r"\s{0,2}"
    after = r"\s{1,3}" if value[-1].isspace() else ""
    return before + r"\s{1,3}".join(words) + after


@cache
def _any_month() -> str:
    # Korean and Vietnamese months are a number and a word, which the names hold.
    numbered = r"\d{1,2}\s?月|\d{1,2}월|tháng\s\d{1,2}"
    names = sorted({name for name, _ in _names()}, key=lambda name: (-len(name), name))
    return "|".join([*(re.escape(name).replace(r"\ ", r"\s") for name in names), numbered])


@cache
def _broken() -> re.Pattern[str]:
    """Return a pattern of a month beside at least one number, or of two numbers and a slash."""
    month = f"(?:{_any_month()})"
    between = r"(?:\s{0,2}(?:de|ב)\s{0,2}|[\s.,،]{1,4})"
    number = r"\d{1,4}(?!\d)"
    return re.compile(
        rf"{month}{between}{number}(?:{between}{number})?"
        rf"|\d{{1,2}}{between}{month}(?:{between}{number})?|{_BROKEN_NUMERIC}",
        re.IGNORECASE,
    )
