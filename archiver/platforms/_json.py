"""Reading JSON of unknown shape: what is missing or of another type is None, never an error."""

from __future__ import annotations

import json
from collections.abc import Mapping

from archiver.platforms._page import clean

Object = Mapping[str, object]
EMPTY: Object = {}


def read_object(body: bytes) -> Object | None:
    """Return a JSON object, or None when the body holds none (however deep or broken it is)."""
    try:
        value = json.loads(body)
    except (ValueError, RecursionError):
        return None
    return value if isinstance(value, dict) else None


def inner(value: Object, name: str) -> Object:
    """Return the object of that name, an empty one when there is none."""
    found = value.get(name)
    return found if isinstance(found, dict) else EMPTY


def objects(value: Object, name: str) -> list[Object]:
    """Return the objects in the list of that name."""
    found = value.get(name)
    return [entry for entry in found if isinstance(entry, dict)] if isinstance(found, list) else []


def text(value: Object, name: str) -> str | None:
    """Return the text of that name, fit for every store."""
    found = value.get(name)
    return clean(found) if isinstance(found, str) else None


def number(value: Object, name: str) -> int | None:
    """Return the whole number of that name, also where it is written as text."""
    found = value.get(name)
    if isinstance(found, str) and found.isascii() and found.isdigit() and len(found) <= 20:
        return int(found)
    return found if isinstance(found, int) and not isinstance(found, bool) else None


def texts(value: Object, name: str) -> list[str]:
    """Return the texts in the list of that name."""
    found = value.get(name)
    return (
        [clean(entry) for entry in found if isinstance(entry, str)]
        if isinstance(found, list)
        else []
    )
