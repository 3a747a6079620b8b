"""Keep an answer: its bytes as a blob, the rest beside what rests on it."""

from __future__ import annotations

from archiver.model.inquiry import Answer
from archiver.model.observation import KeptAnswer
from archiver.ports import Files


async def keep_answer(answer: Answer, files: Files) -> KeptAnswer:
    """Store the body by its hash, durably, and return the answer without its bytes."""
    digest = await files.keep_blob(answer.body) if answer.body else None
    return KeptAnswer(
        url=answer.question.url,
        final_url=answer.url,
        ask=answer.question.ask,
        outcome=answer.outcome,
        at=answer.at,
        status=answer.status,
        headers=answer.headers,
        body_sha256=digest,
        body_bytes=len(answer.body),
        hops=answer.hops,
        ip=answer.ip,
        error=answer.error,
    )
