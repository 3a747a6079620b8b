"""Which citation of a new article version is which known one. Pure."""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Callable, Hashable, Iterable, Sequence
from dataclasses import dataclass

from archiver.model.citation import FoundCitation


@dataclass(frozen=True, slots=True)
class KnownCitation:
    """A citation of earlier versions: where it last stood, and the source it is known to mean."""

    id: str
    found: FoundCitation | None
    source_name: str | None


Signs = Iterable[Hashable]


def match(found: Sequence[FoundCitation], known: Sequence[KnownCitation]) -> dict[int, str]:
    """Return the known citation's ID by index in ``found``; what is new is left out.

    Each known citation is taken once, in order, so that two mentions of one source stay two. Known
    ones of the newest version must come first. Sure signs go before weak ones: the same source with
    the same kind and words; the same source; then the same kind and words where one of the two
    has no source.
    """
    matched: dict[int, str] = {}
    free = set(range(len(known)))
    for of_found, of_known in _SIGNS:
        queues: defaultdict[Hashable, deque[int]] = defaultdict(deque)
        for number in sorted(free):
            for sign in of_known(known[number]):
                queues[sign].append(number)
        for index, citation in enumerate(found):
            if index in matched:
                continue
            for sign in of_found(citation):
                taken = _first_free(queues[sign], free)
                if taken is not None:
                    matched[index] = known[taken].id
                    break
    return matched


def _first_free(queue: deque[int], free: set[int]) -> int | None:
    """Take the first that is still free; one that stood in two queues may be gone already."""
    while queue:
        number = queue.popleft()
        if number in free:
            free.remove(number)
            return number
    return None


def _twin_of(found: FoundCitation) -> Signs:
    return ((name, found.kind, found.text) for name in _source_of(found))


def _twins_of(known: KnownCitation) -> Signs:
    """Return what tells apart citations of one source that changed places."""
    if known.found is None:
        return ()
    words = (known.found.kind, known.found.text)
    return {(name, *words) for name in _sources_of(known)}


def _source_of(found: FoundCitation) -> Iterable[str]:
    return (found.source.name,) if found.source is not None else ()


def _sources_of(known: KnownCitation) -> Iterable[str]:
    """Return the source it means and the one printed: a person may have named another."""
    seen = known.found.source if known.found else None
    return {name for name in (known.source_name, seen.name if seen else None) if name is not None}


def _words_of(found: FoundCitation) -> Signs:
    """Return what a twin's words must be; with a source of its own, the twin must have none."""
    return ((found.source is not None, found.kind, found.text),)


def _words_of_known(known: KnownCitation) -> Signs:
    if known.found is None:
        return ()
    words = (known.found.kind, known.found.text)
    without_source = [(True, *words)] if known.source_name is None else []
    return [(False, *words), *without_source]


_SIGNS: tuple[tuple[Callable[[FoundCitation], Signs], Callable[[KnownCitation], Signs]], ...] = (
    (_twin_of, _twins_of),
    (_source_of, _sources_of),
    (_words_of, _words_of_known),
)
"""Signs of being the same, surest first: of a found citation, and of a known one."""
