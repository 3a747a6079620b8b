"""The database by noun, and the files under the home directory."""

from __future__ import annotations
