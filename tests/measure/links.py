"""How well links of an article's body are told apart from all others.

    python -m tests.measure.links [--pages N] [--worst] [--saved DIRECTORY …]
                                  [--unlabelled DIRECTORY …]

Pages of our own making are labelled as they are written. Half of the layouts were looked at while
the weighing was made (tuned), the other half was not (held out). Saved pages are read from
directories: ``NAME.html`` counts when ``NAME.txt`` (there, or in ``../txt``) holds its main text;
a link is of the body when its words stand in that text amid the words around it. Pages without
such a text can be compared with what trafilatura makes of them, which is agreement and no proof.
"""

from __future__ import annotations

import argparse
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import trafilatura
from lxml import etree
from typing_extensions import override

from archiver.citations import extract
from archiver.citations.embeds import embed_of
from archiver.citations.encoding import text_of
from archiver.citations.links import may_cite
from archiver.citations.metadata import Metadata, joined, read_metadata
from archiver.citations.tree import BLOCKS, parse_html
from archiver.errors import ArchiverError
from archiver.model.citation import CitationKind
from archiver.platforms import recognise
from tests.measure import systems
from tests.measure.layouts import LAYOUTS, Page, page_of

HELD_OUT = sorted(LAYOUTS)[1::2]
TUNED = sorted(LAYOUTS)[0::2]

FEWEST_SIGNS = 3  # of a link's words; shorter ones stand everywhere
HEADLINE_SIGNS = 25  # of a link that stands by itself, to tell it from a menu's words
AROUND = 20  # signs of its block on either side


@dataclass
class Score:
    """Counts of links; ``pages`` is the number of pages they were counted on."""

    right: int = 0
    wrong: int = 0
    missed: int = 0
    pages: int = 0
    examples: list[str] = field(default_factory=list)

    def add(self, other: Score) -> None:
        self.right += other.right
        self.wrong += other.wrong
        self.missed += other.missed
        self.pages += other.pages
        self.examples += other.examples

    @override
    def __str__(self) -> str:
        found, there = self.right + self.wrong, self.right + self.missed
        return (
            f"precision {share(self.right, found)} ({self.right:,} of {found:,})  "
            f"recall {share(self.right, there)} ({self.right:,} of {there:,})  pages {self.pages:,}"
        )


def share(part: int, whole: int) -> str:
    return f"{part / whole:7.2%}" if whole else "      –"


def cited(html: bytes, url: str | None) -> set[str]:
    """Return the addresses of what is found as links."""
    found = extract(html, recognise=recognise, url=url, media_type="text/html").citations
    kinds = (CitationKind.LINK,)
    return {address for one in found if one.kind in kinds for address in one.addresses}


def score_made(page: Page) -> Score:
    found = cited(page.html.encode(), page.url)
    wrong, missed = found - page.body, page.body - found
    examples = [f"+ {address}" for address in sorted(wrong)]
    examples += [f"- {address}" for address in sorted(missed)]
    return Score(len(found & page.body), len(wrong), len(missed), 1, examples)


def measure_made(names: Iterable[str], pages: int, *, is_verbose: bool) -> Score:
    whole = Score()
    for name in names:
        one = Score()
        for seed in range(pages):
            one.add(score_made(page_of(name, seed)))
        whole.add(one)
        print(f"  {name:24}{one}")
        if is_verbose and one.examples:
            print("    " + "\n    ".join(one.examples[:6]))
    return whole


def saved_pages(directories: Iterable[Path]) -> Iterator[tuple[Path, str]]:
    for directory in directories:
        for page in sorted(directory.glob("*.html")):
            beside = (page.with_suffix(".txt"), page.parent.parent / "txt" / f"{page.stem}.txt")
            for text in filter(Path.exists, beside):
                yield page, text.read_text("utf-8", "replace")


def measure_saved(pages: Iterable[tuple[Path, str | None]], *, is_verbose: bool) -> Score:
    whole = Score()
    for page, gold in pages:
        one = score_saved(page, gold)
        if one is None:
            continue
        whole.add(one)
        if is_verbose and one.examples:
            print(f"  {page.stem[:40]:42}{one}")
            print("    " + "\n    ".join(one.examples[:8]))
    return whole


