"""How well flattened posts are read: ``python -m tests.measure.flattened [SEED [POSTS]]``.

The articles are written here, in the forms that real ones have: codes glued to words or missing,
posts run together, names with emoji, dashes and parentheses, a hyphen for the dash, the skip links
of the BBC, the dash lost with the next sentence glued to the year, right-to-left text with
direction marks, and dates in all languages of X's embeds.
"""

from __future__ import annotations

import random
import string
import sys
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, timedelta

from babel.dates import format_date

from archiver.citations.extraction import extract
from archiver.model.citation import CitationKind, FoundCitation
from archiver.platforms import recognise

LANGUAGES = (
    "en", "ar", "bn", "cs", "da", "de", "el", "es", "fa", "fi", "fil", "fr", "he", "hi", "hu",
    "id", "it", "ja", "ko", "ms", "nl", "nb", "pl", "pt", "ro", "ru", "sv", "th", "tr", "uk", "ur",
    "vi", "zh_Hans", "zh_Hant",
)  # fmt: skip
OWN_DIGITS = {"ar": 0x660, "bn": 0x9E6, "fa": 0x6F0, "hi": 0x966, "ur": 0x6F0}
PROSE = (
    "The council met twice in March and published nothing. Nobody says by whom it is corrected.",
    "A spokeswoman (who asked – “as usual” – not to be named) said on January 8, 2020 that they are.",
    "“It was – how shall I say – a long night.” Write to desk@paper.example (@paperdesk).",
    "The harbour office wrote to us on 3 May 2019: “We know of no such vessel.”",
    "قال المتحدث باسم البلدية إن الأرقام أولية، وإنها لم تُحدَّث منذ ذلك الحين.",
    "関係者によると、会議の記録はまだ公開されていない。",
    "Двое свидетелей — сторож и водитель — говорят о трёх машинах (а не о двух).",
    "דובר העירייה אמר כי המספרים ראשוניים ולא עודכנו מאז.",
)
WORDS = (
    "Nobody told us that the gate was open",
    "This is what the street looks like at six",
    "Thread — read it to the end — before you share",
    "BREAKING: the minister has resigned, two sources say",
    '"We could do nothing" (his words) and that was that',
    "هذه صورة من البوابة الرابعة صباح اليوم",
    "המים הגיעו לקומה השנייה",
    "Estamos esperando desde las cinco de la mañana",
    "今朝の港の様子です。水位はまだ高い",
    "Вода дошла до второго этажа",
    "Das Wasser steht bis zur Tür – und keiner kommt",
    "I asked .@portdesk three times; no answer yet",
    "Since May 3, 2019 nothing has moved (@portdesk knows why)",
    "Water is at 3.2 m and rising",
    "One line here\nand another there",
)
ENDS = (".", "!", "?", "…", "", " #flood", " 😡", " #فيضان", "”", " 1/2", " @portdesk", " :(")
NAMES = (
    "Maya Lindholm", "Tom O'Hara", "Major General (ret) Piet Maas", "Dana ✈️🌍", "Coast & Co®",
    "𝕁𝕦𝕟𝕠 𝔹𝕖𝕝𝕝", "Ana | Maps", "Sea-Watch North", "نور الدين", "港の人", "Ирина В.", "Dr. J. K. Roe",
    "🇫🇮 harbour nerd", "MINISTRY OF WATER", "particles", "A. Wall – gauges & graphs", "Q.",
    "Kim (she/her) 🌊", "Radio 4 - Today", "Water, Wind & Waves", "NoName123", "Éva Őri",
)  # fmt: skip
SENTENCES = ("CNN responsibly left it out.", "Nobody answered.", "The port then closed.")
AIM, AIM_OF_BOUNDARIES = 0.995, 0.99


@dataclass(frozen=True, slots=True)
class Written:
    """A post as written into an article, and what must be found of it.

    ``start`` and ``end`` are its offsets in the article: its first word and the end of its date.
    """

    form: str
    before: str
    words: str
    signature: str
    behind: str
    handle: str
    day: date | None
    codes: tuple[str, ...]
    start: int = 0
    end: int = 0

    @property
    def text(self) -> str:
        return f"{self.before}{self.words}{self.signature}{self.behind}"


@dataclass(frozen=True, slots=True)
class Score:
    """How many were written, how many found, and how many of those found are right."""

    written: int
    found: int
    right: int

    @property
    def precision(self) -> float:
        return self.right / self.found if self.found else 1.0

    @property
    def recall(self) -> float:
        return self.right / self.written if self.written else 1.0


@dataclass(frozen=True, slots=True)
class Measured:
    """The scores of one run; ``misses`` are the written posts that were not read exactly."""

    handle: Score
    day: Score
    code: Score
    exact: Score
    misses: tuple[tuple[Written, FoundCitation | None], ...]

    @property
    def is_good(self) -> bool:
        parts = (self.handle, self.day, self.code)
        is_read = all(min(part.precision, part.recall) >= AIM for part in parts)
        return is_read and self.exact.recall >= AIM_OF_BOUNDARIES


