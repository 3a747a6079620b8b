"""MediaWiki text to a draft: the words a reader sees, and the sources its footnotes name.

Templates, tables, files and comments show no words here. What their footnotes cite is kept, and
stands where they stood; what navigation boxes hold is no citation.

Source: Help:Cite (MediaWiki), Help:Wikitext (Wikipedia); as known in November 2026.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import replace

import mwparserfromhell
from mwparserfromhell.nodes import (
    Comment,
    ExternalLink,
    Heading,
    HTMLEntity,
    Node,
    Tag,
    Template,
    Text,
    Wikilink,
)
from mwparserfromhell.parser import ParserError
from mwparserfromhell.wikicode import Wikicode

from archiver.citations.addresses import printed_addresses
from archiver.citations.draft import Draft, MarkKind, Note
from archiver.citations.links import may_cite
from archiver.citations.metadata import joined
from archiver.citations.prose import Prose
from archiver.citations.sources import Source, named_source
from archiver.errors import InputError
from archiver.model.article import ArticleText

MAX_CHARS = 2_100_000  # MediaWiki's own limit is 2 MiB a page

_SIGNS = (
    re.compile(r"<ref[\s/>]|\{\{\s*(?:cite|citation|cita|infobox|reflist)\b", re.IGNORECASE),
    re.compile(r"\[\[[^\[\]\n|]{1,200}(?:\|[^\[\]\n]{0,200})?\]\]"),
    re.compile(r"^(={2,6})[^=\n]{1,200}\1\s*$|'''[^'\n]{1,200}'''", re.MULTILINE),
)
_MANY_SIGNS = 2
_SNIFFED_CHARS = 100_000

# Namespaces whose links show no words, in the languages with the most articles.
_SHOWN_ELSEWHERE = re.compile(
    r"\s*(?:File|Image|Category|Datei|Bild|Kategorie|Fichier|Catégorie|Archivo|Imagen|Categoría"
    r"|Ficheiro|Imagem|Categoria|Immagine|Bestand|Afbeelding|Categorie|Plik|Grafika|Kategoria"
    r"|Файл|Изображение|Категория|Категорія|ファイル|画像|分类|文件|ملف|صورة|تصنيف|פרטוט|קובץ|קטגוריה)"
    r"\s*:",
    re.IGNORECASE,
)
_RELATED = frozenset(
    {
        "external links", "see also", "further reading", "weblinks", "siehe auch", "literatur",
        "liens externes", "voir aussi", "enlaces externos", "véase también", "ligações externas",
        "ver também", "collegamenti esterni", "voci correlate", "externe links", "zie ook",
        "ссылки", "см. также", "linki zewnętrzne", "zobacz też", "外部リンク", "関連項目",
        "外部链接", "外部連結", "参见", "參見", "وصلات خارجية", "انظر أيضا", "קישורים חיצוניים",
        "ראו גם",
    }
)  # fmt: skip
_NAVIGATION = re.compile(
    r"nav(?:box|bar)?\b|navigation|sidebar|navleiste|portal|palette|succession"
)
_QUOTES = frozenset({"quote", "blockquote", "cquote", "quotation", "quote box", "rquote", "zitat"})
_PLAIN = frozenset({"nowrap", "small", "em", "abbr", "nobr", "lang", "transl", "visible anchor"})
_NOTES = frozenset({"refn", "efn", "efn-ua", "efn-lr", "notetag", "#tag:ref"})
_NAMED_AGAIN = frozenset({"r", "ref name", "rn"})
_HIDDEN_TAGS = frozenset(
    {
        "gallery", "math", "timeline", "score", "templatestyles", "table", "chem", "imagemap",
        "references", "indicator", "graph", "mapframe", "maplink", "style", "script",
    }
)  # fmt: skip
_LITERAL = frozenset({"nowiki", "pre", "syntaxhighlight", "source", "code"})
_PIPE = "{{!}}"  # writes a bar where a bar would end the parameter
_BREAK = re.compile(r"<br\s{0,5}/?>", re.IGNORECASE)
_SWITCH = re.compile(r"__[A-Z]{3,30}__")
_GAP = re.compile(r"(\n[ \t]*\n\s*|\n)")
# What opens and what closes; the parser looks for the end of each that has none through all the
# text behind it, and of those inside it again.
_BRACKET = re.compile(
    r"\{\{|\}\}|\[\[|\]\]|\{\||\|\}(?!\})|\[(?=http|//)|\]|<!--|-->"
    r"|<(?P<close>/?)(?P<tag>[a-z]{1,20})(?P<rest>[^<>]{0,2000})(?P<end>/?>|)",
    re.IGNORECASE,
)
_CLOSED_BY = {"}}": "{{", "]]": "[[", "|}": "{|", "]": "[", "-->": "<!--"}
_NEVER_CLOSED = frozenset({"br", "hr", "wbr", "img", "li", "dd", "dt", "td", "th", "tr", "p"})
MAX_OPEN = 40  # doubles the time of reading; a page of a wiki has a handful
_FEW_LEVELS = 30  # of templates in templates


def is_wikitext(text: str) -> bool:
    """Tell whether a text is plainly MediaWiki's: two of footnotes, links, headings in its form."""
    text = text[:_SNIFFED_CHARS]
    return sum(sign.search(text) is not None for sign in _SIGNS) >= _MANY_SIGNS


