"""DOCX to a draft: paragraphs, tables, headings, links, and what its notes cite.

The parts that hold words are read straight out of the package, each within its bound: a reader
that unpacks everything unpacks bombs and pictures, too, and knows no footnotes.

Source: ECMA-376 part 1 (WordprocessingML) and part 2 (packages), read 2026-11.
"""

from __future__ import annotations

import io
import posixpath
import re
import zipfile
import zlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date

from lxml import etree

from archiver.citations.addresses import printed_addresses
from archiver.citations.draft import Draft, Mark, MarkKind, Note
from archiver.citations.links import may_cite
from archiver.citations.metadata import day_of, joined
from archiver.citations.prose import Prose
from archiver.errors import InputError
from archiver.model.article import ArticleText

MAX_PART_BYTES = 20_000_000  # of one part, unpacked; the longest books have a quarter
MAX_FILES = 5000  # in a package

_DOCUMENT = "word/document.xml"
_NOTE_PARTS = {
    "footnoteReference": "word/footnotes.xml",
    "endnoteReference": "word/endnotes.xml",
}
_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_LINK_ID = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"
_CHARACTERS = {"tab": " ", "ptab": " ", "noBreakHyphen": "-"}
_NOTE_CHARS = 500  # of a note's words that are kept beside its address
_FIELD_CHARS = 5000  # of a piece of a field's code
_FIELD_LINK = re.compile(
    r"\s*HYPERLINK\s+(?:\\[a-z]\s+)*\"(?P<address>[^\"]{1,4000})\"", re.IGNORECASE
)
_HEADING_NAME = re.compile(r"heading ([1-9])\Z")
_QUOTE_NAMES = frozenset({"quote", "intense quote", "block text", "block quotation", "quotations"})
# What shows no words: what was deleted or moved away, and what older programs show instead.
_SILENT = frozenset({"del", "moveFrom", "Fallback", "pPr", "sectPr", "tblPr", "rPr"})
_BASED_ON = 10  # steps from a style to the one it is based on


def is_docx(body: bytes) -> bool:
    """Tell whether a zip file holds a document of Word's."""
    try:
        with zipfile.ZipFile(io.BytesIO(body)) as package:
            return _DOCUMENT in package.namelist()
    except (zipfile.BadZipFile, ValueError, OSError):
        return False


def read_docx(body: bytes, url: str | None) -> Draft:
    """Read a DOCX; title and day are those of its properties, the title else its first heading.

    The words of foot- and endnotes follow the text; what they cite stands at their numbers.

    Raises:
        InputError: it is no DOCX, damaged, locked, without words, or more than can be read.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(body)) as package:
            parts = _Package(package)
            if _DOCUMENT not in package.namelist():
                raise InputError("not a DOCX: there is no document in the file")
            reader = _Reader(parts, url)
            text, marks = reader.read()
            title, day = parts.about()
    except (zipfile.BadZipFile, zlib.error, NotImplementedError, RuntimeError, OSError, EOFError):
        raise InputError("cannot read the DOCX: the file is damaged or locked") from None
    if not text:
        raise InputError("nothing to read in the DOCX: it has no words")
    headings = (text[mark.start : mark.end] for mark in marks if mark.kind is MarkKind.HEADING)
    return Draft(ArticleText(title or next(headings, None), url, None, text, day), marks)


class _Package:
    """The parts of a package that are read."""

    def __init__(self, package: zipfile.ZipFile) -> None:
        if len(package.namelist()) > MAX_FILES:
            raise InputError(f"cannot read the DOCX: it holds more than {MAX_FILES:,} files")
        self._package = package
        self._names = frozenset(package.namelist())

    def part(self, name: str) -> etree._Element | None:
        """Return a part's root element, or None when there is no such part."""
        if name not in self._names:
            return None
        if self._package.getinfo(name).file_size > MAX_PART_BYTES:
            raise InputError(f"cannot read the DOCX: {name} has more than {MAX_PART_BYTES:,} bytes")
        parser = etree.XMLParser(
            resolve_entities=False, no_network=True, load_dtd=False, remove_comments=True
        )
        try:
            root = etree.fromstring(self._package.read(name), parser)
        except etree.XMLSyntaxError:
            raise InputError(f"cannot read the DOCX: {name} is damaged") from None
        if getattr(root.getroottree().docinfo, "internalDTD", None) is not None:
            raise InputError(f"cannot read the DOCX: {name} declares entities, which none may")
        return root

    def links(self, name: str) -> Mapping[str, str]:
        """Return where the links of a part lead outside, by their IDs."""
        folder, file = posixpath.split(name)
        root = self.part(f"{folder}/_rels/{file}.rels")
        return {
            link.get("Id") or "": link.get("Target") or ""
            for link in (root if root is not None else ())
            if link.get("TargetMode") == "External"
        }

    def about(self) -> tuple[str | None, date | None]:
        """Return title and day of creation."""
        root = self.part("docProps/core.xml")
        said = {_local(one): (one.text or "").strip() for one in (root if root is not None else ())}
        return " ".join(said.get("title", "").split()) or None, day_of(said.get("created"))


