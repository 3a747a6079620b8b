"""Pictures for a report: read from the archive, bounded in size, as bytes to be inlined."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from archiver.cli.reports.entry import Entry
from archiver.cli.reports.wired import Panel
from archiver.errors import DamagedError
from archiver.judge.pictures import PictureComparison, compare_pictures
from archiver.model.capture import Artifact, ArtifactKind, Capture, Gate
from archiver.model.verdict import FindingKind
from archiver.wiring import Archive

MAX_PANEL_BYTES = 1_500_000  # a larger one gives way to two previews
MAX_PREVIEW_BYTES = 400_000
MAX_MEDIUM_BYTES = 250_000  # of a post's picture in a card of an article
MOST_MEDIA = 4
MAX_SCREENSHOT_BYTES = 30_000_000  # what is read to make a panel
MAX_REPORT_BYTES = 16_000_000  # of all pictures of one report; mail servers take 20 to 25 MB

PIXELS = frozenset({"image/jpeg", "image/png", "image/webp", "image/gif", "image/avif"})
"""Pictures that are pixels alone; an SVG is a document with scripts."""

SHOWN = {
    ArtifactKind.SCREENSHOT: MAX_SCREENSHOT_BYTES,
    ArtifactKind.PREVIEW: MAX_PREVIEW_BYTES,
}
"""What a report shows of a capture, and the largest file of a kind, in bytes."""

INLINED = {ArtifactKind.MEDIA: MAX_MEDIUM_BYTES}
"""What an article's cards show of one."""

Find = Callable[[str], str]
"""From an artifact's path to its absolute path."""


@dataclass(frozen=True, slots=True)
class Picture:
    """An encoded picture."""

    media_type: str
    data: bytes


@dataclass(frozen=True, slots=True)
class Pictures:
    """What there is to see of one citation; ``panel`` shows both sides and what differs.

    ``measured`` says how much differs: evidence beside the words, from which no finding is made.
    """

    panel: Picture | None = None
    then: Picture | None = None
    now: Picture | None = None
    left_out: bool = False
    measured: PictureComparison | None = None


async def found_here(
    entries: Iterable[Entry], kinds: Mapping[ArtifactKind, int], archive: Archive
) -> Find:
    """Have the files of some kinds on this machine; return where they are.

    Raises:
        StoreError: the store does not answer. A lost file is left out.
    """
    places: dict[str, str] = {}
    for artifact in _artifacts(entries):
        if artifact.bytes <= kinds.get(artifact.kind, -1) and artifact.path not in places:
            with suppress(DamagedError):
                places[artifact.path] = await archive.local(artifact)
    return lambda path: places.get(path, "")


def _artifacts(entries: Iterable[Entry]) -> Iterator[Artifact]:
    for entry in entries:
        for side in (entry.one.sides.then, entry.one.sides.now):
            if side is not None and side.capture is not None:
                yield from side.capture.artifacts


def pictures_of(
    entries: Iterable[Entry], find: Find, panel: Panel | None, budget: int = MAX_REPORT_BYTES
) -> list[Pictures]:
    """Return the pictures of each citation in order, as many as the report may hold.

    What changed or is gone comes before what stands.
    """
    listed = list(entries)
    worst_first = sorted(
        range(len(listed)), key=lambda i: listed[i].one.finding.kind is FindingKind.INTACT
    )
    made = [Pictures()] * len(listed)
    for index in worst_first:
        shown = _of(listed[index], find, panel)
        size = sum(len(one.data) for one in (shown.panel, shown.then, shown.now) if one)
        if size <= budget:
            made[index] = shown
            budget -= size
        else:
            made[index] = Pictures(left_out=True)
    return made


def media_of(entry: Entry, find: Find) -> list[Picture]:
    """Return the pictures of a post as it was cited, those that are small enough to be inlined."""
    then = entry.one.sides.then
    capture = then.capture if then is not None else None
    artifacts = capture.artifacts if capture is not None else ()
    pictures = []
    for artifact in artifacts:
        if artifact.kind is ArtifactKind.MEDIA and artifact.media_type in PIXELS:
            data = _read(artifact, find, MAX_MEDIUM_BYTES)
            pictures += [Picture(artifact.media_type, data)] if data is not None else []
    return pictures[:MOST_MEDIA]


def _of(entry: Entry, find: Find, panel: Panel | None) -> Pictures:
    sides = entry.one.sides
    then = sides.then.capture if sides.then is not None else None
    now = sides.now.capture if sides.now is not None else None
    if then is not None and now is not None and then.id == now.id:
        then = None
    both = _panel(entry, then, now, find, panel)
    if both is not None:
        return both
    return Pictures(then=_preview(then, find), now=_preview(now, find))


def _panel(
    entry: Entry, then: Capture | None, now: Capture | None, find: Find, panel: Panel | None
) -> Pictures | None:
    """Lay the screenshots of both sides beside one another, where both show the source."""
    if panel is None or entry.one.finding.kind is not FindingKind.CHANGED:
        return None
    if then is None or now is None or now.gate is not Gate.ACCEPTED:
        return None
    old, new = (_screenshot(capture, find) for capture in (then, now))
    if old is None or new is None:
        return None
    try:
        data = panel(old, new)
    except ValueError:
        return None
    if len(data) > MAX_PANEL_BYTES:
        return None
    return Pictures(Picture("image/png", data), measured=compare_pictures(old, new))


def _screenshot(capture: Capture, find: Find) -> bytes | None:
    artifact = capture.artifact(ArtifactKind.SCREENSHOT)
    if artifact is None or artifact.media_type != "image/png":
        return None
    return _read(artifact, find, MAX_SCREENSHOT_BYTES)


def _preview(capture: Capture | None, find: Find) -> Picture | None:
    artifact = capture.artifact(ArtifactKind.PREVIEW) if capture is not None else None
    if artifact is None or artifact.media_type not in PIXELS:
        return None
    data = _read(artifact, find, MAX_PREVIEW_BYTES)
    return Picture(artifact.media_type, data) if data is not None else None


def _read(artifact: Artifact, find: Find, most: int) -> bytes | None:
    path = Path(find(artifact.path))
    try:
        return path.read_bytes() if path.stat().st_size <= most else None
    except OSError:
        return None  # a lost file is reported by archiver status
