"""How well drift of pages is told: same, small things, stealth edits, rewritten, replaced.

    python -m tests.measure.drift [--pairs N] [--half tuned|held|both] [--verbose] [DIRECTORY]

Pairs of pages of our own making, in many layouts and eight languages. Every pair differs in noise:
clocks, counters, boxes, advertisements, banners. Half of them were looked at while tuning; the
other half, of other seeds and layouts, was not. A DIRECTORY of saved pages (``*.html``) is measured
beside them, each against itself with noise and one edit: such pages are not kept in the repository.
"""

from __future__ import annotations

import argparse
import random
import re
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from typing_extensions import override

from archiver.judge.drift import compare_pages
from archiver.model.comparison import Comparison
from archiver.model.inquiry import PageText
from archiver.model.verdict import Content
from archiver.platforms._page import page_text
from tests.measure import systems
from tests.measure.layouts import HEADLINES, LAYOUTS, Maker
from tests.measure.prose import LANGUAGES, STEALTHY, Sentence, Writer

AIM_SAME, AIM_REPLACED = 0.95, 0.90
KINDS = (
    "noise",
    "moved",
    "typo",
    *STEALTHY,
    "removed",
    "added",
    "rewritten",
    "written anew",
    "replaced",
    "other site",
)
UNCHANGED = frozenset({"noise", "moved", "typo"})
OTHER_PAGE = frozenset({"replaced", "other site"})
Article = list[list[Sentence]]


@dataclass(frozen=True)
class Case:
    """Two readings of an address and what was done between them."""

    kind: str
    language: str
    layout: str
    then: PageText
    now: PageText


