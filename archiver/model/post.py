"""A post of a social platform, as structured data."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Medium:
    """A picture, video or sound of a post. ``key`` is its identity; URLs vary with size.

    ``url`` is the largest form known; ``others`` are further addresses of it, best first, for when
    that one is refused. ``is_stream`` says that ``url`` is a playlist of pieces, not a file.
    """

    key: str
    kind: str
    url: str
    alt: str | None = None
    available: bool = True
    others: tuple[str, ...] = ()
    is_stream: bool = False


@dataclass(frozen=True, slots=True)
class Post:
    """A post as the platform's structured data gives it.

    ``text`` has entities expanded to what a reader sees, HTML entities decoded. ``is_cut`` says
    that ``text`` is known to be incomplete. ``edit_ids`` are all IDs of the edit chain, oldest
    first, as far as told. ``links`` are the targets of links in the text. ``quoted`` is the post
    it quotes, ``parent`` the one it answers. ``revision`` changes with every edit, where the
    platform has such a mark (a CID, the time of the edit).
    """

    id: str
    text: str
    author_id: str | None
    author_name: str | None
    handle: str | None
    created_at: datetime | None
    language: str | None = None
    links: tuple[str, ...] = ()
    media: tuple[Medium, ...] = ()
    edit_ids: tuple[str, ...] = ()
    editable_until: datetime | None = None
    is_edited: bool = False
    is_cut: bool = False
    is_withheld: bool = False
    reply_to_id: str | None = None
    quoted: Post | None = None
    title: str | None = None
    revision: str | None = None
    edited_at: datetime | None = None
    parent: Post | None = None

    @property
    def words(self) -> str:
        """All the words a reader sees: the title, where there is one, then the text."""
        return "\n".join(part for part in (self.title, self.text) if part)

    @property
    def fingerprint(self) -> str:
        """Digest of the fields that change only when the post does."""
        # Fields that came later count only where they are set: older digests stay what they were.
        later = [value for value in (self.title, self.revision) if value is not None]
        stable = [
            self.id,
            self.text,
            self.author_id,
            sorted(self.links),
            sorted(medium.key for medium in self.media if medium.available),
            list(self.edit_ids),
            self.quoted.id if self.quoted else None,
            *later,
        ]
        return hashlib.sha256(json.dumps(stable).encode("utf-8")).hexdigest()
