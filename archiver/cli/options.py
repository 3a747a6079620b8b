"""Options that many commands share, and how a command runs."""

from __future__ import annotations

import asyncio
import contextlib
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Annotated, Any, NoReturn

import typer

from archiver.cli.logs import set_up
from archiver.ports import Meter
from archiver.wiring import Archive
from archiver.wiring.hidden import secrets_of

Home = Annotated[
    Path | None,
    typer.Option("--home", help="The directory that holds everything.", show_default=False),
]
Json = Annotated[bool, typer.Option("--json", help="One JSON document on standard output.")]

Target = Annotated[
    str | None, typer.Argument(help="An article, a citation or a source.", show_default=False)
]
Reason = Annotated[str, typer.Option(help="Why, for the custody record.")]
By = Annotated[
    str | None, typer.Option(help="Who decided it; the system user by default.", show_default=False)
]

PushWayback = Annotated[
    bool,
    typer.Option("--push-wayback", help="Have the Wayback Machine save what was captured well."),
]


def command(function: Callable[..., Any]) -> typer.Typer:
    """Return a program of one command, made of a function and its docstring."""
    app = typer.Typer(add_completion=False, rich_markup_mode=None, pretty_exceptions_enable=False)
    app.command()(function)
    return app


def with_archive(
    home: Path | None,
    work: Callable[[Archive], Awaitable[int]],
    *,
    warm: bool = False,
    begins: bool = False,
) -> int:
    """Open the archive, do the work, close the archive, and return the exit code.

    ``warm`` starts a browser at once, for work that is sure to need one. ``begins`` makes an
    archive where there is none, for commands that are a beginning.
    """

    async def run() -> int:
        archive = Archive(home, begins=begins)
        set_up(archive.settings.log, secrets_of(archive.settings))
        async with archive:
            if warm:
                archive.warm()
            return await work(archive)

    return asyncio.run(run())


def serving(home: Path | None, kind: str) -> NoReturn:
    """Run the service of a kind until it is told to stop, and leave the process.

    Once the archive is closed nothing is left to do, and to take down an interpreter of this size
    takes a second, on a busy machine several (measured 2026-11-29): a stop is told to be quick.
    """
    from archiver.daemon.start import Kind, leave_at_once, serve  # noqa: PLC0415 - two commands' library

    def make(meter: Meter) -> Archive:
        archive = Archive(home, meter=meter)
        set_up(archive.settings.log, secrets_of(archive.settings), meter=meter)
        return archive

    code = asyncio.run(serve(make, Kind(kind), leave_at_once))
    with contextlib.suppress(OSError, ValueError):  # whoever read our output has gone
        sys.stdout.flush()
    leave_at_once(code)
