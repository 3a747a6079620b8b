"""One citation in the HTML report: the finding, what differs, the pictures, the proof."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from archiver.cli.reports import wording
from archiver.cli.reports.compared import MOST_SHOWN, Compared
from archiver.cli.reports.details import (
    artifact_lines,
    collapsed,
    content,
    label_of,
    quoted,
    relied_on,
    vantage_of,
)
from archiver.cli.reports.entry import Entry
from archiver.cli.reports.marks import Piece, pieces_of, pieces_of_diff
from archiver.cli.reports.markup import address, image, ltr, said, text
from archiver.cli.reports.pictures import Picture, Pictures
from archiver.flow.evidence import SideProof
from archiver.flow.sides import Side
from archiver.model.citation import CitationKind
from archiver.model.comparison import Change
from archiver.model.verdict import FindingKind

KEPT = 160  # characters of unchanged words on either side of a change


def article_of(entry: Entry, pictures: Pictures) -> str:
    """Return one citation as an ``article`` element."""
    one = entry.one
    kind = one.finding.kind.value
    name = f' id="c-{text(one.citation.id)}"' if one.citation is not None else ""
    return (
        f'<article class="{kind}"{name}>'
        f'<h3><span class="tag ink-{kind}">{kind}</span>{said(wording.headline(entry))}</h3>'
        f"{_meta(entry)}{_printed(entry)}{_sentences(entry)}{_pictures(entry, pictures)}"
        f"{_details(entry)}</article>\n"
    )


def _meta(entry: Entry) -> str:
    one = entry.one
    parts = [text(wording.since(entry))]
    if one.source is not None:
        parts.append(address(one.source.ref.url))
    if one.citation is not None:
        parts.append(f"citation {one.citation.found.position} of the article")
    return f'<p class="meta">{" · ".join(part for part in parts if part)}</p>'


def _printed(entry: Entry) -> str:
    """Return what the article prints: the post's words, or the sentence that holds the link."""
    citation = entry.one.citation
    if citation is None:
        return ""
    found = citation.found
    is_post = found.kind is CitationKind.EMBED
    words = found.text if is_post else found.context.sentence or found.text
    if not words.strip():
        return ""
    before, anchor, after = (
        words.partition(found.text) if found.text and not is_post else (words, "", "")
    )
    marked = f"<b>{text(anchor)}</b>" if anchor.strip() and (before or after) else text(anchor)
    return f'<blockquote><p dir="auto">{text(before)}{marked}{text(after)}</p></blockquote>'


def _sentences(entry: Entry) -> str:
    quote_diff = entry.one.sides.quote_diff
    quote = wording.quote_pieces(entry)
    parts = [_block(quote, "the quoted words", ())] if quote else []
    changes = entry.compared.changes
    if changes:
        parts += [_change(change) for change in changes[:MOST_SHOWN]]
        rest = collapsed(entry.compared)
        parts += [f'<p class="meta">{text(rest)}</p>'] if rest else []
    elif entry.one.finding.diff and entry.one.finding.diff != quote_diff:
        parts.append(_block(pieces_of_diff(entry.one.finding.diff), "the text", ()))
    return "".join(parts)


def _change(change: Change) -> str:
    kinds = [kind.value for kind in change.material]
    return _block(pieces_of(change.before, change.after), f"{label_of(change)} sentence", kinds)


def _block(pieces: Sequence[Piece], what: str, kinds: Sequence[str]) -> str:
    """Return both forms of a text, one below the other, with the changed words marked."""
    tags = "".join(f'<span class="kind">{text(kind)}</span>' for kind in kinds)
    rows = []
    for side, tag in (("as cited", "del"), ("now", "ins")):
        words = "".join(_marked(pieces, tag))
        if words.strip():
            rows.append(f'<p dir="auto"><span class="side">{side}</span>{words}{tags}</p>')
            tags = ""
    return f'<div class="change" role="group" aria-label="{text(what)}">{"".join(rows)}</div>'


def _marked(pieces: Sequence[Piece], tag: str) -> Iterable[str]:
    last = len(pieces) - 1
    for number, piece in enumerate(pieces):
        if piece.is_same:
            yield text(_shortened(piece.old, is_first=number == 0, is_last=number == last))
            continue
        words = piece.old if tag == "del" else piece.new
        if words.strip():
            yield f"<{tag}>{text(words.strip())}</{tag}>" + (" " if words[-1].isspace() else "")


def _shortened(words: str, *, is_first: bool, is_last: bool) -> str:
    if len(words) <= 2 * KEPT:
        return words
    head = "" if is_first else words[:KEPT]
    tail = "" if is_last else words[-KEPT:]
    return f"{head} … {tail}"


