"""Builds looks by day for the tests of judging."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime

from archiver.judge.pins import choose_as_cited, first_capture
from archiver.model.capture import Capture
from archiver.model.citation import Citation
from archiver.model.inquiry import Ask, PageText, Reading
from archiver.model.memento import Memento
from archiver.model.observation import Observation
from archiver.model.seen import seen_of
from archiver.model.signals import Signal
from archiver.model.verdict import AsCited
from tests.build import NOW, days, kept_answer, observation

URL = "https://news.example/2020/01/08/tower"
STORY = (
    "The tower at the northern end of the harbour was struck early on Wednesday. "
    "The keeper had seen twelve ships leave before midnight, and none of them came back. "
    "The ministry did not answer questions until late in the afternoon."
)
OTHER = (
    "Buy cheap watches online today. Free delivery for all new customers, no questions asked. "
    "Our best offers end soon, so hurry and order your favourite brand now."
)


def on(day: float) -> datetime:
    return NOW + days(day)


def text(words: str = STORY, *, rendered: bool = False) -> PageText:
    return PageText("The tower", words, words, "en", rendered)


def look(day: float, signal: Signal, *, confirmed: bool = True, **reading: object) -> Observation:
    """Return a look of that day; its ID is the day and the signal, to read in ``rests_on``."""
    made = Reading(signal, f"It is {signal}.", confirmed=confirmed, **reading)  # type: ignore[arg-type]
    at = on(day)
    return observation(
        "s1", at, id=f"{day}-{signal}", reading=made, answers=(kept_answer(at, url=URL),)
    )


def served(
    day: float, url: str = URL, words: str = STORY, *, rendered: bool = False
) -> Observation:
    return look(day, Signal.PRESENT, url=url, page=text(words, rendered=rendered))


def moved_file(day: float, url: str, digest: str) -> Observation:
    return look(day, Signal.PRESENT, url=url, content_sha256=digest)


def by_browser(seen: Observation) -> Observation:
    """Return the look with a second opinion: the browser was asked, too."""
    return replace(seen, answers=(*seen.answers, kept_answer(seen.at, url=URL, ask=Ask.RENDER)))


def chosen_of(
    citation: Citation,
    captures: Sequence[Capture],
    looks: Sequence[Observation],
    day: date | None,
    mementos: Sequence[Memento] = (),
) -> AsCited:
    """Choose what stands for the source as cited, from looks at hand."""
    own = first_capture(captures, [seen_of(one) for one in looks], day)
    ours = next((one.reading for one in looks if own and one.id == own.observation_id), None)
    return choose_as_cited(citation, own, ours, day, mementos)
