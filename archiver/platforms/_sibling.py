"""The made-up address beside a cited one: same directory, a name that nobody ever gave a page."""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import SplitResult, urlsplit

# A name that belongs to a program, not to a page: which page is meant stands in the query, and what
# the program says of an unknown page cannot be learnt from a program that does not exist.
_PROGRAM = re.compile(
    r"(?:index|default)\.[a-z0-9]{1,5}|[^/]*\.(?:php\d?|phtml|aspx?|jspx?|cgi|pl|do|cfm|exe|dll)",
    re.I,
)
_ENDING = re.compile(r"\.[A-Za-z0-9]{1,5}\Z")


@dataclass(frozen=True, slots=True)
class Place:
    """Where an address lies: ``host`` with its port, ``directory`` from slash to slash."""

    host: str
    directory: str


def place_of(url: str) -> Place | None:
    """Return the host and directory of an address that has a sibling, or None when it has none.

    A host's root has none, nor has an address that names its page in the query alone.
    """
    parts = _parts(url)
    if parts is None:
        return None
    directory, _, _ = parts.path.rstrip("/").rpartition("/")
    return Place(parts.netloc.lower(), f"{directory}/")


def sibling_of(url: str, letters: str) -> str | None:
    """Return the address with ``letters`` in place of its last segment, or None when it has none.

    An ending such as ``.html`` and a final slash stay, the query does not.
    """
    parts = _parts(url)
    if parts is None:
        return None
    path = parts.path.rstrip("/")
    directory, _, name = path.rpartition("/")
    ending = _ENDING.search(name)
    slash = parts.path[len(path) : len(path) + 1]
    made_up = f"{letters}{ending[0] if ending else ''}{slash}"
    return f"{parts.scheme}://{parts.netloc}{directory}/{made_up}"


def _parts(url: str) -> SplitResult | None:
    try:
        parts = urlsplit(url)
    except ValueError:
        return None
    name = parts.path.rstrip("/").rpartition("/")[2]
    if not parts.netloc or not name:
        return None
    return None if parts.query and _PROGRAM.fullmatch(name) else parts
