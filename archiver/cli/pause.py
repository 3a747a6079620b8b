"""``archiver pause TARGET``."""

from __future__ import annotations

from typing import Annotated

import typer

from archiver.cli.options import Home, Json, command, with_archive
from archiver.cli.output import print_json, say
from archiver.wiring import Archive


def pause(
    target: Annotated[str, typer.Argument(help="An article, a citation or a source.")],
    json: Json = False,
    home: Home = None,
) -> int:
    """Stop looking at an article's, citation's or source's sources by itself."""

    async def work(archive: Archive) -> int:
        names = await archive.pause(target, paused=True)
        if json:
            print_json({"paused": names})
        else:
            say(f"paused {len(names)} sources")
        return 0

    return with_archive(home, work)


app = command(pause)
