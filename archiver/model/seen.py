"""One look as judging needs it: an observation without its texts and bytes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from archiver.model.inquiry import Ask, PageText, Wall
from archiver.model.observation import Observation
from archiver.model.signals import Signal


@dataclass(frozen=True, slots=True)
class Seen:
    """A digest of an observation, small enough to read a hundred thousand of them.

    ``asked`` is the address asked first, ``url`` where the thing was. ``roads`` are the roads by
    which anything was asked and answered; not the browser's, where a wall met it instead of what
    it was asked about. ``features`` are those of its page, packed, by the
    extractor they name; ``page`` is the text itself, where it is at hand. ``form`` is how the page
    was read: looks of another form have other fingerprints though nothing changed. ``others`` are
    form and features as other extractors read the page: looks of their time are compared by these.
    """

    id: str
    at: datetime
    signal: Signal
    reason: str = ""
    confirmed: bool = False
    asked: str | None = None
    url: str | None = None
    is_post: bool = False
    content_sha256: str | None = None
    fingerprint: str | None = None
    form: str | None = None
    roads: tuple[Ask, ...] = ()
    proxy: bool = False
    wall: Wall | None = None
    not_found: float | None = None
    registered_at: datetime | None = None
    features: str | None = None
    page: PageText | None = None
    others: tuple[tuple[str, str], ...] = ()

    @property
    def forms(self) -> frozenset[str | None]:
        """Every form in which the page was read."""
        return frozenset({self.form, *(form for form, _ in self.others)})

    @property
    def has_content(self) -> bool:
        """True when there is content to compare: a post, a page, or bytes."""
        has_page = self.features is not None or self.page is not None
        return self.is_post or has_page or self.content_sha256 is not None


def seen_of(observation: Observation) -> Seen:
    """Return the digest of an observation; its page stays at hand, its features are not made."""
    reading = observation.reading
    return Seen(
        id=observation.id,
        at=observation.at,
        signal=reading.signal,
        reason=reading.reason,
        confirmed=reading.confirmed,
        asked=observation.answers[0].url if observation.answers else None,
        url=reading.url,
        is_post=reading.post is not None,
        content_sha256=reading.content_sha256,
        fingerprint=reading.fingerprint,
        form=_form(reading.page),
        roads=_roads(observation),
        proxy=observation.vantage.proxy,
        wall=reading.wall,
        not_found=reading.not_found,
        registered_at=reading.registered_at,
        page=reading.page,
    )


def _roads(observation: Observation) -> tuple[Ask, ...]:
    roads = {one.ask for one in observation.answers if one.status is not None}
    if observation.reading.unheard:
        roads.discard(Ask.RENDER)
    return tuple(sorted(roads))


def _form(page: PageText | None) -> str | None:
    if page is None:
        return None
    return f"{'rendered' if page.rendered else 'raw'} {page.extractor}"
