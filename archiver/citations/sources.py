"""What a citation template says of its source (``{{cite web|url=…}}``), in several languages.

Source: Wikipedia's Template:Cite web, Template:Cite tweet, Modèle:Lien web, Vorlage:Internetquelle,
Plantilla:Cita web, Predefinição:Citar web and their redirects; as known in November 2026.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date

from archiver.citations.dates import date_at
from archiver.citations.draft import Note
from archiver.citations.metadata import joined

_URL = (
    "url", "chapter-url", "lire en ligne", "ссылка", "посилання", "نشانی", "پیوند", "مسار", "כתובת",
    "link", "online", "1",
)  # fmt: skip
_COPY = (
    "archive-url", "archiveurl", "archiv-url", "urlarchivo", "archivo-url", "archivourl",
    "arquivourl", "urlarchivio", "archiefurl", "archivedate-url", "arkiv-url", "arkivurl",
    "مسار أرشيف", "مسار الأرشيف", "پیوند بایگانی", "نشانی بایگانی",
)  # fmt: skip
_TITLE = (
    "title", "titre", "titel", "título", "titulo", "titolo", "tittel", "заглавие", "название",
    "عنوان", "כותרת", "назва", "title-link", "2",
)  # fmt: skip
_QUOTE = ("quote", "citation", "extrait", "zitat", "cita", "citação", "citazione", "цитата")
_DATE = ("date", "datum", "fecha", "data", "дата", "dato", "تاريخ", "تاریخ", "תאריך")
_AUTHOR = ("author", "author1", "auteur", "autor", "autore", "автор")
_COPY_BY_DATE = ("url", "1")
_TWEETS = frozenset({"cite tweet", "tweet", "cite x", "cite post", "cita tweet", "citar tweet"})
# Templates that name a post by its ID: the parameters that may hold it, its form, and its address.
_POSTS = {
    "youtube": (("id", "1"), re.compile(r"[\w-]{11}\Z", re.ASCII),
                "https://www.youtube.com/watch?v={}"),
    "cite instagram": (("postid",), re.compile(r"[\w-]{5,40}\Z", re.ASCII),
                       "https://www.instagram.com/p/{}/"),
}  # fmt: skip
_DIGITS = re.compile(r"\d{1,20}\Z", re.ASCII)
_HANDLE = re.compile(r"@?(\w{1,20})\Z", re.ASCII)
_DOI = re.compile(r"10\.\d{4,9}/[^\s<>\"]{1,200}\Z")

Source = tuple[str, Note]


def named_source(name: str, fields: Mapping[str, str]) -> Source | None:
    """Return the address and the note of a citation template, or None when it names no address.

    ``name`` is the template's, in small letters; ``fields`` its parameters as text.
    """
    if name in _TWEETS:
        return _tweet(fields)
    if name in _POSTS:
        return _post(name, fields)
    if name.startswith("webarchive") or name == "wayback":
        return _copied(fields)
    copy = _address(fields, _COPY)
    address = _address(fields, _URL) or _doi(fields) or copy
    if address is None:
        return None
    return address, Note(
        words=_said(fields, _TITLE),
        quote=_said(fields, _QUOTE),
        author=_author(fields),
        posted_on=_day(_said(fields, _DATE)),
        copy=copy,
    )


def _tweet(fields: Mapping[str, str]) -> Source | None:
    number = _said(fields, ("number", "id", "número"))
    handle = _HANDLE.match(_said(fields, ("user", "username", "usuario", "1")))
    if not _DIGITS.match(number):
        return None
    words = _said(fields, ("title", "text", "título"))
    note = Note(
        words=words,
        quote=_said(fields, _QUOTE),
        author=_said(fields, ("name",)) or _author(fields),
        handle=handle[1] if handle else None,
        posted_on=_day(_said(fields, _DATE)),
        copy=_address(fields, _COPY),
        is_post=True,
    )
    return f"https://x.com/{handle[1] if handle else 'i'}/status/{number}", note


def _post(name: str, fields: Mapping[str, str]) -> Source | None:
    names, form, address = _POSTS[name]
    number = _said(fields, names)
    if not form.match(number):
        return None
    # The title of a video or of a caption is no word of the post's own.
    return address.format(number), Note(
        words=_said(fields, (*_TITLE, "text")),
        author=_author(fields) or _said(fields, ("user",)) or None,
        posted_on=_day(_said(fields, _DATE)),
        copy=_address(fields, _COPY),
    )


def _copied(fields: Mapping[str, str]) -> Source | None:
    address = _address(fields, _COPY_BY_DATE)
    return (address, Note(words=_said(fields, ("title",)), copy=address)) if address else None


def _address(fields: Mapping[str, str], names: tuple[str, ...]) -> str | None:
    return next(filter(None, (joined(None, fields.get(name, "")) for name in names)), None)


def _doi(fields: Mapping[str, str]) -> str | None:
    found = _DOI.match(fields.get("doi", ""))
    return joined(None, f"https://doi.org/{found[0]}") if found else None


def _said(fields: Mapping[str, str], names: tuple[str, ...]) -> str:
    return next(filter(None, (fields.get(name, "") for name in names)), "")


def _author(fields: Mapping[str, str]) -> str | None:
    last, first = (
        _said(fields, names) for names in (("last", "last1", "nom"), ("first", "first1"))
    )
    return _said(fields, _AUTHOR) or " ".join(filter(None, (first, last))) or None


def _day(written: str) -> date | None:
    printed = date_at(written, 0)
    return printed.day if printed else None
