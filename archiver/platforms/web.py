"""Pages of the open web: what every address is that no other platform knows."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Generator
from dataclasses import dataclass, replace
from datetime import datetime

from archiver.errors import AddressError
from archiver.model.citation import FoundCitation
from archiver.model.inquiry import Answer, Ask, Inquiry, Outcome, PageText, Question, Reading
from archiver.model.signals import Signal
from archiver.model.source import SourceRef
from archiver.platforms._address import canonical
from archiver.platforms._doubts import Reads, merge, settle
from archiver.platforms._page import decoded, page_text, plain_text
from archiver.platforms._questions import is_unverified, unanswered
from archiver.platforms._short import follow_link
from archiver.platforms._thin import instead_of_page
from archiver.platforms._titles import is_not_found_title
from archiver.platforms._walls import is_login_redirect, wall_in_headers, wall_in_page
from archiver.platforms.protocol import Lookup

NAME = "web"
_ACCEPT = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"
_HTML = frozenset({"text/html", "application/xhtml+xml"})

THIN = 200  # letters and digits that raw HTML shows; below it, a page with scripts is rendered
_SCRIPT = re.compile(rb"<script\b", re.I)
_LOOKS_HTML = re.compile(
    rb"\s*(?:<!--.{0,2000}?-->\s*)*<(?:!doctype\s+html|html|head|body)\b", re.I | re.S
)

# What a status means when no wall was found. Source: RFC 9110, section 15; 429: RFC 6585; 451: RFC
# 7725; 999: LinkedIn's block. Others of the 400s say that we were refused, and by whom not.
_STATUSES = {
    401: (Signal.LOGIN, "asks for a log-in"),
    402: (Signal.LOGIN, "asks for a payment"),
    404: (Signal.NOT_FOUND, "says that there is nothing at this address"),
    407: (Signal.LOGIN, "asks for a log-in at a proxy"),
    408: (Signal.UNREACHABLE, "gave up waiting for us"),
    410: (Signal.GONE, "says that this is gone, likely for good"),
    425: (Signal.UNREACHABLE, "wants to be asked again"),
    429: (Signal.RATE_LIMITED, "was asked too often"),
    451: (Signal.WITHHELD, "withholds it from where we ask, for legal reasons"),
}
# Absences that the protocol itself states; the judge still wants them to last.
_STATED = frozenset({Signal.NOT_FOUND, Signal.GONE})


@dataclass(frozen=True, slots=True)
class Web:
    """Any http(s) address; ``recognise_any`` takes what a short link leads to."""

    recognise_any: Callable[[str], SourceRef]

    @property
    def name(self) -> str:
        """The word before the colon in a source's name."""
        return NAME

    def recognise(self, url: str) -> SourceRef | None:
        """Return the page that ``url`` names, or None when it is no http(s) address."""
        try:
            key = canonical(url)
        except AddressError:
            return None
        return SourceRef(NAME, key, key)

    def posted_at(self, ref: SourceRef) -> datetime | None:
        """Return None: an address does not tell when its page was published."""
        return None

    def inquire(self, ref: SourceRef, shown: Reading | None = None) -> Inquiry:
        """Ask for the page, and for its rendering when scripts draw it.

        1. Ask by HTTP. When nothing answers, ask the control address: is it them, or us? When the
           name does not exist, ask two resolvers.
        2. Look for walls, on any status, then for redirects to a log-in, then read the status.
        3. A page with scripts and hardly a word is rendered, and the rendering is read instead.
        4. Ask about what is doubtful: our own network, the name, the made-up address beside it.
        """
        answer = yield Question(ref.url, accept=_ACCEPT)
        failed = yield from unanswered(answer, ref.url, is_source=True)
        if failed is not None:
            return replace(failed, page_url=ref.url)
        reading = read_answer(answer, ref.url)
        if reading.signal is Signal.PRESENT and _is_drawn_by_scripts(answer, reading.page):
            reading = yield from _rendered(ref.url)
        return (yield from settle(ref.url, answer, reading, shown, Reads(read_answer, _ACCEPT)))

    def look_up(self, found: FoundCitation) -> Lookup:
        """Expand a short link and recognise what it leads to."""
        return follow_link(found, self.recognise_any)


def second_opinion(url: str, reading: Reading) -> Inquiry:
    """Let the browser have its say when a page was found absent by HTTP.

    When it shows the page, the page is there; when it is shown the same absence, the reading says
    so; whatever else comes changes nothing.
    """
    answer = yield Question(url, ask=Ask.RENDER, accept=_ACCEPT)
    if answer.outcome is not Outcome.ANSWERED or is_unverified(answer):
        return reading
    return merge(url, reading, read_answer(answer, url))


def _rendered(url: str) -> Generator[Question, Answer, Reading]:
    answer = yield Question(url, ask=Ask.RENDER, accept=_ACCEPT)
    if answer.outcome not in (Outcome.ANSWERED, Outcome.TRUNCATED):
        reason = f"The page is drawn by scripts, and the browser did not show it: {_error(answer)}."
        return Reading(Signal.UNREADABLE, reason, page_url=url)
    return read_answer(answer, url)


