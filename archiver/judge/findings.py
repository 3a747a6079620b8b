"""From verdict, content and quote to a finding of one citation: a closed table, one rule a row.

``intact`` is never said plainly of an article that is older than our first look: then it is
"unchanged since our first look, 6 years after it was cited", or "still the words printed".
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from archiver.judge._case import (
    Case,
    Row,
    before_first_look,
    other_context,
    pinned,
    sentences_changed,
    since,
    standing_words,
)
from archiver.judge._parts import NOTHING_BESIDE
from archiver.judge._wording import on_day
from archiver.judge.compare import NOTHING, beside, compare
from archiver.judge.copies import compare_with_copy
from archiver.judge.noise import Noise
from archiver.judge.quotes import QuoteCheck, check_quote, check_words, quoted_words, worst
from archiver.model.citation import Certainty, Citation, CitationKind
from archiver.model.comparison import Comparison
from archiver.model.inquiry import Reading
from archiver.model.memento import Memento
from archiver.model.signals import Signal
from archiver.model.verdict import (
    AsCited,
    Content,
    Finding,
    FindingKind,
    Quote,
    Verdict,
    VerdictKind,
)


def find(
    citation: Citation,
    verdict: Verdict | None,
    as_cited: AsCited,
    *,
    relied_on: Reading | None,
    now: Reading | None,
    copy: Memento | None = None,
    noise: Noise | None = None,
) -> Finding:
    """Say what the state of the source means for a citation.

    ``relied_on`` is the reading ``as_cited`` points at, ``now`` that of the newest look; None when
    there is none. ``copy`` is the memento it points at: its reading is then what was relied on.
    ``noise`` is what of the page differs by itself.
    """
    relied_on = copy.reading if copy is not None else relied_on
    now = _as_judged(verdict, now)
    checks = _checks(citation, relied_on, now)
    found = _found(verdict, as_cited, checks, _Sides(relied_on, now, copy, noise))
    return replace(found, citation_id=citation.id)


def find_quoted(
    words: str | None,
    verdict: Verdict,
    as_cited: AsCited,
    *,
    relied_on: Reading | None,
    now: Reading,
) -> tuple[Finding, QuoteCheck]:
    """Say the same of words that somebody names, of no citation that is kept; with their check.

    Words that a person names count, whether or not they stand in what was relied on.
    """
    here = _as_judged(verdict, now)
    named = [words] if words else []
    checks = (
        worst([check_words(one, here, relied_on) for one in named]),
        worst([check_words(one, relied_on) for one in named]),
    )
    return _found(verdict, as_cited, checks, _Sides(relied_on, here)), checks[0]


@dataclass(frozen=True, slots=True)
class _Sides:
    """What is compared: what was relied on, and what is there now."""

    relied_on: Reading | None
    now: Reading | None
    copy: Memento | None = None
    noise: Noise | None = None

    def compared(self) -> Comparison:
        if self.now is None:
            return NOTHING
        compared_by = compare_with_copy if self.copy is not None else compare
        return compared_by(self.relied_on, self.now, noise=self.noise)


def _as_judged(verdict: Verdict | None, now: Reading | None) -> Reading | None:
    """Return a reading as what its verdict takes it for.

    A page that says "not found", and always did, is the page that was cited.
    """
    is_there = verdict is not None and verdict.kind in (VerdictKind.PRESENT, VerdictKind.MOVED)
    if now is None or not is_there or now.signal not in (Signal.SOFT_404, Signal.PARKED):
        return now
    return replace(now, signal=Signal.PRESENT)


def _found(
    verdict: Verdict | None,
    as_cited: AsCited,
    checks: tuple[QuoteCheck, QuoteCheck],
    sides: _Sides,
) -> Finding:
    check, earlier = checks
    now, copy = sides.now, sides.copy
    compared = sides.compared()
    others = beside(sides.relied_on, now) if copy is None else NOTHING_BESIDE
    case = Case(as_cited, compared, check, earlier, copy, others)
    row = (
        _accepted(verdict, as_cited)
        or _with_copy(_by_verdict(verdict, now), case)
        or by_content(case)
    )
    return Finding(
        citation_id="",
        kind=row.kind,
        verdict=verdict,
        content=compared.level,
        quote=check.quote,
        rule=row.rule,
        reason=row.reason,
        as_cited=as_cited,
        diff=_diff(case, now),
        cosine=compared.cosine,
        containment=compared.containment,
        similarity=check.similarity,
        material=check.material,
    )


def _checks(
    citation: Citation, relied_on: Reading | None, now: Reading | None
) -> tuple[QuoteCheck, QuoteCheck]:
    """Return the check of the printed words now, and the same on what was relied on."""
    found = citation.found
    if found.kind is CitationKind.EMBED:
        return check_quote(found, now, relied_on), check_quote(found, relied_on)
    words = quoted_words(found, relied_on)
    return (
        worst([check_words(one, now, relied_on) for one in words]),
        worst([check_words(one, relied_on) for one in words]),
    )


def _diff(case: Case, now: Reading | None) -> str | None:
    """Return the diff that says most: of the printed words, where they read differently."""
    is_page = now is not None and now.page is not None
    if is_page and case.check.quote is Quote.ALTERED:
        return case.check.diff
    return case.compared.diff if case.compared.diff is not None else case.check.diff


def doubted(citation: Citation, finding: Finding) -> Finding:
    """Return the finding of a citation whose source is only likely, said with that doubt.

    Words that are not there may be the sign of another post, not of a change.
    """
    if citation.certainty is not Certainty.LIKELY:
        return finding
    is_other = finding.kind is FindingKind.CHANGED or finding.rule == "citation_error"
    if is_other and finding.quote in (Quote.ALTERED, Quote.MISSING):
        reason = (
            "The words printed in the article are not its words, and it was taken only because "
            "no other post of that author and day was found: it may not be the one meant; name "
            f"that with: archiver resolve {citation.id} URL"
        )
        return replace(finding, kind=FindingKind.UNKNOWN, rule="source_not_certain", reason=reason)
    doubt = "Whether it is the post the article means could not be checked by its words."
    return replace(finding, reason=f"{finding.reason} {doubt}")


def _accepted(verdict: Verdict | None, pin: AsCited) -> Row | None:
    """Return the row of an absence that a person saw and accepted; one that began later is news."""
    if verdict is None or verdict.kind not in (VerdictKind.GONE, VerdictKind.RESTRICTED):
        return None
    if pin.note is None or pin.at is None or pin.at < verdict.since:
        return None
    what = "gone" if verdict.kind is VerdictKind.GONE else "not shown to us"
    reason = (
        f"It is {what} since {on_day(verdict.since)}, and a person accepted that on "
        f"{on_day(pin.at)} (“{pin.note}”). {verdict.reason}"
    )
    return Row(FindingKind.INTACT, "accepted", reason)


def _by_verdict(verdict: Verdict | None, now: Reading | None) -> Row | None:
    """Return the row of a source that cannot be read now; None when it can."""
    if verdict is None:
        return Row(FindingKind.UNKNOWN, "not_looked", "Nobody has looked at the source yet.")
    match verdict.kind:
        case VerdictKind.GONE:
            return Row(FindingKind.GONE, verdict.rule, verdict.reason)
        case VerdictKind.SUSPECT:
            return Row(FindingKind.SUSPECT, verdict.rule, verdict.reason)
        case VerdictKind.RESTRICTED:
            return Row(FindingKind.RESTRICTED, verdict.rule, verdict.reason)
        case VerdictKind.UNREACHABLE | VerdictKind.UNKNOWN:
            return Row(FindingKind.UNKNOWN, verdict.rule, verdict.reason)
        case VerdictKind.PRESENT | VerdictKind.MOVED:
            return None if now is not None and now.signal is Signal.PRESENT else _unread(now)


def _with_copy(row: Row | None, case: Case) -> Row | None:
    """Add to a source that cannot be read what the outside archive's copy of it shows."""
    if row is None or case.copy is None:
        return row
    what = {
        Quote.STANDS: "shows the words printed in the article",
        Quote.ALTERED: "shows the words printed in the article in another form",
        Quote.MISSING: "does not show the words printed in the article",
        Quote.UNDETERMINED: "shows what it was",
    }[case.earlier.quote]
    name = pinned(case)
    return replace(row, reason=f"{row.reason} {name[:1].upper()}{name[1:]} {what}.")


