"""What people are told, as plain text, Markdown, HTML and JSON. Pure.

Of what was archived only the words that the article quotes and titles are told. A page must not
write our messages: whatever comes from outside is cleaned, and marked up nowhere.
"""

from __future__ import annotations

import html
import re
import unicodedata
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from archiver.judge.rules import is_of_content
from archiver.model.news import Cited, Message, News, Word
from archiver.model.verdict import EventKind

LONGEST_QUOTE = 200
LONGEST_REASON = 300
LONGEST_NAME = 300
MOST_ARTICLES = 5
"""Articles named in words of a source that many cite."""
MOST_LISTED = 20
"""Articles listed of it where programs read them."""

_JOINERS = frozenset("\u200c\u200d")  # words in Persian and pictures of families need them
_MARKUP = re.compile(r"([\\`*_{}\[\]()#+\-.!|~>])")

_GONE = {
    "deleted": "was deleted by its author",
    "account_gone": "is gone with its account",
    "suspended": "is gone: its account was suspended",
    "removed": "was taken down by its platform",
    "hijacked": "is gone: somebody else's page stands at its address",
    "redirected": "is gone: its address leads elsewhere",
    "parked": "is gone: its domain is parked",
    "no_host": "is gone: its host's name no longer exists",
    "not_found": "is gone: not found any more",
    "soft_404": "is gone: its page says that there is nothing",
    "gone": "is gone: its server says so",
}
_RESTRICTED = {
    "protected": "is shown to its owner's followers only",
    "age_restricted": "is shown to visitors who are logged in only",
    "withheld": "is withheld where we ask from",
}
_HAPPENED = {
    Word.GONE: "is gone",
    Word.CHANGED: "no longer says what was cited",
    Word.SUSPECT: "may be gone; that is not certain yet",
    Word.RESTRICTED: "is no longer shown to everybody",
    Word.MOVED: "has moved",
    Word.RESTORED: "is there again",
    Word.EDITED: "was edited",
    Word.SETTLED: "is settled, as far as what was told of it goes",
    Word.UNREACHABLE: "does not answer",
    Word.UNKNOWN: "could not be judged any more",
}


def clean(text: str, longest: int) -> str:
    """Return text on one line, without what is not seen but does something, and not too long.

    Control and format characters (those that turn the reading direction among them), halves of
    pairs and what is no character go.
    """
    seen = "".join(
        " " if unicodedata.category(c) in ("Cc", "Zl", "Zp", "Zs") else c
        for c in text
        if c in _JOINERS or unicodedata.category(c) not in ("Cf", "Cs", "Co", "Cn")
    )
    line = " ".join(seen.split())
    return line if len(line) <= longest else line[: longest - 1].rstrip() + "…"


@dataclass(frozen=True, slots=True)
class Text:
    """A message in words."""

    title: str
    plain: str
    markdown: str
    html: str


@dataclass(frozen=True, slots=True)
class _Lines:
    """One news: what happened in one line, and what there is to know beside it."""

    head: str
    rest: tuple[str, ...]


def text_of(message: Message) -> Text:
    """Return a message in words."""
    if message.is_test:
        words = "This is a test of the citation archiver: it tells of nothing that happened."
        return Text("A test of the citation archiver", words, marked_down(words), f"<p>{words}</p>")
    shown = worth_telling(message.news)
    lines = [_lines(one) for one in shown]
    plain = "\n\n".join("\n".join([one.head, *(f"  {r}" for r in one.rest)]) for one in lines)
    markdown = "\n\n".join(
        "\n".join([f"**{marked_down(one.head)}**", *(f"- {marked_down(r)}" for r in one.rest)])
        for one in lines
    )
    return Text(_title(shown), plain, markdown, "\n".join(map(_html, lines)))


def _html(lines: _Lines) -> str:
    rest = "".join(f"<li>{html.escape(one)}</li>" for one in lines.rest)
    return f"<p><b>{html.escape(lines.head)}</b></p><ul>{rest}</ul>"


def worth_telling(news: Sequence[News]) -> list[News]:
    """Leave out the news of a source where that of its citations says the same, with the place."""
    told = {(one.source, one.word) for one in news if one.event.kind is EventKind.FINDING}
    return [
        one
        for one in news
        if one.event.kind is EventKind.FINDING or (one.source, one.word) not in told
    ]


def marked_down(text: str) -> str:
    """Return text that Markdown shows as it is: nothing in it is a link, a heading or HTML."""
    return _MARKUP.sub(r"\\\1", text.replace("&", "&amp;").replace("<", "&lt;"))


def title_of(one: News) -> str:
    """Return one news in few words."""
    where = next((c.title for c in one.cited if c.title), None)
    cited = f", cited in “{clean(where, 80)}”" if where else ""
    return f"{_name(one)} {_happened(one)}{cited}"


def _title(news: Sequence[News]) -> str:
    if len(news) == 1:
        return clean(title_of(news[0]), LONGEST_NAME)
    counts = Counter(one.word.value for one in news)
    return f"News of {len(news)} citations: " + ", ".join(f"{n} {w}" for w, n in counts.items())


