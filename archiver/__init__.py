"""The citation archiver: captures what an article cites, looks again, says what has changed.

::

    from archiver import Archive

    async with Archive(home) as archive:
        captured = await archive.capture("https://example.org/")
"""

from __future__ import annotations

from importlib import import_module
from typing import Any

__version__ = "0.1.0"
__all__ = ["Archive", "__version__"]


def __getattr__(name: str) -> Any:  # noqa: ANN401 - the type of a module attribute
    """Import the archive when it is first asked for: ``archiver --help`` must not wait for it."""
    if name == "Archive":
        return import_module("archiver.wiring").Archive
    message = f"module {__name__!r} has no attribute {name!r}"
    raise AttributeError(message)
