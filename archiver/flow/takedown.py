"""Takedown: content goes, rows and digests remain."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta

from archiver.errors import InputError
from archiver.flow.claim import held
from archiver.flow.outside import Outside
from archiver.flow.targets import Target
from archiver.flow.withdrawn import withdrawal
from archiver.model.article import Article
from archiver.model.citation import Citation
from archiver.model.custody import CustodyAct, CustodyEntry
from archiver.model.source import Source
from archiver.ports import SetAside

PATIENCE = timedelta(minutes=2)
"""How long a look or capture in hand is waited for."""
IN_HAND = timedelta(hours=1)
"""Longer than any look takes from keeping a body to committing the row that rests on it."""


@dataclass(frozen=True, slots=True)
class Doomed:
    """What a takedown would empty, for a person to see before it does.

    ``source`` is the cited thing, or an article's own address. ``cited_by`` are the citations that
    lean on it. ``copies`` are addresses at which outside archives hold it.
    """

    article: Article | None
    source: Source | None
    versions: int
    looks: int
    captures: int
    files: int
    cited_by: tuple[Citation, ...]
    copies: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class TakenDown:
    """What became of a takedown's files by now, whichever run removed them.

    ``quarantined`` counts what this run found set aside. ``shared`` bodies stay: something else
    rests on them, too. ``waiting`` ones were kept so lately, for the first time or again, that
    somebody may be about to rest on them; they are tried again later. ``nameless`` are the names of
    captures in quarantine that do not say what they show: they may show it, and a person has to
    look.
    """

    entry: CustodyEntry
    captures: int
    blobs: int
    quarantined: int
    shared: int
    waiting: int
    nameless: tuple[str, ...] = ()

    @property
    def is_finished(self) -> bool:
        """Tell whether nothing is left to remove."""
        return self.waiting == 0


async def doomed(target: Target, outside: Outside) -> Doomed:
    """Say what a takedown of the target would empty; what was emptied before does not count.

    Raises:
        InputError: the target has nothing of its own, or was taken down.
    """
    source = await _source_of(target, outside)
    store = outside.store
    versions = await store.articles.versions(target.article.id) if target.article else []
    if source is None:
        return Doomed(target.article, None, len(versions), 0, 0, 0, (), ())
    before = await withdrawal(source.id, outside)
    looks = await store.looks.of(source.id)
    captures = [one for one in await store.captures.of(source.id) if not one.is_withdrawn]
    pushes = await store.pushes.of(source.id)
    mementos = await store.mementos.of(source.id)
    copies = [one.memento_url for one in pushes if one.memento_url]
    copies += [one.url for one in mementos]
    return Doomed(
        article=target.article,
        source=source,
        versions=len(versions),
        looks=sum(1 for one in looks if before is None or one.at > before.at),
        captures=len(captures),
        files=sum(len(one.artifacts) for one in captures),
        cited_by=tuple(await store.articles.citations_of(source.id)),
        copies=tuple(dict.fromkeys(copies)),
    )


async def take_down(
    target: Target, reason: str, by: str, outside: Outside, *, keep_watching: bool = False
) -> TakenDown:
    """Empty the content of a source, or of an article's own text and page.

    1. Claim the source, so that no look or capture of it is in hand.
    2. Empty its rows in one transaction with the custody entry, which lists the files.
    3. Remove the files that nothing else rests on. Should we die before the end, the entry says
       what is left to do: :func:`finish_all`.

    Raises:
        InputError: a hold is on it, or on what one of its citations means or meant; it has nothing
            of its own, or it was taken down.
        ClaimError: another worker is at it for too long.
        StoreError: disk or database refused; run it again.
    """
    source = await _source_of(target, outside)
    entry = CustodyEntry(
        id=outside.new_id(),
        act=CustodyAct.TAKEDOWN,
        at=outside.clock.now(),
        by=by,
        reason=reason,
        source_id=source.id if source is not None else None,
        article_id=target.article.id if target.article is not None else None,
    )
    if source is None or source.taken_down_at is not None:
        kept = await outside.store.custody.take_down(entry, None, keep_watching=keep_watching)
    else:
        async with held(source, outside, patience=PATIENCE) as claim:
            # The time is taken anew: a capture may have ended while we waited for the claim.
            entry = replace(entry, at=outside.clock.now())
            kept = await outside.store.custody.take_down(entry, claim, keep_watching=keep_watching)
    return await finish(kept, outside)


async def _source_of(target: Target, outside: Outside) -> Source | None:
    """Return the source whose content is meant; of an article its own address, which it may lack.

    Raises:
        InputError: it is a citation whose source is not known, or nothing of it is left.
    """
    if target.article is not None:
        own = target.article.source_id
        return await outside.store.sources.source(own) if own is not None else None
    if not target.sources:
        message = "that citation has no source yet; name an article or a source"
        raise InputError(message)
    source = target.sources[0]
    if source.taken_down_at is not None:
        raise InputError(
            f"{source.ref.name} was taken down on {source.taken_down_at.date()}, and nothing came"
            " in since; what may be left of its files goes with: archiver takedown --resume"
        )
    return source


async def watch_again(source: Source, reason: str, by: str, outside: Outside) -> CustodyEntry:
    """Look again at a source that was taken down, from now on.

    Raises:
        InputError: it is looked at already.
    """
    if source.taken_down_at is None:
        message = f"{source.ref.name} was not taken down, or is looked at again already"
        raise InputError(message)
    now = outside.clock.now()
    entry = CustodyEntry(outside.new_id(), CustodyAct.WATCH, now, by, reason, source.id)
    await outside.store.custody.watch_again(entry)
    return entry


async def unfinished(outside: Outside) -> list[CustodyEntry]:
    """Return the takedowns whose files are not known to be gone, oldest first."""
    return _unfinished(await outside.store.custody.all())


def _unfinished(entries: Sequence[CustodyEntry]) -> list[CustodyEntry]:
    done = {
        one.detail.get("takedown")
        for one in entries
        if one.act is CustodyAct.REMOVED and not one.detail.get("waiting")
    }
    return [one for one in entries if one.act is CustodyAct.TAKEDOWN and one.id not in done]


async def finish_all(outside: Outside) -> list[TakenDown]:
    """Remove what takedowns left: those that were interrupted, and bodies that were in use.

    A capture that a worker finished too late and set aside goes as well. What is in quarantine is
    gone through once for all takedowns, after everything else.
    """
    entries = await outside.store.custody.all()  # a takedown that comes after is another's to end
    left = _unfinished(entries)
    files = [await _forget_files(one, outside) for one in left]
    aside = await outside.files.aside()
    done = [await _end(one, aside, outside) for one in files]
    if aside:
        for entry in entries:
            if entry.act is not CustodyAct.TAKEDOWN or entry in left:
                continue
            if late := await _forget_aside(entry, aside, outside):
                more = _removed(entry, {"quarantine": late}, outside)
                await outside.store.custody.keep(more)
    return done


async def finish(entry: CustodyEntry, outside: Outside) -> TakenDown:
    """Remove the files of one takedown; say so in the custody record once they are gone.

    1. The captures' directories: no other source has files in them.
    2. Bodies of answers that nothing else rests on, and that nobody kept just now. Those that an
       earlier run removed are gone through again: they may have come in anew since.
    3. What was set aside of it. It is named in the record at once, since no later run would know
       of it.
    """
    done = await _forget_files(entry, outside)
    return await _end(done, await outside.files.aside(), outside)


async def _forget_files(entry: CustodyEntry, outside: Outside) -> TakenDown:
    captures = _listed(entry, "captures")
    for one in captures:
        await outside.files.forget_capture(one)
    blobs = _listed(entry, "blobs")
    begun = outside.clock.steady()
    shared = await outside.store.custody.rested_on(blobs)
    alone = [one for one in blobs if one not in shared]
    # What was kept since we began to ask may be rested on by a row that came after our look.
    waiting = [
        one
        for one in alone
        if not await outside.files.forget_blob(one, IN_HAND + outside.clock.steady() - begun)
    ]
    return TakenDown(
        entry=entry,
        captures=len(captures),
        blobs=len(alone) - len(waiting),
        quarantined=0,
        shared=len(shared),
        waiting=len(waiting),
    )


async def _end(files: TakenDown, aside: Sequence[SetAside], outside: Outside) -> TakenDown:
    """Remove what was set aside of a takedown whose other files were seen to, and record it."""
    entry = files.entry
    removed = await _forget_aside(entry, aside, outside)
    nameless = [one.name for one in aside if one.is_nameless and one.name not in removed]
    done = replace(
        files,
        quarantined=len(removed),
        nameless=tuple(nameless) if entry.source_id is not None else (),
    )
    if done.is_finished or removed:
        detail = {
            "removed": {"captures": done.captures, "blobs": done.blobs},
            "shared": done.shared,
            "waiting": done.waiting,
            "quarantine": removed,
        }
        await outside.store.custody.keep(_removed(entry, detail, outside))
    return done


def _removed(
    takedown: CustodyEntry, detail: Mapping[str, object], outside: Outside
) -> CustodyEntry:
    return CustodyEntry(
        id=outside.new_id(),
        act=CustodyAct.REMOVED,
        at=outside.clock.now(),
        by=takedown.by,
        reason=takedown.reason,
        source_id=takedown.source_id,
        article_id=takedown.article_id,
        detail={"takedown": takedown.id, **detail},
    )


async def _forget_aside(
    entry: CustodyEntry, aside: Sequence[SetAside], outside: Outside
) -> list[str]:
    """Remove what is in quarantine of the content that was taken down; return the names."""
    ours = {*_listed(entry, "captures"), *_listed(entry, "blobs")}
    source = None
    if entry.source_id is not None:
        source = await outside.store.sources.source(entry.source_id)
    found = [
        one.name
        for one in aside
        if one.what in ours or (source is not None and _is_of(source, one, entry))
    ]
    return [one for one in found if await outside.files.forget_aside(one)]


def _is_of(source: Source, aside: SetAside, entry: CustodyEntry) -> bool:
    """Tell whether a capture that was set aside shows what was taken down.

    A source that is looked at again may have one of its own, begun since.
    """
    if aside.url != source.ref.url or aside.started_at is None:
        return False
    return source.taken_down_at is not None or aside.started_at <= entry.at


def _listed(entry: CustodyEntry, what: str) -> list[str]:
    found = entry.detail.get(what)
    return [str(one) for one in found] if isinstance(found, list | tuple) else []
