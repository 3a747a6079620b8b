"""``archiver rescue TARGET``: take over what outside archives hold of it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated

import typer

from archiver.cli.documents import memento_document, moment
from archiver.cli.exits import DONE, OUTSIDE, UNTOLD
from archiver.cli.options import Home, Json, command, with_archive
from archiver.cli.output import print_json, say, table
from archiver.flow.rescue import Rescued
from archiver.wiring import Archive


def rescue(
    target: Annotated[str, typer.Argument(help="An article, a citation, a source or an address.")],
    json: Json = False,
    home: Home = None,
) -> int:
    """Take over outside archives' copies of a target's sources, nearest to the day of citing."""

    async def work(archive: Archive) -> int:
        rescued = await archive.rescue(target)
        if json:
            print_json({"rescued": [_document(one) for one in rescued]})
        else:
            _show(rescued)
        return _code(rescued)

    return with_archive(home, work)


def _document(one: Rescued) -> dict[str, object]:
    return {
        "source": one.source.ref.name,
        "mementos": [memento_document(memento) for memento in one.mementos],
        "notes": list(one.notes),
    }


def _show(rescued: Sequence[Rescued]) -> None:
    table(
        ["source", "copy of", "archive", "address"],
        [
            [one.source.ref.name, moment(memento.at), memento.archive, memento.url]
            for one in rescued
            for memento in one.mementos
        ],
    )
    for one in rescued:
        if not one.mementos:
            say(f"{one.source.ref.name}: {'; '.join(one.notes)}")


def _code(rescued: Sequence[Rescued]) -> int:
    """Return 4 when an archive failed, 3 when it holds nothing that shows a source, else 0."""
    without = [one for one in rescued if not one.mementos]
    if any(one.is_passing for one in without):
        return OUTSIDE
    return UNTOLD if without else DONE


app = command(rescue)
