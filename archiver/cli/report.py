"""``archiver report ARTICLE``: what is known, without looking again."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from archiver.cli.documents import audit_document, citation_document
from archiver.cli.exits import after_audit
from archiver.cli.options import Home, command, with_archive
from archiver.cli.output import json_pieces, say, tell
from archiver.cli.repairs.written import repairs_of, write
from archiver.cli.reports.entry import Report
from archiver.cli.reports.junit import junit
from archiver.cli.reports.page import page
from archiver.cli.reports.pictures import SHOWN, found_here, pictures_of
from archiver.cli.reports.sarif import sarif
from archiver.cli.reports.sheet import sheet
from archiver.cli.reports.wired import TOOLS, full_report
from archiver.errors import InputError
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
    *,
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
    repair: Annotated[
        bool,
        typer.Option(
            "--repair",
            help="Write the article with static cards for dead embeds and robust links instead.",
        ),
    ] = False,
    copies: Annotated[
        str | None,
        typer.Option(
            help="With --repair: the address under which this archive's files are published."
        ),
    ] = None,
    home: Home = None,
) -> int:
    """Write what is known of an article's citations, in a format of choice; looks at nothing."""

    async def work(archive: Archive) -> int:
        known = await archive.known(article)
        whole = await full_report(known, archive)
        if repair:
            await _repair(whole, archive, copies, output)
        else:
            _put(await _written(whole, format, archive, file), output)
        return after_audit(known) if exit_code else 0

    if repair and format is not Format.HTML:
        raise InputError("a repair is HTML; leave --format out")
    if copies is not None and not copies.lower().startswith(("http://", "https://")):
        raise InputError(f"{copies} is no http(s) address")
    if copies is not None and not repair:
        raise InputError("--copies says where repairs lead; give --repair, too")
    if output is not None and not output.name:
        raise InputError(f"{output} is no file")
    return with_archive(home, work)


def _put(text: str, output: Path | None) -> None:
    if output is None:
        print(text, end="")
        return
    output.write_text(text, encoding="utf-8", newline="")
    say(f"wrote {output}")


async def _repair(whole: Report, archive: Archive, copies: str | None, output: Path | None) -> None:
    repairs = await repairs_of(whole, archive, copies)
    if output is None:
        print(repairs.patched.html if repairs.patched else repairs.fragments, end="")
    else:
        for path in write(repairs, output):
            say(f"wrote {path}")
    for note in repairs.notes:
        tell(note)


async def _written(known: Report, wanted: Format, archive: Archive, file: str | None) -> str:
    match wanted:
        case Format.JSON:
            return "".join(json_pieces(_document(known, archive))) + "\n"
        case Format.CSV:
            return sheet(known)
        case Format.JUNIT:
            return junit(known)
        case Format.SARIF:
            return sarif(known, file)
        case Format.HTML:
            find = await found_here(known.entries, SHOWN, archive)
            return page(known, pictures_of(known.entries, find, TOOLS.panel))


def _document(known: Report, archive: Archive) -> dict[str, object]:
    return {
        **audit_document(known, archive.where),
        "citations": [
            citation_document(one.citation, one.source.ref.name if one.source else None)
            for one in known.audit.audited
            if one.citation
        ],
    }


app = command(report)
