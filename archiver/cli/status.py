"""``archiver status``: what is followed, what is due, what was found."""

from __future__ import annotations

from archiver.cli.documents import feed_document, moment
from archiver.cli.options import Home, Json, command, with_archive
from archiver.cli.output import print_json, say, table
from archiver.wiring import Archive, Status


def status(json: Json = False, home: Home = None) -> int:
    """Say what is followed, what is due and what was found."""

    async def work(archive: Archive) -> int:
        now = await archive.status()
        if json:
            print_json(_document(now))
        else:
            _show(now)
        return 0

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
                "findings": one.findings,
                "waiting": one.article.read_due_at is not None,
                "note": one.article.note,
            }
            for one in now.articles
        ],
        "sources": now.sources,
        "paused": now.paused,
        "due": now.due,
        "next_due_at": moment(now.next_due_at),
        "verdicts": now.verdicts,
        "damaged": list(now.damaged),
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
    verdicts = ", ".join(f"{n} {kind}" for kind, n in now.verdicts.items()) or "none looked at"
    say(f"{now.sources} sources: {verdicts}; {now.due} due now, {now.paused} paused")
    if now.next_due_at:
        say(f"next look at {moment(now.next_due_at)}")
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
    for line in now.damaged:
        say(f"damaged: {line}")


def _why(reason: str | None) -> str:
    return f" ({reason})" if reason else ""


app = command(status)
