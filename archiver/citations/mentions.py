"""Sources that the text names without a link: "told Vox", "posted on Twitter".

Precise rather than wide: a phrase counts when a verb of saying or reporting stands beside the name
of a platform or of a known newsroom. Nobody can audit a mention; it is kept in the record.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from archiver.citations.plain import plain_text

# Names by the platform's own name here; "X" needs something behind it that ends the phrase.
_PLATFORMS = {
    "x": r"Twitter|X(?=\s?(?:[,.;:!?)]|\(|\Z|formerly\b|that\b))",
    "facebook": "Facebook",
    "instagram": "Instagram",
    "tiktok": "TikTok",
    "youtube": "YouTube",
    "telegram": "Telegram",
    "threads": "Threads(?! of)",
    "bluesky": "Bluesky",
    "mastodon": "Mastodon",
    "linkedin": "LinkedIn",
    "reddit": "Reddit",
    "web": "Truth Social|Weibo|Snapchat|VKontakte|Parler|Substack|Twitch|Tumblr",
}
# Newsrooms and agencies whose names are no common words, or only with their article.
_OUTLETS = (
    r"Reuters|(?:[Tt]he )?Associated Press|[Tt]he AP|AFP|Agence France-Presse|Bloomberg(?: News)?"
    r"|(?:[Tt]he )?BBC(?: News| Radio \d| World Service| Persian| Arabic)?|CNN|Fox News|MSNBC"
    r"|NBC(?: News)?"
    r"|CBS(?: News)?|ABC(?: News)?|NPR|PBS(?: NewsHour)?|C-SPAN|CNBC|Sky News|ITV(?: News)?"
    r"|Channel 4 News|(?:[Tt]he )?New York Times|(?:[Tt]he )?Washington Post"
    r"|(?:[Tt]he )?Wall Street Journal|USA Today|(?:[Tt]he )?Los Angeles Times|Politico|Axios|Vox"
    r"|Vice News|BuzzFeed(?: News)?|HuffPost|The Atlantic|The New Yorker|Newsweek|Forbes"
    r"|Business Insider|The Verge|Wired|TechCrunch|[Tt]he Guardian|(?:[Tt]he )?Financial Times"
    r"|The Economist|The Telegraph|The Independent|(?:[Tt]he )?Daily Mail|ProPublica|The Intercept"
    r"|Bellingcat|Al Jazeera|Al Arabiya|Middle East Eye|Middle East Monitor|Haaretz"
    r"|(?:[Tt]he )?Jerusalem Post|(?:[Tt]he )?Times of Israel|Der Spiegel|Spiegel|Die Zeit"
    r"|Süddeutsche[nr]? Zeitung|Tagesschau|ARD|ZDF|dpa|Deutsche Welle|DW|Le Monde|Le Figaro"
    r"|Libération|Mediapart|France ?24|El País|El Mundo|EFE|Corriere della Sera|La Repubblica|ANSA"
    r"|De Volkskrant|Folha de S\. ?Paulo|O Globo|TASS|RIA Novosti|Interfax|Meduza|Kommersant"
    r"|Xinhua|Global Times|NHK|Kyodo(?: News)?|Yonhap|(?:[Tt]he )?Times of India|NDTV|Snopes"
    r"|PolitiFact|FactCheck\.org|Full Fact"
)
_FEW_WORDS = r"(?:[^\W_][\w’'-]{0,20} ){0,4}?"
_AN = r"(?:an?|his|her|their|the|one|another)"
_POST = r"(?:post|video|statement|message|thread|story|reel|comment|tweet|clip|livestream)"
# Before a newsroom's name; then before a platform's.
_SAID_TO = (
    r"[Tt]old|[Tt]elling|[Tt]ells|[Ss]peaking (?:to|with)|[Ss]poke (?:to|with)|[Aa]ccording to"
    rf"|[Ii]n {_AN} (?:[\w-]{{1,20}} )?(?:interview|statement|email|letter) (?:with|to|for|on|in)"
    r"|(?:[Ff]irst |[Oo]riginally |[Pp]reviously )?(?:[Rr]eported|[Pp]ublished|[Rr]evealed)"
    r" (?:by|in)"
    r"|sagte(?:n)?(?: der| dem| gegenüber)?|erklärte(?:n)? gegenüber(?: der| dem)?"
    r"|(?:[Ll]aut|[Ss]elon|[Ss]egún|[Ss]econdo|[Ss]egundo)(?: der| dem| le| la| el| il| o| a)?"
    r"|(?:a déclaré|a dit|a confié) (?:à|au)|(?:dijo|declaró|dijeron) a"
    r"|ha (?:detto|dichiarato) a(?:lla)?"
    r"|disse (?:ao|à)|[Сс]ообщил[аои]?|[Пп]о данным"
)
_POSTED_ON = (
    r"(?:(?:[Pp]osted|[Ww]rote|[Tt]weeted|[Ss]hared|[Aa]nnounced|[Uu]ploaded|[Cc]ommented) "
    rf"{_FEW_WORDS}|(?:[Ss]aid|[Ss]aying|[Pp]osting|[Ww]riting) )on"
    rf"|[Ii]n {_AN} (?:[\w-]{{1,20}} )?{_POST} (?:(?:posted|shared|published|made) )?(?:on|to)"
    r"|[Tt]ook to|[Tt]aking to"
    rf"|(?:schrieb|teilte|postete|veröffentlichte) {_FEW_WORDS}auf"
    rf"|(?:écrit|publié|posté|annoncé) {_FEW_WORDS}sur"
    rf"|(?:escribió|publicó|publicado|compartió) {_FEW_WORDS}en"
    rf"|(?:scritto|pubblicato) {_FEW_WORDS}su|(?:escreveu|publicou) {_FEW_WORDS}n[oa]"
)
_NETWORK = r"(?:the )?(?:social (?:media )?(?:network|platform|site) |messaging app )?"
_ASIDE = r"(?:, (?:citing|quoting) [^,.\n]{1,60},)?"
_WHO = r"(?:he|she|they|the [\w-]{1,20}|[A-Z][\w’'-]{1,20}(?: [A-Z][\w’'-]{1,20})?)"
_WROTE = r"(?:(?:has|had|have|also|later|then) ){0,2}(?:wrote|posted|said|announced|shared|claimed)"


def _named(group: str, of: str) -> str:
    """Return a pattern of the platforms' names, one group each; ``of`` ends the name of X."""
    patterns = {**_PLATFORMS, "x": of}
    return "|".join(f"(?P<{group}{name}>{pattern})" for name, pattern in patterns.items())


