from __future__ import annotations

from contextlib import closing
from datetime import UTC, datetime

import pytest

from archiver.capture.bodies import BodyPlan, Budget, Spool, plan_body
from archiver.capture.policy import MIB, CapturePolicy
from archiver.capture.traffic import Pause

POLICY = CapturePolicy()


def pause(kind: str = "image", status: int = 200, method: str = "GET", **headers: object) -> Pause:
    fields = [{"name": k.replace("_", "-"), "value": str(v)} for k, v in headers.items()]
    request = {"url": "http://s.test/a", "method": method}
    event = {
        "requestId": "i", "resourceType": kind, "request": request,
        "responseStatusCode": status, "responseHeaders": fields,
    }  # fmt: skip
    return Pause(event, datetime(2026, 1, 1, tzinfo=UTC))


@pytest.mark.parametrize(
    ("held", "plan"),
    [
        (pause(status=204), BodyPlan.NONE),
        (pause(status=301), BodyPlan.NONE),
        (pause(status=304), BodyPlan.NONE),
        (pause(method="HEAD"), BodyPlan.NONE),
        (pause(content_length=1000), BodyPlan.READ),
        (pause(content_length=9 * MIB), BodyPlan.STREAM),
        (pause(content_length=900 * MIB), BodyPlan.STREAM),
        (pause("Script"), BodyPlan.READ),
        (pause("Stylesheet", content_encoding="gzip", content_length=10), BodyPlan.READ),
        (pause("XHR"), BodyPlan.STREAM),
        (pause("XHR", content_encoding="gzip", content_length=10), BodyPlan.STREAM),
        (pause("XHR", content_type="text/event-stream"), BodyPlan.STREAM),
        (pause("Image", content_type="multipart/x-mixed-replace; boundary=a"), BodyPlan.STREAM),
        (pause("Media", content_length=1000), BodyPlan.STREAM),
        (pause("Document"), BodyPlan.READ),
        (pause("Document", content_length=30 * MIB), BodyPlan.READ),
        (pause("Document", content_length=900 * MIB), BodyPlan.PASS),
    ],
)
def test_a_body_is_obtained_by_size_and_kind(held, plan):
    assert plan_body(held, POLICY, may_stream=True) is plan


@pytest.mark.parametrize(
    ("held", "plan"),
    [
        (pause("XHR"), BodyPlan.READ),
        (pause("XHR", content_length=9 * MIB), BodyPlan.READ),
        (pause("XHR", content_length=900 * MIB), BodyPlan.PASS),
        (pause("XHR", content_type="text/event-stream"), BodyPlan.PASS),
    ],
)
def test_where_no_page_tells_of_a_request_nobody_can_listen_in(held, plan):
    assert plan_body(held, POLICY, may_stream=False) is plan


def test_a_spool_keeps_what_fits_and_says_when_more_came(tmp_path):
    spool = Spool(tmp_path, cap=10, budget=Budget(100))
    spool.write(b"12345")
    spool.write(b"67890abc")

    with closing(spool.payload()) as payload:
        kept = b"".join(payload.chunks())

    assert (kept, payload.length, spool.is_cut) == (b"1234567890", 10, True)


def test_all_bodies_share_one_budget(tmp_path):
    budget = Budget(8)
    first, second = Spool(tmp_path, 100, budget), Spool(tmp_path, 100, budget)
    first.write(b"123456")
    second.write(b"123456")

    assert (first.is_cut, second.is_cut, second.length) == (False, True, 2)
    first.payload().close()
    second.payload().close()


def test_a_large_body_leaves_no_file_behind(tmp_path):
    spool = Spool(tmp_path, cap=4 * MIB, budget=Budget(8 * MIB))
    spool.write(b"x" * (2 * MIB))

    with closing(spool.payload()) as payload:
        assert payload.length == 2 * MIB
        assert list(tmp_path.iterdir()) == []
