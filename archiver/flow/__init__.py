"""One function an arrow of the design: only ports and pure code."""

from __future__ import annotations
