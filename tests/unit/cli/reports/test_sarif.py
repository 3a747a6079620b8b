"""The SARIF file has what SARIF 2.1.0 and code scanning require."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest

from archiver.cli.reports.sarif import sarif
from archiver.model.verdict import FindingKind
from tests.unit.cli.reports.built import HOSTILE, audited, every_kind, report, with_words


def run_of(text: str) -> Any:
    document = json.loads(text)
    assert document["version"] == "2.1.0"
    assert document["$schema"].endswith("sarif-schema-2.1.0.json")
    (run,) = document["runs"]
    return run


def test_rules_and_results_have_the_required_parts():
    run = run_of(sarif(every_kind()))

    driver = run["tool"]["driver"]
    assert driver["name"] == "citation-archiver"
    assert all(rule["id"] and rule["help"]["text"] for rule in driver["rules"])
    assert all(rule["shortDescription"]["text"].endswith(".") for rule in driver["rules"])
    for result in run["results"]:
        assert driver["rules"][result["ruleIndex"]]["id"] == result["ruleId"]
        assert result["level"] in {"error", "warning", "note"}
        assert result["message"]["text"]
        place = result["locations"][0]["physicalLocation"]
        assert place["artifactLocation"]["uri"] == "https://news.example/gates"
        assert place["region"]["startLine"] == 5
        assert result["partialFingerprints"]["primaryLocationLineHash"]


def test_what_stands_makes_no_result():
    run = run_of(sarif(every_kind()))

    assert {result["ruleId"] for result in run["results"]} == {
        f"citation/{kind.value}" for kind in FindingKind if kind is not FindingKind.INTACT
    }


@pytest.mark.parametrize(
    ("kind", "level"),
    [
        (FindingKind.GONE, "error"),
        (FindingKind.CHANGED, "error"),
        (FindingKind.RESTRICTED, "warning"),
        (FindingKind.SUSPECT, "note"),
        (FindingKind.UNKNOWN, "note"),
    ],
)
def test_only_confirmed_news_is_an_error(kind, level):
    (result,) = run_of(sarif(report(audited(kind))))["results"]

    assert result["level"] == level


def test_the_fingerprint_is_that_of_what_is_cited_not_of_the_run():
    one = audited(FindingKind.GONE)
    assert one.citation is not None
    moved = replace(one.citation.found, start=0, position=7)
    later = replace(one, citation=replace(one.citation, id="01OTHER", found=moved))

    first, second = (run_of(sarif(report(o)))["results"][0] for o in (one, later))

    assert first["partialFingerprints"] == second["partialFingerprints"]


def test_a_source_cited_twice_has_two_fingerprints():
    twice = run_of(sarif(report(*[audited(FindingKind.GONE)] * 2)))["results"]

    marks = {one["partialFingerprints"]["primaryLocationLineHash"] for one in twice}
    assert len(marks) == 2


def test_the_place_can_be_a_file_of_the_repository():
    (result,) = run_of(sarif(report(audited(FindingKind.GONE)), "docs/über uns.md"))["results"]

    place = result["locations"][0]["physicalLocation"]["artifactLocation"]
    assert place["uri"] == "docs/%C3%BCber%20uns.md"


def test_a_place_whose_name_is_no_utf_8_keeps_its_bytes():
    (result,) = run_of(sarif(report(audited(FindingKind.GONE)), "docs/\udcff.md"))["results"]

    place = result["locations"][0]["physicalLocation"]["artifactLocation"]
    assert place["uri"] == "docs/%FF.md"


def test_lost_citations_are_told():
    (invocation,) = run_of(sarif(report(lost=2)))["invocations"]

    (note,) = invocation["toolExecutionNotifications"]
    assert "2 citations more" in note["message"]["text"]


@pytest.mark.parametrize("words", HOSTILE, ids=range(len(HOSTILE)))
def test_hostile_words_are_one_printable_message(words):
    (result,) = run_of(sarif(report(with_words(audited(FindingKind.CHANGED), words))))["results"]

    assert result["message"]["text"].isprintable()
