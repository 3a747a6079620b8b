"""One normal form of words: what it makes equal differs in form alone, never in what is said."""

from __future__ import annotations

import re
import unicodedata
from itertools import chain

# Soft hyphen, joiners, direction marks, variation selectors: invisible, and lost when copied.
_INVISIBLE = (
    range(0x200B, 0x2010),
    range(0x202A, 0x202F),
    range(0x2060, 0x206A),
    range(0xFE00, 0xFE10),
)
_DROPPED = dict.fromkeys([0x00AD, 0x061C, 0x180E, 0xFEFF, *chain.from_iterable(_INVISIBLE)])
_ALIKE = str.maketrans(
    {
        **dict.fromkeys("‘’‚‛′`´ʼ", "'"),
        **dict.fromkeys("“”„‟″«»‹›", '"'),
        **dict.fromkeys("‐‑‒–—―−﹘", "-"),
    }
)
# NFKC would make 102 of 10², H2 of H₂ and 11/2 of 1½: other figures, so these stay as they are.
_RAISED = re.compile(r"([\u00b2\u00b3\u00b9\u00bc-\u00be\u2070-\u209c\u2150-\u215f\u2189]+)")
_SPACE = re.compile(r"\s+")


def normal_form(text: str) -> str:
    """Return text with one kind of quote mark, dash and space, folded case and composed letters.

    Compatible forms of a letter are one letter (NFKC), invisible characters are dropped, white
    space is one space and none at the ends. Every sign stays: 1.5 % is not 15 %.
    """
    text = text.translate(_DROPPED).translate(_ALIKE)
    pieces = _RAISED.split(text)
    pieces[::2] = [unicodedata.normalize("NFKC", piece) for piece in pieces[::2]]
    return _SPACE.sub(" ", "".join(pieces)).strip().casefold()


def same_words(one: str, other: str) -> bool:
    """Tell whether two texts differ in white space at most."""
    return one.split() == other.split()
