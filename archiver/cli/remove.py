"""``archiver remove TARGET``."""

from __future__ import annotations

from typing import Annotated

import typer

from archiver.cli.options import Home, Json, command, with_archive
from archiver.cli.output import print_json, say
from archiver.wiring import Archive


def remove(
    target: Annotated[str, typer.Argument(help="An article or a source.")],
    json: Json = False,
    home: Home = None,
) -> int:
    """Stop following an article or a source; its evidence stays."""

    async def work(archive: Archive) -> int:
        removed = await archive.remove(target)
        if json:
            print_json({"removed": removed})
        else:
            say(f"removed {removed}; its captures and observations stay")
        return 0

    return with_archive(home, work)


app = command(remove)
