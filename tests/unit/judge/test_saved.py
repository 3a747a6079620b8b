"""Two saved pages, judged as one look would be that follows a look at the baseline."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archiver.judge.saved import Saved, SavedCase, SavedJudgement, judge_saved
from archiver.model.verdict import Content, FindingKind, Quote, VerdictKind
from tests.unit.judge.saved_pages import CHALLENGE, OTHER, SHELL, STORY, URL, page

F, V = FindingKind, VerdictKind
QUOTE = "twelve ships had left the basin before the gates were closed"


def judged(then: str | None, now: str, quote: str | None = None, **more: object) -> SavedJudgement:
    baseline = Saved(then.encode()) if then is not None else None
    return judge_saved(SavedCase(Saved(now.encode()), baseline, quote=quote, **more))  # type: ignore[arg-type]


def told(result: SavedJudgement) -> tuple[FindingKind, VerdictKind, str | None]:
    return result.finding.kind, result.verdict.kind, result.blocked_by


def test_a_page_without_a_baseline_is_present_and_nothing_more_is_known():
    result = judged(None, page())

    assert told(result) == (F.UNKNOWN, V.PRESENT, None)
    assert result.finding.content is Content.INCOMPARABLE


def test_one_number_changed_in_the_quoted_sentence_is_seen():
    result = judged(page(), page(STORY.replace("twelve", "two")), QUOTE)

    assert told(result) == (F.CHANGED, V.PRESENT, None)
    assert (result.finding.quote, result.finding.material) == (Quote.ALTERED, True)
    assert (result.finding.similarity or 0) > 0.8
    assert "[-twelve-]{+two+}" in (result.quote_diff or "")


def test_a_quote_that_stands_amid_other_changes_is_intact():
    quote = "Engineers had warned for years that the old barrier would not hold"
    now = page(STORY.replace("waited for the tide to turn", "left before dawn by the north road"))

    result = judged(page(), now, quote)

    assert told(result) == (F.INTACT, V.PRESENT, None)
    assert result.finding.quote is Quote.STANDS


def test_another_page_in_its_place_is_said_to_be_replaced():
    result = judged(page(), page(OTHER, title="Cheap watches"))

    assert told(result) == (F.CHANGED, V.PRESENT, None)
    assert result.finding.content is Content.REPLACED


def test_words_that_were_never_there_are_an_error_of_the_citation():
    result = judged(page(), page(), "nobody had seen a single ship leave the basin that night")

    assert told(result) == (F.UNKNOWN, V.PRESENT, None)
    assert result.finding.rule == "citation_error"


@pytest.mark.parametrize(
    ("more", "rule"),
    [
        ({"status": 404}, "not_found_once"),
        ({"status": 410}, "gone_once"),
        ({"url": URL, "final_url": "https://paper.example/"}, "redirected_home"),
    ],
)
def test_one_look_never_says_gone(more, rule):
    result = judged(page(), page(OTHER, title="Home"), **more)

    assert told(result)[:2] == (F.SUSPECT, V.SUSPECT)
    assert result.finding.rule == rule


def test_the_same_page_at_another_address_has_moved():
    result = judged(page(), page(), url=URL, final_url="https://paper.example/archive/gates")

    assert told(result) == (F.INTACT, V.MOVED, None)


@pytest.mark.parametrize(
    ("now", "more", "wall", "verdict"),
    [
        (CHALLENGE, {"status": 503}, "challenge", V.UNKNOWN),
        (CHALLENGE, {}, "challenge", V.UNKNOWN),
        (page(), {"headers": (("cf-mitigated", "challenge"),)}, "challenge", V.UNKNOWN),
        (page(OTHER), {"status": 403}, "forbidden", V.UNKNOWN),
        (page(OTHER), {"status": 401}, "login", V.UNKNOWN),
        (page(OTHER), {"status": 402}, "paywall", V.UNKNOWN),
        (page(OTHER), {"status": 429}, "rate_limit", V.UNKNOWN),
        (page(OTHER), {"status": 451}, "legal", V.RESTRICTED),
    ],
)
def test_a_wall_is_named_and_says_nothing_of_the_page(now, more, wall, verdict):
    result = judged(page(), now, QUOTE, **more)

    assert told(result) == (FindingKind(verdict.value), verdict, wall)
    assert result.finding.content is Content.INCOMPARABLE
    assert result.finding.quote is Quote.UNDETERMINED


@pytest.mark.parametrize(
    ("then", "quote", "verdict"),
    [(page(), None, V.UNKNOWN), (None, QUOTE, V.UNKNOWN), (None, None, V.PRESENT)],
)
def test_a_page_that_scripts_draw_is_not_taken_for_an_emptied_one(then, quote, verdict):
    result = judged(then, SHELL, quote)

    assert told(result) == (F.UNKNOWN, verdict, None)
    assert result.finding.quote is Quote.UNDETERMINED


def test_a_server_that_fails_is_unreachable_not_gone():
    assert told(judged(page(), "<h1>Bad gateway</h1>", status=502)) == (
        F.UNKNOWN, V.UNREACHABLE, None,
    )  # fmt: skip


def test_a_page_about_error_pages_that_always_was_one_is_the_page_itself():
    about = page(STORY, title="Page not found")

    assert told(judged(about, about)) == (F.INTACT, V.PRESENT, None)


@given(st.binary(max_size=300), st.binary(max_size=300), st.integers(100, 999))
def test_no_bytes_make_it_fail_and_one_look_never_says_gone(then, now, status):
    result = judge_saved(SavedCase(Saved(now), Saved(then), status=status, quote="some words here"))

    assert result.finding.kind is not F.GONE
    assert result.verdict.kind is not V.GONE
