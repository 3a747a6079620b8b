"""Recall and false alarms of walls: challenges, refusals, log-ins, consent, filters of our own side.

    python -m tests.measure.walls [DIRECTORY ...] [--worst]

Walls are of our own writing (``refusals``), signed by headers and marks or told by their words
alone, bare and in a theme; pages that resemble them, and articles in the layouts of publishing
systems with a wall's words and widgets in them, are none. Of a directory of saved pages the signal
of each is printed and counted; where it has the folders ``wall`` and ``live``, how many are right.
"""

from __future__ import annotations

import argparse
import random
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from archiver.model.inquiry import Ask, Headers, Question, Reading, Wall
from archiver.model.signals import Signal
from archiver.platforms.web import read_answer
from tests.answers import Reply
from tests.measure.layouts import LAYOUTS, Maker
from tests.measure.refusals import OPEN, SIGNED, WORDED
from tests.measure.soft_404 import Score, bare, crowded, drawn, soup, themed

URL = "https://www.harbour-paper.example/2026/11/tide-gates"
WRONG = frozenset({Signal.NOT_FOUND, Signal.SOFT_404, Signal.GONE, Signal.PARKED, Signal.PRESENT})
# Not the prompt to subscribe "to continue reading": behind a short text that is a wall.
SPRINKLED = (
    '<div class="g-recaptcha" data-sitekey="x"></div>', '<form action="/login"><input type="password"></form>',
    '<p class="cookie">We value your privacy</p>', '<script src="/cdn-cgi/challenge-platform/scripts/jsd/main.js"></script>',
    '<script src="https://js.datadome.co/tags.js"></script>', "<p>Subscribe to our newsletter</p>",
    '<div id="onetrust-consent-sdk"></div>', "<script>window._pxAppId='PX1'</script>",
)  # fmt: skip


def read(body: str, status: int = 200, headers: Headers = (), ask: Ask = Ask.HTTP) -> Reading:
    kept = (("content-type", "text/html; charset=utf-8"), *headers)
    return read_answer(Reply(status, body.encode(), kept).to(Question(URL, ask=ask)), URL)


def whole(title: str, body: str) -> str:
    return f"<!doctype html><html><head><meta charset='utf-8'><title>{title}</title></head><body>{body}</body></html>"


def made_walls(*, is_held_out: bool) -> Iterator[tuple[str, Wall, Reading, str]]:
    """Yield group, kind, reading and HTML of every wall."""
    for kind, status, headers, title, body in SIGNED[is_held_out::2]:
        html = whole(title, body)
        yield "signed", kind, read(html, status, headers), html
    for kind, heading, rest in WORDED[is_held_out::2]:
        for frame in (bare, themed, drawn):
            for status in (200, 403):
                html = whole(f"{heading} | Harbour Paper", frame(f"<h1>{heading}</h1>{rest}"))
                # A page with hardly a word and a script is read as it is drawn.
                ask = Ask.RENDER if status == 200 else Ask.HTTP
                group = f"worded, {frame.__name__}, {status}"
                yield group, kind, read(html, status, ask=ask), html


def made_pages(*, is_held_out: bool, made: int) -> Iterator[tuple[str, str]]:
    """Yield kind and HTML of pages that are none."""
    for title, body in OPEN[is_held_out::2]:
        for frame in (bare, themed, soup, crowded):
            yield "resembling", whole(title, frame(f"<h1>{title}</h1>{body}"))
    for name in sorted(LAYOUTS)[is_held_out::2]:
        for seed in range(made):
            rng = random.Random(f"{name}{seed}")
            html = LAYOUTS[name](Maker(rng)).html
            place = html.rfind("</body>") if "</body>" in html else len(html)
            yield "articles", html[:place] + "".join(rng.sample(SPRINKLED, 4)) + html[place:]


def measure(half: str, *, is_held_out: bool, made: int, is_verbose: bool) -> None:
    groups: dict[str, Score] = {}
    kinds, lost = Score(), 0
    for group, kind, reading, html in made_walls(is_held_out=is_held_out):
        is_hit = reading.wall is not None and reading.signal is not Signal.PRESENT
        lost += reading.signal in WRONG - {Signal.PRESENT}
        for name in ("recall", f"  {group}", f"  {kind.value}"):
            score = groups.setdefault(name, Score())
            score.hits += is_hit
            score.misses += not is_hit
        kinds.hits += reading.wall is kind
        kinds.misses += reading.wall is not kind
        if reading.wall is not kind:
            kinds.wrong.append(
                f"{group} {kind.value}: {reading.wall} {reading.reason} {html[:160]}"
            )
    false: dict[str, Score] = {}
    for name, html in made_pages(is_held_out=is_held_out, made=made):
        is_false = read(html).signal is not Signal.PRESENT
        score = false.setdefault(name, Score())
        score.hits += is_false
        score.misses += not is_false
        if is_false:
            score.wrong.append(f"{name}: {read(html).reason}")
    print(f"{half}:")
    for name in sorted(groups, key=lambda name: (name.startswith(" "), name)):
        print(f"  {name:28}{groups[name].figures()}")
    print(f"  {'of the right kind':28}{kinds.figures()}")
    print(f"  {'judged gone or parked':28}{lost:6}")
    for name, score in false.items():
        print(f"  {f'false alarms, {name}':28}{score.figures()}")
    if is_verbose:
        for line in (*kinds.wrong, *(line for score in false.values() for line in score.wrong)):
            print("  wrong", line[:300])


def measure_saved(directory: Path) -> None:
    counted: Counter[str] = Counter()
    for path in sorted(directory.rglob("*.htm*")):
        if not path.is_file():
            continue
        reading = read(path.read_text("utf-8", "replace"))
        wall = f" {reading.wall.value}" if reading.wall else ""
        said = f"{reading.signal.value}{wall}"
        counted[f"{path.parent.name}: {said}"] += 1
        print(f"  {path.name:50} {said}")
    for said, count in sorted(counted.items()):
        print(f"{count:6} {said}")


def main() -> None:
    """Print the figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("directory", nargs="*", type=Path)
    parser.add_argument("--made", type=int, default=20, help="articles of each layout")
    parser.add_argument("--half", choices=("tuned", "held-out", "both"), default="both")
    parser.add_argument("--worst", action="store_true", help="show pages that are told wrong")
    asked = parser.parse_args()
    for directory in asked.directory:
        measure_saved(directory)
    if asked.directory:
        return
    for half in ("tuned", "held-out"):
        if asked.half in (half, "both"):
            is_held_out = half == "held-out"
            measure(half, is_held_out=is_held_out, made=asked.made, is_verbose=asked.worst)


if __name__ == "__main__":
    main()
