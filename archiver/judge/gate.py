"""Whether a capture may stand as evidence of its source: a wall is not evidence of a page."""

from __future__ import annotations

import re

from archiver.judge._likeness import SAME_PAGE, likeness
from archiver.judge._standing import is_nowhere, place_of
from archiver.model.capture import Gate
from archiver.model.inquiry import Reading
from archiver.model.signals import Signal
from archiver.platforms._page import page_text
from archiver.platforms._thin import instead_of_page
from archiver.platforms._titles import is_error_title
from archiver.platforms._walls import is_login_redirect, wall_in_page

_CONSENT = re.compile(r"(?:^|[/.])consent(?:[/.]|$)", re.I)


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
    shown = (
        _by_place(url, final_url)
        or _by_page(url, title, rendered_html, reading)
        or _by_status(http_status)
        or _by_other_end(url, final_url, rendered_html, reading)
    )
    if shown is not None and has_data:
        return Gate.ACCEPTED, f"the post's data is the evidence, not its picture ({shown})"
    return (Gate.REJECTED, shown) if shown else (Gate.ACCEPTED, None)


def asks_to_log_in(url: str, *, final_url: str | None, title: str | None, html: str) -> str | None:
    """Return how a page asks whoever sees it to log in, in one clause; None when it does not.

    Only such a page tells that a session does not stand. What is paid for, limited or private is
    kept from members, too, and a question for consent is put to everybody.
    """
    sent = _by_place(url, final_url)
    if sent is not None:
        return None if _CONSENT.search(place_of(final_url or "").partition("?")[0]) else sent
    instead = instead_of_page(html, title, _words(html), url) if html else None
    return instead[1] if instead is not None and instead[0] is Signal.LOGIN else None


def _by_signal(signal: Signal | None) -> str | None:
    if signal is None or signal is Signal.PRESENT:
        return None
    if signal is Signal.WALL:
        return "challenge: the look met a wall"
    if signal is Signal.LOGIN:
        return "login: the look met a log-in wall"
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
    if final_url is None or not is_login_redirect(url, final_url):
        return None
    return f"login: redirected to {final_url}"


def _by_page(
    url: str, title: str | None, rendered_html: str, reading: Reading | None
) -> str | None:
    if not rendered_html:
        return None
    wall = wall_in_page(rendered_html, title)
    if wall is not None:
        return f"challenge: {wall}"
    if is_error_title(title):
        return f"error page: titled “{title}”"
    words = _words(rendered_html)
    instead = instead_of_page(rendered_html, title, words, url)
    if instead is not None:
        return f"{_KINDS[instead[0]]}: {instead[1]}"
    return None if words else _by_picture(rendered_html, reading)


_KINDS = {
    Signal.WALL: "challenge",
    Signal.LOGIN: "login",
    Signal.NOT_FOUND: "error page",
    Signal.SERVER_ERROR: "error page",
}


def _by_picture(rendered_html: str, reading: Reading | None) -> str | None:
    """Judge a page without a word. Whether its pictures loaded, its HTML does not tell."""
    if "<img" not in rendered_html and "<svg" not in rendered_html:
        return "error page: the browser shows nothing"
    if reading is not None and (reading.content_sha256 or reading.post):
        return None
    return "error page: shows no words"


def _words(rendered_html: str) -> str:
    html = rendered_html.encode("utf-8", "replace")
    return page_text(html, "", rendered=True, main=False).visible


def _by_other_end(
    url: str, final_url: str | None, rendered_html: str, reading: Reading | None
) -> str | None:
    """Return where scripts took the browser, when what is there is not what the look saw.

    An address that scripts rewrite over the same words is no other page.
    """
    if final_url is None:
        return None
    seen_at = reading.url if reading is not None and reading.url is not None else url
    if place_of(final_url) in (place_of(url), place_of(seen_at)):
        return None
    if reading is None or reading.page is None or not rendered_html:
        return _nowhere(url, final_url)
    if likeness(reading.page.visible, _words(rendered_html)) >= SAME_PAGE:
        return None
    return f"the browser ended at {final_url}, which shows something else"


def _by_status(status: int | None) -> str | None:
    if status is None or status < 400:
        return None
    return f"error page: HTTP {status}"
