"""``archiver db upgrade`` and ``archiver db version``."""

from __future__ import annotations

import typer

from archiver.cli.options import Home, Json
from archiver.cli.output import print_json, progress, say
from archiver.settings import load
from archiver.wiring import schema_version, upgrade_schema

app = typer.Typer(
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    no_args_is_help=True,
    help="Upgrade the database, or say its version.",
)


@app.command()
def upgrade(json: Json = False, home: Home = None) -> None:
    """Bring the database to this program's version."""
    settings = load(home)
    with progress("upgrading") as report:
        before, after = upgrade_schema(settings, report)
    if json:
        print_json({"before": before, "after": after})
    else:
        say(f"database is at {after} (was {before or 'empty'})")


@app.command()
def version(json: Json = False, home: Home = None) -> None:
    """Say the database's version and this program's."""
    current, head = schema_version(load(home))
    if json:
        print_json({"database": current, "program": head})
    else:
        say(f"database {current or 'empty'}, program {head}")
