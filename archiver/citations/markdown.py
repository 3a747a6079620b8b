"""Markdown to a draft: rendered first, so that its text is what a reader would see."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date

from markdown_it import MarkdownIt

from archiver.citations.draft import Draft
from archiver.citations.markup import read_html

_FRONT_MATTER = re.compile(r"---[ \t]*\n(?P<fields>.*?)\n(?:---|\.\.\.)[ \t]*(?:\n|\Z)", re.DOTALL)
_FIELD = re.compile(
    r"^(?P<name>title|date|lang|language):[ \t]*(?P<value>\S.*?)[ \t]*$", re.MULTILINE
)
_NESTING = 100  # levels of quotes and lists; the preset drops what lies below 20 without a word
_FRONT_CHARS = 20_000  # front matter is short; a rule at the top of a long text is none


def read_markdown(text: str, url: str | None) -> Draft:
    """Read Markdown (CommonMark, with tables and raw HTML); its text is the rendered words.

    Title, day and language come from front matter, the title else from the first heading.

    Raises:
        InputError: there are no words in it, or its HTML is nested too deep.
    """
    front = _FRONT_MATTER.match(text[:_FRONT_CHARS])
    about = _fields(front["fields"]) if front else {}
    body = text[front.end() :] if front else text
    rendered = (
        MarkdownIt("commonmark", {"html": True, "maxNesting": _NESTING})
        .enable("table")
        .render(body)
    )
    draft = read_html(f"<body>{rendered}</body>", url, is_whole=True)
    article = draft.article
    article = replace(
        article,
        title=about.get("title") or article.title,
        language=about.get("lang") or about.get("language") or article.language,
        published_on=_day(about.get("date")) or article.published_on,
    )
    return replace(draft, article=article)


def _fields(front: str) -> dict[str, str]:
    return {found["name"]: found["value"].strip("\"'") for found in _FIELD.finditer(front)}


def _day(written: str | None) -> date | None:
    try:
        return date.fromisoformat((written or "")[:10])
    except ValueError:
        return None
