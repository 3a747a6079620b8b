"""A report is put together by what it is given to compare with."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from archiver.cli.reports.wired import TOOLS, Tools, report_of
from archiver.judge.noise import NO_NOISE, noise_of
from archiver.model.citation import CitationKind, Context
from archiver.model.inquiry import Reading
from archiver.model.signals import Signal
from archiver.model.verdict import FindingKind, Quote
from tests import build
from tests.unit.cli.reports.built import audit, audited, with_finding


def words_at(url: str, words: str, text: str) -> str | None:
    return f"{url}#:~:text={words}" if words in text else None


def test_the_quoted_words_of_a_link_have_an_address_while_they_stand():
    one = audited(FindingKind.INTACT)
    assert one.citation is not None
    context = Context(quotes=("Nobody.", "We counted 21 gates."))
    found = replace(one.citation.found, kind=CitationKind.LINK, context=context)
    link = replace(one, citation=replace(one.citation, found=found))
    altered = with_finding(link, quote=Quote.ALTERED)

    report = report_of(audit(link, altered), tools=Tools(words_at=words_at))

    places = [entry.words_at for entry in report.entries]
    assert places == ["https://ministry.example/1#:~:text=We counted 21 gates.", None]


BEFORE = "The keeper counted twelve ships on Monday. The gates were shut at noon by two men."
AFTER = BEFORE.replace("twelve", "ten")


def shown(words: str, **more: Any) -> Reading:
    return build.reading(post=None, page=build.page_text(words, None), **more)


def test_sides_are_compared_sentence_by_sentence():
    (change,) = TOOLS.changes(shown(BEFORE), shown(AFTER), NO_NOISE)

    assert change.before == "The keeper counted twelve ships on Monday."
    assert change.material == ("number",)


def test_posts_are_compared_sentence_by_sentence():
    before, after = (
        build.reading(post=build.post(text=words, revision=number))
        for number, words in enumerate((BEFORE, AFTER), 1)
    )

    (change,) = TOOLS.changes(before, after, NO_NOISE)

    assert change.after == "The keeper counted ten ships on Monday."


@pytest.mark.parametrize("signal", [Signal.WALL, Signal.SOFT_404, Signal.PARKED])
def test_what_stands_in_place_of_a_page_is_no_edit_of_it(signal):
    assert TOOLS.changes(shown(BEFORE), shown("Sign in.", signal=signal), NO_NOISE) == ()


def test_what_differs_by_itself_is_no_change():
    first, second, later = (shown(f"{BEFORE}\nViews: {n}") for n in (12, 14, 900))
    assert first.page is not None
    assert second.page is not None

    assert TOOLS.changes(first, later, noise_of(first.page, second.page)) == ()


def test_rendered_words_are_not_compared_with_raw_ones():
    raw = shown(BEFORE)
    assert raw.page is not None
    drawn = replace(raw, page=replace(raw.page, visible=AFTER, rendered=True))

    assert TOOLS.changes(raw, drawn, NO_NOISE) == ()