def _unread(now: Reading | None) -> Row:
    if now is None:
        return Row(FindingKind.UNKNOWN, "not_read", "There is no reading of the source to compare.")
    reason = f"The last look could not read it, so nothing is said of now: {now.reason}"
    return Row(FindingKind.UNKNOWN, f"last_look_{now.signal}", reason)


def by_content(case: Case) -> Row:
    """Return the row of what the content and the printed words say together."""
    match case.content:
        case Content.EDITED:
            return _edited(case)
        case Content.REPLACED:
            return _replaced(case)
        case Content.MAJOR:
            return _by_words(case) or _changed(case)
        case Content.SAME:
            return _by_words(case) or _unchanged(case)
        case Content.MINOR:
            return _by_words(case) or Row(
                FindingKind.INTACT, "content_minor", since(case, "the same but for small things")
            )
        case Content.DIFFERS:
            return _by_words(case) or _differs(case)
        case Content.INCOMPARABLE:
            return _by_words(case) or _nothing_to_compare(case)


_AS_IT_WAS = frozenset({Content.SAME, Content.MINOR})


def _by_words(case: Case) -> Row | None:
    """Return the row of printed words that decide; None when they say nothing."""
    match case.check.quote:
        case Quote.ALTERED | Quote.MISSING:
            return _lost_words(case)
        case Quote.STANDS if case.check.context is not None:
            what = other_context(case.check.context)
            reason = f"The words printed in the article still stand, but {what}"
            return Row(FindingKind.CHANGED, "words_in_other_context", _ended(reason))
        case Quote.STANDS if case.check.is_amid_more and case.content is not Content.SAME:
            return _amid_more(case)
        case Quote.STANDS if case.content not in _AS_IT_WAS:
            return Row(FindingKind.INTACT, "words_stand", _still_printed(case))
        case Quote.STANDS | Quote.UNDETERMINED:
            return None


