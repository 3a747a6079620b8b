"""Pictures of a report are bounded, and only what proves a change is laid side by side."""

from __future__ import annotations

from dataclasses import replace

import pytest
from PIL import Image

from archiver.cli.reports.article import article_of
from archiver.cli.reports.entry import Entry
from archiver.cli.reports.pictures import Picture, Pictures, media_of, pictures_of
from archiver.cli.reports.wired import TOOLS
from archiver.model.capture import ArtifactKind, Gate
from archiver.model.verdict import FindingKind
from tests import build
from tests.build import NOW
from tests.unit.cli.reports.built import audited, side


@pytest.fixture
def find(tmp_path):
    (tmp_path / "c").mkdir()
    (tmp_path / "c/s.png").write_bytes(b"screenshot")
    (tmp_path / "c/p.jpg").write_bytes(b"preview")
    return lambda path: str(tmp_path / path)


def joined(old: bytes, new: bytes) -> bytes:
    return old + b"|" + new


def refused(_old: bytes, _new: bytes) -> bytes:
    raise ValueError("too different")


def test_a_change_is_shown_as_three_panels(find):
    (shown,) = pictures_of([Entry(audited(FindingKind.CHANGED))], find, joined)

    assert shown == Pictures(panel=Picture("image/png", b"screenshot|screenshot"))


def test_how_much_of_two_screenshots_differs_is_told_beside_them(find, tmp_path):
    one = audited(FindingKind.CHANGED)
    for name, ink in (("s", 0), ("n", 255)):
        drawn = Image.new("RGB", (640, 400), "white")
        drawn.paste((ink, ink, ink), (0, 0, 640, 40))
        drawn.save(tmp_path / f"c/{name}.png")
    now = side(at=NOW)
    assert now.capture is not None
    newer = build.artifact(ArtifactKind.SCREENSHOT, path="c/n.png", media_type="image/png")
    now = replace(now, capture=replace(now.capture, artifacts=(newer,)))
    changed = Entry(replace(one, sides=replace(one.sides, now=now)))

    (shown,) = pictures_of([changed], find, TOOLS.panel)

    assert "what differs: 10." in article_of(changed, shown)


@pytest.mark.parametrize("panel", [None, refused, lambda *_: b"x" * 2_000_000])
def test_without_panels_both_previews_are_shown(find, panel):
    (shown,) = pictures_of([Entry(audited(FindingKind.CHANGED))], find, panel)

    preview = Picture("image/jpeg", b"preview")
    assert shown == Pictures(then=preview, now=preview)


def test_what_is_gone_is_not_laid_over_what_was_there(find):
    (shown,) = pictures_of([Entry(audited(FindingKind.GONE))], find, joined)

    assert shown.panel is None


def test_a_rejected_capture_is_no_panel(find):
    one = audited(FindingKind.CHANGED)
    now = side()
    assert now.capture is not None
    walled = replace(now, capture=replace(now.capture, gate=Gate.REJECTED))

    (shown,) = pictures_of(
        [Entry(replace(one, sides=replace(one.sides, now=walled)))], find, joined
    )

    assert shown.panel is None


def test_one_capture_is_shown_once(find):
    one = audited(FindingKind.INTACT)
    same = replace(one.sides, now=one.sides.then)

    (shown,) = pictures_of([Entry(replace(one, sides=same))], find, None)

    assert (shown.then, shown.now) == (None, Picture("image/jpeg", b"preview"))


def test_the_report_is_bounded_and_what_changed_comes_first(find):
    kinds = (FindingKind.INTACT, FindingKind.GONE, FindingKind.INTACT)

    shown = pictures_of([Entry(audited(kind)) for kind in kinds], find, None, budget=20)

    assert [one.left_out for one in shown] == [True, False, True]


def test_a_lost_file_is_no_picture(tmp_path):
    (shown,) = pictures_of(
        [Entry(audited(FindingKind.GONE))], lambda path: str(tmp_path / path), None
    )

    assert shown == Pictures()


def test_media_are_small_pictures_alone(find, tmp_path):
    (tmp_path / "c/big.jpg").write_bytes(b"x" * 300_000)
    media = [
        build.artifact(ArtifactKind.MEDIA, path=path, media_type=kind)
        for path, kind in (
            ("c/big.jpg", "image/jpeg"),
            ("c/p.jpg", "image/jpeg"),
            ("c/p.jpg", "image/svg+xml"),
            ("c/p.jpg", "video/mp4"),
        )
    ]
    one = audited(FindingKind.GONE)
    then = side()
    assert then.capture is not None
    then = replace(then, capture=replace(then.capture, artifacts=tuple(media)))

    found = media_of(Entry(replace(one, sides=replace(one.sides, then=then))), find)

    assert found == [Picture("image/jpeg", b"preview")]
