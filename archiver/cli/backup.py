"""``archiver backup DIR``."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from archiver.cli.documents import moment
from archiver.cli.exits import after_reading
from archiver.cli.options import Home, Json, command, with_archive
from archiver.cli.output import print_json, progress, say
from archiver.wiring import Archive


def backup(
    directory: Annotated[
        Path, typer.Argument(help="An empty directory, or one that holds earlier backups.")
    ],
    json: Json = False,
    home: Home = None,
) -> int:
    """Copy the database, every file it names, and archiver.toml; safe beside a running daemon.

    The next backup into the same directory copies only what is new.
    """
    directory = directory.absolute()

    async def work(archive: Archive) -> int:
        with progress("copying") as report:
            done = await archive.back_up(directory, progress=report)
        manifest = done.manifest
        if json:
            print_json(
                {
                    "directory": str(directory),
                    "made_at": moment(manifest.made_at),
                    "manifest_sha256": done.manifest_sha256,
                    "capture_files": manifest.captures.files,
                    "capture_bytes": manifest.captures.bytes,
                    "bodies": manifest.blobs.files,
                    "quarantined": len(manifest.quarantine),
                    "new_files": done.new_files,
                    "settings": manifest.settings is not None,
                    "damaged": [
                        {"of": one.of, "path": one.path, "trouble": one.trouble}
                        for one in manifest.damaged
                    ],
                }
            )
        else:
            say(
                f"backed up to {directory}: {manifest.captures.files} files of captures,"
                f" {manifest.blobs.files} bodies of answers; {done.new_files} of them new"
            )
            if manifest.settings is not None:
                say("archiver.toml is in it, with what secrets it holds")
            for one in manifest.damaged:
                say(f"damaged, and not in the backup: {one.of}: {one.path} {one.trouble}")
        return after_reading(len(manifest.damaged))

    return with_archive(home, work)


app = command(backup)
