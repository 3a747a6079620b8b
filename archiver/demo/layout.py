"""How the invented sites look: menu, main text, boxes beside it, footer; and their files."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from datetime import datetime
from html import escape

SECTIONS = (("/", "Home"), ("/news", "News"), ("/about", "About us"), ("/contact", "Contact"))


def cited_page(site: str, title: str, paragraphs: Sequence[str], at: datetime) -> str:
    """Return a page with a main text, two pictures and the usual furniture around them."""
    text = "\n".join(f"<p>{escape(words, quote=False)}</p>" for words in paragraphs[1:])
    main = f"""<article>
<h1>{escape(title)}</h1>
<p>{escape(paragraphs[0], quote=False)}</p>
<figure><img src="/images/front.jpg" width="640" height="360" alt="The harbour"></figure>
{text}
<figure><img src="/images/chart.png" width="320" height="200" alt="A chart" loading="lazy"></figure>
</article>"""
    return _document(site, title, "", main, at)


def article_page(title: str, url: str, published_at: datetime, blocks: str, at: datetime) -> str:
    """Return the page of the article, with the boxes that news sites put around one."""
    facts = {
        "@context": "https://schema.org",
        "@type": "NewsArticle",
        "headline": title,
        "datePublished": published_at.isoformat(),
        "author": {"@type": "Person", "name": "Rosa Lindqvist"},
    }
    head = f"""<link rel="canonical" href="{escape(url)}">
<meta property="og:type" content="article">
<meta property="og:title" content="{escape(title)}">
<meta property="article:published_time" content="{published_at.isoformat()}">
<script type="application/ld+json">{json.dumps(facts)}</script>
<script async src="https://platform.twitter.com/widgets.js" charset="utf-8"></script>"""
    main = f"""<article>
<h1>{escape(title)}</h1>
<p class="byline">By <a href="/about" rel="author">Rosa Lindqvist</a>,
<time datetime="{published_at.isoformat()}">{published_at:%d %B %Y}</time></p>
<figure><img src="/images/front.jpg" width="640" height="360" alt="The barrier"></figure>
<div class="article-body">
{blocks}
</div>
</article>
<div class="share">Share: <a href="https://twitter.com/intent/tweet?text=Forty">Twitter</a></div>
<aside class="related"><h2>Most read</h2><ul>
<li><a href="/news">Ferry back in service</a></li>
<li><a href="/2026/02/25/three-questions-about-the-barrier">Three questions</a></li>
</ul></aside>"""
    return _document("The Harbour Post", title, head, main, at)


def plain_page(site: str, title: str, sentence: str, at: datetime) -> str:
    """Return a page with little on it: a section, an error, a form."""
    main = f"<h1>{escape(title)}</h1>\n{sentence}"
    return _document(site, title, "", main, at)


def _document(site: str, title: str, head: str, main: str, at: datetime) -> str:
    """Put a page together. Token and footer change at every moment, as on real sites."""
    token = hashlib.sha256(f"{site} {at.isoformat()}".encode()).hexdigest()[:32]
    menu = "".join(f'<a href="{path}">{name}</a>' for path, name in SECTIONS)
    return f"""<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<title>{escape(title)} | {escape(site)}</title>
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="csrf-token" content="{token}">
<link rel="icon" href="/favicon.ico">
<link rel="stylesheet" href="/assets/site.css">
<script src="/assets/site.js" defer></script>
{head}
</head>
<body>
<header><img src="/assets/logo.svg" width="120" height="32" alt="{escape(site)}">
<nav>{menu}</nav></header>
<main>
{main}
</main>
<footer><nav>{menu}</nav>
<p>{escape(site)}. Page made at {at:%H:%M:%S}.</p></footer>
</body>
</html>
"""
