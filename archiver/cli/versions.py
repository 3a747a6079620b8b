"""``archiver show ARTICLE``: its versions, and how its citations found their sources."""

from __future__ import annotations

from archiver.cli.custody import custody_lines, entry_document
from archiver.cli.documents import Document, attempt_document, moment, version_document
from archiver.cli.output import print_json, say, table
from archiver.wiring import ArticleDossier


def show_article(known: ArticleDossier, *, json: bool) -> None:
    """Show an article's versions and citations; ``archiver report`` shows the findings."""
    if json:
        print_json(_document(known))
    else:
        _show(known)


def _document(known: ArticleDossier) -> Document:
    article = known.article
    return {
        "article": article.id,
        "title": article.title,
        "url": article.url,
        "published_on": article.published_on.isoformat() if article.published_on else None,
        "added_at": moment(article.added_at),
        "removed_at": moment(article.removed_at),
        "read_due_at": moment(article.read_due_at),
        "note": article.note,
        "custody": [entry_document(one) for one in known.custody],
        "versions": [version_document(version, count) for version, count in known.versions],
        "citations": [
            {
                "citation": one.citation.id,
                "position": one.citation.found.position,
                "text": one.citation.found.text,
                "resolution": one.citation.resolution.value,
                "road": one.citation.road.value if one.citation.road else None,
                "certainty": one.citation.certainty.value if one.citation.certainty else None,
                "attempts": [attempt_document(attempt) for attempt in one.attempts],
            }
            for one in known.citations
        ],
    }


def _show(known: ArticleDossier) -> None:
    article = known.article
    say(f"article {article.id}: {article.title or article.url or 'untitled'}")
    for line in custody_lines(known.custody):
        say(line)
    if article.read_due_at is not None:
        say(f"to be read at {moment(article.read_due_at)}")
    if article.note:
        say(article.note)
    table(
        ["version seen at", "text", "characters", "citations", "read at"],
        [
            [
                moment(v.seen_at),
                v.text_sha256[:12],
                len(v.text),
                count,
                v.fetched_from or "supplied",
            ]
            for v, count in known.versions
        ],
    )
    table(
        ["citation", "resolution", "by", "certainty", "attempts", "words"],
        [
            [
                one.citation.id,
                one.citation.resolution.value,
                one.citation.road.value if one.citation.road else None,
                one.citation.certainty.value if one.citation.certainty else None,
                len(one.attempts),
                " ".join(one.citation.found.text.split())[:60],
            ]
            for one in known.citations
        ],
    )
