"""``archiver capture TARGET…``: take proof now."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated

import typer

from archiver.cli.documents import capture_document, failed_document
from archiver.cli.exits import after_captures
from archiver.cli.options import Home, Json, PushWayback, command, with_archive
from archiver.cli.output import print_json, progress, say, table
from archiver.cli.pushes import push_documents, pushes, refuse_if_off, say_pushed
from archiver.errors import InputError
from archiver.flow.add import Taken
from archiver.model.job import Job
from archiver.wiring import Archive


def capture(
    targets: Annotated[
        list[str], typer.Argument(help="Addresses, citations, sources or articles.")
    ],
    later: Annotated[
        bool,
        typer.Option("--later", help="Leave it to the daemon, before all that is scheduled."),
    ] = False,
    push_wayback: PushWayback = False,
    json: Json = False,
    home: Home = None,
) -> int:
    """Capture addresses, citations, sources or articles now."""
    if later and push_wayback:
        message = (
            "--push-wayback is for captures made now; the daemon goes by archives.push_wayback"
        )
        raise InputError(message)

    async def work(archive: Archive) -> int:
        if later:
            ordered, refused = await archive.capture_later(targets)
            _say_ordered(ordered, refused, json=json)
            return after_captures(refused)
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
            _say_failed(taken)
            say_pushed(pushed)
        await archive.write_feeds()
        return after_captures(taken)

    return with_archive(home, work, warm=not later, begins=True)


def _say_ordered(ordered: Sequence[Job], refused: Sequence[Taken], *, json: bool) -> None:
    names = [job.source.ref.name for job in ordered]
    if json:
        print_json({"ordered": names, "failed": failed_document(refused)})
        return
    for name in names:
        say(f"{name}: the next free worker captures it")
    _say_failed(refused)


def _say_failed(taken: Sequence[Taken]) -> None:
    for one in taken:
        if one.error is not None:
            say(f"{one.source.ref.name}: {one.error}")


app = command(capture)
