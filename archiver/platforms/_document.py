"""One HTML document, decoded and parsed once, for all that is asked about it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import lxml.html

from archiver.model.inquiry import PageText
from archiver.platforms._metadata import Metadata, read_metadata
from archiver.platforms._not_found import NOTHING, Likelihood, likelihood
from archiver.platforms._outline import Outline, outline
from archiver.platforms._page import MAX_BYTES, decoded, text_of, tree_of, without_footnote_marks


@dataclass(frozen=True)  # no slots: what is asked once is kept
class Document:
    """A document's source, its tree (None when nothing can be parsed) and its text."""

    html: str
    tree: lxml.html.HtmlElement | None
    page: PageText
    is_paid_for: bool = False

    @cached_property
    def outlined(self) -> Outline | None:
        """What the page says in its own words; None without a tree."""
        return outline(self.tree) if self.tree is not None else None

    @cached_property
    def not_found(self) -> Likelihood:
        """How much the page reads like "not found"."""
        if self.tree is None or self.outlined is None:
            return NOTHING
        return likelihood(self.page.title, self.tree, self.outlined)


def read_document(
    html: bytes,
    url: str,
    content_type: str | None = None,
    *,
    rendered: bool = False,
    main: bool = True,
) -> Document:
    """Return an HTML document; the arguments are those of :func:`page_text`."""
    html = html[:MAX_BYTES]
    text = decoded(html, None if rendered else content_type, is_utf8=rendered)
    text = without_footnote_marks(text)
    tree = tree_of(text)
    meta = read_metadata(tree) if tree is not None else Metadata()
    page = text_of(text, tree, url, rendered=rendered, main=main, meta=meta)
    return Document(text, tree, page, meta.is_paid_for)