def read_wikitext(text: str, url: str | None) -> Draft:
    """Read MediaWiki text; every use of a footnote cites the sources that it names.

    Raises:
        InputError: there are no words in it, or it is longer than any page of a wiki.
    """
    if len(text) > MAX_CHARS:
        raise InputError(f"the text has more than {MAX_CHARS:,} characters: no wiki holds that")
    if _unclosed(text) > MAX_OPEN:
        raise InputError("cannot read the wiki text: too many brackets and tags in it do not end")
    try:
        # A break parts words also where its tag is taken out: in titles and the like.
        spaced = _BREAK.sub(r"\g<0> ", text)
        code = mwparserfromhell.parse(spaced, skip_style_tags=False)
    except (ParserError, RecursionError):
        raise InputError("cannot read the wiki text: it is nested too deep") from None
    reader = _Reader(code, url)
    reader.read(code)
    words, marks = reader.prose.finished()
    if not words and not marks:
        raise InputError("nothing to read in the wiki text: it shows no words")
    return Draft(ArticleText(reader.title, url, None, words), marks)


def _unclosed(text: str) -> int:
    """Count what opens in a text and does not end."""
    waiting: Counter[str] = Counter()
    broken = 0
    for found in _BRACKET.finditer(text):
        mark, tag = found[0], (found["tag"] or "").lower()
        if tag:
            is_whole = found["end"] == ">" and not found["rest"].endswith("/")
            broken += not found["end"]
            opens = is_whole and not found["close"] and tag not in _NEVER_CLOSED
            closed = tag if found["close"] else None
            waiting[tag] += opens
        else:
            closed = _CLOSED_BY.get(mark)
            waiting[mark] += closed is None
        if closed and waiting[closed]:
            waiting[closed] -= 1
    return broken + sum(waiting.values())


