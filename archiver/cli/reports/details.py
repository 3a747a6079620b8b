"""All that is known of one citation, as labelled lines for a person."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from archiver.cli.reports import wording
from archiver.cli.reports.compared import MOST_SHOWN, Compared
from archiver.cli.reports.entry import Entry
from archiver.cli.reports.marks import Piece, pieces_of, pieces_of_diff
from archiver.flow.evidence import SideProof
from archiver.flow.sides import Side
from archiver.model.capture import Capture
from archiver.model.comparison import Change
from archiver.model.observation import Vantage
from archiver.model.verdict import AsCited, Finding, Quote

_TOLD = frozenset({"warc", "screenshot", "text", "post"})
"""Files whose digest (SHA-256) is told; the others are in the manifest."""
KEPT = 60  # characters shown on either side of a change; what is longer is collapsed


@dataclass(frozen=True, slots=True)
class Run:
    """Some words in a line; ``style`` is ``old``, ``new`` or empty."""

    text: str
    style: str = ""


@dataclass(frozen=True, slots=True)
class Line:
    """One line of details: a label, which may be empty, and its words."""

    label: str
    runs: tuple[Run, ...]

    @property
    def text(self) -> str:
        """The words without their styles."""
        return "".join(run.text for run in self.runs)


def details(entry: Entry) -> list[Line]:
    """Return the details of a citation, what matters most first."""
    one, finding = entry.one, entry.one.finding
    lines = [
        _line("since", wording.since(entry).removeprefix("since ")),
        *_about(entry),
        _line("why", f"{finding.reason} [{finding.rule}]"),
        _line("quoted", quoted(finding)),
        _line("words at", entry.words_at or ""),
        _line("content", content(finding)),
        *_sentences(entry),
        *_links(entry.compared),
        *_headers(entry.compared),
        *_side("as cited", one.sides.then, entry.proof.then, relied_on(finding.as_cited)),
        *_side("now", one.sides.now, entry.proof.now, ""),
    ]
    return [line for line in lines if line.text]


def quoted(finding: Finding) -> str:
    """Say how the quoted words fare, with the measures behind it."""
    parts = [finding.quote.value]
    if finding.material:
        parts.append("a number, negation, modal, name or attribution changed")
    elif finding.material is False and finding.quote is Quote.ALTERED:
        parts.append("nothing that changes its sense")
    if finding.similarity is not None:
        parts.append(f"similarity {finding.similarity:.2f}")
    return ", ".join(parts)


def content(finding: Finding) -> str:
    """Say how the content compares, with the measures behind it."""
    parts = [finding.content.value]
    if finding.cosine is not None:
        parts.append(f"cosine {finding.cosine:.2f}")
    if finding.containment is not None:
        parts.append(f"containment {finding.containment:.2f}")
    return ", ".join(parts)


def relied_on(pin: AsCited) -> str:
    """Say what the article relied on, and how far from the day it was cited that was seen."""
    parts = [pin.kind.value.replace("_", " ")]
    if pin.lag is not None and pin.lag.days:
        days = abs(pin.lag.days)
        unit = "day" if days == 1 else "days"
        parts.append(f"{days} {unit} {'after' if pin.lag.days > 0 else 'before'} it was cited")
    if pin.note:
        parts.append(f"accepted by a person: {pin.note}")
    return ", ".join(parts)


def artifact_lines(capture: Capture) -> list[tuple[str, str]]:
    """Return (kind, whole SHA-256 in hex) of each file of a capture."""
    return [(artifact.kind.value, artifact.sha256) for artifact in capture.artifacts]


def _line(label: str, text: str) -> Line:
    return Line(label, (Run(text),) if text else ())


def _about(entry: Entry) -> Iterator[Line]:
    citation, source = entry.one.citation, entry.one.source
    if citation is not None:
        found = citation.found
        yield _line("citation", f"{citation.id}, number {found.position}, {found.kind.value}")
        yield _line("printed", f"“{found.text}”" if found.text.strip() else "")
    if source is not None:
        yield _line("source", source.ref.name)
        yield _line("address", source.ref.url if source.ref.url not in source.ref.name else "")


def _sentences(entry: Entry) -> Iterator[Line]:
    quote_diff = entry.one.sides.quote_diff
    quote = wording.quote_pieces(entry)
    if quote:
        yield Line("the quote", _marked(quote))
    compared = entry.compared
    if not compared.changes:
        diff = entry.one.finding.diff
        if diff and diff != quote_diff:
            yield Line("text", _marked(pieces_of_diff(diff)))
        return
    for change in compared.changes[:MOST_SHOWN]:
        yield from _sentence(change)
    yield _line("", collapsed(compared))


def collapsed(compared: Compared) -> str:
    """Say what of the text is not shown."""
    parts = []
    rest = len(compared.changes) - MOST_SHOWN
    if rest > 0:
        parts.append(f"{rest} more changed sentences")
    if compared.moved:
        parts.append(f"{compared.moved} moved without a change")
    return f"not shown: {', '.join(parts)}" if parts else ""


def label_of(change: Change) -> str:
    """Name what a change is."""
    if change.before is None:
        return "added"
    return "removed" if change.after is None else "changed"


def _sentence(change: Change) -> Iterator[Line]:
    label = label_of(change)
    runs = _marked(pieces_of(change.before, change.after))
    kinds = ", ".join(kind.value for kind in change.material)
    yield Line(label, (*runs, Run(f" [{kinds}]")) if kinds else runs)


def _marked(pieces: Sequence[Piece]) -> tuple[Run, ...]:
    runs: list[Run] = []
    for number, piece in enumerate(pieces):
        if piece.is_same:
            is_end = (number == 0, number == len(pieces) - 1)
            runs.append(Run(_middle_left_out(piece.old, *is_end)))
            continue
        runs += [Run(f"[-{piece.old.strip()}-]", "old")] if piece.old.strip() else []
        runs += [Run(f"{{+{piece.new.strip()}+}}", "new")] if piece.new.strip() else []
        tail = piece.new or piece.old
        runs += [Run(" ")] if tail != tail.rstrip() else []
    return tuple(runs)


def _middle_left_out(text: str, is_first: bool, is_last: bool) -> str:
    """Collapse unchanged words that are far from any change."""
    if is_first and len(text) > KEPT:
        return f"… {text[-KEPT:].lstrip()}"
    if is_last and len(text) > KEPT:
        return f"{text[:KEPT].rstrip()} …"
    return text if len(text) <= 2 * KEPT else f"{text[:KEPT].rstrip()} … {text[-KEPT:].lstrip()}"


def _links(compared: Compared) -> Iterator[Line]:
    for label, links in (
        ("link lost", compared.links_lost),
        ("link new", compared.links_new),
    ):
        for link in links[:MOST_SHOWN]:
            yield _line(label, link)
        if len(links) > MOST_SHOWN:
            yield _line("", f"not shown: {len(links) - MOST_SHOWN} more")


def _headers(compared: Compared) -> Iterator[Line]:
    for change in compared.headers:
        before = change.before if change.before is not None else "(none)"
        after = change.after if change.after is not None else "(none)"
        yield _line("header", f"{change.name}: {before} → {after}")


def _side(label: str, side: Side | None, proof: SideProof, how: str) -> Iterator[Line]:
    if side is None:
        yield _line(label, how)
        return
    yield _line(label, ", ".join(part for part in (wording.minute(side.at), how) if part))
    yield from _proof(side)
    if side.capture is not None:
        for kind, digest in artifact_lines(side.capture):
            if kind in _TOLD:
                yield _line(f"  {kind}", digest)
    if proof.record is not None:
        yield _line("  record", proof.record.record_id)


def _proof(side: Side) -> Iterator[Line]:
    capture, look, memento = side.capture, side.observation, side.memento
    if memento is not None:
        yield _line("  copy", f"{memento.archive}: {memento.url}")
    if look is not None:
        yield _line("  look", f"{look.id}: {look.reading.reason}")
        yield _line("  seen by", vantage_of(look.vantage))
    if capture is not None:
        took = wording.minute(capture.started_at)
        stands = f"{capture.outcome.value}, {capture.gate.value}"
        yield _line("  capture", f"{capture.id} of {took}, {stands}")


def vantage_of(vantage: Vantage) -> str:
    """Say with what and as whom a look was made."""
    proxy = ", through a proxy" if vantage.proxy else ""
    return f"{vantage.software}, {vantage.locale}, {vantage.time_zone}{proxy}"
