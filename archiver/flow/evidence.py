"""The proof behind both sides of a citation that is not in the rows: WARC records and links."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from urllib.parse import urljoin

from archiver.archives import archive_today
from archiver.citations.encoding import charset_of, text_of
from archiver.citations.metadata import base_of
from archiver.citations.tree import parse_html
from archiver.errors import InputError, StoreError
from archiver.flow.outside import Outside
from archiver.flow.sides import Side, Sides
from archiver.model.capture import WarcRecord
from archiver.model.inquiry import Ask, Outcome
from archiver.model.observation import KeptAnswer

LARGEST_BYTES = 4_000_000  # of a page whose links are read; what is larger is no article
MOST_LINKS = 2000  # of one page

Links = frozenset[str]


@dataclass(frozen=True, slots=True)
class SideProof:
    """What proves one side: the record of its main document, and the addresses it links to.

    ``links`` is None where nothing tells them all.
    """

    record: WarcRecord | None = None
    links: Links | None = None


@dataclass(frozen=True, slots=True)
class Proof:
    """The proof of both sides of one citation."""

    then: SideProof = SideProof()
    now: SideProof = SideProof()


NO_PROOF = Proof()


async def proof_of(sides: Sides, outside: Outside) -> Proof:
    """Return the proof of both sides; nothing is asked of the outside world."""
    return Proof(await _of(sides.then, outside), await _of(sides.now, outside))


async def _of(side: Side | None, outside: Outside) -> SideProof:
    if side is None:
        return SideProof()
    record = None
    if side.capture is not None:
        record = await outside.store.captures.record_of(side.capture)
    return SideProof(record, await _links(side, outside))


async def _links(side: Side, outside: Outside) -> Links | None:
    if side.reading is None:
        return None
    if side.reading.post is not None:
        return frozenset(side.reading.post.links)
    if side.memento is not None and side.memento.archive == archive_today.NAME:
        return None  # it gives a page as it draws it, each link led through itself
    answer = page_answer(side) if side.reading.page is not None else None
    if answer is None or answer.body_sha256 is None or answer.body_bytes > LARGEST_BYTES:
        return None
    try:
        body = await outside.files.blob(answer.body_sha256)
        base = side.memento.original if side.memento is not None else answer.final_url
        return await asyncio.to_thread(_in_page, body, answer, base)
    except (StoreError, InputError):
        return None  # a lost blob is reported by the sweep, an unreadable page has no links


def page_answer(side: Side) -> KeptAnswer | None:
    """Return the answer that was the page: the last one of HTTP, else of the browser."""
    answered = [one for one in side.answers if one.outcome is Outcome.ANSWERED]
    for road in (Ask.HTTP, Ask.RENDER):
        of_road = [one for one in answered if one.ask is road]
        if of_road:
            return of_road[-1]
    return None


def _in_page(body: bytes, answer: KeptAnswer, base: str) -> Links | None:
    """Return where a page's links lead, from the address it had; None of more than are read."""
    named = (value for key, value in answer.headers if key.lower() == "content-type")
    text = text_of(body, charset=charset_of(next(named, None)), is_html=True)
    root = parse_html(text)
    base = base_of(root, base) or base
    found: set[str] = set()
    for link in root.iter("a"):
        address = _absolute(base, link.get("href") or "")
        if address is not None:
            found.add(address)
        if len(found) > MOST_LINKS:
            return None  # the rest of one side would be told as lost or new
    return frozenset(found)


def _absolute(base: str, href: str) -> str | None:
    try:
        address = urljoin(base, href.strip()).partition("#")[0]
    except ValueError:
        return None
    return address if address.startswith(("http://", "https://")) else None
