"""The posts of the story: who wrote what. All people, places and events are invented."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from archiver.demo.lots import Lots

# Status IDs count milliseconds from this moment, shifted by 22 bits.
# Source: the recorded IDs and times of 6,157 embeds of 2020 agree with it; read 2026-11-22.
SNOWFLAKE_EPOCH_MS = 1288834974657
CODE_LENGTH = 10  # of t.co and pic.twitter.com codes; 12,033 of 12,033 recorded ones; 2026-11-22
EDIT_WINDOW = timedelta(hours=1)  # 476 of 608 recorded posts of 2025 and 2026, the others half
FRESH_FOR = timedelta(minutes=25)  # the age of the youngest posts when the story starts


@dataclass(frozen=True, slots=True)
class Role:
    """A post as written before the lots are drawn.

    ``edited`` is what it reads after an edit. ``link_to`` is the target of a t.co link in it;
    ``is_glued`` leaves out the space between a picture's code and what stands before it, as embeds
    often do; ``dash`` is what a flattened embed has before the name.
    """

    handle: str
    name: str
    text: str
    edited: str
    language: str = "en"
    has_picture: bool = True
    alt: str | None = None
    link_to: str | None = None
    is_glued: bool = False
    dash: str = " — "
    quotes: str | None = None


SHORT_LINK = "https://shrt.example/surge26"
SHORT_LINK_TARGET = "https://ministry.example/press/2026/barrier-statement"
JOURNAL = "https://journal.example/articles/surge-models-port-amal"

FLATTENED = (
    Role(
        "layla_tides",
        "Layla Haddad 🌊⛴️",
        "The 05:10 ferry turned back at the outer light. I counted three gates open, not one. "
        "#PortAmal",
        "The 05:10 ferry turned back at the outer light. I counted two gates open, not one. "
        "#PortAmal",
        alt="A ferry seen from the quay, the light behind it",
        is_glued=True,
    ),
    Role(
        "noor_almarsa",
        "نور المرسى 🌙",
        "وصلت المياه إلى باب المتجر قبل الفجر، والبوابة الرابعة ما زالت مفتوحة. #ميناء_الأمل",
        "وصلت المياه إلى باب المتجر بعد الفجر، والبوابة الرابعة ما زالت مفتوحة. #ميناء_الأمل",
        language="ar",
        alt="شارع غمرته المياه",
    ),
    Role(
        "idris_vance",
        "Idris Vance",
        "Everybody who says nobody could have known should read page four of this.",
        "Everybody who says nobody could have known should read page six of this.",
        link_to=JOURNAL,
        is_glued=True,
    ),
    Role(
        "tom_okafor_ret",
        "Major (ret) Tom Okafor",
        "Forty minutes between the first warning & the order. In my day we had ten.",
        "Twenty minutes between the first warning & the order. In my day we had ten.",
        alt="A duty log, two times marked in red",
        dash="— ",
    ),
    Role(
        "seawallwatch",
        "Sea – Wall – Watch ⚓",
        "Gate 4 this morning. The seal on the left is not meant to look like that.\n"
        "We asked for the inspection report in May.",
        "Gate 4 this morning. The seal on the right is not meant to look like that.\n"
        "We asked for the inspection report in May.",
        alt="A torn rubber seal on a steel gate",
    ),
    Role(
        "hana_coasts",
        "Hana Qassem | Coasts®",
        "The ministry's own figures, published at midnight when everybody sleeps:",
        "The ministry's own figures, published at noon:",
        has_picture=False,
        link_to=SHORT_LINK,
    ),
    Role(
        "mirela_duarte",
        "Mirela Duarte",
        "Our street at six. The pumps came at nine. Thank you to the neighbours, and to nobody "
        "else. #PortAmal #surge",
        "Our street at six. The pumps came at seven. Thank you to the neighbours, and to nobody "
        "else. #PortAmal #surge",
        alt="A street under water, a child's bicycle against a wall",
    ),
)

UNTRACEABLE = Role(
    "oldpierbooks",
    "Old Pier Books 📚",
    "We are closed today. The poetry shelf is drying on the stairs.",
    "We are closed today.",
    has_picture=False,
)

EMBEDDED = (
    Role(
        "coastradio",
        "Coast & Harbour Radio 📻",
        "LISTEN: the harbour master on who may close a gate < and who may not.",
        "LISTEN: the harbour master on who may open a gate < and who may not.",
        alt="Two people in a radio studio",
        quotes="amaltidebot",
    ),
    Role(
        "petrova_maps",
        "Ana Petrova",
        "I laid the flood line of 18 February over the map of 1931. It is the same line.",
        "I laid the flood line of 19 February over the map of 1931. It is the same line.",
        alt="A map with two lines on it",
    ),
)

BYSTANDERS = (
    Role(
        "amaltidebot",
        "Amal Tide Bot",
        "High water at the outer light: 4.31 m at 03:12. Highest since records began.",
        "",
        has_picture=False,
    ),
)

PLAYERS = tuple(role.handle for role in (*FLATTENED, *EMBEDDED) if role.has_picture)


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture of a post: its code in short links, its key in addresses, its words."""

    code: str
    key: str
    alt: str | None
    width: int = 960
    height: int = 640