def _error(answer: Answer) -> str:
    return (answer.error or answer.outcome.value).rstrip(".")


def read_answer(answer: Answer, asked: str) -> Reading:
    """Return what an answer with a status says of the page that was asked for."""
    status = answer.status or 0
    page = _page(answer)
    wall = wall_in_headers(status, answer.headers, len(answer.body)) or _wall_in(answer, page)
    if wall is not None:
        return _reading(answer, Signal.WALL, f"{asked} is behind {wall}.")
    if is_login_redirect(asked, answer.url):
        return _reading(answer, Signal.LOGIN, f"{asked} redirects to a log-in or consent page.")
    if status not in (200, 203):
        return _by_status(answer, asked)
    if page is not None and is_not_found_title(page.title):
        # A soft 404: the title says it, the status does not, so it never proves it.
        reason = f"{asked} answers 200 with a page titled “{page.title}”."
        return _reading(answer, Signal.NOT_FOUND, reason)
    instead = _instead(answer, asked, page)
    if instead is not None:
        return _reading(answer, instead[0], f"{asked} answers {status} with {instead[1]}.")
    return _content(answer, asked, page)


def read_article(answer: Answer, asked: str) -> Reading:
    """Return what an answer says of the article that was asked for.

    As for any page; but nothing is rendered, so a page that scripts draw is what it shows now.
    """
    reading = read_answer(answer, asked)
    page = reading.page
    if reading.signal is not Signal.PRESENT or page is None or not _is_html(answer):
        return reading
    instead = instead_of_page(_source(answer), page.title, page.visible, asked)
    if instead is not None:
        return _reading(answer, instead[0], f"{asked} answers {answer.status} with {instead[1]}.")
    if not any(map(str.isalnum, page.visible)):
        return _reading(answer, Signal.UNREADABLE, f"{asked} answers with a page without words.")
    return reading


def _wall_in(answer: Answer, page: PageText | None) -> str | None:
    if page is None or not _is_html(answer):
        return None
    return wall_in_page(_source(answer), page.title)


def _instead(answer: Answer, asked: str, page: PageText | None) -> tuple[Signal, str] | None:
    if page is None or not _is_html(answer):
        return None
    if answer.question.ask is not Ask.RENDER and _is_drawn_by_scripts(answer, page):
        return None  # its rendering is read instead
    return instead_of_page(_source(answer), page.title, page.visible, asked)


def _reading(answer: Answer, signal: Signal, reason: str, *, confirmed: bool = False) -> Reading:
    return Reading(
        signal, reason, confirmed=confirmed, url=answer.url, page_url=answer.question.url
    )


def _by_status(answer: Answer, asked: str) -> Reading:
    status = answer.status or 0
    if status in _STATUSES:
        signal, says = _STATUSES[status]
        reason = f"{asked} {says} (HTTP {status})."
        # What a stranger in between says confirms nothing.
        stated = signal in _STATED and not is_unverified(answer)
        return _reading(answer, signal, reason, confirmed=stated)
    if 500 <= status < 600:
        return _reading(answer, Signal.SERVER_ERROR, f"{asked} fails (HTTP {status}).")
    if 400 <= status < 500 or status == 999:
        return _reading(answer, Signal.WALL, f"{asked} refused us (HTTP {status}).")
    reason = f"{asked} answered HTTP {status}, which is no page."
    return _reading(answer, Signal.UNREADABLE, reason)


def _content(answer: Answer, asked: str, page: PageText | None) -> Reading:
    if not answer.body:
        return _reading(answer, Signal.UNREADABLE, f"{asked} answered with nothing.")
    served = f"{asked} is served (HTTP {answer.status})"
    if is_unverified(answer):
        served = f"{served}, under a certificate that is not valid"
    found = _reading(answer, Signal.PRESENT, f"{served}.")
    if answer.outcome is Outcome.TRUNCATED:
        # What is not whole cannot miss words or have other bytes.
        return replace(found, reason=f"{served}, but broke off: it is not compared.")
    if page is not None:
        return replace(found, page=page)
    digest = hashlib.sha256(answer.body).hexdigest()
    return replace(found, page_url=None, content_sha256=digest)


def _page(answer: Answer) -> PageText | None:
    """Return the text of HTML and plain text; None for everything else."""
    rendered = answer.question.ask is Ask.RENDER
    if _is_html(answer):
        header = answer.header("content-type")
        return page_text(answer.body, answer.url, header, rendered=rendered)
    if answer.content_type == "text/plain":
        return plain_text(answer.body, answer.header("content-type"))
    return None


def _is_html(answer: Answer) -> bool:
    if answer.question.ask is Ask.RENDER or answer.content_type in _HTML:
        return True
    return not answer.content_type and _LOOKS_HTML.match(answer.body) is not None


def _source(answer: Answer) -> str:
    rendered = answer.question.ask is Ask.RENDER
    return decoded(answer.body, answer.header("content-type"), is_utf8=rendered)


def _is_drawn_by_scripts(answer: Answer, page: PageText | None) -> bool:
    if page is None or not _is_html(answer) or not _SCRIPT.search(answer.body):
        return False
    return sum(map(str.isalnum, page.visible)) < THIN
