"""Which addresses name a post on X. The numeric ID alone is the identity: handles change."""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import parse_qs, urlsplit

from archiver.errors import AddressError
from archiver.platforms._address import http_address

# Hosts, with any sub-domain. Source: the URL patterns of yt-dlp and gallery-dl, read 2026-08.
_OWN = ("twitter.com", "x.com", "twitter3e4tixl4xyajtrzo62zg5vztmjuricljdp2c5kshju4avyoid.onion")
# What people paste to make a post readable elsewhere, with any sub-domain (d., dl., g., c., t.).
# Source: FxEmbed, BetterTwitFix, and the lists of link-fixing bots in public code, 2026-11-22.
_FIXERS = (
    "fxtwitter.com", "fixupx.com", "twittpr.com", "vxtwitter.com", "fixvx.com", "pxtwitter.com",
    "girlcockx.com", "stupidpenisx.com", "hitlerx.com", "cunnyx.com", "mpregx.com", "yiffx.com",
)  # fmt: skip
# Copies of the site without scripts. Instances come and go; most keep "nitter" as first label.
# Source: the Nitter project's list of instances, as yt-dlp's extractor (2023-07) and the wiki give
#   it; xcancel.com and lightbrd.com from public code, read 2026-11-22.
_NITTER = re.compile(r"nitter(?:eu|l\w+|7\w+|uac\w+)?(?:\.[\w-]+)+")
_READERS = (
    "xcancel.com", "lightbrd.com", "birdsite.xanny.family", "bird.trom.tf", "bird.from.tf",
    "bird.habedieeh.re", "twitter.censors.us", "twitter.076.ne.jp", "twitter.dr460nf1r3.org",
    "twitter.femboy.hu", "twitter.moe.ngo", "twitter.grimneko.de", "twitter.mstdn.social",
    "notabird.site", "unofficialbird.com", "tw.artemislena.eu", "tw.openalgeria.org",
    "tweet.lambda.dance", "twitr.gq", "twtr.bch.bar", "nttr.stream", "n.l5.ca", "nt.vern.cc",
    "ntr.odyssey346.dev", "ntr.frail.duckdns.org", "n.sneed.network", "n.opnxng.com",
    "n.hyperborea.cloud", "t.com.sb", "read.whatever.social", "twiiit.com",
    "3nzoldnxplag42gqjs23xvghtzf6t6yzssrtytnntc6ppc7xxuoneoad.onion",
)  # fmt: skip

_ID = r"(?P<id>\d{2,20})"
_HANDLE = r"@?(?P<handle>\w{1,20})"  # fifteen today; a few old ones are longer
_PATHS = tuple(
    re.compile(rf"{path}(?:/.*)?", re.ASCII)
    for path in (
        rf"/(?:i|i/web)/status(?:es)?/{_ID}",
        rf"/i/(?:article|tweet|videos/tweet|cards/tfw/v1|videos)/{_ID}",
        rf"/status(?:es)?/{_ID}",
        rf"/{_HANDLE}/(?:status(?:es)?|article)/{_ID}",
    )
)
_FILE = re.compile(r"(?<=\d)\.(?:mp4|jpe?g|png|gif|webp|txt)$", re.I)  # what fixers let one ask for
_NOBODY = frozenset({"i", "anyone", "statuses", "status", "web"})


@dataclass(frozen=True, slots=True)
class PostAddress:
    """A post's ID, and the handle when the address names one; whose handle that is, is not sure."""

    id: str
    handle: str | None

    @property
    def url(self) -> str:
        """The address a person would open."""
        return f"https://x.com/{self.handle or 'i'}/status/{self.id}"


def read_post_address(url: str) -> PostAddress | None:
    """Return the post that an address names, or None when it names none."""
    try:
        parts = urlsplit(http_address(url))
    except AddressError:
        return None
    host = (parts.hostname or "").rstrip(".")
    if not (_is_below(host, _OWN) or _is_mirror(host)):
        return None
    if parts.path.lower().startswith("/embed/"):
        return _post(parse_qs(parts.query).get("id", [""])[0], None)
    # Old addresses keep the path behind a hash-bang; the server never saw it.
    path = f"/{parts.fragment[1:]}" if parts.fragment.startswith("!") else parts.path
    path = re.sub(r"/{2,}", "/", path.partition("?")[0])
    path = _FILE.sub("", path) if _is_mirror(host) else path
    found = next((found for p in _PATHS if (found := p.fullmatch(path))), None)
    return _post(found["id"], found.groupdict().get("handle")) if found else None


def _is_mirror(host: str) -> bool:
    return _is_below(host, _FIXERS + _READERS) or _NITTER.fullmatch(host) is not None


def _is_below(host: str, names: tuple[str, ...]) -> bool:
    return any(host == name or host.endswith(f".{name}") for name in names)


def _post(number: str, handle: str | None) -> PostAddress | None:
    if not (number.isascii() and number.isdigit() and len(number) <= 20 and int(number) >= 10):
        return None
    return PostAddress(str(int(number)), None if (handle or "i").lower() in _NOBODY else handle)
