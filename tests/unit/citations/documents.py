"""Documents written for the tests: DOCX with Word's own parts, PDF by hand."""

from __future__ import annotations

import io
import zipfile
import zlib
from collections.abc import Sequence

from docx import Document
from docx.document import Document as Word

WORD = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006/relationships"
NAMES = f'xmlns:w="{WORD}" xmlns:r="{OFFICE}"'
FONT = b"<</Type/Font/Subtype/Type1/BaseFont/Courier>>"


def saved(document: Word) -> bytes:
    """Return a document of python-docx as bytes."""
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def docx(body: str = "", **parts: str) -> bytes:
    """Return a DOCX of raw WordprocessingML; further parts by name, ``__`` for a slash."""
    document = Document()
    written = {
        "word/document.xml": f"<w:document {NAMES}><w:body>{body}</w:body></w:document>",
        **{name.replace("__", "/") + ".xml": text for name, text in parts.items()},
    }
    return replaced(saved(document), {name: text.encode() for name, text in written.items()})


def replaced(package: bytes, parts: dict[str, bytes]) -> bytes:
    """Return a zip file with parts put in or replaced."""
    out = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(package)) as old,
        zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new,
    ):
        for name in old.namelist():
            if name not in parts:
                new.writestr(name, old.read(name))
        for name, content in parts.items():
            new.writestr(name, content)
    return out.getvalue()


def relations(**targets: str) -> bytes:
    """Return a part's outside links by their IDs."""
    links = "".join(
        f'<Relationship Id="{key}" Type="{OFFICE}/hyperlink" Target="{target}" '
        'TargetMode="External"/>'
        for key, target in targets.items()
    )
    return f'<Relationships xmlns="{PACKAGE}">{links}</Relationships>'.encode()


def stream(data: bytes, extra: bytes = b"") -> bytes:
    """Return a compressed stream object."""
    packed = zlib.compress(data)
    return b"<</Length %d/Filter/FlateDecode%s>>stream\n%s\nendstream" % (
        len(packed),
        extra,
        packed,
    )


def pdf_of(objects: Sequence[bytes], trailer: bytes = b"") -> bytes:
    """Return a PDF of objects, the first its catalogue."""
    out = b"%PDF-1.7\n"
    offsets = []
    for number, content in enumerate(objects, 1):
        offsets.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, content)
    table = b"".join(b"%010d 00000 n \n" % offset for offset in offsets)
    head = b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    tail = b"trailer\n<</Size %d/Root 1 0 R%s>>\nstartxref\n%d\n%%%%EOF"
    return out + head + table + tail % (len(objects) + 1, trailer, len(out))


def pdf(
    *pages: Sequence[tuple[float, str]],
    size: int = 10,
    links: Sequence[tuple[tuple[float, float, float, float], str]] = (),
    about: bytes = b"",
) -> bytes:
    """Return a PDF of lines in Courier (0.6 of the size wide) at heights, from x = 50.

    ``links`` are rectangles of the first page and where they lead.
    """
    first = 5
    kids = b" ".join(b"%d 0 R" % (first + 2 * n) for n in range(len(pages)))
    annotations = b"".join(
        b"<</Type/Annot/Subtype/Link/Rect[%s]/A<</S/URI/URI(%s)>>>>"
        % (" ".join(map(str, where)).encode(), address.encode())
        for where, address in links
    )
    objects = [
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Kids[%s]/Count %d>>" % (kids, len(pages)),
        FONT,
        b"<<%s>>" % about,
    ]
    for n, lines in enumerate(pages):
        drawn = "".join(f"BT /F {size} Tf 1 0 0 1 50 {y} Tm ({text}) Tj ET\n" for y, text in lines)
        objects += [
            b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 600 800]/Resources<</Font<</F 3 0 R>>>>"
            b"/Contents %d 0 R%s>>"
            % (first + 2 * n + 1, b"/Annots[%s]" % annotations if n == 0 else b""),
            stream(drawn.encode("latin-1")),
        ]
    return pdf_of(objects, b"/Info 4 0 R")


def drawn_pdf(
    words: Sequence[tuple[float, float, str]],
    links: Sequence[tuple[tuple[float, float, float, float], str]] = (),
) -> bytes:
    """Return a PDF of one page that draws words at places, each from left to right as it looks.

    The type is 10 points, every letter 6 wide; letters of any script are told by a table.
    """
    codes = {letter: n for n, letter in enumerate(sorted({*"".join(w for *_, w in words)}), 1)}
    table = "".join(
        f"<{n:02x}> <{letter.encode('utf-16-be').hex()}>\n" for letter, n in codes.items()
    )
    annotations = b"".join(
        b"<</Type/Annot/Subtype/Link/Rect[%s]/A<</S/URI/URI(%s)>>>>"
        % (" ".join(map(str, where)).encode(), address.encode())
        for where, address in links
    )
    content = "".join(
        f"BT /F 10 Tf 1 0 0 1 {x} {y} Tm <{bytes(codes[one] for one in shown).hex()}> Tj ET\n"
        for x, y, shown in words
    )
    unicode = (
        "/CIDInit /ProcSet findresource begin begincmap 1 begincodespacerange <00> <ff> "
        f"endcodespacerange {len(codes)} beginbfchar\n{table}endbfchar endcmap"
    )
    return pdf_of(
        [
            b"<</Type/Catalog/Pages 2 0 R>>",
            b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
            b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 600 800]/Contents 5 0 R"
            b"/Resources<</Font<</F 4 0 R>>>>/Annots[%s]>>" % annotations,
            b"<</Type/Font/Subtype/Type1/BaseFont/Courier/FirstChar 0/LastChar 255/Widths[%s]"
            b"/ToUnicode 6 0 R>>" % (b"600 " * 256),
            stream(content.encode()),
            stream(unicode.encode()),
        ]
    )
