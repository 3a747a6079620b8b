"""``archiver ack EVENT|SOURCE|ARTICLE``: somebody took note; nobody is told it again."""

from __future__ import annotations

from typing import Annotated

import typer

from archiver.cli.exits import DONE
from archiver.cli.options import Home, Json, command, with_archive
from archiver.cli.output import print_json, say
from archiver.wiring import Archive
from archiver.wiring.person import who


def ack(
    name: Annotated[str, typer.Argument(help="An event, a source, a citation or an article.")],
    by: Annotated[
        str, typer.Option("--by", help="Who; the system user without it.", show_default=False)
    ] = "",
    json: Json = False,
    home: Home = None,
) -> int:
    """Say that news was noted: nobody is told it again. A target that was not yet is told once."""

    async def work(archive: Archive) -> int:
        person = who(by)
        done = await archive.telling.acknowledge(name, person, archive.outside)
        if json:
            print_json({"by": person, "events": done.events, "deliveries": done.deliveries})
        elif done.deliveries:
            say(f"noted by {person}: {done.events} events, {done.deliveries} deliveries")
        else:
            say("nothing of it waits to be told, or was told to anybody")
        return DONE

    return with_archive(home, work)


app = command(ack)
