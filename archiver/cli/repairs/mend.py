"""One citation to be mended: what it cites, how that stands, and where its copy is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from archiver.cli.reports.entry import Entry
from archiver.cli.reports.pictures import Picture
from archiver.flow.repair import Copy
from archiver.model.capture import ArtifactKind, Capture
from archiver.model.citation import Author, CitationKind, FoundCitation
from archiver.model.post import Post
from archiver.model.verdict import FindingKind

BROKEN = frozenset({FindingKind.GONE, FindingKind.CHANGED, FindingKind.RESTRICTED})
"""Findings by which a reader no longer sees what the article relied on."""


@dataclass(frozen=True, slots=True)
class Mend:
    """A citation with what its repair says. ``entry`` has a source and a citation.

    ``copy_url`` is an address at which everybody finds the archived copy, None where there is
    none; ``copy_at`` is the time of the copy, ours or another's. ``pictures`` are media of the
    post, small enough to be inlined.
    """

    entry: Entry
    original: str
    found: FoundCitation
    copy_url: str | None = None
    copy_at: datetime | None = None
    copy_of: str | None = None
    pictures: tuple[Picture, ...] = ()

    @property
    def is_broken(self) -> bool:
        """Tell whether a reader no longer sees what was relied on."""
        return self.entry.one.finding.kind in BROKEN

    @property
    def is_embed(self) -> bool:
        """Tell whether the article shows the post itself."""
        return self.found.kind is CitationKind.EMBED

    @property
    def capture(self) -> Capture | None:
        """Our capture of it as it was cited."""
        then = self.entry.one.sides.then
        return then.capture if then is not None else None

    @property
    def post(self) -> Post | None:
        """The post as it was cited, where it was seen."""
        then = self.entry.one.sides.then
        return then.reading.post if then is not None and then.reading is not None else None

    @property
    def author(self) -> Author:
        """Who posted it, as its platform says, else as the article does."""
        printed, post = self.found.author, self.post
        if post is None:
            return printed
        return Author(post.author_name or printed.name, post.handle or printed.handle)

    @property
    def words(self) -> str:
        """The words of the post as it was cited, else those the article prints."""
        return self.post.words if self.post is not None else self.found.text

    @property
    def posted_on(self) -> date | None:
        """The day of the post."""
        if self.post is not None and self.post.created_at is not None:
            return self.post.created_at.date()
        return self.found.posted_on


def mend_of(
    entry: Entry,
    copy: Copy | None = None,
    *,
    copies: str | None = None,
    pictures: Sequence[Picture] = (),
) -> Mend | None:
    """Return what mends a citation; None for one whose source is not known.

    ``copies`` is the address under which the archive's own files are published: our capture's
    picture, or its WARC, is then the copy of what no outside archive holds.
    """
    citation, source = entry.one.citation, entry.one.source
    if citation is None or source is None:
        return None
    then = entry.one.sides.then
    capture = then.capture if then is not None else None
    at, url, whose = (capture.started_at if capture is not None else None), None, None
    if copy is not None:
        at, url, whose = copy.at, copy.url, copy.archive
    elif copies is not None and capture is not None:
        url, whose = _published(capture, copies), "our archive"
    return Mend(entry, source.ref.url, citation.found, url, at, whose, tuple(pictures))


def _published(capture: Capture, copies: str) -> str | None:
    for kind in (ArtifactKind.SCREENSHOT, ArtifactKind.WARC):
        artifact = capture.artifact(kind)
        if artifact is not None:
            return f"{copies.rstrip('/')}/{artifact.path}"
    return None
