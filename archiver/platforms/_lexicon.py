"""How sites say, in many languages, that there is nothing at an address.

Not whole sentences but their parts: what is missing, that it is missing, that it was looked for,
and what to do now. A statement is made of parts, so it is known in wordings that are not here.
Matched as they stand in folded text (lower case, straight apostrophes, no zero-width joiners), so
a stem stands for its inflections.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Lexicon:
    """The parts of one language; ``pages`` are addresses, ``things`` what stands at them.

    ``absent`` says that there is nothing, ``uncertain`` that it may have moved, ended or be away
    for now. ``sought`` is how a site names what was asked for; ``advice`` what to do instead.
    """

    pages: tuple[str, ...]
    things: tuple[str, ...]
    absent: tuple[str, ...]
    uncertain: tuple[str, ...]
    sought: tuple[str, ...]
    advice: tuple[str, ...]


def parts(
    pages: str, things: str, absent: str, uncertain: str, sought: str, advice: str
) -> Lexicon:
    """Return a lexicon from fields whose phrases are separated by ``|``."""
    fields = (pages, things, absent, uncertain, sought, advice)
    return Lexicon(*(tuple(field.split("|")) for field in fields))
