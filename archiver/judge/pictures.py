"""How two screenshots of a page differ: evidence beside the words, never what decides.

Advertisements, fonts and cookies change most of a picture while no word of a page does. So nothing
here makes a finding. Both pictures are laid at the top, the way a page grows.
"""

from __future__ import annotations

import io
import warnings
from array import array
from dataclasses import dataclass

from PIL import Image, ImageChops, ImageDraw, ImageFilter, ImageMath, UnidentifiedImageError

MAX_PIXELS = 60_000_000  # of a picture as sent; more is not opened
_WIDTH = 640  # pixels to which both are made smaller to be compared
_MAX_HEIGHT = 12_000  # pixels of that; what is below is not compared
_BLUR = 0.8  # pixels; takes the edges of letters that are drawn otherwise
_LEAST = 30  # of 255 shades, from which a pixel is another one
# Source of the last two: changedetection.io's comparison of screenshots, read 2026-08.
_PANEL = 480  # pixels of width of each of three pictures side by side
_MAX_PANEL = 6000  # pixels of height of them
_GAP = 12
_RED = (214, 32, 32)
_HASH_SIDE = 16  # the hash has 16 x 16 bits


@dataclass(frozen=True, slots=True)
class PictureComparison:
    """``changed_share`` is that of pixels, 0 to 1, of the taller picture.

    ``hash_distance`` is the share of bits in which two hashes of the gradients differ, 0 to 1;
    about 0.5 of pictures that have nothing in common. ``ssim`` is the mean structural similarity of
    blocks, -1 to 1, of what both show; None where that is too small.
    """

    changed_share: float
    hash_distance: float
    ssim: float | None


def compare_pictures(then: bytes, now: bytes) -> PictureComparison | None:
    """Compare two PNG screenshots; None where one cannot be read or is too large."""
    old, new = _opened(then), _opened(now)
    if old is None or new is None:
        return None
    before, after = (_small(picture, _WIDTH, _MAX_HEIGHT).convert("L") for picture in (old, new))
    mask = _changed(before, after)
    changed = mask.histogram()[255] / (mask.width * mask.height)
    return PictureComparison(
        changed_share=round(changed, 4),
        hash_distance=round((_hash(before) ^ _hash(after)).bit_count() / _HASH_SIDE**2, 4),
        ssim=_ssim(before, after),
    )


def three_panel(then: bytes, now: bytes) -> bytes | None:
    """Return one PNG: as cited, as it is now, and what differs in red; None as above."""
    old, new = _opened(then), _opened(now)
    if old is None or new is None:
        return None
    before, after = (_small(picture, _PANEL, _MAX_PANEL) for picture in (old, new))
    mask = _changed(before.convert("L"), after.convert("L"))
    height = max(before.height, after.height)
    pale = Image.new("L", (_PANEL, height), 255)
    pale.paste(after.convert("L").point(_lighter), (0, 0))
    shown = pale.convert("RGB")
    shown.paste(Image.new("RGB", mask.size, _RED), (0, 0), mask)
    sheet = Image.new("RGB", (3 * _PANEL + 2 * _GAP, height), (235, 235, 235))
    for number, panel in enumerate((before, after, shown)):
        sheet.paste(panel, (number * (_PANEL + _GAP), 0))
    _framed(sheet)
    out = io.BytesIO()
    sheet.save(out, "PNG", optimize=True)
    return out.getvalue()


def _opened(data: bytes) -> Image.Image | None:
    """Return a picture on white; only PNG is read, and its size is known before its pixels are."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)
            picture = Image.open(io.BytesIO(data), formats=("PNG",))
            if not 0 < picture.width * picture.height <= MAX_PIXELS:
                return None
            rgba = picture.convert("RGBA")
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError, Image.DecompressionBombError):
        return None
    white = Image.new("RGBA", rgba.size, (255, 255, 255, 255))
    return Image.alpha_composite(white, rgba).convert("RGB")


def _small(picture: Image.Image, width: int, most: int) -> Image.Image:
    """Return a picture at a width, cut off below; a small one is made larger."""
    height = max(1, round(picture.height * width / picture.width))
    if height > most:
        picture = picture.crop((0, 0, picture.width, max(1, most * picture.width // width)))
        height = most
    return picture.resize((width, height), Image.Resampling.BOX)


def _changed(before: Image.Image, after: Image.Image) -> Image.Image:
    """Return a mask of the pixels that differ, as tall as the taller; what is one's alone does."""
    common = min(before.height, after.height)
    mask = Image.new("L", (before.width, max(before.height, after.height)), 255)
    blur = ImageFilter.GaussianBlur(_BLUR)
    tops = [picture.crop((0, 0, picture.width, common)) for picture in (before, after)]
    difference = ImageChops.difference(tops[0].filter(blur), tops[1].filter(blur))
    mask.paste(difference.point(_is_other), (0, 0))
    return mask


_is_other = [255 if shade > _LEAST else 0 for shade in range(256)]
_lighter = [180 + shade * 75 // 255 for shade in range(256)]


def _hash(picture: Image.Image) -> int:
    """Return the signs of the gradients of a picture made very small."""
    square = picture.crop((0, 0, picture.width, min(picture.height, picture.width * 2)))
    tiny = square.resize((_HASH_SIDE + 1, _HASH_SIDE), Image.Resampling.BOX).tobytes()
    bits = 0
    for row in range(_HASH_SIDE):
        for column in range(_HASH_SIDE):
            at = row * (_HASH_SIDE + 1) + column
            bits = bits << 1 | (tiny[at] > tiny[at + 1])
    return bits


_BLOCK = 8  # pixels of a side of what is compared at once
_C1, _C2 = (0.01 * 255) ** 2, (0.03 * 255) ** 2  # as in Wang et al., 2004


def _ssim(before: Image.Image, after: Image.Image) -> float | None:
    """Return the mean structural similarity of blocks, from means that the resizing makes.

    Source: Wang, Bovik, Sheikh and Simoncelli, "Image quality assessment", 2004, equation 13.
    """
    common = min(before.height, after.height) // _BLOCK * _BLOCK
    if common == 0:
        return None
    size = (before.width // _BLOCK, common // _BLOCK)
    one, other = (
        picture.crop((0, 0, size[0] * _BLOCK, common)).convert("F") for picture in (before, after)
    )
    products = (_product(a, b) for a, b in ((one, one), (other, other), (one, other)))
    means = [
        array("f", picture.resize(size, Image.Resampling.BOX).tobytes())
        for picture in (one, other, *products)
    ]
    total = 0.0
    for x, y, xx, yy, xy in zip(*means, strict=True):
        covariance, spread = xy - x * y, xx - x * x + yy - y * y
        likeness = (2 * x * y + _C1) * (2 * covariance + _C2)
        total += likeness / ((x * x + y * y + _C1) * (spread + _C2))
    return round(total / (size[0] * size[1]), 4)


def _product(one: Image.Image, other: Image.Image) -> Image.Image:
    made = ImageMath.lambda_eval(lambda pictures: pictures["a"] * pictures["b"], a=one, b=other)
    assert isinstance(made, Image.Image)  # noqa: S101 - of two pictures
    return made


def _framed(sheet: Image.Image) -> None:
    draw = ImageDraw.Draw(sheet)
    for number in range(3):
        left = number * (_PANEL + _GAP)
        draw.rectangle((left, 0, left + _PANEL - 1, sheet.height - 1), outline=(160, 160, 160))
