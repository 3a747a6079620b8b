"""What was done to evidence, by whom and why: an append-only record."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum


class CustodyAct(StrEnum):
    """What somebody did."""

    TAKEDOWN = "takedown"
    """Content was emptied; rows and digests stay. Its files are gone once REMOVED says so."""
    REMOVED = "removed"
    """The files of a takedown are gone, all that nothing else rests on.

    Where its detail says that bodies are still ``waiting``, these are left to a later entry.
    """
    WATCH = "watch"
    """A source that was taken down is looked at again."""
    HOLD = "hold"
    """Nothing of the source or article may be taken down or removed until it is released.

    So may no article's text that ever cited the source: what it quotes would go with it.
    Several may stand on one source or article; each is ended by itself.
    """
    RELEASE = "release"
    """The ``hold`` that its detail names has ended; all before it when it names none.

    Those that name none were written when of each source and article the newest act counted.
    """
    BACKUP = "backup"
    RESTORE = "restore"


@dataclass(frozen=True, slots=True)
class CustodyEntry:
    """One act, on a source or an article; on neither when it is on everything.

    ``detail`` holds JSON values.
    """

    id: str
    act: CustodyAct
    at: datetime
    by: str
    reason: str
    source_id: str | None = None
    detail: Mapping[str, object] = field(default_factory=dict)
    article_id: str | None = None


def standing(acts: Iterable[CustodyEntry]) -> list[CustodyEntry]:
    """Return the holds among some acts that were not released, given and returned oldest first."""
    stand: dict[str, CustodyEntry] = {}
    there: dict[tuple[str | None, str | None], list[str]] = {}
    for act in acts:
        place = (act.source_id, act.article_id)
        if act.act is CustodyAct.HOLD:
            stand[act.id] = act
            there.setdefault(place, []).append(act.id)
        elif act.act is CustodyAct.RELEASE:
            named = act.detail.get("hold")
            for ended in there.pop(place, []) if named is None else [str(named)]:
                stand.pop(ended, None)
    return list(stand.values())


def is_on_same(one: CustodyEntry, other: CustodyEntry) -> bool:
    """Tell whether two acts were done to the same source or article."""
    return (one.source_id, one.article_id) == (other.source_id, other.article_id)


def forbidden_by(holds: Sequence[CustodyEntry], what: str = "it") -> str:
    """Say that holds, at least one, forbid it, what they are on, and how each ends."""
    if len(holds) == 1:
        end = f"it ends with: archiver hold --release {holds[0].id} --reason …"
    else:
        end = "each ends by itself: archiver hold --release ID --reason …"
    return f"{under(holds, what)}; {end}"


def under(holds: Sequence[CustodyEntry], what: str = "it") -> str:
    """Say which holds, at least one, something is under."""
    said = [f"since {one.at.date()} by {one.by} ({one.reason})" for one in holds]
    if len(holds) == 1:
        return f"{what} is under a hold {said[0]}"
    each = ", ".join(f"{one.id} {words}" for one, words in zip(holds, said, strict=True))
    return f"{what} is under {len(holds)} holds: {each}"


WITHDRAWN = "its content was withdrawn"


def withdrawn_by(takedown: CustodyEntry) -> str:
    """Say that content was withdrawn, when and why."""
    return f"{WITHDRAWN} on {takedown.at.date()} ({takedown.reason})"
