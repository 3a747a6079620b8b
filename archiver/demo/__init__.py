"""A miniature web in a box, and the whole loop run on it."""

from __future__ import annotations
