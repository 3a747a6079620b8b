"""A finding in the words of an editor: what happened, since when, on what evidence."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from archiver.cli.reports.entry import Entry
from archiver.cli.reports.marks import Piece, changed, pieces_of, pieces_of_diff
from archiver.flow.sides import Bracket, Side
from archiver.model.capture import ArtifactKind, Capture
from archiver.model.inquiry import Wall
from archiver.model.signals import Signal
from archiver.model.verdict import Content, FindingKind, Quote, VerdictKind

PAIRS = 2  # changed words named in a headline
LONGEST = 40  # characters of one of them
HASH = 12  # hex digits of a digest in a line; the whole one is in the details

GONE = {
    Signal.DELETED: "deleted by its author{when}",
    Signal.ACCOUNT_GONE: "gone{when}: its author's account does not exist any more",
    Signal.SUSPENDED: "gone{when}: its author's account was suspended",
    Signal.REMOVED: "taken down by its platform{when}",
    Signal.NOT_FOUND: "gone{when}: its address is not found any more (404)",
    Signal.GONE: "gone{when}: its site says that it is gone for good (410)",
    Signal.SOFT_404: "gone{when}: its address shows a page that says there is nothing",
    Signal.PARKED: "gone{when}: its domain is parked or for sale",
    Signal.NO_HOST: "gone{when}: its host does not exist any more",
    Signal.ABSENT_UNEXPLAINED: "gone{when}: its platform shows it no more and says no reason",
}
RESTRICTED = {
    Signal.PROTECTED: "its owner limited who may see it{when}",
    Signal.AGE_RESTRICTED: "closed{when} to visitors who are not logged in or of age",
    Signal.WITHHELD: "withheld from where we ask{when}",
}
WALLS = {
    Wall.CHALLENGE: "blocked by a challenge",
    Wall.FORBIDDEN: "refused to us without a reason",
    Wall.LOGIN: "behind a log-in",
    Wall.PAYWALL: "behind a pay wall",
    Wall.CONSENT: "behind a consent wall",
    Wall.RATE_LIMIT: "asked too often; to be asked again later",
    Wall.LEGAL: "withheld from where we ask",
    Wall.ROBOTS: "not asked, as its robots.txt wants it",
    Wall.LOCAL: "not asked: our own network is at fault",
}

BY_RULE = {
    "words_added": "words were added round the quoted ones",
    "words_in_other_context": "the quoted words stand, but what is said of them changed",
}
"""What changed, where the rule says it better than content and quote do."""

SAID_BY_RULE = frozenset({"hijacked_repeated"})
"""Rules of an absence that say more than its cause: the page itself does not look absent."""


def day(at: datetime) -> str:
    """Return ``3 March 2026``."""
    return f"{at.day} {at:%B} {at.year}"


def minute(at: datetime | None) -> str:
    """Return ``3 March 2026, 09:30 UTC``."""
    return f"{day(at)}, {at:%H:%M} UTC" if at is not None else ""


def word(entry: Entry) -> str:
    """Return the finding as one word in capitals."""
    return entry.one.finding.kind.value.upper()


def headline(entry: Entry) -> str:
    """Say in one clause, without a full stop, what happened to the source of a citation."""
    match entry.one.finding.kind:
        case FindingKind.CHANGED:
            return _changed(entry)
        case FindingKind.GONE:
            return _absent(entry, GONE)
        case FindingKind.RESTRICTED:
            return _absent(entry, RESTRICTED)
        case FindingKind.UNKNOWN:
            return _unknown(entry)
        case FindingKind.INTACT | FindingKind.SUSPECT:
            return _clause(entry.one.finding.reason)


def since(entry: Entry) -> str:
    """Say since when, where the headline does not say it already; else an empty text."""
    bracket, kind = entry.one.sides.bracket, entry.one.finding.kind
    if kind is FindingKind.SUSPECT and bracket.after is not None:
        return f"since {day(bracket.after)}"
    if kind is not FindingKind.CHANGED or bracket.after is None:
        return ""
    if bracket.before is None:
        return ""
    when = day if bracket.before.date() != bracket.after.date() else minute
    return f"since {when(bracket.after)} (last seen unchanged {when(bracket.before)})"


def evidence(entry: Entry) -> str:
    """Name the proof of both sides, as cited / now; an empty text where there is none."""
    sides = entry.one.sides
    if sides.then is None and sides.now is None:
        return ""
    return f"evidence {_proof(sides.then) or 'the printed words'} / {_proof(sides.now) or 'none'}"


def warc_sha256(capture: Capture | None) -> str | None:
    """Return the digest of a capture's WARC file, in hex."""
    warc = capture.artifact(ArtifactKind.WARC) if capture is not None else None
    return warc.sha256 if warc is not None else None


def line(entry: Entry) -> str:
    """Return all that one line of an audit says behind its finding."""
    one = entry.one
    parts = [headline(entry), since(entry), one.source.ref.name if one.source else ""]
    if one.finding.kind is not FindingKind.INTACT:
        parts.append(f"citation {one.citation.id}" if one.citation else "")
        parts.append(evidence(entry))
    return " · ".join(part for part in parts if part)


