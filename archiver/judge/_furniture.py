"""Lines that belong to a page's furniture by their form: clocks, counters, notices, pointers.

Only short lines, or sentences of a notice, are furniture: a figure or a date in running text is
what the text says.
"""

# ruff: noqa: E501 - patterns read best one meaning a line

from __future__ import annotations

import re

from archiver.judge._alignment import Sentence

_MOST_WORDS = 14  # of a line that tells a time or a number
_MOST_NOTICE = 60  # words of a notice's sentence

_UNITS = (
    "sec(?:ond)?s?|min(?:ute)?s?|hours?|hrs?|days?|weeks?|months?|years?|sekunden?|minuten?|"
    "stunden?|tage?n?|wochen?|heures?|jours?|semaines?|horas?|minutos?|días?|dias?|ore|minuti|"
    "giorni|uur|uren|dagen|timmar|dagar|timer|godz|dni|час(?:а|ов)?|минут[ыу]?|дн(?:я|ей)|день|"
    "ساعة|ساعات|دقيقة|دقائق|שעות|דקות|घंटे|मिनट|时间|小时|小時|分钟|分鐘|天前|時間|分|日前|시간|분|일"
)
_AGO = re.compile(
    rf"(?<!\w)(?:\d{{1,4}}|an?|one)\s?(?:{_UNITS}|[smhdw]|mo)\s+(?:ago|old)\b"
    rf"|\b(?:vor|hace|há|il y a|fa|siden|för)\s+(?:\d{{1,4}}|einer|einem|una?|une?)\s?(?:{_UNITS})"
    rf"|(?<!\w)\d{{1,4}}\s?(?:{_UNITS})\s+(?:fa|geleden|sedan|siden|temu|назад|önce|atrás|पहले)"
    rf"|منذ\s\d{{1,4}}|לפני\s\d{{1,4}}|(?<!\d)\d{{1,4}}\s?(?:{_UNITS})\s?前|(?<!\d)\d{{1,4}}\s?(?:{_UNITS})\s?전|\bjust now\b",
    re.I,
)
_STAMP = re.compile(
    r"^\W*(?:(?:last |first )?(?:updated|published|posted|modified|edited|as of|retrieved)|"
    r"aktualisiert|veröffentlicht|stand|zuletzt|mis à jour|publié|actualizado|publicado|"
    r"atualizado|aggiornato|pubblicato|bijgewerkt|gepubliceerd|uppdaterad|publicerad|oppdatert|"
    r"opdateret|zaktualizowano|opublikowano|обновлено|опубликовано|оновлено|güncellendi|"
    r"تم التحديث|نشر في|آخر تحديث|עודכן|פורסם|अपडेट|更新|发布|發布|公開|업데이트|입력|수정)",
    re.I,
)
_COUNTED = re.compile(
    r"\b(?:comments?|replies|views?|reads?|shares?|likes?|followers?|votes?|ratings?|reviews?|"
    r"downloads?|retweets?|reposts?|min(?:ute)?s? read|people (?:are )?(?:reading|watching|online)|"
    r"online now|readers?|visitors?|subscribers?|points?|kommentare?|aufrufe|leser|"
    r"commentaires?|vues|partages|comentarios?|comentários|vistas|visitas|visualizações|"
    r"commenti|condivisioni|visualizzazioni|reacties|weergaven|kommentarer|visningar|visninger|"
    r"komentarz[ey]?|wyświetle[ńn]|комментари[йяев]+|просмотр(?:ов|а)?|коментар[іяів]+|yorum|"
    r"تعليق|تعليقات|مشاهدة|תגובות|צפיות|टिप्पणियां)\b"
    r"|评论|評論|阅读|閱讀|浏览|瀏覽|コメント|閲覧|いいね|댓글|조회",
    re.I,
)
_RIGHTS = re.compile(
    r"^\W*(?:©|\(c\)\s|copyright\b)|all rights reserved|alle rechte vorbehalten", re.I
)
_CLOCK = re.compile(
    r"^\W*(?:[^\W\d]{2,12}\.?,?\s)?(?:\d{1,4}[./:\-年월月]\s?\d{1,2}[./:\-月일日]?\s?\d{0,4}日?|"
    r"\d{1,2}\.?\s[^\W\d]{3,10}\.?,?\s\d{4}|[^\W\d]{3,10}\.?\s\d{1,2},?\s\d{4})"
    r"(?:[,|·\-\s]*(?:at|um|à|a las)?\s*\d{1,2}[:.h]\d{2}(?:[:.]\d{2})?\s?(?:[ap]\.?m\.?)?"
    r"\s?(?:[A-Z]{2,4}|Uhr)?)?\W*$"
    r"|^\W*\d{1,2}[:.h]\d{2}(?:[:.]\d{2})?\s?(?:[ap]\.?m\.?)?\s?(?:[A-Z]{2,4}|Uhr)?\W*$",
    re.I,
)
_TICKER = re.compile(r"[▲▼△▽↑↓]|[+\-−]\s?\d+(?:[.,]\d+)?\s?%|\d[.,]\d+\s[+\-−]\d")
_NOTICE = re.compile(
    r"\b(?:we|this (?:web)?site|our (?:partners|website)|by (?:continuing|clicking))\b.{0,80}\bcookies?\b"
    r"|\bcookies?\b.{0,60}\b(?:accept|consent|settings|preferences|policy|banner|partners)\b"
    r"|\b(?:accept|reject|manage)\b.{0,20}\bcookies?\b|\bcookies?\b.{0,40}(?:akzeptier|zustimm|einverstanden)"
    r"|\b(?:verwenden|nutzen|utilisons|utilizamos|usamos|utilizziamo|gebruiken|använder|bruger|"
    r"używamy|используем|kullan)\b.{0,50}\bcookies?|файл\w* cookie|クッキー|쿠키|الكوكيز|ملفات تعريف الارتباط|עוגיות"
    r"|\bsign up\b.{0,40}\b(?:newsletter|e-?mails?|alerts?|briefing)\b|\bnewsletter\b.{0,40}\b(?:sign|subscribe|inbox|abonn|anmeld)"
    r"|\b(?:subscribe|subscription)\b.{0,40}\b(?:now|today|free|unlimited|from|offer|trial)\b"
    r"|\bsupport (?:our|independent) journalism\b|\bdownload (?:our|the) app\b|\bfollow us on\b"
    r"|\badvertisement\b|\bsponsored (?:content|by)\b|\bscroll to continue\b|^\W*(?:anzeige|werbung|publicité|publicidad|publicidade|pubblicità|advertentie|reklam[ae]?|реклама|広告|广告|광고|إعلان|פרסומת)\W*$",
    re.I,
)
_POINTER = re.compile(
    r"^\W*(?:read (?:more|also|next)|also read|see also|related|more (?:on|from|stories)|recommended|"
    r"most (?:read|popular|viewed)|trending|watch|listen|don'?t miss|you may (?:also )?like|in case you missed|"
    r"lesen sie(?: auch)?|mehr zum thema|lire aussi|à lire|lea también|te puede interesar|leia (?:também|mais)|"
    r"leggi anche|lees ook|läs (?:också|mer)|les også|læs også|czytaj (?:też|także)|читайте также|"
    r"читайте також|ayrıca oku|اقرأ أيضا|קראו גם|यह भी पढ़ें|関連記事|相关阅读|相關閱讀|관련 기사)\b",
    re.I,
)
_FIGURE = re.compile(r"\d+(?:[.,:]\d+)*\s?[kKmM]?\b|\d+")
_ADDRESS_PART = re.compile(r"\b(?:jsessionid|phpsessid|sid|session|token|utm_\w+)=\S+", re.I)


