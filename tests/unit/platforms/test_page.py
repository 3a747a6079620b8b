from __future__ import annotations

import pytest

from archiver.platforms._page import MAX_MAIN_CHARS, decoded, page_text, plain_text
from tests.answers.pages import ARTICLE, titled

URL = "https://news.example/a"


def visible(body: str) -> str:
    return page_text(f"<html><body>{body}</body></html>".encode(), URL).visible


@pytest.mark.parametrize(
    ("body", "text"),
    [
        ("<p>One</p><p>Two</p>", "One\nTwo"),
        ("One <b>two</b> th<i>ree</i>", "One two three"),
        ("One<br>two<hr>three", "One\ntwo\nthree"),
        ("<p>  One \n two\t</p>\n\n<p></p>", "One two"),
        ("<script>no</script><style>no</style><noscript>no</noscript>yes", "yes"),
        (
            "<template><p>no</p></template><textarea>no</textarea><svg><text>no</text></svg>yes",
            "yes",
        ),
        ("<p hidden>no</p><p>yes</p>", "yes"),
        ('<div style="color:red; DISPLAY : none">no <p>no</p></div>yes', "yes"),
        ('<div style="visibility:hidden">no</div>yes', "yes"),
        ('<div style="display:none-of-it">yes</div>', "yes"),
        ("<!-- no -->yes<?php no ?>", "yes"),
        ("<table><tr><td>a<td>b</table>", "a\nb"),
        ("<p>No end", "No end"),
        ("caf&eacute; &amp; cake&nbsp;now", "café & cake now"),
        ("", ""),
    ],
)
def test_visible_text_is_what_a_browser_shows(body, text):
    assert visible(body) == text


def test_text_after_a_hidden_part_is_shown():
    assert visible("<p>a<span hidden>no<b>no</b></span>b</p>") == "ab"


def test_the_title_is_read_with_single_spaces():
    assert page_text(b"<title>\n Two \n words </title><p>x", URL).title == "Two words"
    assert page_text(b"<title> </title><p>x", URL).title is None


def test_nothing_is_a_page_without_text():
    page = page_text(b"", URL)

    assert (page.title, page.visible, page.main) == (None, "", None)


@pytest.mark.parametrize("depth", [300, 3_000, 100_000])
def test_deep_nesting_loses_no_text(depth):
    deep = (
        f"<html><body><script>no</script>{'<div>' * depth}deep{'</div>' * depth}<p>&amp; after</p>"
    )

    assert page_text(deep.encode(), URL).visible == "deep\n& after"


def test_the_main_text_is_left_out_of_huge_documents():
    huge = titled("Tower", "<p>" + "A word and another one. " * (MAX_MAIN_CHARS // 20) + "</p>")

    page = page_text(huge.encode(), URL)

    assert page.main is None
    assert len(page.visible) > MAX_MAIN_CHARS


def test_the_main_text_leaves_the_menu_out():
    menu = "<nav><ul><li><a href='/a'>Home</a><li><a href='/b'>Sports</a></ul></nav>"
    page = page_text(ARTICLE.replace("<main>", f"{menu}<main>").encode(), URL)

    assert page.main is not None
    assert "Sports" in page.visible
    assert "Sports" not in page.main


@pytest.mark.parametrize(
    ("body", "content_type", "text"),
    [
        ("é".encode(), None, "é"),
        ("é".encode("cp1252"), None, "é"),
        ("“é”".encode("cp1252"), "text/html; charset=ISO-8859-1", "“é”"),
        ("é".encode(), 'text/html; charset="utf-8"', "é"),
        ("é".encode(), "text/html; charset=no-such-thing", "é"),
        ("é".encode(), "text/html; charset=base64", "é"),
        (b"\xef\xbb\xbf" + "é".encode(), "text/html; charset=latin-1", "é"),
        (b"\xff\xfe" + "é".encode("utf-16-le"), None, "é"),
        (b"\xfe\xff" + "é".encode("utf-16-be"), None, "é"),
        ("日本".encode("cp932"), "text/html; charset=Shift_JIS", "日本"),
        ("中文".encode("gb18030"), "text/html; charset=gb2312", "中文"),
        ("é".encode("utf-16-le"), "text/html; charset=utf-16", "é"),
        ("éé".encode()[:3], None, "é\N{REPLACEMENT CHARACTER}"),
    ],
)
def test_the_charset_is_read_as_browsers_read_it(body, content_type, text):
    assert decoded(body, content_type) == text


@pytest.mark.parametrize(
    "declaration",
    [
        '<meta charset="windows-1251">',
        "<meta http-equiv=content-type content='text/html; charset=cp1251'>",
    ],
)
def test_a_document_may_declare_its_own_charset(declaration):
    assert "привет" in decoded(f"{declaration}<p>привет".encode("cp1251"), "text/html")


def test_a_declaration_that_can_be_read_is_not_utf_16():
    assert "é" in decoded('<meta charset="utf-16"><p>é'.encode(), None)


def test_plain_text_is_kept_line_by_line():
    page = plain_text(b" One\r\n\r\n<b>Two</b>\x00 ", "text/plain")

    assert page.visible == "One\n\n<b>Two</b>\N{REPLACEMENT CHARACTER}"
    assert (page.title, page.main, page.rendered) == (None, None, False)


# --- advertisements -------------------------------------------------------------------------------

TEXT = "<p>The gates were open at noon, and nobody closed them before the tide turned.</p>" * 6


@pytest.mark.parametrize("name", ["class='ad'", "id=ad-slot", 'class="box Advertisement"'])
def test_a_box_that_is_called_an_advertisement_is_no_text_of_the_page(name):
    advert = f"<div {name}><p>Advertisement</p><p>Buy our watches now.</p></div>"
    with_it = page_text(f"<html><body><article>{TEXT}{advert}{TEXT}</article>".encode(), "")
    without = page_text(f"<html><body><article>{TEXT}{TEXT}</article>".encode(), "")

    assert with_it.visible == without.visible
    assert with_it.main == without.main


@pytest.mark.parametrize(
    "body",
    [
        f"<div class=ad>{TEXT}</div>",
        f"<div class=ads><h1>Small ads</h1><p>A boat for sale.</p></div>{TEXT * 3}",
        f"<div class=add-on><p>A boat for sale.</p></div>{TEXT}",
    ],
)
def test_what_is_the_page_itself_stays_whatever_it_is_called(body):
    page = page_text(f"<html><body>{body}".encode(), "")

    assert "boat for sale" in page.visible or page.visible.count("The gates") == 6