def code(rng: random.Random) -> str:
    return "".join(rng.choices(string.ascii_letters + string.digits, k=10))


def handle(rng: random.Random) -> str:
    return "".join(rng.choices(string.ascii_letters + string.digits + "_", k=rng.randint(2, 15)))


def printed_day(rng: random.Random, day: date, language: str) -> str:
    printed = format_date(day, "long", language)
    zero = OWN_DIGITS.get(language) if rng.random() < 0.5 else None
    return printed.translate({48 + n: zero + n for n in range(10)}) if zero else printed


def post(rng: random.Random, form: str) -> Written:
    """Write one post in a form; the usual forms mix codes, names and glue as real ones do."""
    words, codes = worded(rng, glued=form == "glued")
    if form == "no code":
        words, codes = rng.choice(WORDS) + rng.choice(ENDS), ()
    day = date(2007, 1, 1) + timedelta(days=rng.randrange(6900))
    who = handle(rng)
    language = rng.choice(LANGUAGES) if form == "language" else "en"
    printed = printed_day(rng, day, language)
    dash = rng.choice((" — ",) * 8 + ("— ", "—", "\n— ", "\n\n— ", " – "))
    name = rng.choice(NAMES)
    written = Written(form, "", words, f"{dash}{name} (@{who}) {printed}", "", who, day, codes)
    return FORMS[form](rng, written, name, printed)


def worded(rng: random.Random, *, glued: bool) -> tuple[str, tuple[str, ...]]:
    words, codes = rng.choice(WORDS) + rng.choice(ENDS), []
    gaps = ("",) if glued else ("", " ", " ", " ", " ", " ")
    if rng.random() < 0.4 or glued:
        codes.append(f"https://t.co/{code(rng)}")
        words += rng.choice(gaps) + codes[-1]
    if rng.random() < 0.5 or glued:
        picture = f"{rng.choice(('pic.twitter.com', 'pic.twitter.com', 'pic.x.com'))}/{code(rng)}"
        codes.append(f"https://{picture}")
        words += rng.choice(gaps) + picture
    return words, tuple(codes)


def plain(rng: random.Random, written: Written, name: str, printed: str) -> Written:
    return written


def hyphen(rng: random.Random, written: Written, name: str, printed: str) -> Written:
    return replace(written, signature=f" - {name} (@{written.handle}) {printed}")


def bbc(rng: random.Random, written: Written, name: str, printed: str) -> Written:
    number = rng.choice(("", " 2", " 3"))
    return replace(
        written,
        before=f"Skip Twitter post{number} by @{written.handle}\n\n",
        behind=f"\n\nReport\n\nEnd of Twitter post{number} by @{written.handle}",
    )


def unsigned(rng: random.Random, written: Written, name: str, printed: str) -> Written:
    return replace(bbc(rng, written, name, printed), signature="", day=None)


def dash_lost(rng: random.Random, written: Written, name: str, printed: str) -> Written:
    words = written.words if written.codes else written.words.rstrip("”…") + "."
    name = "Maya Lindholm" if not written.codes else name
    glue = " " if not written.codes else rng.choice(("", " "))
    behind = rng.choice(SENTENCES)
    signature = f"{glue}{name} (@{written.handle}) {printed}"
    return replace(written, words=words, signature=signature, behind=behind)


def right_to_left(rng: random.Random, written: Written, name: str, printed: str) -> Written:
    words = rng.choice(
        ("هذه صورة من البوابة الرابعة", "המים הגיעו לקומה השנייה", "آب به خیابان رسید")
    )
    codes = tuple(written.codes[-1:])
    for address in codes:
        bare = address.removeprefix("https://")
        words += f" \u200e{bare}" if bare.startswith("pic") else f" \u2066{address}\u2069"
    words, mark = (words, "\u200f") if not words.endswith("\u2069") else (words[:-1], "\u2069")
    name = rng.choice(("نور الدين", "דנה כהן", "Maya Lindholm"))
    around = rng.choice(
        (("\u2066", "\u2069"), ("\u200e", "\u200f"), ("\u202a", "\u202c"), ("", ""))
    )
    signature = (
        f"{mark} — \u202b{name}\u202c ({around[0]}@{written.handle}{around[1]}) \u200e{printed}"
    )
    return replace(written, words=words, signature=signature, codes=codes, behind="\u200f")


def slip(rng: random.Random, written: Written, name: str, printed: str) -> Written:
    day = written.day or date(2020, 1, 8)
    edited = rng.choice((f"{day:%B} {day.day:02}, {day:%y}", f"{day:%B} {day.day}, 201"))
    return replace(written, signature=f" — {name} (@{written.handle}) {edited}", day=None)


