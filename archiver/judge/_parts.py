"""What of a post differs beside its words: media, the post it quotes, links, author, ID.

A part that only one of two looks tells is no difference of the words: pictures are withdrawn,
quoted posts vanish, and interfaces differ in what they tell. It is noted all the same. A part that
both tell, and tell otherwise, is a difference.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from archiver.model.post import Medium, Post

_SCHEME = re.compile(r"^https?://(?:www\.)?", re.I)
_MAX_NAMED = 3  # of several media; the others are counted
_MAX_KEY = 40  # characters of a medium's key that are shown
_MAX_TARGETS = 4  # links of a post that may name the one it quotes


@dataclass(frozen=True, slots=True)
class Parts:
    """Clauses for a person: what one look alone shows, and what both show otherwise."""

    notes: tuple[str, ...] = ()
    differences: tuple[str, ...] = ()
    has_same_words: bool = True

    @property
    def told(self) -> str:
        """All of it as the end of a sentence; empty when there is nothing."""
        return " and ".join((*self.differences, *self.notes))


NOTHING_BESIDE = Parts()


def beside_words(then: Post, now: Post) -> Parts:
    """Return what of two versions of a post differs beside their words."""
    return Parts(
        notes=(*_media_notes(then, now), *_quote_notes(then, now), *_other_notes(then, now)),
        differences=tuple(_differences(then, now)),
        has_same_words=have_same_words(then, now),
    )


def have_same_words(then: Post, now: Post) -> bool:
    """Tell whether two versions of a post say the same.

    The link to a quoted post is left out of the text where that post is shown, and stands in it
    where it is not: it is none of the words.
    """
    if then.words == now.words:
        return True
    quoted = then.quoted or now.quoted
    if quoted is None or (then.quoted is not None and now.quoted is not None):
        return False
    return _words_without(then, quoted) == _words_without(now, quoted)


def _words_without(post: Post, quoted: Post) -> list[str]:
    """Return the words without printed links to a quoted post, in whatever spacing."""
    targets = [_SCHEME.sub("", link) for link in _links_to(quoted, post.links)]
    return [
        word
        for word in post.words.split()
        if not any(_is_printed(word, target) for target in targets[:_MAX_TARGETS])
    ]


def _is_printed(word: str, target: str) -> bool:
    stem = _SCHEME.sub("", word).rstrip("…")
    return "/" in stem and target.startswith(stem)


def _links_to(quoted: Post, links: Sequence[str]) -> list[str]:
    name = quoted.id.rpartition("/")[2]
    return [link for link in dict.fromkeys(links) if name and name in re.split(r"[/?#]", link)]


# --- what one look alone shows -------------------------------------------------------------------


def _media_notes(then: Post, now: Post) -> Iterator[str]:
    before, after = _shown(then), _shown(now)
    if lost := [medium for key, medium in before.items() if key not in after]:
        yield f"{_named(lost)} no longer shown"
    hidden = {medium.key for medium in then.media} - before.keys()
    if again := [medium for key, medium in after.items() if key in hidden]:
        yield f"{_named(again)} shown again"


def _quote_notes(then: Post, now: Post) -> Iterator[str]:
    if then.quoted is not None and now.quoted is None:
        yield f"the post it quotes ({_short(then.quoted.id)}) is no longer shown"
    if then.quoted is None and now.quoted is not None:
        yield f"the post it quotes ({_short(now.quoted.id)}) is shown again"


def _other_notes(then: Post, now: Post) -> Iterator[str]:
    if _has_author(then) and not _has_author(now):
        yield "its author is no longer told"
    # Some interfaces do not tell it, so it may have been so then. Words that differ make an edit.
    if now.is_edited and not then.is_edited:
        yield "the platform says that it was edited, which was not told then"


def _has_author(post: Post) -> bool:
    return post.author_id is not None or post.handle is not None


def _shown(post: Post) -> dict[str, Medium]:
    return {medium.key: medium for medium in post.media if medium.available}


def _named(media: Sequence[Medium]) -> str:
    names = [f"{medium.kind} {_short(medium.key)}" for medium in media[:_MAX_NAMED]]
    more = len(media) - len(names)
    listed = f"its {', '.join(names)}" + (f" and {more} more" if more else "")
    return f"{listed} {'is' if len(media) == 1 else 'are'}"


def _short(key: str) -> str:
    return key if len(key) <= _MAX_KEY else f"{key[: _MAX_KEY - 1]}…"


# --- what both show otherwise --------------------------------------------------------------------


def _differences(then: Post, now: Post) -> Iterator[str]:
    known = {medium.key for medium in then.media}
    if new := [medium for key, medium in _shown(now).items() if key not in known]:
        yield f"{_named(new)} shown for the first time"
    if then.quoted is not None and now.quoted is not None and then.quoted.id != now.quoted.id:
        yield f"it quotes another post ({_short(now.quoted.id)})"
    if _other_links(then, now):
        yield "its links lead elsewhere"
    if None not in (then.author_id, now.author_id) and then.author_id != now.author_id:
        yield "its author is told otherwise"
    if _is_other_post(then, now):
        yield "its ID is another one"


def _other_links(then: Post, now: Post) -> bool:
    """Tell whether links differ; those to the post it quotes are told by the quote."""
    quoted = [post for post in (then.quoted, now.quoted) if post is not None]
    links = {*then.links} ^ {*now.links}
    return bool(links.difference(*(_links_to(post, sorted(links)) for post in quoted)))


def _is_other_post(then: Post, now: Post) -> bool:
    """Tell whether no ID is common to both, or their chains of edits have none in common."""
    chains = {*then.edit_ids}, {*now.edit_ids}
    if all(chains) and chains[0].isdisjoint(chains[1]):
        return True
    return {then.id, *then.edit_ids}.isdisjoint({now.id, *now.edit_ids})
