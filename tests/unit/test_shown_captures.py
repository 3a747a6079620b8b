"""Where a capture's files are is said as long as they are there."""

from __future__ import annotations

from dataclasses import replace

from archiver.model.source import Source
from archiver.wiring.captures import located
from tests import build


def test_a_capture_that_was_withdrawn_has_no_files_to_show() -> None:
    source = Source("01SOURCE", build.ref(), build.NOW)
    kept = build.capture(source.id)

    before = located(source, kept, lambda path: f"/home/{path}")
    after = located(source, replace(kept, is_withdrawn=True), lambda path: f"/home/{path}")

    assert before.warc == f"/home/{kept.artifacts[0].path}"
    assert after.warc is None
    assert after.capture.artifacts == kept.artifacts  # its digests stay
