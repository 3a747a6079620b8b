from __future__ import annotations

import inspect
import re
from types import ModuleType

import pytest

from archiver.model.signals import Signal
from archiver.platforms import (
    _facebook_address,
    _facebook_post,
    _obstacles,
    _telegram_message,
    facebook,
    instagram,
    linkedin,
    telegram,
    threads,
    tiktok,
)
from tests.cases import facebook as facebook_cases
from tests.cases import instagram as instagram_cases
from tests.cases import linkedin as linkedin_cases
from tests.cases import telegram as telegram_cases
from tests.cases import threads as threads_cases
from tests.cases import tiktok as tiktok_cases
from tests.cases.readings import Case

TABLES: list[tuple[tuple[ModuleType, ...], list[Case]]] = [
    ((telegram, _telegram_message), telegram_cases.READ),
    ((tiktok,), tiktok_cases.READ),
    ((facebook, _facebook_post, _facebook_address), facebook_cases.READ),
    ((instagram,), instagram_cases.READ),
    ((threads,), threads_cases.READ),
    ((linkedin,), linkedin_cases.READ),
]
NAMED = re.compile(r"\bSignal\.([A-Z_0-9]+)\b")
# The network's own word; a platform's host that has no name is unreachable.
NEVER = {Signal.NO_HOST}
# Told by Telegram alone; the others order all signals that the roads may bring.
WEIGHED_ONLY = {
    Signal.NOT_FOUND,
    Signal.PROTECTED,
    Signal.AGE_RESTRICTED,
    Signal.ABSENT_UNEXPLAINED,
}


def named_in(*modules: ModuleType) -> set[Signal]:
    return {Signal[n] for module in modules for n in NAMED.findall(inspect.getsource(module))}


@pytest.mark.parametrize(("modules", "cases"), TABLES, ids=[m[0].NAME for m, _ in TABLES])
def test_every_signal_that_a_platform_names_is_reached_by_a_case(modules, cases):
    common = named_in(_obstacles) - WEIGHED_ONLY - NEVER

    assert (named_in(*modules) | common) - {case.signal for case in cases} == set()


@pytest.mark.parametrize(("modules", "cases"), TABLES, ids=[m[0].NAME for m, _ in TABLES])
def test_no_case_is_there_twice(modules, cases):
    names = [case.name for case in cases]

    assert len(names) == len(set(names))
