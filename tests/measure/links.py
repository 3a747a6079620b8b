"""How well links of an article's body are told apart from all others.

    python -m tests.measure.links [--pages N] [--worst] [--saved DIRECTORY …]

Pages of our own making are labelled as they are written. Half of the layouts were looked at while
the weighing was made (tuned), the other half was not (held out). Saved pages are read from
directories: ``NAME.html`` counts when ``NAME.txt`` (there, or in ``../txt``) holds its main text;
a link is of the body when its words stand in that text where the page has them.
"""

from __future__ import annotations

import argparse
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from lxml import etree

from archiver.citations import extract
from archiver.citations.encoding import text_of
from archiver.citations.links import may_cite
from archiver.citations.metadata import joined
from archiver.citations.tree import parse_html
from archiver.errors import ArchiverError
from archiver.model.citation import CitationKind
from archiver.platforms import recognise
from tests.measure import systems
from tests.measure.layouts import LAYOUTS, Page, page_of

HELD_OUT = sorted(LAYOUTS)[1::2]
TUNED = sorted(LAYOUTS)[0::2]


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
            for text in beside:
                if text.exists():
                    yield page, text.read_text("utf-8", "replace")


def score_saved(page: Path, gold: str) -> Score | None:
    """Compare with the main text that the package ships; None when it holds no link to judge."""
    body = page.read_bytes()
    try:
        root = parse_html(text_of(body, charset=None, is_html=True))
        found = cited(body, None)
    except ArchiverError:
        return None
    labelled = dict(label_links(root, gold))
    there = {address for address, is_body in labelled.items() if is_body}
    counted = found & labelled.keys()
    if not labelled:
        return None
    examples = [f"+ {address}" for address in sorted(counted - there)]
    examples += [f"- {address}" for address in sorted(there - found)]
    return Score(len(counted & there), len(counted - there), len(there - found), 1, examples)


def label_links(root: etree._Element, gold: str) -> Iterator[tuple[str, bool]]:
    """Yield (address, whether it is of the body) of every link that can be judged."""
    main = squeezed(gold)
    for anchor in root.iter("a"):
        address = joined(None, anchor.get("href") or "")
        words = squeezed("".join(map(str, anchor.itertext())))
        if address is None or len(words) < 3 or not may_cite(address, None):
            continue
        yield address, surrounded(anchor, words) in main


def surrounded(anchor: etree._Element, words: str) -> str:
    """Return the link's words with a few of those around it, as far as its block has some."""
    parent = anchor.getparent()
    before = (
        squeezed((parent.text if anchor.getprevious() is None else anchor.getprevious().tail) or "")
        if parent is not None
        else ""
    )
    after = squeezed(anchor.tail or "")
    return before[-20:] + words + after[:20]


def squeezed(text: str) -> str:
    return re.sub(r"\W+", "", text).casefold()


def main() -> None:
    """Print the figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--pages", type=int, default=20, help="pages of each layout")
    parser.add_argument("--worst", action="store_true", help="show links that are told wrong")
    parser.add_argument("--half", choices=("tuned", "held-out", "both"), default="both")
    parser.add_argument("--saved", nargs="*", type=Path, default=[])
    asked = parser.parse_args()
    print(
        f"{len(LAYOUTS)} layouts of our own making ({systems.__name__}), {asked.pages} pages each"
    )
    for half, names in (("tuned", TUNED), ("held-out", HELD_OUT)):
        if asked.half in (half, "both"):
            print(f"{half}:")
            print(f"  {'ALL ' + half:24}{measure_made(names, asked.pages, is_verbose=asked.worst)}")
    if asked.saved:
        whole = Score()
        print("saved pages with their main text by hand:")
        for page, gold in saved_pages(asked.saved):
            one = score_saved(page, gold)
            if one:
                whole.add(one)
                print(f"  {page.stem:34}{one}")
                if asked.worst and one.examples:
                    print("    " + "\n    ".join(one.examples[:8]))
        print(f"  {'ALL saved':34}{whole}")


if __name__ == "__main__":
    main()
