"""What stands before an answer of a social platform, whichever it is, and how its roads add up.

A road is one question and the reading of its answer. Roads are tried in order until one shows the
post; when none does, the weightiest word counts. Nothing here turns an answer into a deletion.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterable
from dataclasses import dataclass, replace

from archiver.model.inquiry import Answer, Ask, Inquiry, Outcome, Question, Reading
from archiver.model.signals import Signal
from archiver.platforms._page import decoded, page_text
from archiver.platforms._questions import is_unverified, unanswered
from archiver.platforms._walls import is_login_redirect, wall_in_headers, wall_in_page

_ACCEPT = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"
_ENGLISH = (("Accept-Language", "en-US,en;q=0.9"),)  # what the platforms say is read by its words

# What a status means that no platform uses for a post of its own. 404 and 410 are left to the
# platform. Source: RFC 9110, section 15; 429: RFC 6585; 999: LinkedIn's block.
_STATUSES = {
    400: (Signal.WALL, "refused us"),
    401: (Signal.LOGIN, "asks for a log-in"),
    402: (Signal.WALL, "refused us"),
    403: (Signal.WALL, "refused us"),
    405: (Signal.WALL, "refused us"),
    406: (Signal.WALL, "refused us"),
    407: (Signal.LOGIN, "asks for a log-in at a proxy"),
    429: (Signal.RATE_LIMITED, "was asked too often"),
    999: (Signal.WALL, "refused us, as it does to machines"),
}

_LEGAL = 451  # legal reasons; RFC 7725

# The later in this list, the more a word says of the post itself.
_WEIGHT = (
    Signal.UNREADABLE,
    Signal.SERVER_ERROR,
    Signal.UNREACHABLE,
    Signal.WALL,
    Signal.LOGIN,
    Signal.RATE_LIMITED,
    Signal.REFUSED,
    Signal.OFFLINE,
    Signal.ABSENT_UNEXPLAINED,
    Signal.NOT_FOUND,
    Signal.AGE_RESTRICTED,
    Signal.PROTECTED,
    Signal.WITHHELD,
    Signal.PRESENT,
)
# After these, asking the same platform once more is useless or rude.
_ENDS = frozenset({Signal.RATE_LIMITED, Signal.UNREACHABLE, Signal.OFFLINE, Signal.REFUSED})
_SPOKEN = _WEIGHT.index(Signal.ABSENT_UNEXPLAINED)


@dataclass(frozen=True, slots=True)
class Road:
    """One question and how its answer is read.

    ``what`` names what is asked, as the start of a sentence. ``is_resort`` says that the road is
    only taken when those before it said nothing of the post.
    """

    question: Question
    what: str
    read: Callable[[Answer], Reading]
    is_resort: bool = False


def page_question(url: str) -> Question:
    """Return the question for a page by HTTP, in English."""
    return Question(url, accept=_ACCEPT, headers=_ENGLISH)


def render_question(url: str) -> Question:
    """Return the question for a page as the browser draws it."""
    return Question(url, ask=Ask.RENDER, accept=_ACCEPT, headers=_ENGLISH)


def walk(roads: Iterable[Road]) -> Inquiry:
    """Take the roads in order until one shows the post; say the weightiest word otherwise."""
    said: Reading | None = None
    for road in roads:
        if said is not None and road.is_resort and _weight(said) >= _SPOKEN:
            continue
        found = yield from take(road)
        said = found if said is None else heavier(said, found)
        if said.signal is Signal.PRESENT or found.signal in _ENDS:
            break
    return said if said is not None else Reading(Signal.UNREADABLE, "Nothing was asked.")


def take(road: Road) -> Generator[Question, Answer, Reading]:
    """Ask one question and read its answer, unless something stands before it."""
    answer = yield from ask(road.question, road.what)
    if isinstance(answer, Reading):
        return answer
    return obstacle(answer, road.what) or road.read(answer)


def ask(question: Question, what: str) -> Generator[Question, Answer, Answer | Reading]:
    """Ask, and return the whole answer, or a reading when none came that can be read."""
    answer = yield question
    if question.ask is Ask.RENDER and answer.outcome is not Outcome.ANSWERED:
        why = (answer.error or answer.outcome.value).rstrip(".")
        return Reading(Signal.UNREADABLE, f"{what} was not shown by the browser ({why}).")
    failed = yield from unanswered(answer, what)
    if failed is not None:
        # The platform's own name is gone, not the post.
        is_gone = failed.signal is Signal.NO_HOST
        return replace(failed, signal=Signal.UNREACHABLE, confirmed=False) if is_gone else failed
    if is_unverified(answer):
        return Reading(Signal.WALL, f"{what} comes under a bad certificate: a stranger's word.")
    if answer.outcome is Outcome.TRUNCATED:
        return Reading(Signal.UNREADABLE, f"{what} broke off.")
    return answer


def heavier(first: Reading, second: Reading) -> Reading:
    """Return the reading that says more of the post, with both reasons; the first when equal."""
    if second.signal is Signal.PRESENT:
        return second
    chosen = second if _weight(second) > _weight(first) else first
    if first.reason == second.reason:
        return chosen
    return replace(chosen, reason=f"{first.reason.removesuffix('.')}; {second.reason}")


def _weight(reading: Reading) -> int:
    return _WEIGHT.index(reading.signal) if reading.signal in _WEIGHT else len(_WEIGHT)


def obstacle(answer: Answer, what: str) -> Reading | None:
    """Return what stands before an answer; None when it is the platform's own, with 200 or 404."""
    status = answer.status or 0
    if status == _LEGAL:
        # Whoever says it, the network's edge included, says why. Source: RFC 7725, section 3.
        says = f"{what} withholds it from where we ask, for legal reasons (HTTP {status})."
        return Reading(Signal.WITHHELD, says)
    wall = wall_in_headers(status, answer.headers, len(answer.body)) or _wall_in(answer)
    if wall is not None:
        return Reading(Signal.WALL, f"{what} is behind {wall}.")
    if is_login_redirect(answer.question.url, answer.url):
        return Reading(Signal.LOGIN, f"{what} redirects to a log-in.")
    if status in _STATUSES:
        signal, says = _STATUSES[status]
        return Reading(signal, f"{what} {says} (HTTP {status}).")
    if status >= 500:
        return Reading(Signal.SERVER_ERROR, f"{what} fails (HTTP {status}).")
    if status not in (200, 404, 410):
        return Reading(Signal.UNREADABLE, f"{what} answered HTTP {status}.")
    return None


def _wall_in(answer: Answer) -> str | None:
    rendered = answer.question.ask is Ask.RENDER
    if not rendered and "html" not in answer.content_type:
        return None
    header = answer.header("content-type")
    page = page_text(answer.body, answer.url, header, rendered=rendered, main=False)
    return wall_in_page(decoded(answer.body, header, is_utf8=rendered), page.title)