FORMS: dict[str, Callable[[random.Random, Written, str, str], Written]] = {
    "usual": plain, "glued": plain, "no code": plain, "run together": plain, "language": plain,
    "hyphen": hyphen, "bbc": bbc, "unsigned": unsigned, "dash lost": dash_lost,
    "right to left": right_to_left, "slip": slip,
}  # fmt: skip
SHARES = {
    "usual": 30, "glued": 10, "no code": 15, "run together": 8, "language": 20, "hyphen": 3,
    "bbc": 4, "unsigned": 2, "dash lost": 4, "right to left": 5, "slip": 1,
}  # fmt: skip


def article(rng: random.Random, count: int) -> tuple[str, list[Written]]:
    """Write an article of posts between prose; those run together share a paragraph."""
    text = rng.choice(PROSE)
    posts: list[Written] = []
    for form in rng.choices(list(SHARES), list(SHARES.values()), k=count):
        written = post(rng, form)
        is_in_line = "\n" not in written.text and not (posts and posts[-1].behind)
        is_run_on = form == "run together" and bool(posts) and is_in_line
        text += rng.choice(("", " ")) if is_run_on else f"\n\n{rng.choice(PROSE)}\n\n"
        start = len(text) + len(written.before)
        end = start + len(written.words) + len(written.signature)
        posts.append(replace(written, start=start, end=end))
        text += written.text
    return f"{text}\n\n{rng.choice(PROSE)}", posts


def measure(seed: int, count: int, per_article: int = 12) -> Measured:
    """Write articles with ``count`` posts in all, read them, and compare."""
    rng = random.Random(seed)
    pairs: list[tuple[Written | None, FoundCitation | None]] = []
    for _ in range(count // per_article):
        text, posts = article(rng, per_article)
        read = extract(text.encode(), recognise=recognise, media_type="text/plain")
        pairs += paired(posts, [one for one in read.citations if one.kind is CitationKind.EMBED])
    return scored(pairs)


def paired(
    posts: list[Written], found: list[FoundCitation]
) -> list[tuple[Written | None, FoundCitation | None]]:
    """Put each written post beside the one found where it ends."""
    left = {one.end: one for one in found}
    pairs: list[tuple[Written | None, FoundCitation | None]] = []
    for written in posts:
        around = range(written.start + 1, written.end + 3)
        at = next((end for end in reversed(around) if end in left), -1)
        pairs.append((written, left.pop(at, None)))
    return [*pairs, *((None, one) for one in left.values())]


def scored(pairs: list[tuple[Written | None, FoundCitation | None]]) -> Measured:
    counts: Counter[str] = Counter()
    misses = []
    for written, found in pairs:
        counts += of_pair(written, found)
        if written and not of_pair(written, found)["exact right"]:
            misses.append((written, found))
    handles, days, codes, exact = (
        Score(counts[f"{part} written"], counts[f"{part} found"], counts[f"{part} right"])
        for part in ("handle", "day", "code", "exact")
    )
    return Measured(handles, days, codes, exact, tuple(misses))


def of_pair(written: Written | None, found: FoundCitation | None) -> Counter[str]:
    """Count what was written, what was found, and what of it is right."""
    codes = Counter(written.codes if written else ())
    read = Counter(found.addresses if found else ())
    counts = Counter(
        {
            "handle written": written is not None,
            "handle found": found is not None,
            "day written": bool(written and written.day),
            "day found": bool(found and found.posted_on),
            "code written": codes.total(),
            "code found": read.total(),
            "code right": (codes & read).total(),
            "exact written": written is not None,
            "exact found": found is not None,
        }
    )
    if written and found:
        same_stretch = (found.start, found.end, found.text) == (
            written.start, written.end, written.words,
        )  # fmt: skip
        counts["handle right"] = written.handle == found.author.handle
        counts["day right"] = bool(written.day) and written.day == found.posted_on
        counts["exact right"] = same_stretch
    return counts


def main(seed: int = 20200108, count: int = 12_000) -> int:
    """Print the figures; the exit code says whether the aims are met."""
    measured = measure(seed, count)
    print(f"flattened posts: n = {measured.handle.written:,}, seed {seed}")
    for name in ("handle", "day", "code"):
        score: Score = getattr(measured, name)
        print(
            f"  {name:<11} precision {score.precision:.4f}  recall {score.recall:.4f}"
            f"  (written {score.written:,}, found {score.found:,}, aim {AIM})"
        )
    print(f"  boundaries  exact     {measured.exact.recall:.4f}  (aim {AIM_OF_BOUNDARIES})")
    missed = Counter(written.form for written, _ in measured.misses)
    print("  not exact by form:", dict(missed.most_common()) or "none")
    return 0 if measured.is_good else 1


if __name__ == "__main__":
    sys.exit(main(*map(int, sys.argv[1:])))
