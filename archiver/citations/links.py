"""Which links of an article's body cite something."""

from __future__ import annotations

import re
from collections.abc import Iterable
from urllib.parse import unquote

from archiver.citations.draft import Mark
from archiver.errors import AddressError
from archiver.platforms._address import canonical, host_of, http_address, same_site

# Buttons that hand the article itself on; host and first words of the path.
# Source: the share end-points that the services document for web pages, as known in November 2026.
_SHARING = re.compile(
    r"https?://(?:[\w-]+\.)*(?:"
    r"(?:twitter|x)\.com/(?:intent/|share\b|home\?status=)"
    r"|facebook\.com/(?:sharer|share\.php|dialog/)"
    r"|linkedin\.com/(?:shareArticle|cws/share|sharing/)"
    r"|(?:whatsapp\.com|wa\.me)/(?:send|\?text)"
    r"|(?:t\.me|telegram\.me)/share\b"
    r"|reddit\.com/submit\b|pinterest\.[a-z.]+/pin/create|tumblr\.com/(?:share|widgets/share)"
    r"|getpocket\.com/(?:save|edit)|vk\.com/share\.php|news\.ycombinator\.com/submitlink"
    r"|plus\.google\.com/share|addtoany\.com/|addthis\.com/|line\.me/R/msg|social-plugins\.line\.me"
    r"|bsky\.app/intent/|threads\.net/intent/|flipboard\.com/bookmarklet|share\.flipboard\.com"
    r"|b\.hatena\.ne\.jp/(?:add|entry)|connect\.ok\.ru/|xing\.com/(?:app/user\?op=share|spi/shares)"
    r"|printfriendly\.com/)",
    re.IGNORECASE,
)
# Whosever button it is: an address about sharing that carries another address.
_HANDING_ON = re.compile(
    r"https?://[^?#]*(?:share|bookmark|recommend|submit)[^?#]*\?(?:[^#]*&)?"
    r"(?:url|link|u|uri|href)=https?(?::|%3A)",
    re.IGNORECASE,
)
# Lists that a site makes of its own articles, which cite nothing.
_LISTING = re.compile(
    r"https?://[^/]+/(?:(?:[^?#]*/)?(?:tags?|categor(?:y|ies)|subcategory|topics?|authors?|search"
    r"|suche|schlagworte?|themen?|autor(?:en|es)?|auteurs?|mots?-cles?|etiquetas?|profiles?"
    r"|contributors?|staff)(?:[/?]|\Z)|(?:19|20)\d\d/(?:\d\d/)?\Z)",
    re.IGNORECASE,
)
# What a site offers its readers beside its articles; a segment of the path.
_SERVICE = re.compile(
    r"https?://[^/]+/(?:[^?#]*/)?(?:newsletters?|newsletter-[\w-]+|subscribe|subscriptions?|abo|log-?in"
    r"|sign-?in|sign-?up|register|donate|spenden|privacy(?:-policy|-notice)?|datenschutz|impressum"
    r"|imprint|terms(?:-of-(?:use|service))?|agb|cookies?(?:-policy)?|feed|rss|trackback|advertise)"
    r"(?:\.\w{2,5})?(?:[/?]|\Z)",
    re.IGNORECASE,
)
_IMAGE = re.compile(r"\.(?:jpe?g|png|gif|webp|avif|svg|bmp)\Z", re.IGNORECASE)


def may_cite(address: str, article_url: str | None) -> bool:
    """Tell whether a link may cite: no share button, not the article itself, no list of its site.

    A link that hands the article's own address on in its query is a share button, whoever's.
    """
    if _SHARING.match(address) or _HANDING_ON.match(address):
        return False
    try:
        return article_url is None or _leads_away(address, article_url)
    except AddressError:
        return False


def _leads_away(address: str, article_url: str) -> bool:
    if _bare(article_url) in unquote(address.partition("?")[2]):
        return False
    is_aside = _LISTING.match(address) or _SERVICE.match(address)
    if is_aside and same_site(address, article_url):
        return False
    return _page(address) != _page(article_url)


def is_image(address: str) -> bool:
    """Tell whether an address ends in an image file's name: the picture shown, at full size."""
    return _IMAGE.search(http_address(address).partition("#")[0].partition("?")[0]) is not None


def merged(links: Iterable[Mark], text: str) -> list[Mark]:
    """Join links to one address with nothing between them but space: one anchor, cut by markup."""
    joined: list[Mark] = []
    for link in links:
        last = joined[-1] if joined else None
        if last and last.address == link.address and not text[last.end : link.start].strip():
            joined[-1] = Mark(link.kind, last.start, max(last.end, link.end), link.address)
        else:
            joined.append(link)
    return joined


def _bare(address: str) -> str:
    """Return host and path as written, without what varies between copies of an address."""
    return re.split(r"[?#]", address, maxsplit=1)[0].split("://", 1)[-1].rstrip("/")


def _page(address: str) -> tuple[str, str]:
    """Return host and rest of the canonical form: a scheme does not make it another article."""
    rest = canonical(address).split("://", 1)[1]
    return host_of(address).removeprefix("www."), rest.partition("/")[2].rstrip("/")
