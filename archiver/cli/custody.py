"""``archiver custody [TARGET]``."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Annotated

import typer

from archiver.cli.documents import moment
from archiver.cli.options import Home, Json, command, with_archive
from archiver.cli.output import print_json, say, table
from archiver.model.custody import CustodyAct, CustodyEntry, withdrawn_by
from archiver.wiring import Acted, Archive


def custody(
    target: Annotated[
        str | None,
        typer.Argument(
            help="An article, a citation or a source; all of it without.", show_default=False
        ),
    ] = None,
    json: Json = False,
    home: Home = None,
) -> int:
    """Show who did what to evidence, and why: takedowns, holds, backups, restores."""

    async def work(archive: Archive) -> int:
        acts = await archive.custody(target)
        if json:
            print_json([act_document(one) for one in acts])
        else:
            show_acts(acts)
        return 0

    return with_archive(home, work)


def act_document(acted: Acted) -> dict[str, object]:
    """Return one act with the name of what it was done to."""
    return {"target": acted.target, **entry_document(acted.entry)}


def entry_document(entry: CustodyEntry) -> dict[str, object]:
    """Return one entry of the record."""
    return {
        "entry": entry.id,
        "act": entry.act.value,
        "at": moment(entry.at),
        "by": entry.by,
        "reason": entry.reason,
        "source": entry.source_id,
        "article": entry.article_id,
        "detail": dict(entry.detail),
    }


def custody_lines(entries: Sequence[CustodyEntry]) -> Iterator[str]:
    """Give what was done to one source or article, a sentence an act."""
    for one in entries:
        if one.act is CustodyAct.TAKEDOWN:
            yield f"{withdrawn_by(one)}, by {one.by}"
        elif one.act is not CustodyAct.REMOVED:
            what = f"{_words(one)} {one.id}" if one.act is CustodyAct.HOLD else _words(one)
            yield f"{what} on {one.at.date()} by {one.by} ({one.reason})"


def _words(entry: CustodyEntry) -> str:
    """Return what was done; of a release which hold it ended."""
    ended = entry.detail.get("hold") if entry.act is CustodyAct.RELEASE else None
    return entry.act.value if ended is None else f"{entry.act.value} of {ended}"


def show_acts(acts: Sequence[Acted]) -> None:
    """Print a line an act."""
    if not acts:
        say("nothing")
    table(
        ["at", "entry", "act", "of", "by", "reason"],
        [
            [
                moment(one.entry.at),
                one.entry.id,
                _words(one.entry),
                one.target or "everything",
                one.entry.by,
                one.entry.reason,
            ]
            for one in acts
        ],
    )


app = command(custody)
