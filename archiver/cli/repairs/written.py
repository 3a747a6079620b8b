"""Write the repairs of an article: the patched page, and the list of fragments beside it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from archiver.cli.repairs.fragments import fragments
from archiver.cli.repairs.mend import Mend, mend_of
from archiver.cli.repairs.patch import Patched, patch
from archiver.cli.reports.entry import Report
from archiver.cli.reports.pictures import INLINED, found_here, media_of
from archiver.errors import InputError
from archiver.flow.repair import KeptPage
from archiver.wiring import Archive


@dataclass(frozen=True, slots=True)
class Repairs:
    """What repairs an article. ``patched`` is None where its HTML is not ours to patch.

    ``notes`` say for a person what was done and what could not be.
    """

    fragments: str
    patched: Patched | None
    notes: tuple[str, ...]


async def repairs_of(report: Report, archive: Archive, copies: str | None) -> Repairs:
    """Mend every citation of a report whose source is known; nothing is changed in place."""
    mends = []
    find = await found_here(report.entries, INLINED, archive)
    for entry in report.entries:
        mend = mend_of(
            entry,
            await archive.public_copy(entry.one),
            copies=copies,
            pictures=media_of(entry, find),
        )
        mends += [mend] if mend is not None else []
    page = await archive.kept_page(report.audit)
    patched, why = _patched(page, mends)
    article = report.audit.article
    title = (article.title or article.url if article is not None else None) or "Citations"
    unplaced = patched.unplaced if patched is not None else None
    notes = [*why, *_notes(report, mends, patched)]
    return Repairs(fragments(title, mends, unplaced), patched, tuple(notes))


def write(repairs: Repairs, output: Path) -> list[Path]:
    """Write the patched page to a file and the fragments beside it; without a page those alone."""
    if repairs.patched is None:
        output.write_text(repairs.fragments, encoding="utf-8", newline="")
        return [output]
    beside = output.with_name(f"{output.stem}.fragments.html")
    output.write_text(repairs.patched.html, encoding="utf-8", newline="")
    beside.write_text(repairs.fragments, encoding="utf-8", newline="")
    return [output, beside]


def _patched(page: KeptPage | None, mends: list[Mend]) -> tuple[Patched | None, list[str]]:
    if page is None:
        return None, ["no HTML of the article is kept: here are the fragments alone"]
    try:
        patched = patch(page, mends)
    except InputError as error:
        return None, [f"the article's HTML cannot be patched ({error}): here are the fragments"]
    stale = f"its HTML is of {page.seen_at:%Y-%m-%d} and older than its newest version"
    return patched, [] if page.is_newest else [stale]


def _notes(report: Report, mends: list[Mend], patched: Patched | None) -> list[str]:
    notes = []
    if patched is not None:
        cards, links = _counted(patched.cards, "card"), _counted(patched.links, "robust link")
        notes.append(f"the article has {cards} and {links} now")
        notes += [
            f"not placed: citation {one.found.position}, {one.entry.one.finding.kind.value}, "
            f"{one.original}"
            for one in patched.unplaced
        ]
    nameless = len(report.entries) - len(mends)
    if nameless:
        notes.append(
            f"left as it was, for its source is not known: {_counted(nameless, 'citation')}"
        )
    bare = sum(one.is_broken and one.copy_url is None for one in mends)
    if bare:
        notes.append(
            f"gone or changed without a copy that readers can open: {_counted(bare, 'source')}; "
            "see archiver rescue, or give --copies"
        )
    return notes


def _counted(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"
