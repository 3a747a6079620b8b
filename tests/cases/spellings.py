"""Spellings of addresses: those of one source, and those of two."""

from __future__ import annotations

from urllib.parse import quote

X_ID = "1214956636730744833"
POST = f"https://twitter.com/TowerSight/status/{X_ID}"
PAGE = "https://news.example/a"

# spelling, the source's name
SAME: list[tuple[str, str]] = [
    (PAGE, f"web:{PAGE}"),
    ("HTTPS://NEWS.example:443/a#top", f"web:{PAGE}"),
    (f"https://web.archive.org/web/20200108170649/{PAGE}", f"web:{PAGE}"),
    (f"https://archive.ph/2020.01.08-170649/{PAGE}?utm_source=x", f"web:{PAGE}"),
    (f"https://l.facebook.com/l.php?u={quote(PAGE + '?fbclid=x', safe='')}&h=AT", f"web:{PAGE}"),
    (f"https://www.google.com/url?q={PAGE}&sa=D", f"web:{PAGE}"),
    ("https://news-example.cdn.ampproject.org/c/s/news.example/a?usqp=x", f"web:{PAGE}"),
    ("https://web.archive.org/web/2020/news%2Eexample/%61", "web:http://news.example/a"),
    (f"https://x.com/%54owerSight/status/{X_ID}", f"x:{X_ID}"),
    (f"https://nitter.net/TowerSight/status/{X_ID}#m", f"x:{X_ID}"),
    (f"https://mobile.twitter.com/i/web/status/{X_ID}?s=20", f"x:{X_ID}"),
    ("https://twitter.com/TowerSight", "web:https://twitter.com/TowerSight"),
    ("https://x.com/search?q=tower", "web:https://x.com/search?q=tower"),
    ("https://x.com/hashtag/tower?src=hash", "web:https://x.com/hashtag/tower?src=hash"),
    ("https://x.com/", "web:https://x.com/"),
    (f"https://web.archive.org/web/2020id_/{POST}?s=20", f"x:{X_ID}"),
    (f"https://archive.is/20200108/{POST}", f"x:{X_ID}"),
    (f"https://out.reddit.com/t3_a?url={quote(POST, safe='')}", f"x:{X_ID}"),
    ("https://archive.ph/AbC12", "web:https://archive.ph/AbC12"),
    ("https://perma.cc/T8U2-994F", "web:https://perma.cc/T8U2-994F"),
]

DIFFERENT: list[tuple[str, str]] = [
    ("https://archive.ph/AbC12", "https://archive.ph/abc12"),
    ("https://bit.ly/AbC12", "https://bit.ly/abc12"),
    (f"https://web.archive.org/web/2020/{PAGE}", "https://web.archive.org/web/2020/https://news.example/b"),
    (f"https://x.com/a/status/{X_ID}", f"https://x.com/a/status/{X_ID}0"),
    ("https://x.com/TowerSight", f"https://x.com/TowerSight/status/{X_ID}"),
    ("https://translate.google.com/translate?u=https://news.example/a", PAGE),
    ("https://news.example/amp/a", PAGE),
    ("https://news.example/a/amp", PAGE),
]  # fmt: skip
