"""The installed program: ``archiver`` and ``python -m archiver``."""

from __future__ import annotations

import sys


def main() -> None:
    """Run one command and leave with its exit code."""
    from archiver.cli.app import run  # noqa: PLC0415 - importing the module runs nothing

    sys.exit(run(sys.argv[1:]))


if __name__ == "__main__":
    main()
