from __future__ import annotations

import gzip
import random
import tracemalloc
import zlib

import pytest

from archiver.net.decoding import decode

MIB = 1024 * 1024
TEXT = b"the words of the page, " * 5000
NOISE = random.Random(7).randbytes(300_000)


def raw_deflate(data: bytes) -> bytes:
    return zlib.compress(data)[2:-4]


@pytest.mark.parametrize("data", [b"", b"x", TEXT, NOISE], ids=["none", "one", "text", "noise"])
@pytest.mark.parametrize(
    ("coding", "encode"),
    [
        ("gzip", gzip.compress),
        ("X-GZip", gzip.compress),
        ("deflate", zlib.compress),
        ("deflate", raw_deflate),
        ("identity", bytes),
        ("identity, gzip", gzip.compress),
        ("", bytes),
    ],
)
def test_one_content_coding_is_removed(coding: str, encode: object, data: bytes) -> None:
    assert callable(encode)

    decoded = decode(encode(data), coding, 32 * MIB, 20_000)

    assert (decoded.body, decoded.error) == (data, None)


def test_joined_gzip_files_are_one_body() -> None:
    body = gzip.compress(TEXT) + gzip.compress(NOISE) + b"\x00\x00"

    decoded = decode(body, "gzip", 32 * MIB, 20_000)

    assert (decoded.body, decoded.error) == (TEXT + NOISE, None)


@pytest.mark.parametrize("cut", [1, 8, 9, 1000])
def test_a_stream_that_breaks_off_gives_what_there_is_and_says_so(cut: int) -> None:
    decoded = decode(gzip.compress(NOISE)[:-cut], "gzip", 32 * MIB, 200)

    assert NOISE.startswith(decoded.body)
    assert len(decoded.body) > len(NOISE) - 70_000
    assert decoded.error == "the compressed stream breaks off"


def test_a_body_that_is_not_what_it_is_called_is_an_error() -> None:
    decoded = decode(b"<html>plain</html>", "gzip", 32 * MIB, 200)

    assert decoded.body == b""
    assert decoded.error is not None


@pytest.mark.parametrize(
    "coding", ["gzip, gzip", "br", "zstd", "gzip,deflate", "compress", "x" * 999]
)
def test_what_is_not_one_known_coding_stays_undecoded(coding: str) -> None:
    decoded = decode(gzip.compress(TEXT), coding, 32 * MIB, 200)

    assert decoded.body == b""
    assert decoded.error is not None
    assert len(decoded.error) < 100


@pytest.fixture(scope="module")
def bomb() -> bytes:
    """512 MiB of nothing in half a megabyte."""
    packer = zlib.compressobj(9, zlib.DEFLATED, 31)
    return b"".join(packer.compress(bytes(8 * MIB)) for _ in range(64)) + packer.flush()


def test_a_bomb_is_cut_at_the_bound_in_little_memory(bomb: bytes) -> None:
    tracemalloc.start()

    decoded = decode(bomb, "gzip", 4 * MIB, 1_000_000)

    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert len(decoded.body) == 4 * MIB
    assert decoded.error == f"decoded to more than {4 * MIB} bytes"
    assert peak < 16 * MIB


def test_past_a_mebibyte_the_ratio_is_the_bound() -> None:
    body = gzip.compress(bytes(16 * MIB))

    decoded = decode(body, "gzip", 32 * MIB, 200)

    assert len(decoded.body) == 200 * len(body)
    assert decoded.error is not None


def test_a_small_body_may_have_any_ratio() -> None:
    decoded = decode(gzip.compress(bytes(MIB)), "gzip", 32 * MIB, 200)

    assert (len(decoded.body), decoded.error) == (MIB, None)


def test_a_body_of_countless_empty_streams_is_given_up() -> None:
    decoded = decode(gzip.compress(b"") * 200_000, "gzip", 32 * MIB, 200)

    assert decoded.error is not None
