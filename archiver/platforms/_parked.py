# ruff: noqa: E501 - a table of phrases is read by the line
"""Domains for sale, parked, expired, suspended or given up, and servers that show nobody's page.

The page answers, often with 200, and says nothing of what was cited. Its marks are looked for on
pages of few words alone: an article about parked domains has the same words in it.
"""

from __future__ import annotations

import re

from archiver.platforms._outline import Outline, words_in
from archiver.platforms._titles import parts_of_title

MAX_PARKED_WORDS = 250  # shown; pages of a parking service list ten links of a few words each
_MAX_SENTENCE = 200

# Addresses and names that only the pages of these services carry. Source: the list of the Open
#   Directory's link checker; 82 parking services of Zirngibl et al., TMA 2022; the services' own
#   pages and documentation, 2026-11.
_MARKS = (
    (re.compile(r"sedoparking\.com|//(?:www\.)?sedo\.com/(?:search/details|services/parking)"), "Sedo"),
    (re.compile(r"parkingcrew\.net|//d1lxhc4jvstzrp\.cloudfront\.net|pcrew_"), "ParkingCrew"),
    (re.compile(r"//(?:www\.)?bodis\.com|\bparking\.bodiscdn\.com"), "Bodis"),
    (re.compile(r"//(?:www\.)?afternic\.com/forsale/|\bafternic\b[^<]{0,40}\bforsale\b"), "Afternic"),
    (re.compile(r"img1\.wsimg\.com/parking-lander|LANDER_SYSTEM|godaddy\.com/domainsearch/find\?"), "GoDaddy"),
    (re.compile(r"//(?:www\.)?dan\.com/(?:buy-domain|domain-name)|cdn\d?\.dan\.com"), "Dan.com"),
    (re.compile(r"//(?:www\.)?hugedomains\.com/domain_profile"), "HugeDomains"),
    (re.compile(r"adsense/domains/caf\.js|\bgoogle\.ads\.domains\b"), "AdSense for domains"),
    (re.compile(r"parkingpage\.namecheap\.com|namecheap\.com/domains/(?:registration|parking)"), "Namecheap"),
    (re.compile(r"//(?:www\.)?(?:domainmarket|buydomains|undeveloped|brandbucket|squadhelp|atom)\.com/(?:lander|name|domain)"), "a domain dealer"),
    (re.compile(r"//(?:www\.)?(?:parklogic|above|voodoo|skenzo|trafficz|dsparking|dsultra|smartname)\.com"), "a parking service"),
    (re.compile(r"cgi-sys/(?:suspendedpage|defaultwebpage)\.cgi|/suspended\.page/"), "a suspended account"),
    (re.compile(r"<Code>NoSuchBucket</Code>|Code: NoSuchBucket"), "an Amazon S3 bucket that is gone"),
    (re.compile(r"herokucdn\.com/error-pages/no-such-app\.html"), "a Heroku app that is gone"),
    (re.compile(r"assets\.tumblr\.com/images/default_error|tumblr[^<]{0,80}not_found_view"), "a Tumblr that is gone"),
    (re.compile(r"wordpress\.com/typo/\?subdomain="), "a WordPress.com blog that is gone"),
)  # fmt: skip

