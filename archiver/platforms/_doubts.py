"""What more is asked when a page came that is doubtful: our own network, its name, its sibling.

A page that came whole, over TLS, and is what it was, is asked nothing more about.
"""

from __future__ import annotations

from collections.abc import Callable, Generator
from dataclasses import dataclass, replace
from itertools import pairwise
from urllib.parse import urlsplit

from archiver.model.inquiry import Answer, Ask, Outcome, PageText, Question, Reading, Wall
from archiver.model.signals import Signal
from archiver.platforms._alike import SAME_PAGE, likeness
from archiver.platforms._dns import parking_service, read_presence
from archiver.platforms._questions import is_online, is_unverified
from archiver.platforms._registry import registered_at
from archiver.platforms._sibling import place_of
from archiver.platforms._titles import is_not_found_title

# Thresholds of likeness. The rule of the probe is that of Bar-Yossef et al. (WWW 2004), with the
# text as it was before beside it, so that pages which are alike everywhere never count by that.
UNLIKE = 0.5  # to what was shown before: below it, the page may stand in for what was there
_ALIKE = 0.8  # to the made-up address: what is served is served for anything
_FURTHER = 0.3  # and so much less like what was shown before than like the made-up address
READS_NOT_FOUND = 0.5  # from here on a page reads like "not found" to some degree
_SURE = 0.9  # up to here it is a measure's word alone; above, the page itself says so plainly
_FEW = 200  # letters; a page of fewer may be a wall that nobody knows yet, served for anything

_MOST_BYTES = 4 * 2**20  # of the made-up address; pages that say "not found" are small

# Signals with which something was served that may not be what was asked for.
_ABSENT = frozenset({Signal.NOT_FOUND, Signal.GONE, Signal.SOFT_404, Signal.PARKED})
# Signals that rest on nobody's word but our own.
_OURS = frozenset({Signal.REFUSED, Signal.OFFLINE})

Doubting = Generator[Question, Answer, Reading]


@dataclass(frozen=True, slots=True)
class Reads:
    """How pages are asked for, and how an answer is read as one to the address given."""

    answer: Callable[[Answer, str], Reading]
    accept: str


@dataclass(frozen=True, slots=True)
class Seen:
    """What came for an address: the answer by HTTP, what was read of it or of its rendering.

    ``shown`` is the text of what was shown last, where it can be compared with what came now.
    """

    asked: str
    answer: Answer
    reading: Reading
    shown: PageText | None

    @classmethod
    def of(cls, asked: str, answer: Answer, reading: Reading, shown: Reading | None) -> Seen:
        """Put together what is known: raw HTML is compared with raw HTML alone."""
        page, before = reading.page, shown.page if shown is not None else None
        is_comparable = page is not None and before is not None and page.rendered == before.rendered
        return cls(asked, answer, reading, before if is_comparable else None)

    @property
    def page(self) -> PageText | None:
        """The text that came."""
        return self.reading.page

    @property
    def likeness_to_shown(self) -> float | None:
        """How like it is to what was shown before, or None when there is nothing to compare."""
        if self.page is None or self.shown is None:
            return None
        if self.page.visible == self.shown.visible:
            return 1.0
        return likeness(self.page.visible, self.shown.visible)

    @property
    def is_open(self) -> bool:
        """Whether anybody in between could have written it."""
        return is_unverified(self.answer) or _was_open(self.answer)

    @property
    def was_led_away(self) -> bool:
        """Whether it was redirected to another host, as portals do with everybody."""
        return _host(self.answer.url) != _host(self.asked)

    @property
    def reads_not_found(self) -> bool:
        """Whether its words say "not found" to some degree."""
        return (self.reading.not_found or 0) >= READS_NOT_FOUND

    @property
    def was_sent_off(self) -> bool:
        """Whether it was redirected away from where it stood."""
        return _bare(self.answer.url) != _bare(self.asked)


