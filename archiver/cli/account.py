"""``archiver account [resume PLATFORM]``: how log-ins stand, and use one again."""

from __future__ import annotations

from typing import Annotated, Literal

import typer

from archiver.cli.documents import moment
from archiver.cli.exits import DONE
from archiver.cli.options import Home, Json, command, with_archive
from archiver.cli.output import print_json, say, table
from archiver.errors import InputError
from archiver.flow.account import PREFIX
from archiver.model.service import ServiceState
from archiver.wiring import Archive


def account(
    what: Annotated[Literal["list", "resume"], typer.Argument(help="What to do.")] = "list",
    platform: Annotated[str, typer.Argument(help="Whose account to use again.")] = "",
    json: Json = False,
    home: Home = None,
) -> int:
    """Say how your log-ins stand, or use one again after you have logged in anew."""
    if what == "resume" and not platform:
        raise InputError("say which: archiver account resume PLATFORM")

    async def work(archive: Archive) -> int:
        if what == "resume":
            await archive.resume_account(platform)
            say(f"the account of {platform} is used again from the next look on")
            return DONE
        _list(await archive.accounts(), json=json)
        return DONE

    return with_archive(home, work)


def _list(states: list[ServiceState], *, json: bool) -> None:
    if json:
        print_json({"accounts": [_document(one) for one in states]})
        return
    rows = [
        [one.name.removeprefix(PREFIX), "paused" if one.is_paused else "in use",
         moment(one.changed_at), one.reason]
        for one in states
    ]  # fmt: skip
    table(["platform", "state", "since", "why"], rows)


def _document(state: ServiceState) -> dict[str, object]:
    return {
        "platform": state.name.removeprefix(PREFIX),
        "paused": state.is_paused,
        "since": moment(state.changed_at),
        "reason": state.reason,
    }


app = command(account)