_NAMED = _named("", _PLATFORMS["x"])
_NAMED_FIRST = _named("on_", "Twitter|X")
_NAMED_POST = _named("in_", "Twitter|X")
_GROUPS = ("", "on_", "in_")
_MENTION = re.compile(
    rf"(?<!\w)(?:(?:{_POSTED_ON})[ \n]{_NETWORK}(?:{_NAMED})(?![\w-])"
    rf"|(?:{_SAID_TO})[ \n](?P<outlet>{_OUTLETS})(?![\w-])"
    rf"|(?:{_OUTLETS}){_ASIDE} (?:(?:first|has|had|have|also|earlier|previously|later) ){{0,3}}"
    r"(?:reported|revealed)(?!\w)"
    rf"|(?:{_OUTLETS}) reports(?: that| on|(?=\.))(?!\w)"
    rf"|[Oo]n (?:{_NAMED_FIRST}),? {_WHO} {_WROTE}(?!\w)"
    rf"|[Ii]n {_AN} (?:[\w-]{{1,20}} )?(?:{_NAMED_POST}) {_POST}(?![\w-])"
    rf"|(?P<tweet>[Ii]n {_AN} (?:[\w-]{{1,20}} )?tweet"
    r"|(?:[Hh]e|[Ss]he|[Tt]hey) (?:(?:has|had|have|also|later|then|first|once) ){0,2}(?:re)?tweeted"
    r")(?![\w-]))"
)


@dataclass(frozen=True, slots=True)
class Mention:
    """A phrase that names a source; ``platform`` is where it was posted, when that is named."""

    start: int
    end: int
    platform: str | None


def find_mentions(text: str) -> Iterator[Mention]:
    """Yield every mention in a text, in reading order; offsets are code points of the text."""
    plain = plain_text(text)
    for found in _MENTION.finditer(plain.text):
        platform = next((name for name in _PLATFORMS if _is_named(found, name)), None)
        yield Mention(
            plain.start(found.start()),
            plain.end(found.end()),
            "x" if found["tweet"] else platform,
        )


def _is_named(found: re.Match[str], platform: str) -> bool:
    return any(found[f"{group}{platform}"] for group in _GROUPS)
