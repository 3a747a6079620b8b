"""How much a page reads like "there is nothing here", whatever its status says.

A measure, not a proof: a handful of features, each with a weight, added up and squeezed into 0 to
1. What counts most is what a page says where a page says what it is: its title and its first
heading; then its own words, when they say little else. Much prose, or talk of status codes and web
servers, counts against it: pages about the 404 are no 404.
"""

from __future__ import annotations

import math
import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache

import lxml.html

from archiver.platforms import _lexicon_east, _lexicon_west, _lexicon_world
from archiver.platforms._lexicon import DENIALS, Lexicon
from archiver.platforms._outline import MUCH_PROSE, Outline, outline, words_in
from archiver.platforms._titles import parts_of_title

NOT_FOUND = 0.7  # at or above, a page is a soft 404; tuned on one half of the generated pages
DOUBTFUL = 0.5  # at or above, somebody should look

_BIAS = -4.2
_WEIGHTS = {
    "titled": 5.4,
    "titled 404": 2.6,
    "headed": 3.6,
    "headed 404": 3.2,
    "says": 2.6,
    "little else": 1.8,
    "short": 2.1,
    "advises": 0.8,
    "apologises": 0.5,
    "marked": 2.6,
    "not to be indexed": 0.4,
    "canonical is the home page": 0.6,
    "search box": 0.3,
    "home link": 0.3,
    "prose": -5.5,
    "about errors": -7.0,
    "published": -1.5,
}
_FULL_PROSE = 220  # words in paragraphs beside the statement that count as all a page can have
_SHORT = 120  # own words; the fewer, the more one statement among them is what the page says
_MAX_PART = 120  # characters of a title's part or a heading that can be a statement
_MAX_SENTENCE = 260
_MAX_SENTENCES = 60
_MOST = 0.66  # share of a heading's letters that must be words of the statement
_THIRD = 0.3  # share of a sentence's letters
_MUCH = 0.5  # share below which a sentence says something else, too
_WHOLE = 0.8  # share at which words of absence alone are a statement

_CODE = re.compile(
    r"\W*(?:(?:http|error|erreur|fehler|fout|errore|erro|fejl|feil|fel|virhe|błąd|chyba|hiba"
    r"|eroare|ошибка|помилка|грешка|σφάλμα|hata|خطأ|שגיאה|خطای?|त्रुटि|错误|錯誤|エラー|오류|lỗi"
    r"|ข้อผิดพลาด|kesalahan|galat|ralat|oops|whoops|ups|sorry|code|status|html"
    r"|http/\d(?:\.\d)?)\b\W*){0,3}4\W?0\W?4\W*(?:(?:error|erreur|fehler|errore|erro|ошибка"
    r"|エラー|错误|錯誤|오류)\W*)?",
    re.I,
)
_SORRY = re.compile(
    r"\b(?:sorry|oops|whoops|uh[- ]?oh|we apologi[sz]e|hoppla|entschuldigung|leider|tut uns leid"
    r"|désolé|oups|lo sentimos|vaya|ups|uy|desculpe|ops|spiacenti|ci dispiace|helaas|beklager"
    r"|tyvärr|hoppsan|valitettavasti|hups|przepraszamy|niestety|omlouváme|bohužel|sajnáljuk"
    r"|ne pare rău|извините|к сожалению|вибачте|на жаль|съжаляваме|λυπούμαστε|üzgünüz|maalesef"
    r"|عذر|نأسف|للأسف|סליחה|מצטערים|אופס|متاسفانه|متأسفانه|क्षमा|माफ़|দুঃখিত|抱歉|对不起|對不起|很遗憾"
    r"|申し訳|すみません|죄송|xin lỗi|rất tiếc|ขออภัย|เสียใจ|maaf)",
    re.I,
)
# Vocabulary of those who write about errors, not of those who have one. Not "server": Apache says
# "was not found on this server".
_ABOUT = re.compile(
    r"\bstatus[- ]?codes?\b|\bstatuscodes?\b|\berror codes?\b|\berror pages?\b|\bhttp (?:response"
    r"|headers?|errors?)\b|\bresponse codes?\b|\bhtaccess\b|\bwordpress\b"
    r"|\bplugins?\b|\bseo\b|\bcrawlers?\b|\bgooglebot\b|\bweb servers?\b|\bsoft[- ]404s?\b"
    r"|\b404 (?:pages?|errors?|status|responses?|messages?|codes?|handlers?|templates?)\b"
    r"|\b404s\b|\bhow to\b|\bfix(?:es|ed|ing)?\b|\brfc ?\d+|\bstack ?overflow\b|\bapi\b"
    r"|\bfehlerseiten?\b|\b404-(?:seiten?|fehler)\b|\bfehlercodes?\b|\bcodes? (?:d'état|http)"
    r"|\bpages? d'erreur\b|\berreurs? 404\b|\bcódigos? de (?:estado|status)\b"
    r"|\bpáginas? de erro\w*|\bcodic[ei] di stato\b|\bpagin[ae] di errore\b|\bfoutpagina\w*"
    r"|код\w* (?:состояния|ошибки|ответа)|ステータスコード|エラーページ|状态码|狀態碼|错误页"
    r"|상태 코드|오류 페이지|durum kod|\bkod\w* (?:statusu|błędu)",
    re.I,
)  # fmt: skip
_QUOTED = re.compile('[“„"«][^“”„"«»]{1,120}[”“"»]')
_STOPS = re.compile(r"(?<=[.!?…。！？؟।])\s*")
_MARKS = re.compile("[\u0640\u064b-\u0652\u200d\u200b\u00ad\ufeff]")
_SPELT = str.maketrans({"’": "'", "‘": "'", "`": "'", "\u200c": " ", "\u00a0": " ", "ё": "ё"})
_DATED = ("article:published_time", "datepublished", "article:modified_time")


