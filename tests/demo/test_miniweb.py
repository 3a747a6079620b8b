from __future__ import annotations

import asyncio
import re
from collections import Counter
from datetime import date, timedelta
from html import unescape
from urllib.parse import urljoin, urlsplit

import pytest
from lxml import html as lxml_html

from archiver.demo.cast import moment_of
from archiver.demo.clock import MovableClock
from archiver.demo.miniweb import CONTROL_URLS, MiniWeb
from archiver.demo.script import PAGE_PARTS, POST_PARTS, Part
from archiver.settings import NetSettings
from tests.demo.caller import ask, connect, exchange, get, visit

CITED = re.compile(r"\(\W?@(\w{1,15})\W?\) (\w+ \d{1,2}, \d{4})")


def web_of(seed):
    return MiniWeb(seed, MovableClock())


def test_every_part_is_played_once_by_a_post_or_a_page():
    played = Counter(web_of(3).script.parts.values())

    assert {part: played[part] for part in (*POST_PARTS, *PAGE_PARTS)} == dict.fromkeys(
        (*POST_PARTS, *PAGE_PARTS), 1
    )
    assert played[Part.INTACT] == 6


def test_the_same_seed_gives_the_same_web():
    first, second = web_of(5), web_of(5)

    assert first.script == second.script
    assert first.article_text == second.article_text
    assert first.article_url == second.article_url


def test_another_seed_gives_other_players_and_other_ids():
    scripts = [web_of(seed).script for seed in range(20)]

    players = {next(n for n, p in s.parts.items() if p is Part.NOT_FOUND) for s in scripts}
    assert len(players) > 3
    assert len({frozenset(s.parts) for s in scripts}) == 20


def test_a_fixed_part_replaces_the_draw():
    parts = MiniWeb(1, MovableClock(), parts={"petrova_maps": Part.DELETED}).script.parts

    assert Counter(parts.values())[Part.DELETED] == 1


def test_acts_come_in_order_and_only_the_edit_before_the_second_day():
    acts = web_of(9).script.acts

    assert [a.when for a in acts] == sorted(a.when for a in acts)
    assert [a.change.value for a in acts if a.when < timedelta(days=2)] == ["edited"]
    assert acts[-1].when < timedelta(days=12)


def test_the_article_has_seven_flattened_posts_with_codes_and_one_without():
    text = web_of(2).article_text

    assert len(CITED.findall(text)) == 8
    assert text.count("pic.twitter.com/") == 6
    assert text.count("https://t.co/") == 2


@pytest.mark.parametrize("seed", range(5))
def test_printed_days_are_the_days_of_the_ids(seed):
    async def story(web, _):
        codes = re.findall(r"pic\.twitter\.com/(\w{10})", web.article_text)
        return [(await get(web, f"https://t.co/{code}")).headers["location"] for code in codes], web

    targets, web = visit(story, seed=seed)

    printed = dict(CITED.findall(web.article_text))
    for target in targets:
        _, handle, _, status, *_ = urlsplit(target).path.split("/")
        posted = moment_of(status)
        assert f"{posted:%B} {posted.day}, {posted.year}" == printed[handle]


def test_the_page_of_the_article_has_embeds_links_and_the_flattened_posts():
    got = ask(lambda web: web.article_url)

    body = got.text.partition('<div class="article-body">')[2].partition("</article>")[0]
    assert body.count('<blockquote class="twitter-tweet">') == 2
    assert len(CITED.findall(body)) == 8
    assert len(set(re.findall(r'<a href="https://(\w+\.example)/', body))) == 7


def test_the_text_of_the_article_keeps_the_marks_around_an_arabic_post():
    text = web_of(2).article_text

    assert "(\u2066@noor_almarsa\u2069)" in text
    assert "\u200epic.twitter.com/" in text


@pytest.mark.parametrize("days", [0, 3, 12])
def test_every_address_on_every_page_is_served(days):
    visited = visit(_crawl, after=timedelta(days=days))

    assert {urlsplit(url).hostname for url in visited} >= {"x.com", "platform.twitter.com", "t.co"}
    assert len(visited) > 60
    assert max(visited.values()) < 500


async def _crawl(web, _):
    """Follow every address from the article on; returns status by address."""
    found = [web.article_url, "https://platform.twitter.com/embed/Tweet.html?id=1"]
    visited: dict[str, int] = {}
    while found:
        url = found.pop()
        if url in visited:
            continue
        got = await get(web, url)
        visited[url] = got.status
        found += [link for link in _addresses(url, got) if urlsplit(link).scheme.startswith("http")]
    return visited


def _addresses(base, got):
    if "location" in got.headers:
        return [got.headers["location"]]
    if not got.headers["content-type"].startswith("text/html") or not got.body:
        return []
    written = [url for _, _, url, _ in lxml_html.iterlinks(got.body)]
    written += re.findall(r"URL=([^\"]+)", got.text)
    return [urljoin(base, unescape(url).removeprefix("0;URL=")) for url in written]


def test_the_host_map_has_both_ports_of_every_host():
    async def story(web, _):
        return web.host_map, web.allow, web.hosts

    host_map, allow, hosts = visit(story)

    assert set(host_map) == {f"{host}:{port}" for host in hosts for port in (80, 443)}
    assert {f"127.0.0.0/8:{address.partition(':')[2]}" for address in host_map.values()} == set(
        allow
    )


@pytest.mark.parametrize(
    ("url", "status"),
    [("https://alive.example/generate_204", 204), ("http://alive.example/trace", 301)],
)
def test_the_control_hosts_answer(url, status):
    async def run():
        async with MiniWeb(1, MovableClock(), control_urls=["https://alive.example/"]) as web:
            return await get(web, url)

    assert asyncio.run(run()).status == status


def test_the_control_hosts_are_those_of_the_setting():
    defaults = NetSettings().control_urls

    answers = [ask(url).status for url in defaults]

    assert tuple(defaults) == CONTROL_URLS
    assert answers == [204, 200]


def test_every_request_is_logged_at_the_storys_time():
    async def story(web, clock):
        clock.advance(timedelta(days=1))
        await get(web, "https://t.co/0123456789?x=1")
        return web.requests, clock.now().date()

    requests, today = visit(story)

    (logged,) = requests
    assert (logged.host, logged.path, logged.status) == ("t.co", "/0123456789?x=1", 404)
    assert logged.at.date() == today == date(2026, 3, 3)


def test_its_own_files_are_gone_afterwards():
    async def story(web, _):
        assert "BEGIN CERTIFICATE" in web.ca_path.read_text()
        return web.ca_path

    assert not visit(story).parent.exists()


def test_a_connection_serves_one_request_after_another():
    async def story(web, _):
        url = "https://harbourpost.example/"
        reader, writer = await connect(web, url)
        statuses = [(await exchange(reader, writer, url)).status for _ in range(3)]
        writer.close()
        await writer.wait_closed()
        return statuses

    assert visit(story) == [200, 200, 200]
