"""A report is put together by what it is given to compare with."""

from __future__ import annotations

from dataclasses import replace

from archiver.cli.reports.wired import TOOLS, Tools, report_of
from archiver.model.citation import CitationKind, Context
from archiver.model.verdict import FindingKind, Quote
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


def test_sides_are_compared_sentence_by_sentence():
    (change,) = TOOLS.changes(
        "Twelve ships left. The gates were shut.", "Ten ships left. The gates were shut."
    )

    assert change.before == "Twelve ships left."
    assert change.material == ("number",)
