"""``archiver hold TARGET``."""

from __future__ import annotations

from typing import Annotated

import typer

from archiver.cli.custody import act_document, show_acts
from archiver.cli.options import By, Home, Json, Reason, Target, command, with_archive
from archiver.cli.output import print_json, say
from archiver.errors import InputError
from archiver.wiring import Archive


def hold(
    target: Target = None,
    reason: Reason = "",
    by: By = None,
    release: Annotated[bool, typer.Option("--release", help="End the hold.")] = False,
    listed: Annotated[bool, typer.Option("--list", help="Show the holds that stand.")] = False,
    json: Json = False,
    home: Home = None,
) -> int:
    """Forbid taking down or removing a source or an article, or allow it again.

    A hold on an article covers its text and all that it ever cited. Looks go on.
    """
    if (target is None) != listed:
        message = "name what is to be held, or see what is: archiver hold --list"
        raise InputError(message)
    if listed and (release or reason or by is not None):
        message = "--list only shows the holds that stand; leave --release, --reason and --by out"
        raise InputError(message)

    async def work(archive: Archive) -> int:
        if target is None:
            holds = await archive.holds()
            if json:
                print_json([act_document(one) for one in holds])
            else:
                show_acts(holds)
            return 0
        entry = await archive.hold(target, reason, by=by, released=release)
        if json:
            print_json({"target": target, "act": entry.act.value, "reason": entry.reason})
        else:
            say(f"{'released' if release else 'held'} {target}: {entry.reason}")
        return 0

    return with_archive(home, work)


app = command(hold)
