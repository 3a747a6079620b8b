"""How well quoted words are found, told as altered, and not found where they never were.

    python -m tests.measure.quoted [--quotes N] [DIRECTORY]

Quotes are taken from pages of our own making and printed as articles print them: other quote marks
and dashes, hard spaces, soft hyphens, ligatures, lost line breaks, cut in the middle. Then one
figure, name, modal or "not" is another one; then they are looked for in pages that are not theirs.
A DIRECTORY of saved pages (``*.html``) is measured the same way.
"""

from __future__ import annotations

import argparse
import random
import re
import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from archiver.judge.quotes import check_words
from archiver.model.inquiry import PageText, Reading
from archiver.model.signals import Signal
from archiver.model.verdict import Quote
from archiver.platforms._page import page_text
from tests.measure.drift import laid_out, noisy, usable
from tests.measure.layouts import HEADLINES
from tests.measure.prose import LANGUAGES, STEALTHY, Sentence, Writer

AIM_FOUND, AIM_WRONG = 0.99, 0.001


@dataclass(frozen=True)
class Page:
    """A page and the sentences that may be quoted of it."""

    reading: Reading
    writer: Writer | None
    sentences: tuple[Sentence, ...]
    texts: tuple[str, ...]


def pages(count: int, seed: int) -> Iterator[Page]:
    """Make pages of our own."""
    names = usable()
    for number in range(count):
        rng = random.Random(f"quoted {seed} {number}")
        writer = Writer(rng, rng.choice(list(LANGUAGES)))
        article = writer.article(rng.randint(4, 12))
        title = rng.choice(HEADLINES)
        html, url, _ = laid_out(rng.choice(names), f"q{number}", writer, article, title)
        page = page_text(noisy(html, rng).encode(), url)
        sentences = tuple(one for paragraph in article for one in paragraph)
        yield Page(_read(page), writer, sentences, tuple(one.text for one in sentences))


def saved(directory: Path) -> Iterator[Page]:
    """Read saved pages; a sentence of their main text may be quoted."""
    for path in sorted(directory.rglob("*.htm*"))[:1500]:
        html = path.read_bytes()
        if not 5_000 < len(html) < 2**20:
            continue
        page = page_text(html, "https://saved.example/a")
        sentences = re.split(r"(?<=[.!?。])\s+", page.main or "")
        texts = tuple(one for one in sentences if 20 <= len(one) <= 300 and "\n" not in one)
        if len(texts) >= 5:
            yield Page(_read(page), None, (), texts)


def _read(page: PageText) -> Reading:
    return Reading(Signal.PRESENT, "", page=page)


def printed(text: str, rng: random.Random, *, may_be_cut: bool = True) -> str:
    """Return words as an article prints them."""
    words = text
    if rng.random() < 0.3:
        words = words.replace("'", "’")
    if rng.random() < 0.3:
        words = words.replace(" ", "\u00a0", 2)
    if rng.random() < 0.2:
        words = re.sub(r"(?<=[a-zа-я]{4})(?=[a-zа-я]{4})", "\u00ad", words, count=2)
    if rng.random() < 0.2:
        words = words.replace("fi", "ﬁ").replace("fl", "ﬂ")
    if rng.random() < 0.2:
        words = words.replace(" ", "  ", 1).replace(" ", "\n", 1)
    if rng.random() < 0.2:
        words = words.rstrip(".。") + rng.choice((",", ""))
    if may_be_cut and rng.random() < 0.15 and words.count(" ") > 12:
        parts = words.split(" ")
        middle = len(parts) // 2
        words = " ".join(
            [*parts[: middle - 2], rng.choice(("…", "[…]", "...")), *parts[middle + 2 :]]
        )
    opening, closing = rng.choice(
        (("“", "”"), ("„", "“"), ("«", "»"), ('"', '"'), ("「", "」"), ("", ""))
    )
    return f"{opening}{words}{closing}"


