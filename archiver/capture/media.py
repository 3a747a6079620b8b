"""The media of a post: each in its largest form that can be had, within bounds."""

from __future__ import annotations

import asyncio
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

from archiver.capture.policy import MIB, CapturePolicy
from archiver.capture.sniff import fault
from archiver.capture.streams import Streamed, fetch_stream
from archiver.model.inquiry import Answer, Question
from archiver.model.post import Medium
from archiver.net.guard import Guard
from archiver.ports import Fetcher

PLAYLISTS = (".m3u8", ".mpd", ".f4m", ".ism/manifest")
TS_PACKET = 188  # bytes; each begins with 0x47. Source: ISO/IEC 13818-1, 2.4.3.2


@dataclass(frozen=True, slots=True)
class Fetched:
    """One medium: every answer to it, in order, and what was kept of it.

    ``taken`` is the answer whose body is the medium, ``files`` its files when it was a stream;
    ``problem`` says why there is neither.
    """

    medium: Medium
    answers: tuple[Answer, ...] = ()
    taken: Answer | None = None
    streamed: Streamed = field(default_factory=Streamed)
    problem: str | None = None

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
    """Fetches media one after another, so that their bound in all is exact."""

    def __init__(self, fetcher: Fetcher, guard: Guard, policy: CapturePolicy) -> None:
        self._fetcher = fetcher
        self._guard = guard
        self._policy = policy

    async def fetch(self, media: Sequence[Medium], staging: Path) -> list[Fetched]:
        """Fetch each; what cannot be had is told in it."""
        left = self._policy.media_bytes
        fetched = []
        for medium in media:
            if not medium.available:
                continue
            one = await self._one(medium, left, staging)
            left -= _bytes(one)
            fetched.append(one)
        return fetched

    async def _one(self, medium: Medium, left: int, staging: Path) -> Fetched:
        """Ask for its forms in turn, best first; a stream last, by its own road."""
        answers: list[Answer] = []
        for url in _files(medium):
            room = min(self._policy.medium_bytes, left)
            if room <= 0:
                return Fetched(medium, tuple(answers), problem=_full(self._policy))
            answer = await self._fetcher.ask(Question(url, max_bytes=room))
            answers.append(answer)
            left -= sum(len(exchange.body) for exchange in answer.exchanges)
            if fault(answer, medium) is None:
                return Fetched(medium, tuple(answers), answer)
        if medium.is_stream:
            return await self._stream(medium, tuple(answers), left, staging)
        problem = f"not fetched: {medium.url} ({fault(answers[0], medium)})"
        return Fetched(medium, tuple(answers), problem=problem)

    async def _stream(
        self, medium: Medium, answers: tuple[Answer, ...], left: int, staging: Path
    ) -> Fetched:
        if not self._policy.streams:
            problem = f"stream not taken: {medium.url} (capture.streams is off)"
            return Fetched(medium, answers, problem=problem)
        if left <= 0:
            return Fetched(medium, answers, problem=_full(self._policy))
        folder = Path(await asyncio.to_thread(tempfile.mkdtemp, prefix="stream-", dir=staging))
        streamed = await fetch_stream(
            medium.url,
            folder,
            self._guard,
            seconds=self._policy.stream_s,
            max_bytes=min(self._policy.medium_bytes, left),
        )
        told = f"stream not taken: {medium.url} ({streamed.error})" if streamed.error else None
        return Fetched(medium, answers, streamed=streamed, problem=told)


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


def _bytes(fetched: Fetched) -> int:
    sent = sum(len(x.body) for answer in fetched.answers for x in answer.exchanges)
    return sent + sum(path.stat().st_size for path in fetched.streamed.files)


def _full(policy: CapturePolicy) -> str:
    return f"media of one capture may take {policy.media_bytes // MIB} MiB in all"
