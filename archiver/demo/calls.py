"""What a site of the miniature web is sent, and what it answers."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from html import escape
from importlib import resources
from urllib.parse import parse_qs

Headers = tuple[tuple[str, str], ...]

HTML = "text/html; charset=utf-8"
JSON = "application/json; charset=utf-8"
CSS = "text/css; charset=utf-8"
JAVASCRIPT = "text/javascript; charset=utf-8"


@dataclass(frozen=True, slots=True)
class Call:
    """One request as a site sees it. Header names are in lower case; ``at`` is the story's time."""

    method: str
    host: str
    path: str
    query: str
    headers: Mapping[str, str]
    body: bytes
    is_secure: bool
    at: datetime

    @property
    def target(self) -> str:
        """Path and query as they were asked for."""
        return f"{self.path}?{self.query}" if self.query else self.path

    def parameter(self, name: str) -> str | None:
        """Return the first query parameter of that name, decoded."""
        return parse_qs(self.query, keep_blank_values=True).get(name, [None])[0]


@dataclass(frozen=True, slots=True)
class Reply:
    """What a site answers; framing, date and content coding are the server's business."""

    status: int
    body: bytes
    media_type: str
    headers: Headers = ()

    def with_headers(self, *headers: tuple[str, str]) -> Reply:
        """Return the reply with more headers."""
        return replace(self, headers=(*self.headers, *headers))


Site = Callable[[Call], Reply]


def page(markup: str, status: int = 200) -> Reply:
    """Answer with an HTML page."""
    return Reply(status, markup.encode(), HTML)


def data(value: object, status: int = 200) -> Reply:
    """Answer with JSON."""
    body = json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()
    return Reply(status, body, JSON)


def file(body: bytes | str, media_type: str) -> Reply:
    """Answer with a file that never changes."""
    content = body.encode() if isinstance(body, str) else body
    return Reply(200, content, media_type, (("cache-control", "max-age=31536000"),))


def written(name: str) -> str:
    """Return the text of a file that comes with the demo."""
    return resources.files("archiver.demo").joinpath("files", name).read_text("utf-8")


def redirect(url: str, status: int = 301) -> Reply:
    """Send the caller elsewhere."""
    note = f'<a href="{escape(url)}">moved here</a>\n'
    return Reply(status, note.encode(), HTML, (("location", url),))


def plain(text: str, status: int) -> Reply:
    """Answer with a bare sentence, as servers do for requests they cannot serve."""
    return Reply(status, f"{text}\n".encode(), "text/plain; charset=utf-8")
