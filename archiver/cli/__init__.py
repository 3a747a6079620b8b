"""One file a command; no decisions."""

from __future__ import annotations
