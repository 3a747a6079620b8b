"""``archiver daemon``: look at what is due, for as long as it runs."""

from __future__ import annotations

from archiver.cli.options import Home, command, serving


def daemon(home: Home = None) -> int:
    """Look at what is due, for as long as it runs; SIGTERM finishes what is in hand."""
    return serving(home, "daemon")


app = command(daemon)
