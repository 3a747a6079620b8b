"""``archiver show SOURCE|CITATION``: all that is known of it."""

from __future__ import annotations

from typing import Annotated

import typer

from archiver.cli.custody import custody_lines, entry_document
from archiver.cli.documents import (
    answer_document,
    as_cited_document,
    attempt_document,
    capture_document,
    citation_document,
    memento_document,
    moment,
    push_document,
)
from archiver.cli.options import Home, Json, command, with_archive
from archiver.cli.output import print_json, say, table
from archiver.cli.versions import show_article
from archiver.model.custody import WITHDRAWN
from archiver.wiring import Archive, ArticleDossier, Dossier

NEWEST = 50
"""Looks that are shown; a source may have a thousand."""

All = Annotated[bool, typer.Option("--all", help="Every look, not the newest 50 alone.")]


def show(
    name: Annotated[str, typer.Argument(help="An article, a citation, a source or an address.")],
    every: All = False,
    json: Json = False,
    home: Home = None,
) -> int:
    """Show what is known of a source or a citation, or the versions of an article."""

    async def work(archive: Archive) -> int:
        known = await archive.show(name, looks=None if every else NEWEST)
        if isinstance(known, ArticleDossier):
            show_article(known, json=json)
        elif json:
            print_json(_document(known))
        else:
            _show(known)
        return 0

    return with_archive(home, work)


def _document(dossier: Dossier) -> dict[str, object]:
    source, verdict = dossier.source, dossier.verdict
    copies = {memento.id: memento for memento in dossier.mementos}
    return {
        "source": source.ref.name if source else None,
        "url": source.ref.url if source else None,
        "next_due_at": moment(source.next_due_at) if source else None,
        "paused": source.paused if source else None,
        "custody": [entry_document(one) for one in dossier.custody],
        "verdict": {
            "verdict": verdict.kind.value,
            "rule": verdict.rule,
            "reason": verdict.reason,
            "since": moment(verdict.since),
            "rests_on": list(verdict.rests_on),
        }
        if verdict
        else None,
        "citations": [
            {
                **citation_document(one.citation, source.ref.name if source else None),
                "as_cited": [
                    {
                        "pinned_at": moment(at),
                        "by": by,
                        "note": pin.note,
                        **as_cited_document(pin, copies.get(pin.memento_id or "")),
                    }
                    for at, by, pin in one.pins
                ],
                "attempts": [attempt_document(attempt) for attempt in one.attempts],
            }
            for one in dossier.citations
        ],
        "observations": [
            {
                "observation": seen.id,
                "at": moment(seen.at),
                "signal": seen.reading.signal.value,
                "reason": seen.reading.reason,
                "answers": [answer_document(answer) for answer in seen.answers],
            }
            for seen in dossier.observations
        ],
        "captures": [capture_document(one) for one in dossier.captures],
        "mementos": [memento_document(one) for one in dossier.mementos],
        "pushes": [push_document(one) for one in dossier.pushes],
        "events": [
            {
                "event": event.id,
                "kind": event.kind.value,
                "at": moment(event.at),
                "before": event.before,
                "after": event.after,
                "reason": event.reason,
            }
            for event in dossier.events
        ],
    }


def _show(dossier: Dossier) -> None:
    if dossier.source:
        say(f"source {dossier.source.ref.name}")
    for line in custody_lines(dossier.custody):
        say(line)
    is_down = dossier.source is not None and dossier.source.taken_down_at is not None
    if dossier.verdict and not is_down:
        verdict = dossier.verdict
        say(f"{verdict.kind.value} since {moment(verdict.since)}: {verdict.reason}")
    for one in dossier.citations:
        say(f"citation {one.citation.id}: {one.citation.found.text}")
        if one.citation.source_id is None:
            say(f"  its source is not known; name it with: archiver resolve {one.citation.id} URL")
        for at, by, pin in one.pins:
            note = f", {pin.note}" if pin.note else ""
            what = pin.capture_id or pin.memento_id or ""
            say(f"  rests on {pin.kind.value} {what} ({moment(at)}, {by}{note})")
        for attempt in one.attempts:
            sure = f", {attempt.certainty.value}" if attempt.certainty else ""
            found = attempt.source.name if attempt.source else "nothing"
            say(f"  {moment(attempt.at)} by {attempt.road.value}: {found}{sure} ({attempt.note})")
    table(
        ["looked at", "signal", "reason"],
        [[moment(s.at), s.reading.signal.value, s.reading.reason] for s in dossier.observations],
    )
    table(
        ["captured at", "outcome", "gate", "reason", "warc"],
        [
            [
                moment(one.capture.started_at),
                one.capture.outcome.value,
                one.capture.gate.value,
                WITHDRAWN if one.capture.is_withdrawn else one.capture.reason,
                one.warc,
            ]
            for one in dossier.captures
        ],
    )
    table(
        ["copy of", "archive", "address", "note"],
        [[moment(one.at), one.archive, one.url, one.note] for one in dossier.mementos],
    )
    table(
        ["handed to", "state", "copy", "note"],
        [[one.archive, one.state.value, one.memento_url, one.note] for one in dossier.pushes],
    )
    table(
        ["event at", "kind", "before", "after", "reason"],
        [[moment(e.at), e.kind.value, e.before, e.after, e.reason] for e in dossier.events],
    )


app = command(show)
