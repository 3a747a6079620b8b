"""The list of bodies, filled from every answer that is kept."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence

import sqlalchemy as sa
from alembic import context, op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")

ANSWERS = (
    ("observations", "seq", "source_id", "answers"),
    ("attempts", "seq", "citation_id", "answers"),
    ("mementos", "seq", "source_id", "answers"),
    ("siblings", "place_sha256", "place_sha256", "answer"),
)
"""Tables with answers: what they are gone through by, who owns an answer, where it is."""
AT_ONCE = 500
SORTED_AT_ONCE = 500_000
"""Entries that the database sorts in memory, some 50 MB."""
ENDS = 2**60

BODY = re.compile(r'"body_sha256": ?"([0-9a-f]{64})"')
ESCAPE = "\ufdd0"
"""Before the hex of a text that the databases would not store as it is."""

Told = Callable[[str, int], None]


def upgrade() -> None:
    op.create_table(
        "bodies",
        sa.Column("digest_start", NUMBER, autoincrement=False, nullable=False),
        sa.Column("owner", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("digest_start", "owner", name="pk_bodies"),
        sqlite_strict=True,
        sqlite_with_rowid=False,
    )
    if op.get_bind().dialect.name == "postgresql":
        # A row that another session adds meanwhile would be missed. The triggers, made anew at the
        # end, want these locks anyway: whoever waits for one now cannot be in their way then.
        names = ", ".join(name for name, *_ in ANSWERS)
        op.execute(f"LOCK TABLE {names} IN ACCESS EXCLUSIVE MODE")
    # Put in order of the digests, or every entry would write a page of the index of its own. A
    # table of ours and not a temporary one, which SQLite keeps in memory.
    op.create_table(
        "bodies_found",
        sa.Column("digest_start", NUMBER, nullable=False),
        sa.Column("owner", sa.Text(), nullable=False),
    )
    _sort(_collect(context.config.attributes.get("told") or _untold))
    op.drop_table("bodies_found")


def _untold(table: str, rows: int) -> None:
    """Take no notice."""


def _collect(told: Told) -> int:
    """Write down the bodies of all answers; return how many, some more than once."""
    found = sa.table("bodies_found", sa.column("digest_start"), sa.column("owner"))
    count = 0
    for name, key, owner, answers in ANSWERS:
        done = 0
        for page in _pages(name, key, owner, answers):
            entries = {
                (int(sha256[:15], 16), row.owner)
                for row in page
                for sha256 in BODY.findall(_plain(row.answers))
            }
            rows = [{"digest_start": start, "owner": whose} for start, whose in entries]
            if rows:
                op.get_bind().execute(found.insert(), rows)
            count += len(rows)
            done += len(page)
            told(name, done)
    return count


def _pages(name: str, key: str, owner: str, answers: str) -> Iterator[Sequence[sa.Row[tuple]]]:
    table = sa.table(name, *(sa.column(one) for one in {key, owner, answers}))
    query = (
        sa.select(
            table.c[key].label("key"),
            table.c[owner].label("owner"),
            table.c[answers].label("answers"),
        )
        .order_by(table.c[key])
        .limit(AT_ONCE)
    )
    page = query
    while rows := op.get_bind().execute(page).all():
        yield rows
        page = query.where(table.c[key] > rows[-1].key)


def _plain(answers: str | None) -> str:
    if answers is not None and answers.startswith(ESCAPE):
        return bytes.fromhex(answers[1:]).decode("utf-8", "surrogatepass")
    return answers or ""


def _sort(count: int) -> None:
    """Take what was found over in order, in parts: digests lie evenly."""
    parts = count // SORTED_AT_ONCE + 1
    taken = sa.text(
        "INSERT INTO bodies (digest_start, owner) SELECT digest_start, owner FROM bodies_found"
        " WHERE digest_start >= :low AND digest_start < :high"
        " GROUP BY digest_start, owner ORDER BY digest_start, owner"
    )
    for part in range(parts):
        bounds = {"low": ENDS * part // parts, "high": ENDS * (part + 1) // parts}
        op.get_bind().execute(taken, bounds)
