from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archiver.model.inquiry import Answer, Ask, Outcome, Question, Wall
from archiver.model.signals import Signal
from archiver.platforms._dns import parking_service, read_absence, read_names, read_presence
from tests.answers import JSON, Reply, failed, names, typed

URL = "https://news.example/a"


def told(reply: Reply) -> Answer:
    return reply.to(Question(URL, ask=Ask.DNS))


@pytest.mark.parametrize(
    ("reply", "signal", "confirmed", "wall"),
    [
        (names("NXDOMAIN", "NXDOMAIN"), Signal.NO_HOST, True, None),
        (names("NXDOMAIN"), Signal.NO_HOST, False, None),
        (failed(Outcome.REFUSED), Signal.NO_HOST, False, None),
        (names("NXDOMAIN", "SERVFAIL"), Signal.UNREACHABLE, False, None),
        (names("REFUSED", "REFUSED"), Signal.UNREACHABLE, False, None),
        (names("NOERROR", "NOERROR", A=["192.0.2.9"]), Signal.UNREACHABLE, False, None),
        (names("NXDOMAIN", "NOERROR", A=["192.0.2.9"]), Signal.UNREACHABLE, False, Wall.LOCAL),
        (names("NXDOMAIN", "NXDOMAIN", extended=16), Signal.UNREACHABLE, False, Wall.LOCAL),
        (names("NXDOMAIN", "NXDOMAIN", extended=4), Signal.UNREACHABLE, False, Wall.LOCAL),
        (names("NXDOMAIN", "NXDOMAIN", extended=30), Signal.NO_HOST, True, None),
    ],
)  # fmt: skip
def test_a_name_that_did_not_resolve_is_gone_a_fault_or_our_own_side(
    reply: Reply, signal: Signal, confirmed: bool, wall: Wall | None
) -> None:
    reading = read_absence(told(reply), URL, "no-host")

    assert (reading.signal, reading.confirmed, reading.wall) == (signal, confirmed, wall)
    assert reading.reason.endswith(".")


def test_an_alias_that_leads_to_nothing_is_named() -> None:
    document = json.loads(names("NXDOMAIN", "NXDOMAIN").body)
    alias = {"owner": "news.example", "type": "CNAME", "value": "gone.cdn.example"}
    document["resolvers"][0]["answers"][0]["records"] = [alias]

    reading = read_absence(told(typed(json.dumps(document).encode(), JSON)), URL, "no-host")

    assert "192.0.2.0 says NXDOMAIN of its alias gone.cdn.example;" in reading.reason


def test_a_name_with_records_of_one_kind_alone_exists() -> None:
    document = json.loads(names("NXDOMAIN").body)
    document["resolvers"][0]["answers"][0]["rcode"] = "NOERROR"

    read = read_names(told(typed(json.dumps(document).encode(), JSON)))

    assert read is not None
    assert (read.told[0].is_there, read.told[0].is_absent) == (True, False)


@pytest.mark.parametrize("rcode", ["NOERROR", "SERVFAIL"])
def test_a_page_that_came_is_not_doubted_for_its_name(rcode: str) -> None:
    assert read_presence(told(names(rcode, "NOERROR", A=["192.0.2.9"]))) is None


@pytest.mark.parametrize("rcodes", [("NXDOMAIN", "NXDOMAIN"), ("NXDOMAIN", "NOERROR")])
def test_a_page_for_a_name_that_does_not_exist_is_somebody_in_between(
    rcodes: tuple[str, ...],
) -> None:
    reading = read_presence(told(names(*rcodes, A=["192.0.2.9"])))

    assert reading is not None
    assert (reading.signal, reading.wall) == (Signal.UNREACHABLE, Wall.LOCAL)


@pytest.mark.parametrize(
    ("reply", "service"),
    [
        (names("NOERROR", NS=["NS1.SedoParking.com"]), "Sedo, by its name server"),
        (names("NOERROR", NS=["ns2.parkingcrew.net."]), "ParkingCrew, by its name server"),
        (names("SERVFAIL", "NOERROR", NS=["ns1.bodis.com"]), "Bodis, by its name server"),
        (names("NOERROR", CNAME=["x7.parklogic.com"]), "ParkLogic, by its alias"),
        (names("NOERROR", A=["199.59.243.228"]), "Bodis, by its address"),
        (names("NOERROR", NS=["ns1.notsedoparking.com"]), None),
        (names("NOERROR", NS=["ns1.domaincontrol.com"], A=["192.0.2.9"]), None),
        (names("NOERROR", A=["junk"]), None),
        (names("NOERROR", NS=["ns1.sedo.com"], name="sedo.com"), None),
        (failed(Outcome.REFUSED), None),
    ],
)  # fmt: skip
def test_a_parking_service_is_known_by_what_a_name_is_handed_to(
    reply: Reply, service: str | None
) -> None:
    assert parking_service(told(reply)) == service


SHAPES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8) | st.sampled_from(["A", "NS", "NXDOMAIN"]),
    lambda inner: st.lists(inner, max_size=4)
    | st.dictionaries(
        st.sampled_from(
            ["name", "resolvers", "answers", "type", "rcode", "extended", "code", "records",
             "owner", "value", "error"]
        ),
        inner,
        max_size=6,
    ),
    max_leaves=30,
)  # fmt: skip


@given(SHAPES | st.binary(max_size=50))
def test_no_document_stops_the_reading(document: object) -> None:
    body = document if isinstance(document, bytes) else json.dumps(document).encode()
    answer = told(typed(body, JSON))

    assert read_absence(answer, URL, "no-host").reason
    read_presence(answer)
    parking_service(answer)