def settle(
    asked: str, answer: Answer, reading: Reading, shown: Reading | None, reads: Reads
) -> Doubting:
    """Ask what must be asked to know what a reading is worth, and return the settled reading.

    1. A bad answer that a stranger could have written, or a filter's, or one of another host's in
       the place of what was there: does our own network work?
    2. A parked page, or another than before: to whom is its name handed, and since when?
    3. A page that reads like "not found", is another than before, or came by a redirect that led
       up: what does the site answer where there is nothing?
    """
    if reading.signal in _OURS:
        return reading
    seen = Seen.of(asked, answer, reading, shown)
    like = seen.likeness_to_shown
    is_replaced = reading.signal is Signal.PRESENT and like is not None and like < UNLIKE
    is_bad = reading.signal is not Signal.PRESENT or is_replaced
    is_doubtful = is_bad or (seen.was_led_away and (like is None or like < UNLIKE))
    may_be_ours = reading.wall is Wall.LOCAL or (is_doubtful and seen.is_open)
    if may_be_ours and (yield from is_online()) is False:
        return _offline(seen)
    if reading.signal is Signal.PARKED or is_replaced:
        named, is_settled = yield from _by_name(seen)
        if is_settled:
            return named
        seen = replace(seen, reading=named)
    elif shown is not None and like is not None and like >= UNLIKE:
        # The registry was asked when this page was first shown in another's place, if it ever was.
        seen = replace(seen, reading=replace(reading, registered_at=shown.registered_at))
    if _wants_sibling(seen, is_replaced=is_replaced):
        return (yield from _probe(seen, like, reads))
    return seen.reading


def _offline(seen: Seen) -> Reading:
    return Reading(
        Signal.OFFLINE,
        f"{seen.asked} answered, but our own network does not work: the control address, which"
        " nobody in between can speak for, did not answer as it is known to.",
        wall=Wall.LOCAL,
        page_url=seen.asked,
    )


def _was_open(answer: Answer) -> bool:
    """Tell whether the answer, or the redirect that led away to it, came without TLS."""
    if not answer.url.lower().startswith("https:"):
        return True
    steps = pairwise(hop.url for hop in answer.hops)
    return any(one.lower().startswith("http:") and _host(one) != _host(two) for one, two in steps)


def _by_name(seen: Seen) -> Generator[Question, Answer, tuple[Reading, bool]]:
    """Ask to whom the name is handed, and since when it is registered.

    Returns the reading with what came of it, and whether that settles it.
    """
    told = yield Question(seen.asked, ask=Ask.DNS)
    named = _by_records(seen, told)
    if named is not None and named.wall is Wall.LOCAL:
        return named, True
    registry = yield Question(seen.asked, ask=Ask.REGISTRY)
    at = registered_at(registry)
    return replace(named or seen.reading, registered_at=at), named is not None


def _by_records(seen: Seen, told: Answer) -> Reading | None:
    """Return what the name's records make of the reading; None when they say nothing."""
    against = read_presence(told) if seen.is_open else None
    if against is not None:
        return replace(against, page_url=seen.asked)
    service = parking_service(told)
    if service is None:
        return seen.reading if seen.reading.signal is Signal.PARKED else None
    named = f"its name is handed to a parking service ({service})"
    if seen.reading.signal is Signal.PARKED:
        return replace(seen.reading, confirmed=True, reason=f"{_open_end(seen)}, and {named}.")
    return replace(
        seen.reading,
        signal=Signal.PARKED,
        reason=f"{_open_end(seen)}, but is another page than before, and {named}.",
        confirmed=False,
    )


def _wants_sibling(seen: Seen, *, is_replaced: bool) -> bool:
    if place_of(seen.asked) is None:
        return False
    if seen.reading.signal is Signal.SOFT_404:
        return True
    is_doubtful = is_replaced or seen.reads_not_found or _was_sent_up(seen)
    return seen.reading.signal is Signal.PRESENT and is_doubtful


def _was_sent_up(seen: Seen) -> bool:
    """Tell whether it was redirected to a place less deep: a root, a section, a page for errors."""
    asked, final = (urlsplit(url).path.strip("/") for url in (seen.asked, seen.answer.url))
    is_less_deep = not final or final.count("/") < asked.count("/")
    return seen.was_sent_off and bool(asked) and is_less_deep


def _probe(seen: Seen, like: float | None, reads: Reads) -> Doubting:
    """Ask for the sibling and read it as the page itself was read."""
    other = yield Question(seen.asked, ask=Ask.SIBLING, accept=reads.accept, max_bytes=_MOST_BYTES)
    if other.outcome is not Outcome.ANSWERED or is_unverified(other):
        return seen.reading
    made_up = other.hops[0].url if other.hops else other.url
    theirs = reads.answer(other, made_up)
    if theirs.signal in (Signal.NOT_FOUND, Signal.GONE) and other.status in (404, 410):
        return _where_absence_is_told(seen, like, other.status)
    if theirs.signal not in (Signal.PRESENT, Signal.SOFT_404, Signal.PARKED):
        return seen.reading  # a wall, an error: nothing of what the site does with names
    if _ends_alike(seen, other) and (like is None or like < UNLIKE):
        reason = f"{_open_end(seen)}, and a made-up address beside it leads to the same place."
        return replace(seen.reading, signal=Signal.SOFT_404, reason=reason, confirmed=True)
    return seen.reading if theirs.page is None else _beside(seen, like, theirs.page)


