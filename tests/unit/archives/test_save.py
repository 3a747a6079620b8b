"""What Save Page Now says, and what is made of it."""

from __future__ import annotations

from datetime import timedelta

import pytest

from archiver.archives.save import (
    SaveState,
    order,
    read_order,
    read_status,
    save_without_key,
    slots_left,
)
from archiver.model.inquiry import Outcome
from tests.fakes import answered, unanswered

SAVE = "https://web.archive.org/save"
JSON = "application/json"


def said(body: bytes, status: int = 200):
    return answered(SAVE, status, body, JSON)


# Weight: documented (the API's page), the message without a job as one voice has it.
ORDERS = {
    "taken": (said(b'{"url":"https://a.example/","job_id":"spn2-1"}'), SaveState.ORDERED),
    "a recent capture": (
        said(b'{"url":"https://a.example/","job_id":null,"message":"The same snapshot had been made 4 minutes ago."}'),
        SaveState.SAVED,
    ),
    "blocked": (said(b'{"status":"error","status_ext":"error:blocked-url"}'), SaveState.REFUSED),
    "no access": (said(b'{"status":"error","status_ext":"error:no-access"}'), SaveState.REFUSED),
    "ten a day": (said(b'{"status":"error","status_ext":"error:too-many-daily-captures"}'), SaveState.LATER),
    "too many at once": (said(b'{"status":"error","status_ext":"error:user-session-limit"}'), SaveState.LATER),
    "an error nobody knows": (said(b'{"status":"error","status_ext":"error:of-the-day"}'), SaveState.LATER),
    "an error in a 500": (said(b'{"status":"error","status_ext":"error:not-found"}', 500), SaveState.REFUSED),
    "limited": (said(b"", 429), SaveState.LATER),
    "failing": (said(b"<html>", 503), SaveState.LATER),
    "a wrong key": (said(b"{}", 401), SaveState.LATER),
    "a page": (said(b"<html>Save Page Now</html>"), SaveState.LATER),
    "nothing known": (said(b"{}"), SaveState.LATER),
    "no answer": (unanswered(SAVE, Outcome.TIMEOUT), SaveState.LATER),
}  # fmt: skip


@pytest.mark.parametrize(("answer", "state"), ORDERS.values(), ids=ORDERS.keys())
def test_an_order_is_taken_refused_or_for_later(answer, state):
    assert read_order(answer).state is state


STATUSES = {
    "pending": (said(b'{"status":"pending","job_id":"j"}'), SaveState.WORKING, None),
    "saved": (
        said(b'{"status":"success","timestamp":"20260302090000","original_url":"https://a.example/"}'),
        SaveState.SAVED,
        "https://web.archive.org/web/20260302090000/https://a.example/",
    ),
    "failed for good": (said(b'{"status":"error","status_ext":"error:not-found"}'), SaveState.REFUSED, None),
    "failed for now": (said(b'{"status":"error","status_ext":"error:browsing-timeout"}'), SaveState.LATER, None),
    "forgotten": (said(b"", 404), SaveState.LATER, None),
    "no shape": (said(b"[]"), SaveState.LATER, None),
}  # fmt: skip


@pytest.mark.parametrize(("answer", "state", "url"), STATUSES.values(), ids=STATUSES.keys())
def test_an_order_is_asked_after(answer, state, url):
    reply = read_status(answer, "j")

    assert reply.state is state
    assert (reply.held.url if reply.held else None) == url


def test_what_a_limit_of_the_account_says_pauses_all_and_one_of_the_address_itself_alone():
    account = read_order(ORDERS["too many at once"][0])
    address = read_order(ORDERS["ten a day"][0])

    assert account.is_of_archive
    assert not address.is_of_archive
    assert address.wait == timedelta(days=1)


def test_an_order_is_posted_with_the_key_and_without_one_nothing_is_asked():
    asking = order("https://a.example/?q=1&r=2", timedelta(days=1))
    question = next(asking)

    with pytest.raises(StopIteration) as end:
        asking.send(unanswered(SAVE, Outcome.REFUSED, "credential: none is set for wayback"))

    assert (question.method, question.credential) == ("POST", "wayback")
    assert (
        question.content
        == b"url=https%3A%2F%2Fa.example%2F%3Fq%3D1%26r%3D2&if_not_archived_within=86400"
    )
    assert end.value.value.state is SaveState.NO_KEY


PLAIN = {
    "sent to the capture": ("https://web.archive.org/web/20260302090000/https://a.example/", (), True),
    "named in a header": (
        f"{SAVE}/https://a.example/",
        (("Content-Location", "/web/20260302090000/https://a.example/"),),
        True,
    ),
    "named in a link": (
        f"{SAVE}/https://a.example/",
        (("Link", '<https://web.archive.org/web/20260302090000/https://a.example/>; rel="memento"'),),
        True,
    ),
    "named nowhere": (f"{SAVE}/https://a.example/", (), False),
}  # fmt: skip


@pytest.mark.parametrize(("url", "headers", "is_saved"), PLAIN.values(), ids=PLAIN.keys())
def test_the_form_without_a_key_tells_where_it_saved(url, headers, is_saved):
    asking = save_without_key("https://a.example/")
    question = next(asking)

    with pytest.raises(StopIteration) as end:
        asking.send(answered(url, 200, b"<html>", headers=headers))

    assert question.url == f"{SAVE}/https://a.example/"
    assert (end.value.value.state is SaveState.SAVED) is is_saved


@pytest.mark.parametrize(
    ("body", "left"),
    [
        (b'{"available":2,"processing":1}', 2),
        (b'{"available":3,"daily_captures":99,"daily_captures_limit":100}', 1),
        (b'{"available":3,"daily_captures":200,"daily_captures_limit":100}', 0),
        (b"<html>", None),
        (b"{}", None),
    ],
)
def test_the_account_says_how_many_orders_it_has_left(body, left):
    asking = slots_left()
    next(asking)

    with pytest.raises(StopIteration) as end:
        asking.send(said(body))

    assert end.value.value == left