def _changed(case: Case) -> Row:
    what = sentences_changed(case.compared)
    reason = f"The page is not what {pinned(case)} showed: it changed in {what}."
    return Row(FindingKind.CHANGED, "content_major", reason)


def _replaced(case: Case) -> Row:
    reason = f"The page was replaced: what is there now is not what {pinned(case)} showed"
    if case.check.quote is Quote.STANDS:
        reason = f"{reason}, though {standing_words(case.check, 'stand in it')}"
    return Row(FindingKind.CHANGED, "content_replaced", f"{reason}.")


def _amid_more(case: Case) -> Row:
    """Return the row of a post that says more than the words printed of it."""
    reason = "The post says more than the words printed in the article, which stand in it"
    was_all = case.earlier.quote is Quote.STANDS and not case.earlier.is_amid_more
    if was_all:
        reason = f"{reason}; {pinned(case)} showed those words alone."
        return Row(FindingKind.CHANGED, "words_added", reason)
    reason = f"{reason}: nothing tells whether it did so when it was cited."
    return Row(FindingKind.UNKNOWN, "words_amid_more", reason)


def _edited(case: Case) -> Row:
    words = {
        Quote.STANDS: standing_words(case.check, "still stand in it"),
        Quote.ALTERED: "the words printed in the article read differently now",
        Quote.MISSING: "the words printed in the article are no longer in it",
        Quote.UNDETERMINED: case.check.reason,
    }[case.check.quote]
    reason = f"The platform says that the post was edited since {pinned(case)}; {words}."
    return Row(FindingKind.CHANGED, "edited", reason)


def _lost_words(case: Case) -> Row | None:
    check = case.check
    lost = "read differently" if check.quote is Quote.ALTERED else "are not there"
    if case.earlier.quote in (Quote.STANDS, Quote.UNDETERMINED):
        how = ", in their spelling alone" if check.is_typo else ""
        if check.kinds:
            how = f", in what they say ({', '.join(kind.value for kind in check.kinds)})"
        reason = f"The words printed in the article {lost} now{how}."
        return Row(FindingKind.CHANGED, f"words_{check.quote}", reason)
    if case.as_cited.note is not None and case.content is Content.SAME:
        return None
    was = "did so in" if case.earlier.quote is Quote.ALTERED else "were not there in"
    reason = (
        f"The words printed in the article {lost}, and {was} {pinned(case)} already: that is an "
        f"error of the citation, not a change since then.{before_first_look(case)}"
    )
    return Row(FindingKind.UNKNOWN, "citation_error", reason)


def _unchanged(case: Case) -> Row:
    if case.beside.told:
        words = since(case, "its words are unchanged").removesuffix(".")
        return Row(FindingKind.INTACT, "words_unchanged", f"{words}; but {case.beside.told}.")
    return Row(FindingKind.INTACT, "unchanged", since(case, "unchanged"))


def _differs(case: Case) -> Row:
    told = case.beside.told
    what = f"Its text differs from {pinned(case)}" + (f", {told}" if told else "")
    if told and case.beside.has_same_words:
        what = f"Its words are those of {pinned(case)}, but {told}"
    reason = f"{what}, and no rule says whether that matters; {case.check.reason}."
    return Row(FindingKind.UNKNOWN, "differs_unclassified", reason)


def _nothing_to_compare(case: Case) -> Row:
    reason = f"It is there, but nothing tells whether it is what was cited: {case.check.reason}."
    return Row(FindingKind.UNKNOWN, "nothing_to_compare", reason)


def _still_printed(case: Case) -> str:
    other = ""
    if case.content is Content.MAJOR:
        other = f", though the page changed in {sentences_changed(case.compared)}"
    elif case.content is Content.DIFFERS:
        other = ", though other parts of it differ"
    other = f", though {case.beside.told}" if case.beside.told else other
    return f"Still the words printed in the article{other}."


def _ended(reason: str) -> str:
    return reason if reason.endswith(".") else f"{reason}."
