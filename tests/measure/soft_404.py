"""Precision and recall of "there is nothing here" on pages that answer 200.

    python -m tests.measure.soft_404 [DIRECTORY] [--worst]

Pages are made: the messages of ``absences`` in seven layouts, saying it in title, heading or text
alone; live ones are those that resemble them, and articles in the layouts of 32 publishing systems.
Odd messages and odd live pages were held out while the weights were tuned. A directory of saved
pages has the folders ``soft_404`` and ``live``; without them every page is taken for a live one.
"""

from __future__ import annotations

import argparse
import random
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from archiver.model.signals import Signal
from archiver.platforms._document import read_document
from archiver.platforms._thin import instead_of_page
from tests.measure import systems
from tests.measure.absences import ALIVE, SAID
from tests.measure.layouts import LAYOUTS, Maker

URL = "https://www.harbour-paper.example/2026/11/tide-gates"
SITE = "Harbour Paper"
MENU = "".join(f'<li><a href="/{n}">{n}</a></li>' for n in ("News", "Sport", "Culture", "Harbour", "Opinion"))  # fmt: skip
TEASERS = "".join(
    f'<article class="card"><h3><a href="/s/{n}">What the minister knew, part {n}</a></h3><p>The council met twice in March and published nothing about the tide gates, although it had been asked.</p></article>'
    for n in range(14)
)
FOOTER = '<footer><p>© 2026 Harbour Paper Ltd, 12 Quay Street</p><ul><li><a href="/about">About</a></li><li><a href="/terms">Terms</a></li></ul></footer>'
SEARCH = (
    '<form role="search" action="/search"><input type="search" name="q"><button>Go</button></form>'
)


@dataclass
class Score:
    hits: int = 0
    misses: int = 0
    wrong: list[str] = field(default_factory=list)

    def figures(self) -> str:
        total = self.hits + self.misses
        return f"{self.hits:6} of {total:6}  {self.hits / total:.4f}" if total else "     none"


# Layouts: each takes the heading's and the text's HTML.


def bare(said: str) -> str:
    return said


def themed(said: str) -> str:
    return f'<header class="site-header"><a href="/">{SITE}</a><nav><ul>{MENU}</ul></nav></header><main>{said}</main><aside class="sidebar"><h3>Newsletter</h3><p>Our letter of the week, every Friday.</p></aside>{FOOTER}'


def popular(said: str) -> str:
    return themed(f'{said}<section class="more"><h3>Most read</h3>{TEASERS}</section>')


def searched(said: str) -> str:
    return themed(f"{said}{SEARCH}")


def soup(said: str) -> str:
    rows = "".join(f'<div class="r{n}"><a href="/{n}">Topic {n}</a></div>' for n in range(30))
    return f'<div id="top"><a href="/"><img src="l.png"></a>{rows}</div><div class="x1"><div class="x2">{said}</div></div><div class="x9">{rows}<div>All rights reserved</div></div>'


def drawn(said: str) -> str:
    return f'<div id="__next"><div class="css-1x"><div class="css-2y">{said}</div></div></div><script>{{"props":{{}}}}</script>'


def crowded(said: str) -> str:
    return f'<div class="mega-menu"><ul>{MENU * 12}</ul></div><div class="content">{said}</div><div class="teaser-list">{TEASERS}{TEASERS}</div><div class="footer-links"><ul>{MENU * 8}</ul></div>'


FRAMES: dict[str, Callable[[str], str]] = {
    frame.__name__: frame for frame in (bare, themed, popular, searched, soup, drawn, crowded)
}
WAYS = ("all", "titled", "headed", "text", "code")


def page(language: str, heading: str, sentence: str, frame: str, way: str) -> str:
    title = f"{heading} | {SITE}" if way in ("all", "titled") else SITE
    shown = {
        "all": f"<h1>{heading}</h1><p>{sentence}</p>",
        "titled": f"<div><p>{sentence}</p></div>",
        "headed": f"<h2>{heading}</h2><p>{sentence}</p>",
        "text": f"<p>{heading}</p><p>{sentence}</p>",
        "code": f"<h1>404</h1><p>{heading}</p><p>{sentence}</p>",
    }[way]
    return f'<!doctype html><html lang="{language}"><head><meta charset="utf-8"><title>{title}</title></head><body>{FRAMES[frame](shown)}</body></html>'


def absent(*, is_held_out: bool) -> Iterator[tuple[str, str, str, str]]:
    """Yield language, frame, way and HTML of every page that says that there is nothing."""
    for language, messages in SAID.items():
        for heading, sentence in messages[is_held_out::2]:
            for frame in FRAMES:
                for way in WAYS:
                    yield language, frame, way, page(language, heading, sentence, frame, way)


