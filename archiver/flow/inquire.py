"""Carry a platform's questions out and its answers back."""

from __future__ import annotations

import asyncio
from collections.abc import Generator
from dataclasses import dataclass
from typing import Generic, TypeVar

from archiver.model.inquiry import Answer, Question
from archiver.ports import Fetcher

Result = TypeVar("Result")

MAX_QUESTIONS = 24  # questions of one inquiry; a platform that asks on and on has a bug


@dataclass(frozen=True, slots=True)
class Inquired(Generic[Result]):
    """What an inquiry came to, with every answer it rests on, in the order asked."""

    result: Result
    answers: tuple[Answer, ...]


async def drive(inquiry: Generator[Question, Answer, Result], fetcher: Fetcher) -> Inquired[Result]:
    """Ask until the inquiry says what it found.

    Raises:
        RuntimeError: the platform asked more than ``MAX_QUESTIONS``; its module needs mending.
    """
    answers: list[Answer] = []
    step = _step(inquiry, None)  # there is nothing to read yet
    while isinstance(step, Question):
        if len(answers) == MAX_QUESTIONS:
            raise RuntimeError(f"more than {MAX_QUESTIONS} questions in one inquiry")
        answers.append(await fetcher.ask(step))
        step = await asyncio.to_thread(_step, inquiry, answers[-1])
    return Inquired(step.result, tuple(answers))


@dataclass(frozen=True, slots=True)
class _End(Generic[Result]):
    result: Result


def _step(
    inquiry: Generator[Question, Answer, Result], answer: Answer | None
) -> Question | _End[Result]:
    """Let the platform read an answer; of a large page it thinks for seconds, in a thread."""
    try:
        return next(inquiry) if answer is None else inquiry.send(answer)
    except StopIteration as end:
        return _End(end.value)
