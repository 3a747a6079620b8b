"""The JUnit file is read back by an XML parser, and fails for what really changed alone."""

from __future__ import annotations

from xml.etree import ElementTree

import pytest
from lxml import etree

from archiver.cli.reports.junit import clean, junit
from archiver.errors import LaunchError
from archiver.flow.add import Taken
from archiver.model.source import Source
from archiver.model.verdict import FindingKind
from tests import build
from tests.unit.cli.reports.built import HOSTILE, audited, every_kind, report, with_words

OUTCOMES = {
    FindingKind.INTACT: None,
    FindingKind.CHANGED: "failure",
    FindingKind.GONE: "failure",
    FindingKind.RESTRICTED: "failure",
    FindingKind.SUSPECT: "skipped",
    FindingKind.UNKNOWN: "skipped",
}


@pytest.mark.parametrize("kind", FindingKind)
def test_each_finding_has_its_outcome(kind):
    root = ElementTree.fromstring(junit(report(audited(kind))))

    (case,) = root.iter("testcase")
    outcome = next((child.tag for child in case if child.tag != "system-out"), None)
    assert outcome == OUTCOMES[kind]
    assert case.get("classname") == "https://news.example/gates"
    assert (case.findtext("system-out") or "").startswith(kind.value.upper())


def test_what_could_not_be_told_says_why():
    root = ElementTree.fromstring(junit(report(audited(FindingKind.UNKNOWN))))

    (skipped,) = root.iter("skipped")
    assert "blocked by a challenge" in skipped.attrib["message"]


def test_the_counts_are_those_of_the_cases():
    failed = (Taken(Source("s9", build.ref(), build.NOW), None, LaunchError("no browser")),)

    root = ElementTree.fromstring(junit(every_kind(failed=failed)))

    suite = root[0]
    tags = {"tests": "testcase", "failures": "failure", "errors": "error", "skipped": "skipped"}
    counts = {name: str(len(list(suite.iter(tag)))) for name, tag in tags.items()}
    assert {name: suite.get(name) for name in tags} == counts
    assert root.get("tests") == counts["tests"]


def test_lost_citations_are_a_case_of_their_own():
    root = ElementTree.fromstring(junit(report(lost=2)))

    (case,) = root.iter("testcase")
    assert "2 citations more" in case[0].attrib["message"]


@pytest.mark.parametrize("words", HOSTILE, ids=range(len(HOSTILE)))
def test_hostile_words_leave_the_file_well_formed(words):
    text = junit(report(with_words(audited(FindingKind.CHANGED), words)))

    root = etree.fromstring(text.encode())
    assert len(root.findall(".//testcase")) == 1
    assert {element.tag for element in root.iter()} == {
        "testsuites", "testsuite", "testcase", "failure", "system-out",
    }  # fmt: skip


def test_characters_that_xml_forbids_are_replaced():
    assert clean("a\x00b\x0bc\ud800d\uffff\te\n") == "a\ufffdb\ufffdc\ufffdd\ufffd\te\n"


def test_characters_that_turn_or_drive_what_is_shown_are_taken_out():
    assert clean("a\u202egro\u2069 \x9b31m\x7f é") == "agro \ufffd31m\ufffd é"


def test_a_label_does_not_touch_a_digest():
    text = junit(report(audited(FindingKind.CHANGED)))

    assert "\n  screenshot " in text
