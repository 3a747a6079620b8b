"""What people are told: true, whole, and nothing that a page could write into it."""

from __future__ import annotations

import html
from dataclasses import replace

import pytest
from markdown import markdown  # type: ignore[import-untyped]

from archiver.model.news import Cited, Word
from archiver.model.verdict import EventKind
from archiver.notify.wording import LONGEST_QUOTE, clean, document, marked_down, text_of
from tests import build

SPITEFUL = "a\u202eb\x1b[31m\r\nSubject: x\x00 \ud800 <b>*c*</b> [d](http://e) \u200fש"


def plain(*news, **changes) -> str:
    return text_of(build.message(*news, **changes)).plain


def test_news_says_what_happened_to_what_where_since_when_and_how_that_is_known():
    text = text_of(build.message(build.news()))

    assert text.title == (
        "https://x.example/i/status/1214 was deleted by its author, cited in “What the tower saw”"
    )
    assert text.plain.splitlines()[:2] == [
        "Gone: https://x.example/i/status/1214 was deleted by its author.",
        "  In “What the tower saw” (https://news.example/a), citation 3: “We saw it”",
    ]
    assert "since 2026-11-22 12:00 UTC; last seen 2026-11-21 12:00 UTC" in text.plain
    assert "confirmed by rule tombstone, 2 looks" in text.plain
    assert "capture 01CAPTURE, archiver show 01CITATION; event 01EVENT" in text.plain


CAUSES = [
    None, "deleted", "account_gone", "suspended", "removed", "hijacked", "redirected", "parked",
    "no_host", "not_found", "soft_404", "gone", "protected", "withheld", "a_new_cause",
]  # fmt: skip


@pytest.mark.parametrize("word", list(Word))
@pytest.mark.parametrize("cause", CAUSES)
def test_deleted_is_said_only_where_the_platform_said_so(word, cause):
    told = build.news(word, cause=cause, event=build.event(reason="It was looked at."))

    is_said = "deleted" in plain(told) + text_of(build.message(told)).title

    assert is_said is (word is Word.GONE and cause == "deleted")


def test_what_is_not_certain_is_not_told_as_gone():
    assert "may be gone; that is not certain yet" in plain(build.news(Word.SUSPECT))


@pytest.mark.parametrize(
    "changes",
    [
        {"cited": (Cited("01A", SPITEFUL, "https://n.example/", 1, SPITEFUL),)},
        {"url": f"https://x.example/{SPITEFUL}"},
        {"moved_to": SPITEFUL, "word": Word.MOVED},
        {"event": build.event(reason=SPITEFUL)},
    ],
)
def test_what_a_page_says_moves_nothing_in_a_message(changes):
    text = text_of(build.message(replace(build.news(), **changes)))

    for shown in (text.title, text.plain, text.markdown):
        assert not {"\u202e", "\u200f", "\x1b", "\x00", "\ud800", "\r"} & set(shown)
        shown.encode()
    assert "\n" not in text.title
    assert not any(line.startswith("Subject") for line in text.plain.splitlines())


def test_markdown_of_a_page_stays_words():
    words = clean("<script>x</script> *a* [b](http://c) # d `e` & _f_", 99)

    rendered = markdown(marked_down(words))

    assert html.unescape(rendered) == f"<p>{words}</p>"
    assert rendered.count("<") == 2


def test_an_edit_is_told_without_the_words_that_were_edited():
    edit = build.event(kind=EventKind.EDIT, after="edited", reason="The post was edited: -a +b")
    told = build.message(build.news(Word.EDITED, event=edit))

    assert "was edited" in text_of(told).plain
    assert "-a +b" not in str(document(told))


def test_a_source_and_its_citation_are_one_news():
    finding = build.news()
    verdict = replace(finding, event=replace(finding.event, kind=EventKind.VERDICT))

    assert plain(verdict, finding) == plain(finding)
    assert len(document(build.message(verdict, finding))["data"]["news"]) == 2  # type: ignore[index]


def test_many_news_are_counted_in_the_title():
    many = [build.news(word) for word in (Word.GONE, Word.GONE, Word.CHANGED)]

    assert text_of(build.message(*many)).title == "News of 3 citations: 2 gone, 1 changed"


def test_a_long_quotation_is_cut():
    cited = Cited("01A", None, None, 1, "word " * 200)

    line = next(x for x in plain(build.news(cited=(cited,))).splitlines() if "01A" in x)

    assert len(line) < LONGEST_QUOTE + 40
    assert line.endswith("…”")


def test_of_many_articles_some_are_named_and_the_rest_counted():
    cited = tuple(Cited(f"01A{n}", None, None) for n in range(9))

    assert "and in 4 more articles" in plain(build.news(cited=cited))


def test_of_many_articles_a_program_is_given_some_and_the_number_of_the_rest():
    def listed(number: int) -> tuple[int, int]:
        cited = tuple(Cited(f"01A{n}", None, None) for n in range(number))
        (one,) = document(build.message(build.news(cited=cited)))["data"]["news"]  # type: ignore[index]
        return len(one["cited_in"]), one["cited_more"]

    assert [listed(number) for number in (0, 20, 21, 500)] == [
        (0, 0), (20, 0), (20, 1), (20, 480),
    ]  # fmt: skip


def test_persian_words_and_families_keep_their_joiners():
    assert clean("می\u200cخواهم 👩\u200d👩\u200d👧", 99) == "می\u200cخواهم 👩\u200d👩\u200d👧"


def test_a_test_message_says_that_nothing_happened():
    told = document(build.message(is_test=True))

    assert told["type"] == "archiver.test"
    assert "nothing that happened" in text_of(build.message(is_test=True)).plain
