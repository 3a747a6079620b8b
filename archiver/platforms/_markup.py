"""HTML answers of social platforms: their tags, the text of an element, the data in their scripts.

Nothing here decides what an answer means. What cannot be read is None or empty, never an error.
"""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from urllib.parse import unquote, urlsplit

import lxml.html

from archiver.model.inquiry import Answer, Ask
from archiver.platforms._hosts import parts_at
from archiver.platforms._json import Object, texts
from archiver.platforms._page import MAX_BYTES, clean, decoded, tree_of
from archiver.platforms._unwrap import unwrapped

_HTML = frozenset({"text/html", "application/xhtml+xml"})
_SPACES = re.compile(r"[ \t\r\n\f]+")
_BLANKS = re.compile(r"[ \t\r\f]+")
_BLOCKS = frozenset({"p", "div", "blockquote", "li", "pre"})
_BLOCK = "\0"  # stands for the border of a block; no text has it
_OPENS = {"br": "\n"} | dict.fromkeys(_BLOCKS, _BLOCK)
_MAX_VALUES = 500_000  # of one page's data that are looked at; the largest pages hold some 50,000
_FACEBOOK = ("facebook.com",)
_CLICK_ID = re.compile("fbclid")
# Source: links of plugins and pages as saved and as cleaned by filter lists, 2018 to 2026.
_OWN_TOKEN = re.compile(r"__[a-z]+__(?:\[\d*\])?|fbclid|eid|hc_ref|mibextid|paipv|rdid|_rdr")
_URL = re.compile(r"url\(\s*['\"]?(?P<url>[^'\")]+)['\"]?\s*\)")


@dataclass(frozen=True, slots=True)
class Markup:
    """One HTML answer, parsed."""

    html: str
    tree: lxml.html.HtmlElement

    def meta(self, *names: str) -> str | None:
        """Return the content of the first of these meta tags that has one, by property or name."""
        found: dict[str, str] = {}
        for tag in self.tree.iter("meta"):
            name = tag.get("property") or tag.get("name") or ""
            content = (tag.get("content") or "").strip()
            if content:
                found.setdefault(name.lower(), content)
        return next((found[name] for name in names if name in found), None)

    @property
    def title(self) -> str:
        """The title with single spaces; empty when there is none."""
        title = next(self.tree.iter("title"), None)
        return " ".join(title.text_content().split()) if title is not None else ""

    def one(self, class_name: str) -> lxml.html.HtmlElement | None:
        """Return the first element of a class."""
        return next(iter(self.tree.find_class(class_name)), None)

    def with_attribute(self, name: str, value: str) -> lxml.html.HtmlElement | None:
        """Return the first element whose attribute has exactly this value."""
        return next((e for e in elements(self.tree) if e.get(name) == value), None)

    def data(self) -> Iterator[object]:
        """Yield the values of the scripts that are JSON."""
        for script in self.tree.iter("script"):
            if "json" in (script.get("type") or "").lower():
                value = _value(script.text or "")
                if value is not None:
                    yield value

    def script(self, script_id: str) -> object:
        """Return the JSON value of the script with that id, or None."""
        for script in self.tree.iter("script"):
            if script.get("id") == script_id:
                return _value(script.text or "")
        return None


def read_markup(answer: Answer) -> Markup | None:
    """Parse an HTML answer; None for anything else, and for what has no markup at all."""
    rendered = answer.question.ask is Ask.RENDER
    if not rendered and answer.content_type not in _HTML:
        return None
    html = decoded(answer.body[:MAX_BYTES], answer.header("content-type"), is_utf8=rendered)
    tree = tree_of(html)
    return Markup(html, tree) if tree is not None else None


def elements(tree: lxml.html.HtmlElement) -> Iterator[lxml.html.HtmlElement]:
    """Yield an element and all below it in document order, without processing instructions."""
    return (element for element in tree.iter() if isinstance(element.tag, str))


def has_class(element: lxml.html.HtmlElement, names: Collection[str]) -> bool:
    """Tell whether an element has one of these classes."""
    return any(name in names for name in (element.get("class") or "").split())


