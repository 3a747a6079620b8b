"""The article of the story, from its template: as plain text, and as a page of a news site."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from html import escape

from archiver.demo.calls import written
from archiver.demo.cast import Post
from archiver.demo.layout import article_page
from archiver.demo.pages import PAGES, RELATED, Page
from archiver.demo.post_forms import embed, flattened

SLOT = re.compile(r"\{\{(\w+):([^|}]+)(?:\|([^}]+))?\}\}")
HOST = "harbourpost.example"
TITLE = "Forty minutes: what the night of the surge left behind"
PUBLISHED_BEFORE = timedelta(minutes=5)  # the start of the story

PAGE_BY_HOST: Mapping[str, Page] = {page.host: page for page in PAGES}


@dataclass(frozen=True, slots=True)
class Story:
    """The article with the posts it cites, by handle."""

    posts: Mapping[str, Post]
    published_at: datetime

    @property
    def path(self) -> str:
        """Where the article stands on the news site."""
        return f"/{self.published_at:%Y/%m/%d}/forty-minutes"

    @property
    def url(self) -> str:
        """The address of the article."""
        return f"https://{HOST}{self.path}"

    def text(self) -> str:
        """Return the article as plain text: embeds are left out, links follow their words."""
        told = (self._as_text(block) for block in _blocks() if not block.startswith("{{embed:"))
        return "\n\n".join(told) + "\n"

    def markup(self, at: datetime) -> str:
        """Return the article as the page that the news site serves at that moment."""
        blocks = "\n".join(self._as_markup(block) for block in _blocks())
        return article_page(TITLE, self.url, self.published_at, blocks, at)

    def _as_text(self, block: str) -> str:
        return SLOT.sub(self._slot_as_text, block)

    def _slot_as_text(self, slot: re.Match[str]) -> str:
        kind, name, words = slot.groups()
        if kind == "post":
            return flattened(self.posts[name])
        if kind == "sentence":
            return PAGE_BY_HOST[name].sentence
        return f"{words} ({PAGE_BY_HOST[name].url})" if kind == "page" else str(name)

    def _as_markup(self, block: str) -> str:
        if block.startswith("{{embed:"):
            slot = SLOT.fullmatch(block)
            return embed(self.posts[slot[2]]) if slot else ""
        escaped = SLOT.sub(self._slot_as_markup, escape(block, quote=False))
        return f"<p>{escaped}</p>"

    def _slot_as_markup(self, slot: re.Match[str]) -> str:
        kind, name, words = slot.groups()
        if kind == "post":
            return escape(flattened(self.posts[name]), quote=False).replace("\n", "<br>")
        if kind == "sentence":
            return escape(PAGE_BY_HOST[name].sentence, quote=False)
        url = PAGE_BY_HOST[name].url if kind == "page" else RELATED.url
        return f'<a href="{escape(url)}">{words or name}</a>'


def _blocks() -> list[str]:
    return written("article.txt").strip().split("\n\n")
