"""How much processor time reading an article takes.

    python -m tests.bench.extract [--size BYTES] [--rounds N]

Articles of our own making: a newsroom-like page, other layouts filled to the same size, and shapes
that are hard on a reader; layouts that are no running text stay small. Each is read once to warm up, then N times; the median is printed.
"""

from __future__ import annotations

import argparse
import random
import statistics
import time
from collections.abc import Iterator

from typing_extensions import override

from archiver.citations import extract
from archiver.platforms import recognise
from tests.measure import systems
from tests.measure.layouts import LAYOUTS, SITE, Maker, layout

SIGNED = "Three gates were open at noon. pic.twitter.com/aB3dE6gH9j — Ana Ruiz 🌊 (@ana_tides) March 3, 2021 "
URL = f"{SITE}/2026/11/1/tide-gates"


def filled(name: str, size: int) -> bytes:
    """Make a page of a layout with as many paragraphs as bring it near a size."""
    paragraphs = 6
    while True:
        maker = Long(random.Random(name), paragraphs)
        html = LAYOUTS[name](maker).html
        if len(html.encode()) >= size or paragraphs > 5000:
            return html.encode()
        paragraphs = paragraphs * 4 // 3 + 1


class Long(Maker):
    """Makes articles of a number of paragraphs."""

    def __init__(self, rng: random.Random, count: int) -> None:
        super().__init__(rng)
        self.language = "en"
        self._paragraphs = count

    @override
    def paragraphs(self, fewest: int = 5, most: int = 14) -> list[str]:
        return super().paragraphs(self._paragraphs, self._paragraphs)


def newsroom(size: int) -> bytes:
    """Make a page as newsrooms send them: a third scripts and styles, a third furniture."""
    maker = Long(random.Random(1), max(4, size // 1400))
    head = f"<style>{'.a{color:red}' * (size // 90)}</style><script>{'var a=1;' * (size // 60)}</script>"
    posts = "".join(
        f'<blockquote class="twitter-tweet"><p lang="en">{maker.sentence()} <a href="https://t.co/Ab3dE5gH{n:02}">pic.twitter.com/Ab3dE5gH{n:02}</a></p>'
        f'&mdash; Maya Lind (@maya_l) <a href="https://twitter.com/maya_l/status/12149566367307448{n:02}">January 8, 2020</a></blockquote>'
        for n in range(8)
    )
    inside = (
        f"<header><nav><ul>{maker.menu(60)}</ul></nav></header><main><article><h1>{maker.title}</h1>{''.join(maker.p())}{posts}</article>"
        f'<aside class="related">{maker.headline_links(40, "<div class=card>{}</div>", teaser=True)}</aside><div>{maker.headline_links(size // 2500, "<div class=tile>{}</div>", teaser=True)}</div></main>'
        f'<section id="comments">{maker.comments(size // 2500)}</section><footer>{maker.footer_links()}</footer>'
    )
    return maker.finish(inside, head).html.encode()


def shapes(size: int) -> Iterator[tuple[str, bytes, str]]:
    """Yield (name, body, file name) of articles that are hard on a reader."""
    link = '<a href="https://news.example/{n}">a report</a> '
    many = size // 50
    yield "only links", ("<p>" + "".join(link.format(n=n) for n in range(many))).encode(), "a.html"
    yield "only nested boxes", ("<div class=x>" * 900 + "word " * (size // 10)).encode(), "a.html"
    yield "only small elements", ("<p>" + "<span>a </span>" * (size // 15)).encode(), "a.html"
    yield (
        "only embeds",
        (
            "<iframe src='https://www.youtube.com/embed/aB3dE6gH9j_'></iframe><p>x</p>"
            * (size // 75)
        ).encode(),
        "a.html",
    )
    yield (
        "only attributes",
        ('<div data-src="https://news.example/a" class="a b c">x</div>' * (size // 60)).encode(),
        "a.html",
    )
    yield "only quotes", ("<p>“one two three” said " * (size // 25)).encode(), "a.html"
    yield "flattened posts", (SIGNED * (size // len(SIGNED))).encode(), "a.txt"
    yield "flattened posts by line", ((SIGNED + "\n") * (size // len(SIGNED))).encode(), "a.txt"
    yield "signatures alone", ("— Ana (@ana_tides) March 3, 2021 " * (size // 33)).encode(), "a.txt"
    yield (
        "prose",
        ("The gates stood open all night, and Dr. Roe said so. " * (size // 53)).encode(),
        "a.txt",
    )
    yield "addresses", ("See https://news.example/a/b?c=d. " * (size // 34)).encode(), "a.txt"


def cpu_ms(body: bytes, name: str, rounds: int) -> tuple[float, int]:
    """Return the median of processor milliseconds, and how many citations were found."""
    found = extract(body, recognise=recognise, url=URL, name=name).citations
    spent = []
    for _ in range(rounds):
        start = time.process_time()
        extract(body, recognise=recognise, url=URL, name=name)
        spent.append((time.process_time() - start) * 1000)
    return statistics.median(spent), len(found)


def main() -> None:
    """Print the figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--size", type=int, default=100_000, help="bytes of an article")
    parser.add_argument("--rounds", type=int, default=5)
    asked = parser.parse_args()
    articles = [("NEWSROOM", newsroom(asked.size), "a.html")]
    articles += [(name, filled(name, asked.size), "a.html") for name in sorted(LAYOUTS)]
    articles += shapes(asked.size)
    print(f"articles of about {asked.size:,} bytes; {systems.__name__}, {layout.__module__}")
    for title, body, name in articles:
        spent, found = cpu_ms(body, name, asked.rounds)
        print(
            f"  {title:26}{len(body):>11,} bytes {spent:9.1f} ms  {found:>7,} citations", flush=True
        )


if __name__ == "__main__":
    main()
