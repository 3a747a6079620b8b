"""What of a page is kept to compare it later without its text: small, and the same everywhere.

Fingerprints tell that nothing changed; hashed words and rows of three words tell how much is left.
They cannot see an edit: one word of a long page leaves them as they are.
"""

from __future__ import annotations

import base64
import hashlib
import json
import math
import operator
import struct
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache, reduce
from typing import Any
from zlib import crc32

from archiver.judge._stopwords import STOPWORDS
from archiver.judge._tokens import paired, tokens_of
from archiver.model.inquiry import PageText

FEATURES_VERSION = 1
"""Goes up with every change of what is counted or how it is hashed."""
MOST_TERMS = 512  # of a text, the most frequent; the rest hardly moves a cosine
MOST_SHINGLES = 512  # a sample by hash; a share measured on so many is off by 4 % at most
_MAX_CHARS = 2**20  # of a text; more says nothing new
_MAX_COUNT = 255
_ROOTS = tuple(math.sqrt(count) for count in range(_MAX_COUNT + 1))
_MASK = 0xFFFFFFFF
_SECOND, _THIRD = 0x9E3779B1, 0x85EBCA6B  # odd: each place of a word gives another number


@dataclass(frozen=True, slots=True)
class Sketch:
    """One text: counts of its words by hash, and a sample of its rows of three words.

    ``shingles`` are the hashes that end in ``level`` zero bits: samples of two texts are compared
    at the coarser level.
    """

    fingerprint: str
    words: int
    terms: Mapping[int, int]
    shingles: frozenset[int]
    level: int


@dataclass(frozen=True, slots=True)
class Features:
    """A page. ``main`` is None where no main text was found; ``title`` are hashed words."""

    extractor: str
    rendered: bool
    visible: Sketch
    main: Sketch | None
    title: frozenset[int]

    def is_comparable_with(self, other: Features) -> bool:
        """Tell whether two pages were read alike: both rendered or both raw, by one extractor."""
        return self.rendered == other.rendered and self.extractor == other.extractor


@lru_cache(maxsize=16)  # what a page was is compared with look after look
def features_of(page: PageText) -> Features:
    """Return the features of a page."""
    hashes = _Hashes()
    return Features(
        extractor=page.extractor,
        rendered=page.rendered,
        visible=_sketch(page.visible, hashes),
        main=_sketch(page.main, hashes) if page.main is not None else None,
        title=frozenset(
            hashes[token][0] for token in paired(tokens_of(page.title or "")) if _is_term(token)
        ),
    )


def are_same(a: Features, b: Features) -> bool:
    """Tell whether nothing but form differs, of the main text or of all that is visible."""
    if not a.is_comparable_with(b):
        return False
    if a.visible.fingerprint == b.visible.fingerprint:
        return True
    return a.main is not None and b.main is not None and a.main.fingerprint == b.main.fingerprint


def cosine(a: Features, b: Features) -> float | None:
    """Return how alike the words are, 0 to 1; None of pages that are never compared.

    Counts are damped by their root, and words that every text has are left out.
    """
    pair = _alike(a, b)
    return _cosine(*pair) if pair is not None else None


def containment(a: Features, b: Features) -> float | None:
    """Return the share of the old side's rows of words that the new side has; None if unlike."""
    pair = _alike(a, b)
    return _containment(*pair) if pair is not None else None


def visible_containment(a: Features, b: Features) -> float | None:
    """Return the same of the old side's text within all that is visible on the new side."""
    return _containment(a.main or a.visible, b.visible) if a.is_comparable_with(b) else None


def title_cosine(a: Features, b: Features) -> float | None:
    """Return how alike the words of the titles are; None where either page has none."""
    if not a.is_comparable_with(b) or not a.title or not b.title:
        return None
    return len(a.title & b.title) / math.sqrt(len(a.title) * len(b.title))


def _alike(a: Features, b: Features) -> tuple[Sketch, Sketch] | None:
    if not a.is_comparable_with(b):
        return None
    if a.main is None or b.main is None:
        return a.visible, b.visible
    return a.main, b.main


def _cosine(a: Sketch, b: Sketch) -> float:
    if a.fingerprint == b.fingerprint:
        return 1.0
    shared = a.terms.keys() & b.terms.keys()
    if not shared:
        return 0.0
    dot = sum([_ROOTS[a.terms[term]] * _ROOTS[b.terms[term]] for term in shared])
    return min(1.0, dot / math.sqrt(sum(a.terms.values()) * sum(b.terms.values())))


