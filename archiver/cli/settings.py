"""``archiver settings``: every setting with its value, unit and reason."""

from __future__ import annotations

from archiver.cli.options import Home, Json, command
from archiver.cli.output import print_json
from archiver.settings import as_toml, load


def settings(json: Json = False, home: Home = None) -> None:
    """Print every setting as it is now, in the form of ``archiver.toml``."""
    now = load(home)
    if json:
        print_json(now.model_dump(mode="json"))
    else:
        print(as_toml(now), end="")


app = command(settings)
