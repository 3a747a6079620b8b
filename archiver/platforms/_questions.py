"""Parts that platforms share: what an answer without a status means, and who is asked about it."""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import replace
from urllib.parse import urlsplit

from archiver.model.inquiry import Answer, Ask, Outcome, Question, Reading, Wall
from archiver.model.signals import Signal
from archiver.platforms._dns import read_absence

_READABLE = frozenset({Outcome.ANSWERED, Outcome.TRUNCATED})

CONTROL = Question(url="", ask=Ask.CONTROL)  # its address is the operator's, not ours


def is_unverified(answer: Answer) -> bool:
    """Tell whether the certificate was bad: a site's own neglect, or something in between."""
    return answer.outcome in _READABLE and (answer.error or "").startswith("tls:")


def unanswered(
    answer: Answer, what: str, *, is_source: bool = False
) -> Generator[Question, Answer, Reading | None]:
    """Say what an answer without a status means, asking the control address where it matters.

    Returns None when there is a status to read. ``what`` names what was asked, as the start of a
    sentence. ``is_source`` says that the host is the source's own: when its name does not exist,
    other resolvers are asked too.
    """
    if answer.outcome in _READABLE:
        return None
    if answer.outcome is Outcome.REFUSED:
        wall = Wall.ROBOTS if _error(answer).startswith("robots:") else None
        return Reading(Signal.REFUSED, f"We did not ask {what}: {_error(answer)}.", wall=wall)
    if answer.outcome is Outcome.TOO_MANY_REDIRECTS:
        loop = "redirects without end, as sites do to visitors without cookies"
        return Reading(Signal.WALL, f"{_start(what)} {loop}.")
    return (yield from _them_or_us(answer, what, is_source=is_source))


def is_online() -> Generator[Question, Answer, bool | None]:
    """Ask the control address whether our own network works; None when there is none to ask."""
    control = yield CONTROL
    return None if control.outcome is Outcome.REFUSED else control.outcome in _READABLE


def _them_or_us(
    answer: Answer, what: str, *, is_source: bool
) -> Generator[Question, Answer, Reading]:
    if not (yield from is_online()):
        return Reading(
            Signal.OFFLINE,
            f"Our own network is down: neither {what} nor the control answered.",
            wall=Wall.LOCAL,
        )
    if answer.outcome is Outcome.NO_HOST and is_source:
        # RFC 8020: a name that does not exist, and nothing below it does.
        told = yield Question(answer.url, ask=Ask.DNS)
        if _host(answer.url) == _host(answer.question.url):
            return read_absence(told, what, _error(answer))
        # The source's own host is there, and may yet lead somewhere else.
        led = read_absence(told, f"{answer.url}, where {what} leads,", _error(answer))
        return replace(led, confirmed=False)
    if answer.outcome is Outcome.NO_HOST:
        reason = f"The name of {what} does not exist ({_error(answer)}), while our network works."
        return Reading(Signal.NO_HOST, reason)
    return Reading(
        Signal.UNREACHABLE,
        f"{_start(what)} does not answer ({_error(answer)}), while our network works.",
    )


def _host(url: str) -> str | None:
    try:
        return urlsplit(url).hostname
    except ValueError:
        return None


def _error(answer: Answer) -> str:
    return (answer.error or answer.outcome.value).rstrip(".")


def _start(what: str) -> str:
    return what[:1].upper() + what[1:]