def _containment(a: Sketch, b: Sketch) -> float:
    if a.fingerprint == b.fingerprint:
        return 1.0
    old, new = a.shingles, b.shingles
    if a.level < b.level:
        coarser = (1 << b.level) - 1
        old = frozenset([shingle for shingle in old if not shingle & coarser])
    return len(old & new) / len(old) if old else 0.0


# --- counting ------------------------------------------------------------------------------------


_Hash = tuple[int, int, int]


class _Hashes(dict[str, _Hash]):
    """Hashes of words, one for each place in a row of three, each made once for a page."""

    def __missing__(self, token: str) -> _Hash:
        made = crc32(token.encode("utf-8", "surrogatepass"))
        self[token] = found = (made, made * _SECOND & _MASK, made * _THIRD & _MASK)
        return found


def _sketch(text: str, hashes: _Hashes) -> Sketch:
    tokens = tokens_of(text[:_MAX_CHARS])
    digest = hashlib.sha256(" ".join(tokens).encode("utf-8", "surrogatepass")).hexdigest()
    row = paired(tokens)
    level, shingles = _sampled(_shingles([hashes[token] for token in row]))
    counts = Counter(row)
    kept = Counter({hashes[term][0]: count for term, count in counts.items() if _is_term(term)})
    most = sorted(kept.items(), key=lambda item: (-item[1], item[0]))[:MOST_TERMS]
    terms = {term: min(count, _MAX_COUNT) for term, count in most}
    return Sketch(digest[:32], len(tokens), terms, shingles, level)


def _is_term(token: str) -> bool:
    return token not in STOPWORDS and (len(token) > 1 or token.isalnum())


def _shingles(row: Sequence[_Hash]) -> set[int]:
    if len(row) < 3:
        places = [word[place] for place, word in enumerate(row)]
        return {reduce(operator.xor, places)} if places else set()
    return {
        one[0] ^ two[1] ^ three[2] for one, two, three in zip(row, row[1:], row[2:], strict=False)
    }


def _sampled(shingles: set[int]) -> tuple[int, frozenset[int]]:
    level = 0
    while len(shingles) > MOST_SHINGLES:
        level += 1
        coarser = (1 << level) - 1
        shingles = {shingle for shingle in shingles if not shingle & coarser}
    return level, frozenset(shingles)


# --- keeping -------------------------------------------------------------------------------------


def packed(features: Features) -> str:
    """Return features as a JSON document of a few kilobytes, the same for the same page."""
    document = {
        "version": FEATURES_VERSION,
        "extractor": features.extractor,
        "rendered": features.rendered,
        "visible": _packed(features.visible),
        "main": _packed(features.main) if features.main is not None else None,
        "title": _written(sorted(features.title)),
    }
    return json.dumps(document, separators=(",", ":"))


def is_packed_now(text: str) -> bool:
    """Tell whether features were packed by this version, so that they would be the same again."""
    return text.startswith(f'{{"version":{FEATURES_VERSION},')


def unpacked(text: str) -> Features | None:
    """Return kept features; None of another version's, which are never compared, or of damage."""
    try:
        document = json.loads(text)
        if document["version"] != FEATURES_VERSION:
            return None
        main = document["main"]
        return Features(
            extractor=str(document["extractor"]),
            rendered=bool(document["rendered"]),
            visible=_unpacked(document["visible"]),
            main=_unpacked(main) if main is not None else None,
            title=frozenset(_read(document["title"])),
        )
    except (KeyError, TypeError, ValueError, struct.error):
        return None


def _packed(sketch: Sketch) -> dict[str, Any]:
    terms = sorted(sketch.terms)
    counts = bytes(sketch.terms[term] for term in terms)
    return {
        "fingerprint": sketch.fingerprint,
        "words": sketch.words,
        "level": sketch.level,
        "terms": _written(terms),
        "counts": base64.b64encode(counts).decode("ascii"),
        "shingles": _written(sorted(sketch.shingles)),
    }


def _unpacked(document: Mapping[str, Any]) -> Sketch:
    counts = base64.b64decode(document["counts"])
    return Sketch(
        fingerprint=document["fingerprint"],
        words=document["words"],
        terms=dict(zip(_read(document["terms"]), counts, strict=True)),
        shingles=frozenset(_read(document["shingles"])),
        level=document["level"],
    )


def _written(numbers: Sequence[int]) -> str:
    return base64.b64encode(struct.pack(f"<{len(numbers)}I", *numbers)).decode("ascii")


def _read(text: str) -> tuple[int, ...]:
    data = base64.b64decode(text)
    return struct.unpack(f"<{len(data) // 4}I", data)
