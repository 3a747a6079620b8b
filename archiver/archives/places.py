"""Which addresses an archive may know a source by, and whether two spell the same place."""

from __future__ import annotations

from collections.abc import Iterable
from urllib.parse import urlsplit

from archiver.archives.playback import read_wayback_address
from archiver.archives.protocol import Wanted
from archiver.errors import AddressError
from archiver.model.source import SourceRef
from archiver.platforms import recognise
from archiver.platforms._address import canonical
from archiver.platforms._x_address import read_post_address

# Keys of archives fold http and https, ``www.`` and case, but not these hosts.
# Source: internetarchive/wayback's canonicalizer and PyPI ``surt`` 0.3.1, read 2026-11-22.
X_HOSTS = ("twitter.com", "x.com", "mobile.twitter.com")

MOST_SPELLINGS = 6  # of one source, but for X: each is a question to an index


def wanted_for(ref: SourceRef, cited: Iterable[str] = ()) -> tuple[Wanted, ...]:
    """Return what to ask an archive for; ``cited`` are the addresses as articles print them."""
    if ref.platform == "x":
        return _post_spellings(ref, cited)
    originals = [held.original if (held := read_wayback_address(u)) else u for u in cited]
    spellings = {_place(url): url for url in originals if is_copy_of(url, ref)}
    first = list(spellings.values())[: MOST_SPELLINGS - 1]
    if _place(ref.url) not in [_place(url) for url in first]:
        first.append(ref.url)
    return tuple(Wanted(url) for url in first)


def _post_spellings(ref: SourceRef, cited: Iterable[str]) -> tuple[Wanted, ...]:
    """Return every form of a post's address; what stands behind the ID (a photo) is taken, too."""
    named = [post for url in (ref.url, *cited) if (post := read_post_address(url)) is not None]
    handles = {post.handle.lower(): post.handle for post in named if post.handle}
    folders = [f"{handle}/status" for handle in handles.values()] + ["i/web/status", "i/status"]
    urls = [f"https://{host}/{folder}/{ref.key}" for folder in folders for host in X_HOSTS]
    return tuple(Wanted(url, is_prefix=True) for url in urls)


def is_copy_of(original: str, ref: SourceRef) -> bool:
    """Tell whether an address in an archive is the source's, by every letter.

    An archive's key has small letters only; codes and paths do not: another code's capture stands
    under the same key.
    """
    if ref.platform == "x":
        post = read_post_address(original)
        return post is not None and post.id == ref.key
    return is_same_place(original, ref.url) or (ref.platform != "web" and _names(original, ref))


def _names(url: str, ref: SourceRef) -> bool:
    """Tell whether an address is another form of a post's: its short link, its old host."""
    if read_wayback_address(url) is not None:
        return False  # a page of the archive, not of the platform
    try:
        return recognise(url).name == ref.name
    except AddressError:
        return False


def is_same_place(a: str, b: str) -> bool:
    """Tell whether two addresses differ in no more than scheme, ``www.``, port and final slash."""
    return _place(a) == _place(b)


def _place(url: str) -> str:
    try:
        url = canonical(url)
    except AddressError:
        return url
    parts = urlsplit(url)
    host = (parts.hostname or "").removeprefix("www.")
    port = f":{parts.port}" if parts.port not in (None, 80, 443) else ""
    query = f"?{parts.query}" if parts.query else ""
    fragment = f"#{parts.fragment}" if parts.fragment else ""
    return f"{host}{port}{parts.path.rstrip('/')}{query}{fragment}"
