"""``archiver notify [list|test|drop] [NAME]``: who is told, what was told, whether it works."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Annotated, Literal

import typer

from archiver.cli.documents import moment
from archiver.cli.exits import DONE, OUTSIDE
from archiver.cli.options import Home, Json, command, with_archive
from archiver.cli.output import print_json, say, table
from archiver.errors import InputError
from archiver.model.delivery import Delivery
from archiver.model.news import Heard, Told
from archiver.wiring import Archive
from archiver.wiring.telling import TargetState

NEWEST = 20


def notify(
    what: Annotated[Literal["list", "test", "drop"], typer.Argument(help="What to do.")] = "list",
    name: Annotated[
        str, typer.Argument(help="Which target to test, all without one; or to drop news of.")
    ] = "",
    json: Json = False,
    home: Home = None,
) -> int:
    """Say who is told and what was told, or send a message that tests a target.

    drop gives up what waits for a target that the settings do not name any more.
    """
    if what == "list" and name:
        raise InputError("list takes no name; one target is tried with: archiver notify test NAME")
    if what == "drop" and not name:
        raise InputError("say for which target news is given up: archiver notify drop NAME")

    async def work(archive: Archive) -> int:
        if what == "drop":
            return _dropped(name, await archive.telling.drop(name, archive.outside), json=json)
        if what == "test":
            return _tested(await archive.telling.try_out(name, archive.outside), json=json)
        targets = await archive.telling.targets(archive.outside)
        roads = dict(await archive.telling.check())
        newest = await archive.telling.newest(NEWEST, archive.outside)
        waiting = await archive.outside.store.deliveries.waiting()
        unnamed = await archive.telling.unnamed(archive.outside)
        _list(targets, roads, newest, waiting, unnamed, json=json)
        return DONE

    return with_archive(home, work, begins=True)


def _tested(told: Sequence[tuple[str, Told]], *, json: bool) -> int:
    if json:
        documents = [
            {"target": name, "heard": one.heard.value, "note": one.note} for name, one in told
        ]
        print_json({"tested": documents})
    else:
        rows = [[name, _in_words(one.heard), one.note] for name, one in told]
        table(["target", "test message", "what came back"], rows)
    return DONE if all(one.heard is Heard.TOLD for _, one in told) else OUTSIDE


def _in_words(heard: Heard) -> str:
    return "was taken" if heard is Heard.TOLD else "was not taken"


def _dropped(name: str, count: int, *, json: bool) -> int:
    if json:
        print_json({"target": name, "given_up": count})
    else:
        say(f"given up: {count} news for {name}")
    return DONE


def _list(
    targets: Sequence[TargetState],
    roads: Mapping[str, Told],
    newest: Sequence[Delivery],
    waiting: int,
    unnamed: Mapping[str, int],
    *,
    json: bool,
) -> None:
    if json:
        print_json(
            {
                "targets": [_target_document(one, roads) for one in targets],
                "deliveries": [_delivery_document(one) for one in newest],
                "outbox": waiting,
                "unnamed": dict(unnamed),
            }
        )
        return
    if not targets:
        say("the settings name nobody to tell; see notify.targets in: archiver settings")
    table(
        ["target", "address", "road", "tells", "when", "stopped"],
        [
            [t.name, t.where, _road(t, roads), ", ".join(t.tells), t.when, t.stopped]
            for t in targets
        ],
    )
    table(
        ["event", "target", "state", "tries", "sent", "next try", "note"],
        [
            [d.event_id, d.notifier, d.state.value, d.tries, moment(d.sent_at),
             moment(d.next_try_at), d.note]
            for d in newest
        ],
    )  # fmt: skip
    for name, count in unnamed.items():
        say(
            f"{count} news wait for {name}, which the settings do not name: name it in"
            f" notify.targets, or give them up: archiver notify drop {name}"
        )
    if waiting:
        say(f"{waiting} events wait in the outbox; the daemon tells them")


def _road(target: TargetState, roads: Mapping[str, Told]) -> str:
    """Say how messages go there, or why they cannot."""
    told = roads.get(target.name)
    if told is None:
        return "webhook, through the guard"
    return told.note or "" if told.heard is Heard.TOLD else f"cannot be used: {told.note}"


def _target_document(target: TargetState, roads: Mapping[str, Told]) -> dict[str, object]:
    return {
        "target": target.name,
        "kind": target.kind,
        "address": target.where,
        "road": _road(target, roads),
        "tells": list(target.tells),
        "when": target.when,
        "stopped": target.stopped,
    }


def _delivery_document(delivery: Delivery) -> dict[str, object]:
    return {
        "delivery": delivery.id,
        "event": delivery.event_id,
        "target": delivery.notifier,
        "state": delivery.state.value,
        "message": delivery.message_id or delivery.key,
        "tries": delivery.tries,
        "repetition": delivery.repetition,
        "added_at": moment(delivery.added_at),
        "sent_at": moment(delivery.sent_at),
        "next_try_at": moment(delivery.next_try_at),
        "acknowledged_at": moment(delivery.acknowledged_at),
        "acknowledged_by": delivery.acknowledged_by,
        "note": delivery.note,
    }


app = command(notify)
