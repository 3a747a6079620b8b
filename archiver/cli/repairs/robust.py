"""Robust links: a link that carries the address and the date of an archived copy.

Source: robustlinks.mementoweb.org/spec (revision of June 2020, read 2026-11): ``href`` is what a
reader is sent to, ``data-originalurl`` the resource, ``data-versionurl`` its copy,
``data-versiondate`` the day of the copy.
"""

from __future__ import annotations

from archiver.cli.repairs.mend import Mend
from archiver.cli.reports import wording
from archiver.cli.reports.markup import text


def attributes(mend: Mend) -> dict[str, str]:
    """Return the attributes of a robust link to what a citation cites.

    ``href`` is the copy where the original no longer shows what was relied on, else the original.
    Only http(s) addresses ever become one.
    """
    found: dict[str, str] = {}
    copy = mend.copy_url if _is_web(mend.copy_url) else None
    target = copy if copy is not None and mend.is_broken else mend.original
    if _is_web(target):
        found["href"] = target
    if _is_web(mend.original):
        found["data-originalurl"] = mend.original
    if copy is not None:
        found["data-versionurl"] = copy
    if mend.copy_at is not None:
        found["data-versiondate"] = f"{mend.copy_at:%Y-%m-%d}"
    return found


def link(mend: Mend, words: str) -> str:
    """Return the whole link as HTML."""
    pairs = "".join(f' {name}="{text(value)}"' for name, value in attributes(mend).items())
    return f'<a{pairs} dir="auto">{text(words)}</a>'


def title(mend: Mend) -> str:
    """Say to a reader why a link leads to a copy."""
    when = f"archived on {wording.day(mend.copy_at)}" if mend.copy_at is not None else "archived"
    return f"{wording.headline(mend.entry)}; {when}"


def _is_web(address: str | None) -> bool:
    return address is not None and address.lower().startswith(("http://", "https://"))
