"""HTML to a tree, with bounds: hostile markup must not crash, hang, or lose text silently."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from enum import Enum

from lxml import etree

from archiver.errors import InputError

# What begins and ends a paragraph of its own, by the rendering section of the HTML standard.
BLOCKS = frozenset(
    {
        "address", "article", "aside", "blockquote", "body", "caption", "center", "dd", "details",
        "dialog", "dir", "div", "dl", "dt", "fieldset", "figcaption", "figure", "footer", "form",
        "h1", "h2", "h3", "h4", "h5", "h6", "header", "hr", "html", "legend", "li", "main", "menu",
        "nav", "ol", "p", "pre", "search", "section", "summary", "table", "tbody", "td", "tfoot",
        "th", "thead", "tr", "ul",
    }
)  # fmt: skip
# What shows no words of the article: scripts, controls, drawings, and fall-backs for browsers
# without scripts, which repeat what the page shows.
SILENT = frozenset(
    {
        "applet", "audio", "button", "canvas", "datalist", "embed", "head", "iframe", "input",
        "link", "map", "math", "meta", "noembed", "noframes", "noscript", "object", "optgroup",
        "option", "script", "select", "style", "svg", "template", "textarea", "title", "video",
    }
)  # fmt: skip

MAX_ATTRIBUTES = 1000  # in one tag; the parser compares each with all others
_COUNTED_FROM = 4096  # bytes of attributes; shorter tags cannot hold enough to matter
# Tags as the HTML tokenizer sees them; comments and raw text are passed over. Every part is
# possessive, so that the scan goes forward only.
_TAG = re.compile(
    rb"""<!--(?:.*?-->|.*+)
    |<(script|style|textarea|title|xmp|iframe|noembed|noframes)\b(?:.*?</\1|.*+)
    |<[a-z][^\s/>]*+(?P<attributes>
        (?:[\s/]++|=\s*+(?:"[^"]*+"?|'[^']*+'?|[^\s>"'][^\s>]*+)?+|[^\s/>=]++)*+)""",
    re.DOTALL | re.IGNORECASE | re.VERBOSE,
)
_ATTRIBUTE = re.compile(rb"""[^\s/>=]++(?:\s*+=\s*+(?:"[^"]*+"?|'[^']*+'?|[^\s>]*+))?+""")


def parse_html(text: str) -> etree._Element:
    """Parse a page as leniently as a browser; comments are left out.

    The parser's own small limits are off, because it drops what lies beyond them without a word
    (text nodes over 10 MB, everything below 256 levels). What lies beyond its last limit, 2,048
    levels, is refused here instead of being lost.

    Raises:
        InputError: nothing is in it, or it is nested too deep, or a tag has too many attributes.
    """
    body = text.encode("utf-8", "replace")
    _check_attributes(body)
    parser = etree.HTMLParser(
        encoding="utf-8", huge_tree=True, remove_comments=True, remove_pis=True, no_network=True
    )
    try:
        root = etree.fromstring(body, parser)
    except etree.XMLSyntaxError:
        root = None
    if any(entry.type_name == "ERR_RESOURCE_LIMIT" for entry in parser.error_log):
        raise InputError("cannot read the page: its elements are nested too deep")
    if root is None:
        raise InputError("nothing to read in the page")
    return root


def _check_attributes(body: bytes) -> None:
    for tag in _TAG.finditer(body):
        attributes = tag["attributes"] or b""
        if len(attributes) < _COUNTED_FROM:
            continue
        if len(_ATTRIBUTE.findall(attributes)) > MAX_ATTRIBUTES:
            raise InputError(f"cannot read the page: a tag has over {MAX_ATTRIBUTES} attributes")


def classes(element: etree._Element) -> list[str]:
    """Return an element's class names, in lower case."""
    return (element.get("class") or "").lower().split()


class Step(Enum):
    """What a walk over a tree meets."""

    OPEN = 1
    TEXT = 2
    CLOSE = 3


def walk(
    root: etree._Element, is_skipped: Callable[[etree._Element], bool]
) -> Iterator[tuple[Step, etree._Element, str]]:
    """Walk a tree in document order, without recursion, past the elements that are skipped.

    Yields (OPEN, element, ""), (TEXT, the element it stands in, text), (CLOSE, element, ""). A
    skipped element is opened and closed, and nothing inside it is met.
    """
    walker = etree.iterwalk(root, events=("start", "end"))
    for event, element in walker:
        if event == "start":
            yield Step.OPEN, element, ""
            if element.tag in SILENT or is_skipped(element):
                walker.skip_subtree()
            elif element.text:
                yield Step.TEXT, element, element.text
            continue
        yield Step.CLOSE, element, ""
        parent = element.getparent()
        if element is not root and element.tail and parent is not None:
            yield Step.TEXT, parent, element.tail
