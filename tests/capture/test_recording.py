"""The real browser, through the real guard, at a site that misbehaves; what the WARC then holds."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from PIL import Image

from archiver.model.capture import ArtifactKind, CaptureOutcome, HeldPayload
from archiver.model.inquiry import Answer, Ask, Exchange, Outcome, Question
from archiver.model.post import Medium
from tests.capture import pages
from tests.capture.archive import check, read_warc, request, response, responses
from tests.capture.conftest import QUICK, Studio

pytestmark = pytest.mark.browser

AWKWARD = "http://site.test/awkward"
AT = datetime(2026, 1, 1, tzinfo=UTC)


@pytest.fixture(scope="session")
def awkward(studio):
    return studio.once(AWKWARD)


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_an_awkward_page_is_recorded_completely(awkward):
    recording, folder = awkward

    assert (recording.outcome, recording.reason, recording.http_status) == (
        CaptureOutcome.COMPLETE, None, 200,
    )  # fmt: skip
    assert recording.final_url == AWKWARD
    assert names(folder) == ["capture.warc.gz", "preview.jpg", "screenshot.png", "text.txt"]


@pytest.mark.parametrize(
    ("url", "body"),
    [
        (AWKWARD, pages.AWKWARD.encode()),
        ("http://site.test/style.css", pages.STYLE),
        ("http://site.test/moved.png", pages.MOVED_PICTURE),
        ("http://site.test/lazy.png", pages.LAZY_PICTURE),
        ("http://site.test/missing.png", b"none"),
        ("http://site.test/post?a=1", b"got it"),
        ("http://site.test/nothing", b""),
        ("http://site.test/beacon", b""),
        ("http://site.test/worker.js", b"fetch('/worker-data')"),
        ("http://site.test/worker-data", pages.WORKER_DATA),
        ("http://site.test/popup", b"<title>Popup</title><p>Words of the popup</p>"),
        ("http://other.test/frame.png", pages.FRAME_PICTURE),
        ("http://site.test/events", b"data: one\n\n"),
    ],
)
def test_every_body_is_there_byte_for_byte(awkward, url, body):
    kept = response(awkward[1], url)

    assert kept.body == body
    assert kept.header("content-length") == str(len(body))


def test_codings_the_body_no_longer_has_are_kept_under_another_name(awkward):
    style = response(awkward[1], "http://site.test/style.css")

    assert style.header("content-encoding") is None
    assert style.header("transfer-encoding") is None
    assert style.header("x-orig-content-encoding") == "gzip"
    assert style.header("x-orig-transfer-encoding") == "chunked"


def test_every_cookie_that_was_set_is_there(awkward):
    assert response(awkward[1], AWKWARD).headers("set-cookie") == ["first=1", "second=2; Path=/"]
    style = response(awkward[1], "http://site.test/style.css")
    assert style.headers("set-cookie") == ["third=3", "fourth=4"]


def test_a_header_that_is_not_ascii_keeps_its_byte(awkward):
    style = response(awkward[1], "http://site.test/style.css")

    assert style.header("x-place") == "caf\xe9"


def test_each_hop_of_a_redirect_is_recorded(awkward):
    first = response(awkward[1], "http://site.test/moved")
    second = response(awkward[1], "http://site.test/moved-again")

    assert (first.status, first.header("location"), first.body) == (301, "/moved-again", b"")
    assert (first.header("content-length"), first.header("x-orig-content-length")) == ("0", "5")
    assert (second.status, second.header("location")) == (302, "/moved.png")


def test_a_posted_body_is_there_byte_for_byte(awkward, site):
    posted = request(awkward[1], "http://site.test/post?a=1")

    assert posted.first_line == "/post?a=1 HTTP/1.1"
    assert posted.body == pages.POSTED == site.asked_for("/post")[0].body


def test_the_request_is_what_the_origin_was_sent(awkward, site):
    sent = site.asked_for("/style.css")[0]
    kept = request(awkward[1], "http://site.test/style.css")

    for name in ("host", "cookie", "referer", "user-agent", "accept", "accept-language"):
        assert kept.header(name) == sent.header(name), name
    assert kept.header("proxy-connection") is None


def test_responses_tell_address_protocol_kind_and_page(awkward):
    recording, folder = awkward
    style = response(folder, "http://site.test/style.css")

    assert style.field("WARC-IP-Address") == "127.0.0.1"
    assert style.all("WARC-Protocol") == ["http/1.1"]
    assert style.field("WARC-Resource-Type") == "stylesheet"
    assert style.field("WARC-Page-ID") == folder.name
    assert {record.page_id for record in recording.records} == {folder.name}


def test_every_response_is_followed_by_its_request_and_shares_its_date(awkward):
    records = read_warc(awkward[1])
    pairs = [
        (one, records[number + 1]) for number, one in enumerate(records) if one.type == "response"
    ]

    assert len(pairs) > 10
    for answer, asked in pairs:
        assert asked.type == "request"
        assert asked.url == answer.url
        assert asked.field("WARC-Concurrent-To") == answer.field("WARC-Record-ID")
        assert asked.field("WARC-Date") == answer.field("WARC-Date")


def test_the_index_points_at_every_record(awkward):
    recording, folder = awkward
    written = [one.field("WARC-Record-ID") for one in read_warc(folder) if one.type != "warcinfo"]

    assert [f"<{record.record_id}>" for record in recording.records] == written
    size = (folder / "capture.warc.gz").stat().st_size
    last = recording.records[-1]
    assert last.offset + last.length == size


def test_an_event_stream_is_cut_where_the_capture_ended(awkward):
    stream = response(awkward[1], "http://site.test/events")

    assert stream.field("WARC-Truncated") == "time"


def test_a_web_socket_is_named_in_the_provenance(awkward):
    assert awkward[0].provenance["page"]["sockets"] == ["ws://site.test/socket"]


def test_the_text_is_what_all_frames_show(awkward):
    recording, folder = awkward

    assert "Words of the page" in recording.text
    assert "Words of the frame" in recording.text
    assert (folder / "text.txt").read_text() == recording.text
    (kept,) = [one for one in read_warc(folder) if one.url == f"urn:text:{AWKWARD}"]
    assert kept.body.decode() == recording.text


def test_the_rendered_dom_is_what_scripts_made_of_it(awkward):
    assert "<title>An awkward page one</title>" in awkward[0].rendered_html


def test_the_screenshot_shows_the_whole_page_once(awkward):
    folder = awkward[1]
    with Image.open(folder / "screenshot.png") as shot:
        width, height = shot.size
        lazy = shot.convert("RGB").getpixel((20, height - 30))

    assert width == 1280
    assert height > 6000
    assert lazy == (10, 200, 10)
    records = {one.url: one for one in read_warc(folder) if one.type == "resource"}
    assert records[f"urn:fullPage:{AWKWARD}"].body == (folder / "screenshot.png").read_bytes()
    assert records[f"urn:view:{AWKWARD}"].body == (folder / "preview.jpg").read_bytes()


def test_the_preview_is_small(awkward):
    with Image.open(awkward[1] / "preview.jpg") as preview:
        assert preview.size == (640, 512)


def test_artifacts_are_described_as_they_are(awkward):
    recording, folder = awkward

    for artifact in recording.artifacts:
        assert (folder / artifact.path).stat().st_size == artifact.bytes, artifact.path
    kinds = {artifact.kind for artifact in recording.artifacts}
    assert kinds == {
        ArtifactKind.WARC, ArtifactKind.SCREENSHOT, ArtifactKind.PREVIEW, ArtifactKind.TEXT,
    }  # fmt: skip


def test_provenance_is_json_and_names_tools_policy_and_the_guards_decisions(awkward):
    told = json.loads(json.dumps(awkward[0].provenance))

    assert told["browser"].startswith("Chromium ")
    assert told["policy"]["viewport_width"] == 1280
    assert {one["host"] for one in told["guard"] if one["verdict"] == "allowed"} == {
        "site.test", "other.test",
    }  # fmt: skip


def test_what_the_browser_asks_for_itself_is_not_in_the_warc(awkward):
    hosts = {one.url.split("/")[2] for one in read_warc(awkward[1]) if one.type == "response"}

    assert hosts == {"site.test", "other.test"}


def test_transfers_that_broke_off_are_marked_and_make_the_capture_partial(studio):
    recording, folder = studio.once("http://site.test/truncated")
    short = response(folder, "http://site.test/short")
    unframed = response(folder, "http://site.test/unframed")

    assert recording.outcome is CaptureOutcome.PARTIAL
    assert "not received whole" in (recording.reason or "")
    assert (short.body, short.field("WARC-Truncated")) == (pages.HALF, "disconnect")
    assert short.header("x-orig-content-length") == "100000"
    assert unframed.field("WARC-Truncated") == "disconnect"


def test_bodies_without_end_hold_nothing_up(studio):
    recording, folder = studio.once("http://site.test/streams")
    endless = response(folder, "http://site.test/endless")

    assert (recording.outcome, recording.text) == (CaptureOutcome.COMPLETE, "Streaming")
    assert endless.field("WARC-Truncated") == "time"
    assert endless.body.startswith(b"x" * 1024)


def test_large_bodies_are_there_byte_for_byte(studio):
    recording, folder = studio.once("http://site.test/large")

    assert recording.title == str(len(pages.MEGABYTES_60))
    assert response(folder, "http://site.test/twelve").body == pages.MEGABYTES_12
    assert response(folder, "http://site.test/sixty").body == pages.MEGABYTES_60


def test_a_very_tall_page_is_pictured_up_to_the_cap_and_says_so(studio):
    recording, folder = studio.once("http://site.test/tall")
    (shot,) = [a for a in recording.artifacts if a.kind is ArtifactKind.SCREENSHOT]
    with Image.open(folder / shot.path) as picture:
        size = picture.size

    assert size == (1280, 16384)
    assert shot.note == "top"
    assert recording.limits == ("max_height_px",)


@pytest.mark.parametrize(
    ("path", "text", "limit"),
    [
        ("/alerts", "Before", "max_dialogs"),
        ("/spin", "Before", "scripts"),
        ("/spin-later", "Shown", "scripts"),
        ("/windows", "Opener", "max_pages"),
    ],
)
def test_a_page_that_fights_back_is_still_captured_in_part(studio, path, text, limit):
    recording, folder = studio.once(f"http://site.test{path}")

    assert recording.outcome is CaptureOutcome.PARTIAL
    assert recording.text == text
    assert limit in recording.limits
    assert "screenshot.png" in names(folder)


def test_a_page_cannot_reach_files(studio):
    recording, _ = studio.once("http://site.test/file")

    assert recording.final_url == "http://site.test/file"
    assert recording.text == "Still here"


def test_a_page_cannot_lie_about_its_text(studio):
    recording, _ = studio.once("http://site.test/liar")

    assert recording.text == "What is really there"


@pytest.mark.parametrize("path", ["/paper.pdf", "/download", "/nothing"])
def test_what_is_no_page_fails_and_says_so(studio, path):
    recording, _ = studio.once(f"http://site.test{path}")

    assert recording.outcome is CaptureOutcome.FAILED
    assert (recording.reason or "").startswith("not a page")


@pytest.mark.parametrize(
    ("url", "reason"),
    [
        ("http://site.test:81/", "the guard did not let it through: denied; port: 81 is not open"),
        ("file:///etc/passwd", "refused: not an http(s) address"),
        ("http://site.test/endless", "the page did not load: no response in 6 s"),
    ],
)
def test_a_page_that_does_not_come_fails_with_the_reason(studio, url, reason):
    recording, folder = studio.once(url)

    assert (recording.outcome, recording.reason) == (CaptureOutcome.FAILED, reason)
    assert recording.http_status is None
    assert names(folder) == ["capture.warc.gz"]


def test_a_refused_tunnel_names_the_guards_reason(studio):
    recording, _ = studio.once("https://10.1.2.3/")

    assert recording.outcome is CaptureOutcome.FAILED
    assert "10.0.0.0/8" in (recording.reason or "")


def test_what_the_guard_answers_is_never_content_of_the_page(studio):
    recording, folder = studio.once("http://site.test/half")

    assert (recording.outcome, recording.text) == (CaptureOutcome.COMPLETE, "Own words")
    assert [one.url for one in read_warc(folder) if "10.1.2.3" in one.url] == []


def test_a_status_of_absence_is_no_failure_of_ours(studio):
    recording, _ = studio.once("http://site.test/gone")

    assert (recording.outcome, recording.http_status) == (CaptureOutcome.COMPLETE, 410)


def test_an_unknown_certificate_is_captured_with_a_warning(studio):
    recording, _ = studio.once("https://site.test/gone")

    assert recording.outcome is CaptureOutcome.PARTIAL
    assert recording.reason == "the certificate is not valid: net::ERR_CERT_AUTHORITY_INVALID"
    assert recording.limits == ("tls_invalid",)


def test_a_sub_resource_an_earlier_capture_holds_becomes_a_revisit(studio, awkward):
    earlier = {
        record.payload_sha256: HeldPayload(
            record.payload_sha256, record.url, record.record_id, AT, "earlier"
        )
        for record in awkward[0].records
        if record.type == "response" and record.payload_sha256
    }

    recording, folder = studio.capture(AWKWARD, held=earlier)

    kinds = {one.url: one.type for one in read_warc(folder) if one.type in {"response", "revisit"}}
    assert kinds["http://site.test/style.css"] == "revisit"
    assert kinds["http://site.test/lazy.png"] == "revisit"
    assert kinds[AWKWARD] == "response"
    assert kinds["http://site.test/missing.png"] == "response"
    assert kinds["http://site.test/post?a=1"] == "response"
    (index,) = [r for r in recording.records if r.url == "http://site.test/lazy.png" and r.status]
    assert index.refers_to == earlier[index.payload_sha256].record_id


def test_what_the_client_fetched_stands_in_the_same_warc(studio):
    raw = Exchange(
        "http://site.test/api", b"GET /api HTTP/1.1\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nX-Odd:  caf\xe9\r\n\r\n", b"{}", AT, "127.0.0.1",
    )  # fmt: skip
    picture = replace(raw, url="http://site.test/original.png", body=pages.LAZY_PICTURE)
    studio.fetcher.answers[picture.url] = Answer(
        Question(picture.url), Outcome.ANSWERED, AT, picture.url, status=200,
        headers=(("Content-Type", "image/png"),), body=picture.body, exchanges=(picture,),
    )  # fmt: skip

    recording, folder = studio.capture(
        "http://site.test/gone", exchanges=(raw,), media=(Medium(picture.url, "file", picture.url),)
    )

    assert recording.outcome is CaptureOutcome.COMPLETE
    assert response(folder, raw.url).headers("x-odd") == ["caf\xe9"]
    assert response(folder, picture.url).body == pages.LAZY_PICTURE
    assert (folder / "media-1.png").read_bytes() == pages.LAZY_PICTURE
    kinds = [one.type for one in read_warc(folder)]
    assert kinds[:3] == ["warcinfo", "response", "request"]
    assert kinds[-4:] == ["response", "request"] * 2
    assert check(["fastwarc", "check", "-q"], folder / "capture.warc.gz") == "right"


def test_a_question_is_answered_with_the_rendered_dom(studio):
    answer = studio.run(studio.recorder.render(Question(AWKWARD, ask=Ask.RENDER)))

    assert (answer.outcome, answer.status, answer.url) == (Outcome.ANSWERED, 200, AWKWARD)
    assert b"<title>An awkward page one</title>" in answer.body
    assert answer.content_type == "text/html"


@pytest.mark.parametrize(
    ("url", "outcome"),
    [
        ("http://nowhere.invalid/", Outcome.NO_HOST),
        ("https://nowhere.invalid/", Outcome.NO_HOST),
        ("http://10.1.2.3/", Outcome.REFUSED),
        ("file:///etc/passwd", Outcome.REFUSED),
        ("http://site.test/endless", Outcome.TIMEOUT),
    ],
)
def test_a_page_that_cannot_be_rendered_is_an_outcome(studio, url, outcome):
    answer = studio.run(studio.recorder.render(Question(url, ask=Ask.RENDER)))

    assert answer.outcome is outcome
    assert answer.body == b""


@pytest.mark.parametrize("path", ["/awkward", "/truncated", "/gone"])
def test_independent_readers_find_the_warc_right(studio, path):
    _, folder = studio.once(f"http://site.test{path}")
    warc = folder / "capture.warc.gz"

    verdicts = [check(["warcio", "check"], warc), check(["fastwarc", "check", "-q"], warc)]

    assert verdicts == ["right", "right"]


def test_an_extra_ca_makes_a_certificate_valid(site, authority, tmp_path):
    policy = replace(QUICK, extra_ca=authority[0])
    with Studio(site, tmp_path, policy) as trusting:
        recording, folder = trusting.capture("https://site.test/gone")

    assert (recording.outcome, recording.reason) == (CaptureOutcome.COMPLETE, None)
    kept = response(folder, "https://site.test/gone")
    assert kept.all("WARC-Protocol") == ["http/1.1", "tls/1.3"]


def test_an_unknown_certificate_can_be_refused(site, tmp_path):
    policy = replace(QUICK, tls_invalid="refuse")
    with Studio(site, tmp_path, policy) as strict:
        recording, folder = strict.capture("https://site.test/gone")

    assert recording.outcome is CaptureOutcome.FAILED
    assert "ERR_CERT_AUTHORITY_INVALID" in (recording.reason or "")
    assert responses(folder, "https://site.test/gone") == []