_MAX_REASONS = 2  # of a sentence that a person reads


@dataclass(frozen=True, slots=True)
class Likelihood:
    """How much a page reads like "not found", 0 to 1; ``reasons`` are what spoke for it."""

    value: float
    reasons: tuple[str, ...] = ()

    @property
    def why(self) -> str:
        """The reasons as one clause."""
        return ", ".join(self.reasons[:_MAX_REASONS])


NOTHING = Likelihood(0.0)


def likelihood(
    title: str | None, tree: lxml.html.HtmlElement, page: Outline | None = None
) -> Likelihood:
    """Return how much a page reads like "not found", with the reasons.

    ``page`` is the outline of the same tree, where the caller has it already.
    """
    page = page if page is not None else outline(tree)
    found: dict[str, float] = {}
    reasons: list[str] = []
    _read_title(title, found, reasons)
    _read_headings(page.headings, found, reasons)
    if page.is_marked:
        found["marked"] = 1.0
        reasons.append("its markup calls it an error page")
    if page.prose >= MUCH_PROSE and not found:
        return NOTHING
    said = _read_words(page, found, reasons)
    if not found:
        return NOTHING
    _read_surroundings(tree, page, said, found)
    total = _BIAS + sum(_WEIGHTS[name] * amount for name, amount in found.items())
    return Likelihood(1 / (1 + math.exp(-total)), tuple(dict.fromkeys(reasons)))


def _read_title(title: str | None, found: dict[str, float], reasons: list[str]) -> None:
    whole, *parts = parts_of_title(title)
    for words in (whole, *parts):
        strength = _statement(words)
        if strength:
            found["titled"] = max(found.get("titled", 0.0), strength)
        if _CODE.fullmatch(words):
            # A site may be called "404", or its page be about it: only a whole title says it all.
            name = "titled" if words == whole else "titled 404"
            found[name] = 1.0
    if "titled" in found or "titled 404" in found:
        reasons.append(f"it is titled “{whole[:_MAX_PART]}”")


