"""A finding is said so that an editor understands it at once."""

from __future__ import annotations

from dataclasses import replace

import pytest

from archiver.cli.reports import wording
from archiver.flow.sides import Bracket, Sides
from archiver.model.comparison import Change
from archiver.model.signals import Signal
from archiver.model.verdict import Content, FindingKind, Quote, VerdictKind
from tests.build import NOW, days
from tests.unit.cli.reports.built import (
    HOSTILE,
    audited,
    entry,
    number_changed,
    report,
    verdict,
    with_finding,
    with_words,
)


def test_a_changed_quote_names_the_changed_words_and_since_when():
    changed = entry(audited(FindingKind.CHANGED))

    told = wording.line(changed)

    assert told.startswith(
        "the quoted words changed: 12 → 21"
        " · since 21 November 2026 (last seen unchanged 18 November 2026)"
        " · web:https://ministry.example/1 · citation 01CITATION1 · evidence "
    )
    assert told.count("(1a1a1a1a1a1a)") == 2


def test_a_bracket_within_a_day_tells_the_minutes():
    one = audited(FindingKind.CHANGED)
    sides = replace(one.sides, bracket=Bracket(NOW - days(0.25), NOW))

    told = wording.since(entry(replace(one, sides=sides)))

    assert told == (
        "since 22 November 2026, 12:00 UTC (last seen unchanged 22 November 2026, 06:00 UTC)"
    )


def test_a_deletion_is_said_with_its_bracket():
    told = wording.headline(entry(audited(FindingKind.GONE)))

    assert told == "deleted by its author between 18 November 2026 and 21 November 2026"


def test_an_absence_that_was_never_otherwise_says_so():
    one = audited(FindingKind.GONE, sides=Sides(bracket=Bracket(None, NOW)))

    assert (
        wording.headline(entry(one)) == "deleted by its author, first seen so on 22 November 2026"
    )


@pytest.mark.parametrize("cause", wording.GONE)
def test_every_cause_of_an_absence_has_words_that_hold_the_bracket(cause):
    one = with_finding(audited(FindingKind.GONE), verdict=verdict(VerdictKind.GONE, cause=cause))

    told = wording.headline(entry(one))

    assert " between 18 November 2026 and 21 November 2026" in told
    assert "{" not in told


def test_every_signal_that_is_gone_or_restricted_by_a_word_of_the_platform_has_its_own_words():
    said = wording.GONE.keys() | wording.RESTRICTED.keys()

    assert {
        Signal.DELETED, Signal.ACCOUNT_GONE, Signal.SUSPENDED, Signal.REMOVED, Signal.PROTECTED,
        Signal.WITHHELD, Signal.NOT_FOUND, Signal.GONE, Signal.SOFT_404, Signal.PARKED,
    } <= said  # fmt: skip


def test_a_wall_is_named_with_what_was_last_known():
    told = wording.headline(entry(audited(FindingKind.UNKNOWN)))

    assert told == "blocked by a challenge; last known: present on 18 November 2026"


def test_intact_is_said_with_its_caveat_and_without_evidence_ids():
    one = with_finding(
        audited(FindingKind.INTACT),
        reason="Unchanged since our first look, 6 years after it was cited.",
    )

    assert wording.line(entry(one)) == (
        "unchanged since our first look, 6 years after it was cited"
        " · web:https://ministry.example/1"
    )


def test_a_page_whose_sentences_changed_names_the_material_ones():
    one = with_finding(audited(FindingKind.CHANGED), quote=Quote.UNDETERMINED)
    one = replace(one, sides=replace(one.sides, quote_diff=None))
    other = Change("It rained.", "It poured.")

    told = wording.headline(entry(one, other, number_changed()))

    assert told == "the page changed: 12 → 21"


def test_a_replaced_page_names_no_words():
    one = with_finding(audited(FindingKind.CHANGED), content=Content.REPLACED)

    assert wording.headline(entry(one)) == "replaced: another page stands at its address"


def test_words_that_read_differently_at_our_first_look_are_no_change_since_then():
    one = with_finding(audited(FindingKind.CHANGED), rule="words_altered_before_first_look")

    assert "did so at our first look already" in wording.headline(entry(one))


def test_many_changes_are_counted_and_long_ones_cut():
    one = audited(FindingKind.CHANGED)
    diff = " ".join(f"[-{n}{'x' * 90}-]{{+{n}+}} same" for n in range(9))

    told = wording.headline(entry(replace(one, sides=replace(one.sides, quote_diff=diff))))

    assert told.endswith("… → 1 and 7 more")
    assert len(told) < 160


@pytest.mark.parametrize("kind", FindingKind)
@pytest.mark.parametrize("words", HOSTILE, ids=range(len(HOSTILE)))
def test_no_words_make_a_line_fail(kind, words):
    assert wording.line(entry(with_words(audited(kind), words)))


@pytest.mark.parametrize(
    ("kinds", "said"),
    [
        ([], "It cites nothing to look at."),
        ([FindingKind.INTACT], "Its one citation stands."),
        ([FindingKind.INTACT] * 2, "All 2 citations stand."),
        (
            [FindingKind.GONE, FindingKind.INTACT],
            "1 of 2 citations no longer show what the article relied on.",
        ),
        (
            [FindingKind.GONE, FindingKind.UNKNOWN],
            "1 of 2 citations no longer show what the article relied on, and 1 could not be told.",
        ),
    ],
)
def test_the_total_is_one_sentence(kinds, said):
    entries = report(*(audited(kind, n) for n, kind in enumerate(kinds))).entries

    assert wording.total(entries) == said
