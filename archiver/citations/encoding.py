"""From bytes to text, the way a browser decides.

Source: WHATWG Encoding and HTML (determining the character encoding), read 2026-11-22: a byte order
mark, then the transport's charset, then the document's own, then a guess, which here is UTF-8 when
it is valid and windows-1252 otherwise.
"""

from __future__ import annotations

import re
from itertools import chain

from charset_normalizer import from_bytes

from archiver.citations.labels import REPLACEMENT, USER_DEFINED, decoded, encoding_of
from archiver.errors import InputError

_BYTE_ORDER_MARKS = (
    (b"\xef\xbb\xbf", "utf-8"),
    (b"\xfe\xff", "utf-16-be"),
    (b"\xff\xfe", "utf-16-le"),
)
_CHARSET = re.compile(r";\s*charset\s*=\s*[\"']?([^\s;\"']{1,40})", re.IGNORECASE)
# What the prescan passes over, and the tag it looks for. What does not end takes all the rest.
_SCANNED = re.compile(
    rb"""<!--(?:.*?-->|.*+)
    |<meta(?=[\s/])(?P<meta>(?:[^>"']++|"[^"]*+"?|'[^']*+'?)*+)
    |</?[a-z](?:[^>"']++|"[^"]*+"?|'[^']*+'?)*+
    |<[!/?][^>]*+""",
    re.DOTALL | re.IGNORECASE | re.VERBOSE,
)
_ATTRIBUTE = re.compile(
    rb"([^\s/>=]++)(?:\s*+=\s*+(?:\"([^\"]*+)|'([^']*+)|([^\s>]*+)))?+", re.IGNORECASE
)
_IN_CONTENT = re.compile(rb"charset\s*=\s*(?:\"([^\"]*)\"|'([^']*)'|([^\s;\"']+))", re.IGNORECASE)
_XML_ENCODING = re.compile(rb"<\?xml[^>]{0,200}?encoding\s*=\s*[\"']([^\"'>]{1,40})[\"']")
# The prescan ends after 1024 bytes; a tag further down makes the parser of a browser start anew.
_META_BYTES = 16_384
_SAMPLE_BYTES = 16_384  # enough for a guess
_MAGIC = (
    b"%PDF-", b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"PK\x03\x04", b"\x1f\x8b", b"RIFF", b"\x7fELF",
    b"\xd0\xcf\x11\xe0", b"7z\xbc\xaf", b"Rar!", b"OggS", b"SQLite format 3\x00", b"\xfd7zXZ",
)  # fmt: skip
_LEAST_SAMPLE = 64  # bytes; of less nothing can be guessed
_CONTROL = re.compile(r"[\x00-\x08\x0e-\x1a\x1c-\x1f]")
_CONTROL_SHARE = 200  # one control character in so many is an accident, more is a binary file
_BROKEN_SHARE = 10  # one replacement character in so many, and the declared encoding is a lie
_FOREIGN = 0.3  # share of high bytes above which a text is in no language of windows-1252
_WIDE_SAMPLE = 512  # bytes; enough to see that every second one is nothing
_WIDE_SHARE = 0.3  # of the bytes at every second place that are nothing in text of 16-bit units


def text_of(body: bytes, *, charset: str | None = None, is_html: bool = False) -> str:
    """Decode an article; line ends become line feeds.

    ``charset`` is what the transport says. Bytes that the encoding does not know become U+FFFD.

    Raises:
        InputError: the bytes are no text, or nobody can say in which encoding they are.
    """
    if body.startswith(_MAGIC):
        raise InputError("not an article: the file is binary")
    text = _decoded(body, charset, is_html=is_html)
    _check_controls(text)
    if text.count("\ufffd") > len(text) // _BROKEN_SHARE + 3:
        raise InputError("cannot decode the file: it is not in the encoding it declares")
    return text.replace("\r\n", "\n").replace("\r", "\n").replace("\x00", "\ufffd")


def charset_of(media_type: str | None) -> str | None:
    """Return the charset that a media type names (``text/html; charset=…``)."""
    found = _CHARSET.search(media_type or "")
    return found[1] if found else None


def _check_controls(text: str) -> None:
    if len(_CONTROL.findall(text)) > len(text) // _CONTROL_SHARE + 1:
        raise InputError("not an article: the file is binary")


def _decoded(body: bytes, charset: str | None, *, is_html: bool) -> str:
    for mark, encoding in _BYTE_ORDER_MARKS:
        if body.startswith(mark):
            return body[len(mark) :].decode(encoding, "replace")
    declared = encoding_of(charset) or (_declared(body) if is_html else None)
    if declared == REPLACEMENT:
        raise InputError("cannot decode the file: it is in an encoding that no browser reads")
    if declared:
        return decoded(body, declared)
    wide = _wide(body)
    if wide:
        return body.decode(wide, "replace")
    try:
        return body.decode("utf-8")
    except UnicodeDecodeError:
        return _guessed(body)


def _declared(body: bytes) -> str | None:
    """Return the encoding that a page names itself, in its XML declaration or a meta tag."""
    declaration = _XML_ENCODING.match(body)
    named = [declaration[1]] if declaration else []
    metas = (found["meta"] for found in _SCANNED.finditer(body, 0, _META_BYTES) if found["meta"])
    for label in chain(named, filter(None, map(_of_meta, metas))):
        encoding = encoding_of(label.decode("ascii", "replace"))
        # A tag that could be read byte by byte is not in UTF-16, whatever it says.
        if encoding in ("utf-16-le", "utf-16-be"):
            return "utf-8"
        if encoding:
            return "cp1252" if encoding == USER_DEFINED else encoding
    return None


def _of_meta(attributes: bytes) -> bytes | None:
    """Return the label that a meta tag's attributes name; the first of a name counts."""
    said: dict[bytes, bytes] = {}
    for name, *values in _ATTRIBUTE.findall(attributes):
        said.setdefault(name.lower(), b"".join(values))
    if b"charset" in said:
        return said[b"charset"]
    if said.get(b"http-equiv", b"").lower() != b"content-type":
        return None
    found = _IN_CONTENT.search(said.get(b"content", b""))
    return b"".join(filter(None, found.groups())) if found else None


def _wide(body: bytes) -> str | None:
    """Return the kind of UTF-16 that a text without a mark is in, when its zero bytes tell."""
    sample = body[:_WIDE_SAMPLE]
    for encoding, zeros, letters in (("utf-16-le", 1, 0), ("utf-16-be", 0, 1)):
        is_wide = sample[zeros::2].count(0) > _WIDE_SHARE * len(sample) / 2
        if is_wide and not sample[letters::2].count(0):
            return encoding
    return None


def _guessed(body: bytes) -> str:
    sample = body[:_SAMPLE_BYTES]
    _check_controls(sample.decode("latin-1"))
    is_foreign = sum(byte > 0x7F for byte in sample) > len(sample) * _FOREIGN
    if not is_foreign or len(sample) < _LEAST_SAMPLE:
        return decoded(body, "cp1252")
    best = from_bytes(sample).best()
    if best is None:
        raise InputError("cannot decode the file: save it as UTF-8, or say its encoding")
    return body.decode(best.encoding, "replace")