def score_saved(page: Path, gold: str | None) -> Score | None:
    """Compare with the main text of a page; None when it holds no link that can be judged.

    Without a text by hand, it is what trafilatura takes for the main text.
    """
    text = text_of(page.read_bytes(), charset=None, is_html=True)
    gold = gold or trafilatura.extract(text, include_comments=False) or ""
    try:
        root = parse_html(text)
        citations = extract(text.encode(), recognise=recognise, media_type="text/html").citations
    except ArchiverError:
        return None
    about = read_metadata(root, None)
    labels = dict(label_links(root, gold, about))
    if not labels:
        return None
    found = {at for one in citations if one.kind is CitationKind.LINK for at in one.addresses}
    others = {at for one in citations if one.kind is not CitationKind.LINK for at in one.addresses}
    there = {address for address, is_body in labels.items() if is_body} - others
    counted = found & labels.keys()
    examples = [f"+ {address}" for address in sorted(counted - there)]
    examples += [f"- {address}" for address in sorted(there - found)]
    return Score(len(counted & there), len(counted - there), len(there - found), 1, examples)


def label_links(root: etree._Element, gold: str, about: Metadata) -> Iterator[tuple[str, bool]]:
    """Yield (address, whether it is of the body) of every link that can be judged.

    A link is of the body when its words stand in the main text amid those that stand around it in
    its own block. One that is all its block says is judged when it is long enough to be told from
    a menu's words. Of an address that stands in both places, the body counts.
    """
    main = squeezed(gold)
    labels: dict[str, bool] = {}
    for anchor in root.iter("a"):
        address = joined(about.base, anchor.get("href") or "")
        if address is None or not may_cite(address, about.url) or is_embedded(anchor):
            continue
        words, amid = stretch(anchor)
        if len(words) < FEWEST_SIGNS or (words == amid and len(words) < HEADLINE_SIGNS):
            continue
        labels[address] = labels.get(address, False) or amid in main
    yield from labels.items()


def is_embedded(anchor: etree._Element) -> bool:
    return any(embed_of(around) for around in anchor.iterancestors())


def stretch(anchor: etree._Element) -> tuple[str, str]:
    """Return a link's words, and those with what stands right around them in their block."""
    block = next((e for e in anchor.iterancestors() if e.tag in BLOCKS), anchor)
    words = squeezed("".join(map(str, anchor.itertext())))
    before = squeezed("".join(words_before(block, anchor)))
    whole = squeezed("".join(map(str, block.itertext())))
    at = whole.find(words, max(0, len(before) - 3))
    if at < 0:
        return words, words
    return words, whole[max(0, at - AROUND) : at + len(words) + AROUND]


def words_before(block: etree._Element, anchor: etree._Element) -> Iterator[str]:
    for event, element in etree.iterwalk(block, events=("start", "end")):
        if element is anchor:
            return
        if event == "start":
            yield element.text or ""
        elif element is not block:
            yield element.tail or ""


def squeezed(text: str) -> str:
    return re.sub(r"\W+", "", text).casefold()


def main() -> None:
    """Print the figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--pages", type=int, default=20, help="pages of each layout")
    parser.add_argument("--worst", action="store_true", help="show links that are told wrong")
    parser.add_argument("--half", choices=("tuned", "held-out", "both"), default="both")
    parser.add_argument("--saved", nargs="*", type=Path, default=[])
    parser.add_argument("--unlabelled", nargs="*", type=Path, default=[])
    asked = parser.parse_args()
    print(
        f"{len(LAYOUTS)} layouts of our own making ({systems.__name__}), {asked.pages} pages each"
    )
    for half, names in (("tuned", TUNED), ("held-out", HELD_OUT)):
        if asked.half in (half, "both"):
            print(f"{half}:")
            print(f"  {'ALL ' + half:24}{measure_made(names, asked.pages, is_verbose=asked.worst)}")
    if asked.saved:
        print("saved pages, by the main text that stands beside them:")
        print(f"  ALL  {measure_saved(saved_pages(asked.saved), is_verbose=asked.worst)}")
    if asked.unlabelled:
        pages = ((page, None) for one in asked.unlabelled for page in sorted(one.glob("*.html")))
        print("saved pages, by what trafilatura takes for their main text (agreement, no gold):")
        print(f"  ALL  {measure_saved(pages, is_verbose=asked.worst)}")


if __name__ == "__main__":
    main()
