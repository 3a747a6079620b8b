"""``archiver accept CITATION --note …``: a person has seen the change."""

from __future__ import annotations

from typing import Annotated

import typer

from archiver.cli.documents import as_cited_document
from archiver.cli.options import Home, Json, command, with_archive
from archiver.cli.output import print_json, say
from archiver.wiring import Archive


def accept(
    citation: Annotated[str, typer.Argument(help="The citation's identifier.")],
    note: Annotated[str, typer.Option(help="Why the citation stands; kept in the history.")],
    json: Json = False,
    home: Home = None,
) -> int:
    """Say that a change was seen and the citation stands: what is there now counts as cited."""

    async def work(archive: Archive) -> int:
        pinned = await archive.accept(citation, note)
        if json:
            print_json({"citation": citation, "as_cited": as_cited_document(pinned), "note": note})
        else:
            say(f"citation {citation} now rests on capture {pinned.capture_id}")
        return 0

    return with_archive(home, work)


app = command(accept)