def _where_absence_is_told(seen: Seen, like: float | None, status: int) -> Reading:
    """Take words that a model alone read as "not found" for a page after all.

    Where the site answers 404 to a name it does not have, it had the choice to do so here.
    """
    title = seen.page.title if seen.page is not None else None
    by_words_alone = (
        seen.reading.signal is Signal.SOFT_404
        and seen.reading.not_found is not None
        and seen.reading.not_found < _SURE
        and not is_not_found_title(title)
        and not seen.was_sent_off
    )
    if not by_words_alone or (like is not None and like < UNLIKE):
        return seen.reading
    reason = (
        f"{seen.asked} is served (HTTP {seen.answer.status}) and reads a little like “not found”,"
        f" but a made-up address beside it answers HTTP {status}: the site tells what is absent."
    )
    return replace(seen.reading, signal=Signal.PRESENT, reason=reason, confirmed=False)


def _beside(seen: Seen, like: float | None, other: PageText) -> Reading:
    """Compare with what a made-up address shows: raw HTML with raw HTML only."""
    page, found = seen.page, seen.reading
    if page is None or page.rendered or other.rendered:
        return found
    says_it = found.signal is Signal.SOFT_404 or seen.reads_not_found
    if not says_it and sum(map(str.isalnum, page.visible)) < _FEW:
        return found
    alike = likeness(page.visible, other.visible)
    if alike < _ALIKE or (like is not None and alike - like < _FURTHER):
        return found
    reason = f"{_open_end(seen)}, and a made-up address beside it shows the same words"
    if like is not None:
        reason = f"{reason}, unlike what was there before"
        return replace(found, signal=Signal.SOFT_404, reason=f"{reason}.", confirmed=True)
    if not says_it:
        return found
    is_twice_said = found.signal is Signal.SOFT_404
    return replace(found, signal=Signal.SOFT_404, reason=f"{reason}.", confirmed=is_twice_said)


def _ends_alike(seen: Seen, other: Answer) -> bool:
    return seen.was_sent_off and _bare(other.url) == _bare(seen.answer.url)


def merge(asked: str, reading: Reading, second: Reading) -> Reading:
    """Return what two opinions of an absence come to: a first one, and what the browser saw.

    Only the thing itself, shown by the browser, unsays an absence.
    """
    if second.signal in _ABSENT:
        return _twice(reading, second.signal.value.replace("_", " "))
    if second.signal is not Signal.PRESENT or second.wall is not None:
        return replace(reading, unheard=True)
    if (second.not_found or 0) >= READS_NOT_FOUND:
        return _twice(reading, "a page that reads like “not found”")
    if reading.signal is Signal.SOFT_404 and _is_same(asked, reading, second):
        return _twice(reading, "the same page")
    reason = f"The browser shows {asked}, though by HTTP: {reading.reason.rstrip('.')}."
    return replace(second, reason=reason, registered_at=reading.registered_at)


def _twice(reading: Reading, what: str) -> Reading:
    return replace(reading, reason=f"{reading.reason.rstrip('.')}; the browser was shown {what}.")


def _is_same(asked: str, reading: Reading, second: Reading) -> bool:
    """Tell whether the browser was shown what was taken for an absence already."""
    if reading.url is not None and second.url is not None:
        was_sent_off = _bare(reading.url) != _bare(asked)
        if was_sent_off and _bare(reading.url) == _bare(second.url):
            return True
    if reading.page is None or second.page is None:
        return False
    return likeness(reading.page.visible, second.page.visible) >= SAME_PAGE


def _bare(url: str) -> str:
    """Return host, path and query: what tells two places apart, however they were asked."""
    parts = urlsplit(url)
    return f"{_host(url)}{parts.path.rstrip('/')}?{parts.query}"


def _host(url: str) -> str:
    return urlsplit(url).netloc.lower().removeprefix("www.")


def _open_end(seen: Seen) -> str:
    return seen.reading.reason.rstrip(".")
