"""Which citation of a new article version is which known one. Pure."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from archiver.model.citation import FoundCitation


@dataclass(frozen=True, slots=True)
class KnownCitation:
    """A citation of earlier versions: where it last stood, and the source it is known to mean."""

    id: str
    found: FoundCitation | None
    source_name: str | None


Same = Callable[[FoundCitation, KnownCitation], bool]


def match(found: Sequence[FoundCitation], known: Sequence[KnownCitation]) -> dict[int, str]:
    """Return the known citation's ID by index in ``found``; what is new is left out.

    Each known citation is taken once, in order, so that two mentions of one source stay two. Known
    ones of the newest version must come first. Sure signs go before weak ones: the same source;
    then the same kind and words where one of the two has no source.
    """
    matched: dict[int, str] = {}
    free = list(known)
    for same in (_same_source, _same_words):
        for index, citation in enumerate(found):
            if index in matched:
                continue
            twin = next((one for one in free if same(citation, one)), None)
            if twin is not None:
                matched[index] = twin.id
                free.remove(twin)
    return matched


def _same_source(found: FoundCitation, known: KnownCitation) -> bool:
    if found.source is None:
        return False
    seen = known.found.source if known.found else None
    names = {known.source_name, seen.name if seen else None}
    return found.source.name in names


def _same_words(found: FoundCitation, known: KnownCitation) -> bool:
    if known.found is None or (found.source is not None and known.source_name is not None):
        return False
    return (found.kind, found.text) == (known.found.kind, known.found.text)
