"""``archiver extract ARTICLE``: what an article cites; nothing is captured or stored."""

from __future__ import annotations

import asyncio
from typing import Annotated

import typer

from archiver.citations import Extraction
from archiver.citations.document import as_document
from archiver.cli.options import Home, Json, command
from archiver.cli.output import print_json, say, table
from archiver.wiring import read_only


def extract(
    article: Annotated[
        str, typer.Argument(help="An http(s) address, a file (.html .txt .md), or -")
    ],
    json: Json = False,
    home: Home = None,
) -> None:
    """Print what an article cites; capture and store nothing."""
    extraction = asyncio.run(read_only(article, home))
    if json:
        print_json(as_document(extraction))
    else:
        _show(extraction)


def _show(extraction: Extraction) -> None:
    article = extraction.article
    say(f"{article.title or article.url or 'untitled'}: {len(extraction.citations)} citations")
    table(
        ["#", "kind", "source or address", "author", "posted", "resolution", "words"],
        [
            [
                found.position,
                found.kind.value,
                found.source.name if found.source else "\n".join(found.addresses),
                f"@{found.author.handle}" if found.author.handle else found.author.name,
                found.posted_on,
                found.resolution.value,
                _short(found.text),
            ]
            for found in extraction.citations
        ],
    )


def _short(text: str) -> str:
    words = " ".join(text.split())
    return words if len(words) <= 60 else words[:59] + "…"


app = command(extract)
