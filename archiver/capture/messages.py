"""What the recorder and its worker say to each other: one JSON object a line, over a socket."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping
from dataclasses import asdict, fields
from datetime import datetime
from pathlib import Path
from typing import Any

from archiver.capture.policy import CapturePolicy
from archiver.model.capture import Artifact, ArtifactKind, HeldPayload, WarcRecord

LINE_LIMIT = 256 * 1024 * 1024  # a rendered page as text and DOM, in the worst case

Message = dict[str, Any]


class Line:
    """One end of the conversation."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader = reader
        self._writer = writer

    async def hear(self) -> Message | None:
        """Return the next message, or None when the other end is gone."""
        try:
            line = await self._reader.readline()
        except ConnectionError:
            return None
        message: Message | None = json.loads(line) if line.endswith(b"\n") else None
        return message

    async def say(self, **message: object) -> None:
        """Send a message; the other end may be gone, which hearing will tell."""
        self._writer.write(json.dumps(message).encode() + b"\n")
        try:
            await self._writer.drain()
        except ConnectionError:
            return

    def close(self) -> None:
        """Hang up."""
        self._writer.close()


def policy_to_json(policy: CapturePolicy) -> Message:
    """Write a policy."""
    return {**asdict(policy), "extra_ca": str(policy.extra_ca) if policy.extra_ca else None}


def policy_from_json(told: Message) -> CapturePolicy:
    """Read a policy."""
    ca = told["extra_ca"]
    return CapturePolicy(
        **{**told, "hide": tuple(told["hide"]), "extra_ca": Path(ca) if ca else None}
    )


def held_to_json(held: Mapping[str, HeldPayload]) -> Message:
    """Write payloads by digest."""
    return {key: {**asdict(one), "at": one.at.isoformat()} for key, one in held.items()}


def held_from_json(told: Message) -> dict[str, HeldPayload]:
    """Read payloads by digest."""
    return {
        key: HeldPayload(**{**one, "at": datetime.fromisoformat(one["at"])})
        for key, one in told.items()
    }


def record_to_json(record: WarcRecord) -> Message:
    """Write a line of the index."""
    return {**asdict(record), "at": record.at.isoformat()}


def record_from_json(told: Message) -> WarcRecord:
    """Read a line of the index."""
    return WarcRecord(**{**told, "at": datetime.fromisoformat(told["at"])})


def artifact_to_json(artifact: Artifact) -> Message:
    """Write a file's entry."""
    return {name.name: getattr(artifact, name.name) for name in fields(artifact)}


def artifact_from_json(told: Message) -> Artifact:
    """Read a file's entry."""
    return Artifact(**{**told, "kind": ArtifactKind(told["kind"])})
