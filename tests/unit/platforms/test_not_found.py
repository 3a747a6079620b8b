from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archiver.platforms._document import Document, read_document
from archiver.platforms._lexicon_east import LEXICONS as EAST
from archiver.platforms._lexicon_west import LEXICONS as WEST
from archiver.platforms._lexicon_world import LEXICONS as WORLD
from archiver.platforms._not_found import DOUBTFUL, NOT_FOUND, fold
from archiver.platforms._outline import outline
from archiver.platforms._page import tree_of

TEASER = '<article class="card"><h3><a href="/a">What the minister knew</a></h3><p>The council met twice in March and published nothing.</p></article>'
PROSE = (
    "<p>"
    + "The council met twice in March and published nothing about the gates, a speaker said. " * 20
    + "</p>"
)
# One message of each language, as a site puts it.
MESSAGES = {
    "en": "Sorry, the page you are looking for doesn’t exist.",
    "de": "Die angeforderte Seite wurde nicht gefunden.",
    "fr": "La page que vous recherchez est introuvable.",
    "es": "Lo sentimos, no hemos encontrado la página que buscas.",
    "pt": "A página que procura não existe ou foi removida.",
    "it": "La pagina richiesta non è stata trovata.",
    "nl": "Helaas, deze pagina bestaat niet meer.",
    "sv": "Sidan du söker kunde inte hittas.",
    "da": "Siden findes desværre ikke længere.",
    "nb": "Beklager, vi fant ikke siden du leter etter.",
    "fi": "Valitettavasti etsimääsi sivua ei löytynyt.",
    "pl": "Strona, której szukasz, nie została znaleziona.",
    "cs": "Požadovaná stránka nebyla nalezena.",
    "hu": "A keresett oldal nem található.",
    "ro": "Pagina căutată nu a fost găsită.",
    "ru": "Запрашиваемая страница не найдена.",
    "uk": "На жаль, такої сторінки не існує.",
    "bg": "Страницата, която търсите, не е намерена.",
    "el": "Η σελίδα που αναζητάτε δεν βρέθηκε.",
    "tr": "Aradığınız sayfa bulunamadı.",
    "ar": "عذرًا، الصفحة المطلوبة غير موجودة.",
    "he": "מצטערים, העמוד שחיפשת לא נמצא.",
    "fa": "متأسفانه صفحهٔ مورد نظر شما یافت نشد.",
    "hi": "क्षमा करें, अनुरोधित पृष्ठ नहीं मिला।",
    "zh": "您访问的页面不存在。",
    "ja": "お探しのページは見つかりませんでした。",
    "ko": "요청하신 페이지를 찾을 수 없습니다.",
    "vi": "Trang bạn yêu cầu không tồn tại.",
    "th": "ไม่พบหน้าที่คุณต้องการ",
    "id": "Halaman yang Anda cari tidak ditemukan.",
}


def read(body: str, title: str = "The News", head: str = "") -> Document:
    html = f"<html><head><title>{title}</title>{head}</head><body>{body}</body></html>"
    return read_document(html.encode(), "https://news.example/a", rendered=True, main=False)


@pytest.mark.parametrize("language", MESSAGES)
def test_a_page_that_says_it_in_its_language_reads_like_not_found(language):
    likely = read(f"<p>{MESSAGES[language]}</p>").not_found

    assert likely.value >= NOT_FOUND
    assert MESSAGES[language].rstrip(".。।")[:10] in likely.why


@pytest.mark.parametrize("language", MESSAGES)
def test_a_menu_and_popular_articles_do_not_hide_a_heading(language):
    menu = "<nav><ul>" + '<li><a href="/x">Politics</a></li>' * 60 + "</ul></nav>"
    body = f"{menu}<main><h1>{MESSAGES[language]}</h1></main><div>{TEASER * 20}</div>"

    assert read(body).not_found.value >= NOT_FOUND


@pytest.mark.parametrize(
    "heading",
    [
        "This article is no longer available",
        "This listing has been removed",
        "The requested URL was not found on this server.",
        "Sorry, this content isn't available any more",
        "We can't find the page you’re looking for",
        "404: Page not found!",
        "Error 404",
    ],
)
def test_a_heading_of_nothing_else_says_it(heading):
    assert read(f"<h1>{heading}</h1>").not_found.value >= NOT_FOUND


