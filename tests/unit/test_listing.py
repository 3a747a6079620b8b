"""A list of articles: what names one, what does not, and which line it stands on."""

from __future__ import annotations

import re
from datetime import date

import pytest

from archiver.errors import InputError
from archiver.flow.listing import read_list
from archiver.model.feed import ExpectedArticle

A, B = "https://a.example/1", "https://b.example/2?x=1,2;3"


@pytest.mark.parametrize(
    "body",
    [
        f"{A}\n{B}\n",
        f"# ours\n\n  {A}  \r\n\r\n# theirs\r\n{B}",
        f"\ufeff{A}\n{B}\n{A}\n",
        f'url\n{A}\n"{B}"\n',
    ],
    ids=["plain", "blank-and-comments-crlf", "bom-and-twice", "header-alone"],
)
def test_addresses_line_by_line_are_taken_in_order_and_once(body: str) -> None:
    named = read_list(body.encode())

    assert [one.url for one in named.articles] == [A, B]
    assert named.bad == ()


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_a_table_gives_title_and_day(delimiter: str) -> None:
    rows = [
        ["Title", "URL", "Published", "section"],
        ['"One, two; ""three""\n four"', A, "2024-05-31", "x"],
        ["", A + "b", "2024-05-31T10:00:00+02:00", ""],
        ["short"],
        ["", A + "c"],
        ["", "", "", ""],
    ]
    body = "\r\n".join(delimiter.join(row) for row in rows)

    named = read_list(body.encode("utf-8-sig"))

    assert named.articles == (
        ExpectedArticle(A, 'One, two; "three" four', date(2024, 5, 31)),
        ExpectedArticle(A + "b", None, date(2024, 5, 31)),
        ExpectedArticle(A + "c"),
    )
    assert [(line.number, line.why) for line in named.bad] == [(5, "has no url")]


@pytest.mark.parametrize("encoding", ["utf-16", "utf-8", "cp1252"])
def test_a_title_keeps_its_letters_in_any_encoding_of_a_spreadsheet(encoding: str) -> None:
    title = "Überschrift für die Häfen, größer als früher, schöner als je und überhaupt"

    named = read_list(f'url,title\r\n{A},"{title}"\r\n'.encode(encoding))

    assert [one.title for one in named.articles] == [title]


@pytest.mark.parametrize(
    ("line", "why"),
    [
        ("no address", "http"),
        ("ftp://a.example/", "http"),
        ("https://", "."),
        ("javascript:alert(1)", "http"),
    ],
)
def test_a_line_that_is_no_address_is_told_and_stops_no_other(line: str, why: str) -> None:
    named = read_list(f"{A}\n{line}\n{B}\n".encode())

    assert [one.url for one in named.articles] == [A, B]
    [bad] = named.bad
    assert (bad.number, bad.text) == (2, line)
    assert bad.why


@pytest.mark.parametrize(
    ("row", "why"),
    [
        (f"{A}b,x,yesterday", "published is no day: 'yesterday'"),
        (f"{A}b,x,2024-13-01", "published is no day: '2024-13-01'"),
        (f'{A}b,"left open,2024-05-31', "a quotation mark is left open"),
        (f'{A}b,"x" y,2024-05-31', "is no row of a table"),
        ("not an address,x,", "http"),
    ],
)
def test_a_bad_row_is_told_by_its_number_and_the_rest_is_read(row: str, why: str) -> None:
    good = "\n".join(f"{A}{number},," for number in range(30))

    named = read_list(f"url,title,published\n{row}\n{good}\n".encode())

    assert len(named.articles) == 30
    [bad] = named.bad
    assert bad.number == 2
    assert why in bad.why


def test_an_unquoted_mark_is_a_letter() -> None:
    named = read_list(f'url,title\n{A},a 5" barrel\n'.encode())

    assert named.articles[0].title == 'a 5" barrel'


@pytest.mark.parametrize("body", [b"", b"\n\n# nothing\n"], ids=repr)
def test_an_empty_list_is_refused(body: bytes) -> None:
    with pytest.raises(InputError):
        read_list(body)


def test_a_table_without_rows_names_nothing() -> None:
    assert read_list(b"url,title\n").articles == ()


@pytest.mark.parametrize(
    ("line", "why"),
    [
        ("https://paper.example/z1 Title here", "space"),
        ("https://paper.example/a b", "space"),
        ("https://paper.example/z2,Title", "row"),
        ('https://paper.example/z2;"The long title"', "row"),
        ("https://paper.example/z2, Title", "row|space"),
    ],
)
def test_an_address_with_words_behind_it_is_a_bad_line(line: str, why: str) -> None:
    named = read_list(f"{A}\n{line}\n".encode())

    assert [one.url for one in named.articles] == [A]
    (bad,) = named.bad
    assert bad.number == 2
    assert re.search(why, bad.why)


@pytest.mark.parametrize(
    "address",
    ["https://a.example/0,1518,22.html", "https://a.example/1?x=a,b&y=2", "https://a.example/a,1"],
)
def test_an_address_may_hold_a_comma(address: str) -> None:
    assert [one.url for one in read_list(address.encode()).articles] == [address]
