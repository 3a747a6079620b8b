"""A report as SARIF 2.1.0, so that a repository of articles can gate on its citations.

What stands makes no result: code scanning closes the alerts that are not there any more. The
place is the article's file, or its address, and the line of the citation in the article's text.

Source: OASIS, SARIF 2.1.0 (2020); GitHub documentation, "SARIF support for code scanning" (read
2026-11): rules need an id and help, results a message, a location and, to be the same alert in
the next run, ``primaryLocationLineHash``.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections import Counter
from urllib.parse import quote

import archiver
from archiver.cli.output import plain
from archiver.cli.reports import wording
from archiver.cli.reports.entry import ORDER, Entry, Report
from archiver.model.verdict import FindingKind

Document = dict[str, object]

SCHEMA = (
    "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
)
LEVELS = {
    FindingKind.GONE: "error",
    FindingKind.CHANGED: "error",
    FindingKind.RESTRICTED: "warning",
    FindingKind.SUSPECT: "note",
    FindingKind.UNKNOWN: "note",
}
RULES = {
    FindingKind.GONE: (
        "SourceGone",
        "A cited source is gone.",
        "Cite the archived copy, with the day it was taken; archiver report --repair writes it.",
    ),
    FindingKind.CHANGED: (
        "SourceChanged",
        "A cited source no longer says what was cited.",
        "Compare both sides; correct the article, or accept the change with archiver accept.",
    ),
    FindingKind.RESTRICTED: (
        "SourceRestricted",
        "A cited source is no longer shown to everybody.",
        "Readers cannot check it; cite the archived copy beside it.",
    ),
    FindingKind.SUSPECT: (
        "SourceSuspect",
        "A cited source seems to be gone or changed; later looks will tell.",
        "Nothing to do yet: one look never proves it.",
    ),
    FindingKind.UNKNOWN: (
        "SourceUnknown",
        "Nothing can be told of a cited source.",
        "Open it by hand, or name the source with archiver resolve.",
    ),
}
_REPORTED = tuple(kind for kind in ORDER if kind in RULES)
LONGEST = 1000  # characters of a message


def sarif(report: Report, place: str | None = None) -> str:
    """Return the document; ``place`` is the article's path in its repository, as in ``a/b.md``."""
    results = _results(report, _place(report, place))
    run = {
        "tool": {
            "driver": {
                "name": "citation-archiver",
                "version": archiver.__version__,
                "semanticVersion": archiver.__version__,
                "rules": [_rule(kind) for kind in _REPORTED],
            }
        },
        "columnKind": "unicodeCodePoints",
        "results": results,
        "invocations": [
            {
                "executionSuccessful": not report.audit.failed,
                "toolExecutionNotifications": _notes(report),
            }
        ],
    }
    document = {"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}
    return json.dumps(document, ensure_ascii=True, indent=2) + "\n"


def line_of(report: Report, start: int) -> int:
    """Return the line of the article's text, from 1, in which a place of it lies."""
    version = report.audit.version
    return version.text.count("\n", 0, max(0, start)) + 1 if version is not None else 1


def _place(report: Report, place: str | None) -> str:
    if place is not None:
        return quote(os.fsencode(place.lstrip("/")))
    article = report.audit.article
    if article is not None and article.url:
        return quote(article.url, safe=":/?#[]@!$&'()*+,;=%~")
    return f"article/{quote(article.id)}" if article is not None else "citations"


def _rule(kind: FindingKind) -> Document:
    name, short, help_text = RULES[kind]
    return {
        "id": f"citation/{kind.value}",
        "name": name,
        "shortDescription": {"text": short},
        "fullDescription": {"text": f"{short} {help_text}"},
        "help": {"text": help_text},
        "defaultConfiguration": {"level": LEVELS[kind]},
        "properties": {"tags": ["citations", "link-rot"]},
    }


def _results(report: Report, place: str) -> list[Document]:
    seen: Counter[str] = Counter()
    results = []
    for entry in report.entries:
        mark = _mark(entry, place)
        seen[mark] += 1  # also of what stands, so that the number of the others stays the same
        if entry.one.finding.kind in RULES:
            results.append(_result(entry, report, place, f"{mark}:{seen[mark]}"))
    return results


def _result(entry: Entry, report: Report, place: str, mark: str) -> Document:
    one, kind = entry.one, entry.one.finding.kind
    region: Document = {"startLine": 1}
    if one.citation is not None:
        region = {"startLine": line_of(report, one.citation.found.start)}
    location = {"artifactLocation": {"uri": place}, "region": region}
    bracket = one.sides.bracket
    return {
        "ruleId": f"citation/{kind.value}",
        "ruleIndex": _REPORTED.index(kind),
        "level": LEVELS[kind],
        "message": {"text": plain(f"{wording.word(entry)}: {wording.line(entry)}")[:LONGEST]},
        "locations": [{"physicalLocation": location}],
        "partialFingerprints": {"primaryLocationLineHash": mark, "citation/v1": mark},
        "properties": {
            "citation": one.citation.id if one.citation else None,
            "source": one.source.ref.name if one.source else None,
            "reason": plain(one.finding.reason),
            "lastSeen": bracket.before.isoformat() if bracket.before else None,
            "firstGone": bracket.after.isoformat() if bracket.after else None,
        },
    }


def _mark(entry: Entry, place: str) -> str:
    """Name a citation by what it cites, so that it is the same in another run and archive."""
    one = entry.one
    what = one.source.ref.name if one.source is not None else ""
    if one.citation is not None and not what:
        what = " ".join(one.citation.found.text.split())
    named = json.dumps([place, what]).encode()
    return hashlib.sha256(named).hexdigest()[:32]


def _notes(report: Report) -> list[Document]:
    notes: list[Document] = [
        {
            "level": "error",
            "message": {"text": plain(f"{one.source.ref.name} could not be seen: {one.error}")},
        }
        for one in report.audit.failed
    ]
    if report.audit.lost:
        text = f"an older version of the article had {report.audit.lost} citations more"
        notes.append({"level": "warning", "message": {"text": text}})
    return notes