def _read_headings(headings: Iterable[str], found: dict[str, float], reasons: list[str]) -> None:
    for words in headings:
        strength = _statement(words)
        is_code = _CODE.fullmatch(words[:_MAX_PART]) is not None
        if strength:
            found["headed"] = max(found.get("headed", 0.0), strength)
        if is_code:
            found["headed 404"] = 1.0
        if strength or is_code:
            reasons.append(f"it is headed “{words}”")


def _read_words(page: Outline, found: dict[str, float], reasons: list[str]) -> int:
    """Note what the page's own sentences say; return how many words say it."""
    said, spent, advice = 0.0, 0, 0.0
    for sentence in _sentences(page.lines):
        folded = fold(sentence)
        strength = _strength(folded, _THIRD)
        if _CODE.fullmatch(sentence):
            found["headed 404"] = max(found.get("headed 404", 0.0), 0.6)
            spent += words_in(sentence)
        if strength and not _ABOUT.search(folded):
            spent += words_in(sentence)
            if strength > said:
                said = strength
                reasons.append(f"it says “{sentence}”")
        elif _advises(folded):
            spent += words_in(sentence)
            advice = 1.0
    if said:
        found["says"] = said
    if said or "headed 404" in found:
        found["short"] = max(0.0, 1 - page.words / _SHORT)
    text = " ".join(page.lines)
    if found:
        found["little else"] = min(1.0, spent / max(1, page.words))
        found["advises"] = advice
        found["apologises"] = 1.0 if _SORRY.search(text) else 0.0
        found["about errors"] = min(1.0, len(_ABOUT.findall(fold(text))) / 2)
    return spent


def _read_surroundings(
    tree: lxml.html.HtmlElement, page: Outline, said: int, found: dict[str, float]
) -> None:
    found["prose"] = min(1.0, max(0, page.prose - said) / _FULL_PROSE)
    found["search box"] = float(page.has_search)
    found["home link"] = float(page.has_home_link)
    for meta in tree.iter("meta"):
        name = (meta.get("name") or meta.get("property") or meta.get("itemprop") or "").lower()
        content = (meta.get("content") or "").strip()
        if name == "robots" and "noindex" in content.lower():
            found["not to be indexed"] = 1.0
        if name in _DATED and content:
            found["published"] = 1.0
    for link in tree.iter("link"):
        if (link.get("rel") or "").lower() == "canonical" and _is_root(link.get("href") or ""):
            found["canonical is the home page"] = 1.0


def _is_root(address: str) -> bool:
    return address.partition("://")[2].rstrip("/").count("/") == 0 and "//" in address


def _statement(words: str) -> float:
    """Return how strongly a title's part or a heading says that there is nothing; 0 for no."""
    if not words or len(words) > _MAX_PART:
        return 0.0
    folded = fold(words)
    return _strength(folded, _MOST) if not _ABOUT.search(folded) else 0.0


def _sentences(lines: Iterable[str]) -> list[str]:
    sentences: list[str] = []
    for line in lines:
        for piece in _STOPS.split(line):
            # A question tells nothing: "Page not found? So helps the search".
            if piece and len(piece) <= _MAX_SENTENCE and not piece.endswith(("?", "？", "؟")):
                sentences.append(piece)
                if len(sentences) >= _MAX_SENTENCES:
                    return sentences
    return sentences


def fold(text: str) -> str:
    """Return text in the spelling of the lexicons."""
    text = _MARKS.sub("", unicodedata.normalize("NFC", text).casefold().translate(_SPELT))
    return unicodedata.normalize("NFC", text).replace("i\u0307", "i")


_FIELDS = ("pages", "things", "absent", "uncertain", "sought", "advice")


