"""Claims: who may look at a source now."""

from __future__ import annotations
