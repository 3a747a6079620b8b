"""The installed program: ``archiver`` and ``python -m archiver``."""

from __future__ import annotations

import signal
import sys
from io import TextIOWrapper


def main() -> None:
    """Run one command and leave with its exit code."""
    if sys.argv[1:2] in (["daemon"], ["worker"]):
        signal.signal(signal.SIGTERM, _leave)  # until the service listens itself, nothing is begun
    from archiver.cli.app import run  # noqa: PLC0415 - importing the module runs nothing

    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            # Documents say that they are UTF-8; a terminal has an encoding of its own.
            encoding = stream.encoding if stream.isatty() else "utf-8"
            stream.reconfigure(encoding=encoding, errors="backslashreplace")
    sys.exit(run(sys.argv[1:]))


def _leave(*_: object) -> None:
    sys.exit(0)


if __name__ == "__main__":
    main()
