"""Who fills the ports: builds the real clock, store, client and recorder from settings."""

from __future__ import annotations
