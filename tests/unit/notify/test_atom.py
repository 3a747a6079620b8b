"""Atom feeds: valid XML of RFC 4287, whatever a page is called."""

from __future__ import annotations

from dataclasses import replace
from xml.etree import ElementTree as ET

import pytest

from archiver.model.news import Cited, News, Word
from archiver.model.verdict import EventKind
from archiver.notify.atom import atom, lasting_id
from archiver.notify.shelf import Mark, Shelf
from tests import build
from tests.build import NOW

A = "{http://www.w3.org/2005/Atom}"
ODD = "a & b <c> \x0b \ufffe \ud83d ]]> \u202e“d”"


def feed(*news, address=None, title="What it cites") -> ET.Element:
    return ET.fromstring(atom("01ARTICLE", title, news, updated=NOW, address=address))


def text(element: ET.Element, name: str) -> str:
    found = element.find(A + name)
    assert found is not None
    assert found.text is not None
    return found.text


def test_a_feed_has_what_the_standard_demands():
    told = build.news()

    made = feed(told, address="https://archive.example/feeds/01ARTICLE.atom")

    (entry,) = made.findall(f"{A}entry")
    for one in (made, entry):
        assert text(one, "id").startswith("urn:uuid:")
        assert text(one, "updated") == "2026-11-22T12:00:00Z"
        assert text(one, "title")
    assert text(made.find(f"{A}author"), "name") == "Citation archiver"  # type: ignore[arg-type]
    links = {link.get("rel"): link.get("href") for link in made.findall(f"{A}link")}
    assert links == {"self": "https://archive.example/feeds/01ARTICLE.atom"}
    assert "was deleted by its author" in text(entry, "content")


def test_an_entry_keeps_its_name_and_another_event_has_another():
    told, other = build.news(), build.news()

    first, again, another = (
        text(feed(one)[-1], "id") for one in (told, replace(told, rule="x"), other)
    )

    assert first == again != another


def test_news_of_a_source_is_left_out_where_that_of_its_citation_says_the_same():
    def of_source(word: Word) -> News:
        event = build.event(kind=EventKind.VERDICT, after=word.value, source_id="01SOURCE")
        return build.news(word, event=event)

    first, second, again = of_source(Word.GONE), build.news(Word.GONE), of_source(Word.GONE)
    unsure, other = of_source(Word.UNKNOWN), replace(of_source(Word.GONE), source="x:7")

    made = feed(again, unsure, second, other, first)

    told = [lasting_id("event", one.event.id) for one in (again, unsure, second, other)]
    assert [text(entry, "id") for entry in made.findall(f"{A}entry")] == told


def test_a_feed_without_news_is_a_feed():
    assert text(feed(), "updated") == "2026-11-22T12:00:00Z"


@pytest.mark.parametrize("url", ["javascript:alert(1)", f"https://x.example/{ODD}", "http://["])
def test_what_a_page_is_called_breaks_no_feed(url):
    told = build.news(cited=(Cited("01A", ODD, url, 1, ODD),), url=url, source=ODD)

    made = feed(replace(told, event=replace(told.event, reason=ODD)), title=ODD)

    assert text(made, "title").startswith("a & b <c> ]]> “d”") or "a & b" in text(made, "title")
    assert made.findall(f"{A}entry/{A}link") == []


def test_of_many_articles_some_are_linked():
    cited = tuple(Cited(f"01A{n}", None, f"https://news.example/{n}") for n in range(500))

    made = feed(build.news(cited=cited))

    assert len(made.findall(f"{A}entry/{A}link")) == 1 + 20


def test_a_file_is_written_only_when_it_says_something_else(tmp_path):
    shelf = Shelf(tmp_path / "feeds")

    assert shelf.put("all", b"<feed/>")
    assert not shelf.put("all", b"<feed/>")
    assert shelf.put("all", b"<feed>1</feed>")

    assert (tmp_path / "feeds" / "all.atom").read_bytes() == b"<feed>1</feed>"
    assert [one.name for one in (tmp_path / "feeds").iterdir()] == ["all.atom"]


def test_a_mark_that_cannot_be_read_is_none(tmp_path):
    shelf = Shelf(tmp_path)
    shelf.set_mark(Mark(7, 3))
    assert shelf.mark() == Mark(7, 3)

    (tmp_path / ".told").write_text("{")

    assert shelf.mark() is None
