"""``archiver resume TARGET``."""

from __future__ import annotations

from typing import Annotated

import typer

from archiver.cli.options import Home, Json, command, with_archive
from archiver.cli.output import print_json, say
from archiver.wiring import Archive


def resume(
    target: Annotated[str, typer.Argument(help="An article, a citation or a source.")],
    json: Json = False,
    home: Home = None,
) -> int:
    """Look again at what was paused, or set aside because workers died of it."""

    async def work(archive: Archive) -> int:
        names = await archive.pause(target, paused=False)
        pardoned = await archive.pardon(target)
        if json:
            print_json({"resumed": names, "pardoned": pardoned})
        else:
            say(f"resumed {len(names)} sources")
            for name in pardoned:
                say(f"{name} is out of quarantine; the next worker takes it")
        return 0

    return with_archive(home, work)


app = command(resume)
