"""From a file's bytes to a draft: which format it has, and what it says.

The format is decided by the media type, then by the name, then by the first characters.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from enum import StrEnum

from archiver.citations.docx import is_docx, read_docx
from archiver.citations.draft import Draft
from archiver.citations.encoding import charset_of, text_of
from archiver.citations.markdown import read_markdown
from archiver.citations.markup import read_html
from archiver.citations.pdf import read_pdf
from archiver.citations.wikitext import is_wikitext, read_wikitext
from archiver.errors import InputError
from archiver.model.article import ArticleText

MAX_BYTES = 50_000_000  # the largest article; the longest books in HTML are a tenth of it


class Format(StrEnum):
    """What an article is written in."""

    HTML = "html"
    MARKDOWN = "markdown"
    TEXT = "text"
    WIKI = "wiki"
    PDF = "pdf"
    DOCX = "docx"


_BY_TYPE = {
    "text/html": Format.HTML,
    "application/xhtml+xml": Format.HTML,
    "text/markdown": Format.MARKDOWN,
    "text/x-markdown": Format.MARKDOWN,
    "text/plain": Format.TEXT,
    "application/pdf": Format.PDF,
    "application/x-pdf": Format.PDF,
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document": Format.DOCX,
    "text/x-wiki": Format.WIKI,
    "text/mediawiki": Format.WIKI,
}
_BY_NAME = {
    "html": Format.HTML, "htm": Format.HTML, "xhtml": Format.HTML, "shtml": Format.HTML,
    "md": Format.MARKDOWN, "markdown": Format.MARKDOWN, "mdown": Format.MARKDOWN,
    "txt": Format.TEXT, "text": Format.TEXT,
    "pdf": Format.PDF, "docx": Format.DOCX,
    "wiki": Format.WIKI, "mediawiki": Format.WIKI, "wikitext": Format.WIKI,
}  # fmt: skip
_UNTYPED = ("", "application/octet-stream", "binary/octet-stream")  # servers that know nothing
_HTML_START = re.compile(
    r"\s*(?:<\?xml[^>]{0,200}\?>\s*)?(?:<!--.{0,2000}?-->\s*)?"
    r"<(?:!doctype\s+html|html|head|body|title|meta|script|article|main|section|div|p|h[1-6]"
    r"|blockquote|span|a|b|br|table|ul|ol|iframe|figure|img)\b",
    re.IGNORECASE | re.DOTALL,
)
_PAGE_START = re.compile(
    r"\s*(?:<\?xml[^>]{0,200}\?>\s*)?<(?:!doctype|html|head|body)\b", re.IGNORECASE
)
_MARKDOWN_LINK = re.compile(r"\]\(https?://")
_ZIP = b"PK\x03\x04"
_OLD_OFFICE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_MAGIC_WITHIN = 1024  # bytes in which a PDF may begin, by its readers' custom
_LONG_LINE = 90  # mean code points; text that is wrapped by hand has shorter lines


def read_article(
    body: bytes,
    *,
    url: str | None = None,
    media_type: str | None = None,
    name: str | None = None,
    max_bytes: int = MAX_BYTES,
) -> Draft:
    """Read an article out of a file's bytes.

    ``media_type`` may carry a charset (``text/html; charset=…``). The text of HTML is its body's,
    paragraphs separated by blank lines; that of Markdown, MediaWiki text, PDF and DOCX is what a
    reader sees; plain text stays as it is but for its line ends.

    Raises:
        InputError: the file is empty, too large, binary, cannot be decoded, or is no article.
    """
    if len(body) >= max_bytes:
        raise InputError(f"the file has {len(body):,} bytes; the limit is {max_bytes:,}")
    if not body.strip():
        raise InputError("nothing to read: the file is empty")
    kind = _format(media_type, url, name)
    packed = _packed(body, kind)
    if packed is not None:
        return packed(body, url)
    text = text_of(body, charset=charset_of(media_type), is_html=kind not in _OF_WORDS)
    if not text.strip():
        raise InputError("nothing to read: the file is empty")
    if kind not in _READERS or (kind is Format.TEXT and is_wikitext(text)):
        kind = _sniffed(text)
    return _READERS[kind](text, url)


def _packed(body: bytes, kind: Format | None) -> Callable[[bytes, str | None], Draft] | None:
    """Return what reads a file that is no text, by its first bytes, or None for a text.

    Raises:
        InputError: it is called a document, and is another kind of file.
    """
    if body.startswith(b"%PDF-") or (kind is Format.PDF and b"%PDF-" in body[:_MAGIC_WITHIN]):
        return read_pdf
    if body.startswith(_ZIP) and (kind is Format.DOCX or is_docx(body)):
        return read_docx
    if kind is Format.DOCX and body.startswith(_OLD_OFFICE):
        raise InputError("not a DOCX: it is locked by a password, or in Word's format before 2007")
    if kind in (Format.PDF, Format.DOCX):
        raise InputError(f"not a {kind.upper()}: the file does not begin like one")
    return None


def read_text(text: str, url: str | None) -> Draft:
    """Take plain text as it is."""
    article = ArticleText(title=None, url=url, language=None, text=text)
    return Draft(article, by_line=_is_by_line(text))


_READERS: dict[Format | None, Callable[[str, str | None], Draft]] = {
    Format.HTML: read_html,
    Format.MARKDOWN: read_markdown,
    Format.TEXT: read_text,
    Format.WIKI: read_wikitext,
}
_OF_WORDS = frozenset({Format.MARKDOWN, Format.TEXT, Format.WIKI})


def _format(media_type: str | None, url: str | None, name: str | None) -> Format | None:
    """Return the format that type and name tell, or None when neither does."""
    kind = (media_type or "").partition(";")[0].strip().lower()
    by_type = _BY_TYPE.get(kind)
    if by_type is None and kind not in _UNTYPED and not kind.startswith("text/"):
        raise InputError(f"not an article: the file is {kind[:80]}")
    by_name = _BY_NAME.get(_extension(name or "")) or _BY_NAME.get(_extension(url or ""))
    if by_type is Format.TEXT and by_name in (Format.MARKDOWN, Format.WIKI):
        return by_name  # servers call whatever is written by hand plain text
    return by_type or by_name


def _extension(name: str) -> str:
    path = name.partition("?")[0].partition("#")[0]
    return path.rsplit("/", 1)[-1].rpartition(".")[2].lower()


def _sniffed(text: str) -> Format:
    if is_wikitext(text) and not _PAGE_START.match(text):
        return Format.WIKI
    if _HTML_START.match(text):
        return Format.HTML
    return Format.MARKDOWN if _MARKDOWN_LINK.search(text) else Format.TEXT


def _is_by_line(text: str) -> bool:
    """Tell whether each line is a paragraph: most gaps are single, and lines are not wrapped."""
    lines = [line for line in text.split("\n") if line.strip()]
    blanks = len(re.findall(r"\n[^\S\n]*\n\s*", text))
    singles = len(lines) - 1 - blanks
    if singles <= blanks:
        return False
    is_wrapped = sum(map(len, lines)) < _LONG_LINE * len(lines)
    return not (blanks and is_wrapped)
