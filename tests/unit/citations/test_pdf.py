from __future__ import annotations

from datetime import date
from io import BytesIO

import pytest
from pypdf import PdfReader, PdfWriter

from archiver.citations.draft import Draft
from archiver.citations.extraction import extract
from archiver.citations.links import merged
from archiver.citations.pdf import MAX_PAGES, read_pdf
from archiver.errors import InputError
from archiver.platforms import recognise
from tests.unit.citations.documents import FONT, drawn_pdf, pdf, pdf_of, stream

WORDS = b"BT /F 12 Tf 72 700 Td (Hello) Tj ET "
RESOURCES = b"<</Font<</F 4 0 R>>>>"


def page_of(content: bytes, resources: bytes = RESOURCES, *more: bytes, pages: int = 1) -> bytes:
    """Return a PDF whose pages all show one content."""
    return pdf_of(
        [
            b"<</Type/Catalog/Pages 2 0 R>>",
            b"<</Type/Pages/Kids[%s]/Count %d>>" % (b"3 0 R " * pages, pages),
            b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 600 800]/Contents 5 0 R/Resources %s>>"
            % resources,
            FONT,
            stream(content),
            *more,
        ]
    )


def locked(password: str) -> bytes:
    writer = PdfWriter(clone_from=PdfReader(BytesIO(pdf([(700, "The gate was open.")]))))
    writer.encrypt(password, "owner", algorithm="RC4-128")
    out = BytesIO()
    writer.write(out)
    return out.getvalue()


def links(draft: Draft) -> list[tuple[str, str | None]]:
    text = draft.article.text
    return [(text[one.start : one.end], one.address) for one in merged(draft.marks, text)]


def test_lines_are_joined_to_paragraphs_and_broken_words_to_words():
    body = pdf(
        [(700, "The gate was open and the har-"), (688, "bour was full."), (676, "Nobody came.")],
        [(700, "Nobody left"), (688, "either."), (650, "So it ended.")],
        about=b"/Title(The gate)/CreationDate(D:20200108120000Z)",
    )

    article = read_pdf(body, None).article

    assert article.text == (
        "The gate was open and the harbour was full. Nobody came.\n\nNobody left either."
        "\n\nSo it ended."
    )
    assert (article.title, article.published_on) == ("The gate", date(2020, 1, 8))


def test_a_paragraph_may_go_on_over_the_page():
    body = pdf([(700, "Nobody"), (688, "knew that the")], [(700, "gate was"), (688, "open.")])

    assert read_pdf(body, None).article.text == "Nobody knew that the gate was open."


def test_running_heads_and_page_numbers_are_left_out():
    pages = [
        [(780, f"The Paper, page {n}"), (700, "Word"), (688, f"number{n}."), (20, f"- {n} -")]
        for n in range(1, 5)
    ]

    assert read_pdf(pdf(*pages), None).article.text == (
        "Word number1.\n\nWord number2.\n\nWord number3.\n\nWord number4."
    )


def test_a_link_covers_the_words_under_its_rectangles():
    # Courier of 10 points is 6 points a letter: "the list" goes from 74 to 122.
    body = pdf(
        [(700, "See the list of the"), (688, "gates and more.")],
        links=[
            ((146, 697, 170, 710), "https://a.example/"),
            ((50, 685, 80, 697), "https://a.example/"),
        ],
    )

    assert links(read_pdf(body, None)) == [("the gates", "https://a.example/")]


@pytest.mark.parametrize(
    ("first", "second", "joined"),
    [
        (
            "https://a.example/one-",
            "two/three.html is there",
            "https://a.example/one-two/three.html",
        ),
        ("https://a.example/one", "/two?id=3, then", "https://a.example/one/two?id=3"),
        ("https://a.example/?q=", "gate was", "https://a.example/?q=gate"),
        ("https://a.example/", "The gate", "https://a.example/"),
        ("https://a.example/gate", "was open", "https://a.example/gate"),
        ("https://a.example/gate.", "Nobody-knows", "https://a.example/gate"),
        ("https://a.example/gate", "https://b.example/", "https://a.example/gate"),
    ],
)
def test_an_address_broken_over_lines_is_joined_when_the_rest_looks_like_one(first, second, joined):
    body = pdf([(700, f"See {first}"), (688, second), (676, "and so on.")])

    found = extract(body, recognise=recognise).citations

    assert found[0].addresses == (joined,)


