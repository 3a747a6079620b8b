"""From HTML and plain text to citations; pure."""

from __future__ import annotations

from archiver.citations.document import as_document
from archiver.citations.extraction import Extraction, extract

__all__ = ["Extraction", "as_document", "extract"]
