"""``archiver demo``: the whole loop on a miniature web, offline."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Annotated

import typer

from archiver.cli.audit import show
from archiver.cli.documents import Document, audit_document
from archiver.cli.logs import set_up
from archiver.cli.options import Json, command
from archiver.cli.output import print_json, say
from archiver.cli.reports.wired import report_of
from archiver.demo.story import Told, tell
from archiver.settings import LogSettings


def demo(
    seed: Annotated[int, typer.Option(help="Draws which source plays which part.")] = 1,
    keep: Annotated[
        Path | None, typer.Option("--home", help="Keep the demo's archive in this directory.")
    ] = None,
    json: Json = False,
) -> int:
    """Run the whole loop on a miniature web, offline, in under a minute."""
    set_up(LogSettings(level="warning"))
    told = asyncio.run(tell(seed, _quiet if json else say, keep))
    if json:
        print_json(_document(told, keep))
    else:
        show(report_of(told.audit))
        say(f"{told.looks} looks, {told.captures} captures in two weeks of the demo's own time")
    return 0


def _document(told: Told, keep: Path | None) -> Document:
    def locate(path: str) -> str | None:
        return str(keep.absolute() / path) if keep else None

    return {
        **audit_document(report_of(told.audit), locate),
        "looks": told.looks,
        "captures": told.captures,
    }


def _quiet(_line: str) -> None:
    """Say nothing: standard output is for the document."""


app = command(demo)
