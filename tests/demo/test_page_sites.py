from __future__ import annotations

from datetime import timedelta

import pytest

from archiver.demo.pages import PAGES
from archiver.demo.script import Part
from tests.demo.caller import ask, get, visit

PAGE = PAGES[0]
LATER = timedelta(days=3)


def ask_page(part, path=PAGE.path, after=LATER, **how):
    return ask(f"https://{PAGE.host}{path}", parts={PAGE.url: part}, after=after, **how)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.host)
def test_every_cited_page_says_at_first_what_the_article_quotes(page):
    got = ask(page.url)

    assert got.status == 200
    assert page.sentence in got.text


@pytest.mark.parametrize(
    ("part", "status"),
    [
        (Part.INTACT, 200),
        (Part.NOT_FOUND, 404),
        (Part.GONE, 410),
        (Part.FAILING, 503),
        (Part.WALLED, 403),
        (Part.LOGIN, 302),
        (Part.MOVED, 301),
        (Part.ALTERED, 200),
    ],
)
def test_a_page_answers_as_its_part_has_it(part, status):
    assert ask_page(part).status == status


def test_an_altered_page_differs_in_the_quoted_sentence_alone():
    before, after = ask_page(Part.INTACT).text, ask_page(Part.ALTERED).text

    assert PAGE.altered in after
    assert _main(before).replace(PAGE.sentence, PAGE.altered) == _main(after)


def _main(markup):
    return markup.partition("<article>")[2].partition("</article>")[0]


def test_a_moved_page_has_the_same_text_at_its_new_address():
    async def story(web, _):
        sent_on = await get(web, PAGE.url)
        return await get(web, sent_on.headers["location"])

    moved = visit(story, parts={PAGE.url: Part.MOVED}, after=LATER)

    assert moved.status == 200
    assert _main(moved.text) == _main(ask_page(Part.INTACT).text)


def test_the_new_address_does_not_exist_before_the_move():
    assert ask_page(Part.MOVED, PAGE.later_path, after=timedelta()).status == 404


@pytest.mark.parametrize("path", ["/", PAGE.path, "/press/2026/xqzzyv", "/assets/site.css"])
def test_a_wall_stands_before_the_whole_host(path):
    got = ask_page(Part.WALLED, path)

    assert got.status == 403
    assert got.headers["cf-mitigated"] == "challenge"
    assert "<title>Just a moment...</title>" in got.text


def test_a_walls_own_script_is_served():
    got = ask_page(Part.WALLED, "/cdn-cgi/challenge-platform/h/g/orchestrate/chl_page/v1?ray=1")

    assert (got.status, got.headers["content-type"]) == (200, "text/javascript; charset=utf-8")


@pytest.mark.parametrize("days", [3, 7, 11])
def test_a_page_that_is_not_found_stays_so_while_its_site_lives(days):
    async def story(web, _):
        return [(await get(web, f"https://{PAGE.host}{p}")).status for p in (PAGE.path, "/")]

    looks = visit(story, parts={PAGE.url: Part.NOT_FOUND}, after=timedelta(days=days))

    assert looks == [404, 200]


def test_an_unknown_path_is_not_found_and_looks_like_the_site():
    got = ask_page(Part.INTACT, "/press/2026/qwertyuiop")

    assert got.status == 404
    assert PAGE.site in got.text


def test_a_login_leads_to_a_form():
    async def story(web, _):
        sent_on = await get(web, PAGE.url)
        return await get(web, sent_on.headers["location"])

    form = visit(story, parts={PAGE.url: Part.LOGIN}, after=LATER)

    assert 'type="password"' in form.text


def test_the_furniture_of_a_page_changes_from_look_to_look():
    async def story(web, clock):
        first = (await get(web, PAGE.url)).text
        clock.advance(timedelta(hours=1))
        return first, (await get(web, PAGE.url)).text

    first, second = visit(story)

    assert first != second
    assert _main(first) == _main(second)


def test_without_tls_a_site_sends_on_to_itself_with_tls():
    got = ask(PAGE.url.replace("https", "http"))

    assert (got.status, got.headers["location"]) == (301, PAGE.url)


def test_the_shortener_knows_its_link_alone():
    async def story(web, _):
        return [await get(web, f"https://shrt.example/{path}") for path in ("surge26", "other")]

    known, unknown = visit(story)

    assert (known.status, known.headers["location"], unknown.status) == (301, PAGE.url, 404)
