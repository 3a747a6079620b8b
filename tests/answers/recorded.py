"""Answers as ``archiver record`` wrote them down, ready to be given again."""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

from archiver.flow.record import FORMAT
from archiver.model.inquiry import Answer, Ask, Headers, Hop, Outcome, Question


def read_recording(document: Mapping[str, Any]) -> dict[str, list[Answer]]:
    """Return the answers by road and address, in the order given: what a scripted fetcher takes."""
    if document["format"] != FORMAT:
        raise ValueError(f"a recording of format {document['format']}")
    answers: dict[str, list[Answer]] = {}
    for told in document["answers"]:
        answer = _answer(told)
        answers.setdefault(f"{answer.question.ask}:{answer.question.url}", []).append(answer)
    return answers


def load_recording(path: Path) -> dict[str, list[Answer]]:
    """Return the answers of a file."""
    return read_recording(json.loads(path.read_text(encoding="utf-8")))


def _answer(told: Mapping[str, Any]) -> Answer:
    asked = told["question"]
    return Answer(
        question=Question(
            asked["url"], Ask(asked["ask"]), accept=asked["accept"], method=asked["method"]
        ),
        outcome=Outcome(told["outcome"]),
        at=datetime.fromisoformat(told["at"]),
        url=told["url"],
        status=told["status"],
        headers=_headers(told["headers"]),
        body=_body(told["body"]),
        hops=tuple(
            Hop(h["url"], h["status"], _headers(h["headers"]), datetime.fromisoformat(h["at"]))
            for h in told["hops"]
        ),
        error=told["error"],
    )


def _headers(told: list[list[str]]) -> Headers:
    return tuple((name, value) for name, value in told)


def _body(told: Mapping[str, str]) -> bytes:
    return told["text"].encode() if "text" in told else base64.b64decode(told["base64"])