def found(made: list[Page], count: int, rng: random.Random) -> Counter[str]:
    """Count how quotes on pages that did not change are judged."""
    counts: Counter[str] = Counter()
    for _ in range(count):
        page = rng.choice(made)
        words = printed(rng.choice(page.texts), rng)
        check = check_words(words, page.reading)
        counts[check.quote.value] += 1
        if check.quote is not Quote.STANDS:
            print(f"    not found: {words!r} {check.reason}")
    return counts


def altered(made: list[Page], count: int, rng: random.Random) -> dict[str, Counter[str]]:
    """Count how quotes of which one thing was changed are judged, by what was changed."""
    by_kind: dict[str, Counter[str]] = {kind: Counter() for kind in STEALTHY}
    for _ in range(count):
        page = rng.choice(made)
        kind = rng.choice(STEALTHY)
        if page.writer is None:
            continue
        sentence = rng.choice(page.sentences)
        edited = page.writer.edited(sentence, kind)
        if edited is None or edited.text in page.texts or edited.text == sentence.text:
            continue
        check = check_words(printed(edited.text, rng, may_be_cut=False), page.reading)
        told = check.quote.value
        if check.quote is Quote.ALTERED:
            named = any(one.value == kind for one in check.kinds)
            told = (
                f"altered, {'named' if named else 'material' if check.material else 'NOT material'}"
            )
        by_kind[kind][told] += 1
    return by_kind


def on_wrong_pages(made: list[Page], count: int, rng: random.Random) -> Counter[str]:
    """Count how quotes are judged on pages that are not theirs, of the same language or another."""
    counts: Counter[str] = Counter()
    while counts.total() < count:
        one, other = rng.choice(made), rng.choice(made)
        words = rng.choice(one.texts)
        if one is other or _is_related(one, other):
            continue
        size = "20-39" if len(words) < 40 else "40-79" if len(words) < 80 else "80-"
        check = check_words(words, other.reading)
        counts[f"{check.quote.value} {size}"] += 1
        if check.quote in (Quote.ALTERED, Quote.STANDS) and counts.total() < 20_000:
            print(f"    on a wrong page: {words!r}: {check.diff} {check.similarity}")
    return counts


def _is_related(one: Page, other: Page) -> bool:
    """Tell pages whose sentences come from one mould: of our own making, of one language."""
    if one.writer is None or other.writer is None:
        return False
    return one.writer.language == other.writer.language


def measure(title: str, made: list[Page], count: int) -> bool:
    """Print the figures of some pages; tell whether the aims are met."""
    rng = random.Random(title)
    print(f"{title}: {len(made)} pages")
    same = found(made, count, rng)
    share = same["stands"] / same.total()
    print(
        f"  found on unchanged pages   {share:.4f} of {same.total()}  aim {AIM_FOUND}  {dict(same)}"
    )
    edits = altered(made, count, rng)
    stood = sum(counts["stands"] for counts in edits.values())
    for kind, counts in edits.items():
        if counts:
            print(f"    {kind:<12} {dict(counts.most_common())}")
    print(
        f"  changed and called stands  {stood} of {sum(c.total() for c in edits.values())}  aim 0"
    )
    wrong = on_wrong_pages(made, count * 3, rng)
    located = sum(n for told, n in wrong.items() if told.startswith(("altered", "stands")))
    print(
        f"  located on wrong pages     {located / wrong.total():.5f} of {wrong.total()}  aim {AIM_WRONG}  {dict(wrong)}"
    )
    return share >= AIM_FOUND and not stood and located / wrong.total() <= AIM_WRONG


def main() -> int:
    """Print the figures; the exit code says whether the aims are met."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quotes", type=int, default=1000)
    parser.add_argument("--pages", type=int, default=120)
    parser.add_argument("directory", nargs="?", type=Path)
    asked = parser.parse_args()
    is_good = measure("pages of our own making", list(pages(asked.pages, 1)), asked.quotes)
    if asked.directory is not None:
        measure(str(asked.directory), list(saved(asked.directory)), asked.quotes)
    return 0 if is_good else 1


if __name__ == "__main__":
    sys.exit(main())