def test_a_pdf_that_an_empty_password_opens_is_read():
    assert read_pdf(locked(""), None).article.text == "The gate was open."


@pytest.mark.parametrize(
    ("body", "why"),
    [
        (locked("secret"), "a password locks it"),
        (pdf([]), "pictures alone"),
        (pdf([(700, "Open.")])[:300], "damaged"),
        (b"%PDF-1.4\n" + b"1 0 obj\n" * 1000, "damaged"),
        (page_of(b"[" * 100_000), "damaged"),
        (page_of(b" " * 80_000_000), "unpacks to more"),
        (page_of(WORDS, pages=MAX_PAGES + 1), "more than 2,000 pages"),
        (page_of(b" " * 70_000_000), "holds too much"),
        (
            page_of(
                WORDS,
                b"<</Font<</F 6 0 R>>>>",
                b"<</Type/Font/Subtype/Type1/BaseFont/Courier/ToUnicode 7 0 R>>",
                stream(b"beginbfchar\n" + b"<0041> <0042>\n" * 1_200_000),
            ),
            "holds too much",
        ),
    ],
    ids=[
        "locked",
        "pictures",
        "cut",
        "junk",
        "nested",
        "bomb",
        "pages",
        "bytes",
        "font",
    ],
)
def test_what_cannot_be_read_is_refused_in_one_line(body, why):
    with pytest.raises(InputError, match=why) as refused:
        read_pdf(body, None)

    assert "\n" not in str(refused.value)


def test_drawing_is_counted_over_all_pages(monkeypatch):
    monkeypatch.setattr("archiver.citations.pdf.MAX_OPERATIONS", 40)

    assert read_pdf(page_of(WORDS * 4), None).article.text
    with pytest.raises(InputError, match="too much is drawn"):
        read_pdf(page_of(WORDS * 4, pages=3), None)


def test_drawings_that_draw_themselves_end():
    form = stream(
        WORDS + b"/X Do /X Do",
        b"/Type/XObject/Subtype/Form/BBox[0 0 9 9]/Resources<</Font<</F 4 0 R>>/XObject<</X 6 0 R>>>>",
    )
    body = page_of(b"/X Do ", b"<</Font<</F 4 0 R>>/XObject<</X 6 0 R>>>>", form)

    assert "Hello" in read_pdf(body, None).article.text


@pytest.mark.parametrize(
    ("name", "media_type"), [("a.pdf", None), (None, "application/pdf"), (None, None)]
)
def test_a_pdf_is_known_by_name_type_and_first_bytes(name, media_type):
    body = pdf([(700, "The gate was open.")])

    extraction = extract(body, recognise=recognise, name=name, media_type=media_type)

    assert extraction.article.text == "The gate was open."


ARABIC = (  # as drawn, from left to right: the last word first, each letter in the form it takes
    (200, 700, "\ufe95\ufea4\ufe98\ufed3"),  # "فتحت"
    (236, 700, "\ufe8f\ufe8e\ufe92\ufedf\ufe8d"),  # "الباب"
)


def test_words_that_run_from_the_right_come_in_the_order_of_reading_and_in_their_letters():
    draft = read_pdf(drawn_pdf(ARABIC, [((234, 698, 270, 710), "https://ar.example/")]), None)

    assert draft.article.text == "الباب فتحت"
    assert links(draft) == [("الباب", "https://ar.example/")]


def test_names_numbers_and_brackets_keep_their_order_in_a_line_read_from_the_right():
    shown = "2020 ראוניב 8 (maya_l@) היאמ — חותפ היה רעשה"

    text = read_pdf(drawn_pdf([(50, 700, shown)]), None).article.text

    assert text == "השער היה פתוח — מאיה (@maya_l) 8 בינואר 2020"


def test_words_from_the_right_in_a_line_read_from_the_left_are_turned_alone():
    shown = "He said חותפ רעשה yesterday, and nobody came."

    text = read_pdf(drawn_pdf([(50, 700, shown)]), None).article.text

    assert text == "He said השער פתוח yesterday, and nobody came."


def test_ligatures_are_written_as_letters_and_other_characters_stay():
    text = read_pdf(
        drawn_pdf([(50, 700, "Je\ufb00rey\u2019s o\ufb03ce, 5 m²…")]), None
    ).article.text

    assert text == "Jeffrey’s office, 5 m²…"
