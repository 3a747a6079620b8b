"""When a name was registered, out of whatever a registry says."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archiver.model.inquiry import Answer, Ask, Outcome, Question
from archiver.platforms._registry import registered_at
from tests.answers import AT, Reply, data, failed, registered, unverified

URL = "https://www.news.example/2020/01/08/tower"
DAY = datetime(2026, 3, 2, 4, tzinfo=UTC)


def to(reply: Reply, url: str = URL) -> Answer:
    return reply.to(Question(url, ask=Ask.REGISTRY))


def telling(*events: Any, **more: Any) -> Answer:
    return to(data({"objectClassName": "domain", "events": list(events), **more}))


def event(date: Any, action: Any = "registration") -> dict[str, Any]:
    return {"eventAction": action, "eventDate": date}


def test_the_day_of_registration_is_read() -> None:
    assert registered_at(to(registered("2026-03-02"))) == DAY


def test_of_several_registrations_the_newest_counts() -> None:
    told = telling(
        event("1999-05-01T00:00:00Z"),
        event("2026-03-02T05:00:00+01:00", "reregistration"),
        event("2026-10-01T00:00:00Z", "transfer"),
        event("2026-10-01T00:00:00Z", "last changed"),
        event("2027-05-01T00:00:00Z", "expiration"),
    )

    assert registered_at(told) == DAY


@pytest.mark.parametrize(
    "date", ["2026-03-02t04:00:00z", "2026-03-02T04:00:00.0Z", "2026-03-02T04:00:00.000000000Z"]
)
def test_every_form_of_a_time_that_registries_write_is_read(date: str) -> None:
    assert registered_at(telling(event(date, "Registration "))) == DAY


@pytest.mark.parametrize(
    "reply",
    [
        failed(Outcome.REFUSED),
        failed(Outcome.TIMEOUT),
        replace(registered("2026-03-02"), status=404),
        replace(registered("2026-03-02"), status=429),
        replace(registered("2026-03-02"), outcome=Outcome.TRUNCATED),
        unverified(registered("2026-03-02")),
        registered("2026-03-02", name="other.example"),
        registered("2026-03-02", name="ews.example"),
        registered("2026-03-02", action="last changed"),
        registered("2027-03-02"),
        data([]),
        data({"events": {"eventAction": "registration", "eventDate": "2026-03-02T04:00:00Z"}}),
        data({"events": [event(1772424000), event(None), event("2026-03-02"), event("soon"), 7]}),
        data({"events": [event("2026-03-02T04:00:00")]}),
        Reply(200, b"[" * 90_000),
        Reply(200, b"\xff\xfe{"),
    ],
)
def test_what_does_not_say_it_tells_nothing(reply: Reply) -> None:
    assert registered_at(to(reply)) is None


@pytest.mark.parametrize("name", ["WWW.NEWS.EXAMPLE", "news.example.", None, 7])
def test_an_answer_is_of_the_name_that_it_says(name: Any) -> None:
    assert registered_at(telling(event("2026-03-02T04:00:00Z"), ldhName=name)) == DAY


JSON = st.recursive(
    st.none() | st.booleans() | st.floats() | st.text(max_size=9)
    | st.sampled_from(["registration", "2026-03-02T04:00:00Z", "9999-12-31T23:59:59-23:59"]),
    lambda inner: st.lists(inner, max_size=3)
    | st.dictionaries(
        st.sampled_from(["events", "eventAction", "eventDate", "ldhName"]), inner, max_size=4
    ),
)  # fmt: skip


@given(JSON, st.sampled_from([URL, "", "http://[", "about:blank"]))
def test_no_document_breaks_the_reading(document: Any, url: str) -> None:
    body = json.dumps(document).encode()

    found = registered_at(to(Reply(200, body), url))

    assert found is None or (found.tzinfo is UTC and found <= AT)
