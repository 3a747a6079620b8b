"""What a page says, as text: the same extractor for every page, every time.

Nothing here decides what the text means. Input is bounded, and no document, however deep or
broken, makes it fail: what cannot be read is an empty text.
"""

from __future__ import annotations

import codecs
import copy
import re
from html import unescape

import lxml.html
from lxml import etree

from archiver.model.inquiry import PageText
from archiver.platforms._metadata import Metadata, read_metadata

MAX_BYTES = 5 * 2**20  # of HTML that are read; the largest of 1,032 saved articles has 3.1 MB
MAX_MAIN_CHARS = 2**20  # of HTML given to the main-text extractor: 1 MB of links takes it 3 s

BLOCKS = frozenset(
    {
        "address", "article", "aside", "blockquote", "body", "br", "button", "caption", "center",
        "dd", "details", "dialog", "div", "dl", "dt", "fieldset", "figcaption", "figure", "footer",
        "form", "h1", "h2", "h3", "h4", "h5", "h6", "header", "hr", "legend", "li", "main", "menu",
        "nav", "ol", "option", "p", "pre", "section", "select", "summary", "table", "tbody", "td",
        "tfoot", "th", "thead", "tr", "ul",
    }
)  # fmt: skip
# Not drawn by a browser that runs scripts, or drawn from something else than their text.
_SILENT = frozenset(
    {
        "audio", "canvas", "datalist", "embed", "head", "iframe", "math", "noembed", "noframes",
        "noscript", "object", "script", "style", "svg", "template", "textarea", "title", "video",
    }
)  # fmt: skip
_HIDDEN_STYLE = re.compile(
    r"(?:^|;)\s*(?:display\s*:\s*none|visibility\s*:\s*hidden)\s*(?:[;!]|$)", re.I
)
_CHARSET = re.compile(rb"""<meta[^>]{0,512}?charset\s*=\s*["']?\s*([\w.:-]{1,40})""", re.I)
_PARAMETER = re.compile(r"""charset\s*=\s*["']?\s*([\w.:-]{1,40})""", re.I)
_META_BYTES = 4096  # where the declaration is looked for; the standard says the first 1,024
_BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
# What browsers read under these labels. Source: WHATWG Encoding, 4.2 (names and labels), 2026-11.
_BROWSER_READS = {
    "ascii": "cp1252",
    "iso8859-1": "cp1252",
    "iso8859-9": "cp1254",
    "iso8859-11": "cp874",
    "tis-620": "cp874",
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "euc_kr": "cp949",
    "shift_jis": "cp932",
    "utf-16": "utf-16-le",
}
_TAG = re.compile(r"<[^>]*>")
_UNSEEN = re.compile(
    r"<(script|style|template|noscript)\b.*?(?:</\1\s*>|\Z)|<!--.*?-->", re.I | re.S
)
_SPACES = re.compile(r"\s+")
_LONE = re.compile("[\x00\ud800-\udfff]")


# The mark of a footnote: raised, in a link within the page, and nothing but a number or a letter.
_RAISED = re.compile(
    r"<sup\b[^>]{0,400}>([^<]{0,40}(?:<(?!/?sup\b)[^<]{0,400}){1,12})</sup\s*>", re.I
)
_WITHIN = re.compile(r"\bhref\s*=\s*[\"']?[^\"'\s>#]{0,200}#", re.I)
_MARK = re.compile(r"[\[(]?\s*(?:\d{1,3}|[a-z*†‡§])\s*[\])]?", re.I)


def without_footnote_marks(html: str) -> str:
    """Return HTML without the marks of footnotes: they are renumbered with every new one.

    They are none of the words of the sentence behind which they stand. A power (10<sup>6</sup>) is
    no mark, for it leads nowhere.
    """
    return _RAISED.sub(lambda raised: "" if _is_mark(raised[1]) else raised[0], html)


def _is_mark(inner: str) -> bool:
    words = unescape(_TAG.sub("", inner)).strip()
    return _WITHIN.search(inner) is not None and _MARK.fullmatch(words) is not None


