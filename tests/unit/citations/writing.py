"""Articles of our own writing with the traits of real ones: flattened posts in running prose."""

from __future__ import annotations

import random
import string
from dataclasses import dataclass
from datetime import date, timedelta

from babel.dates import format_date

PROSE = (
    "The council met twice in March and published nothing. Nobody says by whom it is corrected.",
    "A spokeswoman (who asked – “as usual” – not to be named) said on January 8, 2020 that they are.",
    "“It was – how shall I say – a long night.” Write to desk@paper.example (@paperdesk).",
    "قال المتحدث باسم البلدية إن الأرقام أولية، وإنها لم تُحدَّث منذ ذلك الحين.",
    "関係者によると、会議の記録はまだ公開されていない。",
    "Двое свидетелей — сторож и водитель — говорят о трёх машинах (а не о двух).",
)
WORDS = (
    "Nobody told us that the gate was open",
    "This is what the street looks like at six",
    "Thread — read it to the end — before you share",
    "BREAKING: the minister has resigned, two sources say",
    '"We could do nothing" (his words) and that was that',
    "هذه صورة من البوابة الرابعة صباح اليوم",
    "Estamos esperando desde las cinco de la mañana",
    "今朝の港の様子です。水位はまだ高い",
    "Вода дошла до второго этажа",
    "Das Wasser steht bis zur Tür – und keiner kommt",
    "I asked .@portdesk three times; no answer yet",
)
ENDS = (".", "!", "?", "…", "", " #flood", " 😡", " #فيضان", "”", " 1/2")
NAMES = (
    "Maya Lindholm", "Tom O'Hara", "Major General (ret) Piet Maas", "Dana ✈️🌍", "Coast & Co®",
    "𝕁𝕦𝕟𝕠 𝔹𝕖𝕝𝕝", "Ana | Maps", "Sea-Watch North", "نور الدين", "港の人", "Ирина В.", "Dr. J. K. Roe",
    "🇫🇮 harbour nerd", "MINISTRY OF WATER", "particles", "A. Wall – gauges & graphs",
)  # fmt: skip
LOCALES = ("en",) * 30 + ("de", "fr", "es", "ja", "ru", "ar", "tr", "pt", "ko", "vi", "th", "hu")


@dataclass(frozen=True)
class Written:
    """A flattened post as written into an article, and what must be found of it."""

    words: str
    signature: str
    name: str
    handle: str
    posted_on: date | None
    addresses: tuple[str, ...]

    @property
    def text(self) -> str:
        return self.words + self.signature


def post(rng: random.Random) -> Written:
    """Write one flattened post; the mix of traits is that of 1,604 real ones, exotic ones raised."""
    addresses = []
    words = rng.choice(WORDS) + rng.choice(ENDS)
    if rng.random() < 0.37:
        code = f"t.co/{_code(rng)}"
        addresses.append(f"https://{code}")
        words += rng.choice(("", " ", " ", " ")) + f"https://{code}"
    if rng.random() < 0.47:
        code = f"pic.twitter.com/{_code(rng)}"
        addresses.append(f"https://{code}")
        words += rng.choice(("", " ", " ", " ")) + code
    if rng.random() < 0.1:
        addresses.append(f"https://t.co/{_code(rng)}")
        words = f"{addresses[-1]}{rng.choice((' ', '#news ', '…'))}{words}"
        addresses.insert(0, addresses.pop())
    name = rng.choice(NAMES)
    handle = "".join(rng.choices(string.ascii_letters + string.digits + "_", k=rng.randint(1, 15)))
    day = date(2011, 1, 1) + timedelta(days=rng.randrange(5400))
    printed = format_date(day, "long", rng.choice(LOCALES))
    posted_on: date | None = day
    if rng.random() < 0.01:
        printed, posted_on = f"{day:%B} {day.day:02}, {day:%y}", None
    at_handle = f"@{handle}"
    if rng.random() < 0.06:
        at_handle = f"\u2066{at_handle}\u2069"
    dash = rng.choice((" — ",) * 12 + ("— ", "—", "\n— ", "\n\n— ", " – ", " - "))
    return Written(
        words, f"{dash}{name} ({at_handle}) {printed}", name, handle, posted_on, tuple(addresses)
    )


def article(rng: random.Random, count: int) -> tuple[str, list[Written]]:
    """Write an article in which ``count`` flattened posts stand between prose, some run together."""
    parts: list[str] = []
    posts: list[Written] = []
    for _ in range(count):
        written = post(rng)
        if posts and rng.random() < 0.05 and "\n" not in written.text:
            parts[-1] += " " + written.text
        else:
            parts += [rng.choice(PROSE), written.text]
        posts.append(written)
    return "\n\n".join([*parts, rng.choice(PROSE)]), posts


def _code(rng: random.Random) -> str:
    return "".join(rng.choices(string.ascii_letters + string.digits, k=10))
