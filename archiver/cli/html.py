"""A report as one static page: no script, nothing loaded, every captured word escaped."""

from __future__ import annotations

import base64
from html import escape
from pathlib import Path

from archiver.cli.documents import moment
from archiver.cli.output import plain
from archiver.flow.audit import Audit, Audited
from archiver.model.capture import ArtifactKind
from archiver.wiring import Archive

HEAD = """<!doctype html>
<html lang="en"><head><meta charset="utf-8">
<meta http-equiv="Content-Security-Policy"
 content="default-src 'none'; img-src data:; style-src 'unsafe-inline'">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title}</title>
<style>
body {{ font: 16px/1.5 system-ui, sans-serif; margin: 2rem auto; max-width: 60rem }}
body {{ padding: 0 1rem }}
article {{ border-top: 1px solid #bbb; padding: 1rem 0 }}
h1 {{ font-size: 1.5rem }} h2 {{ font-size: 1.1rem; margin: 0 }}
blockquote {{ border-left: 3px solid #bbb; margin: .5rem 0; padding-left: 1rem }}
img {{ border: 1px solid #bbb; max-width: 20rem }}
pre {{ white-space: pre-wrap; background: #f4f4f4; padding: .5rem }}
dl {{ display: grid; grid-template-columns: max-content 1fr; gap: 0 1rem }} dd {{ margin: 0 }}
.intact {{ color: #176b2c }} .gone, .changed {{ color: #a3180d }}
.suspect, .restricted, .unknown {{ color: #7a5200 }}
</style></head><body>
"""


def page(known: Audit, archive: Archive) -> str:
    """Return the whole page; captured pictures are small previews, inlined."""
    title = known.article.title or known.article.url if known.article else None
    heading = _text(title or "Citations")
    parts = [HEAD.format(title=heading), f"<h1>{heading}</h1>\n"]
    if known.article and known.article.url:
        parts.append(f"<p>{_text(known.article.url)}</p>\n")
    parts.append(f"<p>{len(known.audited)} citations, as last looked at.</p>\n")
    parts += [_citation(one, archive) for one in known.audited]
    parts.append("</body></html>\n")
    return "".join(parts)


def _citation(one: Audited, archive: Archive) -> str:
    finding = one.finding
    name = one.source.ref.name if one.source else "source not found"
    rows = [
        ("Why", finding.reason),
        ("Rule", finding.rule),
        ("Content", finding.content.value),
        ("Quoted words", finding.quote.value),
        ("As cited", _as_cited(one)),
        ("Address", one.source.ref.url if one.source else None),
        ("Last capture", one.latest.id if one.latest else None),
        ("Captured at", moment(one.latest.started_at) if one.latest else None),
    ]
    words = one.citation.found.text if one.citation else ""
    return (
        "<article>"
        f'<h2><span class="{finding.kind.value}">{finding.kind.value}</span> {_text(name)}</h2>'
        f"<blockquote>{_text(words)}</blockquote>"
        f"<dl>{''.join(_row(head, value) for head, value in rows if value)}</dl>"
        f"{_diff(finding.diff)}{_preview(one, archive)}"
        "</article>\n"
    )


def _row(head: str, value: str) -> str:
    return f"<dt>{_text(head)}</dt><dd>{_text(value)}</dd>"


def _as_cited(one: Audited) -> str:
    as_cited = one.finding.as_cited
    words = as_cited.kind.value.replace("_", " ")
    when = f", seen {moment(as_cited.at)}" if as_cited.at else ""
    days = as_cited.lag.days if as_cited.lag else 0
    side = "after" if days > 0 else "before"
    lag = f", {abs(days)} days {side} it was cited" if days else ""
    copy = f", {one.memento.archive}: {one.memento.url}" if one.memento else ""
    return f"{words}{when}{lag}{copy}"


def _diff(diff: str | None) -> str:
    return f"<pre>{_text(diff)}</pre>" if diff else ""


def _preview(one: Audited, archive: Archive) -> str:
    artifact = one.latest.artifact(ArtifactKind.PREVIEW) if one.latest else None
    if artifact is None:
        return ""
    path = Path(archive.path(artifact.path))
    if not path.is_file():
        return ""
    data = base64.b64encode(path.read_bytes()).decode()
    return f'<img alt="Screenshot" src="data:{escape(artifact.media_type)};base64,{data}">'


def _text(value: str) -> str:
    return escape(plain(value), quote=True)
