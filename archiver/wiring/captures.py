"""Captures with where their files are, for people and programs."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from archiver.flow.add import Taken
from archiver.model.capture import ArtifactKind, Capture
from archiver.model.source import Source
from archiver.ports import Files


@dataclass(frozen=True, slots=True)
class Captured:
    """A capture with its main files on this machine; None for what it has not.

    ``cleaned`` is the second picture, without boxes that ask for consent; ``media`` are the
    files of the post's pictures, videos and sounds.
    """

    source: Source
    capture: Capture
    warc: Path | None
    screenshot: Path | None
    text: Path | None
    cleaned: Path | None = None
    media: tuple[Path, ...] = ()


@dataclass(frozen=True, slots=True)
class Located:
    """A capture with where its main files are kept: absolute paths, or addresses in a store."""

    source: Source
    capture: Capture
    warc: str | None
    screenshot: str | None
    text: str | None
    cleaned: str | None
    media: tuple[str, ...]


def located(source: Source, kept: Capture, where: Callable[[str], str]) -> Located:
    """Say where the main files of a capture are kept."""

    def of(kind: ArtifactKind) -> str | None:
        artifact = next((one for one in kept.files if one.kind is kind), None)
        return where(artifact.path) if artifact else None

    return Located(
        source,
        kept,
        of(ArtifactKind.WARC),
        of(ArtifactKind.SCREENSHOT),
        of(ArtifactKind.TEXT),
        of(ArtifactKind.CLEANED),
        tuple(where(one.path) for one in kept.files if one.kind is ArtifactKind.MEDIA),
    )


def located_of(taken: Sequence[Taken], where: Callable[[str], str]) -> list[Located]:
    """Return the captures among what was attended to, with where their files are kept."""
    return [
        located(one.source, one.attended.capture, where)
        for one in taken
        if one.attended is not None and one.attended.capture is not None
    ]


async def on_this_machine(of: Located, files: Files) -> Captured:
    """Return a capture with its files on this machine, fetched when need be.

    Raises:
        StoreError: one is missing or damaged, or the store does not answer.
    """
    kept = of.capture
    paths = {one.path: Path(await files.local(one.path, one.sha256)) for one in kept.artifacts}

    def path(kind: ArtifactKind) -> Path | None:
        artifact = kept.artifact(kind)
        return paths[artifact.path] if artifact else None

    return Captured(
        of.source,
        kept,
        path(ArtifactKind.WARC),
        path(ArtifactKind.SCREENSHOT),
        path(ArtifactKind.TEXT),
        path(ArtifactKind.CLEANED),
        tuple(paths[one.path] for one in kept.artifacts if one.kind is ArtifactKind.MEDIA),
    )
