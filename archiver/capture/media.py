"""The media of a post: each in its largest form that can be had, within bounds."""

from __future__ import annotations

import asyncio
import tempfile
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

from archiver.capture.policy import MIB, CapturePolicy
from archiver.capture.sniff import fault
from archiver.capture.streams import Streamed, fetch_stream
from archiver.errors import UnwelcomeError
from archiver.model.inquiry import Answer, Question
from archiver.model.post import Medium
from archiver.net.guard import Guard
from archiver.ports import Fetcher

PLAYLISTS = (".m3u8", ".mpd", ".f4m", ".ism/manifest")
MAX_FORMS = 8  # of one medium; platforms name five at most, a hostile server as many as it likes
TS_PACKET = 188  # bytes; each begins with 0x47. Source: ISO/IEC 13818-1, 2.4.3.2


@dataclass(frozen=True, slots=True)
class Fetched:
    """One medium: every answer to it, in order, and what was kept of it.

    ``taken`` is the answer whose body is the medium, ``files`` its files when it was a stream;
    ``problem`` says why there is neither, ``limit`` by which bound: media, media_count, media_s.
    """

    medium: Medium
    answers: tuple[Answer, ...] = ()
    taken: Answer | None = None
    streamed: Streamed = field(default_factory=Streamed)
    problem: str | None = None
    limit: str = "media"

    @property
    def note(self) -> str:
        """What a person should know of the file: whose it is, which form, what it shows."""
        medium = self.medium
        url = self.taken.url if self.taken is not None else medium.url
        if medium.key == medium.url:
            return url
        forms = [medium.url, *medium.others]
        asked = self.taken.question.url if self.taken is not None else medium.url
        form = "a stream joined" if self.streamed.files else f"form {forms.index(asked) + 1}"
        words = f"; alt: {medium.alt}" if medium.alt else ""
        return f"{medium.kind} {medium.key}; {form} of {len(forms)}; {url}{words}"

    def provenance(self) -> dict[str, object]:
        """Return it as JSON values."""
        return {
            "key": self.medium.key,
            "kind": self.medium.kind,
            "alt": self.medium.alt,
            "asked": [
                {"url": one.question.url, "outcome": one.outcome.value, "status": one.status}
                for one in self.answers
            ],
            "taken": self.taken.question.url if self.taken is not None else None,
            "stream": self.streamed.told,
            "problem": self.problem,
        }


class MediaRoom:
    """Fetches the media of a capture, a few at once, within bounds of number, bytes and time."""

    def __init__(self, fetcher: Fetcher, guard: Guard, policy: CapturePolicy) -> None:
        self._fetcher = fetcher
        self._guard = guard
        self._policy = policy

    async def fetch(self, media: Sequence[Medium], staging: Path) -> list[Fetched]:
        """Fetch each; what cannot be had is told in it, and what is left out in one more."""
        policy = self._policy
        wanted = [medium for medium in media if medium.available]
        allowance = Allowance(policy.media_bytes, policy.medium_bytes)
        errands = [
            _Errand(medium, self._fetcher, self._guard, policy, allowance, staging)
            for medium in wanted[: policy.media_count]
        ]
        await _run_all(errands, policy.media_at_once, policy.media_s)
        fetched = [errand.result or errand.late() for errand in errands]
        return fetched + _left_out(wanted, policy.media_count)


async def _run_all(errands: Sequence[_Errand], at_once: int, seconds: float) -> None:
    """Run errands until all are done or time is up; none outlives this call."""
    turns = asyncio.Semaphore(at_once)
    tasks = [asyncio.create_task(errand.run(turns)) for errand in errands]
    try:
        async with asyncio.timeout(seconds):
            await asyncio.gather(*tasks)
    except TimeoutError:
        return
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


@dataclass(slots=True)
class Turn:
    """One download: the bytes it may take, and those it took."""

    room: int
    spent: int = 0


class Allowance:
    """Bytes that all media of one capture may take; exact, however many are under way.

    A turn that could not have all that one medium may take waits until the others are done: what
    they leave is its room.
    """

    def __init__(self, total: int, each: int) -> None:
        self._left = total
        self._each = each
        self._held = 0
        self._changed = asyncio.Condition()

    @asynccontextmanager
    async def turn(self) -> AsyncIterator[Turn]:
        """Wait for room, hold it, and give back what was not needed."""
        async with self._changed:
            await self._changed.wait_for(self._is_free)
            turn = Turn(max(0, min(self._each, self._left - self._held)))
            self._held += turn.room
        try:
            yield turn
        finally:
            self._held -= turn.room
            self._left -= turn.spent
            async with self._changed:
                self._changed.notify_all()

    def _is_free(self) -> bool:
        return not self._held or self._left - self._held >= self._each


