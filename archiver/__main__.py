"""The installed program: ``archiver`` and ``python -m archiver``."""

from __future__ import annotations

import os
import signal
import sys
from io import TextIOWrapper


def main() -> None:
    """Run one command and leave with its exit code."""
    if sys.argv[1:2] in (["daemon"], ["worker"]):
        signal.signal(signal.SIGTERM, _leave)  # until the service listens itself, nothing is begun
    _open_closed()
    from archiver.cli.app import run  # noqa: PLC0415 - importing the module runs nothing
    from archiver.cli.streams import Stream  # noqa: PLC0415 - as above

    if isinstance(sys.stdout, TextIOWrapper):
        sys.stdout = Stream(sys.stdout, "standard output", may_go_unread=True)
    if isinstance(sys.stderr, TextIOWrapper):
        sys.stderr = Stream(sys.stderr, "standard error")
    sys.exit(run(sys.argv[1:]))


def _open_closed() -> None:
    """Open what is closed of standard input, output and error: no file of ours may be it."""
    for name, mode in (("stdin", "r"), ("stdout", "w"), ("stderr", "w")):
        if getattr(sys, name) is None:
            nowhere = os.open(os.devnull, os.O_RDWR)
            setattr(sys, name, os.fdopen(nowhere, mode, encoding="utf-8"))


def _leave(*_: object) -> None:
    sys.exit(0)


if __name__ == "__main__":
    main()