def _name(one: News) -> str:
    return clean(one.url or one.source or "A citation without a source", LONGEST_NAME)


def _happened(one: News) -> str:
    """Say what happened; why it is gone only where that is what was found."""
    if one.word is Word.GONE and one.cause in _GONE:
        return _GONE[one.cause]
    if one.word is Word.RESTRICTED and one.cause in _RESTRICTED:
        return _RESTRICTED[one.cause]
    if one.word is Word.RESTORED and is_of_content(one.event):
        return "says what was cited"
    return _HAPPENED[one.word]


def _lines(one: News) -> _Lines:
    named = one.cited[:MOST_ARTICLES]
    head = f"{one.word.value.capitalize()}: {_name(one)} {_happened(one)}"
    if one.moved_to and one.word is Word.MOVED:
        head += f" to {clean(one.moved_to, LONGEST_NAME)}"
    rest = [*(_place(cited) for cited in named), *_more(one, len(named)), *_confirmed(one)]
    return _Lines(f"{head}.", (*rest, _evidence(one)))


def _place(cited: Cited) -> str:
    title = f"“{clean(cited.title, LONGEST_NAME)}”" if cited.title else cited.article_id
    line = f"In {title}"
    if cited.url:
        line += f" ({clean(cited.url, LONGEST_NAME)})"
    if cited.position is not None:
        line += f", citation {cited.position}"
    quoted = clean(cited.quoted, LONGEST_QUOTE)
    return f"{line}: “{quoted}”" if quoted else line


def _more(one: News, named: int) -> list[str]:
    left = len(one.cited) - named
    return [f"and in {left} more articles"] if left > 0 else []


def _confirmed(one: News) -> list[str]:
    reason = reason_of(one)
    lines = [reason] if reason else []
    facts = []
    if one.since is not None:
        facts.append(f"since {moment(one.since)}")
    if one.last_seen is not None and one.word in (Word.GONE, Word.SUSPECT):
        facts.append(f"last seen {moment(one.last_seen)}")
    if one.rule is not None:
        looks = f", {one.looks} look{'s' if one.looks != 1 else ''}" if one.looks else ""
        facts.append(f"confirmed by rule {one.rule}{looks}")
    if not facts:
        return [*lines, f"noticed {moment(one.event.at)}"]
    return [*lines, "; ".join(facts)]


def reason_of(one: News) -> str:
    """Return why, in a sentence; of an edit nothing, for that would be the page's own words."""
    if one.event.kind is EventKind.EDIT:
        return ""
    return clean(one.event.reason, LONGEST_REASON)


def _evidence(one: News) -> str:
    capture = f"capture {one.capture_id}, " if one.capture_id else ""
    shown = one.event.citation_id or one.source or one.event.id
    return f"Evidence: {capture}archiver show {clean(shown, LONGEST_NAME)}; event {one.event.id}"


def not_reached(why: str) -> str:
    """Say that nothing was sent, and how to mend it where it was our own door that refused."""
    ours = why.removeprefix("guard: ")
    if ours.startswith(("address:", "port:")):
        return f"not reached: {ours}; if it is yours, let it be asked with net.allow"
    return f"not reached: {ours}"


def redirected(status: int) -> str:
    """Say that an answer led elsewhere and nothing was sent there."""
    return f"answered {status}: redirects are not followed; set the address it leads to"


def moment(at: datetime) -> str:
    """Return a time for a person."""
    return f"{at:%Y-%m-%d %H:%M} UTC"


def document(message: Message) -> dict[str, object]:
    """Return a message as a JSON document, in the envelope of Standard Webhooks."""
    text = text_of(message)
    return {
        "type": "archiver.test" if message.is_test else "archiver.news",
        "timestamp": _iso(message.at),
        "data": {
            "id": message.id,
            "title": text.title,
            "text": text.plain,
            "markdown": text.markdown,
            "news": [_news_document(one) for one in message.news],
        },
    }


def _news_document(one: News) -> dict[str, object]:
    return {
        "event": one.event.id,
        "kind": one.event.kind.value,
        "at": _iso(one.event.at),
        "word": one.word.value,
        "severity": one.severity.value,
        "before": one.event.before,
        "after": one.event.after,
        "cause": one.cause,
        "reason": reason_of(one) or None,
        "source": one.source,
        "url": one.url,
        "moved_to": one.moved_to,
        "citation": one.event.citation_id,
        "cited_in": [
            {
                "article": cited.article_id,
                "title": clean(cited.title, LONGEST_NAME) if cited.title else None,
                "url": cited.url,
                "position": cited.position,
                "quoted": clean(cited.quoted, LONGEST_QUOTE) or None,
            }
            for cited in one.cited[:MOST_LISTED]
        ],
        "cited_more": max(len(one.cited) - MOST_LISTED, 0),
        "since": _iso(one.since),
        "last_seen": _iso(one.last_seen),
        "rule": one.rule,
        "looks": one.looks,
        "capture": one.capture_id,
    }


def _iso(at: datetime | None) -> str | None:
    return at.isoformat().replace("+00:00", "Z") if at is not None else None
