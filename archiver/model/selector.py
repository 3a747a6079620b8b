"""Where quoted words stand in a text, as the W3C and browsers write it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class TextQuote:
    """The words with some characters of what stands before and behind them.

    Source: W3C Web Annotation Data Model, 4.2.4, TextQuoteSelector (2017-02-23).
    """

    exact: str
    prefix: str = ""
    suffix: str = ""