def is_furniture(sentence: Sentence) -> bool:
    """Tell whether a line that came or went is furniture by its form."""
    text = sentence.text
    if len(sentence.words) <= _MOST_WORDS:
        if _AGO.search(text) and not sentence.is_prose:
            return True
        if any(form.search(text) for form in (_STAMP, _RIGHTS, _CLOCK, _POINTER)):
            return True
        if not sentence.is_prose and _FIGURE.search(text) and _is_counted(text):
            return True
    return len(sentence.words) <= _MOST_NOTICE and _NOTICE.search(text) is not None


def is_ticking(before: Sentence, after: Sentence) -> bool:
    """Tell whether two forms of a line differ as a clock, a counter or a ticker does."""
    if is_furniture(before) and is_furniture(after):
        return True
    if before.is_prose and after.is_prose:
        return False
    if max(len(before.words), len(after.words)) > _MOST_WORDS:
        return False
    return bool(_TICKER.search(before.text) and _TICKER.search(after.text)) or (
        masked(before.text) == masked(after.text) and _is_counted(after.text)
    )


def masked(text: str) -> str:
    """Return a line with every figure, relative date and session mark alike."""
    text = _AGO.sub("#ago", _ADDRESS_PART.sub("#id", text))
    return " ".join(_FIGURE.sub("#", text).casefold().split())


def _is_counted(text: str) -> bool:
    return _COUNTED.search(text) is not None or _AGO.search(text) is not None