# What a box of advertisements is called: whole words of its class or ID, the same for years.
_ADVERTS = frozenset(
    {"ad", "ads", "advert", "adverts", "advertisement", "advertising", "sponsored", "adsbygoogle"}
    | {f"ad-{part}" for part in ("slot", "container", "wrapper", "unit", "box", "banner")}
)
_MAY_ADVERTISE = re.compile(
    r"=\s?[\"']?[^\"'<>=]{0,100}\b(?:ads?|advert\w{0,12}|sponsored)\b", re.I
)
_MOST_ADVERTS = 0.25  # of a page's characters; where more is called so, it is the page
_BOXES = ("div", "aside", "section", "ins", "figure", "p", "li")


def without_adverts(tree: lxml.html.HtmlElement) -> lxml.html.HtmlElement:
    """Return a document without boxes that are called advertisements; the same where it has none.

    They are another one at every look, amid the text. A box with a heading of the page, or most of
    its words, is none whatever it is called.
    """
    found = [
        number
        for number, box in enumerate(tree.iter(*_BOXES))
        if not _ADVERTS.isdisjoint(_names(box))
    ]
    if not found:
        return tree
    bare = copy.deepcopy(tree)
    boxes = list(bare.iter(*_BOXES))
    adverts = [
        box for box in (boxes[number] for number in found) if next(box.iter("h1"), None) is None
    ]
    size = sum(len(box.text_content()) for box in adverts)
    if size > _MOST_ADVERTS * len(bare.text_content()):
        return tree
    for box in adverts:
        if box.getparent() is not None:
            box.drop_tree()
    return bare


def _names(element: lxml.html.HtmlElement) -> set[str]:
    return set(f"{element.get('class') or ''} {element.get('id') or ''}".lower().split())


def page_text(
    html: bytes,
    url: str,
    content_type: str | None = None,
    *,
    rendered: bool = False,
    main: bool = True,
) -> PageText:
    """Return title, visible text and main text of an HTML document.

    ``content_type`` is the whole header. A rendered DOM is UTF-8 whatever it declares: our own
    browser wrote it. At most :data:`MAX_BYTES` are read; the main text is left out of a document
    above :data:`MAX_MAIN_CHARS`, and where ``main`` is false.
    """
    html = html[:MAX_BYTES]
    text = decoded(html, None if rendered else content_type, is_utf8=rendered)
    text = without_footnote_marks(text)
    tree = tree_of(text)
    meta = read_metadata(tree) if main and tree is not None else Metadata()
    return text_of(text, tree, url, rendered=rendered, main=main, meta=meta)


def text_of(
    text: str,
    tree: lxml.html.HtmlElement | None,
    url: str,
    *,
    rendered: bool,
    main: bool,
    meta: Metadata,
) -> PageText:
    """Return what :func:`page_text` does, of a document that is decoded and parsed already."""
    if tree is None:
        return PageText(None, _stripped(text), None, None, rendered)
    shown = without_adverts(tree) if _MAY_ADVERTISE.search(text) else tree
    if shown is not tree:
        text = lxml.html.tostring(shown, encoding="unicode")
    extracted, extractor = _main(text, url) if main else (None, "")
    return PageText(
        title=_title(tree),
        visible=_visible(shown),
        main=extracted,
        language=tree.get("lang") or tree.get("xml:lang"),
        rendered=rendered,
        extractor=extractor,
        published_at=meta.published_at,
        is_news=meta.is_news,
    )


def plain_text(body: bytes, content_type: str | None) -> PageText:
    """Return a text document as a page; it has no markup to take away."""
    text = decoded(body[:MAX_BYTES], content_type)
    return PageText(None, clean("\n".join(text.splitlines())).strip(), None, None)


def decoded(body: bytes, content_type: str | None, *, is_utf8: bool = False) -> str:
    """Return the text of bytes: by byte order mark, header, declaration, else UTF-8 or 1252."""
    for mark, name in _BOMS:
        if body.startswith(mark):
            return body[len(mark) :].decode(name, "replace")
    label = "utf-8" if is_utf8 else _declared(body, content_type)
    if label is not None:
        return body.decode(label, "replace")
    try:
        return body.decode("utf-8")
    except UnicodeDecodeError as error:
        # A document cut off in the middle of a character is still UTF-8, if others proved it.
        is_cut = error.end == len(body) and not body[: error.start].isascii()
        return body.decode("utf-8" if is_cut else "cp1252", "replace")


