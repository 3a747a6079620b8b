"""``archiver restore DIR``."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Annotated

import typer

from archiver.cli.documents import moment
from archiver.cli.exits import after_reading
from archiver.cli.logs import set_up
from archiver.cli.options import Home, Json, command
from archiver.cli.output import print_json, progress, say
from archiver.settings import load
from archiver.wiring import restore_backup


def restore(
    directory: Annotated[Path, typer.Argument(help="A directory that holds a backup.")],
    previous: Annotated[
        bool, typer.Option("--previous", help="Take the backup before the newest one.")
    ] = False,
    json: Json = False,
    home: Home = None,
) -> int:
    """Fill an empty home directory, and the database of its settings, from a backup.

    A restore that was interrupted goes on when it is run again. A backup directory keeps two:
    the newest, and the one before, unless something was taken down since. The backup's
    archiver.toml is put into the home as archiver.toml.restored, and is not in force.
    """
    settings = load(home)
    set_up(settings.log)
    with progress("restoring") as report:
        done = asyncio.run(restore_backup(directory, settings, previous=previous, progress=report))
    if json:
        print_json(
            {
                "home": str(settings.home),
                "made_at": moment(done.manifest.made_at),
                "files": done.files,
                "settings": str(done.settings) if done.settings is not None else None,
                "damaged": [
                    {"of": one.of, "path": one.path, "trouble": one.trouble} for one in done.damaged
                ],
            }
        )
    else:
        say(
            f"restored {done.files} files into {settings.home}, as they were on"
            f" {moment(done.manifest.made_at)}"
        )
        if done.settings is not None:
            say(
                f"{done.settings} holds the backup's settings and is not in force: see what"
                " database, files and notify.targets it names, then rename it to archiver.toml"
            )
        elif done.manifest.settings is None and not (settings.home / "archiver.toml").exists():
            say(
                f"there is no archiver.toml in the backup, and none in {settings.home}:"
                " defaults and environment are in force"
            )
        for one in done.damaged:
            say(f"not in the backup as it was kept: {one.of}: {one.path} {one.trouble}")
    return after_reading(len(done.damaged))


app = command(restore)
