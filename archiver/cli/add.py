"""``archiver add ARTICLE``: follow an article and capture all it cites."""

from __future__ import annotations

from typing import Annotated

import typer

from archiver.cli.documents import Document, capture_document, citation_document, failed_document
from archiver.cli.exits import after_captures
from archiver.cli.options import Home, Json, command, with_archive
from archiver.cli.output import print_json, progress, say, table
from archiver.flow.add import Added
from archiver.wiring import Archive


def add(
    article: Annotated[
        str, typer.Argument(help="An http(s) address, a file (.html .txt .md), or -")
    ],
    url: Annotated[
        str | None, typer.Option(help="The article's address, when it is read from a file.")
    ] = None,
    json: Json = False,
    home: Home = None,
) -> int:
    """Follow an article: find its citations and capture every source, the article itself too."""

    async def work(archive: Archive) -> int:
        with progress("reading") as report:
            added = await archive.add(article, url=url, progress=report)
        if json:
            print_json(await _document(added, archive))
        else:
            await _show(added)
        return after_captures(added.taken)

    return with_archive(home, work, warm=True)


async def _document(added: Added, archive: Archive) -> Document:
    names = {taken.source.id: taken.source.ref.name for taken in added.taken}
    return {
        "article": added.kept.article.id,
        "title": added.kept.article.title,
        "url": added.kept.article.url,
        "new_version": added.kept.is_new_version,
        "citations": [
            citation_document(one, names.get(one.source_id or "")) for one in added.citations
        ],
        "captures": [capture_document(one) for one in archive.captured(added.taken)],
        "failed": failed_document(added.taken),
    }


async def _show(added: Added) -> None:
    say(f"article {added.kept.article.id}: {added.kept.article.title or 'untitled'}")
    names = {taken.source.id: taken.source.ref.name for taken in added.taken}
    table(
        ["citation", "kind", "source", "resolution"],
        [
            [one.id, one.found.kind.value, names.get(one.source_id or ""), one.resolution.value]
            for one in added.citations
        ],
    )
    table(
        ["source", "signal", "capture", "gate", "reason"],
        [
            [
                one.source.ref.name,
                one.attended.look.observation.reading.signal.value if one.attended else "",
                one.attended.capture.outcome.value if one.attended and one.attended.capture else "",
                one.attended.capture.gate.value if one.attended and one.attended.capture else "",
                str(one.error)
                if one.error
                else one.attended.capture.reason
                if one.attended and one.attended.capture
                else "",
            ]
            for one in added.taken
        ],
    )


app = command(add)
