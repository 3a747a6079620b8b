"""A report as CSV that no spreadsheet runs as a formula."""

from __future__ import annotations

import csv
import io
import re
from datetime import datetime

from archiver.cli.reports import wording
from archiver.cli.reports.entry import Entry, Report

COLUMNS = (
    "citation", "kind", "source", "url", "words", "finding", "headline", "verdict", "content",
    "quote", "material", "similarity", "reason", "rule", "since", "last_seen", "first_gone",
    "as_cited", "lag_days", "capture_as_cited", "warc_sha256_as_cited", "capture", "warc_sha256",
    "memento",
)  # fmt: skip

_RUN = ("=", "+", "-", "@", "＝", "＋", "－", "＠", "﹢", "﹣", "﹦", "﹫", "−", "|", "%")
"""First characters that some program takes for the beginning of a formula or a command.

Source: OWASP, CSV Injection (read 2026-11); small and full-width forms are normalised by some
programs; ``|`` and ``%`` begin the old DDE calls where a program strips what is before them.
"""
_SPLIT = re.compile(rf";(?=[\s\"']*[{re.escape(''.join(_RUN))}])")
"""Where a cell would begin for a program whose separator is the semicolon, as in much of Europe."""


def sheet(report: Report) -> str:
    """Return the CSV: a head, a row a citation, CR LF line ends, every cell in quotes."""
    out = io.StringIO()
    writer = csv.writer(out, quoting=csv.QUOTE_ALL, lineterminator="\r\n")
    writer.writerow(COLUMNS)
    for entry in report.entries:
        writer.writerow([cell(value) for value in _row(entry)])
    lost = report.audit.lost
    if lost:
        row = dict.fromkeys(COLUMNS, "")
        row |= {"finding": "lost", "reason": f"an older version cited {lost} more"}
        writer.writerow([cell(row[name]) for name in COLUMNS])
    return out.getvalue()


def cell(value: object) -> str:
    """Return a cell that no spreadsheet runs, in one line.

    Line ends and tabs become spaces: a program that splits rows at a line end within quotes would
    begin a new cell there, and white space before a sign is skipped by some. Quotes and commas are
    the writer's; a semicolon splits a row in some countries, quotes or not.
    """
    if isinstance(value, int):
        return str(value)  # "-3" days are a number, no formula
    text = "" if value is None else str(value)
    flat = "".join(" " if c.isspace() or not c.isprintable() else c for c in text).strip()
    flat = _SPLIT.sub(";'", flat)
    return f"'{flat}" if flat.lstrip("\"'").lstrip().startswith(_RUN) else flat


def _row(entry: Entry) -> tuple[object, ...]:
    one, finding, citation = entry.one, entry.one.finding, entry.one.citation
    lag, bracket = finding.as_cited.lag, entry.one.sides.bracket
    then, now = one.sides.then, one.sides.now
    cited = then.capture if then is not None else None
    latest = now.capture if now is not None else one.latest
    return (
        citation.id if citation else "",
        citation.found.kind.value if citation else "",
        one.source.ref.name if one.source else "",
        one.source.ref.url if one.source else "",
        citation.found.text if citation else "",
        finding.kind.value,
        wording.headline(entry),
        finding.verdict.kind.value if finding.verdict else "",
        finding.content.value,
        finding.quote.value,
        "" if finding.material is None else str(finding.material).lower(),
        "" if finding.similarity is None else f"{finding.similarity:.3f}",
        finding.reason,
        finding.rule,
        _moment(finding.verdict.since) if finding.verdict else "",
        _moment(bracket.before),
        _moment(bracket.after),
        finding.as_cited.kind.value,
        "" if lag is None else lag.days,
        cited.id if cited else "",
        wording.warc_sha256(cited) or "",
        latest.id if latest else "",
        wording.warc_sha256(latest) or "",
        one.memento.url if one.memento else "",
    )


def _moment(at: datetime | None) -> str:
    return at.isoformat().replace("+00:00", "Z") if at is not None else ""
