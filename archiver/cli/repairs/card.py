"""A static card in place of a dead embed: author, words, date, what happened, the proof."""

from __future__ import annotations

from archiver.cli.repairs.mend import Mend
from archiver.cli.repairs.robust import link
from archiver.cli.reports import wording
from archiver.cli.reports.markup import image, ltr, said, text

BOX = "border:1px solid #b8bcc4;border-radius:8px;padding:1em;margin:1em 0;max-width:34em"
MEDIUM = "max-width:100%;height:auto;border-radius:6px;display:block;margin:.6em 0"
SMALL = "font-size:.85em;opacity:.8"


def card(mend: Mend) -> str:
    """Return the card as one ``figure``; no script, nothing loaded, every word escaped."""
    language = mend.post.language if mend.post is not None else None
    lang = f' lang="{text(language)}"' if language else ""
    paragraphs = "<br>".join(text(line) for line in mend.words.splitlines())
    pictures = "".join(
        image(picture, f"Medium {number} of the post").replace(
            "<img ", f'<img style="{MEDIUM}" ', 1
        )
        for number, picture in enumerate(mend.pictures, 1)
    )
    return (
        f'<figure class="archived-citation" style="{BOX}">'
        f'<p style="margin:0 0 .4em"><strong>{said(_author(mend))}</strong></p>'
        f'<blockquote style="margin:0;padding:0;border:0"{lang}>'
        f'<p dir="auto" style="margin:0">{paragraphs}</p></blockquote>{pictures}'
        f'<figcaption style="margin-top:.6em">{_caption(mend)}</figcaption></figure>'
    )


def _author(mend: Mend) -> str:
    author = mend.author
    handle = f"@{author.handle.removeprefix('@')}" if author.handle else ""
    if author.name and handle:
        return f"{author.name} ({handle})"
    return author.name or handle or mend.entry.one.finding.citation_id


def _caption(mend: Mend) -> str:
    parts = []
    if mend.posted_on is not None:
        day = mend.posted_on
        parts.append(f"Posted on {day.day} {day:%B} {day.year}")
    told = wording.headline(mend.entry)
    parts.append(text(told[:1].upper() + told[1:]))
    if mend.copy_at is not None:
        whose = f" by {mend.copy_of}" if mend.copy_of else ""
        parts.append(text(f"Archived on {wording.day(mend.copy_at)}{whose}"))
    parts.append(link(mend, "archived copy" if mend.copy_url else "original address"))
    return f"<small>{'. '.join(parts)}.</small>{_proof(mend)}"


def _proof(mend: Mend) -> str:
    capture = mend.capture
    digest = wording.warc_sha256(capture)
    if capture is None:
        return ""
    sha256 = f", WARC SHA-256 {ltr(digest)}" if digest else ""
    proof = f"Capture {ltr(capture.id)}{sha256}"
    return f'<br><small style="{SMALL};overflow-wrap:anywhere">{proof}</small>'
