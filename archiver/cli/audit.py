"""``archiver audit TARGET``: does the source still say what the article says it says?"""

from __future__ import annotations

from collections import Counter
from typing import Annotated

import typer

from archiver.cli.documents import audit_document
from archiver.cli.durations import duration
from archiver.cli.exits import after_audit
from archiver.cli.options import Home, Json, command, with_archive
from archiver.cli.output import plain, print_json, progress, say, table
from archiver.flow.audit import Audit
from archiver.wiring import Archive


def audit(
    target: Annotated[str, typer.Argument(help="An article, a citation, a source or an address.")],
    recent: Annotated[
        str | None,
        typer.Option(
            help="Take a look not older than this (90s, 15m, 1h, 2d) instead of a new one."
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
        if json:
            print_json(audit_document(result, archive.path))
        else:
            show(result)
        return after_audit(result)

    return with_archive(home, work)


def show(result: Audit) -> None:
    """Print the findings, the changed words, and how many of each."""
    table(
        ["citation", "source", "finding", "verdict", "why"],
        [
            [
                one.citation.id if one.citation else "",
                one.source.ref.name if one.source else "",
                one.finding.kind.value,
                one.finding.verdict.kind.value if one.finding.verdict else "",
                one.finding.reason,
            ]
            for one in result.audited
        ],
    )
    for one in result.audited:
        if one.finding.diff:
            say(f"{one.source.ref.name if one.source else ''}: {plain(one.finding.diff)}")
    for taken in result.failed:
        say(f"{taken.source.ref.name} could not be looked at: {taken.error}")
    kinds = Counter(one.finding.kind.value for one in result.audited)
    counts = ", ".join(f"{count} {kind}" for kind, count in sorted(kinds.items())) or "nothing"
    pointers = f"; {result.pointers} pointers without an address" if result.pointers else ""
    say(f"{counts}{pointers}")
    if result.lost and result.article is not None:
        say(
            f"the newest version of the article cites nothing to look at; an older one had"
            f" {result.lost} citations more: archiver show {result.article.id}"
        )


app = command(audit)
