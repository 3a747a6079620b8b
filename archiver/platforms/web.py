"""Pages of the open web: what every address is that no other platform knows."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Generator
from dataclasses import dataclass, replace
from datetime import datetime

from archiver.errors import AddressError
from archiver.model.citation import FoundCitation
from archiver.model.inquiry import Answer, Ask, Inquiry, Outcome, PageText, Question, Reading, Wall
from archiver.model.signals import Signal
from archiver.model.source import SourceRef
from archiver.platforms._address import canonical
from archiver.platforms._barriers import Barrier
from archiver.platforms._document import Document, read_document
from archiver.platforms._doubts import Reads, merge, settle
from archiver.platforms._not_found import DOUBTFUL
from archiver.platforms._page import plain_text
from archiver.platforms._questions import is_unverified, unanswered
from archiver.platforms._short import follow_link
from archiver.platforms._thin import Instead, instead_of_page
from archiver.platforms._walls import barrier_in_headers, barrier_in_page, redirect_barrier
from archiver.platforms.protocol import Lookup

NAME = "web"
_ACCEPT = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"
_HTML = frozenset({"text/html", "application/xhtml+xml"})

THIN = 200  # letters and digits that raw HTML shows; below it, a page with scripts is rendered
_SCRIPT = re.compile(rb"<script\b", re.I)
_LOOKS_HTML = re.compile(
    rb"(?:\xef\xbb\xbf)?\s*(?:<\?xml[^>]{0,200}\?>\s*)?(?:<!--.{0,2000}?-->\s*)*"
    rb"<(?:!doctype\s+html|html|head|body|title|meta|style|script|div|center|table|h1|p)\b",
    re.I | re.S,
)

# What a status means when no wall was found. Source: RFC 9110, section 15; 429: RFC 6585; 451: RFC
# 7725; 999: LinkedIn's block. Others of the 400s say that we were refused, and by whom not.
_STATUSES: dict[int, tuple[Signal, Wall | None, str]] = {
    401: (Signal.LOGIN, Wall.LOGIN, "asks for a log-in"),
    402: (Signal.LOGIN, Wall.PAYWALL, "asks for a payment"),
    404: (Signal.NOT_FOUND, None, "says that there is nothing at this address"),
    407: (Signal.LOGIN, Wall.LOGIN, "asks for a log-in at a proxy"),
    408: (Signal.UNREACHABLE, None, "gave up waiting for us"),
    410: (Signal.GONE, None, "says that this is gone, likely for good"),
    425: (Signal.UNREACHABLE, None, "wants to be asked again"),
    429: (Signal.RATE_LIMITED, Wall.RATE_LIMIT, "was asked too often"),
    451: (Signal.WITHHELD, Wall.LEGAL, "withholds it from where we ask, for legal reasons"),
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
        if reading.signal is Signal.PRESENT and is_drawn_by_scripts(answer, reading.page):
            reading = yield from _rendered(ref.url)
        return (yield from settle(ref.url, answer, reading, shown, Reads(read_answer, _ACCEPT)))

    def look_up(self, found: FoundCitation) -> Lookup:
        """Expand a short link and recognise what it leads to."""
        return follow_link(found, self.recognise_any)


def second_opinion(url: str, reading: Reading) -> Inquiry:
    """Let the browser have its say when a page was found absent by HTTP.

    When it shows the page, the page is there; when it is shown the same absence, the reading says
    so; whatever else comes changes nothing, and the reading says that its word was not heard.
    """
    answer = yield Question(url, ask=Ask.RENDER, accept=_ACCEPT)
    if answer.outcome is not Outcome.ANSWERED or is_unverified(answer):
        return replace(reading, unheard=True)
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
    """Return what an answer with a status says of the page that was asked for.

    1. A wall by headers or marks, on any status; then a redirect to one.
    2. The status, where it is no success.
    3. What the page shows instead: a wall's words, a parked domain, "not found".
    4. The page itself; how much it reads like "not found" is kept with it.
    """
    document = _document(answer)
    barrier = barrier_in_headers(answer.status or 0, answer.headers, len(answer.body)) or (
        barrier_in_page(document.html, document.page.title) if document else None
    )
    if barrier is not None:
        return _walled(answer, barrier, f"{asked} is behind {barrier.says}.")
    barrier = redirect_barrier(asked, answer.url)
    if barrier is not None:
        return _walled(answer, barrier, f"{asked} is behind {barrier.says}.")
    if answer.status not in (200, 203):
        return _by_status(answer, asked, document)
    instead = _instead(answer, asked, document)
    if instead is not None:
        return _shown_instead(answer, asked, instead, document)
    return _content(answer, asked, document)


def read_article(answer: Answer, asked: str) -> Reading:
    """Return what an answer says of the article that was asked for.

    As for any page; but nothing is rendered, so a page that scripts draw is what it shows now.
    """
    reading = read_answer(answer, asked)
    page = reading.page
    if reading.signal is not Signal.PRESENT or page is None or not _is_html(answer):
        return reading
    if is_drawn_by_scripts(answer, page):
        document = _document(answer)
        instead = instead_of_page(document, asked) if document is not None else None
        if document is not None and instead is not None:
            return _shown_instead(answer, asked, instead, document)
    if not any(map(str.isalnum, page.visible)):
        return _reading(answer, Signal.UNREADABLE, f"{asked} answers with a page without words.")
    return reading


def _walled(answer: Answer, barrier: Barrier, reason: str) -> Reading:
    return replace(_reading(answer, barrier.signal, reason), wall=barrier.wall)


def _instead(answer: Answer, asked: str, document: Document | None) -> Instead | None:
    if document is None:
        return None
    found = instead_of_page(document, asked)
    if answer.question.ask is not Ask.RENDER and is_drawn_by_scripts(answer, document.page):
        # Its rendering is read instead; but a page that is one for errors before scripts run
        # stays one.
        return found if found is not None and found.signal in _ABSENT else None
    return found


def _shown_instead(
    answer: Answer, asked: str, instead: Instead, document: Document | None
) -> Reading:
    reason = f"{asked} answers {answer.status} with {instead.says}."
    reading = _reading(answer, instead.signal, reason)
    # What says that there is nothing is compared with what was there; a wall with nothing.
    page = document.page if document is not None and instead.signal in _ABSENT else None
    return replace(reading, wall=instead.wall, page=page, not_found=instead.not_found)


_ABSENT = frozenset({Signal.SOFT_404, Signal.PARKED})


def _reading(answer: Answer, signal: Signal, reason: str, *, confirmed: bool = False) -> Reading:
    return Reading(
        signal, reason, confirmed=confirmed, url=answer.url, page_url=answer.question.url
    )


def _by_status(answer: Answer, asked: str, document: Document | None) -> Reading:
    status = answer.status or 0
    instead = _refusal(status, asked, document)
    if instead is not None:
        return _shown_instead(answer, asked, instead, document)
    if status in _STATUSES:
        signal, wall, says = _STATUSES[status]
        reason = f"{asked} {says} (HTTP {status})."
        # What a stranger in between says confirms nothing.
        stated = signal in _STATED and not is_unverified(answer)
        reading = replace(_reading(answer, signal, reason, confirmed=stated), wall=wall)
        return _with_page(reading, document) if signal in _STATED else reading
    if 500 <= status < 600:
        return _reading(answer, Signal.SERVER_ERROR, f"{asked} fails (HTTP {status}).")
    if 400 <= status < 500 or status == 999:
        refused = _reading(answer, Signal.WALL, f"{asked} refused us (HTTP {status}).")
        return replace(refused, wall=Wall.FORBIDDEN)
    reason = f"{asked} answered HTTP {status}, which is no page."
    return _reading(answer, Signal.UNREADABLE, reason)


def _refusal(status: int, asked: str, document: Document | None) -> Instead | None:
    """Return what a page that comes with an error says of the wall or the domain behind it.

    Where the protocol states an absence or a reason, the page's words do not weigh against it.
    """
    if document is None or status in _STATUSES or not 400 <= status < 600:
        return None
    instead = instead_of_page(document, asked)
    is_told = instead is not None and (instead.wall is not None or instead.signal is Signal.PARKED)
    return instead if is_told else None


def _with_page(reading: Reading, document: Document | None) -> Reading:
    """Keep the page of an absence that comes with a whole one: somebody should look at it."""
    if document is None or document.outlined is None or document.outlined.prose < _WHOLE_PAGE:
        return reading
    found = document.not_found.value
    if found >= DOUBTFUL:
        return reading
    return replace(reading, page=document.page, not_found=round(found, 3))


_WHOLE_PAGE = 60  # words in paragraphs


def _content(answer: Answer, asked: str, document: Document | None) -> Reading:
    if not answer.body:
        return _reading(answer, Signal.UNREADABLE, f"{asked} answered with nothing.")
    served = f"{asked} is served (HTTP {answer.status})"
    if is_unverified(answer):
        served = f"{served}, under a certificate that is not valid"
    found = _reading(answer, Signal.PRESENT, f"{served}.")
    if answer.outcome is Outcome.TRUNCATED:
        # What is not whole cannot miss words or have other bytes.
        return replace(found, reason=f"{served}, but broke off: it is not compared.")
    if document is not None:
        return _served(found, document)
    if answer.content_type == "text/plain":
        return replace(found, page=plain_text(answer.body, answer.header("content-type")))
    digest = hashlib.sha256(answer.body).hexdigest()
    return replace(found, page_url=None, content_sha256=digest)


def _served(found: Reading, document: Document) -> Reading:
    """Return the reading of a page, with what may yet speak against it."""
    likely = document.not_found
    doubt = round(likely.value, 3) if likely.value >= DOUBTFUL else None
    wall = Wall.PAYWALL if document.is_paid_for else None
    reason = found.reason.removesuffix(".")
    if doubt is not None:
        reason = f"{reason}, but it may be one for “not found”: {likely.why}"
    if wall is not None:
        reason = f"{reason}; it is marked as paid for, and may be only how it begins"
    return replace(found, reason=f"{reason}.", page=document.page, not_found=doubt, wall=wall)


def _document(answer: Answer) -> Document | None:
    """Return the document of an HTML answer; None for everything else."""
    if not _is_html(answer):
        return None
    rendered = answer.question.ask is Ask.RENDER
    header = answer.header("content-type")
    return read_document(answer.body, answer.url, header, rendered=rendered)


def _is_html(answer: Answer) -> bool:
    if answer.question.ask is Ask.RENDER or answer.content_type in _HTML:
        return True
    return not answer.content_type and _LOOKS_HTML.match(answer.body) is not None


def is_drawn_by_scripts(answer: Answer, page: PageText | None) -> bool:
    """Tell whether HTML shows hardly a word by itself, and has scripts that may draw some."""
    if page is None or not _is_html(answer) or not _SCRIPT.search(answer.body):
        return False
    return sum(map(str.isalnum, page.visible)) < THIN
