"""Pages of few words that are a form, a question or an error instead of what was asked for.

Their status says 200 and no delivery network signs them, so only what they show can tell.
"""

from __future__ import annotations

import re

import lxml.html

from archiver.model.signals import Signal
from archiver.platforms._page import is_hidden, tree_of
from archiver.platforms._titles import is_not_found_title, parts_of_title
from archiver.platforms._walls import is_login_place

# The wordiest saved challenge page shows 153 words, log-in pages show fewer; an article that has a
# log-in box or a captcha at its foot shows several hundred. A short one is unknown, not gone.
FEW_WORDS = 150
_UNSPACED = re.compile(r"[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff]")
_CHARS_A_WORD = 2  # in scripts without spaces
_WIDGET = re.compile(r"(?:^|\s)(?:g-recaptcha|h-captcha|cf-turnstile)(?:\s|$)")

_LOGIN = re.compile(
    r"(?:please )?(?:log|sign)[ -]?in(?: (?:to|or|with|required|page)\b[^.!?]{0,60})?[.!…]*"
    r"|(?:you (?:must|need to|have to) |please )(?:log|sign) in\b[^.!?]{0,60}[.!…]*",
    re.I,
)
_CHALLENGE = re.compile(
    r"are you (?:a )?(?:robot|human)\??"
    r"|(?:please )?(?:verify|confirm)(?: that)? you(?:['’]re| are)(?: a)? (?:human|not a robot)"
    r"[.!]?"
    r"|(?:human|robot|bot|security) (?:verification|check)(?: required)?"
    r"|before you (?:continue|proceed)(?: to [^.!?]{1,60})?[.!…]*"
    r"|checking your browser[^?]{0,60}",
    re.I,
)
# Whole headings or sentences that stand where the rest of an article should.
_KEPT_FROM = re.compile(
    r"(?:please )?(?:subscribe|register|sign up|become a (?:subscriber|member))(?: now| today)?"
    r" to (?:continue|keep|finish|read|unlock|access)\b[^.!?]{0,80}[.!…]*"
    r"|to (?:continue|keep|finish) reading\b[^.!?]{0,100}[.!…]*"
    r"|(?:continue|keep) reading (?:with|by) [^.!?]{1,80}[.!…]*"
    r"|this (?:article|story|content|page|post) is (?:only |exclusively )?"
    r"(?:for|available to|reserved for|exclusive to)(?: our)?(?: paying)? "
    r"(?:subscribers|members)(?: only)?[.!]?"
    r"|you(?:['’]ve| have) (?:reached|read|used) (?:your|all|the)\b[^.!?]{0,80}"
    r"\b(?:articles?|limit|stories)\b[^.!?]{0,40}[.!]?"
    r"|(?:we (?:value|care about|respect) your privacy|your privacy (?:choices|matters)"
    r"|(?:cookie|privacy) (?:consent|settings|preferences)|consent (?:required|needed))[.!]?",
    re.I,
)
_ABSENT = re.compile(
    r"(?:oops|sorry|uh-oh)?[!.,…: ]*(?:(?:error )?404\b[ :.,–—-]*)?(?:oops|sorry)?[!.,…: ]*"
    r"(?:(?:that|this|the)(?: requested)? )?(?:page|file|article|document)"
    r"(?: you(?:['’]re| are| were)? (?:requested|looking for))?"
    r" (?:not found|(?:can(?:['’]t|not| not)|could(?:n['’]t| not)) be found"
    r"|(?:is(?:n['’]t| not)|no longer) available|(?:does(?:n['’]t| not)|no longer) exists?)[.!]?"
    r"|404\b[ :.,!–—-]*(?:not found|that['’]s an error)[.!]?",
    re.I,
)
_BROKEN = re.compile(
    r"error establishing a database connection[.!]?|database error"
    r"|(?:(?:the|this|our) )?(?:web)?site (?:is )?(?:currently |temporarily )?"
    r"(?:(?:under|down for|in)(?: scheduled)? maintenance|unavailable|offline|down)[.!]?"
    r"|(?:under|scheduled) maintenance|maintenance mode"
    r"|(?:service|temporarily) unavailable[.!]?"
    r"|(?:we['’]ll|we will) be (?:right )?back(?: soon)?[.!]?",
    re.I,
)
_HARDLY_ANY = 80  # words; of so few, one sentence that keeps the reader out is what the page says
_SENTENCE = re.compile(r"[^\n.!?…]+[.!?…]*")
_MAX_HEADING = 200  # characters; longer ones say something of their own
_SAYS = (
    (_CHALLENGE, Signal.WALL),
    (_LOGIN, Signal.LOGIN),
    (_KEPT_FROM, Signal.LOGIN),
    (_ABSENT, Signal.NOT_FOUND),
    (_BROKEN, Signal.SERVER_ERROR),
)


