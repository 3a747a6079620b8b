"""``archiver status``: what is followed, what is due, what was found."""

from __future__ import annotations

from typing import Annotated

import typer

from archiver.cli.documents import feed_document, moment
from archiver.cli.exits import after_reading
from archiver.cli.options import Home, Json, command, with_archive
from archiver.cli.output import print_json, say, table
from archiver.cli.working import follow, working_document, working_lines
from archiver.errors import InputError
from archiver.wiring import Archive, Status

NEWEST = 20
"""Articles that are named; the others are counted."""

Watch = Annotated[
    bool,
    typer.Option("--watch", help="Show the service alone, every 2 seconds; JSON is a line each."),
]
All = Annotated[bool, typer.Option("--all", help="Name every article, not the newest 20 alone.")]
Check = Annotated[
    bool,
    typer.Option("--check", help="Look at every file that was kept, too; 1 if one is damaged."),
]
Thorough = Annotated[
    bool,
    typer.Option("--thorough", help="As --check, and read every byte of them: it takes its time."),
]


def status(
    all_articles: All = False,
    check: Check = False,
    thorough: Thorough = False,
    watch: Watch = False,
    json: Json = False,
    home: Home = None,
) -> int:
    """Say what is followed, what is due, what was found and who works on it."""
    if watch and (all_articles or check or thorough):
        message = (
            "--watch shows the service alone; leave --all, --check and --thorough out, or --watch"
        )
        raise InputError(message)

    async def work(archive: Archive) -> int:
        if watch:
            await follow(archive, json=json)
            return 0
        now = await archive.status(
            articles=None if all_articles else NEWEST, check=check, thorough=thorough
        )
        service = await archive.working()
        if json:
            print_json({**_document(now), "service": working_document(service)})
        else:
            _show(now)
            for line in working_lines(service):
                say(line)
        return after_reading(len(now.damaged or ()))

    return with_archive(home, work)


def _document(now: Status) -> dict[str, object]:
    return {
        "home": str(now.home),
        "articles": [
            {
                "article": one.article.id,
                "title": one.article.title,
                "url": one.article.url,
                "added_at": moment(one.article.added_at),
                "citations": one.citations,
                "unresolved": one.unresolved,
                "findings": dict(one.findings),
                "waiting": one.article.read_due_at is not None,
                "note": one.article.note,
            }
            for one in now.articles
        ],
        "article_count": now.article_count,
        "sources": now.sources.followed,
        "paused": now.sources.paused,
        "due": now.sources.due,
        "next_due_at": moment(now.sources.next_due_at),
        "verdicts": dict(now.sources.verdicts),
        "damaged": None if now.damaged is None else list(now.damaged),
        "unlisted": None if now.unlisted is None else list(now.unlisted),
        "stray": list(now.stray),
        "withdrawn": list(now.withdrawn),
        "held": now.held,
        "waiting": now.waiting,
        "feeds": [feed_document(feed) for feed in now.feeds],
        "paused_services": [
            {
                "service": one.name,
                "until": moment(one.paused_until),
                "failures": one.failures,
                "reason": one.reason,
            }
            for one in now.paused_services
        ],
    }


def _show(now: Status) -> None:
    say(f"home {now.home}")
    table(
        ["article", "title", "citations", "unresolved", "found last"],
        [
            [
                one.article.id,
                one.article.title or one.article.url,
                one.citations,
                one.unresolved,
                ", ".join(f"{n} {kind}" for kind, n in one.findings.items())
                or one.article.note
                or ("to be read" if one.article.read_due_at else ""),
            ]
            for one in now.articles
        ],
    )
    if len(now.articles) < now.article_count:
        say(f"the newest {len(now.articles)} of {now.article_count} articles; all of them: --all")
    of = now.sources
    verdicts = ", ".join(f"{n} {kind}" for kind, n in of.verdicts.items()) or "none looked at"
    say(f"{of.followed} sources: {verdicts}; {of.due} due now, {of.paused} paused")
    if of.next_due_at:
        say(f"next look at {moment(of.next_due_at)}")
    if now.waiting:
        say(f"{now.waiting} articles are still to be read")
    for feed in now.feeds:
        say(f"feed {feed.url}: next look at {moment(feed.next_due_at)}{_why(feed.note)}")
    for one in now.paused_services:
        until = f" until {moment(one.paused_until)}" if one.paused_until else ""
        say(f"{one.name} is paused{until}{_why(one.reason)}")
    if now.held:
        say(f"{now.held} sources are under a hold: archiver hold --list")
    for line in now.withdrawn:
        say(line)
    _show_files(now)


def _show_files(now: Status) -> None:
    for line in now.damaged or ():
        say(f"damaged: {line}")
    for line in now.unlisted or ():
        say(f"not in the list that takedowns go by when it was looked at: {line}")
    for line in now.stray:
        say(f"nothing rests on it, for its work was broken off; no takedown finds it: {line}")


def _why(reason: str | None) -> str:
    return f" ({reason})" if reason else ""


app = command(status)