def clean(text: str) -> str:
    """Return text that every store can keep: no NUL and no lone surrogate."""
    return _LONE.sub("\N{REPLACEMENT CHARACTER}", text)


def _declared(body: bytes, content_type: str | None) -> str | None:
    header = _PARAMETER.search(content_type or "")
    meta = _CHARSET.search(body[:_META_BYTES])
    for label in (header and header[1], meta and meta[1].decode("ascii", "replace")):
        name = _codec(label) if label else None
        if name is not None:
            # A document that could be read for its own declaration is not UTF-16.
            return "utf-8" if name.startswith("utf-16") and meta else name
    return None


def _codec(label: str) -> str | None:
    try:
        info = codecs.lookup(label)
    except (LookupError, UnicodeError, ValueError):
        return None
    if not getattr(info, "_is_text_encoding", True):
        return None
    return _BROWSER_READS.get(info.name, info.name)


def tree_of(text: str) -> lxml.html.HtmlElement | None:
    """Parse, or return None when there is nothing, or libxml2 gave up on the nesting."""
    parser = lxml.html.HTMLParser(huge_tree=True, encoding="utf-8", remove_comments=True)
    try:
        tree = lxml.html.document_fromstring(
            clean(text).encode("utf-8"), parser=parser, ensure_head_body=False
        )
    except (etree.ParserError, ValueError):
        return None
    if any(entry.type_name == "ERR_RESOURCE_LIMIT" for entry in parser.error_log):
        return None
    return tree


def _title(tree: lxml.html.HtmlElement) -> str | None:
    title = next(tree.iter("title"), None)
    return (" ".join(title.text_content().split()) or None) if title is not None else None


def _visible(tree: lxml.html.HtmlElement) -> str:
    pieces: list[str] = []
    hidden_in: lxml.html.HtmlElement | None = None
    for event, element in etree.iterwalk(tree, events=("start", "end")):
        tag = element.tag
        if event == "start":
            if hidden_in is None and is_hidden(element):
                hidden_in = element
            if hidden_in is None:
                pieces += ("\n" if tag in BLOCKS else "", _inline(element.text))
            continue
        if hidden_in is element:
            hidden_in = None
        if hidden_in is None:
            pieces += (
                "\n" if tag in BLOCKS else "",
                _inline(element.tail),
            )
    return _lines("".join(pieces))


def _inline(text: str | None) -> str:
    """Return text in which a line break of the source is a space, as it is on the screen."""
    return _SPACES.sub(" ", text) if text else ""


def is_hidden(element: lxml.html.HtmlElement) -> bool:
    """Tell whether an element hides itself and all that is in it, as far as its markup says."""
    # A processing instruction or comment has a function for a tag.
    if not isinstance(element.tag, str) or element.tag in _SILENT:
        return True
    if element.get("hidden") is not None or element.get("type") == "hidden":
        return True
    return bool(_HIDDEN_STYLE.search(element.get("style") or ""))


def _stripped(text: str) -> str:
    return _lines(unescape(_TAG.sub("\n", _UNSEEN.sub("\n", clean(text)))))


def _lines(text: str) -> str:
    lines = (" ".join(line.split()) for line in text.split("\n"))
    return "\n".join(line for line in lines if line)


def _main(text: str, url: str) -> tuple[str | None, str]:
    """Return the main text, None for none, and the name of what took it out."""
    # Loaded at the first page: it takes a third of a second, and most commands read none.
    import trafilatura  # noqa: PLC0415

    extractor = extractor_name()
    if len(text) > MAX_MAIN_CHARS:
        return None, extractor
    main = trafilatura.extract(clean(text), url=url, include_comments=False, with_metadata=False)
    return (_lines(main) or None if main else None), extractor


_REVISION = 3  # of how we call the extractor and tidy what it gives; raised when either changes


def extractor_name() -> str:
    """Return the name of what takes main texts out of pages now, with its version."""
    import trafilatura  # noqa: PLC0415 - as above

    return f"trafilatura {trafilatura.__version__}/{_REVISION}"
