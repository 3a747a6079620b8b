"""``archiver watch FEED``: follow a feed or sitemap."""

from __future__ import annotations

from typing import Annotated

import typer

from archiver.cli.documents import Document, feed_document, moment
from archiver.cli.durations import duration
from archiver.cli.exits import DONE, OUTSIDE
from archiver.cli.options import Home, Json, command, with_archive
from archiver.cli.output import print_json, say, table
from archiver.errors import InputError
from archiver.flow.watch import Watched
from archiver.model.feed import Feed
from archiver.wiring import Archive


def watch(
    feed: Annotated[
        str | None, typer.Argument(help="The address of a feed (RSS, Atom, JSON) or sitemap.")
    ] = None,
    every: Annotated[
        str | None, typer.Option(help="How often it is looked at: 15m, 1h, 2d.")
    ] = None,
    from_now: Annotated[
        bool, typer.Option("--from-now", help="Pass over what it announces already.")
    ] = False,
    show: Annotated[bool, typer.Option("--list", help="Say which feeds are followed.")] = False,
    stop: Annotated[bool, typer.Option("--stop", help="Stop following it.")] = False,
    json: Json = False,
    home: Home = None,
) -> int:
    """Follow a feed or sitemap, and look at it once; the daemon reads what it announces."""
    if show == (feed is not None) or (stop and feed is None):
        message = "give the address of a feed, or --list; stop with: archiver watch --stop FEED"
        raise InputError(message)
    interval = duration(every) if every is not None else None
    if interval is not None and interval.total_seconds() < LEAST_S:
        message = f"--every {every} is too often; give a minute (1m) or more"
        raise InputError(message)

    async def work(archive: Archive) -> int:
        if feed is None:
            return _list(await archive.feeds(), json=json)
        if stop:
            return _stopped(await archive.unwatch(feed), json=json)
        watched = await archive.watch(feed, every=interval, from_now=from_now)
        if json:
            print_json(_document(watched))
        else:
            _say(watched, from_now=from_now)
        return OUTSIDE if watched.error is not None else DONE

    return with_archive(home, work, begins=feed is not None and not stop)


LEAST_S = 60  # seconds between two looks at a feed, out of courtesy


def _list(feeds: list[Feed], *, json: bool) -> int:
    if json:
        print_json({"feeds": [feed_document(feed) for feed in feeds]})
    else:
        table(
            ["feed", "address", "title", "looked at", "next look", "note"],
            [
                [f.id, f.url, f.title, moment(f.looked_at), moment(f.next_due_at), f.note]
                for f in feeds
            ],
        )
    return DONE


def _stopped(feed: Feed, *, json: bool) -> int:
    if json:
        print_json({"stopped": feed.id, "url": feed.url})
    else:
        say(f"{feed.url} is followed no longer; its articles stay")
    return DONE


def _document(watched: Watched) -> Document:
    return {
        **feed_document(watched.feed),
        "announced": watched.announced,
        "unchanged": watched.is_unchanged,
        "new": [{"article": one.id, "url": one.url, "title": one.title} for one in watched.new],
        "error": str(watched.error) if watched.error is not None else None,
    }


def _say(watched: Watched, *, from_now: bool) -> None:
    feed = watched.feed
    say(f"feed {feed.id}: {feed.title or feed.url}")
    if watched.error is not None:
        say(f"it could not be read: {watched.error}")
    elif watched.is_unchanged:
        say("nothing new since the last look")
    else:
        passed = ", passed over" if from_now and not watched.new else ""
        say(f"{watched.announced} articles announced{passed}, {len(watched.new)} of them new")
    if feed.note and watched.error is None:
        say(feed.note)
    table(["article", "title", "address"], [[one.id, one.title, one.url] for one in watched.new])
    say(f"next look at {moment(feed.next_due_at)}, by: archiver daemon")


app = command(watch)
