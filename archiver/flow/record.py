"""Record the answers that a source's inquiry gets, so that a test can give them again."""

from __future__ import annotations

import base64
import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from archiver.flow.inquire import drive
from archiver.model.inquiry import Answer, Headers
from archiver.platforms import platform, recognise
from archiver.ports import Clock, Fetcher

FORMAT = 1
KEPT_FIELDS = frozenset({
    "content-type", "content-language", "link", "location", "memento-datetime", "refresh",
    "retry-after", "server", "status", "www-authenticate", "x-robots-tag",
})  # fmt: skip
KEPT_FAMILIES = ("cf-", "x-rate-limit", "x-ratelimit", "ratelimit", "x-archive-", "x-ms-")
LEFT_OUT = "[left out]"

# What may be of a person, of ours too: walls print the address they refuse. A person looks at each
# before a recording goes into a repository.
SUSPECTS = {
    "e-mail": re.compile(r"[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63})+"),
    "ipv4": re.compile(r"(?<![\d.])(?:\d{1,3}\.){3}\d{1,3}(?![\d.])"),
    "ipv6": re.compile(r"(?<![\w:])(?:[0-9a-f]{1,4}:){4,7}[0-9a-f]{1,4}(?![\w:])", re.IGNORECASE),
}
MOST_FLAGS = 50

Document = dict[str, Any]


async def record(url: str, fetcher: Fetcher, clock: Clock, secrets: Sequence[str]) -> Document:
    """Ask what the platform of an address asks, and return all it was answered.

    1. Find out which source the address names.
    2. Carry its inquiry out.
    3. Write down every answer: header fields that mean something, bodies whole, no cookies, and
       none of ``secrets``, the operator's own.
    4. Flag what looks as if it were of a person.

    Raises:
        AddressError: it is no address of anything.
    """
    ref = recognise(url)
    inquired = await drive(platform(ref.platform).inquire(ref), fetcher)
    reading = inquired.result
    answers = [_answer(one, secrets) for one in inquired.answers]
    return {
        "format": FORMAT,
        "url": url,
        "source": ref.name,
        "recorded_at": clock.now().isoformat(),
        "reading": {"signal": reading.signal.value, "reason": _clean(reading.reason, secrets)},
        "answers": answers,
        "flagged": list(flagged(answers))[:MOST_FLAGS],
    }


def _answer(answer: Answer, secrets: Sequence[str]) -> Document:
    question = answer.question
    return {
        "question": {
            "url": _clean(question.url, secrets),
            "ask": question.ask.value,
            "method": question.method,
            "accept": question.accept,
        },
        "outcome": answer.outcome.value,
        "at": _moment(answer.at),
        "url": _clean(answer.url, secrets),
        "status": answer.status,
        "headers": _trim(answer.headers, secrets),
        "body": _body(answer, secrets),
        "error": _clean(answer.error, secrets) if answer.error else None,
        "hops": [
            {
                "url": _clean(hop.url, secrets),
                "status": hop.status,
                "headers": _trim(hop.headers, secrets),
                "at": _moment(hop.at),
            }
            for hop in answer.hops
        ],
    }


def _trim(headers: Headers, secrets: Sequence[str]) -> list[list[str]]:
    """Keep the fields that platforms read, and those that tell a wall or a limit."""
    return [
        [name, _clean(value, secrets)]
        for name, value in headers
        if name.lower() in KEPT_FIELDS or name.lower().startswith(KEPT_FAMILIES)
    ]


def _body(answer: Answer, secrets: Sequence[str]) -> Document:
    """Write a body as text where that is what it is, else as base64."""
    body = answer.body
    for secret in secrets:
        body = body.replace(secret.encode(), LEFT_OUT.encode())
    try:
        return {"text": body.decode("utf-8")}
    except UnicodeDecodeError:
        return {"base64": base64.b64encode(body).decode("ascii")}


def _clean(text: str, secrets: Sequence[str]) -> str:
    for secret in secrets:
        text = text.replace(secret, LEFT_OUT)
    return text


def _moment(at: datetime) -> str:
    return at.isoformat()


def flagged(answers: Sequence[Mapping[str, Any]]) -> Iterator[Document]:
    """Find what looks like a person's, or ours: e-mail and network addresses, once each."""
    seen: set[tuple[int, str]] = set()
    for number, answer in enumerate(answers):
        fields = "\n".join(value for _, value in answer["headers"])
        text = f"{answer['url']}\n{fields}\n{answer['body'].get('text', '')}"
        for kind, pattern in SUSPECTS.items():
            for found in pattern.findall(text):
                if (number, found) not in seen:
                    seen.add((number, found))
                    yield {"answer": number, "kind": kind, "token": found}