@dataclass(frozen=True, slots=True)
class _Style:
    name: str
    level: int | None
    base: str | None


@dataclass(slots=True)
class _Field:
    """A field whose end is still to come: its code, and the span of what it shows."""

    code: str = ""
    address: str | None = None
    span: int | None = None


class _Reader:
    """Reads the document, and the notes that its numbers point to."""

    def __init__(self, parts: _Package, url: str | None) -> None:
        self._parts = parts
        self._url = url
        self._styles = _styles(parts.part("word/styles.xml"))
        self._prose = Prose()
        self._notes = {kind: self._read_notes(kind) for kind in _NOTE_PARTS}

    def read(self) -> tuple[str, tuple[Mark, ...]]:
        """Return the document's text and marks, its notes behind it."""
        root = self._parts.part(_DOCUMENT)
        self._walk(root, self._prose, _DOCUMENT, self._cite)
        for notes in self._notes.values():
            for words, _ in notes.values():
                self._prose.end_paragraph()
                with self._prose.span(MarkKind.CODE):  # what they cite stands at their numbers
                    self._prose.put_lines(words)
        return self._prose.finished()

    def _read_notes(self, kind: str) -> dict[str, tuple[str, list[str]]]:
        """Return words and addresses of every note of a part by its ID."""
        part = _NOTE_PARTS[kind]
        root = self._parts.part(part)
        found = {}
        for note in root if root is not None else ():
            if note.get(f"{_W}type") is not None:
                continue  # a line above the notes, and the like
            prose = Prose()
            self._walk(note, prose, part, _nothing)
            words, marks = prose.finished()
            printed = [one.address for one in printed_addresses(words)]
            linked = [mark.address for mark in marks if mark.address]
            found[note.get(f"{_W}id") or ""] = words, list(dict.fromkeys([*linked, *printed]))
        return found

    def _cite(self, kind: str, number: str) -> None:
        words, addresses = self._notes[kind].get(number, ("", []))
        for address in addresses:
            if may_cite(address, self._url):
                self._prose.note(address, Note(words=" ".join(words.split())[:_NOTE_CHARS]))

    def _walk(
        self, root: etree._Element | None, prose: Prose, part: str, cite: Callable[[str, str], None]
    ) -> None:
        if root is not None:
            story = _Story(prose, self._parts.links(part), self._styles, self._url, cite)
            story.read(root)


