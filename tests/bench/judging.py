"""How much processor time judging takes, beyond taking the text out of a page.

    python -m tests.bench.judging [--size BYTES] [--rounds N] [--many N]

A page as newsrooms send them is looked at twice, with noise and one edit between. Then comparisons
from packed features alone, and shapes that are hard on a comparison. Medians are printed.
"""

from __future__ import annotations

import argparse
import random
import statistics
import time
from collections.abc import Callable, Iterator
from functools import partial

from archiver.judge._tokens import _kept_tokens
from archiver.judge.drift import changes_of, compare_pages
from archiver.judge.features import (
    containment,
    cosine,
    features_of,
    packed,
    title_cosine,
    unpacked,
    visible_containment,
)
from archiver.judge.noise import noise_of
from archiver.judge.quotes import check_words
from archiver.model.inquiry import PageText, Reading
from archiver.model.signals import Signal
from archiver.platforms._page import page_text
from tests.bench.extract import newsroom
from tests.measure.drift import noisy
from tests.measure.prose import Writer

URL = "https://www.harbour-paper.example/2026/11/1/tide-gates"


def cpu_ms(work: Callable[[], object], rounds: int) -> float:
    """Return the median of processor milliseconds."""
    spent = []
    for _ in range(rounds):
        start = time.process_time()
        work()
        spent.append((time.process_time() - start) * 1000)
    return statistics.median(spent)


def looks(size: int) -> tuple[PageText, PageText, int]:
    """Return two looks at a page of about a size, with an edit between, and its size in bytes."""
    rng = random.Random(5)
    writer = Writer(rng, "en")
    html = newsroom(size).decode()
    story = "".join(f"<p>{writer.written(one)}</p>" for one in writer.article(30))
    html = html.replace("<article>", f"<article>{story}", 1)
    edited = html.replace(" will ", " may ", 1)
    pages = [page_text(noisy(one, rng).encode(), URL) for one in (html, edited)]
    return pages[0], pages[1], len(html.encode())


def features_and_comparison_ms(
    then: PageText, now: PageText, rounds: int, *, is_known: bool = False
) -> float:
    """Return what a comparison takes of which nothing is known before, or the baseline alone."""
    spent = []
    for _ in range(rounds):
        _kept_tokens.cache_clear()
        features_of.cache_clear()
        if is_known:
            features_of(then)
            _kept_tokens.cache_clear()
        spent.append(cpu_ms(lambda: compare_pages(then, now), 1))
    return statistics.median(spent)


def shapes(size: int) -> Iterator[tuple[str, str, str]]:
    """Yield (name, old, new) of texts that are hard on a comparison."""
    rng = random.Random(3)
    words = [f"w{n}" for n in range(500)]
    yield "one endless line", "a " * (size // 2), "b " * (size // 2)
    yield "no sentence alike", _random(rng, words, size), _random(rng, words, size)
    yield "one word a line", "yes\n" * (size // 4), "no\n" * (size // 3)
    yield "all shuffled", *_shuffled(rng, words, size)
    yield "figures alone", "1.1" * (size // 3), "1.2" * (size // 3)
    yield "without spaces", "塔は安全である。" * (size // 24), "塔は安全でない。" * (size // 24)
    yield "near copies", *_near_copies(rng, size)


def _random(rng: random.Random, words: list[str], size: int) -> str:
    return " ".join(
        rng.choice(words) + ("." if rng.random() < 0.08 else "") for _ in range(size // 5)
    )


def _shuffled(rng: random.Random, words: list[str], size: int) -> tuple[str, str]:
    sentences = _random(rng, words, size).split(". ")
    other = sentences[:]
    rng.shuffle(other)
    return ". ".join(sentences), ". ".join(other)


def _near_copies(rng: random.Random, size: int) -> tuple[str, str]:
    line = "The keeper of the tower saw {} ships leave the harbour before midnight."
    count = size // len(line)
    old = "\n".join(line.format(rng.randrange(10**6)) for _ in range(count))
    return old, "\n".join(line.format(rng.randrange(10**6)) for _ in range(count))


def main() -> None:
    """Print the figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--size", type=int, default=200_000, help="bytes of a page")
    parser.add_argument("--rounds", type=int, default=15)
    parser.add_argument("--many", type=int, default=100_000, help="comparisons from features")
    asked = parser.parse_args()
    then, now, size = looks(asked.size)
    print(
        f"a page of {size:,} bytes: {len(then.visible):,} characters, {len(then.main or ''):,} of main text"
    )
    reading, before = (Reading(Signal.PRESENT, "", page=page) for page in (now, then))
    quote = "the money went to another part of the coast"
    cold = features_and_comparison_ms(then, now, asked.rounds)
    print(f"  {'features of both and their comparison':<40}{cold:9.1f} ms")
    known = features_and_comparison_ms(then, now, asked.rounds, is_known=True)
    print(f"  {'features of one and the comparison':<40}{known:9.1f} ms")
    for name, work in (
        ("comparison, features known", lambda: compare_pages(then, now)),
        ("a quote that stands", lambda: check_words(quote, reading, before)),
        (
            "a quote that was altered",
            lambda: check_words(quote.replace("money", "fund"), reading, before),
        ),
        ("noise of two looks", lambda: noise_of(then, now)),
    ):
        print(f"  {name:<40}{cpu_ms(work, asked.rounds):9.1f} ms")
    print(f"  level: {compare_pages(then, now).level}")
    many(then, now, asked.many)
    print(f"texts of {asked.size:,} bytes that are hard on a comparison")
    for name, old, new in shapes(asked.size):
        one, other = PageText(None, old, old, None), PageText(None, new, new, None)
        took = cpu_ms(partial(compare_pages, one, other), 1)
        changes = cpu_ms(partial(changes_of, old, new), 1)
        print(f"  {name:<26} compared {took:9.1f} ms   changes {changes:9.1f} ms")


def many(then: PageText, now: PageText, count: int) -> None:
    """Print what comparing kept features takes, unpacking both sides every time."""
    kept = packed(features_of(then)), packed(features_of(now))
    rounds = max(1, count // 50)
    start = time.process_time()
    for _ in range(rounds):
        old, new = unpacked(kept[0]), unpacked(kept[1])
        assert old is not None
        assert new is not None
        cosine(old, new)
        containment(old, new)
        visible_containment(old, new)
        title_cosine(old, new)
    spent = (time.process_time() - start) * count / rounds
    print(f"  {count:,} comparisons from packed features ({len(kept[0]):,} bytes): {spent:.1f} s")


if __name__ == "__main__":
    main()
