"""``archiver capture TARGET…``: take proof now."""

from __future__ import annotations

from typing import Annotated

import typer

from archiver.cli.documents import capture_document, failed_document
from archiver.cli.exits import after_captures
from archiver.cli.options import Home, Json, PushWayback, command, with_archive
from archiver.cli.output import print_json, progress, say, table
from archiver.cli.pushes import push_documents, pushes, refuse_if_off, say_pushed
from archiver.wiring import Archive


def capture(
    targets: Annotated[
        list[str], typer.Argument(help="Addresses, citations, sources or articles.")
    ],
    push_wayback: PushWayback = False,
    json: Json = False,
    home: Home = None,
) -> int:
    """Capture addresses, citations, sources or articles now."""

    async def work(archive: Archive) -> int:
        refuse_if_off(archive, asked=push_wayback)
        with progress("capturing") as report:
            taken = await archive.capture_all(targets, progress=report)
        captured = archive.captured(taken)
        pushed = await pushes(archive, taken, asked=push_wayback)
        if json:
            print_json(
                {
                    "captures": [capture_document(one) for one in captured],
                    "failed": failed_document(taken),
                    **push_documents(pushed),
                }
            )
        else:
            table(
                ["source", "outcome", "gate", "reason", "files"],
                [
                    [
                        one.source.ref.name,
                        one.capture.outcome.value,
                        one.capture.gate.value,
                        one.capture.reason,
                        one.warc.rpartition("/")[0] if one.warc else None,
                    ]
                    for one in captured
                ],
            )
            for one in taken:
                if one.error is not None:
                    say(f"{one.source.ref.name}: {one.error}")
            say_pushed(pushed)
        await archive.write_feeds()
        return after_captures(taken)

    return with_archive(home, work, warm=True)


app = command(capture)
