"""Frames of other sites in the picture of the whole page: the real browser, real second sites."""

from __future__ import annotations

import pytest
from PIL import Image

from archiver.capture.png import Box, Raster, read_png, write_png
from archiver.model.capture import ArtifactKind, CaptureOutcome
from tests.capture.pages import FRAME_COLOURS

BLUE, RED, WHITE = (0, 0, 255), (255, 0, 0), (255, 255, 255)
TALL_VIEW = 1024


@pytest.fixture(scope="session")
def embeds(studio):
    recording, folder = studio.once("http://site.test/embeds")
    with Image.open(folder / "screenshot.png") as picture:
        return recording, picture.convert("RGB")


@pytest.mark.browser
@pytest.mark.parametrize(
    ("place", "colour"),
    [
        ((100, 1000), FRAME_COLOURS["first"]),
        ((100, 4070), FRAME_COLOURS["first"]),
        ((490, 4750), FRAME_COLOURS["first"]),
        ((510, 4400), WHITE),
        ((100, 5400), FRAME_COLOURS["second"]),
        ((100, 8500), FRAME_COLOURS["first"]),
        ((100, 10100), FRAME_COLOURS["first"]),
    ],
    ids=["first screen", "its top", "its bottom", "beside it", "in a frame", "long", "its end"],
)
def test_a_frame_below_the_first_screen_is_drawn_at_its_place(embeds, place, colour):
    recording, picture = embeds

    assert picture.getpixel(place) == colour
    assert recording.provenance["page"]["blank_frames"] == 0


@pytest.mark.browser
def test_a_frame_beside_the_screen_is_drawn_too(studio):
    _, folder = studio.once("http://site.test/wide")

    with Image.open(folder / "screenshot.png") as picture:
        assert picture.size == (1800, 2000)
        assert picture.convert("RGB").getpixel((1510, 1990)) == FRAME_COLOURS["second"]
        assert picture.convert("RGB").getpixel((1490, 1990)) == WHITE


@pytest.mark.browser
def test_what_floats_is_in_the_picture_once(embeds):
    recording, picture = embeds
    column = [picture.getpixel((1200, y)) for y in range(picture.height)]

    assert recording.outcome is CaptureOutcome.COMPLETE
    assert column.count(BLUE) == 40
    assert column.count(RED) in {0, 60}


@pytest.mark.browser
def test_a_layout_measured_in_screens_keeps_its_size(embeds):
    _, picture = embeds
    grey = [picture.getpixel((640, y)) for y in range(200, TALL_VIEW - 60)]

    assert set(grey) == {(238, 238, 238)}
    assert picture.getpixel((640, TALL_VIEW + 80)) == WHITE


@pytest.mark.browser
def test_the_preview_shows_the_page_where_it_begins(studio):
    recording, folder = studio.once("http://site.test/embeds")

    assert ArtifactKind.PREVIEW in {artifact.kind for artifact in recording.artifacts}
    with Image.open(folder / "preview.jpg") as picture:
        top = picture.crop((600, 5, 610, 15))
        red, blue = top.getchannel("R").tobytes(), top.getchannel("B").tobytes()
    assert max(red) < 100
    assert min(blue) > 200


def test_a_part_is_pasted_and_nothing_else_changes():
    page = Raster(4, 2, [bytes([n]) * 12 for n in range(5)])
    other = Raster(3, 2, [bytes([100 + n]) * 9 for n in range(3)])

    page.paste(other, Box(1, 1, 2, 2), 2, 3)

    assert page.rows == [
        b"\x00" * 12, b"\x01" * 12, b"\x02" * 12,
        b"\x03" * 6 + b"\x65" * 6, b"\x04" * 6 + b"\x66" * 6,
    ]  # fmt: skip


def test_a_picture_is_read_back_as_it_was_written():
    rows = [bytes((n * step) % 256 for n in range(9)) for step in (1, 7, 31, 200, 255)]

    assert read_png(write_png(Raster(3, 2, rows))).rows == rows


@pytest.mark.parametrize("data", [b"", b"GIF89a", b"\x89PNG\r\n\x1a\n"])
def test_what_is_no_picture_of_the_browser_is_refused(data):
    with pytest.raises(ValueError, match="PNG"):
        read_png(data)


def test_a_place_outside_the_picture_is_refused():
    page, other = Raster(2, 2, [b"\x00" * 6]), Raster(2, 2, [b"\x01" * 6] * 2)

    with pytest.raises(ValueError, match="cannot put"):
        page.paste(other, Box(0, 0, 2, 2), 0, 0)
