"""Two saved pages, judged as one look after another."""

from __future__ import annotations

from archiver.judge.saved import Saved, SavedCase, SavedJudgement, judge_saved

STORY = """The council met on Tuesday and heard the harbour master for two hours in a full hall.
He said that twelve ships had left the basin before the gates were closed at midnight.
Engineers had warned for years that the old barrier would not hold a storm from the north.
Residents of the lower town carried their furniture upstairs and waited for the tide to turn."""
SORRY = "The page you are looking for could not be found."


def page(words: str = STORY, title: str = "The gates", beside: str = "", head: str = "") -> str:
    paragraphs = "".join(f"<p>{line}</p>" for line in words.splitlines())
    return (
        f"<!doctype html><html lang=en><head><title>{title} | Harbour Paper</title>{head}</head>"
        f"<body><div class=story><h1>{title}</h1>{paragraphs}</div>{beside}</body></html>"
    )


def popular(count: int) -> str:
    tiles = "".join(
        f"<div class=tile><a href=/{n}><h4>The keeper of lighthouse {n} retires</h4></a>"
        f"<p>After {n} years on the northern rocks the keeper hands the lamp to a machine.</p></div>"
        for n in range(count)
    )
    return f"<section class=latest><h2>Latest</h2>{tiles}</section>"


def judged(then: str | None, now: str, **case: object) -> SavedJudgement:
    before = Saved(then.encode()) if then is not None else None
    return judge_saved(SavedCase(Saved(now.encode()), before, **case))  # type: ignore[arg-type]


# --- not found ------------------------------------------------------------------------------------


def test_a_short_page_with_a_script_that_says_not_found_is_a_soft_404():
    now = page(SORRY, "Page not found", head="<script src=/count.js></script>")

    assert judged(page(), now).verdict.rule == "soft_404"


def test_a_box_of_popular_articles_on_both_sides_makes_no_soft_404_the_page_of_before():
    for count in (3, 30):
        then = page(beside=popular(count))
        now = page(SORRY, "Page not found", beside=popular(count))

        assert judged(then, now).verdict.rule == "soft_404", count


def test_a_page_that_always_said_not_found_is_the_one_that_was_cited():
    always = page(SORRY, "Page not found", beside=popular(3))

    found = judged(always, always)

    assert (found.finding.kind, found.verdict.kind) == ("intact", "present")


def test_danish_articles_that_are_no_longer_there_are_soft_404s():
    now = page("Artiklen findes ikke længere.", "Ups")

    assert judged(page(), now).verdict.rule == "soft_404"


# --- drift and quotes -----------------------------------------------------------------------------


def footnoted(first: int) -> str:
    lines = enumerate(STORY.splitlines(), first)
    return page("\n".join(f'{line}<sup><a href="#n{n}">[{n}]</a></sup>' for n, line in lines))


def test_footnotes_that_are_numbered_anew_are_no_change():
    quote = " ".join(STORY.splitlines()[1:3])

    found = judged(footnoted(1), footnoted(7), quote=quote).finding

    assert (found.kind, found.quote, found.content) == ("intact", "stands", "same")


def test_a_power_is_no_footnote():
    then = page(STORY + "\nThe basin holds 10<sup>6</sup> tons of water at high tide in spring.")

    found = judged(then, then.replace("<sup>6<", "<sup>9<")).finding

    assert found.kind == "changed"


# --- redirects ------------------------------------------------------------------------------------


def test_where_a_redirect_ended_may_be_told_as_its_header_does():
    case = {"url": "https://paper.example/2026/11/gates", "final_url": "/"}

    assert judged(page(), page("Welcome", "Harbour Paper"), **case).verdict.kind == "suspect"


# --- walls ----------------------------------------------------------------------------------------


def test_walls_in_their_own_words():
    for words, wall in (
        ("Making sure you're not a bot!", "challenge"),
        ("The uploader has not made this video available in your country.", "legal"),
        ("You must be logged in to view this page.", "login"),
    ):
        now = f"<html><title>Harbour Paper</title><p>{words}</p><p>Loading...</p></html>"

        assert judged(page(), now).blocked_by == wall, words


def test_a_page_about_logging_in_with_something_is_no_wall():
    now = page(title="Sign in with Tide: what developers need to know")

    assert judged(None, now).blocked_by is None


def test_a_page_that_ends_with_a_prompt_to_subscribe_is_behind_a_paywall():
    begins = STORY.splitlines()[0] + " " + STORY.splitlines()[1]
    now = page(f"{begins}\nSubscribe to continue reading", beside=popular(20))

    found = judged(page(STORY * 3, beside=popular(20)), now, quote=STORY.splitlines()[3])

    assert (found.blocked_by, found.finding.quote) == ("paywall", "undetermined")


def test_a_whole_article_with_a_prompt_to_subscribe_is_no_wall():
    whole = page(f"{STORY}\nSubscribe to continue reading\n{STORY}")

    assert judged(whole, whole).finding.kind == "intact"


def test_menus_and_boxes_beside_it_do_not_hide_a_log_in():
    now = page("You must be logged in to view this page.", "Members only", beside=popular(20))

    assert judged(page(beside=popular(20)), now).blocked_by == "login"


def test_a_captcha_behind_a_form_to_write_to_somebody_is_no_wall():
    form = "<form><input type=email><textarea></textarea><div class=g-recaptcha></div></form>"
    now = page("Write to the harbour office with this form.", "Contact", beside=form)

    assert judged(None, now).blocked_by is None


def test_words_stand_in_whatever_spelling_printing_chose():
    for there, printed in (
        ("سينقل الخط نحو 12000 راكب يوميا من الميناء", "سَينقل الخط نحو ١٢٠٠٠ راكب"),
        ("הקו יסיע כ-12,000 נוסעים ביום מן הנמל", "הקו יסיע כ־12,000 נוסעים"),
        ("Линия обойдётся городу в 340 миллионов", "обойдется городу в 340 миллионов"),
    ):
        then = page(f"{STORY}\n{there}")

        assert judged(then, then, quote=printed).finding.quote == "stands", printed


def test_another_number_in_another_script_does_not_stand():
    then = page(f"{STORY}\nسينقل الخط نحو 12000 راكب يوميا من الميناء")

    assert judged(then, then, quote="سينقل الخط نحو ١٣٠٠٠ راكب").finding.quote == "altered"
