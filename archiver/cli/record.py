"""``archiver record URL``: write down what a source's platform is answered, for tests."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer

from archiver.cli.exits import DONE
from archiver.cli.options import Home, command, with_archive
from archiver.cli.output import print_json, say
from archiver.wiring import Archive


def record(
    url: Annotated[str, typer.Argument(help="Address of a post or a page.")],
    out: Annotated[
        Path | None, typer.Option("--out", help="File to write to.", show_default=False)
    ] = None,
    home: Home = None,
) -> int:
    """Ask all that is asked to look at an address, and write the answers down as one document.

    Cookies and secrets of your own are left out; look at what is flagged before you pass it on.
    """

    async def work(archive: Archive) -> int:
        document = await archive.record(url)
        if out is None:
            print_json(document)
        else:
            text = json.dumps(document, ensure_ascii=False, indent=1)
            out.write_text(text + "\n", encoding="utf-8")
        for one in document["flagged"]:
            say(f"answer {one['answer'] + 1} holds what may be of a person: {one['token']}")
        return DONE

    return with_archive(home, work, begins=True)


app = command(record)
