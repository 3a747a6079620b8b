"""What a repair of an article needs: its page as kept, and copies that its readers can open."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from archiver.citations.encoding import charset_of, text_of
from archiver.errors import InputError, StoreError
from archiver.flow.audit import Audited
from archiver.flow.outside import Outside
from archiver.flow.shown import page_of, shown_by
from archiver.model.article import Article, ArticleVersion
from archiver.model.memento import Memento, PushState
from archiver.model.observation import Observation
from archiver.model.signals import Signal
from archiver.model.source import Source
from archiver.model.wording import same_words

COMPARED = 5  # newest looks whose page is read to find that of the newest version


@dataclass(frozen=True, slots=True)
class Copy:
    """An archived copy that everybody can open."""

    url: str
    at: datetime
    archive: str


@dataclass(frozen=True, slots=True)
class KeptPage:
    """An article's own page as a look saw it.

    ``is_newest`` tells whether its text is that of the newest version of the article.
    """

    html: str
    url: str
    seen_at: datetime
    is_newest: bool


async def public_copy(one: Audited, outside: Outside) -> Copy | None:
    """Return the outside archive's copy of a source nearest to how it was cited, or None.

    The one the citation relies on; else a memento that showed the source; else one that an outside
    archive made at our bidding.
    """
    if one.memento is not None:
        return _copy(one.memento)
    if one.source is None:
        return None
    wanted = one.sides.then.at if one.sides.then is not None else None
    known = await outside.store.mementos.of(one.source.id)
    shown = [memento for memento in known if memento.reading.signal is Signal.PRESENT]
    if shown:
        return _copy(min(shown, key=lambda memento: _distance(memento.at, wanted)))
    pushes = await outside.store.pushes.of(one.source.id)
    done = [push for push in pushes if push.state is PushState.DONE and push.memento_url]
    if not done:
        return None
    first = min(done, key=lambda push: _distance(push.added_at, wanted))
    return Copy(first.memento_url or "", first.added_at, first.archive)


def _copy(memento: Memento) -> Copy:
    return Copy(memento.url, memento.at, memento.archive)


def _distance(at: datetime, wanted: datetime | None) -> float:
    return abs((at - wanted).total_seconds()) if wanted is not None else at.timestamp()


async def kept_page(
    article: Article, version: ArticleVersion | None, outside: Outside
) -> KeptPage | None:
    """Return the HTML of an article as a look kept it, or None: its text was supplied, or lost.

    Of the newest looks, the one that shows the newest version; else the newest of all.
    """
    if article.source_id is None:
        return None
    source = await outside.store.sources.source(article.source_id)
    looks = await _newest_pages(source, outside)
    for look in looks:
        shown = await shown_by(look, source, outside)
        if shown is not None and version and same_words(shown.article.text, version.text):
            return await _page(look, source, outside, is_newest=True)
    return await _page(looks[0], source, outside, is_newest=False) if looks else None


async def _newest_pages(source: Source, outside: Outside) -> list[Observation]:
    """Return the newest looks that saw the page at an article's address, newest first."""
    found: list[Observation] = []
    for glimpse in reversed(await outside.store.looks.glimpses(source.id)):
        if glimpse.signal is Signal.PRESENT:
            look = await outside.store.looks.observation(glimpse.id)
            found += [look] if page_of(look, source) else []
        if len(found) == COMPARED:
            break
    return found


async def _page(
    look: Observation, source: Source, outside: Outside, *, is_newest: bool
) -> KeptPage | None:
    answer = page_of(look, source)
    if answer is None or answer.body_sha256 is None:
        return None
    named = next((value for key, value in answer.headers if key.lower() == "content-type"), "")
    if "html" not in named.lower():
        return None
    try:
        body = await outside.files.blob(answer.body_sha256)
        text = text_of(body, charset=charset_of(named), is_html=True)
    except (StoreError, InputError):
        return None
    return KeptPage(text, answer.final_url, look.at, is_newest)
