"""``archiver resolve CITATION [URL]``: find a citation's source again, or let a person name it."""

from __future__ import annotations

from typing import Annotated

import typer

from archiver.cli.documents import capture_document, citation_document
from archiver.cli.exits import UNTOLD, after_captures
from archiver.cli.options import Home, Json, command, with_archive
from archiver.cli.output import print_json, progress, say
from archiver.wiring import Archive


def resolve(
    citation: Annotated[str, typer.Argument(help="The citation's identifier.")],
    url: Annotated[
        str | None,
        typer.Argument(help="The address of its source; without it the roads are tried again."),
    ] = None,
    json: Json = False,
    home: Home = None,
) -> int:
    """Find the source of a citation again, or name it, and capture it."""

    async def work(archive: Archive) -> int:
        with progress("looking" if url is None else "capturing") as report:
            found, taken = await archive.resolve(citation, url, progress=report)
        name = taken[0].source.ref.name if taken else None
        captured = [capture_document(one) for one in archive.captured(taken)]
        if json:
            print_json({"citation": citation_document(found, name), "captures": captured})
        elif name is not None:
            road = found.road.value if found.road else "an earlier road"
            sure = f", {found.certainty.value}" if found.certainty else ""
            say(f"citation {found.id} is {name} (by {road}{sure})")
            say(found.resolution_note or "")
        else:
            say(f"citation {found.id} stays {found.resolution.value}: {found.resolution_note}")
            say(f"name its source with: archiver resolve {found.id} URL")
        return after_captures(taken) if taken else UNTOLD

    return with_archive(home, work, warm=url is not None)


app = command(resolve)