class _Story:
    """Walks one part's elements in document order, without recursion."""

    def __init__(
        self,
        prose: Prose,
        links: Mapping[str, str],
        styles: Mapping[str, _Style],
        url: str | None,
        cite: Callable[[str, str], None],
    ) -> None:
        self._prose = prose
        self._links = links
        self._styles = styles
        self._url = url
        self._cite = cite
        self._fields: list[_Field] = []
        self._spans: dict[etree._Element, tuple[int, MarkKind, str | None, int]] = {}

    def read(self, root: etree._Element) -> None:
        """Put what the elements show."""
        walk = etree.iterwalk(root, events=("start", "end"))
        for event, element in walk:
            if event == "end":
                self._close(element)
            elif _local(element) in _SILENT or _is_hidden(element):
                walk.skip_subtree()
            else:
                self._open(element, _local(element))

    def _open(self, element: etree._Element, name: str) -> None:
        match name:
            case "t" | "tab" | "ptab" | "noBreakHyphen":
                self._prose.put(_CHARACTERS.get(name) or element.text or "")
            case "br" | "cr":
                self._prose.end_line()
            case "p":
                self._open_paragraph(element)
            case "hyperlink":
                self._open_link(element, self._links.get(element.get(_LINK_ID) or "", ""))
            case "fldSimple":
                self._open_link(element, _field_address(element.get(f"{_W}instr") or ""))
            case "fldChar":
                self._turn_field(element.get(f"{_W}fldCharType") or "")
            case "instrText":
                self._note_code(element.text or "")
            case "footnoteReference" | "endnoteReference":
                self._cite(name, element.get(f"{_W}id") or "")
            case _:
                pass  # it groups or dresses words

    def _close(self, element: etree._Element) -> None:
        opened = self._spans.pop(element, None)
        if opened:
            at, kind, address, level = opened
            self._prose.end(at, kind, address, level=level)
        if _local(element) == "p":
            self._prose.end_paragraph()

    def _open_paragraph(self, paragraph: etree._Element) -> None:
        self._prose.end_paragraph()
        style = self._style(paragraph)
        if style.level is not None:
            self._spans[paragraph] = (self._prose.begin(), MarkKind.HEADING, None, style.level)
        elif style.name in _QUOTE_NAMES:
            self._spans[paragraph] = (self._prose.begin(), MarkKind.QUOTE, None, 0)

    def _style(self, paragraph: etree._Element) -> _Style:
        """Return a paragraph's style, its level from the first of its bases that tells one."""
        named = paragraph.find(f"{_W}pPr/{_W}pStyle")
        own = _level(paragraph)
        key = named.get(f"{_W}val") if named is not None else None
        first = style = self._styles.get(key or "", _Style("", None, None))
        for _ in range(_BASED_ON):
            base = self._styles.get(style.base or "")
            if style.level is not None or base is None:
                break
            style = base
        return _Style(first.name, own if own is not None else style.level, None)

    def _open_link(self, element: etree._Element, target: str) -> None:
        address = self._citable(target)
        if address:
            self._spans[element] = (self._prose.begin(), MarkKind.LINK, address, 0)

    def _note_code(self, code: str) -> None:
        if self._fields:
            self._fields[-1].code += code[:_FIELD_CHARS]

    def _turn_field(self, turn: str) -> None:
        """Follow a field from its begin over its code to what it shows, and to its end."""
        if turn == "begin":
            self._fields.append(_Field())
        elif turn == "separate" and self._fields:
            address = self._citable(_field_address(self._fields[-1].code))
            self._fields[-1].address = address
            self._fields[-1].span = self._prose.begin() if address else None
        elif turn == "end" and self._fields:
            ended = self._fields.pop()
            if ended.span is not None:
                self._prose.end(ended.span, MarkKind.LINK, ended.address)

    def _citable(self, target: str) -> str | None:
        address = joined(self._url, target) if target else None
        return address if address and may_cite(address, self._url) else None


def _nothing(kind: str, number: str) -> None:
    """Cite nothing: notes have no notes."""


def _styles(root: etree._Element | None) -> dict[str, _Style]:
    styles = {}
    for style in root.iterfind(f"{_W}style") if root is not None else ():
        name = _value(style.find(f"{_W}name")).lower()
        heading = _HEADING_NAME.match(name)
        level = int(heading[1]) if heading else _level(style)
        base = _value(style.find(f"{_W}basedOn")) or None
        styles[style.get(f"{_W}styleId") or ""] = _Style(
            name, 1 if name == "title" else level, base
        )
    return styles


def _level(element: etree._Element) -> int | None:
    """Return the outline level an element sets, 1 outermost; 9 in the file means running text."""
    written = _value(element.find(f"{_W}pPr/{_W}outlineLvl"))
    return int(written) + 1 if written in tuple("012345678") else None


def _value(element: etree._Element | None) -> str:
    return (element.get(f"{_W}val") or "") if element is not None else ""


def _is_hidden(element: etree._Element) -> bool:
    if _local(element) != "r":
        return False
    hidden = element.find(f"{_W}rPr/{_W}vanish")
    return hidden is not None and _value(hidden) not in ("0", "false", "off")


def _field_address(code: str) -> str:
    found = _FIELD_LINK.match(code)
    return found["address"] if found else ""


def _local(element: etree._Element) -> str:
    return str(element.tag).rpartition("}")[2]