class _Reader:
    """Walks the nodes of a page; ``prose`` grows by what they show."""

    def __init__(self, code: Wikicode, url: str | None) -> None:
        self.prose = Prose()
        self.title: str | None = None
        self._url = url
        self._is_item = False
        self._is_related = False
        self._defined = dict(_defined(code))
        self._cited: dict[int, list[Source]] = {}
        self._used = {_ref_key(tag) for tag in _refs(code) if not _has_contents(tag)}

    def read(self, code: Wikicode | None) -> None:
        """Put what nodes show."""
        for node in code.nodes if code is not None else ():
            self._read_node(node)

    def _read_node(self, node: Node) -> None:
        match node:
            case Text():
                self._read_text(str(node.value))
            case HTMLEntity():
                self.prose.put(str(node.normalize()))
            case Heading():
                self._read_heading(node)
            case Wikilink():
                self._read_wikilink(node)
            case ExternalLink():
                self._read_link(node)
            case Template():
                self._read_template(node)
            case Tag():
                self._read_tag(node)
            case _:
                pass  # a comment, or a parameter that nobody filled

    def _read_text(self, text: str) -> None:
        for part in _GAP.split(_SWITCH.sub("", text)):
            if not part.startswith("\n"):
                self.prose.put(part)
            elif self._is_item or part.count("\n") > 1:
                self._is_item = False
                self.prose.end_paragraph()
            else:
                self.prose.put(" ")

    def _read_heading(self, heading: Heading) -> None:
        shown = " ".join(heading.title.strip_code().split())
        if heading.level <= 2:
            self._is_related = shown.casefold() in _RELATED
        self.prose.end_paragraph()
        with self.prose.span(MarkKind.HEADING, level=heading.level):
            self.read(heading.title)
        self.prose.end_paragraph()

    def _read_wikilink(self, link: Wikilink) -> None:
        if _SHOWN_ELSEWHERE.match(str(link.title)):
            self._cite_all(link.text)
        else:
            self.read(link.text if link.text is not None else link.title)

    def _read_link(self, link: ExternalLink) -> None:
        address = self._citable(str(link.url))
        if address is None:
            self.read(link.title if link.brackets else link.url)
        elif self._is_related:
            with self.prose.span(MarkKind.NOTE, address, note=_titled(link, is_related=True)):
                self._put_label(link)
        else:
            with self.prose.span(MarkKind.LINK, address):
                self._put_label(link)

    def _put_label(self, link: ExternalLink) -> None:
        if link.brackets:
            self.read(link.title)
        else:
            self.prose.put(str(link.url))

    def _read_template(self, template: Template) -> None:
        name = _name(template)
        fields = _fields(template)
        if name in _QUOTES:
            self._read_quote(template)
        elif name in _PLAIN:
            self.read(_last_unnamed(template))
        elif name.startswith("displaytitle:"):
            self.title = str(template.name).partition(":")[2].strip() or None
        elif name in _NOTES or name in _NAMED_AGAIN or _NAVIGATION.search(name):
            self._cite_inside_template(template, name)
        elif (source := named_source(name, fields)) and not name.startswith("infobox"):
            self._put_source(source)
        else:
            self._cite_inside_template(template, name)

    def _read_quote(self, template: Template) -> None:
        self.prose.end_paragraph()
        with self.prose.span(MarkKind.QUOTE):
            held = (name for name in ("text", "quote", "1") if template.has(name))
            self.read(next((template.get(name).value for name in held), None))
        self.prose.end_paragraph()

    def _put_source(self, source: Source) -> None:
        """Put a source of a list that is no footnote: its title is text, and cites."""
        address = self._citable(source[0])
        if address is None:
            return
        note = replace(source[1], is_related=self._is_related and not source[1].is_post)
        with self.prose.span(MarkKind.NOTE, address, note=note):
            self.prose.put(note.words)

    def _read_tag(self, tag: Tag) -> None:
        name = str(tag.tag).strip().lower()
        if name == "ref":
            self._cite_ref(tag)
        elif name in ("table", "gallery"):
            self._cite_all(tag.contents)
        elif name in _HIDDEN_TAGS:
            self._cite_inside(tag.contents, is_list=name == "references")
        elif name in _LITERAL:
            with self.prose.span(MarkKind.QUOTE if name == "nowiki" else MarkKind.CODE):
                self.prose.put_lines(str(tag.contents))
        elif tag.wiki_markup in ("*", "#", ":", ";"):
            self.prose.end_paragraph()
            self._is_item = True
        else:
            self._read_element(tag, name)

    def _read_element(self, tag: Tag, name: str) -> None:
        is_block = name in ("blockquote", "p", "div", "center", "poem", "hr", "li", "ul", "ol")
        if is_block:
            self.prose.end_paragraph()
        elif name == "br":
            self.prose.end_line()
        if name == "blockquote":
            with self.prose.span(MarkKind.QUOTE):
                self.read(tag.contents)
        elif not tag.self_closing:
            self.read(tag.contents)
        if is_block:
            self.prose.end_paragraph()

    def _cite_ref(self, tag: Tag) -> None:
        contents = tag.contents if _has_contents(tag) else self._defined.get(_ref_key(tag))
        self._cite_note(contents)

    def _cite_note(self, contents: Wikicode | None) -> None:
        """Mark here every source that a footnote names."""
        # A note is read once, however often its number stands in the text.
        key = id(contents)
        if key not in self._cited:
            self._cited[key] = list(self._citable_sources(contents))
        for address, note in self._cited[key]:
            self.prose.note(address, note)

    def _citable_sources(self, contents: Wikicode | None) -> Iterator[Source]:
        for address, note in _with_copies(_sources(contents)):
            citable = self._citable(address)
            if citable:
                yield citable, note

    def _cite_inside_template(self, template: Template, name: str) -> None:
        if _NAVIGATION.search(name):
            return
        if name in _NAMED_AGAIN:
            for parameter in template.params:
                self._cite_note(self._defined.get(("", str(parameter.value).strip())))
        elif name in _NOTES:
            self._cite_note(_last_unnamed(template))
        else:
            for parameter in template.params:
                self._cite_inside(parameter.value)

    def _cite_inside(self, code: Wikicode | None, *, is_list: bool = False) -> None:
        """Mark here what the footnotes in nodes without words name.

        In a list of footnotes these are the ones that no number points to.
        """
        for tag in _refs(code) if code is not None else ():
            if not is_list or _ref_key(tag) not in self._used:
                self._cite_ref(tag)

    def _cite_all(self, code: Wikicode | None) -> None:
        """Mark here what nodes without words name: in footnotes, links and citation templates."""
        for node in code.nodes if code is not None else ():
            match node:
                case ExternalLink():
                    self._cite_source(str(node.url), _titled(node))
                case Wikilink():
                    self._cite_all(node.text)
                case Template():
                    self._cite_template(node)
                case Tag() if str(node.tag).strip().lower() == "ref":
                    self._cite_ref(node)
                case Tag():
                    self._cite_all(node.contents)
                case _:
                    pass

    def _cite_template(self, template: Template) -> None:
        name = _name(template)
        is_plain = not (name in _NOTES or name in _NAMED_AGAIN or name.startswith("infobox"))
        source = named_source(name, _fields(template)) if is_plain else None
        if source and not _NAVIGATION.search(name):
            self._cite_source(*source)
        else:
            self._cite_inside_template(template, name)

    def _cite_source(self, written: str, note: Note) -> None:
        address = self._citable(written)
        if address:
            self.prose.note(address, note)

    def _citable(self, written: str) -> str | None:
        address = joined(self._url, written.strip().replace(_PIPE, "|"))
        return address if address and may_cite(address, self._url) else None


