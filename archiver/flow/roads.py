"""The roads from a citation to its source that lead through the article, or through an archive.

Each returns what it came to as a :class:`Step`; none of them stores anything but answers.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field

from archiver.archives.days import posts_of_day, wanted_of_day
from archiver.archives.places import is_same_place
from archiver.archives.protocol import Copy, Held, OutsideArchive, Wanted
from archiver.archives.reading import shows_source
from archiver.archives.timestamps import distance
from archiver.citations import extract
from archiver.errors import InputError
from archiver.flow.consult import consult, read_in_thread
from archiver.flow.outside import Outside
from archiver.flow.read import ARTICLE_TYPES
from archiver.judge.matching import Match, match, pick
from archiver.model.article import Article
from archiver.model.citation import Certainty, Citation, CitationKind, FoundCitation, Road
from archiver.model.inquiry import Answer, Outcome, Question
from archiver.model.source import SourceRef
from archiver.platforms import recognise

MOST_ARTICLE_COPIES = 3
SEARCHES_AT_ONCE = 3  # citations of one article for which archives are asked while one waits
MOST_CANDIDATES = 8  # posts of one author and day whose words are read
COPIES_OF_ONE = 2  # copies of one candidate tried, for one that can be read


@dataclass(frozen=True, slots=True)
class Step:
    """What one road came to. ``is_passing`` tells that trying it again later may help."""

    road: Road
    source: SourceRef | None
    note: str
    certainty: Certainty | None = None
    answers: tuple[Answer, ...] = ()
    is_passing: bool = False


@dataclass(frozen=True, slots=True)
class Read:
    """What an article's own HTML cites, live or out of an archive; None when it was not read."""

    found: tuple[FoundCitation, ...] | None
    note: str
    answers: tuple[Answer, ...] = ()
    is_passing: bool = False


@dataclass(slots=True)
class ArticleRoads:
    """The roads through one article's HTML, which is fetched once for all its citations.

    ``searches`` is for how many citations outside archives are asked now; a search takes a quarter
    of a minute, and the others are left for later.
    """

    article: Article
    searches: int = SEARCHES_AT_ONCE
    _live: Read | None = field(default=None)
    _copies: list[Read] | None = field(default=None)

    async def live(self, citation: Citation, outside: Outside) -> Step:
        """Look for the citation in the article as it stands at its address now."""
        if self._live is None:
            self._live = await _read_live(self.article, outside)
        return _step(Road.ARTICLE, citation, [self._live])

    def may_search(self) -> bool:
        """Count one citation's search of outside archives; false when it is left for later."""
        self.searches -= 1
        return self.searches >= 0

    async def archived(self, citation: Citation, outside: Outside) -> Step:
        """Look for the citation in archived copies of the article from near its date."""
        if self._copies is None:
            self._copies = await _read_copies(self.article, citation, outside)
        return _step(Road.ARTICLE_MEMENTO, citation, self._copies)


def _step(road: Road, citation: Citation, reads: Sequence[Read]) -> Step:
    notes: list[str] = []
    answers: list[Answer] = []
    for read in reads:
        answers += read.answers
        if read.found is None:
            notes.append(read.note)
            continue
        picked = pick(citation.found, read.found)
        notes.append(f"{read.note}, {picked.note}")
        if picked.source is not None:
            note = notes[-1]
            return Step(road, picked.source, note, Certainty.CHECKED, tuple(answers))
    is_passing = any(read.is_passing for read in reads)
    return Step(road, None, "; ".join(notes), None, tuple(answers), is_passing)


async def _read_live(article: Article, outside: Outside) -> Read:
    url = article.url
    if url is None:
        return Read(None, "the article's address is not known")
    answer = await outside.fetcher.ask(Question(url, accept=ARTICLE_TYPES))
    if answer.outcome is not Outcome.ANSWERED or answer.status != 200:
        came = f"HTTP {answer.status}" if answer.status is not None else answer.outcome.value
        is_passing = answer.status is None or answer.status == 429 or answer.status >= 500
        return Read(None, f"the article's address gave no article ({came})", (answer,), is_passing)
    return await _extracted(answer, url, "the article's own HTML")


async def _extracted(answer: Answer, url: str, what: str) -> Read:
    try:
        extraction = await asyncio.to_thread(
            extract,
            answer.body,
            url=url,
            media_type=answer.header("content-type"),
            recognise=recognise,
        )
    except InputError as error:
        return Read(None, f"{what} cannot be read: {error}", (answer,))
    return Read(extraction.citations, f"in {what}", (answer,))


async def _read_copies(article: Article, citation: Citation, outside: Outside) -> list[Read]:
    if article.url is None:
        return [Read(None, "copies of the article cannot be looked for without its address")]
    if not outside.archives.may_learn(article.url):
        return [Read(None, "no outside archive may learn the article's address")]
    reads: list[Read] = []
    for archive in outside.archives.asked:
        reads += await _copies_in(archive, article, article.url, citation, outside)
    return reads or [Read(None, "no outside archive is asked for copies of the article")]


