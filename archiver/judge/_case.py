"""What a row of the table of findings looks at, and how it says so: no more than looks prove."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import timedelta

from archiver.judge._parts import NOTHING_BESIDE, Parts
from archiver.judge._wording import on_day, span
from archiver.judge.pins import PROMPT
from archiver.judge.quotes import QuoteCheck
from archiver.model.comparison import Change, Comparison, Material
from archiver.model.memento import Memento
from archiver.model.verdict import AsCited, Content, FindingKind, Quote

ARCHIVES = {"wayback": "Wayback"}
"""Names of outside archives for a person, where they are not the names we use."""


@dataclass(frozen=True, slots=True)
class Case:
    """Everything a row of the table looks at."""

    as_cited: AsCited
    compared: Comparison
    check: QuoteCheck
    earlier: QuoteCheck
    """The same check on what is pinned: words that never stood there did not change."""
    copy: Memento | None = None
    """The outside archive's copy that is pinned, if it is one."""
    beside: Parts = NOTHING_BESIDE
    """What differs beside the words of a post; of an archived copy it is not told."""

    @property
    def content(self) -> Content:
        """How the content compares."""
        return self.compared.level


@dataclass(frozen=True, slots=True)
class Row:
    """What a row of the table says: kind, rule, and the reason in one sentence."""

    kind: FindingKind
    rule: str
    reason: str


def pinned(case: Case) -> str:
    """Name what is compared with, as the end of a sentence."""
    as_cited = case.as_cited
    if case.copy is not None and as_cited.note is None:
        title = ARCHIVES.get(case.copy.archive, case.copy.archive)
        return f"an outside archive's copy of {on_day(case.copy.at)} ({title})"
    if as_cited.at is None:
        return "the copy that the article relied on"
    if as_cited.note is not None:
        return f"what a person accepted on {on_day(as_cited.at)}"
    return f"our first look on {on_day(as_cited.at)}"


def since(case: Case, what: str) -> str:
    """Say since when it is known to be so: never more than our own looks can prove."""
    pin = case.as_cited
    what = what.capitalize()
    words = ""
    if case.check.quote is Quote.STANDS:
        words = "; still the words printed in the article"
    if case.check.is_amid_more:
        words = f"; {standing_words(case.check, 'stand in it')}"
    if pin.note is not None and pin.at is not None:
        return f"{what} since a person accepted it as it was on {on_day(pin.at)}{words}."
    if case.copy is not None:
        return f"{what} since {pinned(case)}{_aside(pin.lag)}{words}."
    if pin.lag is not None and pin.lag <= PROMPT:
        return f"{what} since it was cited{words}."
    if pin.lag is not None:
        return f"{what} since our first look, {span(pin.lag)} after it was cited{words}."
    when = f" on {on_day(pin.at)}" if pin.at is not None else ""
    return f"{what} since our first look{when}; the day it was cited is unknown{words}."


def _aside(lag: timedelta | None) -> str:
    """Say how far a copy is from the cited day, which it may be before."""
    if lag is None:
        return "; the day it was cited is unknown"
    if not lag:
        return ", the day it was cited"
    return f", {span(abs(lag))} {'after' if lag > timedelta() else 'before'} it was cited"


def standing_words(check: QuoteCheck, how: str) -> str:
    others = ", with other words round them" if check.is_amid_more else ""
    return f"the words printed in the article {how}{others}"


def sentences_changed(compared: Comparison) -> str:
    """Count the sentences that changed, and those that say something else, and by what."""
    count = len(compared.changes)
    what = "1 sentence" if count == 1 else f"{count} sentences" if count else "much of its text"
    said = [change for change in compared.changes if change.material]
    if not said:
        return what
    kinds = Counter(kind for change in said for kind in change.material)
    names = ", ".join(kind.value for kind in Material if kind in kinds)
    if count == 1:
        return f"{what}, in what it says ({names})"
    return f"{what}, {len(said)} of them in what they say ({names})"


def other_context(change: Change) -> str:
    """Say how the sentence round standing words changed."""
    names = ", ".join(kind.value for kind in change.material)
    return f"in a sentence that says something else of them ({names}): “{change.after}”"


def before_first_look(case: Case) -> str:
    """Say that words may have been changed before anybody looked; empty where they cannot have."""
    lag = case.as_cited.lag
    if lag is not None and lag <= PROMPT:
        return ""
    what = "It" if case.copy is not None else "Our first look"
    if lag is None:
        return " The day it was cited is unknown: they may also have been changed before that look."
    return f" {what} is of {span(lag)} after it was cited: they may also have been changed before."