def _pictures(entry: Entry, pictures: Pictures) -> str:
    name = entry.one.source.ref.name if entry.one.source is not None else "the source"
    if pictures.panel is not None:
        alt = f"Three pictures of {name}: as cited, now, and what differs"
        return _figure(pictures.panel, alt, f"As cited | now | what differs{_measured(pictures)}")
    figures = [
        _figure(picture, f"{name}, {when}", _caption(side, when))
        for picture, side, when in (
            (pictures.then, entry.one.sides.then, "as cited"),
            (pictures.now, entry.one.sides.now, "newest capture"),
        )
        if picture is not None
    ]
    if not figures:
        told = "Its pictures are left out: the report would grow too large."
        return f'<p class="meta">{told}</p>' if pictures.left_out else ""
    shown = f'<div class="both">{"".join(figures)}</div>'
    if entry.one.finding.kind is FindingKind.INTACT:
        return f"<details><summary>Picture</summary>{shown}</details>"
    return shown


def _measured(pictures: Pictures) -> str:
    """Say how much of two pictures differs; a finding never rests on it."""
    measured = pictures.measured
    if measured is None:
        return ""
    alike = "" if measured.ssim is None else f", structural similarity {measured.ssim:.2f}"
    return f": {measured.changed_share:.1%} of the picture{alike}"


def _figure(picture: Picture, alt: str, caption: str) -> str:
    shown = image(picture, alt)
    return f"<figure>{shown}<figcaption>{text(caption)}</figcaption></figure>" if shown else ""


def _caption(side: Side | None, when: str) -> str:
    capture = side.capture if side is not None else None
    if capture is None:
        return when
    gate = "" if capture.gate.value == "accepted" else f", {capture.gate.value} as evidence"
    return f"{when}: {wording.minute(capture.started_at)}{gate}"


def _details(entry: Entry) -> str:
    one, finding = entry.one, entry.one.finding
    rows = [
        ("why", said(finding.reason)),
        ("rule", ltr(finding.rule)),
        ("quoted words", text(quoted(finding))),
        ("words at", address(entry.words_at) if entry.words_at else ""),
        ("content", text(content(finding))),
        ("citation", ltr(one.citation.id) if one.citation else ""),
        ("source", ltr(one.source.ref.name) if one.source else ""),
    ]
    return (
        "<details><summary>Evidence and details</summary>"
        f"{_list(rows)}{_headers(entry.compared)}{_links(entry.compared)}"
        f'<div class="proof">{_side("As cited", one.sides.then, entry.proof.then, entry)}'
        f"{_side('Now', one.sides.now, entry.proof.now, None)}</div></details>"
    )


def _list(rows: Iterable[tuple[str, str]]) -> str:
    return f"<dl>{''.join(f'<dt>{head}</dt><dd>{cell}</dd>' for head, cell in rows if cell)}</dl>"


def _headers(compared: Compared) -> str:
    if not compared.headers:
        return ""
    rows = "".join(
        f'<tr><th scope="row">{text(change.name)}</th>'
        f"<td>{_cell(change.before)}</td><td>{_cell(change.after)}</td></tr>"
        for change in compared.headers
    )
    return (
        "<h4>What its server says differently</h4><table><thead><tr><th></th>"
        '<th scope="col">as cited</th><th scope="col">now</th></tr></thead>'
        f"<tbody>{rows}</tbody></table>"
    )


def _cell(value: str | None) -> str:
    return ltr(value) if value is not None else "–"


def _links(compared: Compared) -> str:
    parts = []
    for title, links in (
        ("Links that are not there any more", compared.links_lost),
        ("New links", compared.links_new),
    ):
        if links:
            items = "".join(f"<li>{address(link)}</li>" for link in links[:MOST_SHOWN])
            rest = len(links) - MOST_SHOWN
            items += f"<li>and {rest} more</li>" if rest > 0 else ""
            parts.append(f'<h4>{title}</h4><ul class="links">{items}</ul>')
    return "".join(parts)


def _side(title: str, side: Side | None, proof: SideProof, entry: Entry | None) -> str:
    rows: list[tuple[str, str]] = []
    if entry is not None:
        rows.append(("relied on", text(relied_on(entry.one.finding.as_cited))))
    if side is not None:
        rows += _side_rows(side)
    if proof.record is not None:
        rows.append(("WARC record", ltr(proof.record.record_id)))
    return f"<div><h4>{title}</h4>{_list(rows)}</div>"


def _side_rows(side: Side) -> list[tuple[str, str]]:
    rows = [("seen", text(wording.minute(side.at)))]
    capture, look, memento = side.capture, side.observation, side.memento
    if memento is not None:
        rows += [("archive", text(memento.archive)), ("copy", address(memento.url))]
    if look is not None:
        rows += [
            ("look", ltr(look.id)),
            ("it says", said(look.reading.reason)),
            ("seen by", text(vantage_of(look.vantage))),
        ]
    if capture is not None:
        rows += [
            ("capture", ltr(capture.id)),
            ("taken", text(wording.minute(capture.started_at))),
            ("outcome", text(f"{capture.outcome.value}, {capture.gate.value}")),
        ]
        rows += [(f"{kind} sha256", ltr(digest)) for kind, digest in artifact_lines(capture)]
    return rows
