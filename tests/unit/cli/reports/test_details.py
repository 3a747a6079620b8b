"""Details show what differs, and the proof of both sides; what is the same is collapsed."""

from __future__ import annotations

from dataclasses import replace

import pytest

from archiver.cli.documents import finding_document
from archiver.cli.reports.compared import Compared, HeaderChange, compare_sides
from archiver.cli.reports.details import details
from archiver.cli.reports.entry import Entry
from archiver.flow.evidence import Proof, SideProof
from archiver.flow.sides import Sides
from archiver.model.comparison import Change
from archiver.model.signals import Signal
from archiver.model.verdict import FindingKind
from tests import build
from tests.build import NOW
from tests.unit.cli.reports.built import (
    HOSTILE,
    THEN,
    audited,
    changes_of,
    entry,
    number_changed,
    side,
    with_words,
)


def lines(of: Entry) -> dict[str, str]:
    return {line.label: line.text for line in details(of)}


def test_a_changed_sentence_has_its_words_marked_and_its_kind_named():
    told = lines(entry(audited(FindingKind.CHANGED), number_changed()))

    assert told["changed"] == "We counted [-12-]{+21+} gates. [number]"


def test_unchanged_words_far_from_a_change_are_collapsed():
    long = "word " * 100
    change = Change(f"{long}12 {long}", f"{long}21 {long}")

    text = lines(entry(audited(FindingKind.CHANGED), change))["changed"]

    assert text.startswith("… ")
    assert text.endswith(" …")
    assert len(text) < 160


def test_both_sides_are_told_with_captures_digests_and_records():
    record = build.record()
    one = audited(FindingKind.CHANGED)
    of = Entry(one, proof=Proof(SideProof(record), SideProof()))

    told = [(line.label, line.text) for line in details(of)]

    assert told.count(("  warc", "1a" * 32)) == 2
    assert ("  record", record.record_id) in told
    labels = [label.strip() for label, _ in told]
    assert labels.index("as cited") < labels.index("now")
    assert "2 days after it was cited" in dict(told)["as cited"]


def test_links_and_headers_that_differ_are_told():
    compared = Compared(
        links_lost=("https://a.example/",),
        links_new=tuple(f"https://b.example/{n}" for n in range(50)),
        headers=(HeaderChange("status", "200", None),),
    )

    told = [line.text for line in details(Entry(audited(FindingKind.CHANGED), compared))]

    assert "https://a.example/" in told
    assert "not shown: 10 more" in told
    assert "status: 200 → (none)" in told


@pytest.mark.parametrize("words", HOSTILE, ids=range(len(HOSTILE)))
def test_no_words_make_details_or_documents_fail(words):
    of = entry(with_words(audited(FindingKind.CHANGED), words), Change(words, f"{words}1"))

    assert details(of)
    assert finding_document(of, lambda path: path)["finding"] == "changed"


def test_the_document_tells_both_sides():
    document = finding_document(
        entry(audited(FindingKind.CHANGED), number_changed()), lambda path: f"/home/{path}"
    )

    assert document["headline"] == "the quoted words changed: 12 → 21"
    assert document["changes"] == [
        {
            "before": "We counted 12 gates.",
            "after": "We counted 21 gates.",
            "material": ["number"],
        }
    ]
    evidence = document["evidence"]
    assert isinstance(evidence, dict)
    assert [one["sha256"] for one in evidence["now"]["artifacts"]][:1] == ["1a" * 32]
    assert evidence["as_cited"]["artifacts"][0]["path"] == "/home/c/w.warc.gz"


def test_a_wall_is_in_the_document():
    document = finding_document(entry(audited(FindingKind.UNKNOWN)), lambda path: path)

    assert document["blocked_by"] == "challenge"


def test_headers_of_two_pages_are_compared_and_those_of_a_platform_are_not():
    before = build.kept_answer(THEN, headers=(("ETag", '"1"'), ("Server", "a"), ("Age", "1")))
    after = build.kept_answer(
        NOW, headers=(("etag", '"2"'), ("server", "a"), ("Age", "9")), status=404
    )
    sides = Sides(side(answers=(before,)), side(at=NOW, answers=(after,)))
    post = replace(sides, then=replace(side(), answers=(before,), reading=build.reading()))

    compared = compare_sides(sides, Proof(), changes_of())

    assert compared.headers == (
        HeaderChange("status", "200", "404"),
        HeaderChange("etag", '"1"', '"2"'),
    )
    assert compare_sides(post, Proof(), changes_of()).headers == ()


def test_links_are_compared_only_where_both_sides_are_known():
    sides = Sides(side(), side(at=NOW))
    known = Proof(SideProof(links=frozenset("ab")), SideProof(links=frozenset("bc")))
    half = Proof(SideProof(links=frozenset("ab")), SideProof())

    assert compare_sides(sides, known, changes_of()).links_lost == ("a",)
    assert compare_sides(sides, known, changes_of()).links_new == ("c",)
    assert compare_sides(sides, half, changes_of()).links_lost == ()


def test_what_a_wall_lacks_was_not_taken_out():
    walled = replace(side(at=NOW), reading=build.reading(signal=Signal.WALL, post=None))
    known = Proof(SideProof(links=frozenset("ab")), SideProof(links=frozenset("c")))

    compared = compare_sides(Sides(side(), walled), known, changes_of())

    assert (compared.links_lost, compared.links_new) == ((), ())


def test_material_changes_come_first():
    other = Change("It rained.", "It poured.")
    sides = Sides(side("a"), side("b", NOW))

    compared = compare_sides(sides, Proof(), changes_of(other, number_changed()))

    assert compared.changes == (number_changed(), other)


def test_sides_are_compared_by_what_one_extractor_read_of_both():
    again = side("The same bytes as today's extractor reads them.").reading
    sides = replace(Sides(side(), side("We counted 21 gates.")), relied_on=again)
    given: list[object] = []

    def changes(then: object, _now: object, _noise: object) -> tuple[Change, ...]:
        given.append(then)
        return ()

    compare_sides(sides, Proof(), changes)

    assert given == [again]