class _Errand:
    """One medium: its forms in turn, best first; a stream last, by its own road."""

    def __init__(
        self,
        medium: Medium,
        fetcher: Fetcher,
        guard: Guard,
        policy: CapturePolicy,
        allowance: Allowance,
        staging: Path,
    ) -> None:
        self.result: Fetched | None = None
        self._medium = medium
        self._fetcher = fetcher
        self._guard = guard
        self._policy = policy
        self._allowance = allowance
        self._staging = staging
        self._answers: list[Answer] = []

    async def run(self, turns: asyncio.Semaphore) -> None:
        """Fetch it when it is its turn; a site that wants to be left alone keeps it, as a 429.

        Where another worker is at that site, the capture waits: its turn comes soon.
        """
        async with turns:
            try:
                self.result = await self._fetch()
            except UnwelcomeError as refused:
                self.result = self._without(f"not fetched: {self._medium.url} ({refused})")

    def late(self) -> Fetched:
        """Say that time was up first; what was answered until then is kept."""
        told = f"all media of one capture get {self._policy.media_s:g} s"
        return self._without(f"not fetched: {self._medium.url} ({told})", limit="media_s")

    async def _fetch(self) -> Fetched:
        for url in _files(self._medium)[:MAX_FORMS]:
            async with self._allowance.turn() as turn:
                if turn.room <= 0:
                    return self._full()
                answer = await self._ask(url, turn)
            if fault(answer, self._medium) is None:
                return Fetched(self._medium, tuple(self._answers), answer)
        if self._medium.is_stream:
            return await self._stream()
        why = fault(self._answers[0], self._medium)
        return self._without(f"not fetched: {self._medium.url} ({why})")

    async def _ask(self, url: str, turn: Turn) -> Answer:
        answer = await self._fetcher.ask(Question(url, max_bytes=turn.room))
        self._answers.append(answer)
        turn.spent = sum(len(exchange.body) for exchange in answer.exchanges)
        return answer

    async def _stream(self) -> Fetched:
        medium = self._medium
        if not self._policy.streams:
            return self._without(f"stream not taken: {medium.url} (capture.streams is off)")
        async with self._allowance.turn() as turn:
            if turn.room <= 0:
                return self._full()
            folder = await asyncio.to_thread(tempfile.mkdtemp, prefix="stream-", dir=self._staging)
            streamed = await fetch_stream(
                medium.url,
                Path(folder),
                self._guard,
                seconds=self._policy.stream_s,
                max_bytes=turn.room,
            )
            turn.spent = sum(path.stat().st_size for path in streamed.files)
        told = f"stream not taken: {medium.url} ({streamed.error})" if streamed.error else None
        return Fetched(medium, tuple(self._answers), streamed=streamed, problem=told)

    def _full(self) -> Fetched:
        room = self._policy.media_bytes // MIB
        return self._without(f"media of one capture may take {room} MiB in all")

    def _without(self, problem: str, limit: str = "media") -> Fetched:
        return Fetched(self._medium, tuple(self._answers), problem=problem, limit=limit)


def _left_out(wanted: Sequence[Medium], count: int) -> list[Fetched]:
    """Tell in one what was beyond the number, whatever their number is."""
    if len(wanted) <= count:
        return []
    told = f"{len(wanted) - count} of {len(wanted)} media not asked for: one capture takes {count}"
    return [Fetched(wanted[count], problem=told, limit="media_count")]


def stream_type(head: bytes) -> tuple[str, str]:
    """Return media type and extension of a joined stream: yt-dlp names all of them mp4."""
    if head[:1] == b"G" and head[TS_PACKET : TS_PACKET + 1] == b"G":
        return "video/mp2t", ".ts"
    if head[4:8] in {b"ftyp", b"styp", b"moof"}:
        return "video/mp4", ".mp4"
    return "application/octet-stream", ".bin"


def _files(medium: Medium) -> list[str]:
    """Return the forms that are files; of a stream, those that are no playlist themselves."""
    forms = [medium.url, *medium.others]
    if not medium.is_stream:
        return forms
    return [url for url in medium.others if not urlsplit(url).path.lower().endswith(PLAYLISTS)]
