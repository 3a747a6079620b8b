"""From HTML and plain text to citations; pure."""

from __future__ import annotations
