"""Posts and comments on Reddit, by its own page, and by its interface where a token is given.

Since about 30 May 2026 the interface refuses visitors without a log-in (``.json`` answers 403), so
it is asked only with the operator's token; the page is drawn by the browser. Reddit keeps the
shell of what was deleted and answers 200, so words tell, not statuses. Whether a community that is
private, or a post in it, still stands cannot be told logged out.
"""

from __future__ import annotations

from collections.abc import Callable, Generator
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlencode

from archiver.model.citation import FoundCitation
from archiver.model.inquiry import Answer, Ask, Inquiry, Outcome, Question, Reading
from archiver.model.signals import Signal
from archiver.model.source import SourceRef
from archiver.platforms._api import JSON, glance
from archiver.platforms._json import text
from archiver.platforms._media import media_urls
from archiver.platforms._questions import is_unverified, unanswered
from archiver.platforms._reddit_address import read_thing_address
from archiver.platforms._reddit_data import info_of, read_info
from archiver.platforms._reddit_page import Said, read_page
from archiver.platforms._short import follow_link
from archiver.platforms.protocol import Lookup

NAME = "reddit"
_RESTRICTED = frozenset({Signal.PROTECTED, Signal.AGE_RESTRICTED, Signal.WITHHELD})
_ABSENCE = frozenset({Signal.DELETED, Signal.REMOVED, Signal.NOT_FOUND, Signal.ABSENT_UNEXPLAINED})


@dataclass(frozen=True, slots=True)
class Reddit:
    """Posts at ``https://www.reddit.com/r/SUB/comments/ID/`` and comments on them.

    ``recognise_any`` takes what is none of them.
    """

    recognise_any: Callable[[str], SourceRef]

    @property
    def name(self) -> str:
        """The word before the colon in a source's name."""
        return NAME

    def recognise(self, url: str) -> SourceRef | None:
        """Return the post or comment that ``url`` names, or None when it names none."""
        thing = read_thing_address(url)
        return SourceRef(NAME, thing.key, thing.url) if thing else None

    def posted_at(self, ref: SourceRef) -> datetime | None:
        """Return None: the ID is a number in a row, and holds no time."""
        return None

    def inquire(self, ref: SourceRef, shown: Reading | None = None) -> Inquiry:
        """Ask by two roads.

        1. Ask the interface, with the operator's token; without one this is refused unasked.
        2. When it does not serve the thing, have the page drawn. When nothing answers, ask the
           control address: is it them, or us?
        3. When only the page was heard and says that the thing is absent, ask oEmbed.
        """
        data = yield from _by_interface(ref)
        if data is not None and data.signal is Signal.PRESENT:
            return _reading(data, ref)
        page = yield from _by_page(ref)
        if isinstance(page, Reading):
            return _reading(data, ref) if data is not None else page
        if data is not None:
            return _of_both(data, page, ref)
        if page.signal not in _ABSENCE:
            return _reading(page, ref)
        return (yield from _with_oembed(page, ref))

    def look_up(self, found: FoundCitation) -> Lookup:
        """Expand a short link and recognise what it leads to."""
        return follow_link(found, self.recognise_any)


def _by_interface(ref: SourceRef) -> Generator[Question, Answer, Said | None]:
    found = yield from glance(info_of(ref.key))
    return read_info(found, ref.key) if found is not None else None


def _by_page(ref: SourceRef) -> Generator[Question, Answer, Said | Reading]:
    answer = yield Question(ref.url, ask=Ask.RENDER, accept="text/html")
    failed = yield from unanswered(answer, "Reddit's page")
    if failed is not None:
        no_host = failed.signal is Signal.NO_HOST
        return Reading(Signal.UNREACHABLE, failed.reason) if no_host else failed
    if is_unverified(answer):
        reason = "Reddit's page came under a bad certificate: a stranger stands in between."
        return Reading(Signal.WALL, reason)
    said = read_page(answer, ref.key)
    if answer.outcome is Outcome.TRUNCATED and said.signal is not Signal.PRESENT:
        return Reading(Signal.UNREADABLE, "Reddit's page broke off.")
    return said


def _of_both(data: Said, page: Said, ref: SourceRef) -> Reading:
    """Weigh the word of the interface, that the thing is absent, against the page."""
    both = Said(data.signal, f"{data.reason}; {page.reason}")
    if page.signal is data.signal:
        agree = data.signal is not Signal.ABSENT_UNEXPLAINED
        return _reading(both, ref, confirmed=agree)
    if page.signal is Signal.PRESENT:
        return _reading(Said(Signal.ABSENT_UNEXPLAINED, both.reason), ref)
    if data.signal is Signal.NOT_FOUND:
        # The interface leaves out what is in a private community, too.
        known = page.signal in _ABSENCE or page.signal in _RESTRICTED
        return _reading(Said(page.signal if known else data.signal, both.reason), ref)
    return _reading(both, ref)


def _with_oembed(page: Said, ref: SourceRef) -> Inquiry:
    """Ask the second voice. It serves the shell of what was deleted, so only its 404 tells."""
    query = urlencode({"url": ref.url})
    found = yield from glance(Question(f"https://www.reddit.com/oembed?{query}", accept=JSON))
    if found is not None and found.status == 404:
        agree = page.signal is not Signal.ABSENT_UNEXPLAINED
        said = Said(page.signal, f"{page.reason}; oEmbed knows no such address (404)")
        return _reading(said, ref, confirmed=agree)
    serves = found is not None and found.status == 200 and text(found.value, "html") is not None
    if serves and (page.signal is Signal.NOT_FOUND or page.is_gate):
        reason = f"{page.reason}; oEmbed serves it"
        return _reading(Said(Signal.ABSENT_UNEXPLAINED, reason), ref)
    return _reading(page, ref)


def _reading(said: Said, ref: SourceRef, *, confirmed: bool = False) -> Reading:
    return Reading(
        said.signal,
        f"{said.reason}.",
        confirmed=confirmed,
        url=ref.url if said.post is not None else None,
        post=said.post,
        media=media_urls(said.post) if said.post is not None else (),
        page_url=ref.url,
    )
