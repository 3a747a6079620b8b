"""``archiver extract`` as a user runs it."""

from __future__ import annotations

import hashlib

import pytest

from archiver.demo.clock import MovableClock
from archiver.demo.miniweb import MiniWeb
from archiver.demo.story import START
from tests.acceptance.world import archiver, environment

pytestmark = pytest.mark.anyio

TWEET = (
    "Three gates were open at noon. pic.twitter.com/aB3dE6gH9j — Ana Ruiz 🌊 (@ana_tides) "
    "March 3, 2021"
)
ARTICLE = f"The barrier failed.\r\n\r\n{TWEET}\r\n\r\nREAD: What the minister knew\r\n"


async def test_a_file_of_plain_text_gives_its_citations_and_stores_nothing(tmp_path):
    file = tmp_path / "article.txt"
    file.write_bytes(ARTICLE.encode())
    home = tmp_path / "home"

    ran = await archiver("extract", str(file), "--json", env=environment(home))

    document = ran.document
    text = document["article"]["text"]
    embed, pointer = document["citations"]
    assert ran.code == 0
    assert document["article"]["text_sha256"] == hashlib.sha256(text.encode()).hexdigest()
    assert "\r" not in text
    assert embed["kind"] == "embed"
    assert embed["platform"] == "x"
    assert embed["source"] is None
    assert embed["addresses"] == ["https://pic.twitter.com/aB3dE6gH9j"]
    assert embed["author"] == {"name": "Ana Ruiz 🌊", "handle": "ana_tides"}
    assert embed["posted_on"] == "2021-03-03"
    assert embed["text"] == "Three gates were open at noon. pic.twitter.com/aB3dE6gH9j"
    assert text[embed["start"] : embed["end"]].startswith("Three gates")
    assert embed["resolution"] == "needs_lookup"
    assert (pointer["kind"], pointer["resolution"]) == ("related", "unresolved")
    assert not home.exists()


async def test_standard_input_is_an_article_too(tmp_path):
    ran = await archiver(
        "extract", "-", "--json", env=environment(tmp_path), given=ARTICLE.encode()
    )

    assert ran.code == 0
    assert len(ran.document["citations"]) == 2


@pytest.mark.parametrize(
    ("name", "body"),
    [
        ("empty.txt", b""),
        ("blank.txt", b" \n\n"),
        ("binary.txt", bytes(range(256)) * 64),
        ("picture.html", b"\x89PNG\r\n\x1a\n" + b"\0" * 200),
        ("large.txt", b"word " * 10_000_001),
    ],
)
async def test_bad_input_is_one_line_and_exit_code_2(tmp_path, name, body):
    file = tmp_path / name
    file.write_bytes(body)

    ran = await archiver("extract", str(file), env=environment(tmp_path / "home"))

    assert (ran.code, ran.out) == (2, "")
    assert ran.err.startswith("archiver: ")
    assert ran.err.count("\n") == 1
    assert not (tmp_path / "home").exists()


async def test_a_file_that_is_not_there_is_the_callers_mistake(tmp_path):
    ran = await archiver("extract", str(tmp_path / "no.txt"), env=environment(tmp_path))

    assert ran.code == 2
    assert "No such file" in ran.err


@pytest.mark.parametrize(
    "address",
    ["http://", "http://[::1", "http://a:99999/", "http://user:pw@a/", "ftp://a.example/x"],
)
async def test_a_malformed_address_is_the_callers_mistake_and_nothing_is_asked(tmp_path, address):
    ran = await archiver("extract", address, env=environment(tmp_path / "home"))

    assert (ran.code, ran.out) == (2, "")
    assert ran.err.startswith("archiver: ")
    assert ran.err.count("\n") == 1
    assert not (tmp_path / "home").exists()


async def test_an_address_gives_the_citations_of_its_body(tmp_path):
    async with MiniWeb(1, MovableClock(START)) as web:
        ran = await archiver("extract", web.article_url, "--json", env=environment(tmp_path, web))

    assert ran.code == 0
    kinds = {citation["kind"] for citation in ran.document["citations"]}
    assert {"embed", "link"} <= kinds


async def test_an_address_that_does_not_answer_is_exit_code_4(tmp_path):
    async with MiniWeb(1, MovableClock(START)) as web:
        missing = f"{web.article_url}-no-such-page"
        ran = await archiver("extract", missing, env=environment(tmp_path, web))

    assert (ran.code, ran.out) == (4, "")
    assert "404" in ran.err
    assert ran.err.count("\n") == 1
