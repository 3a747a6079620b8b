"""The background service: one tick, due sources, a graceful stop."""

from __future__ import annotations
