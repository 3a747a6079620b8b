"""``archiver hold TARGET``."""

from __future__ import annotations

from typing import Annotated

import typer

from archiver.cli.custody import act_document, show_acts
from archiver.cli.options import By, Home, Json, Reason, command, with_archive
from archiver.cli.output import print_json, say
from archiver.errors import InputError
from archiver.model.custody import is_on_same
from archiver.wiring import Archive


def hold(
    target: Annotated[
        str | None,
        typer.Argument(
            help="An article, a citation or a source; with --release also the ID of a hold.",
            show_default=False,
        ),
    ] = None,
    reason: Reason = "",
    by: By = None,
    release: Annotated[bool, typer.Option("--release", help="End one hold.")] = False,
    listed: Annotated[bool, typer.Option("--list", help="Show the holds that stand.")] = False,
    json: Json = False,
    home: Home = None,
) -> int:
    """Forbid taking down or removing a source or an article, or allow it again.

    A hold on an article covers its text and all that it ever cited; the text of an article that
    ever cited a held source is not taken down either. Looks go on. Several holds may stand on one
    source or article, each for its own reason; each is released by itself.
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
        standing = sum(is_on_same(one.entry, entry) for one in await archive.holds())
        if json:
            print_json(
                {
                    "target": target,
                    "act": entry.act.value,
                    "reason": entry.reason,
                    "hold": entry.detail["hold"] if release else entry.id,
                    "standing": standing,
                }
            )
        elif release:
            say(f"released {target}: {entry.reason}{_still(standing)}")
        else:
            say(f"held {target}: {entry.reason}{_by_now(standing)}")
        return 0

    return with_archive(home, work)


def _still(standing: int) -> str:
    if not standing:
        return ""
    which = "1 hold still stands" if standing == 1 else f"{standing} holds still stand"
    return f"; {which} there, see: archiver hold --list"


def _by_now(standing: int) -> str:
    return f"; it was held already, now {standing} holds stand there" if standing > 1 else ""


app = command(hold)
