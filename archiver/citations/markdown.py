"""Markdown to a draft: rendered first, so that its text is what a reader would see."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from html import escape

from markdown_it import MarkdownIt
from markdown_it.renderer import RendererProtocol
from markdown_it.token import Token
from markdown_it.utils import EnvType, OptionsDict

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

    Code spans and fenced code are words that cite nothing. Indented code cites like any words: few
    who indent a paragraph mean code.

    Title, day and language come from front matter, the title else from the first heading.

    Raises:
        InputError: there are no words in it, or its HTML is nested too deep.
    """
    front = _FRONT_MATTER.match(text[:_FRONT_CHARS])
    about = _fields(front["fields"]) if front else {}
    body = text[front.end() :] if front else text
    renderer = MarkdownIt("commonmark", {"html": True, "maxNesting": _NESTING}).enable("table")
    renderer.add_render_rule("code_block", _indented)
    draft = read_html(f"<body>{renderer.render(body)}</body>", url, is_markdown=True)
    article = draft.article
    article = replace(
        article,
        title=about.get("title") or article.title,
        language=about.get("lang") or about.get("language") or article.language,
        published_on=_day(about.get("date")) or article.published_on,
    )
    return replace(draft, article=article)


def _indented(
    renderer: RendererProtocol,
    tokens: Sequence[Token],
    at: int,
    options: OptionsDict,
    env: EnvType,
) -> str:
    return f"<pre>{escape(tokens[at].content)}</pre>\n"


def _fields(front: str) -> dict[str, str]:
    return {found["name"]: found["value"].strip("\"'") for found in _FIELD.finditer(front)}


def _day(written: str | None) -> date | None:
    try:
        return date.fromisoformat((written or "")[:10])
    except ValueError:
        return None