@dataclass(frozen=True, slots=True)
class Link:
    """A short link in a post."""

    code: str
    target: str


@dataclass(frozen=True, slots=True)
class Post:
    """A post as it was put on the platform, in one version. ``chain`` lists all versions' IDs."""

    id: str
    role: Role
    text: str
    user_id: str
    posted_at: datetime
    chain: tuple[str, ...]
    picture: Picture | None
    links: tuple[Link, ...]
    quoted: Post | None = None

    @property
    def source(self) -> str:
        """The name of the source it is: that of the version that was cited."""
        return f"x:{self.chain[0]}"

    @property
    def status_url(self) -> str:
        """The permalink, in the form of the time."""
        return f"https://twitter.com/{self.role.handle}/status/{self.id}"

    @property
    def editable_until(self) -> datetime:
        """When the author could edit for the last time, counted from the first version."""
        return moment_of(self.chain[0]) + EDIT_WINDOW

    @property
    def likes(self) -> int:
        """A counter to start from; it grows with time and is no part of the content."""
        return int(self.id[-3:])


def status_id(at: datetime, noise: int) -> str:
    """Return a status ID of that millisecond; ``noise`` fills the 22 lower bits."""
    milliseconds = round(at.timestamp() * 1000)
    return str(((milliseconds - SNOWFLAKE_EPOCH_MS) << 22) | noise)


def moment_of(status: str) -> datetime:
    """Return when a status ID was given out, aware UTC."""
    return datetime.fromtimestamp(((int(status) >> 22) + SNOWFLAKE_EPOCH_MS) / 1000, UTC)


def engage(lots: Lots, start: datetime, fresh: frozenset[str]) -> dict[str, Post]:
    """Turn the roles into posts, by handle. ``fresh`` ones are minutes old, the others days."""
    posts: dict[str, Post] = {}
    for role in (*BYSTANDERS, *FLATTENED, UNTRACEABLE, *EMBEDDED):
        age = _age(lots, role, is_fresh=role.handle in fresh)
        posts[role.handle] = _post(lots, role, start - age, posts.get(role.quotes or ""))
    return posts


def edited(post: Post, at: datetime, lots: Lots) -> Post:
    """Return the newer version of a post, made at that moment."""
    newer = status_id(at, lots.number(f"{post.role.handle} newer", 1 << 22))
    return replace(
        post, id=newer, text=post.role.edited, posted_at=moment_of(newer), chain=(post.id, newer)
    )


def _age(lots: Lots, role: Role, *, is_fresh: bool) -> timedelta:
    if is_fresh:
        return FRESH_FOR + timedelta(seconds=lots.number(f"{role.handle} age", 300))
    return timedelta(minutes=60 * 2 + lots.number(f"{role.handle} age", 60 * 24 * 10))


def _post(lots: Lots, role: Role, at: datetime, quoted: Post | None) -> Post:
    number = status_id(at, lots.number(f"{role.handle} id", 1 << 22))
    code = lots.word(f"{role.handle} picture code", CODE_LENGTH)
    key = lots.word(f"{role.handle} picture key", 15)
    target = quoted.status_url if quoted else role.link_to
    link = Link(lots.word(f"{role.handle} link code", CODE_LENGTH), target) if target else None
    return Post(
        id=number,
        role=role,
        text=role.text,
        user_id=str(10**9 + lots.number(f"{role.handle} user", 10**9)),
        posted_at=moment_of(number),
        chain=(number,),
        picture=Picture(code, key, role.alt) if role.has_picture else None,
        links=(link,) if link else (),
        quoted=quoted,
    )
