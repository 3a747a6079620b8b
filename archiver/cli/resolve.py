"""``archiver resolve CITATION URL``: a person names a citation's source."""

from __future__ import annotations

from typing import Annotated

import typer

from archiver.cli.documents import capture_document, citation_document
from archiver.cli.exits import after_captures
from archiver.cli.options import Home, Json, command, with_archive
from archiver.cli.output import print_json, progress, say
from archiver.wiring import Archive


def resolve(
    citation: Annotated[str, typer.Argument(help="The citation's identifier.")],
    url: Annotated[str, typer.Argument(help="The address of its source.")],
    json: Json = False,
    home: Home = None,
) -> int:
    """Name the source of a citation that could not be found, and capture it."""

    async def work(archive: Archive) -> int:
        with progress("capturing") as report:
            named, taken = await archive.resolve(citation, url, progress=report)
        name = taken[0].source.ref.name
        captured = [capture_document(one) for one in archive.captured(taken)]
        if json:
            print_json({"citation": citation_document(named, name), "captures": captured})
        else:
            say(f"citation {named.id} is {name}")
        return after_captures(taken)

    return with_archive(home, work, warm=True)


app = command(resolve)
