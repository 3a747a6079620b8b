"""``archiver takedown TARGET``."""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from archiver.cli.exits import DONE, UNTOLD
from archiver.cli.options import By, Home, Json, Reason, Target, command, with_archive
from archiver.cli.output import plain, print_json, say, tell
from archiver.errors import InputError
from archiver.flow.takedown import Doomed, TakenDown
from archiver.wiring import Archive

BACKUPS = "backups made before still hold the content; so do copies and reports handed out"
SHOWN = 20
"""Of names in one line; all are in the JSON."""


def takedown(
    target: Target = None,
    reason: Reason = "",
    by: By = None,
    keep_watching: Annotated[
        bool, typer.Option("--keep-watching", help="Go on looking at it from now on.")
    ] = False,
    watch_again: Annotated[
        bool, typer.Option("--watch-again", help="Look again at what was taken down before.")
    ] = False,
    resume: Annotated[
        bool, typer.Option("--resume", help="Remove the files that earlier takedowns left.")
    ] = False,
    yes: Annotated[bool, typer.Option("--yes", help="Do it without asking.")] = False,
    json: Json = False,
    home: Home = None,
) -> int:
    """Empty the content of a source, or of an article's own text and page.

    Rows and digests stay, so that it can be said that something was there. What an article cites
    is left alone; name it by itself. It cannot be undone. A hold on the target, or on what its
    citations mean or once meant, forbids it.
    """
    if (target is None) != resume:
        message = "name what is to be taken down, or finish what was: archiver takedown --resume"
        raise InputError(message)
    if keep_watching and watch_again:
        message = "--keep-watching is for a takedown, --watch-again for after it; say one of them"
        raise InputError(message)
    if resume and (keep_watching or watch_again or reason or by is not None):
        message = "--resume finishes takedowns as they were decided; say nothing else with it"
        raise InputError(message)

    async def work(archive: Archive) -> int:
        if target is None:
            return _tell(await archive.finish_takedowns(), json=json)
        if watch_again:
            entry = await archive.watch_again(target, reason, by=by)
            if json:
                print_json({"target": target, "act": entry.act.value, "reason": entry.reason})
            else:
                say(f"{target} is looked at again")
            return DONE
        _confirm(await archive.doomed(target), yes=yes)
        done = await archive.take_down(target, reason, by=by, keep_watching=keep_watching)
        await archive.write_feeds()
        return _tell([done], json=json)

    return with_archive(home, work)


def _confirm(doomed: Doomed, *, yes: bool) -> None:
    """Show what goes, and ask; a script says --yes.

    Raises:
        InputError: nobody can be asked.
        typer.Abort: the person said no.
        UnwrittenError: nobody can read the question, or what it is about.
    """
    lines = [plain(line) for line in _told(doomed)]
    if not yes and sys.stdin.isatty():
        question = "\n".join([*lines, "Take it down? It cannot be undone."])
        typer.confirm(question, abort=True, err=True)
        return
    for line in lines:
        tell(line)
    if not yes:
        message = "nothing was taken down: there is nobody to ask; say --yes to do it"
        raise InputError(message)


def _told(doomed: Doomed) -> list[str]:
    lines = []
    if doomed.article is not None:
        lines.append(f"article {doomed.article.id}: {doomed.versions} versions of its text")
    if doomed.source is not None:
        lines.append(
            f"{doomed.source.ref.name}: {doomed.looks} looks, {doomed.captures} captures with"
            f" {doomed.files} files"
        )
    articles = sorted({one.article_id for one in doomed.cited_by})
    if articles:
        lines.append(f"cited by {', '.join(articles)}")
    lines += [f"an outside archive holds {url}: ask there" for url in doomed.copies]
    return lines


def _tell(done: list[TakenDown], *, json: bool) -> int:
    if json:
        print_json({"taken_down": [_document(one) for one in done], "note": BACKUPS})
    else:
        for one in done:
            _say(one)
        say(BACKUPS if done else "no takedown was left unfinished")
    return DONE if all(one.is_finished for one in done) else UNTOLD


def _document(done: TakenDown) -> dict[str, object]:
    return {
        "entry": done.entry.id,
        "source": done.entry.source_id,
        "article": done.entry.article_id,
        "reason": done.entry.reason,
        "rows": done.entry.detail.get("rows"),
        "captures": done.captures,
        "bodies": done.blobs,
        "quarantined": done.quarantined,
        "shared_bodies": done.shared,
        "waiting_bodies": done.waiting,
        "nameless_in_quarantine": list(done.nameless),
    }


def _say(done: TakenDown) -> None:
    say(
        f"taken down ({done.entry.reason}): the files of {done.captures} captures and"
        f" {done.blobs} bodies of answers are gone"
    )
    if done.quarantined:
        say(f"{done.quarantined} left-overs in quarantine are gone, too")
    if done.shared:
        say(f"{done.shared} bodies stay: other sources were answered with the very same bytes")
    if done.waiting:
        say(
            f"{done.waiting} bodies that came in within the last hour are not gone yet, for a look"
            " may be about to rest on them; the daemon removes them in an hour, or then: archiver"
            " takedown --resume"
        )
    if done.nameless:
        say(
            f"{len(done.nameless)} captures in quarantine do not say what they show, and may show"
            f" this; look at them, and remove them yourself: {_names(done.nameless)}"
        )


def _names(nameless: tuple[str, ...]) -> str:
    shown = ", ".join(f"quarantine/{one}" for one in nameless[:SHOWN])
    return f"{shown} …" if len(nameless) > SHOWN else shown


app = command(takedown)
