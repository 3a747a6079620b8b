"""An extraction as a JSON document, in the shape other programs rely on."""

from __future__ import annotations

from archiver.citations.extraction import Extraction
from archiver.model.article import ArticleText
from archiver.model.citation import CitedMemento, FoundCitation


def as_document(extraction: Extraction) -> dict[str, object]:
    """Return an extraction as ``{"article": {…}, "citations": […]}`` of plain JSON values.

    ``start`` and ``end`` count code points of ``article.text``; days and moments are ISO 8601.
    """
    return {
        "article": _article(extraction.article),
        "citations": [_citation(found) for found in extraction.citations],
    }


def _article(article: ArticleText) -> dict[str, object]:
    return {
        "title": article.title,
        "url": article.url,
        "language": article.language,
        "text": article.text,
        "text_sha256": article.text_sha256,
    }


def _citation(found: FoundCitation) -> dict[str, object]:
    return {
        "position": found.position,
        "kind": found.kind.value,
        "platform": found.platform,
        "source": found.source.name if found.source else None,
        "url": found.url,
        "addresses": list(found.addresses),
        "author": {"name": found.author.name, "handle": found.author.handle},
        "posted_on": found.posted_on.isoformat() if found.posted_on else None,
        "text": found.text,
        "start": found.start,
        "end": found.end,
        "resolution": found.resolution.value,
        "context": {
            "sentence": found.context.sentence,
            "quotes": list(found.context.quotes),
            "headings": list(found.context.headings),
        },
        "memento": _memento(found.memento),
    }


def _memento(memento: CitedMemento | None) -> dict[str, object] | None:
    if memento is None:
        return None
    at = memento.at.isoformat().replace("+00:00", "Z") if memento.at else None
    return {"archive": memento.archive, "url": memento.url, "at": at}