async def _copies_in(
    archive: OutsideArchive, article: Article, url: str, citation: Citation, outside: Outside
) -> list[Read]:
    near = article.published_on or citation.found.posted_on
    listed = await consult(archive, archive.holds([Wanted(url)], near), outside)
    held = list(listed.result.held) if listed.result is not None else []
    held = [one for one in held if one.status in (None, 200) and is_same_place(one.original, url)]
    held.sort(key=lambda one: (distance(one.at, near), one.at))
    why = listed.trouble.reason if listed.trouble is not None else ""
    is_passing = listed.trouble is not None and listed.trouble.is_passing
    if not held:
        note = why or f"{archive.title} holds no copy of the article"
        return [Read(None, note, listed.answers, is_passing)]
    reads = [Read(None, why, listed.answers, is_passing)] if why else []
    for one in held[:MOST_ARTICLE_COPIES]:
        fetched = await consult(archive, archive.fetch(one), outside)
        if isinstance(fetched.result, Copy) and fetched.result.held.status == 200:
            name = f"{archive.title}'s copy of the article of {fetched.result.held.at:%d %B %Y}"
            read = await _extracted(fetched.result.answer, url, name)
            reads.append(_proved(read, (*listed.answers, *fetched.answers)))
        else:
            lost = fetched.trouble is not None and fetched.trouble.is_passing
            note = f"{archive.title}'s copy of {one.at:%d %B %Y} did not come"
            reads.append(Read(None, note, fetched.answers, lost))
    return reads


def _proved(read: Read, answers: tuple[Answer, ...]) -> Read:
    """Return what was read with the answers as the archive gave them."""
    return Read(read.found, read.note, answers, read.is_passing)


# --- an archive's index -------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Candidate:
    """A post of the author and day; ``match`` tells whether its words are the printed ones."""

    ref: SourceRef
    match: Match
    is_passing: bool = False


async def search_index(citation: Citation, outside: Outside) -> Step:
    """Look in the archives' indexes for the author's posts of that day, and read them.

    Exactly one whose words are the printed ones is taken, and so is the only one there is when no
    copy of it can be read, as likely. Of several that cannot be told apart none is.
    """
    found = citation.found
    handle, day = found.author.handle, found.posted_on
    is_post = found.kind is CitationKind.EMBED and found.platform in (None, "x")
    if not is_post or handle is None or day is None:
        reason = "without handle and day there is nothing to search an index by"
        return Step(Road.INDEX, None, reason)
    step = Step(Road.INDEX, None, "no outside archive's index is searched")
    for archive in outside.archives.asked:
        if archive.name == "wayback":  # the only one whose index knows prefixes
            step = await _search(archive, citation, outside)
    return step


async def _search(archive: OutsideArchive, citation: Citation, outside: Outside) -> Step:
    found = citation.found
    handle, day = found.author.handle or "", found.posted_on
    assert day is not None  # noqa: S101 - checked by the caller
    wanted = wanted_of_day(handle.lstrip("@"), day)
    if not wanted:
        return Step(Road.INDEX, None, "IDs from before November 2010 hold no day to search by")
    listed = await consult(archive, archive.holds(wanted, None), outside)
    held = listed.result.held if listed.result is not None else ()
    posts = posts_of_day(held, handle, day)
    answers = list(listed.answers)
    candidates = [
        await _candidate(archive, status_id, copies, found, answers, outside)
        for status_id, copies in list(posts.items())[:MOST_CANDIDATES]
    ]
    source, certainty, note = decide(candidates, len(posts), archive.title)
    trouble = listed.trouble
    if trouble is not None:
        note = f"{trouble.reason}; {note}"
    if certainty is Certainty.LIKELY and not (listed.result and listed.result.is_whole):
        # What was not listed may hold another post of that author and day.
        source, certainty, note = None, None, f"{note}; and the list was not whole"
    is_passing = source is None and (
        (trouble is not None and trouble.is_passing) or any(one.is_passing for one in candidates)
    )
    return Step(Road.INDEX, source, note, certainty, tuple(answers), is_passing)


async def _candidate(
    archive: OutsideArchive,
    status_id: str,
    copies: Sequence[Held],
    found: FoundCitation,
    answers: list[Answer],
    outside: Outside,
) -> Candidate:
    """Read a candidate's words out of its copies, the first of them that can be read."""
    ref = recognise(copies[0].original)
    is_passing = False
    for one in copies[:COPIES_OF_ONE]:
        fetched = await consult(archive, archive.fetch(one), outside)
        answers += fetched.answers
        is_passing = fetched.trouble is not None and fetched.trouble.is_of_archive
        if isinstance(fetched.result, Copy):
            reading = await read_in_thread(fetched.result, ref)
            if shows_source(reading):
                return Candidate(ref, await asyncio.to_thread(match, found, reading))
    return Candidate(ref, Match.UNTOLD, is_passing)


def decide(
    candidates: Sequence[Candidate], listed: int, title: str
) -> tuple[SourceRef | None, Certainty | None, str]:
    """Say which candidate is taken, how sure, and why; ``listed`` is how many there were."""
    if not candidates:
        return None, None, f"{title}'s index lists no post of that author and day"
    agreed = [one for one in candidates if one.match is Match.AGREES]
    untold = [one for one in candidates if one.match is Match.UNTOLD]
    if len(agreed) == 1:
        ref = agreed[0].ref
        note = f"{title} holds {ref.name}, of that author and day, and its words are those printed"
        return ref, Certainty.CHECKED, note
    if not agreed and len(untold) == 1 and listed == 1:
        ref = untold[0].ref
        note = (
            f"{title} lists {ref.name} as the only post of that author and day, but no copy of it "
            "could be read: its words were not checked"
        )
        return ref, Certainty.LIKELY, note
    several = agreed or untold
    if not several:
        return None, None, f"none of {listed} posts that {title} lists has the printed words"
    names = ", ".join(one.ref.url for one in several)
    why = "have the printed words" if agreed else "could not be read"
    return None, None, f"of {listed} posts that {title} lists, these {why}: {names}"
