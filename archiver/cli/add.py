"""``archiver add ARTICLE``: follow an article and capture all it cites."""

from __future__ import annotations

from typing import Annotated

import typer

from archiver.cli.documents import (
    Document,
    capture_document,
    citation_document,
    failed_document,
    not_captured_document,
)
from archiver.cli.exits import after_captures
from archiver.cli.listed import add_list
from archiver.cli.options import Home, Json, PushWayback, command, with_archive
from archiver.cli.output import print_json, progress, say, table
from archiver.cli.pushes import push_documents, pushes, refuse_if_off, say_pushed
from archiver.errors import InputError
from archiver.flow.add import Added, Taken
from archiver.wiring import Archive


def add(
    article: Annotated[
        str | None,
        typer.Argument(help="An http(s) address, a file (.html .txt .md .pdf .docx .wiki), or -"),
    ] = None,
    url: Annotated[
        str | None, typer.Option(help="The article's address, when it is read from a file.")
    ] = None,
    listed: Annotated[
        str | None,
        typer.Option(
            "--list",
            metavar="FILE",
            help="Add many: one address a line, or CSV with a column url (title, published); or -",
        ),
    ] = None,
    later: Annotated[
        bool, typer.Option("--later", help="Capture nothing now; the daemon does.")
    ] = False,
    push_wayback: PushWayback = False,
    json: Json = False,
    home: Home = None,
) -> int:
    """Follow an article: find its citations and capture every source, the article itself too."""
    if (article is None) == (listed is None) or (listed is not None and url is not None):
        message = "give one article (with --url, when it is a file), or --list FILE"
        raise InputError(message)

    async def work(archive: Archive) -> int:
        refuse_if_off(archive, asked=push_wayback)
        if listed is not None:
            return await add_list(listed, archive, later=later, json=json)
        with progress("reading") as report:
            added = await archive.add(article or "", url=url, later=later, progress=report)
        pushed = await pushes(archive, added.taken, asked=push_wayback)
        if json:
            print_json({**_document(added, archive), **push_documents(pushed)})
        else:
            _show(added, later=later)
            say_pushed(pushed)
        return after_captures(added.taken)

    return with_archive(home, work, warm=not later, begins=True)


def _document(added: Added, archive: Archive) -> Document:
    names = {source.id: source.ref.name for source in added.sources}
    return {
        "article": added.kept.article.id,
        "title": added.kept.article.title,
        "url": added.kept.article.url,
        "new_version": added.kept.is_new_version,
        "citations": [
            citation_document(one, names.get(one.source_id or "")) for one in added.citations
        ],
        "captures": [capture_document(one) for one in archive.captured(added.taken)],
        "not_captured": not_captured_document(added.taken),
        "failed": failed_document(added.taken),
    }


def _show(added: Added, *, later: bool) -> None:
    say(f"article {added.kept.article.id}: {added.kept.article.title or 'untitled'}")
    names = {source.id: source.ref.name for source in added.sources}
    table(
        ["citation", "kind", "source", "resolution"],
        [
            [one.id, one.found.kind.value, names.get(one.source_id or ""), one.resolution.value]
            for one in added.citations
        ],
    )
    if later:
        say(f"{len(added.sources)} sources are due; capture them with: archiver daemon")
    else:
        table(
            ["source", "signal", "capture", "gate", "reason"],
            [[one.source.ref.name, *_came_of(one)] for one in added.taken],
        )


def _came_of(taken: Taken) -> list[object]:
    attended = taken.attended
    if attended is None:
        return ["", "", "", taken.error]
    signal, kept = attended.look.observation.reading.signal.value, attended.capture
    if kept is None:
        return [signal, "", "", ""]
    return [signal, kept.outcome.value, kept.gate.value, kept.reason]


app = command(add)