def alive(*, is_held_out: bool, made: int) -> Iterator[tuple[str, str]]:
    """Yield kind and HTML of live pages."""
    for title, body in ALIVE[is_held_out::2]:
        for name, frame in FRAMES.items():
            head = f"<head><title>{title}</title></head>"
            yield f"resembling, {name}", f"<html>{head}<body>{frame(body)}</body></html>"
    for name in sorted(LAYOUTS)[is_held_out::2]:
        for seed in range(made):
            yield "articles", LAYOUTS[name](Maker(random.Random(f"{name}{seed}"))).html


def is_called_absent(html: str) -> bool:
    document = read_document(html.encode(), URL, rendered=True, main=False)
    instead = instead_of_page(document, URL)
    return instead is not None and instead.signal in (Signal.SOFT_404, Signal.PARKED)


def measure(half: str, *, is_held_out: bool, made: int, is_verbose: bool) -> None:
    groups, false = recalled(is_held_out=is_held_out), alarmed(is_held_out=is_held_out, made=made)
    found = sum(score.hits for name, score in groups.items() if name.startswith("recall"))
    called = found + sum(score.hits for score in false.values())
    print(f"{half}:")
    for name in sorted(groups, key=lambda name: (name.startswith(" "), name)):
        print(f"  {name:28}{groups[name].figures()}")
    print(f"  {'precision':28}{found / max(1, called):.4f}")
    for kind, score in false.items():
        print(f"  {f'false alarms, {kind}':28}{score.figures()}")
    if is_verbose:
        wrong = [score for name, score in groups.items() if name.startswith("recall")]
        for line in (line for score in (*wrong, *false.values()) for line in score.wrong):
            print("  wrong", line[:300])


def recalled(*, is_held_out: bool) -> dict[str, Score]:
    groups: dict[str, Score] = {}
    for language, frame, way, html in absent(is_held_out=is_held_out):
        is_hit = is_called_absent(html)
        tongue = "English" if language == "en" else "other languages"
        names = (f"recall, {tongue}", f"  {language}", f"  layout {frame}", f"  said by {way}")
        for name in names:
            score = groups.setdefault(name, Score())
            score.hits += is_hit
            score.misses += not is_hit
            if not is_hit:
                score.wrong.append(f"missed: {language} {frame} {way}: {html[60:]}")
    return groups


def alarmed(*, is_held_out: bool, made: int) -> dict[str, Score]:
    false: dict[str, Score] = {}
    for kind, html in alive(is_held_out=is_held_out, made=made):
        is_false = is_called_absent(html)
        score = false.setdefault(kind.partition(",")[0], Score())
        score.hits += is_false
        score.misses += not is_false
        if is_false:
            score.wrong.append(f"false: {kind}: {html[:200]}")
    return false


def measure_saved(directory: Path, *, is_verbose: bool) -> None:
    for folder in ("soft_404", "live", ""):
        place = directory / folder
        if not place.is_dir() or (not folder and (directory / "live").is_dir()):
            continue
        score, slowest, spent = Score(), 0.0, 0.0
        for path in sorted(place.rglob("*.htm*")):
            if not path.is_file():
                continue
            text = path.read_bytes()
            began = time.process_time()
            document = read_document(text, URL, main=False)
            instead = instead_of_page(document, URL)
            took = time.process_time() - began
            slowest, spent = max(slowest, took), spent + took
            is_absent = instead is not None and instead.signal in (Signal.SOFT_404, Signal.PARKED)
            score.hits += is_absent
            score.misses += not is_absent
            if is_verbose and is_absent is (folder != "soft_404"):
                print(f"  {path}: {instead.says if instead else 'not called'}")
        total = max(1, score.hits + score.misses)
        print(f"{folder or 'pages'}: called absent {score.figures()}; {spent / total * 1000:.1f} ms a page, at most {slowest * 1000:.0f}")  # fmt: skip


def main() -> None:
    """Print the figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("directory", nargs="?", type=Path)
    parser.add_argument("--made", type=int, default=40, help="articles of each layout")
    parser.add_argument("--half", choices=("tuned", "held-out", "both"), default="both")
    parser.add_argument("--worst", action="store_true", help="show pages that are told wrong")
    asked = parser.parse_args()
    if asked.directory is not None:
        measure_saved(asked.directory, is_verbose=asked.worst)
        return
    print(f"{len(SAID)} languages, {len(FRAMES)} layouts, {len(LAYOUTS)} of {systems.__name__}")
    for half in ("tuned", "held-out"):
        if asked.half in (half, "both"):
            is_held_out = half == "held-out"
            measure(half, is_held_out=is_held_out, made=asked.made, is_verbose=asked.worst)


if __name__ == "__main__":
    main()
