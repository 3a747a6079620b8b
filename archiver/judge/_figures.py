"""Figures and dates of a sentence as values: 12 and "twelve", 1,000 and 1000 are one figure."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from unicodedata import decimal

from archiver.judge._lexicon import DATES, SPELLED

_GROUPED = re.compile(r"[+-]?\d{1,3}(?:[.,]\d{3})+")
_SIGN = {"%": "percent", "‰": "per mille", "$": "$", "€": "€", "£": "£", "¥": "¥", "₽": "₽",
    "₹": "₹", "₩": "₩", "₺": "₺", "₴": "₴", "₪": "₪", "°": "°", "<": "<", ">": ">", "=": "=",
    "≤": "≤", "≥": "≥", "≠": "≠", "±": "±", "×": "×", "÷": "÷", "²": "²", "³": "³", "½": "1/2",
    "¼": "¼", "¾": "¾"}  # fmt: skip
_HAN = re.compile("[〇零一二三四五六七八九十百千万萬億亿兆两兩半]+")


def figures(words: Sequence[str]) -> Counter[str]:
    """Return the figures, units and dates among the words of a sentence, as values."""
    values: list[str] = []
    is_tens = False  # of "twenty", to which the next figure is added
    for word in words:
        value = _value(word)
        if value is None:
            is_tens = False
            continue
        if is_tens and value in _ONES:
            values[-1] = str(int(values[-1]) + int(value))
        else:
            values.append(value)
        is_tens = word in SPELLED and value in _TENS
    return Counter(values)


_ONES = frozenset("123456789")
_TENS = frozenset(str(tens) for tens in range(20, 100, 10))


def signs_of(text: str) -> Counter[str]:
    """Return the figures written in Chinese characters; a lone 一 is part of too many words."""
    return Counter(run for run in _HAN.findall(text) if run != "一")


def _value(word: str) -> str | None:
    if word in DATES:
        return word
    if word in SPELLED:
        return SPELLED[word]
    if word in _SIGN:
        return _SIGN[word]
    if not any(map(str.isdecimal, word)):
        return None
    plain = "".join(str(decimal(char)) if char.isdecimal() else char for char in word)
    if _GROUPED.fullmatch(plain):
        return plain.replace(",", "").replace(".", "")
    return plain.replace(",", ".") if plain[-1].isdigit() else plain
