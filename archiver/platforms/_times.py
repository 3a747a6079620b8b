"""Times inside the IDs of TikTok, Instagram, Threads and LinkedIn."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from archiver.platforms._moments import moment_of_unix

_UNIX = datetime(1970, 1, 1, tzinfo=UTC)
_LAST_S = 4_102_444_800  # the year 2100; later ones are no time of a post
_BASE64 = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"

# Source: arXiv 2504.13279 (2025-04): the upper 32 bits are Unix seconds. Checked against the
#   published times of four public videos in yt-dlp's tests (2026-08): 4 to 11 s before them.
_TIKTOK_SHIFT = 32
_TIKTOK_FIRST_S = 1_388_534_400  # 2014: older than the service

# Source: "Sharding & IDs at Instagram" (2012): 41 bits of milliseconds, 13 of shard, 10 of count;
#   the epoch by ws-dl.blogspot.com, 2021-02-20. Checked against three public posts (2013, 2022,
#   2025): 0 to 88 s before their published time.
_INSTAGRAM_SHIFT = 23
_INSTAGRAM_EPOCH_MS = 1_314_220_021_721  # 2011-08-24 21:07:01.721 UTC
_INSTAGRAM_FIRST = 1 << 54  # of ten characters; shorter codes are older than the scheme

# Source: Ollie-Boyd/Linkedin-post-timestamp-extractor (2023-2026), tomquirk/linkedin-api issue 378.
#   Checked against the datePublished of a public post of 2026-06-05: 18 ms apart. Its issue 15
#   (2026-01): 3 of 13 IDs were made up to 7 h before their post was published.
_LINKEDIN_SHIFT = 22
_LINKEDIN_FIRST_S = 1_262_304_000  # 2010; older IDs were counted


def in_tiktok_id(number: str) -> datetime | None:
    """Return when a video was made, to the second; seconds before it was published."""
    seconds = int(number) >> _TIKTOK_SHIFT
    return moment_of_unix(seconds) if seconds >= _TIKTOK_FIRST_S else None


def in_instagram_code(code: str) -> datetime | None:
    """Return when a post of Instagram or Threads was begun: shortly before it was published.

    None for codes from before September 2011, and for what is no code.
    """
    number = 0
    for character in code:
        digit = _BASE64.find(character)
        if digit < 0:
            return None
        number = number << 6 | digit
    if not _INSTAGRAM_FIRST <= number < 1 << 64:
        return None
    return _UNIX + timedelta(milliseconds=(number >> _INSTAGRAM_SHIFT) + _INSTAGRAM_EPOCH_MS)


def in_linkedin_id(number: str) -> datetime | None:
    """Return when a post was begun: mostly at its publishing, hours before for scheduled ones."""
    milliseconds = int(number) >> _LINKEDIN_SHIFT
    if not _LINKEDIN_FIRST_S * 1000 <= milliseconds < _LAST_S * 1000:
        return None
    return _UNIX + timedelta(milliseconds=milliseconds)
