"""What can be seen at a moment: posts and pages in the standing that the script gives them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from archiver.demo.cast import PLAYERS, Post, edited, engage
from archiver.demo.lots import Lots
from archiver.demo.pages import PAGES, RELATED, Page
from archiver.demo.script import EDITED_AFTER, Part, Script, Standing, hand_out, write


@dataclass(frozen=True, slots=True)
class Seen:
    """A version of a post, and how it stands at the moment asked for."""

    post: Post
    standing: Standing


@dataclass(frozen=True, slots=True)
class Stage:
    """Posts by handle as first written, their newer versions, and the script."""

    start: datetime
    posts: Mapping[str, Post]
    newer: Mapping[str, Post]
    script: Script

    def post(self, status: str, at: datetime) -> Seen | None:
        """Return the version of that ID; None when no such ID was given out by then."""
        for handle, first in self.posts.items():
            standing = self.script.standing(first.source, at)
            newer = self.newer[handle]
            if standing is not Standing.EDITED:
                newer = first
            if status in newer.chain:
                version = newer if status == newer.id else replace(first, chain=newer.chain)
                return Seen(version, standing)
        return None

    def page(self, page: Page, at: datetime) -> Standing:
        """Return how a page stands."""
        return self.script.standing(page.source, at)


def set_stage(seed: int, start: datetime, fixed: Mapping[str, Part]) -> Stage:
    """Draw the lots: who plays what, and every ID, code and moment.

    ``fixed`` gives parts by a post's handle or a page's address, in place of a draw.
    """
    lots = Lots(seed)
    parts = hand_out(lots, PLAYERS, tuple(page.url for page in PAGES), fixed)
    fresh = frozenset(player for player, part in parts.items() if part is Part.EDITED)
    posts = engage(lots, start, fresh)
    names = {handle: posts[handle].source for handle in PLAYERS}
    names |= {page.url: page.source for page in PAGES}
    script = write(lots, start, {names[player]: part for player, part in parts.items()})
    newer = {handle: edited(post, start + EDITED_AFTER, lots) for handle, post in posts.items()}
    whole = replace(script, parts={**script.parts, RELATED.source: Part.INTACT})
    return Stage(start, posts, newer, whole)
