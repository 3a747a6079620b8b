"""An article's bytes in, its text and citations out; pure."""

from __future__ import annotations

from dataclasses import dataclass

from archiver.citations.decode import MAX_BYTES, read_article
from archiver.citations.find import find_citations
from archiver.citations.resolve import Recognise
from archiver.model.article import ArticleText
from archiver.model.citation import FoundCitation


@dataclass(frozen=True, slots=True)
class Extraction:
    """An article as read, and what it cites, in reading order."""

    article: ArticleText
    citations: tuple[FoundCitation, ...]


def extract(
    body: bytes,
    *,
    recognise: Recognise,
    url: str | None = None,
    media_type: str | None = None,
    name: str | None = None,
    max_bytes: int = MAX_BYTES,
) -> Extraction:
    """Read an article and find everything it cites; nothing is asked and nothing stored.

    ``recognise`` names the source behind an address. ``url`` is where the article was read,
    ``name`` its file name, ``media_type`` what the server said it is.

    Raises:
        InputError: the file is empty, too large, binary, cannot be decoded, or is no article.
    """
    draft = read_article(body, url=url, media_type=media_type, name=name, max_bytes=max_bytes)
    return Extraction(draft.article, find_citations(draft, recognise))
