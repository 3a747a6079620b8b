"""Asking an interface for structured data: what stands in between, and what came back.

A web page where data was asked for, a challenge, a limit or a failure says nothing of the source.
What is left is data, and only the platform's own module knows what that means.
"""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import dataclass, replace
from urllib.parse import urlsplit

from archiver.model.inquiry import Answer, Outcome, Question, Reading
from archiver.model.signals import Signal
from archiver.platforms._json import EMPTY, Object, read_object
from archiver.platforms._page import decoded, page_text
from archiver.platforms._questions import is_unverified, unanswered
from archiver.platforms._walls import is_login_redirect, wall_in_headers, wall_in_page

JSON = "application/json"
_NOT_THERE = frozenset({404, 410})  # statuses that mean the same with a page for a body


@dataclass(frozen=True, slots=True)
class Data:
    """A structured answer; ``value`` is empty when the body of a refusal holds no object."""

    status: int
    value: Object
    answer: Answer


Asked = Generator[Question, Answer, Data | Reading]


def ask(question: Question, what: str, *, is_source: bool = False) -> Asked:
    """Ask for data; a reading when none came, for whatever reason.

    ``what`` names what was asked, as the start of a sentence. ``is_source`` says that the host is
    the source's own: only then does a host without a name say anything of the source.
    """
    answer = yield question
    failed = yield from unanswered(answer, what, is_source=is_source)
    if failed is None:
        return read_data(answer, what)
    if failed.signal is Signal.NO_HOST and not is_source:
        return replace(failed, signal=Signal.UNREACHABLE, confirmed=False)
    return failed


def glance(question: Question) -> Generator[Question, Answer, Data | None]:
    """Ask for a second opinion; None when it gives no usable answer."""
    answer = yield question
    if answer.outcome is not Outcome.ANSWERED:
        return None
    found = read_data(answer, "")
    return found if isinstance(found, Data) else None


def read_data(answer: Answer, what: str) -> Data | Reading:
    """Return the data of an answer that has a status, or what stands in its place."""
    if is_unverified(answer):
        between = "answers under a bad certificate: a stranger stands in between"
        return Reading(Signal.WALL, f"{what} {between}.")
    wall = wall_of(answer)
    if wall is not None:
        return Reading(Signal.WALL, f"{what} is behind {wall}.")
    return _by_status(answer, what) or _by_body(answer, what)


def is_own_word(answer: Answer) -> bool:
    """Tell whether the host that was asked answered itself, ``www.`` before its name or not."""
    return _host(answer.url) == _host(answer.question.url)


def _host(url: str) -> str | None:
    try:
        host = urlsplit(url).hostname
    except ValueError:
        return None
    return host.rstrip(".").removeprefix("www.") if host else None


def wall_of(answer: Answer) -> str | None:
    """Return which wall an answer is, by its headers and, where it is HTML, by its page."""
    found = wall_in_headers(answer.status or 0, answer.headers, len(answer.body))
    if found is not None or "html" not in answer.content_type:
        return found
    page = page_text(answer.body, answer.url, answer.header("content-type"), main=False)
    return wall_in_page(decoded(answer.body, answer.header("content-type")), page.title)


def _by_status(answer: Answer, what: str) -> Reading | None:
    status = answer.status or 0
    if is_login_redirect(answer.question.url, answer.url):
        return Reading(Signal.LOGIN, f"{what} redirects to a log-in or consent page.")
    if not is_own_word(answer):
        return Reading(Signal.UNREADABLE, f"{what} redirects to another host, whose word it is.")
    if status == 451:
        withheld = "withholds it from where we ask, for legal reasons (HTTP 451)"
        return Reading(Signal.WITHHELD, f"{what} {withheld}.")
    if status == 429:
        return Reading(
            Signal.RATE_LIMITED, f"{what} was asked too often (HTTP 429{_until(answer)})."
        )
    if status >= 500:
        return Reading(Signal.SERVER_ERROR, f"{what} failed (HTTP {status}).")
    if "html" in answer.content_type and status not in _NOT_THERE:
        page = f"answered with a web page instead of data (HTTP {status})"
        return Reading(Signal.WALL, f"{what} {page}.")
    return None


def _until(answer: Answer) -> str:
    """Return what the answer says of when to ask again, as a part of a sentence."""
    for name in ("retry-after", "ratelimit-reset", "x-ratelimit-reset"):
        value = answer.header(name)
        if value is not None and value.isprintable() and len(value) <= 40:
            return f", {name} {value}"
    return ""


def _by_body(answer: Answer, what: str) -> Data | Reading:
    status = answer.status or 0
    value = read_object(answer.body) if answer.outcome is Outcome.ANSWERED else None
    if value is None and status < 400:
        return Reading(Signal.UNREADABLE, f"{what} answered with data that cannot be read.")
    return Data(status, EMPTY if value is None else value, answer)
