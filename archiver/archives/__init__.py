"""Questions to outside archives, and what their answers say; pure, no input or output."""

from __future__ import annotations
