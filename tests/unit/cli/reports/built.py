"""Audits made by hand for the formats of reports, some of them of hostile words."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

from archiver.cli.reports.compared import Changes, Compared
from archiver.cli.reports.entry import Entry, Report
from archiver.cli.reports.wired import Tools, report_of
from archiver.flow.audit import Audit, Audited
from archiver.flow.sides import Bracket, Side, Sides
from archiver.model.article import Article, ArticleVersion
from archiver.model.capture import ArtifactKind
from archiver.model.citation import Citation, Resolution
from archiver.model.comparison import Change, Material
from archiver.model.inquiry import Reading
from archiver.model.signals import Signal
from archiver.model.source import Source
from archiver.model.verdict import (
    AsCited,
    AsCitedKind,
    Content,
    Finding,
    FindingKind,
    Quote,
    Verdict,
    VerdictKind,
)
from tests import build
from tests.build import NOW, days

THEN = NOW - days(30)
URL = "https://news.example/gates"
TEXT = "What the tower saw\n\nNobody believed it.\n\nWe counted 12 gates.\n\nThe end.\n"

HOSTILE = [
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "</style></blockquote><iframe src=//evil.example>",
    '=HYPERLINK("http://evil.example","x")',
    "red \x1b[31m \x00\x07\x9b31m bell",
    "moc.elpmaxe\u202egro.knab",
    "]]> &amp; &#0; \ud83d \ufffe",
    "عين الأسد ما رأيناه من البرج",
    "{+ [- never closed",
    "เราเห็นแสงไฟจากหอคอย 他们数了十二道门",
    "a" * 5000,
    "",
]


def side(words: str = "We counted 12 gates.", at: Any = THEN, **changes: Any) -> Side:
    page = build.page_text(words, words)
    reading: Reading = build.reading(post=None, page=page)
    look = build.observation("s1", at, reading=reading)
    kept = build.capture(
        "s1",
        at,
        artifacts=(
            build.artifact(ArtifactKind.WARC, path="c/w.warc.gz", sha256="1a" * 32),
            build.artifact(ArtifactKind.SCREENSHOT, path="c/s.png", media_type="image/png"),
            build.artifact(ArtifactKind.PREVIEW, path="c/p.jpg", media_type="image/jpeg"),
        ),
    )
    return replace(Side(at, reading, look.answers, look, kept), **changes)


def citation(number: int = 1, **changes: Any) -> Citation:
    found = build.found(build.page(f"https://ministry.example/{number}"), position=number)
    found = replace(found, text="We counted 12 gates.", start=TEXT.index("We counted"), **changes)
    return Citation(f"01CITATION{number}", "a1", found, Resolution.RESOLVED, "s1", NOW)


def verdict(kind: VerdictKind, cause: Signal | None = None, **changes: Any) -> Verdict:
    made = Verdict(kind, "rule", "It says so.", NOW, ("o1",), cause.value if cause else None)
    return replace(made, **changes)


VERDICTS = {
    FindingKind.INTACT: verdict(VerdictKind.PRESENT),
    FindingKind.CHANGED: verdict(VerdictKind.PRESENT),
    FindingKind.GONE: verdict(VerdictKind.GONE, Signal.DELETED),
    FindingKind.RESTRICTED: verdict(VerdictKind.RESTRICTED, Signal.PROTECTED),
    FindingKind.SUSPECT: verdict(VerdictKind.SUSPECT),
    FindingKind.UNKNOWN: verdict(VerdictKind.UNKNOWN, wall="challenge"),
}


def audited(kind: FindingKind, number: int = 1, **changes: Any) -> Audited:
    cited = citation(number)
    pin = AsCited(AsCitedKind.CAPTURE, THEN, timedelta(days=2), "01CAPTURE")
    is_changed = kind is FindingKind.CHANGED
    content = Content.MAJOR if is_changed else Content.SAME
    quote = Quote.ALTERED if is_changed else Quote.STANDS
    reason = "Unchanged since it was cited."
    finding = Finding(cited.id, kind, VERDICTS[kind], content, quote, "rule", reason, pin)
    sides = Sides(
        side(),
        side("We counted 21 gates.", NOW),
        Bracket(NOW - days(4), NOW - days(1)) if kind is not FindingKind.INTACT else Bracket(),
        NOW - days(4),
        "we counted [-12-]{+21+} gates." if is_changed else None,
    )
    source = Source("s1", build.page(f"https://ministry.example/{number}"), NOW)
    made = Audited(cited, source, finding, build.capture("s1"), None, sides)
    return replace(made, **changes)


def with_finding(one: Audited, **changes: Any) -> Audited:
    return replace(one, finding=replace(one.finding, **changes))


def with_words(one: Audited, words: str) -> Audited:
    """Put words wherever a page, a platform or an article can put some."""
    assert one.citation is not None
    found = replace(one.citation.found, text=words)
    source = Source("s1", build.page(f"https://ministry.example/{words[:40]}"), NOW)
    sides = replace(
        one.sides,
        then=side(words),
        now=side(f"{words} and more", NOW),
        quote_diff=f"{words} [-{words}-]{{+x{words}+}}",
    )
    one = with_finding(one, reason=words, diff=f"[-{words}-]", rule="rule")
    cited = replace(citation(), found=found)
    return replace(one, citation=cited, source=source, sides=sides)


def audit(*audited_ones: Audited, **changes: Any) -> Audit:
    article = Article("a1", "What the tower saw", URL, "en", NOW, source_id="s0")
    version = ArticleVersion("v1", "a1", TEXT, "ab" * 32, NOW)
    return replace(Audit(article, audited_ones, 0, (), 0, version), **changes)


def changes_of(*changes: Change) -> Changes:
    return lambda _then, _now, _noise: changes


def report(*audited_ones: Audited, changes: Changes | None = None, **more: Any) -> Report:
    tools = Tools(changes) if changes is not None else Tools()
    return report_of(audit(*audited_ones, **more), tools=tools)


def every_kind(**more: Any) -> Report:
    return report(*(audited(kind, n) for n, kind in enumerate(FindingKind, 1)), **more)


def entry(one: Audited, *changes: Change) -> Entry:
    return Entry(one, Compared(tuple(changes)))


def number_changed() -> Change:
    return Change("We counted 12 gates.", "We counted 21 gates.", (Material.NUMBER,))
