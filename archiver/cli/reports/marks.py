"""Which words of two sentences differ, so that they can be marked in place."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from rapidfuzz.distance import Indel

# Scripts without spaces between words are compared by characters, with what is combined to them.
_UNSPACED = "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\U00020000-\U0003ffff"
_TOKEN = re.compile(rf"\s+|[{_UNSPACED}][\u0300-\u036f]*|[^\s{_UNSPACED}]+")
_EDGES = "\"'“”„‘’«»‹›()[]{}.,;:!?…¿¡。、，！？「」『』—–"
_MAX_CELLS = 4_000_000  # tokens times tokens aligned exactly; beyond it the middle is one change
_OPEN_OLD, _SHUT_OLD, _OPEN_NEW, _SHUT_NEW = "[-", "-]", "{+", "+}"


@dataclass(frozen=True, slots=True)
class Piece:
    """A part of two sentences in order: the same in both, or ``old`` in place of ``new``."""

    old: str
    new: str

    @property
    def is_same(self) -> bool:
        """Tell whether both sentences have it."""
        return self.old == self.new


def pieces_of(before: str | None, after: str | None) -> tuple[Piece, ...]:
    """Align two sentences by words; None is a sentence that is not there."""
    if before is None or after is None:
        return (Piece(before or "", after or ""),)
    a, b = _tokens(before), _tokens(after)
    if len(a) * len(b) > _MAX_CELLS:
        return _ends_only(a, b)
    steps = (
        Piece("".join(a[s.src_start : s.src_end]), "".join(b[s.dest_start : s.dest_end]))
        for s in Indel.opcodes(a, b)
    )
    return tuple(_joined(steps))


def pieces_of_diff(diff: str) -> tuple[Piece, ...]:
    """Read a word diff (``[-old-]{+new+}`` in context) back into pieces."""
    pieces: list[Piece] = []
    at = 0
    while at < len(diff):
        old, after_old = _bracketed(diff, at, _OPEN_OLD, _SHUT_OLD)
        new, after_new = _bracketed(diff, after_old, _OPEN_NEW, _SHUT_NEW)
        if after_new > at:
            pieces.append(Piece(old, new))
            at = after_new
            continue
        starts = [diff.find(mark, at + 1) for mark in (_OPEN_OLD, _OPEN_NEW)]
        end = min((start for start in starts if start >= 0), default=len(diff))
        pieces.append(Piece(diff[at:end], diff[at:end]))
        at = end
    return tuple(pieces)


def changed(pieces: Iterable[Piece]) -> list[Piece]:
    """Return the words that differ, each change by itself, spaces at their ends taken away.

    Changes of nothing but stops and quotation marks are left out where there are others.
    """
    told = [part for piece in pieces if not piece.is_same for part in _parts(piece)]
    worded = [one for one in told if one.old.strip(_EDGES) != one.new.strip(_EDGES)]
    return worded or told


def _parts(piece: Piece) -> list[Piece]:
    """Part a change that was told as one: ``02:40, forty`` became ``02:15, fifteen``."""
    fine = pieces_of(piece.old, piece.new) if piece.old and piece.new else (piece,)
    bare = (Piece(one.old.strip(), one.new.strip()) for one in fine if not one.is_same)
    return [one for one in bare if not one.is_same]


def _bracketed(text: str, at: int, opening: str, closing: str) -> tuple[str, int]:
    if not text.startswith(opening, at):
        return "", at
    end = text.find(closing, at + len(opening))
    if end < 0:
        return text[at + len(opening) :], len(text)
    return text[at + len(opening) : end], end + len(closing)


def _tokens(text: str) -> list[str]:
    return [part for token in _TOKEN.findall(text) for part in _trimmed(token) if part]


def _trimmed(token: str) -> tuple[str, ...]:
    """Split the punctuation off a word: ``forty,`` and ``forty`` are the same word."""
    core = token.strip(_EDGES)
    if not core or core == token:
        return (token,)
    start = token.index(core)
    return (token[:start], core, token[start + len(core) :])


def _ends_only(a: list[str], b: list[str]) -> tuple[Piece, ...]:
    i, stop = 0, min(len(a), len(b))
    while i < stop and a[i] == b[i]:
        i += 1
    j = 0
    while j < stop - i and a[-1 - j] == b[-1 - j]:
        j += 1
    head, tail = "".join(a[:i]), "".join(a[len(a) - j :])
    middle = Piece("".join(a[i : len(a) - j]), "".join(b[i : len(b) - j]))
    return tuple(
        piece for piece in (Piece(head, head), middle, Piece(tail, tail)) if piece.old or piece.new
    )


def _joined(pieces: Iterable[Piece]) -> Iterator[Piece]:
    """Join changes that touch, or have nothing but white space between them."""
    held: Piece | None = None
    space = ""
    for piece in pieces:
        if held is None:
            if piece.is_same:
                yield piece
            else:
                held = piece
        elif not piece.is_same:
            held, space = Piece(held.old + space + piece.old, held.new + space + piece.new), ""
        elif piece.old.isspace() and not space:
            space = piece.old
        else:
            yield held
            held = None
            same = space + piece.old
            space = ""
            yield Piece(same, same)
    if held is not None:
        yield held
    if space:
        yield Piece(space, space)
