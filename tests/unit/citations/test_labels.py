from __future__ import annotations

import pytest

from archiver.citations.encoding import text_of
from archiver.citations.labels import decoded, encoding_of
from archiver.errors import InputError


@pytest.mark.parametrize(
    ("label", "encoding"),
    [
        (" UTF-8\n", "utf-8"),
        ("unicode11utf8", "utf-8"),
        ("latin1", "cp1252"),
        ("US-ASCII", "cp1252"),
        ("ISO-8859-9", "cp1254"),
        ("tis-620", "cp874"),
        ("gb2312", "gb18030"),
        ("x-sjis", "cp932"),
        ("windows-31j", "cp932"),
        ("ks_c_5601-1987", "cp949"),
        ("x-x-big5", "big5hkscs"),
        ("iso-8859-8-i", "iso8859-8"),
        ("koi8-ru", "koi8-u"),
        ("utf-16", "utf-16-le"),
        ("hz-gb-2312", "replacement"),
        ("x-user-defined", "x-user-defined"),
        ("utf-7", None),
        ("utf-32", None),
        ("cp437", None),
        ("idna", None),
        ("", None),
    ],
)
def test_labels_mean_what_they_mean_to_browsers(label, encoding):
    assert encoding_of(label) == encoding


@pytest.mark.parametrize(
    ("body", "encoding", "text"),
    [
        (b"\x80\x81\x9d", "cp1252", "€\x81\x9d"),
        (b"\x98\xc0", "cp1251", "\x98А"),
        (b"\xd2\x81", "cp1253", "\ufffd\x81"),
        (b"\xae\xbe", "koi8-u", "ўЎ"),
        (b"\xa2\xff", "mac-cyrillic", "Ґ€"),
        (b"a\xff", "x-user-defined", "a\uf7ff"),
        (b"\x87\x40", "cp932", "①"),
    ],
)
def test_bytes_mean_what_they_mean_to_browsers(body, encoding, text):
    assert decoded(body, encoding) == text


@pytest.mark.parametrize(
    "head",
    [
        b"<meta charset=windows-1251>",
        b"<META CharSet = 'windows-1251'>",
        b'<meta charset="x-cp1251"/>',
        b'<meta http-equiv="Content-Type" content="text/html; charset=windows-1251">',
        b"<meta content='text/html;charset=\"windows-1251\"' http-equiv=content-type>",
        b'<?xml version="1.0" encoding="windows-1251"?><p>',
        b"<!-- <meta charset=utf-8> --><meta charset=windows-1251>",
        b'<meta name=a content="charset=utf-8"><meta charset=windows-1251>',
        b'<a title="<meta charset=utf-8>"><meta charset=windows-1251>',
        b"<meta charset=nonsense><meta charset=windows-1251>",
        b"<meta charset=windows-1251 charset=utf-8>",
        b"<!doctype html>" + b"<script></script>" * 100 + b"<meta charset=windows-1251>",
    ],
)
def test_the_encoding_is_where_the_standard_looks_for_it(head):
    assert text_of(head + b"\xcf\xf0", is_html=True).endswith("Пр")


@pytest.mark.parametrize(
    ("head", "tail", "text"),
    [
        (b"<meta charset=utf-16>", "é".encode(), "é"),
        (b"<meta charset=x-user-defined>", b"\xe9", "é"),
        (b"<metacharset=windows-1251>", "é".encode(), "é"),
        (b"<!--<meta charset=windows-1251>", "é".encode(), "é"),
    ],
)
def test_declarations_that_cannot_be_are_mended_or_passed_over(head, tail, text):
    assert text_of(head + tail, is_html=True).endswith(text)


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be"])
def test_sixteen_bit_text_without_a_mark_is_told_by_its_zero_bytes(encoding):
    text = "<p>The gate was open — nobody knew.</p>"

    assert text_of(text.encode(encoding), is_html=True) == text


def test_a_byte_order_mark_beats_the_transport():
    assert text_of(b"\xef\xbb\xbf\xc3\xa9", charset="windows-1251") == "é"


def test_encodings_that_browsers_refuse_are_refused():
    with pytest.raises(InputError, match="no browser reads"):
        text_of(b"abc", charset="iso-2022-kr")
