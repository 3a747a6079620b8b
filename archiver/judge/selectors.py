"""Selectors of quoted words, made from the copy the article relied on.

As a W3C TextQuoteSelector, and as an address at which a browser shows the words
(``#:~:text=[prefix-,]start[,end][,-suffix]``).
Source: W3C Web Annotation Data Model, 4.2.4; WICG "URL Fragment Text Directives", 2023; the lengths
are those of the text-fragments polyfill and of Hypothesis (300, 20 and 32 characters), 2026-11.
"""

from __future__ import annotations

from urllib.parse import quote

from archiver.judge._placing import Spot, spot_of
from archiver.model.selector import TextQuote

CONTEXT = 32  # characters on either side
MAX_EXACT = 300  # characters that an address holds whole
NEEDS_CONTEXT = 20  # characters; fewer stand in many places
_EDGE = 4  # words at the ends of what is too long to be held whole


def selector_of(words: str, text: str) -> TextQuote | None:
    """Return the selector of words in a text where they stand, or None where they do not."""
    spot = spot_of(words, text)
    return selector_at(spot) if spot is not None else None


def selector_at(spot: Spot) -> TextQuote:
    """Return the selector of a place in a text."""
    return TextQuote(
        exact=spot.text[spot.start : spot.end],
        prefix=spot.text[max(0, spot.start - CONTEXT) : spot.start],
        suffix=spot.text[spot.end : spot.end + CONTEXT],
    )


def fragment_of(selector: TextQuote) -> str:
    """Return the text directive of a selector, without the number sign."""
    exact = " ".join(selector.exact.split())
    is_short = len(exact) < NEEDS_CONTEXT
    if len(exact) > MAX_EXACT or "\n" in selector.exact.strip():
        start, end = _edges(selector.exact)
        terms = f"{_encoded(start)},{_encoded(end)}"
    else:
        terms = _encoded(exact)
    prefix, suffix = _last_words(selector.prefix), _first_words(selector.suffix)
    before = f"{_encoded(prefix)}-," if is_short and prefix else ""
    behind = f",-{_encoded(suffix)}" if is_short and suffix else ""
    return f":~:text={before}{terms}{behind}"


def address_of(url: str, selector: TextQuote) -> str:
    """Return the address at which a browser scrolls to the words and marks them."""
    bare, hash_sign, fragment = url.partition("#")
    kept = fragment.partition(":~:")[0] if hash_sign else ""
    return f"{bare}#{kept}{fragment_of(selector)}"


def _edges(exact: str) -> tuple[str, str]:
    """Return the first and the last words of long words; each is within one line."""
    lines = [line for line in exact.split("\n") if line.strip()]
    first, last = lines[0], lines[-1]
    if len(lines) == 1:
        half = len(first) // 2
        first, last = first[:half], first[half:]
    return _ends(first, is_head=True), _ends(last, is_head=False)


def _ends(line: str, *, is_head: bool) -> str:
    words = line.split()
    if len(words) <= 1:  # a script without spaces
        return line[:NEEDS_CONTEXT] if is_head else line[-NEEDS_CONTEXT:]
    return " ".join(words[:_EDGE] if is_head else words[-_EDGE:])


def _last_words(prefix: str) -> str:
    """Return whole words of the line before; the first may have been cut."""
    line = prefix.rpartition("\n")[2]
    return " ".join(line.split(" ")[1:] if len(line) == CONTEXT else line.split())


def _first_words(suffix: str) -> str:
    line = suffix.partition("\n")[0]
    return " ".join(line.split(" ")[:-1] if len(line) == CONTEXT else line.split())


def _encoded(text: str) -> str:
    """Return text percent-encoded, with the three signs that part a directive."""
    return quote(text.encode("utf-8", "surrogatepass"), safe="").replace("-", "%2D")
