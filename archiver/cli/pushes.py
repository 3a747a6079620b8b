"""What commands that capture say of addresses handed to an outside archive."""

from __future__ import annotations

from collections.abc import Sequence

from archiver.cli.documents import Document, push_document
from archiver.cli.output import say, table
from archiver.errors import InputError
from archiver.flow.add import Taken
from archiver.model.memento import Push
from archiver.wiring import Archive


def refuse_if_off(archive: Archive, *, asked: bool) -> None:
    """Refuse to hand anything on while outside archives are off.

    Raises:
        InputError: the caller asked for it.
    """
    if asked and not archive.settings.archives.enabled:
        message = "--push-wayback is of no use while archives.enabled is false: nobody is asked"
        raise InputError(message)


async def pushes(archive: Archive, taken: Sequence[Taken], *, asked: bool) -> list[Push] | None:
    """Hand on what was captured well, when asked to here or by the settings; else None."""
    policy = archive.settings.archives
    if not policy.enabled or not (asked or policy.push_wayback):
        return None
    return await archive.push(taken)


def push_documents(pushed: Sequence[Push] | None) -> Document:
    """Return the part of a JSON document that tells of them; nothing when nobody asked."""
    return {"pushed": [push_document(one) for one in pushed]} if pushed is not None else {}


def say_pushed(pushed: Sequence[Push] | None) -> None:
    """Print how each stands; the daemon, or the next such command, sends what waits."""
    if pushed is None:
        return
    table(
        ["handed to", "address", "state", "why"],
        [[one.archive, one.url, one.state.value, one.note] for one in pushed],
    )
    if any(one.next_try_at is not None for one in pushed):
        say("what waits is sent by the daemon, or at the next --push-wayback")
