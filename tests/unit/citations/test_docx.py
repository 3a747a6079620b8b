from __future__ import annotations

from datetime import date, datetime

import pytest
from docx import Document

from archiver.citations.docx import MAX_FILES, MAX_PART_BYTES, read_docx
from archiver.citations.draft import Draft, Mark, MarkKind
from archiver.citations.extraction import extract
from archiver.errors import InputError
from archiver.model.citation import CitationKind
from archiver.platforms import recognise
from tests.unit.citations.documents import NAMES, docx, relations, replaced, saved


def run(text: str) -> str:
    return f'<w:r><w:t xml:space="preserve">{text}</w:t></w:r>'


def paragraph(*content: str) -> str:
    return f"<w:p>{''.join(content)}</w:p>"


def field(turn: str) -> str:
    return f'<w:r><w:fldChar w:fldCharType="{turn}"/></w:r>'


def marked(draft: Draft, kind: MarkKind) -> list[tuple[str, str | None]]:
    marks = [mark for mark in draft.marks if mark.kind is kind]
    return [(draft.article.text[mark.start : mark.end], mark.address) for mark in marks]


def test_a_document_gives_its_words_headings_quotes_and_properties():
    document = Document()
    document.core_properties.title = "The  gate"
    document.core_properties.created = datetime(2020, 1, 8, 10)
    document.add_heading("History", 2)
    document.add_paragraph("It was open.")
    document.add_paragraph("Nobody came.", style="Quote")
    document.add_table(1, 2).cell(0, 0).text = "Cell"

    draft = read_docx(saved(document), "https://paper.example/gate.docx")

    assert draft.article.text == "History\n\nIt was open.\n\nNobody came.\n\nCell"
    assert (draft.article.title, draft.article.published_on) == ("The gate", date(2020, 1, 8))
    assert draft.marks == (
        Mark(MarkKind.HEADING, 0, 7, level=2),
        Mark(MarkKind.QUOTE, 23, 35),
    )


def test_links_and_link_fields_cover_their_words():
    package = docx(
        paragraph(
            run("See "),
            f'<w:hyperlink r:id="one">{run("the list")}</w:hyperlink>',
            run(" and "),
            field("begin"),
            '<w:r><w:instrText> HYPERLINK "https://b.exa</w:instrText></w:r>',
            '<w:r><w:instrText>mple/" \\o "tip"</w:instrText></w:r>',
            field("separate"),
            run("that"),
            field("end"),
            f'<w:fldSimple w:instr=" HYPERLINK &quot;https://c.example/&quot;">{run("!")}</w:fldSimple>',
        )
    )
    package = replaced(
        package, {"word/_rels/document.xml.rels": relations(one="https://a.example/")}
    )

    draft = read_docx(package, None)

    assert draft.article.text == "See the list and that!"
    assert marked(draft, MarkKind.LINK) == [
        ("the list", "https://a.example/"),
        ("that", "https://b.example/"),
        ("!", "https://c.example/"),
    ]


def test_a_note_cites_where_its_number_stands_and_its_words_follow_the_text():
    notes = (
        f'<w:footnotes {NAMES}><w:footnote w:type="separator" w:id="0"><w:p/></w:footnote>'
        f'<w:footnote w:id="2">{paragraph(run("Roe, https://a.example/r."))}</w:footnote>'
        "</w:footnotes>"
    )
    package = docx(
        paragraph(run("Open."), '<w:r><w:footnoteReference w:id="2"/></w:r>', run(" Shut.")),
        word__footnotes=notes,
    )

    extraction = extract(package, recognise=recognise)

    assert extraction.article.text == "Open. Shut.\n\nRoe, https://a.example/r."
    (found,) = extraction.citations
    assert (found.kind, found.url, found.text, found.start) == (
        CitationKind.LINK,
        "https://a.example/r",
        "Roe, https://a.example/r.",
        5,
    )


def test_deleted_hidden_and_doubled_words_are_not_shown():
    package = docx(
        paragraph(
            run("Open"),
            "<w:del><w:r><w:delText>shut</w:delText><w:t>shut</w:t></w:r></w:del>",
            "<w:r><w:rPr><w:vanish/></w:rPr><w:t>secret</w:t></w:r>",
            '<mc:AlternateContent xmlns:mc="m"><mc:Choice>'
            + run(" gate")
            + "</mc:Choice><mc:Fallback>"
            + run(" gate")
            + "</mc:Fallback></mc:AlternateContent>",
            "<w:r><w:br/></w:r>",
            run("now"),
        )
    )

    assert read_docx(package, None).article.text == "Open gate\nnow"


@pytest.mark.parametrize(
    ("package", "why"),
    [
        (b"PK\x03\x04 nothing", "damaged"),
        (saved(Document())[:-200], "damaged"),
        (saved(Document()), "no words"),
        (replaced(saved(Document()), {"word/document.xml": b"<w:document"}), "damaged"),
        (
            replaced(saved(Document()), {"word/document.xml": b" " * (MAX_PART_BYTES + 1)}),
            "more than 20,000,000 bytes",
        ),
        (
            replaced(
                saved(Document()),
                {"word/document.xml": b'<!DOCTYPE a [<!ENTITY e "ha">]><a>&e;</a>'},
            ),
            "declares entities",
        ),
        (
            replaced(saved(Document()), {f"x{n}": b"" for n in range(MAX_FILES)}),
            "more than 5,000 files",
        ),
    ],
    ids=["no zip", "cut off", "empty", "broken", "bomb", "entities", "files"],
)
def test_what_cannot_be_read_is_refused_in_one_line(package, why):
    with pytest.raises(InputError, match=why) as refused:
        read_docx(package, None)

    assert "\n" not in str(refused.value)


def test_a_document_nested_without_end_is_refused_or_read_without_recursion():
    package = docx("<w:sdt>" * 200 + paragraph(run("Deep.")) + "</w:sdt>" * 200)

    assert read_docx(package, None).article.text == "Deep."


@pytest.mark.parametrize(
    ("body", "name", "why"),
    [
        (b"<p>Sorry, gone.</p>", "a.docx", "not a DOCX"),
        (b"<p>Sorry, gone.</p>", "a.pdf", "not a PDF"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "a.docx", "locked by a password"),
        (replaced(b"PK\x05\x06" + bytes(18), {"a.txt": b"a"}), "a.zip", "binary"),
        (replaced(b"PK\x05\x06" + bytes(18), {"a.txt": b"a"}), "a.docx", "no document"),
    ],
)
def test_a_file_that_is_not_what_it_is_called_is_refused(body, name, why):
    with pytest.raises(InputError, match=why):
        extract(body, recognise=recognise, name=name)
