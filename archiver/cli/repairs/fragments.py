"""The list of fragments: for every citation a robust link, and a card for a dead embed.

For articles whose HTML we do not have, and for what found no place in it: each is to be copied
into the article by hand.
"""

from __future__ import annotations

from collections.abc import Sequence

from archiver.cli.repairs.card import card
from archiver.cli.repairs.mend import Mend
from archiver.cli.repairs.robust import attributes, link
from archiver.cli.reports import wording
from archiver.cli.reports.markup import said, text
from archiver.cli.reports.page import HEAD
from archiver.cli.reports.style import STYLE


def fragment(mend: Mend) -> str:
    """Return the HTML that is to stand in the article: a card, or a robust link."""
    if mend.is_embed and mend.is_broken:
        return card(mend)
    words = " ".join(mend.found.text.split())
    return link(mend, words or mend.original)


def fragments(title: str, mends: Sequence[Mend], unplaced: Sequence[Mend] | None = None) -> str:
    """Return a page with the fragment of every citation, as it looks and as its code.

    ``unplaced`` are those that found no place in the patched article; None when there is none.
    """
    name = f"{title} – repairs"
    told = _summary(mends, unplaced)
    items = "".join(_item(one, is_left=one in (unplaced or ())) for one in mends)
    return (
        f"{HEAD.format(title=text(name), style=STYLE)}"
        f"<header><p class='kicker'>Repairs</p><h1>{said(title)}</h1>"
        f'<p class="total">{text(told)}</p></header><main>{items}</main></div></body></html>\n'
    )


def _summary(mends: Sequence[Mend], unplaced: Sequence[Mend] | None) -> str:
    broken = sum(one.is_broken for one in mends)
    if unplaced is None:
        return f"{len(mends)} fragments to copy, {broken} of them of what is gone or changed."
    return f"{len(mends)} fragments; {len(unplaced)} found no place in the patched article."


def _item(mend: Mend, *, is_left: bool) -> str:
    entry = mend.entry
    kind = entry.one.finding.kind.value
    code = fragment(mend)
    notes = ["found no place in the article"] if is_left else []
    if mend.is_broken and "data-versionurl" not in attributes(mend):
        notes.append("no copy that readers can open: see archiver rescue, or give --copies")
    note = f'<p class="meta">{text("; ".join(notes))}</p>' if notes else ""
    return (
        f'<article class="{kind}"><h3><span class="tag ink-{kind}">{kind}</span>'
        f"{said(wording.headline(entry))}</h3>"
        f'<p class="meta">citation {mend.found.position} of the article</p>{note}'
        f"<div>{code}</div><details><summary>Code</summary>"
        f'<pre style="white-space:pre-wrap"><code dir="ltr">{text(code)}</code></pre></details>'
        "</article>\n"
    )
