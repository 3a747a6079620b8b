"""Escaped pieces of HTML: nothing captured becomes markup, an address or a direction."""

from __future__ import annotations

import base64
from html import escape

from archiver.cli.output import plain
from archiver.cli.reports.pictures import PIXELS, Picture


def text(value: str) -> str:
    """Return words of ours, or of an attribute: control and bidi characters gone, escaped."""
    return escape(plain(value), quote=True)


def said(value: str, tag: str = "bdi") -> str:
    """Return captured words in an element that takes their direction from them."""
    return f'<{tag} dir="auto">{text(value)}</{tag}>'


def ltr(value: str) -> str:
    """Return an identifier or a digest."""
    return f'<code dir="ltr">{text(value)}</code>'


def address(url: str) -> str:
    """Return a link to http(s) alone; anything else is shown as words."""
    if not url.lower().startswith(("http://", "https://")):
        return ltr(url)
    return f'<a dir="ltr" href="{text(url)}" rel="noopener noreferrer nofollow">{text(url)}</a>'


def image(picture: Picture, alt: str) -> str:
    """Return an inlined picture, or nothing for a type that is more than a picture."""
    if picture.media_type not in PIXELS:
        return ""
    data = base64.b64encode(picture.data).decode("ascii")
    return f'<img alt="{text(alt)}" src="data:{picture.media_type};base64,{data}">'
