"""How sites say, in many languages, that there is nothing at an address.

Not whole sentences but their parts: what is missing, that it is missing, that it was looked for,
and what to do now. A statement is made of parts, so it is known in wordings that are not here.
Matched as they stand in folded text (lower case, straight apostrophes, no zero-width joiners), so
a stem stands for its inflections.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Lexicon:
    """The parts of one language; ``pages`` are addresses, ``things`` what stands at them.

    ``absent`` says that there is nothing, ``uncertain`` that it may have moved, ended or be away
    for now. ``sought`` is how a site names what was asked for; ``advice`` what to do instead.
    ``denials`` and ``verbs`` say with a word or more between them that something was not found.
    """

    pages: tuple[str, ...]
    things: tuple[str, ...]
    absent: tuple[str, ...]
    uncertain: tuple[str, ...]
    sought: tuple[str, ...]
    advice: tuple[str, ...]
    denials: tuple[str, ...] = ()
    verbs: tuple[str, ...] = ()


def parts(
    pages: str, things: str, absent: str, uncertain: str, sought: str, advice: str
) -> Lexicon:
    """Return a lexicon from fields whose phrases are separated by ``|``."""
    fields = (pages, things, absent, uncertain, sought, advice)
    return Lexicon(*(tuple(field.split("|")) for field in fields))


def _denied(denials: str, verbs: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    return tuple(denials.split("|")), tuple(verbs.split("|"))


DENIALS = {
    "en": _denied("n't |not |unable|cannot", "find|locate|exist"),
    "de": _denied("nicht|kein", "finden|gefunden|existier|auffinden"),
    "fr": _denied(" pas | plus |aucun", "trouv|exist"),
    "es": _denied("no ", "encontr|encuentr|exist|localiz|hall"),
    "pt": _denied("não ", "encontr|exist|ach|localiz"),
    "it": _denied("non ", "trov|esist"),
    "nl": _denied("niet|geen", "vind|vond|bestaa"),
    "sv": _denied("inte| ej", "hitt|finns|existera"),
    "da": _denied("ikke", "finde|fundet|eksister"),
    "no": _denied("ikke|ikkje", "finn|fant|fann|finst|funnet|eksister"),
    "is": _denied("ekki", "fannst|finnst|til"),
    "eu": _denied("ez da|ezin", "aurkitu|existitzen"),
    "fi": _denied("ei |emme|eivät", "löyt|löyd|olemassa"),
    "pl": _denied("nie ", "znaleź|znalezion|istnieje|odnale"),
    "cs": _denied(
        "nepodařilo|nemůžeme|nelze|nemohli|nedokáž|nebyl", "najít|nalézt|dohledat|nalezen"
    ),
    "sk": _denied("nepodarilo|nemôžeme|nemožno|nedokáž", "nájsť"),
    "hu": _denied("nem |nincs", "talál|létez"),
    "ro": _denied("nu ", "găsi|gasi|exist"),
    "hr": _denied("ne |nije|nismo", "pronađ|pronać|postoji|naći|nać"),
    "ru": _denied("не ", "найти|найден|нашл|существ"),
    "uk": _denied("не ", "знайти|знайд|знайш|існу"),
    "bg": _denied("не ", "намер|открит|съществува"),
    "el": _denied("δεν |δε ", "βρ|υπάρχ|εντοπ"),
    "ar": _denied("لم |لا |لن |ليس|تعذر", "العثور|نعثر|إيجاد|ايجاد|موجود"),
    "he": _denied("לא |אין |אינו|אינה|איננו", "למצוא|נמצא|קיים|קיימת|לאתר"),
    "fa": _denied("نتوانست|نمی توان", "پیدا|یافت|یافتن"),
    "hi": _denied("नहीं", "मिल|ढूंढ|ढूँढ|मौजूद|खोज"),
    "id": _denied("tidak |tak |belum ", "temukan|menemukan|ditemui"),
    "vi": _denied("không |chưa ", "tìm thấy|tìm được|tìm ra|tồn tại"),
    "ca": _denied("no ", "trob|exist"),
}
"""By language: words of denial, and verbs of finding and being, that may stand apart."""
