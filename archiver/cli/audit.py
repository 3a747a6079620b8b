"""``archiver audit TARGET``: does the source still say what the article says it says?"""

from __future__ import annotations

from typing import Annotated

import typer

from archiver.cli.documents import audit_document
from archiver.cli.durations import duration
from archiver.cli.exits import after_audit
from archiver.cli.options import Home, Json, command, with_archive
from archiver.cli.output import hang, print_json, progress, say
from archiver.cli.reports import wording
from archiver.cli.reports.details import details as details_of
from archiver.cli.reports.entry import Entry, Report
from archiver.cli.reports.wired import full_report, report_of
from archiver.wiring import Archive

HEAD = 12  # columns of the finding
LABEL = 15  # columns of a label below it; a digest of 64 stands beside it within 80
STYLES = {"old": "red strike", "new": "bold green", "": ""}


def audit(
    target: Annotated[str, typer.Argument(help="An article, a citation, a source or an address.")],
    recent: Annotated[
        str | None,
        typer.Option(
            help="Take a look not older than this (90s, 15m, 1h, 2d) instead of a new one."
        ),
    ] = None,
    details: Annotated[
        bool | None,
        typer.Option(
            "--details/--no-details",
            help="Sentences, links and headers that differ, and the proof of both sides; of one "
            "citation by default.",
            show_default=False,
        ),
    ] = None,
    json: Json = False,
    home: Home = None,
) -> int:
    """Look now and say whether the sources still say what was cited."""
    age = duration(recent) if recent is not None else None

    async def work(archive: Archive) -> int:
        with progress("looking") as report:
            result = await archive.audit(target, recent=age, progress=report)
        is_shown_whole = len(result.audited) == 1 if details is None else details
        if json:
            print_json(audit_document(await full_report(result, archive), archive.where))
        elif is_shown_whole:
            show(await full_report(result, archive), details=True)
        else:
            show(report_of(result))
        await archive.write_feeds()
        return after_audit(result)

    return with_archive(home, work)


def show(report: Report, *, details: bool = False) -> None:
    """Print one line a citation, its details where they are wanted, and how many of each."""
    for entry in report.entries:
        hang(wording.word(entry), [(wording.line(entry), "")], HEAD)
        if details:
            _show_details(entry)
    audit = report.audit
    for taken in audit.failed:
        say(f"{taken.source.ref.name} could not be looked at: {taken.error}")
    counts = ", ".join(f"{count} {kind.value}" for kind, count in report.counts.items())
    pointers = f"; {audit.pointers} pointers without an address" if audit.pointers else ""
    say(f"{counts or 'nothing'}{pointers}")
    if audit.lost and audit.article is not None:
        say(
            f"the newest version of the article cites nothing to look at; an older one had"
            f" {audit.lost} citations more: archiver show {audit.article.id}"
        )


def _show_details(entry: Entry) -> None:
    for line in details_of(entry):
        runs = [(run.text, STYLES[run.style]) for run in line.runs]
        hang(f"  {line.label}", runs, LABEL)
    say("")


app = command(audit)