def _defined(code: Wikicode) -> Iterator[tuple[tuple[str, str], Wikicode]]:
    """Yield the contents of the named footnotes by group and name; the first of a name wins."""
    for tag in reversed(_refs(code)):
        if _has_contents(tag) and _ref_key(tag)[1]:
            yield _ref_key(tag), tag.contents
            yield ("", _ref_key(tag)[1]), tag.contents


def _refs(code: Wikicode) -> list[Tag]:
    tags = code.filter_tags(matches=lambda node: str(node.tag).strip().lower() == "ref")
    return list(tags)


def _ref_key(tag: Tag) -> tuple[str, str]:
    return _attribute(tag, "group"), _attribute(tag, "name")


def _attribute(tag: Tag, name: str) -> str:
    return str(tag.get(name).value).strip(" \"'") if tag.has(name) else ""


def _has_contents(tag: Tag) -> bool:
    return not tag.self_closing and bool(str(tag.contents or "").strip())


def _sources(contents: Wikicode | None) -> Iterator[Source]:
    """Yield what a footnote names, in order: templates, then links outside of them."""
    for node in contents.nodes if contents is not None else ():
        if isinstance(node, Template):
            yield from _of_template(node, _FEW_LEVELS)
        elif isinstance(node, ExternalLink):
            yield str(node.url), _titled(node)
        elif isinstance(node, Text):
            yield from ((found.address, Note()) for found in printed_addresses(str(node.value)))
        elif isinstance(node, Tag):
            yield from _sources(node.contents)


def _of_template(template: Template, levels: int) -> Iterator[Source]:
    source = named_source(_name(template), _fields(template))
    if source is not None:
        yield source
    elif levels:
        for parameter in template.params:
            for inner in parameter.value.filter_templates(recursive=False):
                yield from _of_template(inner, levels - 1)


def _with_copies(sources: Iterator[Source]) -> Iterator[Source]:
    """Join an archive's template to the source named before it in the same footnote."""
    before: Source | None = None
    for source in sources:
        is_copy = source[1].copy == source[0]
        if before and is_copy and before[1].copy is None:
            before = before[0], replace(before[1], copy=source[0])
            continue
        if before:
            yield before
        before = source
    if before:
        yield before


def _titled(link: ExternalLink, *, is_related: bool = False) -> Note:
    title = link.title.strip_code() if link.title is not None else ""
    return Note(words=" ".join(title.split()), is_related=is_related)


def _name(template: Template) -> str:
    return " ".join(str(template.name).replace("_", " ").split()).lower()


def _fields(template: Template) -> Mapping[str, str]:
    """Return a template's parameters as the words they show, by names in small letters."""
    return {
        str(parameter.name).strip().lower(): _shown(parameter.value)
        for parameter in template.params
    }


def _shown(value: Wikicode) -> str:
    kept = value.filter(recursive=False, matches=lambda node: not isinstance(node, Comment))
    if all(isinstance(node, Text | ExternalLink) for node in kept):
        return "".join(map(str, kept)).strip().replace(_PIPE, "|")
    return " ".join(str(value.strip_code()).split())


def _last_unnamed(template: Template) -> Wikicode | None:
    values = [parameter.value for parameter in template.params if not parameter.showkey]
    return values[-1] if values else None
