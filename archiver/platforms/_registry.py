"""What a registry says of an address's name: when was it registered?

Whoever registers a lapsed name anew gets every address under it, and all that is cited there.
"""

from __future__ import annotations

from datetime import datetime
from urllib.parse import urlsplit

from archiver.model.inquiry import Answer, Outcome
from archiver.platforms._json import Object, objects, read_object, text
from archiver.platforms._moments import moment
from archiver.platforms._questions import is_unverified

# Source: RFC 9083, sections 4.5 and 10.2.3. "reregistration" is of a name that had been given up;
#   a transfer or a change of its owner's data is told as another action.
_ACTIONS = frozenset({"registration", "reregistration"})


def registered_at(answer: Answer) -> datetime | None:
    """Return when the name was registered, aware UTC; the newest time, where there are several.

    None when nobody was asked, and when the answer is of another name, does not say, or says a
    time that is yet to come.
    """
    if answer.outcome is not Outcome.ANSWERED or answer.status != 200 or is_unverified(answer):
        return None
    document = read_object(answer.body)
    if document is None or not _is_of(document, answer.question.url):
        return None
    told = [_time(one) for one in objects(document, "events")]
    return max((at for at in told if at is not None and at <= answer.at), default=None)


def _time(event: Object) -> datetime | None:
    action = (text(event, "eventAction") or "").strip().lower()
    # RFC 3339 lets "t" and "z" be small.
    return moment((text(event, "eventDate") or "").upper()) if action in _ACTIONS else None


def _is_of(document: Object, url: str) -> bool:
    """Tell whether an answer is of the name of an address, as far as it says of which it is."""
    name = (text(document, "ldhName") or "").lower().strip(".")
    try:
        host = (urlsplit(url).hostname or "").strip(".")
    except ValueError:
        return False
    return not name or host == name or host.endswith(f".{name}")
