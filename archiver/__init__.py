"""The citation archiver: captures what an article cites, looks again, says what has changed."""

from __future__ import annotations

__version__ = "0.1.0"
