"""The environment of a process that meets what comes from outside."""

from __future__ import annotations

import os
from pathlib import Path

import archiver


def confined(home: str | Path) -> dict[str, str]:
    """Return what it takes to run in a home, nothing of ours: who breaks out finds no secret."""
    return {
        "HOME": str(home),
        "TMPDIR": str(home),
        "PATH": os.defpath,
        "LANG": "C.UTF-8",
        "PYTHONPATH": str(Path(archiver.__file__).parent.parent),
    }
