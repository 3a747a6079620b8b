from __future__ import annotations

import io
import zlib

import pytest
from PIL import Image, ImageDraw

from archiver.judge.pictures import compare_pictures, three_panel


def png(picture: Image.Image) -> bytes:
    out = io.BytesIO()
    picture.save(out, "PNG")
    return out.getvalue()


def shot(height: int = 1600, lines: int = 40, skip: int = -1, width: int = 1280) -> Image.Image:
    picture = Image.new("RGB", (width, height), "white")
    draw = ImageDraw.Draw(picture)
    for line in range(lines):
        if line != skip:
            reach = 300 + line * 37 % 700
            draw.rectangle((80, 60 + line * 35, 80 + reach, 78 + line * 35), fill=(40, 40, 40))
    return picture


def test_a_picture_is_like_itself():
    found = compare_pictures(png(shot()), png(shot()))

    assert found is not None
    assert (found.changed_share, found.hash_distance, found.ssim) == (0.0, 0.0, 1.0)


def test_a_line_that_is_gone_changes_little_and_another_page_much():
    line = compare_pictures(png(shot()), png(shot(skip=7)))
    other = compare_pictures(
        png(shot()), png(Image.effect_mandelbrot((1280, 1600), (-2, -2, 2, 2), 40).convert("RGB"))
    )

    assert line is not None
    assert other is not None
    assert 0 < line.changed_share < 0.02
    assert other.changed_share > 0.4
    assert other.hash_distance > line.hash_distance
    assert (line.ssim or 0) > 0.95 > (other.ssim or 0)


def test_what_a_taller_page_has_below_is_changed_and_nothing_above():
    found = compare_pictures(png(shot(1600)), png(shot(2000)))

    assert found is not None
    assert found.changed_share == pytest.approx(0.2, abs=0.01)
    assert found.ssim == 1.0


def test_pictures_of_two_widths_are_laid_over_one_another():
    found = compare_pictures(png(shot()), png(shot().resize((640, 800), Image.Resampling.BOX)))

    assert found is not None
    assert found.changed_share < 0.01


@pytest.mark.parametrize("mode", ["L", "P", "RGBA", "1", "I;16"])
def test_a_picture_of_any_mode_is_read(mode):
    picture = Image.new(mode, (300, 200))

    assert compare_pictures(png(picture), png(shot(200, 4, width=300))) is not None


def bomb() -> bytes:
    head = b"\x89PNG\r\n\x1a\n"
    header = (100_000).to_bytes(4) + (100_000).to_bytes(4) + b"\x08\x02\x00\x00\x00"
    chunk = b"IHDR" + header
    return head + len(header).to_bytes(4) + chunk + zlib.crc32(chunk).to_bytes(4)


def jpeg() -> bytes:
    out = io.BytesIO()
    shot().save(out, "JPEG")
    return out.getvalue()


BAD = {"nothing": b"", "no picture": b"<html>", "cut off": png(shot())[:900], "another kind": jpeg(), "a bomb": bomb()}  # fmt: skip


@pytest.mark.parametrize("bad", BAD.values(), ids=BAD.keys())
def test_what_is_no_readable_picture_compares_with_nothing(bad):
    assert compare_pictures(png(shot()), bad) is None
    assert three_panel(bad, png(shot())) is None


def test_three_panels_stand_side_by_side_and_what_differs_is_red():
    sheet = three_panel(png(shot()), png(shot(skip=7)))
    nothing = three_panel(png(shot()), png(shot()))

    assert sheet is not None
    assert nothing is not None
    red, none = (count_red(Image.open(io.BytesIO(one))) for one in (sheet, nothing))
    assert red > 500
    assert none == 0
    assert Image.open(io.BytesIO(sheet)).width == 3 * 480 + 2 * 12


def count_red(picture: Image.Image) -> int:
    pixels = picture.convert("RGB").tobytes()
    shades = zip(pixels[::3], pixels[1::3], pixels[2::3], strict=True)
    return sum(red > 180 and green < 80 and blue < 80 for red, green, blue in shades)


def test_very_tall_pictures_are_cut_off_below():
    tall = Image.new("RGB", (300, 40_000), "white")

    sheet = three_panel(png(tall), png(tall))

    assert sheet is not None
    assert Image.open(io.BytesIO(sheet)).height == 6000
