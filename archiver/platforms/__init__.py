"""The platforms we know how to ask, as one explicit list; pure, no input or output."""

from __future__ import annotations

from archiver.errors import NotFoundError
from archiver.model.source import SourceRef
from archiver.platforms._address import http_address, without_needless_escapes
from archiver.platforms._at_uri import is_at_uri, page_of
from archiver.platforms._unwrap import original
from archiver.platforms.bluesky import Bluesky
from archiver.platforms.facebook import Facebook
from archiver.platforms.instagram import Instagram
from archiver.platforms.linkedin import LinkedIn
from archiver.platforms.mastodon import Mastodon
from archiver.platforms.protocol import Platform
from archiver.platforms.reddit import Reddit
from archiver.platforms.telegram import Telegram
from archiver.platforms.threads import Threads
from archiver.platforms.tiktok import TikTok
from archiver.platforms.web import Web
from archiver.platforms.x import X
from archiver.platforms.youtube import YouTube


def recognise(url: str) -> SourceRef:
    """Return the source that an http(s) address or AT URI names, by the first that knows it.

    Archives, redirectors and caches round an address are taken away first: however it is spelt,
    one source has one name.

    Raises:
        AddressError: it is no http(s) address and no AT URI that a page shows.
    """
    written = http_address(page_of(url) if is_at_uri(url) else url)
    address = original(without_needless_escapes(written))
    found = (candidate.recognise(address) for candidate in PLATFORMS)
    return next(ref for ref in found if ref is not None)


PLATFORMS: tuple[Platform, ...] = (
    X(recognise),
    Bluesky(recognise),
    Reddit(recognise),
    YouTube(recognise),
    Telegram(recognise),
    TikTok(recognise),
    Facebook(recognise),
    Instagram(recognise),
    Threads(recognise),
    Mastodon(recognise),
    LinkedIn(recognise),
    Web(recognise),
)
"""In the order in which they are asked; the last, ``web``, takes every address."""


def platform(name: str) -> Platform:
    """Return the platform of that name.

    Raises:
        NotFoundError: there is none; the source was written by a newer version.
    """
    for candidate in PLATFORMS:
        if candidate.name == name:
            return candidate
    raise NotFoundError(f"no platform is called {name!r}")