def shown_text(
    element: lxml.html.HtmlElement, *, without: Collection[str] = (), keep_breaks: bool = False
) -> str:
    """Return what an element shows, line by line, leaving out what has one of these classes.

    ``keep_breaks`` is for elements whose style shows the line breaks of the source.
    """
    pieces: list[str] = []
    _collect(element, pieces, frozenset(without), _BLANKS if keep_breaks else _SPACES)
    lines = (" ".join(line.split(" ")).strip() for line in "".join(pieces).split("\n"))
    return clean(re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip())


def _collect(
    element: lxml.html.HtmlElement,
    pieces: list[str],
    without: frozenset[str],
    spaces: re.Pattern[str],
) -> None:
    # An own stack: posts are written by strangers, and nesting may be as deep as they like.
    waiting: list[lxml.html.HtmlElement | str] = [element]
    while waiting:
        entry = waiting.pop()
        if isinstance(entry, str):
            _add(entry, pieces)
        elif _is_text(entry) and not has_class(entry, without):
            _add(_OPENS.get(entry.tag, "") if entry is not element else "", pieces)
            _add(spaces.sub(" ", entry.text or ""), pieces)
            waiting.append(_BLOCK if entry.tag in _BLOCKS and entry is not element else "")
            for child in reversed(entry):
                waiting += (spaces.sub(" ", child.tail or ""), child)


def _is_text(element: lxml.html.HtmlElement) -> bool:
    return isinstance(element.tag, str) and element.tag not in ("script", "style")


def _add(piece: str, pieces: list[str]) -> None:
    """Add text, a line break, or the border of a block, which is a break where there is none."""
    at_start = not pieces or pieces[-1].endswith("\n")
    if piece == _BLOCK:
        piece = "" if at_start else "\n"
    if piece and not (at_start and piece.isspace() and "\n" not in piece):
        pieces.append(piece)


def links_in(element: lxml.html.HtmlElement) -> tuple[str, ...]:
    """Return the web addresses an element links to, those behind a platform's gate unwrapped."""
    hrefs = (link_target(a.get("href") or "") for a in element.iter("a"))
    return tuple(dict.fromkeys(h for h in hrefs if h.startswith(("http://", "https://"))))


def link_target(href: str) -> str:
    """Return where a link leads past the gates through which platforms send visitors out.

    What a gate adds, and what Facebook adds to its own addresses, is made anew for every answer.
    """
    target = unwrapped(href)
    is_own = parts_at(target, _FACEBOOK) is not None
    return target if target == href and not is_own else _without_tokens(target, is_own=is_own)


def _without_tokens(url: str, *, is_own: bool) -> str:
    page, hash_mark, fragment = url.partition("#")
    path, mark, query = page.partition("?")
    tokens = _OWN_TOKEN if is_own else _CLICK_ID
    fields = query.split("&")
    kept = [field for field in fields if not tokens.fullmatch(unquote(field.partition("=")[0]))]
    if len(kept) == len(fields):
        return url
    return f"{path}{mark if kept else ''}{'&'.join(kept)}{hash_mark}{fragment}"


def background(element: lxml.html.HtmlElement) -> str | None:
    """Return the address of the picture in an element's style."""
    found = _URL.search(element.get("style") or "")
    return found["url"] if found else None


def linked_data(markup: Markup, types: frozenset[str]) -> Iterator[Object]:
    """Yield the JSON-LD objects of these types, outer ones first."""
    for value in markup.data():
        for found in objects_in(value):
            if not types.isdisjoint(_types(found)):
                yield found


def _types(value: Object) -> list[str]:
    found = value.get("@type")
    return [found] if isinstance(found, str) else texts(value, "@type")


def objects_in(value: object) -> Iterator[Object]:
    """Yield every object inside a JSON value, outer ones first, up to a bound."""
    waiting: list[object] = [value]
    for _ in range(_MAX_VALUES):
        if not waiting:
            return
        entry = waiting.pop()
        if isinstance(entry, dict):
            yield entry
            waiting += reversed(list(entry.values()))
        elif isinstance(entry, list):
            waiting += reversed(entry)


def _value(text: str) -> object:
    try:
        value: object = json.loads(text)
    except (ValueError, RecursionError):
        return None
    return value


def path_key(url: str) -> str:
    """Return the identity in a delivery network's address: its path's last name, no extension.

    Hosts, sizes, expiry times and signatures differ from answer to answer for the same file.
    """
    try:
        name = urlsplit(url).path.rpartition("/")[2]
    except ValueError:
        return url
    return name.partition("~")[0].partition(".")[0] or url