def instead_of_page(
    html: str, title: str | None, visible: str, asked: str
) -> tuple[Signal, str] | None:
    """Return what a page of few words is instead of the one asked for, as signal and description.

    ``visible`` is its visible text. None for a page of many words, whatever it holds besides, and
    for a log-in page that was asked for.
    """
    if words_in(visible) >= FEW_WORDS:
        return None
    tree = tree_of(html)
    found = _heading(title, tree) or (_form(tree) if tree is not None else None)
    found = found or _sentence(visible)
    if found is not None and found[0] is Signal.LOGIN and is_login_place(asked):
        return None
    return found


def words_in(text: str) -> int:
    """Count the words; two characters make one in scripts that put no space between words."""
    return len(text.split()) + len(_UNSPACED.findall(text)) // _CHARS_A_WORD


def _heading(title: str | None, tree: lxml.html.HtmlElement | None) -> tuple[Signal, str] | None:
    """Return what the title, a whole part of it, or a whole heading says."""
    said = [(part, "titled") for part in parts_of_title(title)]
    if tree is not None:
        said += [(_plain(h1), "headed") for h1 in tree.iter("h1") if _is_shown(h1)]
    for words, how in said:
        if len(words) > _MAX_HEADING:
            continue
        for pattern, signal in _SAYS:
            if pattern.fullmatch(words):
                return signal, f"a page {how} “{words}”"
        if how == "headed" and is_not_found_title(words):
            return Signal.NOT_FOUND, f"a page {how} “{words}”"
    return None


def _sentence(visible: str) -> tuple[Signal, str] | None:
    """Return what a sentence of a page of hardly any words keeps the reader out by."""
    if words_in(visible) >= _HARDLY_ANY:
        return None
    for said in (" ".join(one.split()) for one in _SENTENCE.findall(visible)):
        if len(said) > _MAX_HEADING:
            continue
        for pattern, signal in ((_CHALLENGE, Signal.WALL), (_KEPT_FROM, Signal.LOGIN)):
            if pattern.fullmatch(said):
                return signal, f"a page of few words that says “{said}”"
    return None


def _form(tree: lxml.html.HtmlElement) -> tuple[Signal, str] | None:
    for element in tree.iter():
        if not isinstance(element.tag, str):
            continue
        # An invisible widget watches a form; it does not stand before the page.
        if _WIDGET.search(element.get("class") or "") and element.get("data-size") != "invisible":
            return Signal.WALL, "a page of few words with a captcha"
        is_password = element.tag == "input" and (element.get("type") or "").lower() == "password"
        if is_password and _is_shown(element):
            return Signal.LOGIN, "a page of few words that asks for a password"
    return None


def _is_shown(element: lxml.html.HtmlElement) -> bool:
    return not any(is_hidden(e) for e in (element, *element.iterancestors()))


def _plain(element: lxml.html.HtmlElement) -> str:
    return " ".join(element.text_content().split())
