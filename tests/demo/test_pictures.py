from __future__ import annotations

import io

import pytest
from PIL import Image

from archiver.demo.pictures import jpeg, png


@pytest.mark.parametrize(("draw", "form"), [(png, "PNG"), (jpeg, "JPEG")])
@pytest.mark.parametrize("size", [(1, 1), (16, 16), (37, 23), (640, 360)])
def test_a_picture_can_be_read_by_others(draw, form, size):
    picture = Image.open(io.BytesIO(draw("key", *size)))

    picture.load()
    assert (picture.format, picture.size, picture.mode) == (form, size, "RGB")


@pytest.mark.parametrize("draw", [png, jpeg])
def test_another_key_gives_another_picture(draw):
    assert draw("one", 64, 48) != draw("two", 64, 48)


def test_both_forms_show_the_same_colours():
    flat = Image.open(io.BytesIO(png("same", 8, 8)))
    coarse = Image.open(io.BytesIO(jpeg("same", 64, 64)))

    centres = coarse.resize((8, 8), Image.Resampling.NEAREST)

    apart = [abs(a - b) for a, b in zip(flat.tobytes(), centres.tobytes(), strict=True)]
    assert max(apart) <= 4
