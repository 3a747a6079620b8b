"""What an archive holds of one address, by its TimeMap (RFC 7089)."""

from __future__ import annotations

import re
from collections.abc import Callable

from archiver.archives.link_format import Link, read_links
from archiver.archives.protocol import Held, Listing, Trouble, TroubleKind
from archiver.archives.replies import trouble_of
from archiver.model.inquiry import Answer

MAX_BYTES = 4 * 2**20
_LIST = re.compile(r"\s*(?:\Z|<\s*https?:)", re.I)

AsHeld = Callable[[Link, str], Held | None]
"""From a memento's link and the original address to the capture it names."""


def read_timemap(answer: Answer, who: str, as_held: AsHeld) -> Listing:
    """Return the mementos of a TimeMap; a 404 says that there are none."""
    trouble = trouble_of(answer, who)
    if trouble is not None:
        return Listing(trouble=trouble, is_whole=False)
    if answer.status == 404:
        return Listing()
    text = answer.body.decode("utf-8", "replace")
    if "html" in answer.content_type or not _LIST.match(text):
        reason = f"{who} answered with a web page instead of a list"
        return Listing(trouble=Trouble(TroubleKind.DOWN, reason), is_whole=False)
    links = read_links(text)
    original = next((link.url for link in links if "original" in link.relations), "")
    mementos = [link for link in links if "memento" in link.relations and link.at is not None]
    held = [one for link in mementos if (one := as_held(link, original)) is not None]
    # A list in pages names the next one as a TimeMap of its own.
    is_paged = any("timemap" in link.relations and "from" in link.attributes for link in links)
    return Listing(tuple(held), is_whole=not is_paged)
