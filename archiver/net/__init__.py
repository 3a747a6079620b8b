"""The one door out, and the one HTTP client behind it."""

from __future__ import annotations
