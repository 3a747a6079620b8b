"""Whether an answer is the medium wanted: by its certificate, its media type, its bytes."""

from __future__ import annotations

import codecs

from archiver.model.inquiry import Answer, Outcome
from archiver.model.post import Medium

PAGES = frozenset({"text/html", "application/xhtml+xml"})
SHOWN = ("image/", "video/", "audio/")
# Containers of sound and pictures, and what servers say that do not know what they serve.
UNTOLD = frozenset({
    "", "application/octet-stream", "binary/octet-stream", "application/ogg", "application/mp4",
    "application/x-matroska",
})  # fmt: skip
DRAWING = "image/svg+xml"
HEAD = 512  # bytes; every format of pictures, video and sound shows in them that it is no text
_BREAKS = b"\t\n\f\r\x1b"
_CONTROL = frozenset(range(32)) - frozenset(_BREAKS) | {127}


def fault(answer: Answer, medium: Medium) -> str | None:
    """Say why an answer is not the medium, or None when it is."""
    if answer.outcome is not Outcome.ANSWERED or answer.error:  # an error beside it: its peer
        return answer.error or answer.outcome.value
    if answer.status != 200:
        return str(answer.status)
    if not answer.body:
        return "an empty body"
    if answer.content_type in PAGES:
        return f"a page instead: {answer.content_type}"
    return None if medium.kind == "file" else _other_type(answer.content_type, answer.body)


def _other_type(media_type: str, body: bytes) -> str | None:
    """Say what came in place of a picture, a video or a sound."""
    if media_type not in UNTOLD and not media_type.startswith(SHOWN):
        return f"no picture, video or sound: {media_type}"
    if is_text(body[:HEAD]) and not (media_type == DRAWING and b"<svg" in body):
        return f"a text instead: its bytes are no {media_type or 'picture'}"
    return None


def is_text(head: bytes) -> bool:
    """Tell whether bytes are UTF-8 without control characters; the last letter may be cut off."""
    try:
        codecs.getincrementaldecoder("utf-8")().decode(head)
    except UnicodeDecodeError:
        return False
    return not _CONTROL.intersection(head)