_FOR_SALE = (
    r"(?:the |this )?(?:premium )?(?:domain(?: name)?|website|web ?site) (?:name )?"
    r"(?:\S{3,80} )?(?:is|may be|could be) (?:now )?(?:for sale|available for (?:purchase|sale))"
    r"(?: by its owner)?!?"
    r"|\S{3,80}\.\S{2,20} (?:is|may be) (?:for sale|available for purchase)!?"
    r"|buy this domain(?: name)?(?: today| now)?!?|(?:get|own|inquire about) this domain(?: name)?"
    r"|(?:this )?(?:web ?site|domain)(?: name)? (?:\S{3,80} )?is (?:currently )?parked"
    r"(?: free)?(?:,? courtesy of [^?]{1,60}| by [^?]{1,60}| with [^?]{1,60})?"
    r"|parked domain(?: name)?(?: on [^?]{1,40})?|domain parked|domain (?:parking|for sale)"
    r"|diese domain (?:steht zum verkauf|ist zu verkaufen|kaufen|wurde geparkt|ist geparkt)"
    r"|(?:die )?domain \S{3,80} (?:steht zum verkauf|ist zu verkaufen|ist geparkt)"
    r"|ce (?:nom de )?domaine est (?:à vendre|peut-être à vendre|en vente|parqué)"
    r"|(?:el |este )?dominio (?:\S{3,80} )?(?:está|esta|puede estar) (?:en venta|a la venta|aparcado)"
    r"|(?:o |este )?domínio (?:\S{3,80} )?(?:está|pode estar) (?:à venda|estacionado)"
    r"|(?:il |questo )?dominio (?:\S{3,80} )?(?:è|potrebbe essere) in vendita"
    r"|(?:dit |deze )?domein(?:naam)? (?:\S{3,80} )?(?:is te koop|staat te koop|is geparkeerd)"
    r"|(?:denna )?domän(?:en)? (?:\S{3,80} )?är till salu|dette domæne er til salg"
    r"|(?:ta )?domena (?:\S{3,80} )?(?:jest )?na sprzedaż|tato doména je na prodej"
    r"|(?:этот )?домен (?:\S{3,80} )?(?:продается|продаётся|припаркован|выставлен на продажу)"
    r"|цей домен продається|bu (?:alan adı|domain) satılıktır?|هذا النطاق للبيع|الدومين للبيع"
    r"|(?:本|此|该)(?:域名|網域)(?:正在)?(?:出售|转让|轉讓)(?:中)?|域名(?:出售|转让)"
    r"|(?:この|本)ドメイン(?:は|名は)(?:販売中|売り出し中)(?:です)?|이 도메인은 판매 중입니다"
    r"|tên miền này (?:đang được|đang) (?:rao )?bán"
)
_EXPIRED = (
    r"(?:the |this )?domain(?: name)? (?:\S{3,80} )?(?:registration )?(?:has )?(?:just )?expired"
    r"(?: on [^?]{1,40})?(?: and [^?]{1,80})?|[^?]{0,80}\bis pending renewal or deletion"
    r"|(?:this )?(?:website|site) (?:has )?expired|(?:diese |die )?domain (?:\S{3,80} )?ist abgelaufen"
    r"|ce (?:nom de )?domaine a expiré|este dominio ha (?:caducado|expirado)"
    r"|este domínio expirou|questo dominio è scaduto|(?:deze )?domeinnaam is verlopen"
    r"|срок регистрации домена[^?]{0,80} ист[её]к|域名(?:已)?(?:过期|到期)|このドメインは有効期限切れ[^?]{0,20}"
)
_GIVEN_UP = (
    r"(?:this |your )?(?:account|web ?site|hosting account) (?:has been|is|was) (?:temporarily )?"
    r"(?:suspended|disabled|deactivated)|account suspended|website suspended|site suspended"
    r"|(?:this )?(?:shop|store) is (?:currently )?unavailable|sorry, this shop is currently unavailable"
    r"|there isn['’]t a github pages site here|no such app|nosuchbucket"
    r"|the specified bucket does not exist|\S{1,80}\.wordpress\.com doesn['’]t\s?exist"
    r"|\S{1,80} is no longer available(?:\.|,)? the authors have deleted this site"
    r"|the authors have deleted this site|blog has been removed|this blog is no longer available"
    r"|(?:this )?website (?:is|has been) (?:no longer available|discontinued|closed down)"
    r"|(?:this |the )?(?:web ?site|service) (?:has|was) (?:been )?(?:shut down|closed|discontinued)"
    r"|website expired|this account has expired|(?:project|deployment)_?not_?found"
    r"|the deployment could not be found on vercel|site not found · (?:netlify|github pages)"
    r"|fastly error: unknown domain[^?]{0,80}|help center closed|is not a registered incloud yoursite"
    r"|dieser account wurde gesperrt|(?:diese )?webseite wurde (?:gesperrt|deaktiviert)"
    r"|ce compte a été suspendu|esta cuenta ha sido suspendida|esta conta foi suspensa"
    r"|questo account è stato sospeso|(?:аккаунт|сайт|хостинг) (?:заблокирован|приостановлен|отключ[её]н)"
)
_DEFAULT = (
    r"welcome to (?:nginx|openresty|caddy|centos|litespeed|tengine|plesk)!?"
    r"|apache2 (?:debian|ubuntu|centos|linux) default page(?:: it works)?"
    r"|apache (?:http server )?test page[^?]{0,60}|test page for the (?:apache|nginx) http server[^?]{0,60}"
    r"|iis windows(?: server)?|internet information services(?: \d)?|iis\d{1,2}(?:\.\d)?"
    r"|default (?:web ?site|parallels plesk|plesk) page|web server's default page"
    r"|(?:this is the )?default (?:web ?)?(?:page|index) (?:for|of) (?:this|the) (?:server|domain|host)[^?]{0,60}"
    r"|it works!?|success! the (?:nginx|caddy|apache) server (?:block )?is working!?"
    r"|future home of something quite cool|(?:this )?(?:web ?)?site is under construction"
    r"|(?:hier entsteht eine neue (?:internetpräsenz|webseite|website))[^?]{0,40}"
    r"|(?:ce site|site) en construction|(?:sitio|página) en construcción|site em construção"
    r"|sito in (?:costruzione|allestimento)|сайт в разработке|сайт находится в разработке"
    r"|网站建设中|この(?:サイト|ページ)は準備中です"
)
_SAYS = (
    (re.compile(_FOR_SALE, re.I), "a domain that is parked or for sale"),
    (re.compile(_EXPIRED, re.I), "a domain that has expired"),
    (re.compile(_GIVEN_UP, re.I), "a site that was suspended or given up"),
    (re.compile(_DEFAULT, re.I), "the default page of a server"),
)
_STOPS = re.compile(r"[.!?…。！？\n]+(?:\s|$)|\n")


def parked(html: str, title: str | None, visible: str, page: Outline) -> str | None:
    """Return what a page shows instead of a site, in a clause; None when it shows none of it.

    ``visible`` is its visible text, ``page`` its outline.
    """
    if words_in(visible) > MAX_PARKED_WORDS:
        return None
    said = [(part, "titled") for part in parts_of_title(title)]
    said += [(words, "headed") for words in page.headings]
    if page.words <= _FEW:
        said += [(piece, "that says") for piece in _pieces(visible)]
    for words, how in said:
        bare = " ".join(words.split()).rstrip(".!… ")
        if not bare or len(bare) > _MAX_SENTENCE:
            continue
        for pattern, what in _SAYS:
            if pattern.fullmatch(bare):
                return f"a page {how} “{bare}”: {what}"
    name = next((name for pattern, name in _MARKS if pattern.search(html[:_MAX_HTML])), None)
    return f"a page of few words with the marks of {name}" if name is not None else None


_FEW = 120  # own words; of more, one sentence is not what the page says
_MAX_HTML = 128 * 2**10  # characters in which marks are looked for


def _pieces(visible: str) -> list[str]:
    return [piece for piece in _STOPS.split(visible[:4_000]) if piece and piece.strip()]
