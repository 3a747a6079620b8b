from __future__ import annotations

import codecs

import pytest

from archiver.citations.encoding import text_of
from archiver.errors import InputError

WORDS = "Größe – „Über“ naïveté €"


@pytest.mark.parametrize(
    ("mark", "encoding"),
    [
        (codecs.BOM_UTF8, "utf-8"),
        (codecs.BOM_UTF16_LE, "utf-16-le"),
        (codecs.BOM_UTF16_BE, "utf-16-be"),
    ],
)
def test_a_byte_order_mark_goes_before_everything(mark, encoding):
    assert text_of(mark + WORDS.encode(encoding), charset="windows-1251") == WORDS


def test_the_transports_charset_goes_before_the_documents_own():
    body = '<meta charset="utf-8">Привет'.encode("windows-1251")

    assert text_of(body, charset="windows-1251", is_html=True).endswith("Привет")


@pytest.mark.parametrize(
    "meta",
    [
        '<meta charset="windows-1251">',
        "<META CHARSET = windows-1251>",
        '<meta http-equiv="Content-Type" content="text/html; charset=windows-1251">',
    ],
)
def test_a_page_names_its_encoding(meta):
    assert text_of(f"{meta}Привет".encode("windows-1251"), is_html=True).endswith("Привет")


def test_a_page_that_claims_utf_16_in_single_bytes_is_utf_8():
    assert text_of('<meta charset="utf-16">Grüße'.encode(), is_html=True).endswith("Grüße")


@pytest.mark.parametrize(
    ("label", "encoding", "words"),
    [
        ("iso-8859-1", "windows-1252", "“it’s” €"),
        ("latin1", "windows-1252", "“it’s”"),
        ("us-ascii", "windows-1252", "“it’s”"),
        ("iso-8859-9", "windows-1254", "ğış“"),
        ("gb2312", "gb18030", "漢語镕"),
        ("shift_jis", "cp932", "①日本"),
        ("x-sjis", "cp932", "日本"),
        ("euc-kr", "cp949", "똠방"),
        ("big5", "big5hkscs", "臺灣"),
        ("windows-1256", "cp1256", "مرحبا"),
        ("koi8-r", "koi8-r", "Привет"),
    ],
)
def test_labels_mean_what_browsers_mean_by_them(label, encoding, words):
    assert text_of(words.encode(encoding), charset=label) == words


@pytest.mark.parametrize("label", ["", "klingon", "utf-7", "base64", "idna", "rot13", "\x00"])
def test_labels_that_no_browser_knows_count_for_nothing(label):
    assert text_of(WORDS.encode(), charset=label) == WORDS


def test_undeclared_text_is_utf_8_when_that_is_valid():
    assert text_of(WORDS.encode()) == WORDS


def test_undeclared_text_that_is_not_utf_8_is_windows_1252():
    assert text_of(WORDS.encode("windows-1252")) == WORDS


def test_undefined_bytes_of_windows_1252_do_no_harm():
    assert text_of(b"caf\xe9 \x81 \x9d!") == "café \x81 \x9d!"


def test_undeclared_text_of_another_script_is_guessed():
    words = "Совет дважды собирался в марте и ничего не опубликовал. Никто не говорит почему. " * 8

    assert text_of(words.encode("windows-1251")) == words


def test_line_ends_become_line_feeds():
    assert text_of(b"a\r\nb\rc\nd") == "a\nb\nc\nd"


@pytest.mark.parametrize(
    "body",
    [
        b"%PDF-1.7 and so on",
        b"\x89PNG\r\n\x1a\n",
        b"PK\x03\x04" + bytes(100),
        bytes(range(256)) * 40,
        b"\x00\x01\x02\x03" * 50,
    ],
)
def test_binary_files_are_refused(body):
    with pytest.raises(InputError, match="binary"):
        text_of(body)


def test_a_file_that_is_not_in_the_encoding_it_declares_is_refused():
    body = "Привет, как дела, что нового".encode("windows-1251") * 20

    with pytest.raises(InputError, match="cannot decode"):
        text_of(body, charset="utf-8")


def test_a_few_broken_bytes_are_shown_as_broken():
    assert text_of(b"caf\xe9 " + b"words " * 20, charset="utf-8").startswith("caf\ufffd words")
