"""Whether a capture may stand as evidence of its source: a wall is not evidence of a page."""

from __future__ import annotations

from dataclasses import replace

from archiver.judge._standing import is_nowhere, place_of
from archiver.model.capture import Gate
from archiver.model.inquiry import Reading, Wall
from archiver.model.signals import Signal
from archiver.platforms._alike import SAME_PAGE, likeness
from archiver.platforms._document import Document, read_document
from archiver.platforms._thin import instead_of_page
from archiver.platforms._titles import is_error_title
from archiver.platforms._walls import barrier_in_page, redirect_barrier

KINDS = frozenset({*map(str, Wall), "error_page", "parked", "not_shown", "withheld"})
"""The kinds of reasons why a capture is rejected."""

_ERROR_WORDS = 150  # in paragraphs; a page of more that is titled like an error is about it


def gate(  # noqa: PLR0913 - what the look and the browser saw, each by its name
    signal: Signal | None,
    *,
    url: str,
    final_url: str | None = None,
    http_status: int | None = None,
    title: str | None = None,
    rendered_html: str = "",
    has_data: bool = False,
    reading: Reading | None = None,
) -> tuple[Gate, str | None]:
    """Accept a capture, or reject it with a reason in one clause.

    ``signal`` is what the look said that the capture belongs to, None when there was no look;
    ``reading`` is all that it said. The rest is of the browser's main document; ``rendered_html``
    is empty when none was rendered.
    ``has_data`` says that the capture holds the platform's own data of a served post: then that is
    the evidence, and a picture that shows a wall instead is remarked on, not rejected for.
    """
    unseen = _by_signal(signal) or _by_look(url, reading)
    if unseen is not None:
        return Gate.REJECTED, unseen
    document = _document(rendered_html, title)
    shown = (
        _by_place(url, final_url)
        or _by_page(url, document, reading)
        or _by_status(http_status)
        or _by_other_end(url, final_url, document, reading)
    )
    if shown is not None and has_data:
        return Gate.ACCEPTED, f"the post's data is the evidence, not its picture ({shown})"
    return (Gate.REJECTED, shown) if shown else (Gate.ACCEPTED, None)


def kind_of(reason: str) -> str | None:
    """Return the kind of a reason of the gate, or None when it is of none."""
    kind = reason.partition(":")[0].replace(" ", "_")
    return kind if kind in KINDS else None


def asks_to_log_in(url: str, *, final_url: str | None, title: str | None, html: str) -> str | None:
    """Return how a page asks whoever sees it to log in, in one clause; None when it does not.

    Only such a page tells that a session does not stand. What is paid for, limited or private is
    kept from members, too, and a question for consent is put to everybody.
    """
    sent = redirect_barrier(url, final_url) if final_url is not None else None
    if sent is not None:
        return f"login: redirected to {final_url}" if sent.wall is Wall.LOGIN else None
    document = _document(html, title)
    instead = instead_of_page(document, url) if document is not None else None
    return instead.says if instead is not None and instead.wall is Wall.LOGIN else None


def _by_signal(signal: Signal | None) -> str | None:
    if signal is None or signal is Signal.PRESENT:
        return None
    if signal is Signal.WALL:
        return "challenge: the look met a wall"
    if signal is Signal.LOGIN:
        return "login: the look met a log-in wall"
    if signal is Signal.SOFT_404:
        return "error page: the look saw a page that says that there is nothing"
    if signal is Signal.PARKED:
        return "parked: the look saw a domain that is parked, for sale or given up"
    return f"not shown: the look said {signal.value.replace('_', ' ')}"


def _by_look(url: str, reading: Reading | None) -> str | None:
    """Return why the look, though it was served, did not see the source at its own address."""
    if reading is None or reading.post is not None or reading.url is None:
        return None
    return _nowhere(url, reading.url)


def _nowhere(url: str, final: str) -> str | None:
    if place_of(final) == place_of(url) or not is_nowhere(final) or is_nowhere(url):
        return None
    return f"redirected to a home page or an error page: {final}"


def _by_place(url: str, final_url: str | None) -> str | None:
    sent = redirect_barrier(url, final_url) if final_url is not None else None
    if sent is None:
        return None
    return f"{_WALLS.get(sent.wall, sent.wall.value)}: redirected to {final_url}"


_WALLS = {Wall.CONSENT: "login", Wall.FORBIDDEN: "challenge"}


def _by_page(url: str, document: Document | None, reading: Reading | None) -> str | None:
    if document is None:
        return None
    barrier = barrier_in_page(document.html, document.page.title)
    if barrier is not None:
        return f"challenge: {barrier.says}"
    instead = instead_of_page(document, url)
    if instead is not None:
        return f"{_KINDS[instead.signal]}: {instead.says}"
    is_long = document.outlined is not None and document.outlined.prose >= _ERROR_WORDS
    if is_error_title(document.page.title) and not is_long:
        return f"error page: titled “{document.page.title}”"
    return None if document.page.visible else _by_picture(document.html, reading)


_KINDS = {
    Signal.WALL: "challenge",
    Signal.LOGIN: "login",
    Signal.RATE_LIMITED: "rate limit",
    Signal.WITHHELD: "withheld",
    Signal.SOFT_404: "error page",
    Signal.PARKED: "parked",
    Signal.SERVER_ERROR: "error page",
}


def _by_picture(rendered_html: str, reading: Reading | None) -> str | None:
    """Judge a page without a word. Whether its pictures loaded, its HTML does not tell."""
    if "<img" not in rendered_html and "<svg" not in rendered_html:
        return "error page: the browser shows nothing"
    if reading is not None and (reading.content_sha256 or reading.post):
        return None
    return "error page: shows no words"


def _document(rendered_html: str, title: str | None) -> Document | None:
    """Return what the browser drew; ``title`` is the one it told, where that is known."""
    if not rendered_html:
        return None
    html = rendered_html.encode("utf-8", "replace")
    document = read_document(html, "", rendered=True, main=False)
    if title is None:
        return document
    return replace(document, page=replace(document.page, title=title))


def _by_other_end(
    url: str, final_url: str | None, document: Document | None, reading: Reading | None
) -> str | None:
    """Return where scripts took the browser, when what is there is not what the look saw.

    An address that scripts rewrite over the same words is no other page.
    """
    if final_url is None:
        return None
    seen_at = reading.url if reading is not None and reading.url is not None else url
    if place_of(final_url) in (place_of(url), place_of(seen_at)):
        return None
    if reading is None or reading.page is None or document is None:
        return _nowhere(url, final_url)
    if likeness(reading.page.visible, document.page.visible) >= SAME_PAGE:
        return None
    return f"the browser ended at {final_url}, which shows something else"


def _by_status(status: int | None) -> str | None:
    if status is None or status < 400:
        return None
    return f"error page: HTTP {status}"
