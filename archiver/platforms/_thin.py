"""Pages of few words that are a form, a question or an error instead of what was asked for.

Their status says 200 and no delivery network signs them, so only what they show can tell.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice

import lxml.html

from archiver.model.inquiry import Wall
from archiver.model.signals import Signal
from archiver.platforms._barriers import (
    BROKEN,
    HEADINGS,
    LOGIN,
    OWN_SENTENCES,
    PAYWALL,
    SENTENCES,
    SIGNALS,
)
from archiver.platforms._document import Document
from archiver.platforms._not_found import NOT_FOUND, Likelihood
from archiver.platforms._outline import Outline, words_in
from archiver.platforms._page import is_hidden
from archiver.platforms._parked import parked
from archiver.platforms._titles import parts_of_title
from archiver.platforms._walls import is_login_place

# The wordiest saved challenge page shows 153 words, log-in pages show fewer; an article that has a
# log-in box or a captcha at its foot shows several hundred. A short one is unknown, not gone.
FEW_WORDS = 150
_WIDGET = re.compile(r"(?:^|\s)(?:g-recaptcha|h-captcha|cf-turnstile)(?:\s|$)")
# That are looked at: whether one is shown, each of its ancestors tells.
_MAX_HEADINGS = 20
_MAX_FIELDS = 20
_HARDLY_ANY = 80  # words; of so few, one sentence that keeps the reader out is what the page says
_SENTENCE = re.compile(r"[^\n.!?…。！？]+[.!?…。！？]*")
_MAX_HEADING = 200  # characters; longer ones say something of their own
_TEASER = 150  # words in paragraphs; a page marked as paid-for with fewer shows how it begins
# The tools that ask for consent; only where they are all that a page shows are they in the way.
# Source: the tools' own markup (OneTrust, Sourcepoint, Usercentrics, Didomi, Quantcast), 2026-11.
_CONSENT_TOOL = re.compile(
    r"onetrust-(?:consent-sdk|banner-sdk)|sp_message_container|usercentrics-root|didomi-host"
    r"|qc-cmp2-container|id=[\"']truste-consent|guce\.\w+\.com|consent\.(?:google|youtube)\.com/s\b"
    r"|CybotCookiebotDialog",
    re.I,
)
_CONSENT_WORDS = 60  # shown beside the tool's own; it draws itself, so raw HTML has hardly any


@dataclass(frozen=True, slots=True)
class Instead:
    """What a page is instead of the one asked for: its signal, which wall, and a description."""

    signal: Signal
    says: str
    wall: Wall | None = None
    not_found: float | None = None


def instead_of_page(document: Document, asked: str) -> Instead | None:
    """Return what a page is instead of the one asked for; None for the page itself.

    Walls come before all that tells of an absence, and an absence before a form: a page that says
    "not found" may have a log-in box beside it. None for a log-in page that was asked for.
    """
    is_short = words_in(document.page.visible) < FEW_WORDS
    found = _by_heading(document) if is_short or _says_hardly_anything(document) else None
    found = found or _by_sentence(document) or _teaser(document)
    if found is None:
        found = absent_instead(document)
    if found is None and is_short and not _says_something(document):
        found = _form(document.tree) or _consent_tool(document)
    if found is not None and found.signal is Signal.LOGIN and is_login_place(asked):
        return None
    return found


def _says_something(document: Document) -> bool:
    """Tell whether a short page has text of its own beside a form or a banner.

    Forms to log in stand alone, or above a line of terms; a notice of three sentences may have one
    at its foot.
    """
    return document.outlined is not None and document.outlined.prose >= _OWN_TEXT


_OWN_TEXT = 60  # words in paragraphs


def absent_instead(document: Document) -> Instead | None:
    """Return how a page shows that its site or its subject is not there; None when it does not."""
    shown = parked_instead(document)
    if shown is not None:
        return shown
    found = document.not_found
    if found.value < NOT_FOUND:
        return None
    return Instead(Signal.SOFT_404, described(found), not_found=round(found.value, 3))


def parked_instead(document: Document) -> Instead | None:
    """Return how a page shows a domain that nobody fills; None when it does not."""
    outlined = document.outlined
    if outlined is None:
        return None
    shown = parked(document.html, document.page.title, document.page.visible, outlined)
    return Instead(Signal.PARKED, shown) if shown is not None else None


def described(found: Likelihood) -> str:
    """Return a page that reads like "not found", as a clause."""
    return f"a page that reads like “not found”: {found.why}"


def _by_heading(document: Document) -> Instead | None:
    """Return what the title, a whole part of it, or a whole heading says."""
    said = [(part, "titled") for part in parts_of_title(document.page.title)]
    if document.tree is not None:
        first = islice(document.tree.iter("h1"), _MAX_HEADINGS)
        said += [(_plain(h1), "headed") for h1 in first if _is_shown(h1)]
    for words, how in said:
        if words and len(words) <= _MAX_HEADING:
            found = _kept_out(words, HEADINGS, f"a page {how} “{words}”")
            if found is not None:
                return found
            if BROKEN.fullmatch(words):
                return Instead(Signal.SERVER_ERROR, f"a page {how} “{words}”")
    return None


def _says_hardly_anything(document: Document) -> bool:
    """Tell whether menus, boxes and links are nearly all that a page shows."""
    outlined = document.outlined
    return outlined is not None and outlined.words < _HARDLY_ANY


def _by_sentence(document: Document) -> Instead | None:
    """Return what a sentence of a page of hardly any words keeps the reader out by."""
    shown = document.page.visible
    patterns: Iterable[tuple[re.Pattern[str], Wall]] = SENTENCES
    if words_in(shown) >= _HARDLY_ANY:
        if document.outlined is None or not _says_hardly_anything(document):
            return None
        # Beside menus and boxes, a banner's sentence is not what keeps the reader out.
        shown, patterns = "\n".join(document.outlined.lines), OWN_SENTENCES
    for said in (" ".join(one.split()) for one in _SENTENCE.findall(shown)):
        if said and len(said) <= _MAX_HEADING:
            found = _kept_out(said, patterns, f"a page of few words that says “{said}”")
            if found is not None:
                return found
    return None


def _kept_out(
    words: str, patterns: Iterable[tuple[re.Pattern[str], Wall]], says: str
) -> Instead | None:
    for pattern, wall in patterns:
        if pattern.fullmatch(words):
            return Instead(SIGNALS[wall], says, wall)
    return None


def _teaser(document: Document) -> Instead | None:
    """Return a paid-for page that shows only how it begins; its own metadata call it paid-for."""
    outlined = document.outlined
    if outlined is None or outlined.prose >= _TEASER:
        return None
    lines = _prompts(document) if document.is_paid_for else _last_prompts(outlined)
    for line in lines:
        says = f"the beginning of a page for subscribers, and “{line}”"
        return Instead(Signal.LOGIN, says, Wall.PAYWALL)
    return None


def _prompts(document: Document) -> Iterator[str]:
    for line in document.page.visible.split("\n"):
        if len(line) <= _MAX_HEADING and _kept_out(line, _PROMPTS, ""):
            yield line


def _last_prompts(outlined: Outline) -> Iterator[str]:
    """Yield the prompts to subscribe behind which a page without a word of its price ends.

    Its own metadata do not call it paid-for, so there has to be a beginning, and nothing behind.
    """
    if not 0 < outlined.prose < _UNMARKED_TEASER:
        return
    for place, line in enumerate(outlined.lines):
        behind = max(map(words_in, outlined.lines[place + 1 :]), default=0)
        has_beginning = any(words_in(one) >= _PARAGRAPH for one in outlined.lines[:place])
        if has_beginning and behind < _PARAGRAPH and _STOPS_HERE.fullmatch(line):
            yield line


_UNMARKED_TEASER = 100  # words in paragraphs
_PARAGRAPH = 20  # words
# Not the question to subscribers, which stands in the head of every page of a newspaper.
_STOPS_HERE = re.compile(rf"(?!already\b|sie sind\b|déjà\b)(?:{PAYWALL.pattern})", re.I)
_PROMPTS = (*(entry for entry in HEADINGS if entry[1] is Wall.PAYWALL), (LOGIN, Wall.PAYWALL))


def _form(tree: lxml.html.HtmlElement | None) -> Instead | None:
    if tree is None:
        return None
    asked = 0
    is_written = any(map(_is_written_in, tree.iter("textarea", "input")))
    for element in tree.iter():
        if not isinstance(element.tag, str):
            continue
        # An invisible widget watches a form; it does not stand before the page.
        is_widget = _WIDGET.search(element.get("class") or "") is not None
        if is_widget and not is_written and element.get("data-size") != "invisible":
            return Instead(Signal.WALL, "a page of few words with a captcha", Wall.CHALLENGE)
        is_password = element.tag == "input" and (element.get("type") or "").lower() == "password"
        asked += is_password
        if is_password and asked <= _MAX_FIELDS and _is_shown(element):
            says = "a page of few words that asks for a password"
            return Instead(Signal.LOGIN, says, Wall.LOGIN)
    return None


def _is_written_in(field: lxml.html.HtmlElement) -> bool:
    """Tell a field of a form that is sent to somebody; a captcha stands behind those, too."""
    if field.tag == "textarea":
        # The widget's own, which holds its answer, is drawn into saved pages.
        return not (field.get("name") or "").endswith("-response")
    return (field.get("type") or "").lower() in ("email", "tel", "file")


def _consent_tool(document: Document) -> Instead | None:
    if words_in(document.page.visible) >= _CONSENT_WORDS:
        return None
    if len(document.html) > _MAX_CONSENT_CHARS or not _CONSENT_TOOL.search(document.html):
        return None
    return Instead(Signal.LOGIN, "a page of few words that asks for consent", Wall.CONSENT)


_MAX_CONSENT_CHARS = 512 * 2**10


def _is_shown(element: lxml.html.HtmlElement) -> bool:
    return not any(is_hidden(e) for e in (element, *element.iterancestors()))


def _plain(element: lxml.html.HtmlElement) -> str:
    return " ".join(element.text_content().split())
