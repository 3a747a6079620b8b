"""Pages as they were saved, for the tests of judging two of them."""

from __future__ import annotations

URL = "https://paper.example/2026/11/gates"
STORY = """The council met on Tuesday and heard the harbour master for two hours in a full hall.
He said that twelve ships had left the basin before the gates were closed at midnight.
Engineers had warned for years that the old barrier would not hold a storm from the north.
Two of them wrote a letter in the spring, which was read aloud and never answered by anybody.
The ministry did not reply to questions, and its spokeswoman said the figures were provisional.
Residents of the lower town carried their furniture upstairs and waited for the tide to turn."""
OTHER = """Buy cheap watches today with free delivery for all new customers of our shop.
Our offers end soon, so order your favourite brand before the weekend and save on shipping.
Every parcel is insured, and you may return what you do not like within thirty days of delivery."""


def page(words: str = STORY, title: str = "The gates", head: str = "") -> str:
    paragraphs = "".join(f"<p>{line}</p>" for line in words.splitlines())
    return (
        f"<!doctype html><html lang=en><head><title>{title} - Harbour Paper</title>{head}</head><body>"
        f"<nav><a href=/>Home</a><a href=/news>News</a></nav><article><h1>{title}</h1>{paragraphs}"
        f"</article><footer>Harbour Paper 2026</footer></body></html>"
    )


NOT_FOUND = page("The page you are looking for could not be found.", title="Page not found")
CHALLENGE = (
    "<!doctype html><title>Just a moment...</title><script src=/cdn-cgi/challenge-platform/h/b/"
    "orchestrate/chl_page/v1></script><p>Checking your browser."
)
SHELL = "<!doctype html><title>News</title><div id=root>Loading</div><script src=/app.js></script>"
