"""``archiver daemon``: look at what is due, for as long as it runs."""

from __future__ import annotations

from typing import NoReturn

from archiver.cli.options import Home, command, serving


def daemon(home: Home = None) -> NoReturn:
    """Look at what is due, for as long as it runs; SIGTERM finishes what is in hand."""
    serving(home, "daemon")


app = command(daemon)
