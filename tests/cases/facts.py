"""How much a case's fact weighs, and whether a table reaches every signal its module can give."""

from __future__ import annotations

import inspect
import re
from enum import StrEnum
from types import ModuleType

from archiver.model.inquiry import Outcome
from archiver.model.signals import Signal
from archiver.platforms import _api, _questions
from tests.answers import OFFLINE, ONLINE, Reply, failed, html, typed, unverified


class Fact(StrEnum):
    """What a case's expectation rests on."""

    RECORDED = "recorded"
    """Seen in a reply that somebody recorded or measured."""
    DOCUMENTED = "documented"
    """Said by the platform's documentation, its own source code, or a standard."""
    ONE_VOICE = "one voice"
    """Said once, in an issue or by one project; taken with care."""
    MISNAMED = "misnamed"
    """Bears another name than what was asked for, or two voices contradict: proves no absence."""
    ANYWHERE = "anywhere"
    """What any server, and the network before it, may do."""


Case = tuple[str, Fact, list[Reply], Signal, bool]
"""Name, weight, replies in the order asked, signal, confirmed."""

_NAMED = re.compile(r"\bSignal\.([A-Z_0-9]+)\b")


def signals_named_in(*modules: ModuleType) -> set[Signal]:
    """Return every signal that these modules, and those all interfaces share, can give."""
    sources = "".join(inspect.getsource(module) for module in (*modules, _api, _questions))
    return {Signal[name] for name in _NAMED.findall(sources)}


CHALLENGE = html("<title>Just a moment...</title><script>window._cf_chl_opt={}</script>", 403)

TROUBLES: list[Case] = [
    ("challenge", Fact.RECORDED, [CHALLENGE], Signal.WALL, False),
    ("challenge by header", Fact.DOCUMENTED, [Reply(403, b"", (("cf-mitigated", "challenge"),))], Signal.WALL, False),
    ("web page instead of data", Fact.ANYWHERE, [html("<title>Hello</title><p>Hello</p>")], Signal.WALL, False),
    ("a stranger in between", Fact.ANYWHERE, [unverified(typed(b"{}", "application/json"))], Signal.WALL, False),
    ("log-in", Fact.ANYWHERE, [html("<p>Log in</p>", url="https://sso.example/login")], Signal.LOGIN, False),
    ("another host's word", Fact.ANYWHERE, [Reply(200, b"{}", (("content-type", "application/json"),), url="https://parked.example/")], Signal.UNREADABLE, False),
    ("withheld, in a page", Fact.DOCUMENTED, [html("<title>Unavailable</title>", 451)], Signal.WITHHELD, False),
    ("withheld", Fact.DOCUMENTED, [typed(b"{}", "application/json", 451)], Signal.WITHHELD, False),
    ("asked too often", Fact.DOCUMENTED, [typed(b"{}", "application/json", 429)], Signal.RATE_LIMITED, False),
    ("server error", Fact.ANYWHERE, [html("<title>Oh no</title>", 503)], Signal.SERVER_ERROR, False),
    ("broken JSON", Fact.ANYWHERE, [typed(b'{"a": ', "application/json")], Signal.UNREADABLE, False),
    ("not an object", Fact.ANYWHERE, [typed(b"[1]", "application/json")], Signal.UNREADABLE, False),
    ("endlessly nested", Fact.ANYWHERE, [typed(b"[" * 200_000, "application/json")], Signal.UNREADABLE, False),
    ("broken off", Fact.ANYWHERE, [Reply(200, b'{"a":1}', (("content-type", "application/json"),), Outcome.TRUNCATED)], Signal.UNREADABLE, False),
    ("time-out", Fact.ANYWHERE, [failed(Outcome.TIMEOUT), ONLINE], Signal.UNREACHABLE, False),
    ("our network is down", Fact.ANYWHERE, [failed(Outcome.TIMEOUT), OFFLINE], Signal.OFFLINE, False),
    ("refused by the guard", Fact.ANYWHERE, [failed(Outcome.REFUSED)], Signal.REFUSED, False),
    ("redirects without end", Fact.ANYWHERE, [failed(Outcome.TOO_MANY_REDIRECTS)], Signal.WALL, False),
]  # fmt: skip
"""What may come back to the first question for data, whatever the platform."""