@cache
def _lexicons() -> tuple[Lexicon, ...]:
    def folded(phrases: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(dict.fromkeys(map(fold, phrases)))

    return tuple(
        Lexicon(
            *(folded(getattr(one, name)) for name in _FIELDS),
            *map(folded, DENIALS.get(language, ((), ()))),
        )
        for table in (_lexicon_west, _lexicon_east, _lexicon_world)
        for language, one in table.LEXICONS.items()
    )


@cache
def _absences() -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return every phrase of absence, in ASCII and not; most sentences hold none of them."""
    every = {phrase for one in _lexicons() for phrase in (*one.absent, *one.uncertain)}
    return (
        tuple(sorted(phrase for phrase in every if phrase.isascii())),
        tuple(sorted(phrase for phrase in every if not phrase.isascii())),
    )


def _strength(folded: str, least: float) -> float:
    """Return the strength of a folded sentence as a statement, 0 to 1.5, by its best language."""
    plain, other = _absences()
    # What stands in quotation marks is said by others: "Results for “page not found”".
    folded = _QUOTED.sub(lambda quoted: "x" * len(quoted[0]), folded)
    is_said = any(phrase in folded for phrase in plain) or any(
        _parted(folded, lexicon) for lexicon in _lexicons()
    )
    if not is_said and (folded.isascii() or not any(phrase in folded for phrase in other)):
        return 0.0
    return max(_strength_in(folded, lexicon, least) for lexicon in _lexicons())


def _strength_in(folded: str, lexicon: Lexicon, least: float) -> float:
    absent = [phrase for phrase in lexicon.absent if phrase in folded]
    if not absent:
        absent = _parted(folded, lexicon)
    uncertain = [] if absent else [phrase for phrase in lexicon.uncertain if phrase in folded]
    if not absent and not uncertain:
        return 0.0
    pages = [phrase for phrase in lexicon.pages if phrase in folded]
    things = [phrase for phrase in lexicon.things if phrase in folded]
    sought = [phrase for phrase in lexicon.sought if phrase in folded]
    covered = _covered(folded, (*absent, *uncertain, *pages, *things, *sought))
    if covered < least:
        return 0.0
    if "?" in folded and covered < _WHOLE:
        return 0.0  # "Page not found? So helps the search" has its own answer
    strength = (1.0 if absent else 0.6) * min(1.0, (covered / _MUCH) ** 2)
    if not pages and not sought:
        # "Not found" alone says it; "the photograph was not found by the police" does not.
        is_said = bool(things) or (bool(absent) and covered >= _WHOLE)
        strength *= 0.8 if is_said else 0.0
    return strength + (0.4 if sought and absent else 0.0)


def _parted(folded: str, lexicon: Lexicon) -> list[str]:
    """Return a "not" and a verb of finding or being that stand apart, or nothing."""
    denial = next((word for word in lexicon.denials if word in folded), None)
    if denial is None:
        return []
    verb = next((word for word in lexicon.verbs if word in folded), None)
    return [denial, verb] if verb is not None else []


def _covered(folded: str, phrases: Iterable[str]) -> float:
    """Return the share of a sentence's letters that these phrases, fillers included, make up."""
    marked = bytearray(len(folded))
    for phrase in phrases:
        start = folded.find(phrase)
        while start >= 0:
            marked[start : start + len(phrase)] = b"\1" * len(phrase)
            start = folded.find(phrase, start + len(phrase))
    for filler in _FILLERS.finditer(folded):
        marked[filler.start() : filler.end()] = b"\1" * (filler.end() - filler.start())
    letters = [index for index, letter in enumerate(folded) if letter.isalnum()]
    return sum(marked[index] for index in letters) / len(letters) if letters else 0.0


_FILLERS = re.compile(
    r"\b(?:sorry|oops|whoops|error|404|410|the|this|that|a|we|you|it|is|was|has|have|and|or|to|but"
    r"|so|our|your|on|at|which|anymore|any more|longer|der|die|das|diese|leider|la|le|les|l|el|o|a"
    r"|os|as|il|lo|de|den|det|het|een|desculpe|désolé|lo sentimos)\b|\b(?:un|unf)ortunately\b"
)


def _advises(folded: str) -> bool:
    return any(phrase in folded for phrase in _advice())


@cache
def _advice() -> tuple[str, ...]:
    return tuple(sorted({phrase for one in _lexicons() for phrase in one.advice}))