@pytest.mark.parametrize(
    ("title", "body"),
    [
        (
            "404 Not Found - HTTP | Handbook",
            "<h1>404 Not Found</h1><p>The status code 404 says that nothing is at the address. Custom error pages help.</p>",
        ),
        ("HTTP 404 - Encyclopedia", f"<h1>HTTP 404</h1>{PROSE}"),
        ("Missing ship not found", "<h1>Missing ship not found</h1><p>The search ended.</p>"),
        ("Contact", "<h1>Contact</h1><p>12 Quay Street</p>"),
        ("Lighthouse", "<h1>Lighthouse</h1><img src=a.jpg>"),
        ("Page not found after update - Forum", f"<h1>Page not found after update</h1>{PROSE}"),
        ("Search", "<h1>0 results</h1><p>Your search did not match any products.</p>"),
        (
            "Red shoes",
            "<h1>Red shoes</h1><p>This item is currently unavailable.</p><p>Made of leather by a family at the coast since 1931, in small numbers.</p>",
        ),
        (
            "Results for “page not found”",
            "<h1>Results for “page not found”</h1><p>3 of 3</p>",
        ),
        ("404 | A gallery", "<h1>Room 404</h1><p>Young painters of the coast.</p>"),
        ("消失的灯塔", "<h1>消失的灯塔</h1><p>那座灯塔已经不存在了，再也没有人找到它的石头。</p>"),
    ],
)
def test_live_pages_that_resemble_one_are_not_called(title, body):
    assert read(body, title).not_found.value < DOUBTFUL


def test_a_title_alone_says_it_over_teasers_but_not_over_prose():
    title = "Page not found | The News"

    assert read(TEASER * 12, title).not_found.value >= NOT_FOUND
    assert read(PROSE, title).not_found.value < DOUBTFUL


def test_what_is_hidden_says_nothing():
    hidden = "<div hidden><h1>Page not found</h1></div><div style='display:none'>Not found</div>"

    assert read(f"{hidden}<p>Closed today.</p>").not_found.value == 0


def test_markup_that_names_an_error_page_adds_to_what_it_says():
    plain = read("<p>Nothing for you.</p><p>404</p>").not_found.value
    marked = read("<div class='error404'><p>Nothing for you.</p><p>404</p></div>").not_found.value

    assert marked > plain


def test_a_page_may_tell_robots_its_status():
    head = '<meta name="prerender-status-code" content="404">'

    assert read("<h2>Oh no</h2>", head=head).not_found.reasons == (
        "its markup calls it an error page",
    )


def test_every_lexicon_can_make_a_statement():
    for language, words in (WEST | EAST | WORLD).items():
        assert all(words.pages), language
        assert all(words.absent), language
        assert all(fold(fold(phrase)) == fold(phrase) for phrase in words.absent), language


def test_own_words_leave_menus_links_and_teasers_out():
    tree = tree_of(
        "<nav>Menu</nav><div class='site-footer'>Footer</div><main class='has-sidebar'><h1>Head</h1>"
        f"<p>Own words.</p><a href='/'>Home</a>{TEASER * 3}</main><input type=search>"
    )

    assert tree is not None
    outlined = outline(tree)
    assert outlined.lines == ("Head", "Own words.")
    assert (outlined.has_home_link, outlined.has_search) == (True, True)


def test_long_parts_of_a_row_are_no_teasers():
    post = f"<div class='post'><a href='/u'>Maya</a><p>{'A word and another. ' * 40}</p></div>"
    tree = tree_of(f"<main>{post * 3}</main>")

    assert tree is not None
    assert outline(tree).prose > 300


PIECES = st.sampled_from(
    ["<p>", "</p>", "<h1>", "</h1>", "<a href='/'>", "</a>", "<nav>", "<li>", "404", "not found", "page ", "<div class='card'>", "</div>", "ページ", "не найдена ", "\u200c", "<input type=search>", "<title>", "?"]
)  # fmt: skip


@given(st.lists(PIECES | st.text(max_size=8), max_size=60).map("".join))
def test_no_page_stops_the_measure(body):
    likely = read(body).not_found

    assert 0 <= likely.value <= 1
