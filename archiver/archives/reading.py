"""What a copy shows of a source: read as the platform was read when the copy was made."""

from __future__ import annotations

from dataclasses import replace

from archiver.archives.places import is_copy_of
from archiver.archives.protocol import Copy
from archiver.archives.x_page import read_x_copy
from archiver.model.inquiry import Reading
from archiver.model.signals import Signal
from archiver.model.source import SourceRef
from archiver.platforms.web import read_answer


def read_copy(copy: Copy, ref: SourceRef) -> Reading:
    """Return what a copy shows of the source.

    A capture of a redirect leads on to a capture of another address: that shows something else.
    """
    if not is_copy_of(copy.held.original, ref):
        reason = f"The copy is of another address, {copy.held.original}."
        return Reading(Signal.UNREADABLE, reason, url=copy.held.original)
    if ref.platform == "x":
        return read_x_copy(copy.answer, ref.key)
    # Links to media lead to places of today, and what drew the page then draws it no more.
    return replace(read_answer(copy.answer, copy.held.original), media=(), page_url=None)


def shows_source(reading: Reading) -> bool:
    """Tell whether a reading shows the source itself, with content to compare."""
    return reading.signal is Signal.PRESENT and reading.fingerprint is not None
