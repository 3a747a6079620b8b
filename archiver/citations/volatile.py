"""Words beside an article that change by themselves: how long ago, how often, how many.

They are no part of its text, or every look at a page would find a new version of it.
"""

from __future__ import annotations

import re

LONGEST = 60  # characters of such a line

# Class names and IDs, hyphens between their words.
_NAMES = re.compile(
    r"(?:^|-)(?:read(?:ing)?-?time|time-?ago|time-?since|timestamp|last-?(?:updated|modified)|updated"
    r"|(?:view|share|like|comment|read|reaction|reply)s?-?(?:count|counter|number|total)s?"
    r"|post-views|page-?views|views|counter|min-?read)(?:-|\Z)"
)
_UNIT = (
    r"(?:s|secs?|seconds?|m|mins?|minutes?|h|hrs?|hours?|d|days?|weeks?|months?|Sekunden?|Minuten?|Min"
    r"|Stunden?|Tagen?|minutes?|heures?|jours?|minutos?|horas?|días?|dias?|minuti?|ore?|giorni"
    r"|uur|dagen|мин\w*|час\w*|дн\w*|день)\.?"
)
_AGO = rf"(?:\d+|an?|one|einer?|une?|un[ao]?)\s?{_UNIT}"
_TEXT = re.compile(
    rf"(?:{_AGO}\s(?:ago|read|fa|atrás|geleden|назад|de lecture|de lectura|Lesezeit)"
    rf"|(?:vor|il y a|hace|há|منذ)\s{_AGO}|\d+\s?(?:分|時間|日)前"
    r"|(?:Lesezeit|reading time):?\s.{1,20}"
    r"|(?:last\s)?(?:updated|modified|aktualisiert|mise? à jour|actualizado|atualizado"
    r"|aggiornato|bijgewerkt|обновлено)\b.{0,50}"
    r"|[\d.,\s]{1,12}[kKmM]?\s?(?:views?|comments?|shares?|likes?|reads?|replies|Kommentare?"
    r"|Aufrufe|commentaires?|vues|comentarios?|comentários?|commenti|reacties|комментари\w+"
    r"|просмотр\w+))\.?",
    re.IGNORECASE,
)


def is_volatile_name(name: str) -> bool:
    """Tell whether a class or ID is that of a counter or of a time that runs."""
    return _NAMES.search(name) is not None


def is_volatile(words: str) -> bool:
    """Tell whether a line says nothing but how long ago, how often, how many."""
    return len(words) <= LONGEST and _TEXT.fullmatch(words.strip()) is not None
