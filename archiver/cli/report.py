"""``archiver report ARTICLE``: what is known, without looking again."""

from __future__ import annotations

import json
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from archiver.cli.documents import audit_document, citation_document
from archiver.cli.exits import after_audit
from archiver.cli.options import Home, command, with_archive
from archiver.cli.output import say
from archiver.cli.reports.entry import Report
from archiver.cli.reports.junit import junit
from archiver.cli.reports.page import page
from archiver.cli.reports.pictures import pictures_of
from archiver.cli.reports.sarif import sarif
from archiver.cli.reports.sheet import sheet
from archiver.cli.reports.wired import TOOLS, full_report
from archiver.wiring import Archive


class Format(StrEnum):
    """What a report is written as."""

    HTML = "html"
    JSON = "json"
    CSV = "csv"
    JUNIT = "junit"
    SARIF = "sarif"


def report(
    article: Annotated[str, typer.Argument(help="An article's identifier or address.")],
    format: Annotated[  # noqa: A002
        Format, typer.Option(help="html, json, csv, junit or sarif.")
    ] = Format.HTML,
    output: Annotated[
        Path | None, typer.Option("--output", "-o", help="A file; standard output by default.")
    ] = None,
    exit_code: Annotated[
        bool, typer.Option("--exit-code", help="Leave with the exit code of an audit, as a gate.")
    ] = False,
    file: Annotated[
        str | None,
        typer.Option(help="The article's path in its repository, as the place in SARIF."),
    ] = None,
    home: Home = None,
) -> int:
    """Write what is known of an article's citations, in a format of choice; looks at nothing."""

    async def work(archive: Archive) -> int:
        known = await archive.known(article)
        text = _written(await full_report(known, archive), format, archive, file)
        if output is None:
            print(text, end="")
        else:
            output.write_text(text, encoding="utf-8", newline="")
            say(f"wrote {output}")
        return after_audit(known) if exit_code else 0

    return with_archive(home, work)


def _written(known: Report, wanted: Format, archive: Archive, file: str | None) -> str:
    match wanted:
        case Format.JSON:
            return json.dumps(_document(known, archive), ensure_ascii=False, indent=2) + "\n"
        case Format.CSV:
            return sheet(known)
        case Format.JUNIT:
            return junit(known)
        case Format.SARIF:
            return sarif(known, file)
        case Format.HTML:
            return page(known, pictures_of(known.entries, archive.path, TOOLS.panel))


def _document(known: Report, archive: Archive) -> dict[str, object]:
    return {
        **audit_document(known, archive.path),
        "citations": [
            citation_document(one.citation, one.source.ref.name if one.source else None)
            for one in known.audit.audited
            if one.citation
        ],
    }


app = command(report)
