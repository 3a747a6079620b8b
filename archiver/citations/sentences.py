"""Where the sentences of a paragraph begin and end, in any language that marks their end.

A full stop ends no sentence behind an initial, a title or another abbreviation, before a small
letter, and, where ordinals are written so, behind a number of one or two digits. Scripts with a
stop of their own (CJK, Arabic, Devanagari …) are split at it.

Source: Unicode 16, property Sentence_Terminal; abbreviations as dictionaries of each language
list them, 2026-11.
"""

from __future__ import annotations

import re

_CLOSERS = r"[\"”’»›)\]}」』）】]*"
_NOTES = r"(?:\[\d{1,3}\]|(?<=[^\W\d][.!?])\d{1,3}(?=\s))*"
# Stops of scripts that need no space behind them; the rest do.
_END = re.compile(
    rf"[。！？｡]+{_CLOSERS}|[।॥؟۔։።။។]+{_CLOSERS}|(?P<stop>[.!?…]+){_NOTES}{_CLOSERS}(?=\s|\Z)"
)
_NEXT = re.compile(r"\s+[\"“„«‹‘'(\[「¿¡—–-]*\s?(?P<first>\S)")
_WORD = re.compile(r"[^\s\"“„«‹‘'(\[/]*\Z")
_INITIALS = re.compile(r"(?:[^\W\d_]\.)*[^\W\d_]\Z")
_ORDINAL = re.compile(r"\d{1,2}\Z")
_ORDINAL_LANGUAGES = frozenset(
    {
        "cs", "da", "de", "et", "fi", "hr", "hu", "is", "lv", "nb", "nn", "no", "pl", "sk", "sl",
        "sr", "tr",
    }
)  # fmt: skip
_LISTED = """
    mr mrs ms dr prof gen col lt sgt cpl capt maj adm cmdr sen rep gov pres hon rev st mt ft jr sr
    vs
    no nos vol pp fig figs ed eds inc ltd co corp bros al etc eg ie cf ca approx dept est ave
    blvd
    jan feb mar apr jun jul aug sep sept oct nov dec mon tue wed thu fri sat sun
    bzw usw nr abs art str hr fr evtl ggf inkl mio mrd tel vgl sog geb hrsg bspw
    mm mme mlle mgr éd env av apr janv févr juil
    sra sras sres dra dña ud uds pág págs núm aprox atte exmo exma ilmo
    sig sigg dott ing avv pag ecc on
    bijv dhr mevr drs mr ir enz blz resp
    ul św im tzw np prof inż mgr godz zł tys wg ok
    kl osv mfl bla feks dvs
    г гг ул им тел руб млн млрд тыс стр см др пр проф акад обл гор
    vb vs bkz sn av öğr çev
"""
_ABBREVIATIONS = frozenset(_LISTED.split())
# Words that begin sentences far more often than names: behind initials they mean a new one.
_OPENING = (
    "the it he she they we in but and this that these those a an at on as for if when while there"
)
_OPENERS = frozenset(_OPENING.split())


def sentence_bounds(paragraph: str, language: str | None = None) -> list[tuple[int, int]]:
    """Return (start, end) of every sentence, in order; white space between is in none."""
    bounds = []
    start = len(paragraph) - len(paragraph.lstrip())
    for end in _ends(paragraph, (language or "")[:2].lower()):
        if end > start:
            bounds.append((start, end))
        start = end + len(paragraph[end:]) - len(paragraph[end:].lstrip())
    stop = len(paragraph.rstrip())
    return [*bounds, (start, stop)] if stop > start else bounds


def _ends(paragraph: str, language: str) -> list[int]:
    return [
        found.end() for found in _END.finditer(paragraph) if _is_end(paragraph, found, language)
    ]


def _is_end(paragraph: str, found: re.Match[str], language: str) -> bool:
    if found["stop"] is None:
        return True
    following = _NEXT.match(paragraph, found.end())
    if following is None:
        return True
    if following["first"].islower():
        return False
    return found["stop"] != "." or not _is_abbreviated(paragraph, found, following, language)


def _is_abbreviated(
    paragraph: str, found: re.Match[str], following: re.Match[str], language: str
) -> bool:
    window = paragraph[max(0, found.start() - 30) : found.start()]
    before = _WORD.search(window)
    word = before[0] if before else ""
    if _INITIALS.match(word):
        return _first_word(paragraph, following.start("first")) not in _OPENERS
    if _ORDINAL.match(word) and language in _ORDINAL_LANGUAGES:
        return True
    return word.casefold().replace(".", "") in _ABBREVIATIONS


def _first_word(paragraph: str, start: int) -> str:
    found = re.compile(r"\w*").match(paragraph, start)
    return found[0].casefold() if found else ""
