"""Carry a platform's questions out and its answers back."""

from __future__ import annotations

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
    try:
        question = next(inquiry)
        while len(answers) < MAX_QUESTIONS:
            answers.append(await fetcher.ask(question))
            question = inquiry.send(answers[-1])
    except StopIteration as end:
        result: Result = end.value
        return Inquired(result, tuple(answers))
    raise RuntimeError(f"more than {MAX_QUESTIONS} questions in one inquiry")
