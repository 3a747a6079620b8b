"""The HTML page: no script, nothing loaded, every captured word escaped, and readable."""

from __future__ import annotations

import re
from itertools import pairwise
from typing import Any

import pytest
from lxml import html

from archiver.cli.reports.page import page
from archiver.cli.reports.pictures import Picture, Pictures
from archiver.cli.reports.wired import Tools, report_of
from archiver.model.article import Article
from archiver.model.comparison import Change
from archiver.model.verdict import FindingKind
from tests.build import NOW
from tests.unit.cli.reports.built import (
    HOSTILE,
    audit,
    audited,
    changes_of,
    every_kind,
    number_changed,
    report,
    with_words,
)

LOADING = {"src", "srcset", "background", "poster", "data", "action", "formaction", "ping"}


def read(text: str) -> Any:  # the stubs of xpath tell every kind of answer at once
    return html.document_fromstring(text)


def check_is_inert(text: str) -> Any:
    root = read(text)
    tags = {element.tag for element in root.iter() if isinstance(element.tag, str)}
    assert not tags & {"script", "iframe", "object", "embed", "form", "input", "base", "svg"}
    for element in root.iter():
        for name, value in element.attrib.items():
            assert not name.startswith("on")
            if name in LOADING:
                assert value.startswith("data:image/")
            if name == "href":
                assert value.startswith(("#", "https://", "http://"))
            assert name != "style" or re.fullmatch(r"flex:\d+", value)
    styles = [style.text or "" for style in root.iter("style")]
    assert len(styles) == 1
    assert "url(" not in styles[0]
    assert "@import" not in styles[0]
    return root


def test_the_page_is_inert_and_has_its_policy():
    root = check_is_inert(page(every_kind()))

    (policy,) = root.xpath("//meta[@http-equiv='Content-Security-Policy']/@content")
    assert "default-src 'none'" in policy
    assert "script-src" not in policy


@pytest.mark.parametrize("words", HOSTILE, ids=range(len(HOSTILE)))
def test_hostile_words_stay_words(words):
    change = Change(f"{words} 12", f"{words} 21")
    one = with_words(audited(FindingKind.CHANGED), words)
    article = Article("a1", words, f"javascript:{words}", "en", NOW)
    hostile = audit(one, article=article)

    text = page(report_of(hostile, tools=Tools(changes_of(change))))

    root = check_is_inert(text)
    text.encode()
    assert not set(text) & set("\x00\x07\x1b\x9b\u202e")
    assert len(root.findall(".//article")) == 1


def test_findings_are_sections_with_the_worst_first_and_anchors_to_each():
    root = check_is_inert(page(every_kind()))

    sections = [one.get("id") for one in root.iter("section")]
    links = root.xpath("//nav//a/@href")
    assert sections == ["gone", "changed", "restricted", "suspect", "unknown", "intact"]
    assert links == [*(f"#{name}" for name in sections), "#all"]
    assert root.xpath("//*[@id='all']")


def test_changed_words_are_marked_on_both_sides_with_their_kind():
    text = page(report(audited(FindingKind.CHANGED), changes=changes_of(number_changed())))

    root = read(text)
    assert [one.text for one in root.iter("del")] == ["12"]
    assert [one.text for one in root.iter("ins")] == ["21"]
    assert root.xpath("//span[@class='kind']/text()") == ["number"]


def test_a_sentence_that_only_moved_is_counted_not_shown():
    changes = changes_of(Change("It moved.", None), number_changed(), Change(None, "It moved."))

    text = page(report(audited(FindingKind.CHANGED), changes=changes))

    assert "It moved." not in text
    assert "1 moved without a change" in text


def test_right_to_left_words_stand_in_elements_of_their_own_direction():
    words = "عين الأسد"

    root = read(page(report(with_words(audited(FindingKind.GONE), words))))

    holders = root.xpath(f"//*[contains(text(), '{words}')][not(self::a)][not(self::code)]")
    assert holders
    assert all(holder.xpath("ancestor-or-self::*[@dir='auto']") for holder in holders)


def test_the_page_is_accessible_by_its_structure():
    pictures = [Pictures(then=Picture("image/jpeg", b"\xff"), now=Picture("image/jpeg", b"\xff"))]
    root = read(page(report(audited(FindingKind.CHANGED)), pictures))

    levels = [int(one.tag[1]) for one in root.iter("h1", "h2", "h3", "h4")]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(later - earlier <= 1 for earlier, later in pairwise(levels))
    assert all(one.get("alt") for one in root.iter("img"))
    assert root.get("lang") == "en"
    assert root.xpath("//main")


def test_three_panels_take_the_place_of_two_previews():
    panel = Pictures(panel=Picture("image/png", b"\x89PNG"))

    root = read(page(report(audited(FindingKind.CHANGED)), [panel]))

    (image,) = root.iter("img")
    assert image.get("src") == "data:image/png;base64,iVBORw=="
    assert "what differs" in (image.get("alt") or "")


def test_a_drawing_that_is_a_document_is_not_inlined():
    drawn = Pictures(now=Picture("image/svg+xml", b"<svg/>"))

    text = page(report(audited(FindingKind.CHANGED)), [drawn])

    assert "svg" not in text


def test_lost_citations_are_shown():
    text = page(report(lost=4))

    assert "4 citations more" in text
    assert "It cites nothing to look at." in text


def test_both_sides_are_told_with_ids_and_digests():
    root = read(page(report(audited(FindingKind.CHANGED))))

    sides = root.xpath("//div[@class='proof']/div")
    assert len(sides) == 2
    for one in sides:
        assert "1a" * 32 in one.text_content()
        assert "capture" in one.text_content()
