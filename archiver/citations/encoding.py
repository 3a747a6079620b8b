"""From bytes to text, the way a browser decides.

Source: WHATWG Encoding and HTML (determining the character encoding), read 2026-11-22: a byte order
mark, then the transport's charset, then the document's own, then a guess, which here is UTF-8 when
it is valid and windows-1252 otherwise.
"""

from __future__ import annotations

import codecs
import re

from charset_normalizer import from_bytes

from archiver.errors import InputError

_BYTE_ORDER_MARKS = (
    (b"\xef\xbb\xbf", "utf-8"),
    (b"\xfe\xff", "utf-16-be"),
    (b"\xff\xfe", "utf-16-le"),
)
# Encodings that browsers read as another, larger one, by Python's names.
_LARGER = {
    "ascii": "cp1252", "iso8859-1": "cp1252", "iso8859-9": "cp1254", "iso8859-11": "cp874",
    "tis-620": "cp874", "gb2312": "gb18030", "gbk": "gb18030", "shift_jis": "cp932",
    "euc_kr": "cp949", "big5": "big5hkscs", "utf-16": "utf-16-le",
}  # fmt: skip
_OF_THE_WEB = frozenset(
    {
        "utf-8", "utf-16-le", "utf-16-be", "cp866", "cp874", "cp932", "cp949", "cp1250", "cp1251",
        "cp1252", "cp1253", "cp1254", "cp1255", "cp1256", "cp1257", "cp1258", "iso8859-2",
        "iso8859-3", "iso8859-4", "iso8859-5", "iso8859-6", "iso8859-7", "iso8859-8", "iso8859-10",
        "iso8859-13", "iso8859-14", "iso8859-15", "iso8859-16", "koi8-r", "koi8-u", "mac-roman",
        "mac-cyrillic", "gb18030", "big5hkscs", "euc_jp", "iso2022_jp",
    }
)  # fmt: skip
_CHARSET = re.compile(r";\s*charset\s*=\s*[\"']?([^\s;\"']{1,40})", re.IGNORECASE)
_LABEL_CHARS = 40  # longer than any label
_META = re.compile(
    rb"<meta[^>]{0,200}?charset\s{0,5}=\s{0,5}[\"']?\s{0,5}([A-Za-z0-9_:.-]{1,40})", re.IGNORECASE
)
_META_BYTES = 4096  # browsers look at 1024; some pages push the tag further down
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
# Five bytes of windows-1252 are undefined; browsers keep them as control characters.
_HIGH_1252 = {n: bytes([n]).decode("cp1252", "ignore") or chr(n) for n in range(0x80, 0xA0)}


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
    declared = _known(charset) or (_declared(body) if is_html else None)
    if declared:
        return _by_name(body, declared)
    try:
        return body.decode("utf-8")
    except UnicodeDecodeError:
        return _guessed(body)


def _declared(body: bytes) -> str | None:
    found = _META.search(body, 0, _META_BYTES)
    encoding = _known(found[1].decode("ascii")) if found else None
    # A tag that could be read byte by byte is not in UTF-16, whatever it says.
    return "utf-8" if encoding and encoding.startswith("utf-16") else encoding


def _known(label: str | None) -> str | None:
    """Return Python's name for a label, or None for one that no browser knows."""
    label = (label or "").strip(" \t\"'").lower()[:_LABEL_CHARS]
    try:
        name = codecs.lookup(label.removeprefix("x-")).name
    except (LookupError, ValueError):
        return None
    name = _LARGER.get(name, name)
    return name if name in _OF_THE_WEB else None


def _by_name(body: bytes, encoding: str) -> str:
    if encoding == "cp1252":
        return body.decode("latin-1").translate(_HIGH_1252)
    return body.decode(encoding, "replace")


def _guessed(body: bytes) -> str:
    sample = body[:_SAMPLE_BYTES]
    _check_controls(sample.decode("latin-1"))
    is_foreign = sum(byte > 0x7F for byte in sample) > len(sample) * _FOREIGN
    if not is_foreign or len(sample) < _LEAST_SAMPLE:
        return _by_name(body, "cp1252")
    best = from_bytes(sample).best()
    if best is None:
        raise InputError("cannot decode the file: save it as UTF-8, or say its encoding")
    return body.decode(best.encoding, "replace")
