"""Article pages of our own making, in the layouts that publishing systems give them.

Every link has an address of its own and is labelled as it is written: cited by the article's body,
pointed to (``READ:``, related boxes amid the text), or furniture. Class names are those that the
systems named print; words, names and addresses are made up.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass, field

SITE = "https://www.harbour-paper.example"
PROSE = {
    "en": (
        "The council met twice in March and published nothing about the tide gates. Nobody says by whom the "
        "record is corrected. A spokeswoman for the ministry said that the figures are provisional and that "
        "they had not been updated since then. Engineers had warned for years of what a storm from the north "
        "would do to the old barrier, and two of them wrote a letter. The letter was never answered, although "
        "it was read aloud in parliament in the spring. What followed is told by the people who were there."
    ),
    "de": (
        "Der Rat tagte im März zweimal und veröffentlichte nichts über die Schleusen. Niemand sagt, wer das "
        "Protokoll berichtigt hat. Eine Sprecherin des Ministeriums sagte, die Zahlen seien vorläufig und seit "
        "damals nicht mehr geprüft worden. Die Fachleute hatten seit Jahren vor einem Sturm aus Norden gewarnt."
    ),
    "ar": (
        "قال المتحدث باسم البلدية إن الأرقام أولية، وإنها لم تُحدَّث منذ ذلك الحين. اجتمع المجلس مرتين في مارس ولم ينشر "
        "شيئا عن البوابات. حذر المهندسون منذ سنوات من عاصفة تأتي من الشمال، وكتب اثنان منهم رسالة لم يجب عليها أحد."
    ),
    "ja": (
        "評議会は三月に二度会合を開いたが、水門については何も公表しなかった。誰が記録を訂正したのか、誰も語らない。"
        "技術者たちは何年も前から、北からの嵐が古い堤防に何をもたらすかを警告していた。手紙への返事は来なかった。"
    ),
    "ru": (
        "Совет собирался дважды в марте и ничего не сообщил о шлюзах. Никто не говорит, кем исправлен протокол. "
        "Представитель министерства заявила, что цифры предварительные и с тех пор не обновлялись. Инженеры годами "
        "предупреждали о том, что сделает со старой плотиной шторм с севера, и двое из них написали письмо."
    ),
}  # fmt: skip
HEADLINES = (
    "What the minister knew", "Three ways the barrier could fail", "Live: water reaches the old town",
    "Opinion: nobody reads the minutes", "Ten photographs from the harbour", "Who pays for the gates?",
    "The engineer who wrote the letter", "How we counted the houses", "Storm season starts early",
    "Why the pumps stood still", "A night on the dike", "Inside the flood command room",
)  # fmt: skip
TOPICS = (
    "Floods",
    "Politics",
    "Harbour",
    "Climate",
    "Economy",
    "Sport",
    "Culture",
    "Opinion",
    "World",
    "Science",
)
HOSTS = (
    "gazette.example", "ministry.gov.example", "journal.example", "www.tideboard.example", "data.example",
    "news.other-paper.example", "example.org", "blog.engineer.example", "courts.example", "university.example",
)  # fmt: skip


@dataclass
class Page:
    """A page and what its links are; addresses are absolute."""

    url: str
    html: str = ""
    body: set[str] = field(default_factory=set)
    related: set[str] = field(default_factory=set)
    furniture: set[str] = field(default_factory=set)


class Maker:
    """Writes the pieces of one page and keeps the labels of the links in them."""

    def __init__(self, rng: random.Random) -> None:
        self.rng = rng
        self.language = rng.choices(list(PROSE), weights=(10, 2, 1, 1, 1))[0]
        self.page = Page(f"{SITE}/2026/11/{rng.randrange(10**6)}/tide-gates")
        self._count = 0
        self.title = rng.choice(HEADLINES)

    # Words

    def words(self, fewest: int, most: int) -> str:
        text = PROSE[self.language]
        unit = list(text) if self.language == "ja" else text.split()
        count = self.rng.randint(fewest, most) * (2 if self.language == "ja" else 1)
        start = self.rng.randrange(max(1, len(unit) - count))
        return ("" if self.language == "ja" else " ").join(unit[start : start + count])

    def sentence(self) -> str:
        return f"{self.words(9, 24)}."

    # Links

    def _address(self, inside: bool, path: str = "") -> str:
        self._count += 1
        number = self.rng.randrange(10**5) * 100 + self._count
        if inside:
            return f"{SITE}/{path or '2026/story'}-{number}"
        return f"https://{self.rng.choice(HOSTS)}/{path or 'article'}/{number}"

    def _anchor(
        self, kind: set[str], words: str, inside: bool, attributes: str = "", path: str = ""
    ) -> str:
        address = self._address(inside, path)
        kind.add(address)
        href = address.removeprefix(SITE) if inside and self.rng.random() < 0.5 else address
        return f'<a {attributes} href="{href}">{words}</a>'

    def cite(
        self, words: str | None = None, inside: bool | None = None, attributes: str = ""
    ) -> str:
        is_inside = self.rng.random() < 0.2 if inside is None else inside
        return self._anchor(self.page.body, words or self.words(1, 5), is_inside, attributes)

    def point(self, words: str, attributes: str = "", inside: bool = True) -> str:
        return self._anchor(self.page.related, words, inside, attributes)

    def chrome(self, words: str, inside: bool = True, attributes: str = "", path: str = "") -> str:
        return self._anchor(self.page.furniture, words, inside, attributes, path)

    def share(self, network: str) -> str:
        target = {
            "Twitter": f"https://twitter.com/intent/tweet?url={self.page.url}",
            "Facebook": f"https://www.facebook.com/sharer/sharer.php?u={self.page.url}",
            "WhatsApp": f"https://api.whatsapp.com/send?text={self.page.url}",
            "E-mail": f"mailto:?body={self.page.url}",
        }[network]
        self.page.furniture.add(target)
        return f'<a class="share-{network.lower()}" href="{target}">{network}</a>'

    # Paragraphs

    def paragraph(self, links: int | None = None) -> str:
        count = self.rng.choices((0, 1, 2, 3), weights=(4, 4, 2, 1))[0] if links is None else links
        sentences = [self.sentence() for _ in range(max(count, self.rng.randint(2, 5)))]
        for place in self.rng.sample(range(len(sentences)), count):
            sentences[place] = f"{self.words(2, 8)} {self.cite()} {self.words(3, 9)}."
        return " ".join(sentences)

    def paragraphs(self, fewest: int = 5, most: int = 14) -> list[str]:
        count = self.rng.randint(fewest, most)
        return [self.paragraph(1), *(self.paragraph() for _ in range(count - 1))]

    def p(self, fewest: int = 5, most: int = 14, attributes: str = "") -> list[str]:
        return [f"<p{attributes}>{text}</p>" for text in self.paragraphs(fewest, most)]

    def amid(self, blocks: list[str], *boxes: str) -> str:
        """Put boxes at random places between blocks, never before the first."""
        blocks = list(blocks)
        for box in boxes:
            blocks.insert(self.rng.randint(1, len(blocks)), box)
        return "\n".join(blocks)

    # Furniture

    def menu(self, count: int = 10) -> str:
        items = (
            self.chrome(topic, path=f"section/{topic.lower()}")
            for topic in self.rng.choices(TOPICS, k=count)
        )
        return "".join(f"<li>{item}</li>" for item in items)

    def headline_links(self, count: int, wrap: str = "<li>{}</li>", teaser: bool = False) -> str:
        made = []
        for _ in range(count):
            link = self.chrome(self.rng.choice(HEADLINES))
            words = f"<p>{self.words(8, 22)}</p>" if teaser else ""
            made.append(wrap.format(link + words))
        return "".join(made)

    def shares(self) -> str:
        return "".join(map(self.share, ("Twitter", "Facebook", "WhatsApp", "E-mail")))

    def footer_links(self) -> str:
        names = ("About", "Contact", "Privacy", "Terms", "Jobs", "Advertise")
        inside = " ".join(self.chrome(name, path="info/" + name.lower()) for name in names)
        outside = " ".join(
            self.chrome(name, inside=False) for name in ("Instagram", "YouTube", "Press Council")
        )
        return f"{inside} {outside}"

    def comments(self, count: int) -> str:
        made = []
        for number in range(count):
            link = self.chrome(self.words(1, 3), inside=False) if self.rng.random() < 0.3 else ""
            made.append(
                f'<li class="comment" id="comment-{number}"><cite>{self.chrome("Reader " + str(number), inside=False)}</cite>'
                f"<p>{self.sentence()} {link} {self.sentence()}</p></li>"
            )
        return f"<ol>{''.join(made)}</ol>"

    def finish(self, inside: str, head: str = "") -> Page:
        self.page.html = (
            f'<!doctype html><html lang="{self.language}"><head><meta charset="utf-8"><title>{self.title}</title>'
            f'<link rel="canonical" href="{self.page.url}">{head}</head><body>{inside}</body></html>'
        )
        return self.page


Layout = Callable[[Maker], Page]
LAYOUTS: dict[str, Layout] = {}


def layout(make: Layout) -> Layout:
    """Register a layout by its function's name."""
    LAYOUTS[make.__name__] = make
    return make


def page_of(name: str, seed: int) -> Page:
    """Make a page in a layout, the same at every call."""
    return LAYOUTS[name](Maker(random.Random(f"{name} {seed}")))
