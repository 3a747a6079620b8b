"""A report as one page: no script, nothing loaded, every captured word escaped.

Findings are sections, the worst first; an address such as ``report.html#gone`` shows that section
alone. Captured text stands in elements of its own with ``dir="auto"``, so that right-to-left words
are set right and turn nothing round them.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import zip_longest

import archiver
from archiver.cli.reports import wording
from archiver.cli.reports.article import article_of
from archiver.cli.reports.entry import ORDER, Entry, Report
from archiver.cli.reports.markup import address, ltr, said, text
from archiver.cli.reports.pictures import Pictures
from archiver.cli.reports.style import STYLE
from archiver.model.verdict import FindingKind

HEAD = """<!doctype html>
<html lang="en"><head><meta charset="utf-8">
<meta http-equiv="Content-Security-Policy"
 content="default-src 'none'; img-src data:; style-src 'unsafe-inline'; base-uri 'none';
 form-action 'none'">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="referrer" content="no-referrer">
<title>{title}</title>
<style>{style}</style></head><body><div class="wrap">
"""
TITLES = {
    FindingKind.GONE: "Gone",
    FindingKind.CHANGED: "Changed",
    FindingKind.RESTRICTED: "No longer shown to everybody",
    FindingKind.SUSPECT: "Suspect: not confirmed yet",
    FindingKind.UNKNOWN: "Could not be told",
    FindingKind.INTACT: "Intact",
}


def page(report: Report, pictures: Sequence[Pictures] = ()) -> str:
    """Return the whole page. ``pictures`` are in the order of the entries, or none at all."""
    article = report.audit.article
    title = (article.title or article.url if article else None) or "Citations"
    parts = [
        HEAD.format(title=text(f"{title} – citations"), style=STYLE),
        _summary(report, title),
        "<main>\n",
    ]
    shown = list(zip_longest(report.entries, pictures, fillvalue=Pictures()))
    for kind in ORDER:
        of_kind = [(e, p) for e, p in shown if isinstance(e, Entry) and e.one.finding.kind is kind]
        parts += [_section(kind, of_kind)] if of_kind else []
    parts += ["</main>\n", _footer(), "</div></body></html>\n"]
    return "".join(parts)


def _summary(report: Report, title: str) -> str:
    article = report.audit.article
    lines = ['<p class="kicker">Do the sources still say it?</p>', f"<h1>{said(title)}</h1>"]
    if article is not None and article.url:
        lines.append(f'<p class="sub">{address(article.url)}</p>')
    lines.append(f'<p class="sub">{text(_dates(report))}</p>')
    lines.append(f'<p class="total">{text(wording.total(report.entries))}</p>')
    lines += [_bar(report), _nav(report)] if report.entries else []
    lines += [f'<p class="note">{text(note)}</p>' for note in _notes(report)]
    return f"<header>{''.join(lines)}</header>\n"


def _dates(report: Report) -> str:
    looked = [entry.one.sides.now.at for entry in report.entries if entry.one.sides.now]
    newest = max((at for at in looked if at is not None), default=None)
    article = report.audit.article
    parts = []
    if article is not None and article.published_on is not None:
        day = article.published_on
        parts.append(f"Published on {day.day} {day:%B} {day.year}.")
    parts.append(f"Last looked at on {wording.minute(newest)}." if newest else "Not looked at yet.")
    return " ".join(parts)


def _notes(report: Report) -> list[str]:
    audit = report.audit
    notes = [f"{one.source.ref.name} could not be looked at: {one.error}" for one in audit.failed]
    if audit.lost:
        notes.append(
            "The newest version of the article cites nothing to look at; an older one had "
            f"{audit.lost} citations more."
        )
    if audit.pointers:
        are = "pointer names" if audit.pointers == 1 else "pointers name"
        notes.append(f"{audit.pointers} {are} another article without an address.")
    return notes


def _bar(report: Report) -> str:
    counts = report.counts
    told = ", ".join(f"{count} {kind.value}" for kind, count in counts.items())
    parts = (
        f'<span class="fill-{kind.value}" style="flex:{count}"></span>'
        for kind, count in counts.items()
    )
    return f'<div class="bar" role="img" aria-label="{text(told)}">{"".join(parts)}</div>'


def _nav(report: Report) -> str:
    links = [
        f'<li><a href="#{kind.value}"><span class="dot fill-{kind.value}"></span>'
        f"<b>{count}</b> {kind.value}</a></li>"
        for kind, count in report.counts.items()
    ]
    every = f'<li><a href="#all"><b>{len(report.entries)}</b> all</a></li>'
    return f'<nav id="all" aria-label="Findings"><ul>{"".join(links)}{every}</ul></nav>'


def _section(kind: FindingKind, shown: Sequence[tuple[Entry, Pictures]]) -> str:
    articles = "".join(article_of(entry, pictures) for entry, pictures in shown)
    return (
        f'<section id="{kind.value}" aria-labelledby="h-{kind.value}">'
        f'<h2 id="h-{kind.value}">{TITLES[kind]} ({len(shown)})</h2>\n{articles}</section>\n'
    )


def _footer() -> str:
    return (
        "<footer><p>A finding is of a citation: what it relied on, against what its source shows "
        "now. <b>Gone</b>, <b>changed</b> and <b>restricted</b> rest on confirmed evidence; a "
        "single failed look is <b>suspect</b>; a wall, a time-out or our own network says nothing "
        "of a source and is <b>unknown</b>. Each SHA-256 is of a file in the archive.</p>"
        f"<p>Written by {ltr(f'citation-archiver {archiver.__version__}')}; no script, nothing "
        "loaded.</p></footer>"
    )
