"""``archiver add --list FILE``: follow many articles."""

from __future__ import annotations

from collections.abc import Sequence

from archiver.cli.documents import Document
from archiver.cli.exits import DONE, MISTAKE, OUTSIDE, UNTOLD, after_captures
from archiver.cli.output import print_json, progress, say, table
from archiver.errors import InputError
from archiver.flow.bulk import Listed
from archiver.flow.listing import ArticleList, BadLine, read_list
from archiver.model.article import Article
from archiver.wiring import Archive, read_bytes


async def add_list(name: str, archive: Archive, *, later: bool, json: bool) -> int:
    """Follow the articles of a list and say what came of each.

    Raises:
        InputError: the file cannot be read, or names no article.
        StoreError: the disk has come to its floor, and not all is left for later.
    """
    named = read_list(read_bytes(name))
    if not named.articles and not named.bad:
        message = f"{name} lists no article: give one address a line, or CSV with a column url"
        raise InputError(message)
    if not later:
        archive.upkeep.refuse_when_full()
    new = await archive.expect(named.articles)
    codes = {MISTAKE} if named.bad else set[int]()
    rows = [_waiting(one) for one in new] if later else []
    if not later:
        with progress("reading") as report:
            async for one in archive.read_listed(named.articles, progress=report):
                rows.append(_row(one))
                codes.add(_code(one))
    _report(named, rows, len(new), later=later, json=json)
    return next((code for code in (MISTAKE, OUTSIDE, UNTOLD) if code in codes), DONE)


def _code(one: Listed) -> int:
    if one.error is not None:
        return one.error.exit_code
    return after_captures(one.added.taken) if one.added is not None else DONE


def _waiting(article: Article) -> Document:
    return {
        "article": article.id,
        "url": article.url,
        "title": article.title,
        "state": "waiting",
        "citations": None,
        "captures": None,
        "error": None,
    }


def _row(one: Listed) -> Document:
    """Say what came of one; the captures themselves are let go of, they may be many."""
    added = one.added
    taken = added.taken if added is not None else ()
    return {
        **_waiting(one.article),
        "state": _state(one),
        "citations": len(added.citations) if added is not None else None,
        "captures": sum(t.attended is not None and t.attended.capture is not None for t in taken)
        if added is not None
        else None,
        "error": str(one.error) if one.error is not None else None,
    }


def _state(one: Listed) -> str:
    if one.error is not None:
        return "failed"
    if one.added is not None:
        return "added"
    return "known" if one.article.removed_at is None else "removed"


def _report(
    named: ArticleList, rows: Sequence[Document], new: int, *, later: bool, json: bool
) -> None:
    if json:
        print_json(
            {
                "listed": len(named.articles),
                "new": new,
                "articles": list(rows),
                "bad": [_bad(line) for line in named.bad],
            }
        )
        return
    if not later:
        keys = ("article", "state", "citations", "captures", "url", "error")
        table(keys, [[row[key] for key in keys] for row in rows])
    say(f"{len(named.articles)} articles listed, {new} of them new")
    if later:
        say("read and capture them with: archiver daemon")
    for line in named.bad:
        say(f"line {line.number} is passed over: {line.why} ({line.text})")


def _bad(line: BadLine) -> Document:
    return {"line": line.number, "text": line.text, "error": line.why}
