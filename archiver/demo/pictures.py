"""Pictures drawn by arithmetic: real PNG and JPEG bytes without an imaging library.

Every key gives another picture: a sky, a sea and a sun. Sources: PNG (W3C Recommendation, third
edition, 2025, sections 5, 7 and 11); baseline JPEG (ITU-T T.81, 1992, annexes B and F).
"""

from __future__ import annotations

import hashlib
import struct
import zlib
from collections.abc import Iterable, Iterator
from functools import lru_cache
from itertools import chain

Colour = tuple[int, int, int]
Rows = list[list[Colour]]

BLOCK = 8  # pixels; our JPEG draws squares of one colour each


@lru_cache(maxsize=256)
def png(key: str, width: int, height: int) -> bytes:
    """Draw the picture of ``key`` as a PNG of eight bits a channel."""
    rows = b"".join(b"\0" + bytes(chain.from_iterable(row)) for row in _scene(key, width, height))
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    parts = [(b"IHDR", header), (b"IDAT", zlib.compress(rows, 6)), (b"IEND", b"")]
    return b"\x89PNG\r\n\x1a\n" + b"".join(_png_part(name, data) for name, data in parts)


@lru_cache(maxsize=256)
def jpeg(key: str, width: int, height: int) -> bytes:
    """Draw the picture of ``key`` as a baseline JPEG of coarse squares."""
    across, down = -(-width // BLOCK), -(-height // BLOCK)
    scan = _pack(_coded(chain.from_iterable(_scene(key, across, down))))
    frame = struct.pack(">BHHB", 8, height, width, 3)
    parts = [
        (0xE0, b"JFIF\0\x01\x01\0\0\x01\0\x01\0\0"),
        (0xDB, b"\0" + b"\x08" + b"\x01" * 63),  # a step of 8 makes a square's DC its brightness
        (0xC0, frame + b"\x01\x11\0\x02\x11\0\x03\x11\0"),
        (0xC4, b"\0" + bytes(DC_LENGTHS) + bytes(range(len(DC_CODES)))),
        (0xC4, b"\x10\x01" + bytes(15) + b"\0"),  # one code: the rest of the square is flat
        (0xDA, b"\x03\x01\0\x02\0\x03\0\0\x3f\0"),
    ]
    head = b"".join(struct.pack(">BBH", 0xFF, mark, len(d) + 2) + d for mark, d in parts)
    return b"\xff\xd8" + head + scan + b"\xff\xd9"


def _scene(key: str, width: int, height: int) -> Rows:
    """Compute the pixels: a gradient above, waves below, a disc between them."""
    seed = hashlib.sha256(key.encode()).digest()
    sky = (60 + seed[0] % 140, 90 + seed[1] % 100, 150 + seed[2] % 60)
    sea = (seed[3] % 50, 50 + seed[4] % 60, 80 + seed[5] % 90)
    horizon = height * (90 + seed[6] % 80) // 255
    sun_x, sun_y = width * seed[7] // 255, horizon * seed[8] // 255
    reach = max(2, height // 9) ** 2

    def pixel(x: int, y: int) -> Colour:
        if y >= horizon:
            return _shade(sea, 10 * ((x * (1 + seed[9] % 3) + y * (2 + seed[10] % 5)) // 12 % 4))
        if (x - sun_x) ** 2 + (y - sun_y) ** 2 < reach:
            return (255, 220, 120)
        return _shade(sky, 60 * y // height)

    return [[pixel(x, y) for x in range(width)] for y in range(height)]


def _shade(colour: Colour, by: int) -> Colour:
    red, green, blue = colour
    return min(255, red + by), min(255, green + by), min(255, blue + by)


def _png_part(name: bytes, content: bytes) -> bytes:
    checksum = zlib.crc32(name + content)
    return struct.pack(">I", len(content)) + name + content + struct.pack(">I", checksum)


# Code lengths of the DC differences (T.81, table K.3) and the codes that follow from them.
DC_LENGTHS = (0, 1, 5, 1, 1, 1, 1, 1, 1, 0, 0, 0, 0, 0, 0, 0)
DC_CODES = (
    "00",
    "010",
    "011",
    "100",
    "101",
    "110",
    "1110",
    "11110",
    "111110",
    "1111110",
    "11111110",
    "111111110",
)
END_OF_SQUARE = "0"


def _coded(squares: Iterable[Colour]) -> Iterator[str]:
    """Yield the bits of each square: the change in each channel since the square before."""
    before = [0, 0, 0]
    for square in squares:
        for channel, value in enumerate(_ycc(square)):
            yield _difference(value - before[channel]) + END_OF_SQUARE
            before[channel] = value


def _ycc(colour: Colour) -> tuple[int, int, int]:
    """Turn red, green, blue into brightness and two colour differences, centred on zero."""
    red, green, blue = colour
    brightness = 0.299 * red + 0.587 * green + 0.114 * blue
    return (
        round(brightness - 128),
        round((blue - brightness) * 0.564),
        round((red - brightness) * 0.713),
    )


def _difference(value: int) -> str:
    size = abs(value).bit_length()
    amount = value if value >= 0 else value + (1 << size) - 1
    return DC_CODES[size] + (f"{amount:0{size}b}" if size else "")


def _pack(codes: Iterable[str]) -> bytes:
    """Join bits into bytes, filled up with ones; a byte of ones is followed by a zero byte."""
    bits = "".join(codes)
    bits += "1" * (-len(bits) % 8)
    packed = int(bits, 2).to_bytes(len(bits) // 8)
    return packed.replace(b"\xff", b"\xff\0")
