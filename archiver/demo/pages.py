"""The pages that the article cites, as written in ``pages.toml``."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass

from archiver.demo.calls import written


@dataclass(frozen=True, slots=True)
class Page:
    """A page of an invented site.

    ``altered`` is what is put in the place of ``sentence``, which the article quotes.
    """

    host: str
    path: str
    site: str
    title: str
    paragraphs: tuple[str, ...]
    sentence: str
    altered: str

    @property
    def url(self) -> str:
        """The address as the article cites it."""
        return f"https://{self.host}{self.path}"

    @property
    def source(self) -> str:
        """The name of the source it is."""
        return f"web:{self.url}"

    @property
    def later_path(self) -> str:
        """Where it is after it has moved."""
        return f"/archive{self.path}"

    @property
    def altered_paragraphs(self) -> tuple[str, ...]:
        """What it says after it was altered."""
        return tuple(text.replace(self.sentence, self.altered) for text in self.paragraphs)


def _read(kind: str) -> tuple[Page, ...]:
    return tuple(_page(entry) for entry in tomllib.loads(written("pages.toml"))[kind])


def _page(entry: Mapping[str, str]) -> Page:
    fields = {name: value for name, value in entry.items() if name != "text"}
    paragraphs = entry["text"].strip().split("\n\n")
    return Page(**fields, paragraphs=tuple(text.replace("\n", " ") for text in paragraphs))


PAGES = _read("cited")
RELATED = _read("related")[0]
