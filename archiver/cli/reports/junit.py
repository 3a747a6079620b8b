"""A report as JUnit XML, for the test reporters of GitLab, Jenkins and GitHub.

One test case a citation. Changed, gone and restricted are *failures*. Suspect and unknown are
*skipped*: a single 404 or a bot wall is no news of the source, and must not turn a build red; the
message says why nothing could be told. A look that could not be made at all is an *error*.

Source: GitLab documentation, "Unit test reports", and the schema of Jenkins' JUnit plugin (read
2026-11): suite and case need a name, counts are read from attributes, ``time`` may be 0.
"""

from __future__ import annotations

from xml.etree.ElementTree import Element, SubElement, indent, tostring

from archiver.cli.output import BIDI_CONTROLS
from archiver.cli.reports import wording
from archiver.cli.reports.details import details
from archiver.cli.reports.entry import Entry, Report
from archiver.model.verdict import FindingKind

FAILURES = frozenset({FindingKind.CHANGED, FindingKind.GONE, FindingKind.RESTRICTED})
SKIPPED = frozenset({FindingKind.SUSPECT, FindingKind.UNKNOWN})
LABEL = 15  # columns of a label of the details
LONGEST_NAME = 120  # characters of the printed words in a case's name


def junit(report: Report) -> str:
    """Return the XML document."""
    article = report.audit.article
    place = (article.url or article.title or article.id) if article is not None else "citations"
    failed, lost = report.audit.failed, report.audit.lost
    kinds = [entry.one.finding.kind for entry in report.entries]
    counts = {
        "tests": str(len(kinds) + len(failed) + bool(lost)),
        "failures": str(sum(kind in FAILURES for kind in kinds)),
        "errors": str(len(failed)),
        "time": "0",
    }
    root = Element("testsuites", {"name": "citations", **counts})
    skipped = str(sum(kind in SKIPPED for kind in kinds) + bool(lost))
    suite = SubElement(root, "testsuite", {"name": clean(place), **counts, "skipped": skipped})
    for entry in report.entries:
        _case(suite, entry, clean(place))
    for taken in failed:
        case = _named(suite, clean(place), f"look at {taken.source.ref.name}")
        _add(case, "error", "could not be looked at", str(taken.error))
    if lost:
        case = _named(suite, clean(place), "citations of an older version")
        why = f"the newest version cites nothing to look at; an older one had {lost} citations more"
        _add(case, "skipped", "lost", why)
    indent(root)
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{tostring(root, encoding="unicode")}\n'


def clean(text: str) -> str:
    """Return text without the characters that XML 1.0 does not allow, not even escaped.

    Those go, too, that drive a terminal or make an address read as another one.

    Source: Extensible Markup Language 1.0, fifth edition, 2.2.
    """
    return "".join(c if _is_allowed(c) else "\ufffd" for c in text if c not in BIDI_CONTROLS)


def _is_allowed(character: str) -> bool:
    code = ord(character)
    return (
        character in "\t\n"
        or 0x20 <= code < 0x7F
        or 0xA0 <= code <= 0xD7FF
        or 0xE000 <= code <= 0xFFFD
        or code >= 0x10000
    )


def _case(suite: Element, entry: Entry, place: str) -> None:
    finding = entry.one.finding
    case = _named(suite, place, _name(entry))
    told = " · ".join(part for part in (wording.headline(entry), wording.since(entry)) if part)
    if finding.kind in FAILURES:
        _add(case, "failure", finding.kind.value, told, finding.reason)
    elif finding.kind in SKIPPED:
        _add(case, "skipped", finding.kind.value, told)
    out = SubElement(case, "system-out")
    lines = [f"{wording.word(entry)}  {wording.line(entry)}"]
    lines += [f"{line.label:<{LABEL}}{line.text}" for line in details(entry)]
    out.text = clean("\n".join(lines))


def _named(suite: Element, place: str, name: str) -> Element:
    return SubElement(suite, "testcase", {"classname": place, "name": clean(name), "time": "0"})


def _name(entry: Entry) -> str:
    one = entry.one
    source = one.source.ref.name if one.source is not None else "source not found"
    if one.citation is None:
        return source
    words = " ".join(one.citation.found.text.split())[:LONGEST_NAME]
    return f"{one.citation.found.position}. {source}" + (f": {words}" if words else "")


def _add(case: Element, tag: str, kind: str, message: str, text: str = "") -> None:
    told = message if tag == "skipped" and kind in message else f"{kind}: {message}"
    attributes = {"message": clean(told)}
    if tag != "skipped":
        attributes["type"] = kind
    SubElement(case, tag, attributes).text = clean(text) or None
