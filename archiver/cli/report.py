"""``archiver report ARTICLE``: what is known, without looking again."""

from __future__ import annotations

import csv
import io
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from archiver.cli.documents import audit_document, citation_document
from archiver.cli.html import page
from archiver.cli.options import Home, command, with_archive
from archiver.cli.output import say
from archiver.flow.audit import Audit, Audited
from archiver.wiring import Archive


class Format(StrEnum):
    """What a report is written as."""

    HTML = "html"
    JSON = "json"
    CSV = "csv"


COLUMNS = (
    "citation",
    "kind",
    "source",
    "url",
    "words",
    "finding",
    "verdict",
    "content",
    "quote",
    "reason",
    "as_cited",
    "lag_days",
    "capture",
    "memento",
)


def report(
    article: Annotated[str, typer.Argument(help="An article's identifier or address.")],
    format: Annotated[Format, typer.Option(help="html, json or csv.")] = Format.HTML,  # noqa: A002
    output: Annotated[
        Path | None, typer.Option("--output", "-o", help="A file; standard output by default.")
    ] = None,
    home: Home = None,
) -> int:
    """Write what is known of an article's citations as HTML, JSON or CSV; looks at nothing."""

    async def work(archive: Archive) -> int:
        known = await archive.known(article)
        text = await _render(known, format, archive)
        if output is None:
            print(text, end="")
        else:
            output.write_text(text, encoding="utf-8", newline="")
            say(f"wrote {output}")
        return 0

    return with_archive(home, work)


async def _render(known: Audit, wanted: Format, archive: Archive) -> str:
    import json  # noqa: PLC0415 - the option of that name is not here

    if wanted is Format.JSON:
        document = {
            **audit_document(known, archive.path),
            "citations": [
                citation_document(one.citation, one.source.ref.name if one.source else None)
                for one in known.audited
                if one.citation
            ],
        }
        return json.dumps(document, ensure_ascii=False, indent=2) + "\n"
    if wanted is Format.CSV:
        return _csv(known)
    return page(known, archive)


def _csv(known: Audit) -> str:
    out = io.StringIO()
    writer = csv.writer(out, quoting=csv.QUOTE_ALL, lineterminator="\r\n")
    writer.writerow(COLUMNS)
    for one in known.audited:
        writer.writerow([_cell(value) for value in _row(one)])
    return out.getvalue()


def _row(one: Audited) -> list[object]:
    finding, citation = one.finding, one.citation
    lag = finding.as_cited.lag
    return [
        citation.id if citation else "",
        citation.found.kind.value if citation else "",
        one.source.ref.name if one.source else "",
        one.source.ref.url if one.source else "",
        citation.found.text if citation else "",
        finding.kind.value,
        finding.verdict.kind.value if finding.verdict else "",
        finding.content.value,
        finding.quote.value,
        finding.reason,
        finding.as_cited.kind.value,
        "" if lag is None else lag.days,
        one.latest.id if one.latest else "",
        one.memento.url if one.memento else "",
    ]


def _cell(value: object) -> str:
    """Return a cell that no spreadsheet runs as a formula.

    Source: OWASP, CSV Injection (read 2026-11); full-width forms are normalised by some programs.
    """
    text = "" if value is None else str(value)
    return (
        f"'{text}"
        if text.startswith(("=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠"))
        else text
    )


app = command(report)
