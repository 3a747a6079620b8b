"""A headline that was edited: in the page's title, and where a reader sees it.

Titles alone count messages and tick with prices; and other headlines are tried on readers. So only
another form of the same headline counts, and only when the visible text changed with it.
"""

from __future__ import annotations

import re

from rapidfuzz.distance import Indel

from archiver.judge._alignment import Sentence, Text
from archiver.judge._tokens import tokens_of
from archiver.judge.material import material_between
from archiver.model.comparison import Change, Material
from archiver.model.inquiry import PageText

_SITE = re.compile(r"\s[|–—·«»:-]{1,2}\s(?=[^|–—·«»]*\Z)")  # before the name of the site
_ALIKE = 0.5
_MOST = 500  # characters of a title that are read
_COUNTS = frozenset({Material.NUMBER, Material.NEGATION, Material.MODAL, Material.ATTRIBUTION})


def headline_change(then: PageText, now: PageText, there: Text, here: Text) -> Change | None:
    """Return the change of the headline, or None when it is the same one or another one."""
    before, after = _headline(then.title), _headline(now.title)
    if before is None or after is None or before.words == after.words:
        return None
    if not (there.has(before) and here.has(after)) or here.has(before) or there.has(after):
        return None
    if Indel.normalized_similarity(before.words, after.words) < _ALIKE:
        return None
    kinds = material_between(before.text, after.text)
    material = tuple(kind for kind in kinds if kind in _COUNTS)
    return Change(before.text, after.text, material)


def _headline(title: str | None) -> Sentence | None:
    text = _SITE.split((title or "")[:_MOST])[0].strip()
    words = tuple(tokens_of(text))
    return Sentence(text, words, 0, 0, is_prose=False) if words else None
