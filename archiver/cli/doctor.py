"""``archiver doctor``: what works, what does not, and how to mend it."""

from __future__ import annotations

import asyncio
from typing import Annotated

import typer

from archiver.cli.exits import DONE, OUTSIDE
from archiver.cli.options import Home, Json, command
from archiver.cli.output import print_json, table
from archiver.settings import Settings, load
from archiver.wiring.checks import Check, check_all
from archiver.wiring.clock import SystemClock
from archiver.wiring.service_checks import check_service


def doctor(
    quick: Annotated[
        bool, typer.Option("--quick", help="Start no browser and ask no address.")
    ] = False,
    json: Json = False,
    home: Home = None,
) -> int:
    """Check browser, fonts, database, disk, network and the service, and say how to mend them."""
    checks = asyncio.run(_check(load(home), quick=quick))
    if json:
        print_json(
            {
                "checks": [
                    {
                        "check": one.name,
                        "well": one.is_well,
                        "found": one.found,
                        "mend": None if one.is_well else one.mend,
                    }
                    for one in checks
                ]
            }
        )
    else:
        table(
            ["check", "", "found", "mend"],
            [
                [
                    one.name,
                    "ok" if one.is_well else "failed",
                    one.found,
                    "" if one.is_well else one.mend,
                ]
                for one in checks
            ],
        )
    return DONE if all(one.is_well for one in checks) else OUTSIDE


async def _check(settings: Settings, *, quick: bool) -> list[Check]:
    return [
        *await check_all(settings, quick=quick),
        *await check_service(settings, SystemClock(), quick=quick),
    ]


app = command(doctor)