def pairs(entry: Entry) -> list[Piece]:
    """Return the words that changed, those of the printed words before all others."""
    finding, sides = entry.one.finding, entry.one.sides
    if sides.quote_diff is not None:
        return changed(pieces_of_diff(sides.quote_diff))
    told = [change for change in entry.compared.changes if change.material]
    if told or entry.compared.changes:
        shown = told or entry.compared.changes
        return [piece for one in shown for piece in changed(pieces_of(one.before, one.after))]
    return changed(pieces_of_diff(finding.diff)) if finding.diff else []


def quote_pieces(entry: Entry) -> tuple[Piece, ...]:
    """Return the printed words with what changed in them; none when a sentence shows it already."""
    diff = entry.one.sides.quote_diff
    if diff is None:
        return ()
    pieces = pieces_of_diff(diff)
    wanted = {(one.old.casefold(), one.new.casefold()) for one in changed(pieces)}
    told = {
        (one.old.casefold(), one.new.casefold())
        for change in entry.compared.changes
        for one in changed(pieces_of(change.before, change.after))
    }
    return () if wanted <= told else pieces


def said(piece: Piece) -> str:
    """Say what became of some words: ``12 → 21``, or that they were taken out or put in."""
    old, new = _short(piece.old), _short(piece.new)
    if old and new:
        return f"{old} → {new}"
    return f"“{old}” taken out" if old else f"“{new}” put in"


def _changed(entry: Entry) -> str:
    what = _what_changed(entry)
    found = pairs(entry)
    if entry.one.finding.content is Content.REPLACED or not found:
        return what
    named = ", ".join(said(piece) for piece in found[:PAIRS])
    rest = len(found) - PAIRS
    return f"{what}: {named}" + (f" and {rest} more" if rest > 0 else "")


def _what_changed(entry: Entry) -> str:
    finding = entry.one.finding
    thing = _thing(entry)
    if finding.content is Content.REPLACED:
        return "replaced: another page stands at its address"
    if finding.rule.endswith("_before_first_look"):
        how = "read differently" if finding.quote is Quote.ALTERED else "are not there"
        return f"the quoted words {how}, and did so at our first look already"
    if finding.quote is Quote.ALTERED:
        edited = ", edited by its author" if finding.content is Content.EDITED else ""
        return f"the quoted words changed{edited}"
    if finding.quote is Quote.MISSING:
        return "the quoted words are not there any more"
    if finding.content is Content.EDITED:
        return f"{thing} was edited by its author"
    return BY_RULE.get(finding.rule, f"{thing} changed")


def _thing(entry: Entry) -> str:
    source = entry.one.source
    return "the page" if source is None or source.ref.platform == "web" else "the post"


def _absent(entry: Entry, causes: dict[Signal, str]) -> str:
    finding = entry.one.finding
    cause = finding.verdict.cause if finding.verdict is not None else None
    what = next((words for signal, words in causes.items() if signal.value == cause), None)
    if what is None or finding.rule in SAID_BY_RULE:
        return _clause(finding.reason)
    return what.replace("{when}", _when(entry.one.sides.bracket))


def _when(bracket: Bracket) -> str:
    before, after = bracket.before, bracket.after
    if after is None:
        return ""
    if before is None:
        return f", first seen so on {day(after)}"
    if before.date() == after.date():
        return f" on {day(after)} between {before:%H:%M} and {after:%H:%M} UTC"
    return f" between {day(before)} and {day(after)}"


def _unknown(entry: Entry) -> str:
    one = entry.one
    wall = one.finding.verdict.wall if one.finding.verdict is not None else None
    verdict = one.finding.verdict.kind if one.finding.verdict is not None else None
    reading = one.sides.now.reading if one.sides.now is not None else None
    if wall is None and verdict is VerdictKind.UNKNOWN and reading is not None:
        wall = reading.wall
    what = next((words for kind, words in WALLS.items() if kind.value == wall), None)
    if what is None:
        return _clause(one.finding.reason)
    last = one.sides.last_present
    known = f"present on {day(last)}" if last is not None else "nothing"
    return f"{what}; last known: {known}"


def _clause(reason: str) -> str:
    text = reason.strip().removesuffix(".")
    return text[:1].lower() + text[1:] if text[1:2].islower() else text


def _proof(side: Side | None) -> str:
    if side is None:
        return ""
    if side.memento is not None:
        return side.memento.url
    if side.capture is not None:
        digest = warc_sha256(side.capture)
        return f"{side.capture.id} ({digest[:HASH]})" if digest else side.capture.id
    return f"look {side.observation.id}" if side.observation is not None else ""


def _short(words: str) -> str:
    flat = " ".join(words.split())
    return flat if len(flat) <= LONGEST else f"{flat[: LONGEST - 1]}…"


def total(entries: Sequence[Entry]) -> str:
    """Say in one sentence how an article's citations stand."""
    kinds = [entry.one.finding.kind for entry in entries]
    bad = sum(
        kind in (FindingKind.GONE, FindingKind.CHANGED, FindingKind.RESTRICTED) for kind in kinds
    )
    untold = sum(kind in (FindingKind.SUSPECT, FindingKind.UNKNOWN) for kind in kinds)
    if not kinds:
        return "It cites nothing to look at."
    if not bad and not untold:
        return (
            f"All {len(kinds)} citations stand." if len(kinds) > 1 else "Its one citation stands."
        )
    told = f"{bad} of {len(kinds)} citations no longer show what the article relied on"
    return f"{told}, and {untold} could not be told." if untold else f"{told}."
