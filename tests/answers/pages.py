"""Pages of the open web, written by us in the shapes of recorded ones."""

from __future__ import annotations

_PARAGRAPHS = "".join(
    f"<p>{sentence}</p>"
    for sentence in (
        "The tower at the northern end of the harbour was struck early on Wednesday, the keeper said.",
        "He had seen twelve ships leave the harbour before midnight and none of them came back.",
        "The ministry did not answer questions about the ships until late in the afternoon.",
        "A spokesman then said that the figures, published at midnight, were to be corrected.",
    )
)


def titled(title: str, body: str = _PARAGRAPHS) -> str:
    return (
        f'<!DOCTYPE html><html lang="en-GB"><head><meta charset="utf-8"><title>{title}</title>'
        f"</head><body><main><article><h1>{title}</h1>{body}</article></main></body></html>"
    )


def article(extra: str = "") -> str:
    return titled("What the tower saw - The News", _PARAGRAPHS + extra)


ARTICLE = article()
NOT_FOUND = titled("Page not found | The News", "<p>There is no page at this address.</p>")
SHELL = (
    '<!DOCTYPE html><html><head><title>News</title></head><body><div id="app"></div>'
    '<noscript>You need to enable JavaScript.</noscript><script src="/app.js"></script></body></html>'
)
CLOUDFLARE_CHALLENGE = (
    '<!DOCTYPE html><html lang="en-US"><head><title>Just a moment...</title></head><body>'
    "<h1>news.example</h1><p>Checking if the site connection is secure</p>"
    '<script>window._cf_chl_opt={cvId:"2"};var s=document.createElement("script");'
    's.src="/cdn-cgi/challenge-platform/h/b/orchestrate/chl_page/v1?ray=0";</script></body></html>'
)
CLOUDFLARE_CHALLENGE_IN_GERMAN = CLOUDFLARE_CHALLENGE.replace(
    "Just a moment...", "Nur einen Moment…"
)
CLOUDFLARE_REFUSAL = (
    "<!DOCTYPE html><html><head><title>Access denied</title></head><body>"
    '<div id="cf-error-details"><h1>Error <span class="cf-error-code">1020</span></h1>'
    "<p>You cannot access news.example.</p></div></body></html>"
)
SUCURI_CHALLENGE = (
    "<html><title>You are being redirected...</title><noscript>Javascript is required.</noscript>"
    "<script>var s={},u,c,sucuri_cloudproxy_js='',S='ej0n';</script></html>"
)
AKAMAI_REFUSAL = (
    "<HTML><HEAD><TITLE>Access Denied</TITLE></HEAD><BODY><H1>Access Denied</H1>"
    "Reference&#32;&#35;18.2d351ab8.1557333295.a4e16ab</BODY></HTML>"
)
