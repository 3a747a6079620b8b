"""Passwords that stand in addresses."""

from __future__ import annotations

import re

_PASSWORD = re.compile(r"(://[^/@:\s]*):[^/@\s]+@")  # with the user before it


def without_passwords(text: str, instead: str = "") -> str:
    """Return a text with something else in place of each password in an address."""
    return _PASSWORD.sub(lambda found: f"{found[1]}:{instead}@", text)
