from __future__ import annotations

import pytest

from archiver.citations.decode import read_article
from archiver.errors import InputError

PAGE = b"<html><body><p>One <b>bold</b> word.</p></body></html>"


@pytest.mark.parametrize(
    ("options", "text"),
    [
        ({"media_type": "text/html; charset=utf-8"}, "One bold word."),
        ({"media_type": "application/xhtml+xml", "name": "a.txt"}, "One bold word."),
        ({"media_type": "text/plain", "name": "a.html"}, PAGE.decode()),
        ({"name": "a.HTML"}, "One bold word."),
        ({"name": "a.txt"}, PAGE.decode()),
        ({"url": "https://paper.example/a.htm?b=c.txt"}, "One bold word."),
        ({"media_type": "application/octet-stream", "name": "a.html"}, "One bold word."),
        ({}, "One bold word."),
    ],
)
def test_the_format_goes_by_type_then_name_then_first_characters(options, text):
    assert read_article(PAGE, **options).article.text == text


@pytest.mark.parametrize(
    "options",
    [
        {"media_type": "text/markdown"},
        {"name": "a.md"},
        {"media_type": "text/plain", "name": "a.md"},
        {},
    ],
)
def test_markdown_is_rendered(options):
    body = b"One [word](https://paper.example/) *here*."

    assert read_article(body, **options).article.text == "One word here."


def test_plain_text_stays_as_it_is():
    body = b"One  *word*\r\n\r\n<b>and</b> more\n"

    assert read_article(body, name="a.txt").article.text == "One  *word*\n\n<b>and</b> more\n"


def test_the_charset_of_the_media_type_counts():
    read = read_article("Привет".encode("koi8-r"), media_type='text/plain; charset="KOI8-R"')

    assert read.article.text == "Привет"


@pytest.mark.parametrize(
    ("text", "by_line"),
    [
        ("A paragraph of some length.\n\nAnother one.\n\nA third.", False),
        ("A paragraph of some length.\nAnother one.\nA third.", True),
        (
            "A long line that is a paragraph. " * 9 + "\n" + "Another. " * 20 + "\nA third.\n\nX",
            True,
        ),
        ("Lines that are\nwrapped by hand\nall along\n\nand paragraphs\nbetween them", False),
        ("One line", False),
    ],
)
def test_text_of_one_paragraph_a_line_is_told_from_text_with_blank_lines(text, by_line):
    assert read_article(text.encode(), name="a.txt").by_line is by_line


@pytest.mark.parametrize("body", [b"", b" \n\t ", b"\xef\xbb\xbf", b"\xff\xfe\n\x00"])
def test_an_empty_file_is_refused(body):
    with pytest.raises(InputError, match="empty"):
        read_article(body, name="a.txt")


def test_a_file_as_large_as_the_limit_is_refused():
    with pytest.raises(InputError, match="has 100 bytes; the limit is 100"):
        read_article(b"x" * 100, max_bytes=100)


@pytest.mark.parametrize("media_type", ["application/zip", "image/png", "application/json"])
def test_what_is_no_article_is_refused_by_its_type(media_type):
    with pytest.raises(InputError, match=media_type):
        read_article(b"words", media_type=media_type)


@pytest.mark.parametrize(
    "body",
    [
        b"<html><body><script>draw()</script></body></html>",
        b"<!doctype html>",
        b"<!-- nothing -->",
        b"<html><head><title>x</title></head></html>",
    ],
)
def test_a_page_without_words_is_refused(body):
    with pytest.raises(InputError, match="nothing to read"):
        read_article(body, media_type="text/html")
