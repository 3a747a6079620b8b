"""Words in quotation marks."""

from __future__ import annotations

import re
from collections.abc import Iterator

# What closes each opening mark; several houses' habits share one mark.
# Source: CLDR 48, quotation delimiters of all locales, and the reversed marks of German books.
_CLOSING = {
    "“": "”",
    "„": "“”",
    "«": "»",
    "‹": "›",
    "「": "」",
    "『": "』",
    "»": "«»",
    "›": "‹›",
    '"': '"',
    "”": "”",
    "‘": "’",
}
_MARKS = re.compile('[“”„«»‹›「」『』"‘’]')
_AMBIGUOUS = frozenset('"”»›‘')  # they open only at the beginning of a word
_FEWEST_WORDS = 3
_FEWEST_SIGNS = 6  # of a script written without spaces
_UNSPACED = re.compile("[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff]")


def quoted(text: str) -> Iterator[tuple[int, int]]:
    """Yield (start, end) of the words in every outermost pair of quotation marks, marks left off.

    Quotes of less than three words are none: those name or doubt a word. A quote that the text
    leaves open ends with it, as quotes over several paragraphs are printed.
    """
    closing: list[str] = []
    start = 0
    for mark in _MARKS.finditer(text):
        sign, at = mark[0], mark.start()
        if closing and sign in closing[-1] and _may_close(text, at):
            closing.pop()
            if not closing and is_quote(text[start:at]):
                yield start, at
        elif sign in _CLOSING and _may_open(text, at):
            start = start if closing else at + 1
            closing.append(_CLOSING[sign])
    if closing and start == len(text) - len(text.lstrip()) + 1 and is_quote(text[start:]):
        yield start, len(text.rstrip())


def is_quote(words: str) -> bool:
    """Tell whether words are enough to be somebody's words."""
    if len(words.split()) >= _FEWEST_WORDS:
        return True
    return len(_UNSPACED.findall(words)) >= _FEWEST_SIGNS


def _may_open(text: str, at: int) -> bool:
    before, after = text[at - 1 : at], text[at + 1 : at + 2]
    is_at_word = not before.isalnum() and bool(after) and not after.isspace()
    return is_at_word if text[at] in _AMBIGUOUS else True


def _may_close(text: str, at: int) -> bool:
    """Tell a closing mark from an apostrophe, and from an inch or an opening mark."""
    before, after = text[at - 1 : at], text[at + 1 : at + 2]
    if text[at] == "’":
        return not after.isalnum()
    if text[at] == '"':
        return not before.isspace() and not after.isalnum()
    return True