class Press(Maker):
    """Lays an article that is given out, with furniture of a seed."""

    def __init__(self, rng: random.Random, writer: Writer, article: Article, title: str) -> None:
        super().__init__(rng)
        self.language = writer.language
        self.title = title
        self._paragraphs = [writer.written(paragraph) for paragraph in article]
        self.has_spoken = False

    @override
    def paragraphs(self, fewest: int = 5, most: int = 14) -> list[str]:
        return list(self._paragraphs)

    @override
    def sentence(self) -> str:
        # Running text of the layout's own: such a page is another one with another seed.
        self.has_spoken = True
        return super().sentence()

    @override
    def words(self, fewest: int, most: int) -> str:
        return " ".join(self.rng.choice(HEADLINES) for _ in range(max(1, fewest // 4)))


def usable() -> list[str]:
    """Return the layouts that show the paragraphs they are given."""
    names = []
    for name in sorted(LAYOUTS):
        writer = Writer(random.Random(1), "en")
        article = writer.article(4)
        maker = Press(random.Random(1), writer, article, "The gates")
        html = LAYOUTS[name](maker).html
        if all(writer.written(paragraph) in html for paragraph in article):
            names.append(name)
    return names


def noisy(html: str, rng: random.Random) -> str:
    """Return a page as another visit finds it: clocks, counters, boxes, banners, signs."""
    top = [
        f"<div class=clock>{rng.choice(DAYS)} {rng.randint(1, 28)} November 2026, {rng.randint(0, 23):02}:{rng.randint(0, 59):02}</div>",
        f"<div class=ticker>DAX {rng.uniform(9000, 19000):,.2f} {rng.choice('+-')}{rng.uniform(0, 3):.2f}% EUR/USD {rng.uniform(1, 1.2):.4f}</div>",
        f"<p class=stamp>Updated {rng.randint(2, 59)} {rng.choice(('minutes', 'hours'))} ago</p>",
        f"<span>{rng.randint(2, 900)} comments</span> <span>{rng.randint(1, 99)}.{rng.randint(0, 9)}K views</span>",
    ]
    if rng.random() < 0.4:
        top.insert(
            0,
            "<div class=banner><p>We use cookies to give you the best experience. You can change your settings at any time in our cookie policy.</p><button>Accept all cookies</button></div>",
        )
    bottom = [
        "<aside class=most><h3>Most read</h3><ul>"
        + "".join(
            f"<li><a href=/x{n}>{title}</a></li>"
            for n, title in enumerate(rng.sample(HEADLINES, 5))
        )
        + "</ul></aside>",
        "<aside class=related><h3>Related</h3>"
        + "".join(
            f"<div><h4>{title}</h4><p>{rng.choice(TEASERS)}</p></div>"
            for title in rng.sample(HEADLINES, 3)
        )
        + "</aside>",
        f"<p>{rng.randint(2, 40)} people are reading this now</p>" if rng.random() < 0.5 else "",
        f"<div class=ad><span>Advertisement</span><a href='/ad?sid={rng.getrandbits(64):x}'>{rng.choice(ADS)}</a></div>",
        f"<footer><p>© {rng.randint(2024, 2027)} Harbour Paper. All rights reserved.</p></footer>",
    ]
    html = html.replace("<body>", f"<body>{''.join(top)}", 1)
    html = html.replace("</body>", f"{''.join(bottom)}</body>", 1)
    if rng.random() < 0.3:
        html = html.replace("'", "’")
    if rng.random() < 0.3:
        html = re.sub(r"(?<=[a-z]) (?=[a-z]{9})", "&nbsp;", html)
    if rng.random() < 0.3:
        html = re.sub(r"(?<=>)([A-Z][a-z]{3})([a-z]{4})", "\\1&shy;\\2", html)
    if rng.random() < 0.5:
        ad = f"</p><div class=ad><p>Advertisement</p><a href=/a>{rng.choice(ADS)}</a></div><p"
        html = html.replace("</p>\n<p", f"{ad}", 1)
    return html


DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
ADS = (
    "Boots for every weather",
    "Save 40% on ferries today",
    "Learn Spanish in 3 weeks",
    "New: the quiet pump",
)
TEASERS = (
    "The mayor answered 14 questions and left out the one that mattered.",
    "A photographer spent 3 winters on the dike, and this is what she saw.",
    "Harold Finch says that the numbers do not add up in Coldwater.",
    "Why the ferry to Brandon Sound may not return before June.",
    "Readers told us about the night of the storm, and we listened to all of them.",
    "The old lock keeper Peter Malloy claims he was never asked.",
)  # fmt: skip


def laid_out(
    name: str, seed: str, writer: Writer, article: Article, title: str
) -> tuple[str, str, bool]:
    """Return the HTML of an article in a layout, its address, and whether it has other text."""
    press = Press(random.Random(seed), writer, article, title)
    page = LAYOUTS[name](press)
    return page.html, page.url, press.has_spoken


def case_of(kind: str, seed: int, names: list[str]) -> Case | None:
    """Make a case, or None where the article has no place for that edit."""
    rng = random.Random(f"{kind} {seed}")
    language = rng.choice(list(LANGUAGES))
    name = rng.choice(names)
    writer = Writer(rng, language)
    if kind in OTHER_PAGE:
        writer.use_half(0)
    article = writer.article(rng.randint(5, 16))
    title = f"{rng.choice(HEADLINES)} | Harbour Paper"
    changed = CHANGES[kind](rng, writer, [list(paragraph) for paragraph in article])
    if changed is None:
        return None
    now_writer, now_article = changed
    now_name, now_title = name, title
    if kind in OTHER_PAGE:
        now_title = f"{rng.choice([one for one in HEADLINES if one not in title])} | Harbour Paper"
    if kind == "other site":
        now_name, now_title = (
            rng.choice(names),
            rng.choice(("Best slots online", "Domain news", "My holiday diary")),
        )
    then, url, has_spoken = laid_out(name, f"a{seed}", writer, article, title)
    # Now and then the furniture is another one, too.
    furniture = f"b{seed}" if rng.random() < 0.3 and not has_spoken else f"a{seed}"
    now, *_ = laid_out(now_name, furniture, now_writer, now_article, now_title)
    pages = [page_text(noisy(html, rng).encode(), url) for html in (then, now)]
    return Case(kind, language, name, *pages)


Changed = tuple[Writer, Article] | None


def untouched(rng: random.Random, writer: Writer, article: Article) -> Changed:
    return writer, article


def moved(rng: random.Random, writer: Writer, article: Article) -> Changed:
    rng.shuffle(article)
    return writer, article


def typo(rng: random.Random, writer: Writer, article: Article) -> Changed:
    return _edited(rng, writer, article, writer.mistyped)


def stealth(kind: str) -> Callable[[random.Random, Writer, Article], Changed]:
    def change(rng: random.Random, writer: Writer, article: Article) -> Changed:
        return _edited(rng, writer, article, lambda sentence: writer.edited(sentence, kind))

    return change


def _edited(
    rng: random.Random,
    writer: Writer,
    article: Article,
    edit: Callable[[Sentence], Sentence | None],
) -> Changed:
    places = [(i, j) for i, paragraph in enumerate(article) for j in range(len(paragraph))]
    rng.shuffle(places)
    for i, j in places:
        edited = edit(article[i][j])
        if edited is not None and edited.text != article[i][j].text:
            article[i][j] = edited
            return writer, article
    return None


def removed(rng: random.Random, writer: Writer, article: Article) -> Changed:
    paragraph = rng.choice([one for one in article if len(one) > 1])
    facts = [place for place, one in enumerate(paragraph) if one.slots]
    if not facts:
        return None
    del paragraph[rng.choice(facts)]
    return writer, article


def added(rng: random.Random, writer: Writer, article: Article) -> Changed:
    paragraph = rng.choice(article)
    paragraph.insert(rng.randint(0, len(paragraph)), writer.fact())
    return writer, article


def rewritten(rng: random.Random, writer: Writer, article: Article) -> Changed:
    share = rng.uniform(0.35, 0.7)
    again = [
        [one if rng.random() > share else (writer.fact() if one.slots else writer.filler()) for one in paragraph]
        for paragraph in article
    ]  # fmt: skip
    return writer, again


def written_anew(rng: random.Random, writer: Writer, article: Article) -> Changed:
    # The same story by the same people under the same title, and no sentence of before.
    return writer, writer.article(rng.randint(5, 16))


def replaced(rng: random.Random, writer: Writer, article: Article) -> Changed:
    # Another article of the same paper: other sentences about another thing.
    topics = [topic for topic in range(4) if topic != writer.topic]
    other = Writer(rng, writer.language, rng.choice(topics))
    other.use_half(1)
    return other, other.article(rng.randint(4, 14))


def other_site(rng: random.Random, writer: Writer, article: Article) -> Changed:
    language = rng.choice([one for one in LANGUAGES if one != writer.language])
    other = Writer(rng, language)
    return other, other.article(rng.randint(4, 14))


CHANGES: dict[str, Callable[[random.Random, Writer, Article], Changed]] = {
    "noise": untouched, "moved": moved, "typo": typo, **{kind: stealth(kind) for kind in STEALTHY},
    "removed": removed, "added": added, "rewritten": rewritten,
    "written anew": written_anew, "replaced": replaced,
    "other site": other_site,
}  # fmt: skip


def cases(pairs: int, *, held: bool) -> Iterator[Case]:
    """Make cases of every kind, as many of one as of another but for three times the unchanged."""
    names = [name for place, name in enumerate(usable()) if (place % 2 == 1) is held]
    weights = [4 if kind == "noise" else 1 for kind in KINDS]
    chooser = random.Random("held" if held else "tuned")
    seed, made = (10**6 if held else 0), 0
    while made < pairs:
        seed += 1
        case = case_of(chooser.choices(KINDS, weights)[0], seed, names)
        if case is not None:
            made += 1
            yield case


@dataclass(frozen=True)
class Score:
    """How well one class is told from the others."""

    right: int
    told: int
    true: int

    @property
    def precision(self) -> float:
        return self.right / self.told if self.told else 1.0

    @property
    def recall(self) -> float:
        return self.right / self.true if self.true else 1.0

    @property
    def f1(self) -> float:
        both = self.precision + self.recall
        return 2 * self.precision * self.recall / both if both else 0.0

    @override
    def __str__(self) -> str:
        return f"F1 {self.f1:.4f}  precision {self.precision:.4f}  recall {self.recall:.4f}  (n {self.true}, told {self.told})"


def scored(
    told: list[tuple[Case, Comparison]], kinds: frozenset[str], levels: frozenset[Content]
) -> Score:
    """Score the cases of some kinds as one class, told by some levels."""
    right = sum(case.kind in kinds and result.level in levels for case, result in told)
    return Score(
        right,
        sum(result.level in levels for _, result in told),
        sum(case.kind in kinds for case, _ in told),
    )


SMALL = frozenset({Content.SAME, Content.MINOR})
PRESENT = frozenset({Content.SAME, Content.MINOR, Content.MAJOR})


def report(title: str, told: list[tuple[Case, Comparison]], *, verbose: bool) -> bool:
    """Print the figures of one half; tell whether the aims are met."""
    unchanged = scored(told, UNCHANGED, SMALL)
    same_page = scored(told, frozenset(KINDS) - OTHER_PAGE, PRESENT)
    other = scored(told, OTHER_PAGE, frozenset({Content.REPLACED}))
    print(f"{title}: {len(told)} pairs")
    print(f"  unchanged / changed   {unchanged}  aim {AIM_SAME}")
    print(f"  same page / other     {same_page}  aim {AIM_SAME}")
    print(f"  replaced              {other}  aim {AIM_REPLACED}")
    for kind in KINDS:
        results = [(case, result) for case, result in told if case.kind == kind]
        levels = Counter(result.level.value for _, result in results)
        named = sum(
            any(kind in change.material for change in result.changes) for _, result in results
        )
        more = f", kind named in {named}" if kind in STEALTHY else ""
        print(f"    {kind:<12} {dict(levels.most_common())}{more}")
    missed = [
        case
        for case, result in told
        if case.kind in (*STEALTHY, "removed", "added") and result.level in SMALL
    ]
    edits = sum(case.kind in (*STEALTHY, "removed", "added") for case, _ in told)
    print(f"  stealth edits missed  {len(missed)} of {edits}")
    if verbose:
        for case, result in told:
            show(case, result)
    return unchanged.f1 >= AIM_SAME and same_page.f1 >= AIM_SAME and other.f1 >= AIM_REPLACED


def show(case: Case, result: Comparison) -> None:
    """Print a case that was told wrong."""
    expected = (
        SMALL
        if case.kind in UNCHANGED
        else frozenset({Content.REPLACED})
        if case.kind in OTHER_PAGE
        else frozenset({Content.MAJOR})
    )
    if result.level in expected:
        return
    print(
        f"  ! {case.kind} as {result.level}: {case.layout}, {case.language}, cosine {result.cosine:.2f}, containment {result.containment:.2f}"
    )
    for change in result.changes[:6]:
        print(
            f"      {[kind.value for kind in change.material]} {change.before!r} -> {change.after!r}"
        )


# --- real pages ----------------------------------------------------------------------------------


def real(directory: Path, *, verbose: bool) -> None:
    """Measure saved pages: each against itself with noise, with one edit, and against another."""
    pages: list[tuple[str, PageText]] = []
    for path in sorted(directory.rglob("*.htm*"))[:1500]:
        html = path.read_bytes()
        if 5_000 < len(html) < 2**20 and b"<html" in html[:5000].lower():
            pages.append((str(path), page_text(html, "https://saved.example/a")))
    pages = [(name, page) for name, page in pages if page.main and len(page.main) > 800]
    rng = random.Random(7)
    counts: Counter[str] = Counter()
    for place, (name, page) in enumerate(pages):
        again = noisy(Path(name).read_text("utf-8", "replace"), rng)
        noise = compare_pages(page, page_text(again.encode(), "https://saved.example/a"))
        counts[f"noise {noise.level}"] += 1
        if verbose and noise.level not in SMALL:
            print(name, noise.changes[:4])
        edited = _with_other_figure(page)
        if edited is not None:
            figure = compare_pages(page, edited)
            counts[f"figure {figure.level}"] += 1
            if verbose and figure.level in SMALL:
                print(name, figure.changes, figure.noise)
        other = pages[(place + 1) % len(pages)][1]
        counts[f"other {compare_pages(page, other).level}"] += 1
    print(f"{directory}: {len(pages)} pages, {dict(sorted(counts.items()))}")


def _with_other_figure(page: PageText) -> PageText | None:
    main = page.main or ""
    found = next((one for one in re.finditer(r"(?<=[a-z] )\d{2,3}(?= [a-z])", main)), None)
    if found is None:
        return None
    words = main[max(0, found.start() - 20) : found.end() + 10].split("\n")
    around = next(line for line in words if found[0] in line)
    other = around.replace(found[0], str(int(found[0]) + 7), 1)
    if around not in page.visible:
        return None
    return replace(
        page, main=main.replace(around, other), visible=page.visible.replace(around, other)
    )


def main() -> int:
    """Print the figures; the exit code says whether the aims are met."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--pairs", type=int, default=400, help="of each half")
    parser.add_argument("--half", choices=("tuned", "held", "both"), default="both")
    parser.add_argument("--verbose", action="store_true")
    parser.add_argument("directory", nargs="?", type=Path)
    asked = parser.parse_args()
    print(f"drift of pages: layouts of {systems.__name__}")
    is_good = True
    for half_name in ("tuned", "held"):
        if asked.half in (half_name, "both"):
            told = [
                (case, compare_pages(case.then, case.now))
                for case in cases(asked.pairs, held=half_name == "held")
            ]
            is_good = report(half_name, told, verbose=asked.verbose) and is_good
    if asked.directory is not None:
        real(asked.directory, verbose=asked.verbose)
    return 0 if is_good else 1


if __name__ == "__main__":
    sys.exit(main())
